/**
 * What a Paddle subscription event changes, given what is stored. Pure: the store applies it.
 *
 * Every event carries the whole subscription as it was, so the newest one decides alone. Order is by
 * `(occurred_at, event_id)`: an event older than the newest applied one is late. It cannot change
 * what the newest one said; what only all events together tell is for `fold_subscription.ts`.
 */
import { addDays, type Instant } from "@core/platform/instant.ts";
import type { AuditAction } from "@core/audit/actions.ts";
import type { PaddleEvent, SubscriptionEntity } from "./paddle_events.ts";

/** Days of access after the first failed payment. Source: the billing rules, "Grace". */
export const GRACE_DAYS = 14;

/** Statuses that we store; `expired` is never Paddle's. */
export type SubscriptionStatus = SubscriptionEntity["status"] | "expired";

/** The part of a row of `subscriptions` that events decide about. */
export interface SubscriptionState {
  readonly status: SubscriptionStatus;
  readonly startedAt: Instant | null;
  readonly currentPeriodStart: Instant | null;
  readonly currentPeriodEnd: Instant | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: Instant | null;
  readonly pausedAt: Instant | null;
  /** First failed payment since the last time it was active. */
  readonly pastDueAt: Instant | null;
  readonly gracePeriodEndsAt: Instant | null;
  /** Failed payments since the last time it was active. */
  readonly dunningAttemptCount: number;
  /** When the last of them was told. */
  readonly lastDunningAt: Instant | null;
  readonly suspendedAt: Instant | null;
  readonly lastEventAt: Instant | null;
  readonly lastEventId: string | null;
}

/** What is to be done about an event. */
export type SubscriptionDecision =
  | { readonly outcome: "ignored"; readonly reason: string }
  | {
    readonly outcome: "apply";
    readonly next: SubscriptionState;
    readonly audit: {
      readonly action: AuditAction;
      readonly metadata: Readonly<Record<string, unknown>>;
    };
  };

/**
 * Decides about one subscription event.
 *
 * @param event The event.
 * @param entity The subscription that it carries.
 * @param stored What is stored of that subscription, or null if it is new.
 * @returns The state to store and the audit row that tells of it, or why nothing is to be done.
 */
export function decideSubscription(
  event: PaddleEvent,
  entity: SubscriptionEntity,
  stored: SubscriptionState | null,
): SubscriptionDecision {
  if (stored !== null && isOlder(event, stored)) {
    return { outcome: "ignored", reason: `older than ${stored.lastEventId}, applied already` };
  }
  const next: SubscriptionState = {
    status: entity.status,
    startedAt: entity.startedAt ?? stored?.startedAt ?? null,
    ...period(entity, stored),
    cancelAtPeriodEnd: entity.scheduledAction === "cancel",
    canceledAt: entity.status === "canceled" ? entity.canceledAt ?? event.occurredAt : null,
    pausedAt: entity.status === "paused" ? entity.pausedAt ?? event.occurredAt : null,
    ...dunning(event, entity, stored),
    lastEventAt: event.occurredAt,
    lastEventId: event.eventId,
  };
  return { outcome: "apply", next, audit: auditOf(event, stored, next) };
}

/**
 * Whether an event comes after one that is newer.
 *
 * @param event The event.
 * @param stored The newest event that was applied.
 * @returns True if it is older by `(occurred_at, event_id)`.
 */
export function isOlder(
  event: PaddleEvent,
  stored: { readonly lastEventAt: Instant | null; readonly lastEventId: string | null },
): boolean {
  if (stored.lastEventAt === null) return false;
  if (event.occurredAt !== stored.lastEventAt) return event.occurredAt < stored.lastEventAt;
  return event.eventId < (stored.lastEventId ?? "");
}

type PeriodState = Pick<SubscriptionState, "currentPeriodStart" | "currentPeriodEnd">;

