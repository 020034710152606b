/**
 * What the Data API gives to whom: the same rows that policies give to the site, and no more.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { stackValue } from "../support/stack_env.ts";
import { loadDeclaration } from "./matrix/declaration.ts";

const URL_ = stackValue("SUPABASE_URL");
const KEY = stackValue("SUPABASE_PUBLISHABLE_KEY");
const OPTIONS = { auth: { persistSession: false, autoRefreshToken: false } };

/** Every table and view of the schema that the Data API serves. */
const TABLES = (await loadDeclaration()).tables.map((table) => table.name)
  .filter((name) => !name.includes("."));

const visitor = () => createClient(URL_, KEY, OPTIONS);

async function as(email: string): Promise<{ client: SupabaseClient; id: string; token: string }> {
  const client = visitor();
  const { data, error } = await client.auth.signInWithPassword({
    email,
    password: stackValue("DEMO_PASSWORD"),
  });
  if (error) throw error;
  return { client, id: data.user.id, token: data.session.access_token };
}

async function rows(client: SupabaseClient, table: string): Promise<Record<string, unknown>[]> {
  const { data, error } = await client.from(table).select("*");
  if (error) throw new Error(`${table}: ${error.code} ${error.message}`);
  return data;
}

/** `refused` if the role has no right at all, else how many rows it sees. */
async function seen(client: SupabaseClient, table: string): Promise<number | "refused"> {
  const { data, error } = await client.from(table).select("*");
  if (error) {
    assert.equal(error.code, "42501", `${table}: ${error.message}`);
    return "refused";
  }
  return data.length;
}

Deno.test("the Data API shows a visitor plans and tenants and nothing else", async () => {
  const client = visitor();
  const result = Object.fromEntries(
    await Promise.all(TABLES.map(async (table) => [table, await seen(client, table)] as const)),
  );
  const { membership_plans: plans, tenants, ...rest } = result;
  assert.equal(plans, 6);
  assert.equal(tenants, 2);
  assert.deepEqual(new Set(Object.values(rest)), new Set(["refused"]));
});

Deno.test("the Data API shows a member the own profile and subscription only", async () => {
  const { client, id } = await as("member.ks@demo.test");
  assert.deepEqual((await rows(client, "profiles")).map((row) => row["id"]), [id]);
  assert.deepEqual((await rows(client, "subscriptions")).map((row) => row["user_id"]), [id]);
  const invoices = await rows(client, "billing_invoices");
  assert.deepEqual(new Set(invoices.map((row) => row["user_id"])), new Set([id]));
  const paid = invoices.map((row) => row["id"]);
  for (const entry of await rows(client, "billing_ledger_entries")) {
    assert.ok(paid.includes(entry["invoice_id"]));
  }
  for (
    const table of [
      "agent_commissions",
      "audit_log",
      "cron_jobs",
      "cron_runs",
      "engagement_email_sends",
      "feature_flags",
      "mail_batches",
      "mail_events",
      "mail_templates",
      "nps_survey_responses",
      "webhook_events",
    ]
  ) {
    assert.equal(await seen(client, table), 0, table);
  }
  assert.equal(await seen(client, "rate_limits"), "refused");
  // The hash of a code is nobody's to read, so not everything of a survey is.
  assert.equal(await seen(client, "nps_survey_tokens"), "refused");
  const plans = await rows(client, "membership_plans");
  assert.deepEqual(new Set(plans.map((row) => row["tenant_id"])), new Set(["ks"]));
});

Deno.test("the Data API finds no other member by id, number, filter or embedding", async () => {
  const { client } = await as("member.ks@demo.test");
  const other = await as("member2.ks@demo.test");
  const foreign = await as("member.mk@demo.test");
  for (const { id } of [other, foreign]) {
    assert.deepEqual((await client.from("profiles").select("*").eq("id", id)).data, []);
    assert.deepEqual((await client.from("subscriptions").select("*").eq("user_id", id)).data, []);
    assert.equal((await client.rpc("membership_access", { user_id: id })).data, "none");
  }
  const { data, error } = await client.from("subscriptions")
    .select("id, profiles!subscriptions_user_id_tenant_id_fkey(email)");
  assert.equal(error, null);
  assert.equal(data?.length, 1);
  const { data: found } = await client.from("profiles").select("id").or(
    "role.eq.member,id.not.is.null",
  );
  assert.equal(found?.length, 1);
});

