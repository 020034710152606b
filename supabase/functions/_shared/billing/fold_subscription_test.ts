import assert from "node:assert/strict";
import { addDays, type Instant, parseInstant } from "@core/platform/instant.ts";
import { permutations, seeded, shuffled } from "../../../../tests/support/orders.ts";
import { decideSubscription, GRACE_DAYS, type SubscriptionState } from "./decide_subscription.ts";
import {
  foldSubscription,
  type HistoryItem,
  needsHistory,
  refoldSubscription,
} from "./fold_subscription.ts";
import { SUBSCRIPTION_STATUSES, type SubscriptionEntity } from "./paddle_events.ts";

type Status = SubscriptionEntity["status"];

const at = (second: number): Instant =>
  parseInstant(new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString()) as Instant;

/** A subscription event of a given second; `id` decides between two of one second. */
function told(
  status: Status,
  second: number,
  over: Partial<SubscriptionEntity> = {},
  type = status === "past_due" ? "subscription.past_due" : "subscription.updated",
  id = `evt_${String(second).padStart(4, "0")}`,
): HistoryItem {
  const ended = status === "paused" || status === "canceled";
  return {
    kind: "subscription",
    event: {
      eventId: id,
      eventType: type,
      occurredAt: at(second),
      subjectId: "sub_1",
      customerId: "ctm_1",
      data: {},
    },
    entity: {
      id: "sub_1",
      status,
      customerId: "ctm_1",
      customData: { userId: null, tenantId: null, refCode: null },
      startedAt: at(0),
      pausedAt: status === "paused" ? at(second) : null,
      canceledAt: status === "canceled" ? at(second) : null,
      currentPeriod: ended ? null : { startsAt: at(second), endsAt: addDays(at(second), 365) },
      scheduledAction: null,
      priceIds: ["pri_1"],
      transactionId: null,
      ...over,
    },
  };
}

function failed(second: number, id = `evt_f${String(second).padStart(4, "0")}`): HistoryItem {
  return {
    kind: "failure",
    event: {
      eventId: id,
      eventType: "transaction.payment_failed",
      occurredAt: at(second),
      subjectId: "sub_1",
      customerId: "ctm_1",
      data: {},
    },
  };
}

/** What is stored after events arrived one by one, decided about as the store does it. */
function arrive(items: readonly HistoryItem[]): SubscriptionState | null {
  let stored: SubscriptionState | null = null;
  const history: HistoryItem[] = [];
  for (const item of items) {
    if (needsHistory(item, stored)) {
      if (item.kind === "subscription" || stored !== null) {
        stored = refoldSubscription([...history, item], stored);
      }
    } else if (item.kind === "subscription") {
      const decision = decideSubscription(item.event, item.entity, stored);
      assert.equal(decision.outcome, "apply");
      if (decision.outcome === "apply") stored = decision.next;
    }
    history.push(item);
  }
  return stored;
}

Deno.test("foldSubscription() counts grace from the first failure and every failure once", () => {
  const state = foldSubscription([
    told("active", 1),
    failed(2),
    told("past_due", 3, {}, "subscription.updated"),
    told("past_due", 4),
    failed(5),
    failed(6),
  ]);
  assert.equal(state?.pastDueAt, at(3));
  assert.equal(state?.gracePeriodEndsAt, addDays(at(3), GRACE_DAYS));
  assert.equal(state?.dunningAttemptCount, 3);
  assert.equal(state?.lastDunningAt, at(6));
});

Deno.test("foldSubscription() forgets failures that were paid", () => {
  const state = foldSubscription([
    failed(1),
    told("past_due", 2),
    told("active", 3),
    failed(4),
    told("past_due", 5),
  ]);
  assert.deepEqual([state?.pastDueAt, state?.dunningAttemptCount], [at(5), 1]);
  assert.equal(foldSubscription([failed(1)]), null);
});

Deno.test("a late first failure moves the beginning of grace to where it belongs", () => {
  const [active, first, second] = [told("active", 1), told("past_due", 2), told("past_due", 9)];
  const state = arrive([active, second, first]);
  assert.equal(state?.pastDueAt, at(2));
  assert.equal(state?.dunningAttemptCount, 2);
  assert.equal(state?.lastEventId, second.event.eventId);
});

Deno.test("a suspension stays only while grace is over", () => {
  const [active, owing] = [told("active", 1), told("past_due", 2)];
  const suspendedAt = addDays(at(3), GRACE_DAYS);
  const stored = { ...foldSubscription([active, owing]) as SubscriptionState, suspendedAt };
  const again = told("past_due", 100);
  assert.equal(refoldSubscription([active, owing, again], stored)?.suspendedAt, suspendedAt);
  // Paid in between, as is learnt late: grace begins anew.
  const paid = told("active", 50);
  assert.equal(refoldSubscription([active, owing, paid, again], stored)?.suspendedAt, null);
});

Deno.test("every order of arrival of six events ends in the same state", () => {
  const items = [
    told("active", 1, {}, "subscription.created"),
    failed(2),
    told("past_due", 3),
    failed(4),
    told("active", 5),
    told("past_due", 5, {}, "subscription.updated", "evt_9999"),
  ];
  const expected = foldSubscription(items);
  assert.equal(expected?.status, "past_due");
  const orders = permutations(items);
  assert.equal(orders.length, 720);
  for (const order of orders) assert.deepEqual(arrive(order), expected);
});

Deno.test("any interleaving of any subject's events ends in the same state", () => {
  const next = seeded(20261123);
  for (let subject = 0; subject < 400; subject++) {
    const items = Array.from({ length: 2 + next(12) }, (_, place): HistoryItem => {
      // Few seconds, so that many events share one and their ids decide.
      const second = next(8);
      const id = `evt_${subject}_${String(next(100)).padStart(3, "0")}_${place}`;
      if (next(4) === 0) return failed(second, id);
      const status = SUBSCRIPTION_STATUSES[next(SUBSCRIPTION_STATUSES.length)] ?? "active";
      const over: Partial<SubscriptionEntity> = {
        ...(next(5) === 0 ? { startedAt: null } : {}),
        ...(next(5) === 0 ? { scheduledAction: "cancel" } : {}),
      };
      const type = status === "past_due" && next(2) === 0 ? "subscription.past_due" : undefined;
      return told(status, second, over, type ?? "subscription.updated", id);
    });
    const expected = foldSubscription(items);
    for (let order = 0; order < 12; order++) {
      const deliveries = shuffled(items, next);
      assert.deepEqual(arrive(deliveries), expected, `subject ${subject}, order ${order}`);
    }
  }
});
