import {
  type ScheduledChange,
  type Subscription,
  withBillingDates,
} from "../entities/subscription.ts";
import type { Moments } from "../moments.ts";
import { PaddleError } from "../paddle_error.ts";
import { putSubscription, type Simulation, subscriptionOf } from "../simulation.ts";
import { billPeriod, type Outcome } from "./bill_period.ts";
import { cancelPastDue } from "./collect.ts";

/** When a change takes effect. */
export type EffectiveFrom = "next_billing_period" | "immediately";

/**
 * Cancels a subscription: at once by `subscription.updated` and `.canceled`, at the end of the
 * period by `subscription.updated` with a scheduled change.
 *
 * @throws {PaddleError} When it is canceled already, or another change is scheduled.
 */
export function cancel(
  simulation: Simulation,
  subscriptionId: string,
  effectiveFrom: EffectiveFrom,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  refuseCanceled(subscription);
  // A paused subscription has no period to wait for.
  if (effectiveFrom === "immediately" || subscription.currentBillingPeriod === null) {
    return cancelNow(simulation, subscription, moments);
  }
  return schedule(simulation, subscription, {
    action: "cancel",
    effectiveAt: subscription.currentBillingPeriod.endsAt,
    resumeAt: null,
  }, moments);
}

/**
 * Pauses a subscription, at once or at the end of the period.
 *
 * @param resumeAt When it goes on by itself, RFC 3339, or null.
 * @throws {PaddleError} When it is canceled or paused already.
 */
export function pause(
  simulation: Simulation,
  subscriptionId: string,
  effectiveFrom: EffectiveFrom,
  resumeAt: string | null,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  refuseCanceled(subscription);
  if (subscription.status === "paused" || subscription.currentBillingPeriod === null) {
    throw new PaddleError(
      "subscription_is_inactive_action_invalid",
      "Subscription is paused already.",
    );
  }
  if (effectiveFrom === "immediately") return pauseNow(simulation, subscription, resumeAt, moments);
  return schedule(simulation, subscription, {
    action: "pause",
    effectiveAt: subscription.currentBillingPeriod.endsAt,
    resumeAt,
  }, moments);
}

/**
 * Resumes a paused subscription: a new period starts and is billed.
 *
 * @throws {PaddleError} When it is not paused.
 */
export function resume(
  simulation: Simulation,
  subscriptionId: string,
  outcome: Outcome,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  refuseCanceled(subscription);
  if (subscription.status !== "paused") {
    throw new PaddleError("subscription_not_paused", "Subscription is not paused.");
  }
  moments.next();
  return billPeriod(simulation, subscription, moments.date, outcome, moments, [
    "updated",
    "resumed",
  ]);
}

/**
 * Takes a scheduled change back: `subscription.updated`.
 */
export function withdrawScheduledChange(
  simulation: Simulation,
  subscriptionId: string,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  refuseCanceled(subscription);
  if (subscription.scheduledChange === null) return subscription;
  const nextBilledAt = subscription.currentBillingPeriod?.endsAt ?? null;
  return putSubscription(
    simulation,
    { ...withBillingDates(subscription, { nextBilledAt }, moments.next()), scheduledChange: null },
    moments,
    "updated",
  );
}

/** Lets a scheduled change happen. */
export function applyScheduledChange(
  simulation: Simulation,
  subscription: Subscription,
  moments: Moments,
): Subscription {
  const change = subscription.scheduledChange;
  if (change?.action === "cancel") return cancelNow(simulation, subscription, moments);
  if (change?.action === "pause") {
    return pauseNow(simulation, subscription, change.resumeAt, moments);
  }
  return resume(simulation, subscription.id, "card", moments);
}

function schedule(
  simulation: Simulation,
  subscription: Subscription,
  scheduledChange: ScheduledChange,
  moments: Moments,
): Subscription {
  if (subscription.scheduledChange !== null) {
    throw new PaddleError(
      "subscription_locked_pending_changes",
      "Subscription is locked because it has a scheduled change.",
    );
  }
  return putSubscription(
    simulation,
    // Nothing more is billed, so there is no next date until the change is taken back.
    {
      ...withBillingDates(subscription, { nextBilledAt: null }, moments.next()),
      scheduledChange,
    },
    moments,
    "updated",
  );
}

function cancelNow(
  simulation: Simulation,
  subscription: Subscription,
  moments: Moments,
): Subscription {
  const at = moments.next();
  const canceled = putSubscription(
    simulation,
    {
      ...withBillingDates(subscription, { nextBilledAt: null }, at),
      status: "canceled",
      canceledAt: at,
      pausedAt: null,
      scheduledChange: null,
      currentBillingPeriod: null,
    },
    moments,
    "updated",
    "canceled",
  );
  cancelPastDue(simulation, canceled.id, moments);
  return canceled;
}

function pauseNow(
  simulation: Simulation,
  subscription: Subscription,
  resumeAt: string | null,
  moments: Moments,
): Subscription {
  const at = moments.next();
  const paused = putSubscription(
    simulation,
    {
      ...withBillingDates(subscription, { nextBilledAt: null }, at),
      status: "paused",
      pausedAt: at,
      scheduledChange: resumeAt === null
        ? null
        : { action: "resume", effectiveAt: resumeAt, resumeAt: null },
      currentBillingPeriod: null,
    },
    moments,
    "updated",
    "paused",
  );
  cancelPastDue(simulation, paused.id, moments);
  return paused;
}

function refuseCanceled(subscription: Subscription): void {
  if (subscription.status === "canceled") {
    throw new PaddleError(
      "subscription_is_canceled_action_invalid",
      "Subscription is canceled, the action is not possible.",
    );
  }
}
