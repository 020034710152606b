import assert from "node:assert/strict";
import { parseDelivery } from "@core/billing/paddle_events.ts";
import { markFailed, storeReceived, WEBHOOKS_ROLE } from "@core/billing/webhook_store.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { audited, hashOf, NOW, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, sign, subscription, transaction } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

testWithDatabase("the same event again is a duplicate and changes nothing", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const owing = event(
    "subscription.past_due",
    subscription({ id, status: "past_due", customData: { "user_id": member.id } }),
  );
  assert.deepEqual(await deliver(owing), [200, "ok"]);
  assert.deepEqual(await deliver(owing), [200, "duplicate"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["dunning_attempt_count"], 1);
  assert.equal((await stored(world.sql, owing))?.["attempts"], 1);
  assert.deepEqual(await audited(world.sql, owing), [
    "webhook.received",
    "subscription.past_due",
    "webhook.processed",
    "webhook.duplicate",
  ]);
});

testWithDatabase("of 12 deliveries of one event at once, one applies", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const owing = event(
    "subscription.past_due",
    subscription({ id, status: "past_due", customData: { "user_id": member.id } }),
  );
  // Held back until all of them have stored the event and want to apply it.
  const release = await world.holdSubject(id);
  const deliveries = Promise.all(Array.from({ length: 12 }, () => deliver(owing)));
  await world.waiting(12);
  await release();
  const answers = await deliveries;
  assert.deepEqual(answers.map(([status]) => status), Array(12).fill(200));
  assert.equal(answers.filter(([, result]) => result === "ok").length, 1);
  assert.equal(answers.filter(([, result]) => result === "duplicate").length, 11);
  assert.equal((await subscriptionRow(world.sql, id))?.["dunning_attempt_count"], 1);
});

testWithDatabase(
  "a failure noted late does not undo what another delivery finished",
  async (world) => {
    const { deliver } = paddle(world.db);
    const plain = event("price.updated", { id: paddleId("pri") });
    assert.deepEqual(await deliver(plain), [200, "ignored"]);
    const { event: parsed } = parseDelivery(new TextEncoder().encode(JSON.stringify(plain)));
    await world.db.asService(WEBHOOKS_ROLE, (tx) => markFailed(tx, parsed, "too late"));
    const kept = await stored(world.sql, plain);
    assert.deepEqual([kept?.["processing_result"], kept?.["error"]], ["ignored", null]);
    assert.equal((await audited(world.sql, plain)).includes("webhook.failed"), false);
  },
);

testWithDatabase("an event without effect counts once, however often it comes", async (world) => {
  const { deliver } = paddle(world.db);
  const plain = event("price.updated", { id: paddleId("pri") });
  const answers = await Promise.all(Array.from({ length: 12 }, () => deliver(plain)));
  assert.equal(answers.filter(([, result]) => result === "ignored").length, 1);
  assert.equal(answers.filter(([, result]) => result === "duplicate").length, 11);
  const kept = await stored(world.sql, plain);
  assert.deepEqual(
    [kept?.["processing_result"], kept?.["attempts"], kept?.["delivery_count"]],
    ["ignored", 1, 12],
  );
  assert.deepEqual((await audited(world.sql, plain)).slice(0, 2), [
    "webhook.received",
    "webhook.processed",
  ]);
});

testWithDatabase(
  "an event without effect that was stored open is done with next time",
  async (world) => {
    const { deliver } = paddle(world.db);
    const plain = event("price.updated", { id: paddleId("pri") });
    // As a lost connection leaves it: stored, and nothing more.
    const body = JSON.stringify(plain);
    await world.db.asService(WEBHOOKS_ROLE, (tx) => {
      const signature = "checked";
      const delivery = parseDelivery(new TextEncoder().encode(body));
      storeReceived(tx, { ...delivery, payloadHash: hashOf(body), signature }).execute();
      return Promise.resolve();
    });
    assert.equal((await stored(world.sql, plain))?.["processing_result"], null);
    assert.deepEqual(await deliver(plain), [200, "ignored"]);
    const kept = await stored(world.sql, plain);
    assert.deepEqual(
      [kept?.["processing_result"], kept?.["attempts"], kept?.["delivery_count"]],
      ["ignored", 1, 2],
    );
    assert.equal(kept?.["next_attempt_at"], null);
    assert.deepEqual(await audited(world.sql, plain), ["webhook.received", "webhook.processed"]);
  },
);

