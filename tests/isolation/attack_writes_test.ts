/**
 * Writes that the Data API could be talked into: upserts, bulk inserts, filters that match too much
 * and `Prefer` headers.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { stackValue } from "../support/stack_env.ts";
import { ask, attacker } from "./attackers.ts";
import { forget, makeVictim, stored } from "./attack_victims.ts";

const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });

const ks = await makeVictim(sql, "ks");
const mk = await makeVictim(sql, "mk");

Deno.test("an upsert neither takes over a row of somebody else nor tells what it says", async () => {
  const member = await attacker("member.ks");
  const before = await stored(sql, ks);
  for (
    const [path, body] of [
      ["claims", { id: ks.claim, title: "Mine now" }],
      ["claims?on_conflict=id", [{ id: ks.claim, title: "Mine now" }]],
      ["claims", { id: ks.claim, tenant_id: "ks", member_id: member.id, title: "Mine now" }],
      ["claims?on_conflict=claim_number", [{ title: "Mine now", claim_number: "CLM-KS-2026-1" }]],
      ["claim_messages", { id: crypto.randomUUID(), claim_id: ks.claim, body: "Hello" }],
      ["profiles", { id: ks.member, full_name: "Gone" }],
      ["profiles?on_conflict=id", { id: ks.member, phone: "0" }],
      ["notification_preferences", { user_id: ks.member, tenant_id: "ks", email_messages: false }],
      ["notifications", { id: ks.notification, read_at: new Date().toISOString() }],
      ["subscriptions", { user_id: member.id, tenant_id: "ks", status: "active" }],
      ["share_packs", { id: ks.pack, revoked_at: new Date().toISOString() }],
    ] as const
  ) {
    for (const resolution of ["merge-duplicates", "ignore-duplicates"]) {
      const answer = await ask(member.token, path, {
        method: "POST",
        headers: { prefer: `return=representation,resolution=${resolution}` },
        body,
      });
      const told = JSON.stringify(answer.body);
      assert.ok(
        answer.status >= 400 && answer.status < 500 || told === "[]",
        `${path} ${resolution}: ${answer.status} ${told}`,
      );
      assert.doesNotMatch(told, /burst|Building Care|@example\.test/);
    }
  }
  const put = await ask(member.token, `claims?id=eq.${ks.claim}`, {
    method: "PUT",
    headers: { prefer: "return=representation" },
    body: { id: ks.claim, title: "Mine now" },
  });
  assert.ok(put.status >= 400, `PUT: ${put.status}`);
  assert.deepEqual(await stored(sql, ks), before);
});

Deno.test("a bulk insert with one row that is somebody else's inserts none", async () => {
  const member = await attacker("member.ks");
  const title = `Bulk ${crypto.randomUUID()}`;
  for (
    const other of [
      { title, member_id: ks.member, tenant_id: "ks" },
      { title, member_id: mk.member, tenant_id: "mk" },
      { title, member_id: member.id, tenant_id: "mk" },
      { title, member_id: mk.member, tenant_id: "ks" },
    ]
  ) {
    const { status, body } = await ask(member.token, "claims", {
      method: "POST",
      headers: { prefer: "return=representation,missing=default" },
      body: [{ title, member_id: member.id, tenant_id: "ks" }, other],
    });
    assert.ok(status >= 400 && status < 500, `${status} ${JSON.stringify(body)}`);
  }
  const [row] = await sql<{ n: number }[]>`
    select count(*)::integer as n from public.claims where title = ${title}`;
  assert.equal(row?.n, 0);
});

Deno.test("a filter that matches everything changes and deletes nothing of others", async () => {
  for (const name of ["member.ks", "agent.ks", "manager.ks", "staff.mk", "admin.mk"]) {
    const who = await attacker(name);
    const before = await stored(sql, ks);
    for (
      const [path, method, body] of [
        ["profiles?id=not.is.null", "PATCH", { phone: "+383 44 000 001" }],
        [`profiles?id=eq.${ks.member}`, "PATCH", { role: "super_admin" }],
        [`profiles?id=eq.${ks.member}`, "PATCH", { is_active: false }],
        [`profiles?id=eq.${ks.member}`, "PATCH", { agent_id: who.id }],
        [`profiles?id=eq.${who.id}`, "PATCH", { role: "super_admin" }],
        [`profiles?id=eq.${who.id}`, "PATCH", { branch_id: crypto.randomUUID() }],
        [`claims?id=eq.${ks.claim}`, "PATCH", { title: "Mine now" }],
        [`claims?id=eq.${ks.claim}`, "PATCH", { status: "rejected", status_reason: "No." }],
        [`claims?id=eq.${ks.claim}`, "PATCH", { member_id: who.id }],
        [`claims?id=eq.${ks.claim}`, "DELETE", undefined],
        [`claim_messages?claim_id=eq.${ks.claim}`, "DELETE", undefined],
        [`share_packs?id=eq.${ks.pack}`, "PATCH", { revoked_at: "2026-01-01T00:00:00Z" }],
        [`claim_tracking_tokens?claim_id=eq.${ks.claim}`, "PATCH", { revoked_at: "2026-01-01" }],
        ["notifications?id=not.is.null", "PATCH", { read_at: "2026-01-01T00:00:00Z" }],
        [`subscriptions?user_id=eq.${ks.member}`, "PATCH", { status: "canceled" }],
        [`claim_documents?id=eq.${ks.document}`, "PATCH", { deleted_at: "2026-01-01T00:00:00Z" }],
        [`audit_log?id=not.is.null`, "DELETE", undefined],
      ] as const
    ) {
      const answer = await ask(who.token, path, {
        method,
        headers: { prefer: "return=representation,count=exact" },
        ...(body && { body }),
      });
      const told = JSON.stringify(answer.body);
      assert.ok(!told.includes(ks.member), `${name}: ${method} ${path}: ${told}`);
      assert.ok(answer.status < 500, `${name}: ${method} ${path}: ${answer.status}`);
    }
    assert.deepEqual(await stored(sql, ks), before, `${name} changed something`);
    const { data } = await who.client.from("profiles").select("role").eq("id", who.id ?? "")
      .single();
    assert.notEqual(data?.["role"], "super_admin");
  }
});

Deno.test("a count counts what is seen, and an estimate does not give away the rest", async () => {
  const member = await attacker("member.ks");
  const [all] = await sql<{ n: number }[]>`select count(*)::integer as n from public.profiles`;
  for (const count of ["exact", "planned", "estimated"]) {
    const { body, headers } = await ask(member.token, "profiles?select=id", {
      headers: { prefer: `count=${count}`, range: "0-999" },
    });
    const total = Number(headers.get("content-range")?.split("/")[1] ?? 0);
    assert.equal(body.length, 1);
    assert.ok(count === "exact" ? total === 1 : total < (all?.n ?? 0) / 2, `${count}: ${total}`);
  }
  for (const path of ["profiles?select=count()", "claims?select=amount_cents.sum()"]) {
    assert.equal((await ask(member.token, path)).status, 400);
  }
});

Deno.test("only the schema public is served, and no plan is told", async () => {
  for (const name of ["visitor", "member.ks", "super"]) {
    const { token } = await attacker(name);
    for (const schema of ["private", "auth", "storage", "vault", "pg_catalog", "cron", "net"]) {
      for (const [header, method] of [["accept-profile", "GET"], ["content-profile", "POST"]]) {
        const { status } = await ask(token, "rpc/my_role", {
          method: method ?? "GET",
          headers: { [header ?? ""]: schema },
          ...(method === "POST" && { body: {} }),
        });
        assert.ok([404, 406].includes(status), `${name}, ${schema}: ${status}`);
      }
    }
    const plan = await ask(token, "membership_plans?select=id", {
      headers: { accept: "application/vnd.pgrst.plan+json" },
    });
    assert.equal(plan.status, 406);
  }
});

Deno.test("what failed for the victims of this file is taken away", async () => {
  await forget(sql, ks, mk);
  await sql.end();
});
