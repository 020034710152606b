/**
 * What is left of a session that was ended, with the real Auth and the real Data API: its refresh
 * token buys no new access, and its access token, which verifies for an hour more, has no rights.
 */
import assert from "node:assert/strict";
import { createClient, type Session, type SupabaseClient } from "@supabase/supabase-js";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

const PASSWORD = "A-long-Password-7";

const newClient = () =>
  createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 4, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

interface SignedIn {
  readonly client: SupabaseClient;
  readonly session: Session;
}

async function register(): Promise<SignedIn & { readonly email: string }> {
  const email = `sessions-${crypto.randomUUID().slice(0, 8)}@example.test`;
  const client = newClient();
  const { data, error } = await client.auth.signUp({
    email,
    password: PASSWORD,
    options: { data: { tenant: "ks" } },
  });
  assert.equal(error, null);
  assert.ok(data.session);
  return { email, client, session: data.session };
}

async function signIn(email: string): Promise<SignedIn> {
  const client = newClient();
  const { data, error } = await client.auth.signInWithPassword({ email, password: PASSWORD });
  assert.equal(error, null);
  assert.ok(data.session);
  return { client, session: data.session };
}

/** A transaction with the claims of a real token, as the site makes one. */
function withToken<T>(sql: Sql, { session }: SignedIn, work: (tx: TransactionSql) => Promise<T>) {
  const payload = session.access_token.split(".")[1] ?? "";
  const claims = new TextDecoder().decode(
    Uint8Array.fromBase64(payload, { alphabet: "base64url" }),
  );
  return sql.begin(async (tx) => {
    await tx`
      select set_config('role', 'authenticated', true),
        set_config('request.jwt.claim.sub', ${session.user.id}, true),
        set_config('request.jwt.claims', ${claims}, true)`;
    return await work(tx);
  });
}

/** What a refresh token buys: the session with new tokens, or null. */
async function refresh({ client, session }: SignedIn): Promise<SignedIn | null> {
  const { data, error } = await newClient().auth.refreshSession({
    refresh_token: session.refresh_token,
  });
  assert.equal(data.session === null, error !== null);
  return data.session === null ? null : { client, session: data.session };
}

const refreshes = async (signedIn: SignedIn) => await refresh(signedIn) !== null;

/** Whether an access token reads its own profile through the Data API. */
async function reads({ session }: SignedIn): Promise<boolean> {
  const answer = await fetch(
    `${stackValue("SUPABASE_URL")}/rest/v1/profiles?select=id&id=eq.${session.user.id}`,
    {
      headers: {
        apikey: stackValue("SUPABASE_PUBLISHABLE_KEY"),
        authorization: `Bearer ${session.access_token}`,
      },
    },
  );
  assert.equal(answer.status, 200);
  return (await answer.json() as unknown[]).length === 1;
}

Deno.test("a session that its person ended is not refreshed, the others go on", () =>
  withDatabase(async (sql) => {
    const here = await register();
    const there = await signIn(here.email);
    const listed = await withToken(sql, here, (tx) =>
      tx<{ id: string; isCurrent: boolean }[]>`
        select id, is_current as "isCurrent" from private.my_sessions()`);
    assert.equal(listed.length, 2);
    const other = listed.find(({ isCurrent }) => !isCurrent)?.id ?? "";
    const lively = await refresh(there);
    assert.ok(lively, "it lives before");
    await withToken(sql, here, (tx) => tx`select private.end_session(${other})`);
    assert.equal(await refreshes(lively), false);
    assert.equal(await reads(lively), false, "nor is its access token worth anything");
    assert.equal(await reads(here), true);
    assert.equal(await refreshes(here), true);
  }));

Deno.test("ending all other sessions leaves the one at work", () =>
  withDatabase(async (sql) => {
    const here = await register();
    const others = [await signIn(here.email), await signIn(here.email)];
    const [ended] = await withToken(sql, here, (tx) =>
      tx<{ count: number }[]>`
      select private.end_other_sessions() as count`);
    assert.equal(ended?.count, 2);
    for (const other of others) assert.equal(await refreshes(other), false);
    assert.equal(await refreshes(here), true);
    await withToken(sql, here, (tx) => tx`select private.end_all_sessions()`);
    const [left] = await sql<{ tokens: number }[]>`
      select count(*)::integer as tokens from auth.refresh_tokens
      where user_id = ${here.session.user.id}`;
    assert.equal(left?.tokens, 0);
  }));

Deno.test("who is locked is out at once, and stays out of old sessions when the lock is off", () =>
  withDatabase(async (sql) => {
    const person = await register();
    const [admin] = await sql<{ id: string }[]>`
      select id from public.profiles where email = 'admin.ks@demo.test'`;
    const setActive = (active: boolean) =>
      sql.begin(async (tx) => {
        await tx`
          select set_config('role', 'authenticated', true),
            set_config('request.jwt.claim.sub', ${admin?.id ?? ""}, true),
            set_config('request.jwt.claims', ${JSON.stringify({ sub: admin?.id })}, true)`;
        await tx`select private.set_active(${person.session.user.id}, ${active})`;
      });
    assert.equal(await reads(person), true);
    await setActive(false);
    assert.equal(await reads(person), false, "the token that they still hold gives nothing");
    assert.equal(await refreshes(person), false);
    await setActive(true);
    assert.equal(await refreshes(person), false);
    assert.equal(await reads(person), false, "nor does it when the lock is off");
    assert.equal((await signIn(person.email)).session.user.id, person.session.user.id);
  }));

Deno.test("signing out makes the access token worthless at once, to the Data API too", async () => {
  const person = await register();
  assert.equal(await reads(person), true);
  await person.client.auth.signOut({ scope: "local" });
  assert.equal(await reads(person), false);
});

Deno.test("a session that nobody used for too long is over, and Auth gives it no new life", () =>
  withDatabase(async (sql) => {
    const person = await register();
    assert.equal(await reads(person), true);
    await sql`
      update auth.sessions
      set created_at = now() - interval '40 days', refreshed_at = null
      where user_id = ${person.session.user.id}`;
    assert.equal(await reads(person), false, "at once, before any job comes by");
    const { data } = await person.client.auth.refreshSession({
      "refresh_token": person.session.refresh_token,
    });
    if (data.session !== null) {
      assert.equal(
        await reads({ client: person.client, session: data.session }),
        false,
        "not with a new token either",
      );
    }
    const [kept] = await sql<{ over: boolean }[]>`
      select not_after <= now() as over from auth.sessions
      where user_id = ${person.session.user.id}`;
    assert.notEqual(kept?.over, false, "Auth is told that it is over");
    assert.equal(await reads(await signIn(person.email)), true, "who signs in anew is in");
  }));