testWithDatabase("events of a new membership may come all at once", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const [sub, txn] = [paddleId("sub"), paddleId("txn")];
  const customData = { "user_id": member.id };
  const at = (seconds: number) => ({ at: `2026-03-01T12:00:0${seconds}.5Z` });
  const entity = subscription({ id: sub, customData, transactionId: txn });
  const events = [
    event("subscription.created", entity, at(1)),
    event("subscription.activated", entity, at(2)),
    event("subscription.updated", { ...entity, status: "paused" }, at(3)),
    event("subscription.updated", { ...entity, status: "active" }, at(4)),
    event(
      "transaction.completed",
      transaction({ id: txn, subscriptionId: sub, customData }),
      at(2),
    ),
  ];
  const answers = await Promise.all(events.map((one) => deliver(one)));
  assert.deepEqual(answers.map(([status]) => status), [200, 200, 200, 200, 200]);
  const row = await subscriptionRow(world.sql, sub);
  assert.deepEqual([row?.["status"], row?.["paused_at"]], ["active", null]);
  assert.equal(row?.["last_event_id"], events[3]?.["event_id"]);
  const [invoice] = await world.sql`
    select subscription_id from billing_invoices where provider_transaction_id = ${txn}`;
  assert.equal(invoice?.["subscription_id"], row?.["id"]);
});

testWithDatabase("a late older event is ignored with the reason", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const entity = subscription({ id, customData: { "user_id": member.id } });
  const newer = event("subscription.paused", { ...entity, status: "paused" }, {
    at: "2026-03-01T12:00:02.000002Z",
  });
  const older = event("subscription.created", entity, { at: "2026-03-01T12:00:02.000001Z" });
  assert.deepEqual(await deliver(newer), [200, "ok"]);
  assert.deepEqual(await deliver(older), [200, "ignored"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["status"], "paused");
  const kept = await stored(world.sql, older);
  assert.equal(kept?.["processing_result"], "ignored");
  assert.match(kept?.["reason"], new RegExp(String(newer["event_id"])));
  assert.equal(kept?.["tenant_id"], "ks");
});

testWithDatabase("the process dying between storing and applying loses nothing", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const created = event(
    "subscription.created",
    subscription({
      id,
      customData: { "user_id": member.id },
    }),
  );
  // As a killed process leaves it: stored, nothing else.
  await world.sql`
    insert into webhook_events (dedupe_key, event_id, event_type, signature_valid, payload, payload_hash)
    values (${`paddle:event:${created["event_id"]}`}, ${String(created["event_id"])},
            'subscription.created', true, '{}', ${hashOf(JSON.stringify(created))})`;
  assert.deepEqual(await deliver(created), [200, "ok"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["status"], "active");
});

testWithDatabase(
  "a connection lost while applying is 503 and leaves the event open",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const created = event(
      "subscription.created",
      subscription({
        id,
        customData: { "user_id": member.id },
      }),
    );
    const release = await world.holdSubject(id);
    const delivery = deliver(created);
    await world.waiting(1);
    await world.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'app_functions' and wait_event_type = 'Lock'`;
    assert.deepEqual(await delivery, [503, "database_unavailable"]);
    await release();
    const open = await stored(world.sql, created);
    assert.deepEqual([open?.["processing_result"], open?.["attempts"]], [null, 0]);
    assert.deepEqual(await deliver(created), [200, "ok"]);
  },
);

Deno.test("a database that is away is 503, so that Paddle delivers again", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { deliver, post } = paddle(db);
  const body = JSON.stringify(event("price.updated", { id: paddleId("pri") }));
  assert.deepEqual(await deliver(body), [503, "database_unavailable"]);
  const forged = await post(body, { "paddle-signature": sign(body, "pdl_wrong", NOW) });
  assert.equal(forged.status, 503);
  assert.equal(forged.headers.get("retry-after"), "5");
  await db.end();
});
