import assert from "node:assert/strict";
import { sendDeps } from "@core/outreach/jobs.ts";
import { sendNow, type SendToPerson } from "@core/outreach/send_now.ts";
import type { MailOutcome } from "@core/platform/mailer.ts";
import { type MailWorld, testMails } from "./outreach_support.ts";
import { testEnv } from "./support.ts";

const LINK_CODE = "a-secret-code-of-the-link";

function reset(userId: string, over: Partial<SendToPerson> = {}): SendToPerson {
  return {
    template: "password_reset",
    userId,
    dedupeKey: `password_reset:${crypto.randomUUID()}`,
    details: ({ origin, locale }) => ({
      link: `${origin}/${locale}/reset-password?token=${LINK_CODE}`,
      expiresInMinutes: 60,
    }),
    ...over,
  };
}

function deps(world: MailWorld, ...outcomes: MailOutcome[]) {
  const env = testEnv({ RESEND_BASE_URL: world.inbox.url, RESEND_MAX_RPS: "1000" });
  const own = sendDeps({ env, db: world.db, clock: world.clock });
  const keys: string[] = [];
  if (outcomes.length === 0) return { ...own, keys };
  const mailer = {
    sendBatch: (_: unknown, key: string) => {
      keys.push(key);
      return Promise.resolve(outcomes.shift() ?? { kind: "unknown" as const, code: "no_answer" });
    },
  };
  return { ...own, mailer, keys };
}

testMails("a mail with a secret link is sent at once, and the link kept nowhere", async (world) => {
  const arta = await world.member();
  const request = reset(arta.id);
  assert.equal(await sendNow(deps(world), request), "sent");
  const [message] = world.inbox.messages.inOrder();
  assert.match(message?.html ?? "", new RegExp(LINK_CODE));
  assert.match(message?.text ?? "", new RegExp(LINK_CODE));
  const [row] = await world.ledger(arta);
  assert.deepEqual([row?.["status"], row?.["attempts"], row?.["facts"]], ["sent", 1, null]);
  assert.equal(row?.["provider_message_id"], message?.id);
  assert.doesNotMatch(JSON.stringify(row), new RegExp(LINK_CODE));
  assert.equal(await sendNow(deps(world), request), "duplicate");
  await world.run("mails");
  assert.equal(world.inbox.messages.inOrder().length, 1);
});

testMails("a mail that is sent now is not taken by the jobs if its sender dies", async (world) => {
  const arta = await world.member();
  const dying = {
    ...deps(world),
    mailer: { sendBatch: () => Promise.reject(new Error("killed")) },
  };
  await assert.rejects(sendNow(dying, reset(arta.id)), /killed/);
  await world.run("mails");
  const [row] = await world.ledger(arta);
  assert.deepEqual([row?.["status"], row?.["next_attempt_at"]], ["pending", null]);
  assert.equal(world.inbox.messages.inOrder().length, 0);
});

testMails("no answer is tried once more under the same key, then told honestly", async (world) => {
  const [arta, besa] = [await world.member(), await world.member()];
  const unknown: MailOutcome = { kind: "unknown", code: "no_answer" };
  const lucky = deps(world, unknown, { kind: "accepted", ids: ["msg_1"] });
  assert.equal(await sendNow(lucky, reset(arta.id)), "sent");
  assert.equal(lucky.keys.length, 2);
  assert.equal(new Set(lucky.keys).size, 1);
  assert.equal(await sendNow(deps(world, unknown, unknown), reset(besa.id)), "failed");
  const [row] = await world.ledger(besa);
  assert.deepEqual([row?.["status"], row?.["may_have_arrived"]], ["error", true]);
});

testMails("every other answer ends the mail with its reason", async (world) => {
  for (
    const [outcome, result, error] of [
      [{ kind: "held", code: "daily_quota_exceeded", milliseconds: 1 }, "failed", "provider_limit"],
      [{ kind: "misconfigured", code: "invalid_api_key", message: "x" }, "failed", "misconfigured"],
      [
        { kind: "refused", code: "validation_error", message: "x", isAddress: false },
        "failed",
        "refused",
      ],
      [
        { kind: "refused", code: "validation_error", message: "x", isAddress: true },
        "skipped",
        "address_refused",
      ],
    ] as const
  ) {
    const arta = await world.member();
    await world.sql`delete from private.mail_pace`;
    assert.equal(await sendNow(deps(world, outcome), reset(arta.id)), result);
    const [row] = await world.ledger(arta);
    assert.match(row?.["error"], new RegExp(`^${error}`));
    const again = await sendNow(deps(world), reset(arta.id));
    assert.equal(again, error === "address_refused" ? "skipped" : "sent");
  }
});

testMails("nobody unknown, locked or out of reach is written to", async (world) => {
  assert.equal(await sendNow(deps(world), reset(crypto.randomUUID())), "unknown_person");
  const [locked, gone] = [await world.member(), await world.member()];
  await world.sql`update profiles set is_active = false where id = ${locked.id}`;
  await world.sql`update profiles set email_undeliverable_at = now() where id = ${gone.id}`;
  assert.equal(await sendNow(deps(world), reset(locked.id)), "skipped");
  assert.equal(await sendNow(deps(world), reset(gone.id)), "skipped");
  assert.equal(world.inbox.messages.inOrder().length, 0);
});

testMails("while Resend asked everyone to wait nothing is sent now either", async (world) => {
  const arta = await world.member();
  await world.sql`select private.hold_mails(60000)`;
  assert.equal(await sendNow(deps(world), reset(arta.id)), "failed");
  assert.equal(world.inbox.messages.inOrder().length, 0);
  const [row] = await world.ledger(arta);
  assert.deepEqual([row?.["error"], row?.["may_have_arrived"]], ["provider_limit: no_turn", false]);
});
