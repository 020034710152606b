/**
 * Tokens that say more than is true, and tokens that nobody issued.
 */
import assert from "node:assert/strict";
import { SignJWT, UnsecuredJWT } from "jose";
import { stackValue } from "../support/stack_env.ts";
import { ask, attacker } from "./attackers.ts";

const secret = new TextEncoder().encode(stackValue("SUPABASE_JWT_SECRET"));
const wrong = new TextEncoder().encode("another-secret-that-is-long-enough-for-hs256");

function sign(claims: Record<string, unknown>, key = secret, expires = "5m"): Promise<string> {
  return new SignJWT({ aud: "authenticated", role: "authenticated", ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt("-1h")
    .setExpirationTime(expires)
    .sign(key);
}

const refusals = new Set([401, 403]);

Deno.test("a token without a true signature is refused everywhere, whatever role it claims", async () => {
  const { id } = await attacker("member.ks");
  const base = stackValue("SUPABASE_URL");
  const key = stackValue("SUPABASE_PUBLISHABLE_KEY");
  const soon = Math.floor(Date.now() / 1000) + 300;
  const tokens: Record<string, string> = {};
  for (const role of ["authenticated", "service_role", "postgres", "service_cron", "app_site"]) {
    tokens[`${role}, wrong key`] = await sign({ sub: id, role }, wrong);
    tokens[`${role}, alg none`] = new UnsecuredJWT({ sub: id ?? "", role, exp: soon }).encode();
    tokens[`${role}, expired`] = await sign({ sub: id, role }, secret, "-1m");
  }
  tokens["no token"] = "not-a-token";
  for (const [what, token] of Object.entries(tokens)) {
    const { status, body } = await ask(token, "profiles?select=id");
    assert.ok(refusals.has(status), `Data API, ${what}: ${status} ${JSON.stringify(body)}`);
    for (
      const path of ["storage/v1/bucket", "storage/v1/object/claim-evidence/x", "auth/v1/user"]
    ) {
      const answer = await fetch(`${base}/${path}`, {
        headers: { apikey: key, authorization: `Bearer ${token}` },
      });
      const text = await answer.text();
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}, ${what}: ${answer.status}`);
      assert.doesNotMatch(text, /claim-evidence"|@demo\.test/, `${path}, ${what}`);
    }
    for (const path of ["documents/c0de0000-0000-4000-8000-000000000021", "documents/export"]) {
      const answer = await fetch(`${base}/functions/v1/${path}`, {
        headers: { apikey: key, authorization: `Bearer ${token}` },
      });
      await answer.body?.cancel();
      assert.equal(answer.status, 401, `${path}, ${what}`);
    }
  }
});

Deno.test("what a token says of role, tenant or metadata gives no right", async () => {
  const member = await attacker("member.ks");
  const plain = await ask(await sign({ sub: member.id }), "profiles?select=id,role,tenant_id");
  assert.equal(plain.body.length, 1);
  for (
    const claims of [
      { app_metadata: { role: "super_admin", tenant_id: "mk", provider: "email" } },
      { user_metadata: { role: "super_admin", tenant: "mk", is_admin: true } },
      { tenant_id: "mk", tenant: "mk", user_role: "tenant_admin", branch_id: crypto.randomUUID() },
      { email: "super@demo.test", phone: "+1", is_anonymous: false, aal: "aal2" },
    ]
  ) {
    const token = await sign({ sub: member.id, ...claims });
    const told = await ask(token, "profiles?select=id,role,tenant_id");
    assert.deepEqual(told.body, plain.body, JSON.stringify(claims));
    for (const table of ["audit_log", "webhook_events", "cron_runs", "mail_events"]) {
      assert.deepEqual((await ask(token, `${table}?select=id`)).body, [], table);
    }
    const raised = await ask(token, `profiles?id=eq.${member.id}`, {
      method: "PATCH",
      body: { role: "super_admin" },
    });
    assert.equal(raised.body.code, "42501");
  }
});

Deno.test("a token of nobody, of a stranger or with a broken subject sees what is public at most", async () => {
  for (const sub of [undefined, crypto.randomUUID(), "", "' or true --", "00000000"]) {
    const token = await sign(sub === undefined ? {} : { sub });
    for (const table of ["profiles", "claims", "subscriptions", "notifications", "invitations"]) {
      const { status, body } = await ask(token, `${table}?select=id`);
      assert.ok(
        (status === 200 && body.length === 0) || (status >= 400 && status < 500),
        `${table} by ${sub}: ${status} ${JSON.stringify(body)}`,
      );
    }
  }
});

Deno.test("a token of one country is worth nothing in the other", async () => {
  const member = await attacker("member.mk");
  const token = await sign({ sub: member.id, app_metadata: { tenant_id: "ks" } });
  for (const table of ["profiles", "claims", "subscriptions", "branches", "membership_plans"]) {
    const { body } = await ask(token, `${table}?select=id&tenant_id=eq.ks`);
    assert.deepEqual(body, [], table);
  }
  const written = await ask(token, "claims", {
    method: "POST",
    body: { title: "Abroad", tenant_id: "ks", member_id: member.id },
  });
  assert.equal(written.body.code, "42501");
});
