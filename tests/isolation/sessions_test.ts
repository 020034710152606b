/**
 * A session that was ended counts no longer, on the running site with the real Auth: its access
 * token would verify for up to an hour more.
 */
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { stackValue } from "../support/stack_env.ts";

const SITE = stackValue("SITE_URL");
const FROM_OUR_PAGES = { "sec-fetch-site": "same-origin" };
const PASSWORD = "A-long-Password-7";

async function send(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(`${SITE}${path}`, { ...init, redirect: "manual" });
  await answer.body?.cancel();
  return answer;
}

/** What a browser would send back of an answer's cookies. */
function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
}

async function register(email: string): Promise<string> {
  const body = new URLSearchParams({ name: "Mirjeta Krasniqi", email, password: PASSWORD });
  const answer = await send("/en/register", { method: "POST", body, headers: FROM_OUR_PAGES });
  assert.equal(answer.headers.get("location"), "/en/member");
  return cookieOf(answer);
}

async function signIn(email: string): Promise<string> {
  const body = new URLSearchParams({ email, password: PASSWORD });
  const answer = await send("/en/login", { method: "POST", body, headers: FROM_OUR_PAGES });
  assert.equal(answer.headers.get("location"), "/en/member");
  return cookieOf(answer);
}

const dashboard = (cookie: string) => send("/en/member", { headers: { cookie } });

async function assertSignedOut(cookie: string): Promise<void> {
  const answer = await dashboard(cookie);
  assert.equal(answer.headers.get("location"), "/en/login?next=%2Fen%2Fmember&ended");
  assert.match(answer.headers.getSetCookie()[0] ?? "", /^session=; Path=\/; Max-Age=0/);
}

const newEmail = () => `leaver-${crypto.randomUUID().slice(0, 8)}@example.test`;

Deno.test("a cookie that was kept is worth nothing after signing out, others go on", async () => {
  const email = newEmail();
  const kept = await register(email);
  const elsewhere = await signIn(email);
  assert.equal((await dashboard(kept)).status, 200);
  const body = new URLSearchParams();
  const headers = { ...FROM_OUR_PAGES, cookie: kept };
  assert.equal((await send("/en/logout", { method: "POST", body, headers })).status, 303);
  await assertSignedOut(kept);
  assert.equal((await dashboard(elsewhere)).status, 200);
});

Deno.test("signing out everywhere ends every session at once", async () => {
  const email = newEmail();
  const cookies = [await register(email), await signIn(email)];
  const client = createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await client.auth.signInWithPassword({ email, password: PASSWORD });
  const { error } = await client.auth.signOut({ scope: "global" });
  assert.equal(error, null);
  for (const cookie of cookies) await assertSignedOut(cookie);
});

Deno.test("nobody opens documents by a session that was ended", async () => {
  const kept = await register(newEmail());
  const path = `/api/documents/${crypto.randomUUID()}/download`;
  assert.equal((await send(path, { headers: { cookie: kept } })).status, 404);
  const headers = { ...FROM_OUR_PAGES, cookie: kept };
  await send("/en/logout", { method: "POST", body: new URLSearchParams(), headers });
  assert.equal((await send(path, { headers: { cookie: kept } })).status, 401);
});
