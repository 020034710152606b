import type { Subscription } from "../entities/subscription.ts";
import type { Proration } from "../entities/transaction.ts";
import type { Moments } from "../moments.ts";
import { roundHalfUp } from "../money.ts";
import { invalidField, PaddleError } from "../paddle_error.ts";
import {
  putSubscription,
  type Simulation,
  subscriptionNote,
  subscriptionOf,
} from "../simulation.ts";
import { testCards } from "../test_cards.ts";
import { savedCard } from "./bill_period.ts";
import { collect, complete } from "./collect.ts";
import { createTransaction, type WantedLine } from "./transactions.ts";

/** How Paddle charges for a change in the middle of a period. */
export const prorationModes = [
  "prorated_immediately",
  "prorated_next_billing_period",
  "full_immediately",
  "full_next_billing_period",
  "do_not_bill",
] as const;

/** One of {@link prorationModes}. */
export type ProrationMode = typeof prorationModes[number];

/**
 * Moves a subscription to another plan: `subscription.updated`, and a transaction of origin
 * `subscription_update` when something is billed at once. An old plan is credited; a change to a
 * cheaper one leaves the rest on the customer's credit balance.
 *
 * @param items What it consists of from now on.
 * @param mode How the change is charged.
 * @throws {PaddleError} When the subscription is locked, or its card is declined.
 */
export function changePlan(
  simulation: Simulation,
  subscriptionId: string,
  items: { priceId: string; quantity: number }[],
  mode: ProrationMode,
  moments: Moments,
): Subscription {
  const subscription = subscriptionOf(simulation, subscriptionId);
  refuseLocked(subscription);
  const first = items[0] ?? invalidField("items", "min items required: 1");
  const note = subscriptionNote(simulation, subscriptionId);
  const at = moments.next();
  const lines = changeLines(subscription, items, mode, new Date(at), simulation);
  const immediate = mode.endsWith("_immediately") && lines.length > 0;
  const { renewalError } = testCards[note.card];
  if (immediate && renewalError !== null && owed(lines) > 0) {
    throw new PaddleError("subscription_payment_declined", "Payment declined.", 400);
  }

  const kept = new Map(subscription.items.map((item) => [item.price.id, item]));
  const changed = putSubscription(
    simulation,
    {
      ...subscription,
      items: items.map(({ priceId, quantity }) => {
        const price = simulation.catalogue.prices.get(priceId) ??
          invalidField("items.price_id", `price ${priceId} not found`);
        const product = simulation.catalogue.products.get(price.productId) ??
          invalidField("items.price_id", `product ${price.productId} not found`);
        return {
          price,
          product,
          status: "active" as const,
          quantity,
          recurring: true as const,
          createdAt: kept.get(priceId)?.createdAt ?? at,
          updatedAt: at,
          trialDates: null,
          nextBilledAt: subscription.nextBilledAt,
          previouslyBilledAt: kept.get(priceId)?.previouslyBilledAt ?? at,
        };
      }),
      billingCycle: simulation.catalogue.prices.get(first.priceId)?.billingCycle ??
        subscription.billingCycle,
    },
    moments,
    "updated",
  );
  if (!immediate) {
    const deferred = lines.map(({ priceId, unitAmount = 0 }) => ({ priceId, unitAmount }));
    simulation.state.subscriptionNotes[subscriptionId] = {
      ...note,
      deferred: [...note.deferred, ...deferred],
    };
    return changed;
  }

  const period = subscription.currentBillingPeriod;
  const billingPeriod = period === null ? null : { startsAt: at, endsAt: period.endsAt };
  const billed = createTransaction(simulation, {
    lines,
    origin: "subscription_update",
    status: "billed",
    customerId: changed.customerId,
    addressId: changed.addressId,
    customData: changed.customData,
    subscriptionId,
    billingPeriod,
    returnUrl: note.returnUrl,
    thread: note.thread,
    country: note.country,
  }, moments);
  const paid = owed(lines) > 0
    ? collect(simulation, billed, savedCard(simulation, subscriptionId), moments)
    : billed;
  complete(simulation, paid, { subscriptionId, billingPeriod }, moments);
  return changed;
}

/** The new plan as charges and the old one as credits, in proportion to what is left. */
function changeLines(
  subscription: Subscription,
  items: { priceId: string; quantity: number }[],
  mode: ProrationMode,
  at: Date,
  simulation: Simulation,
): WantedLine[] {
  const period = subscription.currentBillingPeriod;
  if (mode === "do_not_bill" || period === null) return [];
  const [start, end] = [Date.parse(period.startsAt), Date.parse(period.endsAt)];
  const left = mode.startsWith("full_")
    ? 1
    : Math.min(1, Math.max(0, (end - at.getTime()) / (end - start)));
  const proration: Proration = {
    rate: String(Number(left.toFixed(5))),
    billingPeriod: { startsAt: at.toISOString(), endsAt: period.endsAt },
  };
  const old = subscription.items.filter((item) =>
    !items.some(({ priceId, quantity }) => priceId === item.price.id && quantity === item.quantity)
  );
  const fresh = items.filter(({ priceId, quantity }) =>
    !subscription.items.some((item) => item.price.id === priceId && item.quantity === quantity)
  );
  return [
    ...fresh.map(({ priceId, quantity }) => {
      const amount = Number(simulation.catalogue.prices.get(priceId)?.unitPrice.amount ?? 0);
      return { priceId, quantity, unitAmount: roundHalfUp(amount * left), proration };
    }),
    ...old.map((item) => ({
      priceId: item.price.id,
      quantity: item.quantity,
      unitAmount: -roundHalfUp(Number(item.price.unitPrice.amount) * left),
      proration,
    })),
  ];
}

function owed(lines: WantedLine[]): number {
  return lines.reduce((sum, line) => sum + (line.unitAmount ?? 0) * line.quantity, 0);
}

function refuseLocked(subscription: Subscription): void {
  if (subscription.status === "canceled") {
    throw new PaddleError(
      "subscription_update_when_canceled",
      "Cannot update subscription, as subscription is canceled.",
    );
  }
  if (subscription.status === "past_due") {
    throw new PaddleError(
      "subscription_update_when_past_due",
      "Cannot update subscription, as subscription is past due.",
    );
  }
  if (subscription.scheduledChange !== null) {
    throw new PaddleError(
      "subscription_locked_pending_changes",
      "Subscription is locked because it has a scheduled change.",
    );
  }
}
