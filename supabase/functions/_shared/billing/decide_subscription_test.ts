import assert from "node:assert/strict";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { decideSubscription, type SubscriptionState } from "./decide_subscription.ts";
import type { PaddleEvent, SubscriptionEntity } from "./paddle_events.ts";

const at = (text: string): Instant => {
  const instant = parseInstant(text);
  assert.ok(instant, text);
  return instant;
};
const T1 = at("2026-03-01T12:00:00.000001Z");
const T2 = at("2026-03-01T12:00:00.000002Z");
const YEAR = { startsAt: at("2026-03-01T12:00:00Z"), endsAt: at("2027-03-01T12:00:00Z") };

const event = (over: Partial<PaddleEvent> = {}): PaddleEvent => ({
  eventId: "evt_b",
  eventType: "subscription.updated",
  occurredAt: T1,
  subjectId: "sub_1",
  customerId: "ctm_1",
  data: {},
  ...over,
});

const entity = (over: Partial<SubscriptionEntity> = {}): SubscriptionEntity => ({
  id: "sub_1",
  status: "active",
  customerId: "ctm_1",
  customData: { userId: null, tenantId: null, refCode: null },
  startedAt: at("2026-03-01T11:59:59Z"),
  pausedAt: null,
  canceledAt: null,
  currentPeriod: YEAR,
  scheduledAction: null,
  priceIds: ["pri_1"],
  transactionId: null,
  ...over,
});

function apply(
  stored: SubscriptionState | null,
  ev: PaddleEvent,
  en: SubscriptionEntity,
): SubscriptionState {
  const decision = decideSubscription(ev, en, stored);
  assert.equal(decision.outcome, "apply");
  return decision.outcome === "apply" ? decision.next : assert.fail();
}

Deno.test("decideSubscription() makes a new membership as Paddle tells it", () => {
  const decision = decideSubscription(
    event({ eventType: "subscription.created" }),
    entity(),
    null,
  );
  assert.deepEqual(decision, {
    outcome: "apply",
    next: {
      status: "active",
      startedAt: at("2026-03-01T11:59:59Z"),
      currentPeriodStart: YEAR.startsAt,
      currentPeriodEnd: YEAR.endsAt,
      cancelAtPeriodEnd: false,
      canceledAt: null,
      pausedAt: null,
      pastDueAt: null,
      gracePeriodEndsAt: null,
      dunningAttemptCount: 0,
      lastDunningAt: null,
      suspendedAt: null,
      lastEventAt: T1,
      lastEventId: "evt_b",
    },
    audit: {
      action: "subscription.updated",
      metadata: {
        "event_id": "evt_b",
        "event_type": "subscription.created",
        "occurred_at": T1,
        before: null,
        after: "active",
        "current_period_end": YEAR.endsAt,
        "cancel_at_period_end": false,
      },
    },
  });
});

Deno.test("decideSubscription() ignores an event one microsecond older than the newest", () => {
  const stored = apply(null, event({ occurredAt: T2, eventId: "evt_a" }), entity());
  const decision = decideSubscription(
    event({ occurredAt: T1, eventId: "evt_z" }),
    entity(),
    stored,
  );
  assert.deepEqual(decision, { outcome: "ignored", reason: "older than evt_a, applied already" });
});

Deno.test("decideSubscription() orders events of one time by their id", () => {
  const stored = apply(null, event({ eventId: "evt_b" }), entity());
  assert.equal(
    decideSubscription(event({ eventId: "evt_a" }), entity(), stored).outcome,
    "ignored",
  );
  assert.equal(decideSubscription(event({ eventId: "evt_c" }), entity(), stored).outcome, "apply");
});

Deno.test("decideSubscription() gives 14 days of grace from the first failed payment", () => {
  const active = apply(null, event(), entity());
  const first = apply(
    active,
    event({ eventType: "subscription.past_due", occurredAt: at("2027-03-02T08:00:00.5Z") }),
    entity({ status: "past_due" }),
  );
  assert.equal(first.pastDueAt, "2027-03-02T08:00:00.500000Z");
  assert.equal(first.gracePeriodEndsAt, "2027-03-16T08:00:00.500000Z");
  assert.equal(first.dunningAttemptCount, 1);

  const second = apply(
    first,
    event({ eventType: "subscription.past_due", occurredAt: at("2027-03-05T08:00:00Z") }),
    entity({ status: "past_due" }),
  );
  assert.equal(second.pastDueAt, first.pastDueAt);
  assert.equal(second.gracePeriodEndsAt, first.gracePeriodEndsAt);
  assert.equal(second.dunningAttemptCount, 2);
  assert.equal(second.lastDunningAt, "2027-03-05T08:00:00.000000Z");
});

