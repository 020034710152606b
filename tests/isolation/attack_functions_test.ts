/**
 * Every function that the Data API serves, called about somebody with whom the caller has no business.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { stackValue } from "../support/stack_env.ts";
import { ask, attacker } from "./attackers.ts";
import { forget, makeVictim, stored, type Victim } from "./attack_victims.ts";

const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });

const HASH = "ab".repeat(32);

/**
 * How each function of the Data API is called about somebody else. Those that take nothing are about
 * the caller alone.
 */
const CALLS: Readonly<Record<string, (victim: Victim) => Record<string, unknown>>> = {
  "cancel_claim": ({ claim }) => ({ claim_id: claim }),
  "claim_assign": ({ claim, member }) => ({ claim_id: claim, to_user: member }),
  "create_share_pack": ({ claim, document }) => ({
    claim_id: claim,
    document_ids: [document],
    token_hash: HASH,
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  }),
  "create_tracking_link": ({ claim }) => ({ claim_id: claim, token_hash: HASH }),
  "delete_document": ({ document }) => ({ document_id: document, reason: "not needed" }),
  "document_accesses": ({ document }) => ({ document_id: document }),
  "mark_claim_notifications_read": ({ claim }) => ({ claim_id: claim }),
  "mark_messages_read": ({ claim }) => ({ claim_id: claim }),
  "mark_notifications_read": ({ notification }) => ({ ids: [notification] }),
  "membership_access": ({ member }) => ({ user_id: member }),
  "move_claim": ({ claim }) => ({ claim_id: claim, to_status: "verification" }),
  "replay_webhook_events": ({ event }) => ({ ids: [event] }),
  "retry_mail": ({ mail }) => ({ mail_id: mail }),
  "revoke_share_pack": ({ pack }) => ({ pack_id: pack }),
  "revoke_tracking_link": ({ claim }) => ({ claim_id: claim }),
  "search_claims": () => ({ term: "Building Care" }),
  "submit_claim": ({ claim }) => ({ claim_id: claim }),
  "trust_address": ({ member }) => ({ person_id: member }),
  "unread_messages": ({ claim }) => ({ claim_ids: [claim] }),
};
const ABOUT_THE_CALLER = [
  "cancel_deletion",
  "my_privacy",
  "record_consent",
  "request_deletion",
  "request_export",
];
const FOR_SUPER_ADMINS = ["verify_audit_log"];

/** Nothing was found, done or told. */
const isNothing = (body: unknown) =>
  body === null || body === false || body === 0 || body === "" || body === "none" ||
  body === "unknown" || body === "not_marked" || (Array.isArray(body) && body.length === 0);

/** An error of the caller's. PostgREST answers 500 to what a function raises as "no such row". */
const isRefused = ({ status, body }: { status: number; body: { message?: string } | null }) =>
  status >= 400 && status < 500 || /(claim|document) not found$/.test(body?.message ?? "");

const ks = await makeVictim(sql, "ks");
const mk = await makeVictim(sql, "mk");

Deno.test("no function does anything about a member for whoever has no business with them", async () => {
  const served = await sql<{ name: string }[]>`
    select distinct proname::text as name from pg_proc
    where pronamespace = 'public'::regnamespace
      and has_function_privilege('authenticated', oid, 'execute')
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    order by 1`;
  assert.deepEqual(
    [...Object.keys(CALLS), ...ABOUT_THE_CALLER, ...FOR_SUPER_ADMINS].sort(),
    served.map((row) => row.name),
    "say here how a new function is called about somebody else",
  );
  for (
    const [name, victim] of [
      ["visitor", ks],
      ["member.ks", ks],
      ["lapsed.ks", ks],
      ["agent.ks", ks],
      ["manager.ks", ks],
      ["staff.ks", mk],
      ["admin.ks", mk],
      ["member.mk", ks],
      ["staff.mk", ks],
      ["admin.mk", ks],
    ] as const
  ) {
    const who = await attacker(name);
    const before = await stored(sql, victim);
    for (const [call, about] of Object.entries(CALLS)) {
      const { status, body } = await ask(who.token, `rpc/${call}`, {
        method: "POST",
        body: about(victim),
      });
      if (call === "search_claims" && status === 200) {
        assert.ok(!body.includes(victim.claim), `${name} finds the claim`);
        continue;
      }
      assert.ok(
        isRefused({ status, body }) || isNothing(body),
        `${name} by ${call}: ${status} ${JSON.stringify(body)}`,
      );
    }
    for (const call of FOR_SUPER_ADMINS) {
      const { body } = await ask(who.token, `rpc/${call}`, { method: "POST", body: {} });
      assert.equal(body.code, "42501", `${name} by ${call}`);
    }
    assert.deepEqual(await stored(sql, victim), before, `${name} changed something`);
  }
});

Deno.test("a visitor runs no function at all", async () => {
  for (const call of [...Object.keys(CALLS), ...ABOUT_THE_CALLER, ...FOR_SUPER_ADMINS]) {
    const args = CALLS[call]?.(ks) ??
      (call === "record_consent" ? { kind: "terms", version: "1", given: true } : {});
    const { status, body } = await ask(null, `rpc/${call}`, { method: "POST", body: args });
    assert.equal(body?.code, "42501", `${call}: ${status} ${JSON.stringify(body)}`);
  }
});

Deno.test("what failed for the victims of this file is taken away", async () => {
  await forget(sql, ks, mk);
  await sql.end();
});
