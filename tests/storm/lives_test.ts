import assert from "node:assert/strict";
import { expectedState } from "./expected_state.ts";
import { playLives } from "./lives.ts";
import { priceId, type StormMember } from "./member_life.ts";
import {
  adjustmentEntity,
  subscriptionEntity,
  transactionEntity,
  type WireEvent,
  type WireSubscription,
  type WireTransaction,
} from "./paddle_wire.ts";
import { seededRandom } from "./random.ts";
import { differences } from "./state.ts";
import { daysLater, microsecondsOf, wireTime } from "./wire_clock.ts";

const member: StormMember = {
  id: "member",
  tenantId: "ks",
  customData: { "user_id": "member" },
  agentId: "agent",
};
const members = Array.from({ length: 9 }, (_, index) => ({ ...member, id: `member ${index}` }));

Deno.test("playLives() tells exactly so much, and the same for the same seed", () => {
  const lives = playLives(members, 90, seededRandom(3));
  assert.equal(lives.told.length, 90);
  assert.deepEqual(playLives(members, 90, seededRandom(3)), lives);
  assert.notDeepEqual(playLives(members, 90, seededRandom(4)), lives);
});

Deno.test("expectedState() goes by the order of events, not by that of the list", () => {
  const { told } = playLives(members, 200, seededRandom(5));
  const state = expectedState(told);
  const shuffled = expectedState(seededRandom(6).shuffle(told));
  assert.deepEqual(differences(shuffled, state), []);
  assert.ok(Object.keys(state.subscriptions).length >= 9);
});

Deno.test("expectedState() of a life worked out by hand", () => {
  const at = (day: number) => daysLater("2025-03-01T10:00:00.000007Z", day);
  const period = { startsAt: at(0), endsAt: at(365) };
  const subscription: WireSubscription = {
    id: "sub",
    customerId: "ctm",
    customData: member.customData,
    priceId: priceId("ks", "standard"),
    status: "active",
    startedAt: at(0),
    period,
    scheduledAction: null,
    pausedAt: null,
    canceledAt: null,
  };
  const payment: WireTransaction = {
    id: "txn",
    status: "completed",
    origin: "api",
    customerId: "ctm",
    customData: member.customData,
    subscriptionId: "sub",
    priceId: subscription.priceId,
    period,
    subtotal: 1695,
    discount: 0,
    tax: 305,
    billedAt: at(0),
    invoiceNumber: "1",
  };
  const refund = {
    id: "adj",
    action: "refund",
    status: "approved",
    transactionId: "txn",
    subscriptionId: "sub",
    customerId: "ctm",
    total: 1000,
    tax: 153,
    createdAt: at(5),
  } as const;
  const tell = (type: string, day: number, data: Record<string, unknown>): WireEvent => ({
    eventId: `evt${day}`,
    type,
    occurredAt: at(day),
    data,
  });
  const owing = { ...subscription, status: "past_due" } as const;
  const events = [
    tell("subscription.created", 1, subscriptionEntity(subscription, at(1), "txn")),
    tell("transaction.completed", 2, transactionEntity(payment, at(2))),
    tell("adjustment.updated", 6, adjustmentEntity(refund, at(6))),
    tell("subscription.past_due", 366, subscriptionEntity(owing, at(366))),
  ];
  const state = expectedState(events.map((event) => ({ event, member })));
  const row = state.subscriptions["sub"];
  assert.deepEqual([row?.status, row?.pastDueAt, row?.graceEndsAt, row?.failedPayments], [
    "past_due",
    at(366),
    at(380),
    1,
  ]);
  assert.deepEqual(state.ledger, {
    "txn invoice.posted": [2000, 305],
    "txn refund adj": [-1000, -153],
  });
  assert.equal(state.invoices["txn"]?.status, "partially_refunded");
  // 20 % of 16.95 is 3.39; of the 8.48 that are left 1.696, so 1.70.
  const commission = state.commissions["txn"];
  assert.deepEqual([commission?.type, commission?.amount, commission?.net], [
    "new_membership",
    339,
    170,
  ]);
});

Deno.test("differences() says what is missing, too much and other", () => {
  const none = { subscriptions: {}, invoices: {}, ledger: {}, commissions: {}, customers: {} };
  const one = { ...none, customers: { ctm: "a@b.test" }, ledger: { "txn refund adj": [1, 2] } };
  assert.deepEqual(differences(none, none), []);
  assert.deepEqual(differences(none, one as never), [
    "ledger txn refund adj: is missing",
    "customers ctm: is missing",
  ]);
  assert.deepEqual(
    differences({ ...none, customers: { ctm: "c" } }, {
      ...none,
      customers: { ctm: "d" },
    }),
    ["customers ctm: is c, should be d"],
  );
});

Deno.test("wireTime() keeps the microseconds", () => {
  const text = "2025-03-01T10:00:00.123007Z";
  assert.equal(wireTime(microsecondsOf(text)), text);
});
