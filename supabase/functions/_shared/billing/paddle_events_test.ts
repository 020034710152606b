import assert from "node:assert/strict";
import { join } from "node:path";
import { EventName } from "@paddle/paddle-node-sdk";
import { adjustmentOf, customerOf } from "./paddle_entities.ts";
import { KNOWN_EVENT_TYPES, meaningOf } from "./paddle_event_types.ts";
import {
  MalformedEvent,
  type PaddleEvent,
  parseDelivery,
  subscriptionOf,
  transactionOf,
} from "./paddle_events.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const envelope = (over: Record<string, unknown> = {}) => ({
  "event_id": "evt_1",
  "event_type": "subscription.created",
  "occurred_at": "2024-04-12T10:18:49.738971238Z",
  "notification_id": "ntf_1",
  data: { id: "sub_1" },
  ...over,
});
const eventOf = (data: unknown): PaddleEvent => ({
  ...parseDelivery(encode(envelope())).event,
  data,
});
const subscription = {
  id: "sub_1",
  status: "active",
  "customer_id": "ctm_1",
  items: [{ recurring: true, price: { id: "pri_1" } }],
};

Deno.test("parseDelivery() reads the envelope and keeps microseconds", () => {
  const { event } = parseDelivery(encode(envelope()));
  assert.equal(event.eventId, "evt_1");
  assert.equal(event.eventType, "subscription.created");
  assert.equal(event.occurredAt, "2024-04-12T10:18:49.738971Z");
  assert.equal(event.subjectId, "sub_1");
});

Deno.test("parseDelivery() takes a transaction's subscription for its subject", () => {
  const data = { id: "txn_1", "subscription_id": "sub_1" };
  assert.equal(parseDelivery(encode(envelope({ data }))).event.subjectId, "sub_1");
  assert.equal(parseDelivery(encode(envelope({ data: {} }))).event.subjectId, null);
  assert.equal(parseDelivery(encode(envelope({ data: { id: 7 } }))).event.subjectId, null);
});

Deno.test("parseDelivery() refuses what is no event", () => {
  for (
    const body of [
      new Uint8Array(),
      Uint8Array.of(0xff, 0xfe, 0x7b),
      new TextEncoder().encode("<xml/>"),
      encode(null),
      encode([]),
      encode("evt"),
      encode({}),
      encode(envelope({ "event_id": "" })),
      encode(envelope({ "event_id": 7 })),
      encode(envelope({ "event_id": "evt 1" })),
      encode(envelope({ "event_id": "evt\u0000" })),
      encode(envelope({ "event_id": "e".repeat(101) })),
      encode(envelope({ "occurred_at": "soon" })),
      encode(envelope({ "occurred_at": 1_712_917_129 })),
      encode(envelope({ "event_type": null })),
      encode(envelope({ data: null })),
      encode(envelope({ data: [] })),
      encode(envelope({ data: "sub_1" })),
      new TextEncoder().encode(`{"a":`.repeat(200_000)),
    ]
  ) {
    assert.throws(() => parseDelivery(body), MalformedEvent);
  }
});

Deno.test("parseDelivery() hands on the body as it came", () => {
  const text = `{ "event_id":"evt_1","event_type":"x","occurred_at":"2024-04-12T10:18:49Z",
    "data":{"total":"12345678901234567890","rate":0.10} }`;
  assert.equal(parseDelivery(new TextEncoder().encode(text)).payload, text);
});

Deno.test("parseDelivery() replaces only what jsonb cannot hold", () => {
  const body = `{"event_id":"evt_1","event_type":"x","occurred_at":"2024-04-12T10:18:49Z",` +
    `"data":{"a\\u0000b":"nul\\u0000","half":"\\ud83d","whole":"\\ud83d\\ude00","text":"\\\\u0000"}}`;
  const { payload } = parseDelivery(new TextEncoder().encode(body));
  assert.deepEqual(JSON.parse(payload).data, {
    "a\ufffdb": "nul\ufffd",
    half: "\ufffd",
    whole: "😀",
    text: "\\u0000",
  });
});

Deno.test("subscriptionOf() reads the prices that recur", () => {
  const items = [
    { recurring: false, price: { id: "pri_setup" } },
    { recurring: true, price: { id: "pri_1" } },
    { price: { id: "pri_2" } },
  ];
  assert.deepEqual(subscriptionOf(eventOf({ ...subscription, items })).priceIds, [
    "pri_1",
    "pri_2",
  ]);
});