/** Paddle says no period once a subscription is paused or cancelled; the one paid for stays. */
function period(
  entity: SubscriptionEntity,
  stored: SubscriptionState | null,
): PeriodState {
  if (entity.currentPeriod !== null) {
    const { startsAt, endsAt } = entity.currentPeriod;
    return { currentPeriodStart: startsAt, currentPeriodEnd: endsAt };
  }
  const start = stored?.currentPeriodStart ?? null;
  const end = stored?.currentPeriodEnd ?? null;
  // Cancelled with a payment open: Paddle had begun a period that was never paid for.
  const unpaidSince = entity.status === "canceled" ? stored?.pastDueAt ?? null : null;
  if (unpaidSince === null || end === null || end <= unpaidSince) {
    return { currentPeriodStart: start, currentPeriodEnd: end };
  }
  return { currentPeriodStart: start, currentPeriodEnd: later(start, unpaidSince) };
}

type DunningState = Pick<
  SubscriptionState,
  "pastDueAt" | "gracePeriodEndsAt" | "dunningAttemptCount" | "lastDunningAt" | "suspendedAt"
>;

const NO_DUNNING: DunningState = {
  pastDueAt: null,
  gracePeriodEndsAt: null,
  dunningAttemptCount: 0,
  lastDunningAt: null,
  suspendedAt: null,
};

/**
 * Grace counts from the first failed payment and is set once, whichever event brings the news;
 * being active (or on trial) clears it; pausing and cancelling leave it as it was.
 */
function dunning(
  event: PaddleEvent,
  entity: SubscriptionEntity,
  stored: SubscriptionState | null,
): DunningState {
  if (entity.status === "active" || entity.status === "trialing") return NO_DUNNING;
  const before = dunningOf(stored);
  if (entity.status !== "past_due") return before;
  const pastDueAt = before.pastDueAt ?? event.occurredAt;
  return {
    pastDueAt,
    gracePeriodEndsAt: before.gracePeriodEndsAt ?? addDays(pastDueAt, GRACE_DAYS),
    ...attempts(event, before),
    suspendedAt: before.suspendedAt,
  };
}

/**
 * One failed payment comes as two events, `subscription.past_due` and a `subscription.updated` that
 * says the same, in either order; it is counted once.
 */
function attempts(
  event: PaddleEvent,
  before: DunningState,
): Pick<DunningState, "dunningAttemptCount" | "lastDunningAt"> {
  const { dunningAttemptCount, lastDunningAt } = before;
  if (event.eventType !== "subscription.past_due") {
    return { dunningAttemptCount: Math.max(dunningAttemptCount, 1), lastDunningAt };
  }
  const told = lastDunningAt === null ? 1 : dunningAttemptCount + 1;
  return { dunningAttemptCount: told, lastDunningAt: event.occurredAt };
}

function dunningOf(stored: SubscriptionState | null): DunningState {
  if (stored === null) return NO_DUNNING;
  const { pastDueAt, gracePeriodEndsAt, dunningAttemptCount, lastDunningAt, suspendedAt } = stored;
  return { pastDueAt, gracePeriodEndsAt, dunningAttemptCount, lastDunningAt, suspendedAt };
}

/**
 * The audit row of a change.
 *
 * @param event What brought it.
 * @param stored What was stored before.
 * @param next What is stored now.
 * @returns The act's name and what staff need to understand it.
 */
export function auditOf(
  event: PaddleEvent,
  stored: SubscriptionState | null,
  next: SubscriptionState,
): { action: AuditAction; metadata: Record<string, unknown> } {
  const metadata = {
    "event_id": event.eventId,
    "event_type": event.eventType,
    "occurred_at": event.occurredAt,
    before: stored?.status ?? null,
    after: next.status,
  };
  if (next.status !== "past_due") {
    return {
      action: "subscription.updated",
      metadata: {
        ...metadata,
        "current_period_end": next.currentPeriodEnd,
        "cancel_at_period_end": next.cancelAtPeriodEnd,
      },
    };
  }
  return {
    action: "subscription.past_due",
    metadata: {
      ...metadata,
      attempt: next.dunningAttemptCount,
      "grace_period_ends_at": next.gracePeriodEndsAt,
    },
  };
}

function later(one: Instant | null, other: Instant): Instant {
  return one !== null && one > other ? one : other;
}