Deno.test("decideSubscription() takes subscription.updated that says past_due for past_due", () => {
  const decision = decideSubscription(
    event({ eventType: "subscription.updated" }),
    entity({ status: "past_due" }),
    apply(null, event({ occurredAt: at("2026-01-01T00:00:00Z") }), entity()),
  );
  assert.ok(decision.outcome === "apply");
  assert.equal(decision.next.pastDueAt, T1);
  assert.equal(decision.next.gracePeriodEndsAt, "2026-03-15T12:00:00.000001Z");
  assert.equal(decision.audit.action, "subscription.past_due");
  assert.equal(decision.audit.metadata["grace_period_ends_at"], "2026-03-15T12:00:00.000001Z");
});

Deno.test("decideSubscription() counts one failed payment once, whichever of its events comes first", () => {
  const active = apply(null, event({ occurredAt: at("2026-01-01T00:00:00Z") }), entity());
  const owing = entity({ status: "past_due" });
  const updated = event({ eventType: "subscription.updated", occurredAt: T1 });
  const pastDue = event({ eventType: "subscription.past_due", occurredAt: T1, eventId: "evt_c" });
  const one = apply(apply(active, updated, owing), pastDue, owing);
  const other = apply(
    apply(active, { ...pastDue, eventId: "evt_a" }, owing),
    { ...updated, eventId: "evt_d" },
    owing,
  );
  assert.equal(one.dunningAttemptCount, 1);
  assert.equal(other.dunningAttemptCount, 1);
});

Deno.test("decideSubscription() clears what is about failed payments when it is active again", () => {
  const owing = apply(
    null,
    event({ eventType: "subscription.past_due" }),
    entity({ status: "past_due" }),
  );
  const paid = apply({ ...owing, suspendedAt: T2 }, event({ occurredAt: T2 }), entity());
  assert.deepEqual(
    [
      paid.pastDueAt,
      paid.gracePeriodEndsAt,
      paid.dunningAttemptCount,
      paid.lastDunningAt,
      paid.suspendedAt,
    ],
    [null, null, 0, null, null],
  );
});

Deno.test("decideSubscription() keeps suspended_at while payments go on failing", () => {
  const owing = apply(
    null,
    event({ eventType: "subscription.past_due" }),
    entity({ status: "past_due" }),
  );
  const still = apply(
    { ...owing, suspendedAt: T1 },
    event({ eventType: "subscription.past_due", occurredAt: T2 }),
    entity({ status: "past_due" }),
  );
  assert.equal(still.suspendedAt, T1);
});

Deno.test("decideSubscription() keeps the paid period of a cancelled membership", () => {
  const active = apply(null, event(), entity());
  const cancelled = apply(
    active,
    event({ eventType: "subscription.canceled", occurredAt: T2 }),
    entity({ status: "canceled", currentPeriod: null }),
  );
  assert.equal(cancelled.currentPeriodEnd, YEAR.endsAt);
  assert.equal(cancelled.canceledAt, T2);
  assert.equal(cancelled.cancelAtPeriodEnd, false);
});

Deno.test("decideSubscription() ends the period of a membership cancelled with a payment open", () => {
  const failedAt = at("2027-03-01T12:00:05Z");
  const owing = apply(
    null,
    event({ eventType: "subscription.past_due", occurredAt: failedAt }),
    // Paddle moves on to the period that was never paid for.
    entity({
      status: "past_due",
      currentPeriod: { startsAt: YEAR.endsAt, endsAt: at("2028-03-01T12:00:00Z") },
    }),
  );
  const cancelled = apply(
    owing,
    event({ eventType: "subscription.canceled", occurredAt: at("2027-04-01T00:00:00Z") }),
    entity({ status: "canceled", currentPeriod: null }),
  );
  assert.equal(cancelled.currentPeriodEnd, failedAt);
});

Deno.test("decideSubscription() notes a cancellation at the period's end, and its withdrawal", () => {
  const ending = apply(null, event(), entity({ scheduledAction: "cancel" }));
  assert.equal(ending.cancelAtPeriodEnd, true);
  assert.equal(ending.status, "active");
  assert.equal(apply(ending, event({ occurredAt: T2 }), entity()).cancelAtPeriodEnd, false);
  assert.equal(apply(null, event(), entity({ scheduledAction: "pause" })).cancelAtPeriodEnd, false);
});

Deno.test("decideSubscription() notes a pause and forgets it when resumed", () => {
  const paused = apply(
    apply(null, event(), entity()),
    event({ eventType: "subscription.paused", occurredAt: T2 }),
    entity({ status: "paused", currentPeriod: null }),
  );
  assert.deepEqual([paused.status, paused.pausedAt], ["paused", T2]);
  const resumed = apply(paused, event({ occurredAt: T2, eventId: "evt_c" }), entity());
  assert.deepEqual([resumed.status, resumed.pausedAt], ["active", null]);
});

Deno.test("decideSubscription() keeps when it started if Paddle does not say", () => {
  const active = apply(null, event(), entity());
  const next = apply(active, event({ occurredAt: T2 }), entity({ startedAt: null }));
  assert.equal(next.startedAt, "2026-03-01T11:59:59.000000Z");
});
