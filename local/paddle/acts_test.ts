import assert from "node:assert/strict";
import { buy, prices, testPaddle } from "./test_support.ts";

Deno.test("A renewal moves the period and bills it", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle, { occurred_at: "2026-01-31T10:00:00Z" });
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/renew`, { outcome: "paid" });
  await paddle.settled();
  assert.deepEqual(paddle.received.map((event) => event.event_type), [
    "subscription.updated",
    "transaction.created",
    "transaction.billed",
    "transaction.updated",
    "transaction.paid",
    "transaction.updated",
    "transaction.completed",
  ]);
  const completed = paddle.received.at(-1)?.data;
  assert.equal(completed.origin, "subscription_recurring");
  assert.equal(completed.subscription_id, subscriptionId);
  assert.match(completed.billing_period.starts_at, /^2027-01-31T10:00:00/);
  assert.match(completed.billing_period.ends_at, /^2028-01-31T10:00:00/);
  assert.equal(completed.items[0].proration.rate, "1");
  await paddle.stop();
});

Deno.test("A failed renewal is past due until it is recovered", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle);
  const act = (name: string, body: unknown) =>
    paddle.call("POST", `/sim/subscriptions/${subscriptionId}/${name}`, body);

  await act("renew", { outcome: "failed", occurred_at: "2026-10-01T08:00:00Z" });
  await paddle.settled();
  const pastDue = paddle.received.at(-1);
  assert.equal(pastDue?.event_type, "subscription.past_due");
  assert.equal(pastDue?.data.status, "past_due");
  assert.match(pastDue?.occurred_at ?? "", /^2026-10-01T08:00:00/);
  assert.deepEqual(await paddle.drain(), [
    "subscription.updated",
    "transaction.created",
    "transaction.billed",
    "transaction.updated",
    "transaction.payment_failed",
    "transaction.past_due",
    "subscription.updated",
    "subscription.past_due",
  ]);

  await act("recover", { outcome: "failed" });
  assert.deepEqual(await paddle.drain(), ["transaction.updated", "transaction.payment_failed"]);
  await act("recover", { outcome: "paid" });
  assert.deepEqual(await paddle.drain(), [
    "transaction.updated",
    "transaction.paid",
    "transaction.updated",
    "transaction.completed",
    "subscription.updated",
    "subscription.activated",
  ]);
  const read = await paddle.call("GET", `/subscriptions/${subscriptionId}`);
  assert.equal(read.json.data.status, "active");
  assert.equal((await act("recover", {})).json.error.code, "subscription_not_past_due");
  await paddle.stop();
});

Deno.test("The card that fails later decides by itself how a renewal ends", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle, { card: "fails_later" });
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/renew`);
  assert.ok((await paddle.drain()).includes("subscription.past_due"));
  await paddle.stop();
});

Deno.test("A scheduled cancellation happens at the end of the period", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle);
  const path = `/subscriptions/${subscriptionId}`;
  const canceling = await paddle.call("POST", `${path}/cancel`, {});
  const { scheduled_change: change, current_billing_period: period } = canceling.json.data;
  assert.deepEqual(change, { action: "cancel", effective_at: period.ends_at, resume_at: null });
  assert.equal(canceling.json.data.status, "active");
  const twice = await paddle.call("POST", `${path}/cancel`, {});
  assert.equal(twice.json.error.code, "subscription_locked_pending_changes");
  await paddle.drain();
  await paddle.call("POST", `/sim${path}/renew`);
  assert.deepEqual(await paddle.drain(), ["subscription.updated", "subscription.canceled"]);
  const after = await paddle.call("POST", `${path}/cancel`, {});
  assert.equal(after.json.error.code, "subscription_is_canceled_action_invalid");
  await paddle.stop();
});

Deno.test("Cancelling a past due subscription gives its debt up", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle);
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/renew`, { outcome: "failed" });
  await paddle.drain();
  await paddle.call("POST", `/subscriptions/${subscriptionId}/cancel`, {
    effective_from: "immediately",
  });
  assert.deepEqual(await paddle.drain(), [
    "subscription.updated",
    "subscription.canceled",
    "transaction.updated",
    "transaction.canceled",
  ]);
  await paddle.stop();
});

Deno.test("Pause and resume stop and restart the billing", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle);
  const path = `/subscriptions/${subscriptionId}`;
  const paused = await paddle.call("POST", `${path}/pause`, { effective_from: "immediately" });
  assert.equal(paused.json.data.current_billing_period, null);
  assert.equal(paused.json.data.next_billed_at, null);
  assert.deepEqual(await paddle.drain(), ["subscription.updated", "subscription.paused"]);
  const resumed = await paddle.call("POST", `${path}/resume`, { effective_from: "immediately" });
  assert.equal(resumed.json.data.status, "active");
  assert.equal(resumed.json.data.paused_at, null);
  assert.deepEqual((await paddle.drain()).slice(0, 3), [
    "subscription.updated",
    "subscription.resumed",
    "transaction.created",
  ]);
  await paddle.stop();
});

Deno.test("An upgrade is charged for the difference, a downgrade credited", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle);
  const change = (priceId: string, mode: string) =>
    paddle.call("PATCH", `/subscriptions/${subscriptionId}`, {
      items: [{ price_id: priceId, quantity: 1 }],
      proration_billing_mode: mode,
    });
  await change(prices.family, "full_immediately");
  await paddle.settled();
  const up = paddle.received.at(-1)?.data;
  assert.equal(up.origin, "subscription_update");
  assert.equal(up.details.totals.grand_total, "1500");
  assert.equal(up.items.length, 1);
  await paddle.drain();

  await change(prices.standard, "full_immediately");
  await paddle.settled();
  const down = paddle.received.at(-1)?.data;
  assert.equal(down.details.totals.grand_total, "0");
  assert.equal(down.details.totals.credit_to_balance, "1500");
  assert.equal(down.payments.length, 0);
  await paddle.drain();

  const later = await change(prices.family, "full_next_billing_period");
  assert.equal(later.json.data.items[0].price.id, prices.family);
  assert.deepEqual(await paddle.drain(), ["subscription.updated"]);
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/renew`);
  await paddle.settled();
  assert.equal(paddle.received.at(-1)?.data.details.totals.grand_total, "5000");
  await paddle.stop();
});

