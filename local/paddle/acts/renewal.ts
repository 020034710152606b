import type { Subscription } from "../entities/subscription.ts";
import type { Transaction } from "../entities/transaction.ts";
import type { Moments } from "../moments.ts";
import { PaddleError } from "../paddle_error.ts";
import {
  putSubscription,
  type Simulation,
  subscriptionNote,
  subscriptionOf,
} from "../simulation.ts";
import { testCards } from "../test_cards.ts";
import { billPeriod, errorOf, type Outcome, savedCard } from "./bill_period.ts";
import { applyScheduledChange } from "./cancellation.ts";
import { collect, complete, failToCollect } from "./collect.ts";

/**
 * Ends a subscription's period: a scheduled change happens, otherwise the next period is billed.
 *
 * @param outcome How the charge ends.
 * @returns The subscription afterwards.
 * @throws {PaddleError} When the subscription is not active.
 */
export function renew(
  simulation: Simulation,
  subscriptionId: string,
  outcome: Outcome,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  if (subscription.scheduledChange !== null) {
    return applyScheduledChange(simulation, subscription, moments);
  }
  if (subscription.status !== "active" || subscription.currentBillingPeriod === null) {
    throw new PaddleError(
      "subscription_is_inactive_action_invalid",
      `Subscription is ${subscription.status}, it does not renew.`,
    );
  }
  return billPeriod(
    simulation,
    subscription,
    new Date(subscription.currentBillingPeriod.endsAt),
    outcome,
    moments,
    ["updated"],
  );
}

/**
 * Tries again to collect what a subscription owes.
 *
 * @returns The transaction afterwards.
 * @throws {PaddleError} When nothing is past due.
 */
export function recover(
  simulation: Simulation,
  subscriptionId: string,
  outcome: Outcome,
  moments: Moments,
): Transaction {
  const subscription = subscriptionOf(simulation, subscriptionId);
  const owed = Object.values(simulation.state.transactions).find((transaction) =>
    transaction.subscriptionId === subscriptionId && transaction.status === "past_due"
  );
  if (owed === undefined) {
    throw new PaddleError("subscription_not_past_due", "Nothing is past due.");
  }
  const note = subscriptionNote(simulation, subscriptionId);
  const errorCode = errorOf(outcome, testCards[note.card].renewalError);
  const paidWith = savedCard(simulation, subscriptionId);
  if (errorCode !== null) return failToCollect(simulation, owed, paidWith, errorCode, moments);
  const completed = complete(
    simulation,
    collect(simulation, owed, paidWith, moments),
    { subscriptionId, billingPeriod: owed.billingPeriod },
    moments,
  );
  if (subscription.status === "past_due") {
    putSubscription(
      simulation,
      { ...subscription, status: "active" },
      moments,
      "updated",
      "activated",
    );
  }
  return completed;
}
