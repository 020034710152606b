/** Odd things sent to the functions by somebody whose token, or signature, is good. */
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { signDelivery } from "@core/platform/webhook_signature.ts";
import fc from "fast-check";
import { sql } from "../browser/people.ts";
import { stackValue } from "../support/stack_env.ts";
import { oddJson, oddText } from "./odd_values.ts";
import { newAccount, type Role } from "./people.ts";
import { wrongWith } from "./verdict.ts";
import { Visitor } from "./visitor.ts";

const FUNCTIONS = `${stackValue("SUPABASE_URL")}/functions/v1/`;
const TIMES = 200;

/** Something odd, or what would be right. */
const or = (...right: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(oddText, oddJson, { arbitrary: fc.constantFrom(...right), weight: 3 });

/** Bodies that are right in some of their fields. */
const invited = fc.record({
  email: or(`odd-${crypto.randomUUID()}@example.test`, "odd+plus@example.test", "ODD@Example.Test"),
  role: or("member", "staff", "branch_manager", "tenant_admin", "super_admin"),
  branchId: or(null, crypto.randomUUID()),
  fullName: or("Somebody Odd", "x".repeat(120)),
  locale: or("en", "sq"),
  tenantId: or(null, "mk", "ks"),
}, { requiredKeys: ["email", "role"] });
const changed = fc.record({
  present: or("A-long-Password-8"),
  password: or("another good password", "password1"),
}, { requiredKeys: [] });
const wanted = fc.record({
  user: fc.record({
    id: or(crypto.randomUUID()),
    email: or("odd@example.test"),
    "new_email": or("odd-new@example.test"),
  }, { requiredKeys: [] }),
  "email_data": fc.record({
    "email_action_type": or("recovery", "signup", "email_change", "magiclink", "constructor"),
    "token_hash": or("0123456789abcdef"),
    "redirect_to": or("/en/reset-password", "//evil.example"),
  }, { requiredKeys: [] }),
});

/** Somebody's token, as Auth gives it. */
async function tokenOf(role: Role): Promise<string> {
  const client = createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signInWithPassword({ ...await newAccount(role) });
  if (error) throw error;
  return data.session.access_token;
}

/** Sends bodies one after another; limits would answer nearly all of them, so they are lifted. */
async function send<T>(
  odd: fc.Arbitrary<T>,
  request: (visitor: Visitor, odd: T) => Promise<{ status: number }>,
): Promise<Set<number>> {
  const visitor = new Visitor();
  const seen = new Set<number>();
  let turn = 0;
  try {
    await fc.assert(
      fc.asyncProperty(odd, async (body) => {
        if (turn++ % 5 === 0) {
          await sql`
            delete from public.rate_limits
            where bucket in ('invitations', 'password change', 'privacy-export', 'documents')`;
        }
        seen.add((await request(visitor, body)).status);
      }),
      { numRuns: TIMES, endOnFailure: true },
    );
  } finally {
    visitor.close();
  }
  return seen;
}

async function asked(
  visitor: Visitor,
  path: string,
  token: string,
  body: unknown,
  method = "POST",
) {
  const answer = await visitor.send(new URL(path, FUNCTIONS).href, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  const wrong = wrongWith(answer);
  assert.equal(wrong, null, `${path} ${JSON.stringify(body)} ${wrong}`);
  return answer;
}

for (const role of ["tenant_admin", "agent", "member"] as const) {
  Deno.test(`odd invitations of a ${role} are refused or made, never a fault`, async () => {
    const token = await tokenOf(role);
    const seen = await send(
      invited,
      (visitor, body) => asked(visitor, "auth/invitations", token, body),
    );
    assert.ok(seen.has(400) && seen.has(role === "tenant_admin" ? 201 : 403), `${[...seen]}`);
    const [escaped] = await sql<{ count: number }[]>`
      select count(*)::int as count from public.invitations
      where email like 'odd%@example.test' and (role = 'super_admin' or tenant_id <> 'mk')`;
    assert.equal(escaped?.count, 0);
  });
}

Deno.test("odd renewals and odd changes of a password are refused, never a fault", async () => {
  const token = await tokenOf("tenant_admin");
  await send(oddText, (visitor, id) => {
    const path = `auth/invitations/${encodeURIComponent(id.slice(0, 900))}/renew`;
    return asked(visitor, path, token, {});
  });
  const seen = await send(
    changed,
    (visitor, body) => asked(visitor, "auth/change-password", token, body),
  );
  assert.deepEqual([...seen].filter((status) => ![400, 413, 422].includes(status)), []);
});

Deno.test("odd documents and copies asked for with a good token are refused, never a fault", async () => {
  const token = await tokenOf("member");
  await send(oddText, (visitor, id) => {
    const part = encodeURIComponent(id.slice(0, 900));
    return asked(visitor, `documents/${part}/download`, token, null, "GET");
  });
  const answer = await asked(new Visitor(), "documents/export", token, null, "GET");
  assert.equal(answer.status, 409);
});

Deno.test("what Auth signs may be odd, and sends no mail to nobody", async () => {
  const secret = stackValue("SEND_EMAIL_HOOK_SECRET");
  const seen = await send(fc.oneof(wanted, oddJson), async (visitor, odd) => {
    const body = JSON.stringify(odd);
    const delivery = {
      id: `msg_${crypto.randomUUID()}`,
      timestamp: String(Math.floor(Date.now() / 1_000)),
    };
    const answer = await visitor.send(new URL("auth/send-email", FUNCTIONS).href, {
      method: "POST",
      headers: {
        "webhook-id": delivery.id,
        "webhook-timestamp": delivery.timestamp,
        "webhook-signature": await signDelivery(secret, delivery, new TextEncoder().encode(body)),
      },
      body,
    });
    assert.equal(wrongWith(answer), null, body);
    return answer;
  });
  assert.ok(seen.has(400) && !seen.has(401), `${[...seen]}`);
});

globalThis.addEventListener("unload", () => void sql.end());