Deno.test("Half a year before the end, an upgrade costs half of the difference", async () => {
  let now = new Date("2026-01-01T00:00:00Z");
  const paddle = await testPaddle({ clock: () => now });
  const { subscriptionId } = await buy(paddle);
  now = new Date("2026-07-02T12:00:00Z");
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/plan`, {
    price_id: prices.family,
  });
  await paddle.settled();
  assert.equal(paddle.received.at(-1)?.data.details.totals.grand_total, "750");
  await paddle.stop();
});

Deno.test("A refund is asked for, approved, and taken off the transaction", async () => {
  const paddle = await testPaddle();
  const { transactionId } = await buy(paddle);
  const read = async () => (await paddle.call("GET", `/transactions/${transactionId}`)).json.data;
  const [line] = (await read()).details.line_items;
  const part = await paddle.call("POST", "/adjustments", {
    action: "refund",
    transaction_id: transactionId,
    reason: "error",
    items: [{ item_id: line.id, type: "partial", amount: "500" }],
  });
  assert.deepEqual(await paddle.drain(), [
    "adjustment.created",
    "adjustment.updated",
    "transaction.updated",
  ]);
  assert.equal(part.json.data.totals.total, "500");
  assert.equal((await read()).details.adjusted_totals.total, "1500");
  assert.equal((await read()).details.totals.total, "2000");
  const tooMuch = await paddle.call("POST", `/sim/transactions/${transactionId}/refund`, {
    amount: 1501,
  });
  assert.equal(tooMuch.json.error.code, "adjustment_amount_above_remaining_allowed");
  await paddle.call("POST", `/sim/transactions/${transactionId}/refund`, {});
  assert.equal((await read()).details.adjusted_totals.total, "0");
  await paddle.stop();
});

Deno.test("A rejected refund changes nothing, a chargeback is approved at once", async () => {
  const paddle = await testPaddle();
  const { transactionId } = await buy(paddle);
  const path = `/sim/transactions/${transactionId}`;
  const asked = await paddle.call("POST", `${path}/refund`, { decision: "pending" });
  assert.equal(asked.json.data.status, "pending_approval");
  await paddle.call("POST", `/sim/adjustments/${asked.json.data.id}/decide`, {
    status: "rejected",
  });
  assert.deepEqual(await paddle.drain(), ["adjustment.created", "adjustment.updated"]);
  const chargeback = await paddle.call("POST", `${path}/chargeback`, {});
  assert.equal(chargeback.json.data.action, "chargeback");
  assert.equal(chargeback.json.data.status, "approved");
  assert.deepEqual(await paddle.drain(), ["adjustment.created", "transaction.updated"]);
  await paddle.stop();
});

Deno.test("A member who buys again keeps the customer and gets a second subscription", async () => {
  const paddle = await testPaddle();
  const first = await buy(paddle);
  const second = await buy(paddle, { email: "ARTA@example.com" });
  assert.equal(second.customerId, first.customerId);
  assert.notEqual(second.subscriptionId, first.subscriptionId);
  const owned = await paddle.call("GET", `/subscriptions?customer_id=${first.customerId}`);
  assert.equal(owned.json.data.length, 2);
  await paddle.stop();
});

Deno.test("A new card for a past due subscription pays what is owed", async () => {
  const paddle = await testPaddle();
  const { subscriptionId } = await buy(paddle, { card: "fails_later" });
  const path = `/subscriptions/${subscriptionId}`;
  const free = await paddle.call("GET", `${path}/update-payment-method-transaction`);
  assert.equal(free.json.data.details.totals.grand_total, "0");
  await paddle.call("POST", `/sim${path}/renew`);
  await paddle.drain();
  const owed = await paddle.call("GET", `${path}/update-payment-method-transaction`);
  assert.equal(owed.json.data.status, "past_due");
  await paddle.call("POST", `/sim/transactions/${owed.json.data.id}/pay`, { card: "ok" });
  const types = await paddle.drain();
  assert.deepEqual(types.slice(0, 2), ["payment_method.saved", "payment_method.deleted"]);
  assert.equal(types.at(-1), "subscription.activated");
  await paddle.stop();
});