Deno.test("the Data API lets a member change contact details and nothing that gives rights", async () => {
  const { client, id } = await as("new.ks@demo.test");
  const renamed = await client.from("profiles").update({ phone: "+383 44 111 222" }).eq("id", id)
    .select("phone");
  assert.deepEqual(renamed.data, [{ phone: "+383 44 111 222" }]);
  for (
    const change of [
      { role: "super_admin" },
      { tenant_id: "mk" },
      { member_number: "MEM-2026-999999" },
      { agent_id: id },
      { is_active: true, role: "staff" },
      { email_undeliverable_at: null },
      { marketing_opt_out_by: "staff" },
    ]
  ) {
    const { error } = await client.from("profiles").update(change).eq("id", id);
    assert.equal(error?.code, "42501", JSON.stringify(change));
  }
  const { data } = await client.from("profiles").select("role, tenant_id").single();
  assert.deepEqual(data, { role: "member", tenant_id: "ks" });
});

Deno.test("the Data API takes no subscription, invoice, event or audit row from a member", async () => {
  const { client, id } = await as("new.ks@demo.test");
  const gift = {
    "tenant_id": "ks",
    "user_id": id,
    "provider_subscription_id": "sub_gift",
    status: "active",
  };
  for (
    const attempt of [
      client.from("subscriptions").insert(gift),
      client.from("subscriptions").upsert(gift),
      client.from("subscriptions").update({ status: "active" }).neq("id", crypto.randomUUID()),
      client.from("subscriptions").delete().neq("id", crypto.randomUUID()),
      client.from("audit_log").insert({ action: "user.role_granted", actor_role: "member" }),
      client.from("webhook_events").delete().neq("id", crypto.randomUUID()),
      client.from("webhook_events").update({ next_attempt_at: null }).neq("attempts", -1),
      client.from("billing_ledger_entries").delete().neq("id", crypto.randomUUID()),
      client.from("agent_commissions").update({ status: "paid" }).neq("amount_cents", 0),
      client.from("engagement_email_sends").update({ status: "skipped" }).neq("attempts", -1),
      client.from("nps_survey_responses").delete().gte("score", 0),
      client.from("nps_survey_tokens").update({ used_at: null }).neq("id", crypto.randomUUID()),
      client.from("mail_events").delete().neq("type", ""),
      client.rpc("replay_webhook_events", { ids: [crypto.randomUUID()] }),
      client.rpc("retry_mail", { mail_id: crypto.randomUUID() }),
      client.rpc("trust_address", { person_id: id }),
      client.from("tenants").update({ support_email: "me@example.test" }).eq("id", "ks"),
    ]
  ) {
    assert.equal((await attempt).error?.code, "42501");
  }
  assert.equal((await client.rpc("membership_access", { user_id: id })).data, "none");
});

Deno.test("the Data API does not serve what pages and links do with a code", async () => {
  const { client } = await as("member.ks@demo.test");
  for (const asking of [visitor(), client]) {
    for (
      const attempt of [
        asking.rpc("answer_nps", { token_hash: "0".repeat(64), score: 10, comment: null }),
        asking.rpc("nps_token_state", { token_hash: "0".repeat(64) }),
        asking.rpc("unsubscribe", { hash: "0".repeat(64) }),
        asking.rpc("take_mail_slot", { rps: 1 }),
        asking.schema("private").rpc("unsubscribe", { hash: "0".repeat(64) }),
      ]
    ) {
      const { error, status } = await attempt;
      assert.notEqual(error, null);
      assert.ok([404, 406].includes(status), `${status} ${error?.code}`);
    }
  }
});

