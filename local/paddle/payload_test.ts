import assert from "node:assert/strict";
import { join } from "node:path";
import { buy, prices, testPaddle, type WireEvent } from "./test_support.ts";

const folder = Deno.env.get("PADDLE_FIXTURES_DIR");

/** Fields that Paddle shows for means of payment, discounts and billing that nobody uses here. */
const notSimulated = [
  /\.south_korea_local_card\b/,
  /\.underlying_details\./,
  /^discount\./,
  /^billing_details\./,
  /\.custom_data\./,
  /\.trial_(period|dates)\./,
  /\.unit_price_overrides\[\]/,
];

async function everyEvent(): Promise<WireEvent[]> {
  const paddle = await testPaddle();
  const all: WireEvent[] = [];
  const keep = async () => {
    await paddle.settled();
    all.push(...paddle.received.splice(0));
  };
  const act = async (path: string, body: unknown = {}) => {
    const { status, json } = await paddle.call("POST", `/sim${path}`, body);
    assert.equal(status, 200, `${path} ${JSON.stringify(json)}`);
    await keep();
    return json.data;
  };
  await act("/purchases", { price_id: prices.standard, email: "a@example.com", card: "declined" });
  const bought = await act("/purchases", {
    price_id: prices.standard,
    email: "b@example.com",
    custom_data: { user_id: "user-1" },
  });
  const sub = `/subscriptions/${bought.transaction.subscription_id}`;
  await act(`${sub}/renew`, { outcome: "failed" });
  await act(`${sub}/recover`, { outcome: "paid" });
  await act(`${sub}/plan`, { price_id: prices.family });
  await act(`${sub}/pause`, { effective_from: "immediately" });
  await act(`${sub}/resume`);
  await act(`${sub}/renew`, { outcome: "failed" });
  const change = await paddle.call("GET", `${sub}/update-payment-method-transaction`);
  await act(`/transactions/${change.json.data.id}/pay`);
  await act(`/transactions/${change.json.data.id}/refund`, { amount: 100 });
  await act(`${sub}/renew`, { outcome: "failed" });
  await act(`${sub}/cancel`, { effective_from: "immediately" });
  await paddle.call("PATCH", `/customers/${change.json.data.customer_id}`, { name: "B" });
  await keep();
  await paddle.stop();
  return all;
}

Deno.test("Every event is told in the shape of Paddle's envelope", async () => {
  const events = await everyEvent();
  for (const event of events) {
    assert.deepEqual(
      Object.keys(event),
      ["event_id", "event_type", "occurred_at", "notification_id", "data"],
    );
    assert.match(event.event_id, /^evt_[0-9a-z]{26}$/);
    assert.match(event.notification_id, /^ntf_[0-9a-z]{26}$/);
    assert.match(event.occurred_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.match(event.data.id, /^[a-z]+_[0-9a-z]{26}$/);
  }
  assert.equal(new Set(events.map((event) => event.event_id)).size, events.length);
});

Deno.test("Totals of every transaction add up", async () => {
  const events = await everyEvent();
  for (const { event_type: type, data } of events) {
    if (!type.startsWith("transaction.")) continue;
    const totals = data.details.totals;
    const n = (text: string | null) => Number(text);
    assert.equal(n(totals.subtotal) + n(totals.tax), n(totals.total), type);
    assert.equal(Math.max(0, n(totals.total)), n(totals.grand_total), type);
    const lines = data.details.line_items.map((line: WireEvent["data"]) => n(line.totals.total));
    assert.equal(lines.reduce((a: number, b: number) => a + b, 0), n(totals.total), type);
    const isOpen = ["draft", "ready", "billed", "past_due"].includes(data.status);
    if (data.status !== "canceled") {
      assert.equal(totals.balance, isOpen ? totals.grand_total : "0", type);
    }
    if (data.status === "completed") {
      assert.equal(n(totals.fee) + n(totals.earnings) + n(totals.tax), n(totals.total), type);
      assert.ok(data.invoice_number !== null && data.billing_period !== undefined, type);
    }
  }
});

Deno.test({
  name: "Every payload carries every field that Paddle's own examples show",
  ignore: folder === undefined,
  async fn() {
    const samples = Map.groupBy(await everyEvent(), (event) => event.event_type);
    assert.ok(samples.size >= 22, `only ${samples.size} types were told`);
    for (const [type, events] of samples) {
      const text = await Deno.readTextFile(join(folder ?? "", `${type}.json`));
      const wanted = paths(JSON.parse(text)).filter((path) =>
        !notSimulated.some((pattern) => pattern.test(path))
      );
      const given = new Set(events.flatMap((event) => [...paths(event.data)]));
      assert.deepEqual(wanted.filter((path) => !given.has(path)), [], type);
      // Each single event carries the first level, whatever its state.
      for (const event of events) {
        const missing = wanted.filter((path) => /^\w+$/.test(path) && !(path in event.data));
        assert.deepEqual(missing, [], type);
      }
    }
  },
});

Deno.test("Only subscription.created names the transaction", async () => {
  for (const event of await everyEvent()) {
    if (!event.event_type.startsWith("subscription.")) continue;
    assert.equal("transaction_id" in event.data, event.event_type === "subscription.created");
  }
});

Deno.test("A payload keeps the shop's custom data to the letter", async () => {
  const paddle = await testPaddle();
  const data = { userId: "u", "user_id": "v", nested: { camelCase: [1, { deepKey: null }] } };
  const made = await paddle.call("POST", "/transactions", {
    items: [{ price_id: prices.standard, quantity: 1 }],
    custom_data: data,
  });
  assert.deepEqual(made.json.data.custom_data, data);
  await paddle.settled();
  assert.deepEqual(paddle.received[0]?.data.custom_data, data);
  const { subscriptionId } = await buy(paddle, { custom_data: data });
  await paddle.call("POST", `/sim/subscriptions/${subscriptionId}/renew`);
  await paddle.settled();
  for (const event of paddle.received) assert.deepEqual(event.data.custom_data, data);
  await paddle.stop();
});

function paths(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) {
    return [...new Set(value.flatMap((item) => paths(item, `${prefix}[]`)))];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, content]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...paths(content, path)];
  });
}
