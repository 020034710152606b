import assert from "node:assert/strict";
import type { Transaction } from "@core/platform/database.ts";
import { readMail, readMailEvents } from "../../site/mail_ledger.ts";
import { testWithDatabase, type World } from "./support.ts";

/** A mail to somebody who has had another address since. */
async function mailTo(world: World, status: "sent" | "pending" | "skipped", to: string | null) {
  const { id: userId } = await world.member();
  const id = crypto.randomUUID();
  await world.sql`
    insert into engagement_email_sends
      (id, tenant_id, user_id, template_key, dedupe_key, status, sent_at, facts)
    values
      (${id}, 'ks', ${userId}, 'welcome', ${`ledger:${id}`}, ${status},
       ${status === "sent" ? new Date() : null}, ${to === null ? null : world.sql.json({ to })})`;
  return { id, userId };
}

testWithDatabase("the ledger shows the address that a mail went to", async (world) => {
  const addressOf = async (id: string) =>
    (await world.sql.begin((tx) => readMail(tx as unknown as Transaction, id)))?.address;
  const [sent, taken, waiting, forgotten, skipped] = await Promise.all([
    mailTo(world, "sent", "old@example.test"),
    mailTo(world, "pending", "old@example.test"),
    mailTo(world, "pending", null),
    mailTo(world, "sent", null),
    mailTo(world, "skipped", null),
  ]);
  const [person] = await world.sql`select email from profiles where id = ${waiting.userId}`;
  assert.equal(await addressOf(sent.id), "old@example.test");
  assert.equal(await addressOf(taken.id), "old@example.test");
  assert.equal(await addressOf(waiting.id), person?.["email"], "the present one, as it stands");
  assert.equal(await addressOf(forgotten.id), null, "kept for 30 days");
  assert.equal(await addressOf(skipped.id), null);
});

testWithDatabase("news of one second are told in the order of life", async (world) => {
  const { sql } = world;
  const { id } = await mailTo(world, "sent", "old@example.test");
  for (const type of ["bounced", "delivered", "delivery_delayed", "sent"]) {
    await sql`
      insert into mail_events (id, tenant_id, send_id, type, occurred_at)
      values (${crypto.randomUUID()}, 'ks', ${id}, ${`email.${type}`}, '2026-05-01T10:00:00Z')`;
  }
  const events = await sql.begin((tx) => readMailEvents(tx as unknown as Transaction, id));
  assert.deepEqual(
    events.map(({ type }) => type),
    ["email.sent", "email.delivery_delayed", "email.delivered", "email.bounced"],
  );
});