Deno.test("the Data API replays an administrator's own events only", async () => {
  const { client } = await as("admin.ks@demo.test");
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    // Far from due, and given up, so that no sweep takes them meanwhile.
    const stored = await sql<{ id: string; tenantId: string }[]>`
      insert into public.webhook_events
        (dedupe_key, event_id, event_type, tenant_id, signature_valid, payload, payload_hash,
         processing_result, attempts)
      select 'test:' || gen_random_uuid(), 'evt_test', 'report.created', tenant, true, '{}',
        repeat('0', 64), 'error', 20
      from unnest(array['ks', 'mk']) as tenant
      returning id, tenant_id as "tenantId"`;
    const { data, error } = await client.rpc("replay_webhook_events", {
      ids: stored.map((row) => row.id),
    });
    assert.equal(error, null);
    assert.deepEqual(data, stored.filter((row) => row.tenantId === "ks").map((row) => row.id));
    await sql`delete from public.webhook_events where id = any (${stored.map((row) => row.id)})`;
  } finally {
    await sql.end();
  }
});

Deno.test("the Data API refuses a missing key, a wrong key and a forged or altered token", async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${URL_}/rest/v1/profiles?select=id`, { headers });
  assert.equal((await ask({})).status, 401);
  assert.equal((await ask({ apikey: `${KEY}x` })).status, 401);
  const { token } = await as("member.ks@demo.test");
  const [head, body, mark] = token.split(".");
  const claims = JSON.parse(atob((body ?? "").replaceAll("-", "+").replaceAll("_", "/")));
  const raised = btoa(JSON.stringify({ ...claims, role: "service_role" })).replaceAll("=", "");
  const unsigned = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replaceAll("=", "");
  for (const forged of [`${head}.${raised}.${mark}`, `${unsigned}.${raised}.`]) {
    const answer = await ask({ apikey: KEY, authorization: `Bearer ${forged}` });
    assert.notEqual(answer.status, 200, await answer.text());
  }
});

Deno.test("Storage refuses a missing and a wrong key, and lists no bucket for a visitor", async () => {
  const ask = (headers: Record<string, string>) => fetch(`${URL_}/storage/v1/bucket`, { headers });
  for (const headers of [{}, { apikey: "wrong" }]) {
    const answer = await ask(headers);
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  }
  const { data } = await visitor().storage.listBuckets();
  assert.deepEqual(data, []);
});

Deno.test("metadata given at sign-up raises nobody", async () => {
  const client = visitor();
  const { data, error } = await client.auth.signUp({
    email: `climber-${crypto.randomUUID().slice(0, 8)}@example.test`,
    password: "A-long-Password-7",
    options: {
      data: {
        tenant: "mk",
        role: "super_admin",
        branch_id: crypto.randomUUID(),
        agent_id: crypto.randomUUID(),
        is_active: true,
        member_number: "MEM-2026-000001",
      },
    },
  });
  assert.equal(error, null);
  const { data: profile } = await client.from("profiles").select("*").eq("id", data.user?.id ?? "")
    .single();
  assert.equal(profile.role, "member");
  assert.equal(profile.tenant_id, "mk");
  assert.equal(profile.branch_id, null);
  assert.equal(profile.agent_id, null);
  assert.notEqual(profile.member_number, "MEM-2026-000001");
});

Deno.test("a person who is locked out sees nothing at once, with the token they still hold", async () => {
  const email = `locked-${crypto.randomUUID().slice(0, 8)}@example.test`;
  const client = visitor();
  const { data } = await client.auth.signUp({ email, password: "A-long-Password-7" });
  assert.equal((await rows(client, "profiles")).length, 1);
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    await sql`update public.profiles set is_active = false where id = ${data.user?.id ?? ""}`;
  } finally {
    await sql.end();
  }
  assert.equal((await rows(client, "profiles")).length, 0);
});
