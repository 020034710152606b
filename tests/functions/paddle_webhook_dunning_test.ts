import assert from "node:assert/strict";
import { audited, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, subscription, transaction } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

const at = (minute: number) => ({ at: `2026-03-01T12:${String(minute).padStart(2, "0")}:00Z` });

testWithDatabase(
  "a failed renewal is counted by its own event and mailed once",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const customData = { "user_id": member.id };
    const entity = subscription({ id, customData });
    const owing = { ...entity, status: "past_due" };
    const failure = (minute: number) =>
      event(
        "transaction.payment_failed",
        transaction({
          id: paddleId("txn"),
          subscriptionId: id,
          customData,
          origin: "subscription_recurring",
          status: "past_due",
        }),
        at(minute),
      );
    await deliver(event("subscription.created", entity, at(0)));
    assert.deepEqual(await deliver(failure(1)), [200, "ignored"]);
    await deliver(event("subscription.updated", owing, at(2)));
    await deliver(event("subscription.past_due", owing, at(3)));
    const retried = failure(9);
    assert.deepEqual(await deliver(retried), [200, "ok"]);
    assert.deepEqual(await audited(world.sql, retried), [
      "webhook.received",
      "payment.failed",
      "webhook.processed",
    ]);

    const row = await subscriptionRow(world.sql, id);
    assert.equal(row?.["dunning_attempt_count"], 2);
    assert.deepEqual(row?.["past_due_at"], new Date("2026-03-01T12:02:00Z"));
    assert.deepEqual(row?.["last_dunning_at"], new Date("2026-03-01T12:09:00Z"));
    const mails = await world.sql`
      select template_key, dedupe_key, status, user_id from engagement_email_sends
      where subscription_id = ${row?.["id"]}`;
    assert.deepEqual(mails.map((mail) => ({ ...mail })), [{
      "template_key": "dunning_day_0",
      "dedupe_key": `dunning:${row?.["id"]}:2026-03-01T12:02:00.000000Z:day_0`,
      status: "pending",
      "user_id": member.id,
    }]);

    await deliver(event("subscription.activated", entity, at(20)));
    await deliver(event("subscription.past_due", owing, at(30)));
    const [count] = await world.sql`
      select count(*)::int as n from engagement_email_sends where subscription_id = ${row?.["id"]}`;
    assert.equal(count?.["n"], 2);
  },
);

testWithDatabase(
  "a late first failure completes the grace period and mails nobody",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const entity = subscription({ id, customData: { "user_id": member.id } });
    const owing = { ...entity, status: "past_due" };
    await deliver(event("subscription.created", entity, at(0)));
    await deliver(event("subscription.past_due", owing, at(40)));
    const late = event("subscription.past_due", owing, at(10));
    assert.deepEqual(await deliver(late), [200, "ignored"]);
    const row = await subscriptionRow(world.sql, id);
    assert.deepEqual(row?.["past_due_at"], new Date("2026-03-01T12:10:00Z"));
    assert.equal(row?.["dunning_attempt_count"], 2);
    assert.match((await stored(world.sql, late))?.["reason"], /older than evt_.*completed$/);
    const [count] = await world.sql`
    select count(*)::int as n from engagement_email_sends where subscription_id = ${row?.["id"]}`;
    assert.equal(count?.["n"], 1);
  },
);

testWithDatabase("a checkout's failed payment is the buyer's to try again", async (world) => {
  const { deliver } = paddle(world.db);
  const failed = event(
    "transaction.payment_failed",
    transaction({ id: paddleId("txn"), status: "ready", origin: "api" }),
  );
  assert.deepEqual(await deliver(failed), [200, "ignored"]);
  assert.match((await stored(world.sql, failed))?.["reason"], /try again/);
});

testWithDatabase(
  "a cancellation at the period's end and its withdrawal are told",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const wish = { id: paddleId("sub"), customData: { "user_id": member.id } };
    await deliver(event("subscription.created", subscription(wish), at(0)));
    const scheduled = event(
      "subscription.updated",
      subscription({ ...wish, scheduledAction: "cancel" }),
      at(1),
    );
    const withdrawn = event("subscription.updated", subscription(wish), at(2));
    await deliver(scheduled);
    assert.ok((await audited(world.sql, scheduled)).includes("subscription.canceled_scheduled"));
    await deliver(withdrawn);
    assert.ok(
      (await audited(world.sql, withdrawn)).includes("subscription.cancellation_withdrawn"),
    );
  },
);
