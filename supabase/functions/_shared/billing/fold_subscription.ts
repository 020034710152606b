/**
 * What all events of a subscription together tell, in whichever order they arrived. Pure.
 *
 * Most of a subscription is in its newest event. When its payments began to fail, and how often they
 * did, is not: that takes the events before it. Folding them in their own order makes the outcome
 * the same for every order of arrival.
 */
import type { Instant } from "@core/platform/instant.ts";
import { decideSubscription, isOlder, type SubscriptionState } from "./decide_subscription.ts";
import type { PaddleEvent, SubscriptionEntity } from "./paddle_events.ts";

/** An event that has a say about a subscription's state. */
export type HistoryItem =
  /** A `subscription.*` event. */
  | {
    readonly kind: "subscription";
    readonly event: PaddleEvent;
    readonly entity: SubscriptionEntity;
  }
  /** A `transaction.payment_failed` of a renewal. */
  | { readonly kind: "failure"; readonly event: PaddleEvent };

interface Fold {
  readonly state: SubscriptionState | null;
  /** Failed renewals since it was last active, with the time of the last. */
  readonly failures: number;
  readonly lastFailureAt: Instant | null;
}

/**
 * The state after all events of a subscription.
 *
 * @param items Its events in any order, each once or more often.
 * @returns The state, or null if no event carries the subscription.
 */
export function foldSubscription(items: readonly HistoryItem[]): SubscriptionState | null {
  const { state, failures, lastFailureAt } = inOrder(items).reduce<Fold>(step, {
    state: null,
    failures: 0,
    lastFailureAt: null,
  });
  if (state === null || state.pastDueAt === null) return state;
  // The first failure is told twice, as a payment's and as the subscription's.
  return {
    ...state,
    dunningAttemptCount: Math.max(state.dunningAttemptCount, failures),
    lastDunningAt: latest(state.lastDunningAt, lastFailureAt),
  };
}

/**
 * Whether an event's outcome takes the events before it. A late one may complete what was not known,
 * and a failed payment belongs to a row of them; the newest event of a healthy subscription says all.
 *
 * @param item The event.
 * @param stored What is stored.
 * @returns True if the history is to be read and folded.
 */
export function needsHistory(item: HistoryItem, stored: SubscriptionState | null): boolean {
  if (item.kind === "failure" || item.entity.status === "past_due") return true;
  return stored !== null && isOlder(item.event, stored);
}

/**
 * The state after all events, with what the dunning job wrote into the row kept where it still holds.
 *
 * @param items All events of the subscription, the one at hand included.
 * @param stored The row, or null if there is none yet.
 * @returns The state to store, or null if no event carries the subscription.
 */
export function refoldSubscription(
  items: readonly HistoryItem[],
  stored: SubscriptionState | null,
): SubscriptionState | null {
  const state = foldSubscription(items);
  const suspendedAt = stored?.suspendedAt ?? null;
  if (state === null || suspendedAt === null || state.gracePeriodEndsAt === null) return state;
  return state.gracePeriodEndsAt <= suspendedAt ? { ...state, suspendedAt } : state;
}

/**
 * Whether two states differ in anything.
 *
 * @param one A state.
 * @param other Another.
 */
export function differs(one: SubscriptionState | null, other: SubscriptionState | null): boolean {
  if (one === null || other === null) return one !== other;
  const names = Object.keys(one) as (keyof SubscriptionState)[];
  return names.some((name) => one[name] !== other[name]);
}

function step(fold: Fold, item: HistoryItem): Fold {
  if (item.kind === "failure") {
    return { ...fold, failures: fold.failures + 1, lastFailureAt: item.event.occurredAt };
  }
  const decision = decideSubscription(item.event, item.entity, fold.state);
  if (decision.outcome === "ignored") return fold;
  const { status } = item.entity;
  if (status !== "active" && status !== "trialing") return { ...fold, state: decision.next };
  return { state: decision.next, failures: 0, lastFailureAt: null };
}

function inOrder(items: readonly HistoryItem[]): HistoryItem[] {
  const once = new Map(items.map((item) => [item.event.eventId, item]));
  return [...once.values()].sort((one, other) => compare(one.event, other.event));
}

/** Compared as bytes are: `localeCompare` would order ids by somebody's alphabet. */
function compare(one: PaddleEvent, other: PaddleEvent): number {
  const [left, right] = one.occurredAt === other.occurredAt
    ? [one.eventId, other.eventId]
    : [one.occurredAt, other.occurredAt];
  return left < right ? -1 : left > right ? 1 : 0;
}

function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