Deno.test("subscriptionOf() takes from custom data only texts under our names", () => {
  const read = (customData: unknown) =>
    subscriptionOf(eventOf({ ...subscription, "custom_data": customData })).customData;
  const none = { userId: null, tenantId: null, refCode: null };
  assert.deepEqual(read(undefined), none);
  assert.deepEqual(read(null), none);
  assert.deepEqual(read([]), none);
  assert.deepEqual(read("user_id"), none);
  assert.deepEqual(read({ "user_id": 7, "tenant_id": { x: 1 }, other: "x" }), none);
  assert.deepEqual(read({ "user_id": "u", "tenant_id": "ks", "ref_code": "AGENT1" }), {
    userId: "u",
    tenantId: "ks",
    refCode: "AGENT1",
  });
});

Deno.test("subscriptionOf() refuses a status that Paddle does not have", () => {
  assert.throws(
    () => subscriptionOf(eventOf({ ...subscription, status: "frozen" })),
    /the subscription: status/,
  );
});

Deno.test("transactionOf() reads money as whole minor units", () => {
  const totals = { subtotal: "2000", discount: "0", tax: "360", total: "2360" };
  const transaction = {
    id: "txn_1",
    status: "completed",
    "currency_code": "EUR",
    details: { totals },
  };
  const read = transactionOf(eventOf(transaction));
  assert.deepEqual([read.subtotal, read.discount, read.tax, read.total], [2000, 0, 360, 2360]);
  for (const total of ["20.00", "", "1e3", 2360, "99999999999999999999"]) {
    const data = { ...transaction, details: { totals: { ...totals, total } } };
    assert.throws(() => transactionOf(eventOf(data)), MalformedEvent);
  }
});

Deno.test("meaningOf() says why a type without effect is ignored", () => {
  assert.deepEqual(meaningOf("subscription.resumed"), { kind: "subscription" });
  assert.deepEqual(meaningOf("transaction.completed"), { kind: "payment" });
  assert.deepEqual(meaningOf("adjustment.updated"), { kind: "adjustment" });
  assert.deepEqual(meaningOf("customer.updated"), { kind: "customer" });
  assert.deepEqual(meaningOf("transaction.payment_failed"), { kind: "failure" });
  assert.equal(meaningOf("address.created").kind, "none");
  for (const type of ["subscription.teleported", "constructor", "__proto__", ""]) {
    assert.deepEqual(meaningOf(type), { kind: "none", reason: "unknown event type" });
  }
});

Deno.test("every event type of Paddle's SDK has a declared outcome, and none besides", () => {
  assert.deepEqual(KNOWN_EVENT_TYPES.toSorted(), Object.values(EventName).toSorted());
});

Deno.test("docs/billing-events.md has a row for every event type", async () => {
  const docs = await Deno.readTextFile(
    new URL("../../../../docs/billing-events.md", import.meta.url),
  );
  const listed = [...docs.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map((match) => match[1] ?? "");
  for (const type of KNOWN_EVENT_TYPES) {
    assert.ok(listed.includes(type), `${type} is not in docs/billing-events.md`);
  }
});

Deno.test("an adjustment's subject is its subscription, else its transaction", () => {
  const subject = (type: string, data: Record<string, unknown>) =>
    parseDelivery(encode(envelope({ "event_type": type, data }))).event.subjectId;
  const ids = { id: "adj_1", "transaction_id": "txn_1" };
  assert.equal(subject("adjustment.created", { ...ids, "subscription_id": "sub_1" }), "sub_1");
  assert.equal(subject("adjustment.created", { ...ids, "subscription_id": null }), "txn_1");
  // A new subscription names the transaction that made it.
  assert.equal(
    subject("subscription.created", { id: "sub_1", "transaction_id": "txn_1" }),
    "sub_1",
  );
});

const fixtures = Deno.env.get("PADDLE_FIXTURES_DIR");

Deno.test({
  name: "every entity of PADDLE_FIXTURES_DIR is read, and its type has a meaning",
  ignore: !fixtures,
  async fn() {
    for await (const { name } of Deno.readDir(fixtures ?? "")) {
      const type = name.replace(/\.json$/, "");
      const data = JSON.parse(await Deno.readTextFile(join(fixtures ?? "", name)));
      const { event } = parseDelivery(encode(envelope({ "event_type": type, data })));
      assert.ok(KNOWN_EVENT_TYPES.includes(type), type);
      const { kind } = meaningOf(type);
      if (kind === "subscription") assert.equal(subscriptionOf(event).id, data.id);
      if (kind === "payment" || kind === "failure") assert.equal(transactionOf(event).id, data.id);
      if (kind === "adjustment") assert.equal(adjustmentOf(event).id, data.id);
      if (kind === "customer") assert.equal(customerOf(event).id, data.id);
    }
  },
});
