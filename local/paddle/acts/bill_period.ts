import { type Subscription, withBillingDates } from "../entities/subscription.ts";
import { addCycle, type Moments, timestamp } from "../moments.ts";
import { putSubscription, type Simulation, subscriptionNote } from "../simulation.ts";
import { type PaymentErrorCode, testCards } from "../test_cards.ts";
import { collect, complete, failToCollect, type PaidWith } from "./collect.ts";
import { createTransaction } from "./transactions.ts";

/** How a charge to the saved card ends; `card` leaves it to the card that was used. */
export type Outcome = "paid" | "failed" | "card";

/**
 * Bills one period of a subscription from a given day on.
 *
 * @param startsAt First moment of the period.
 * @param eventTypes What the moving of the period is told by, without `subscription.` in front.
 */
export function billPeriod(
  simulation: Simulation,
  subscription: Subscription,
  startsAt: Date,
  outcome: Outcome,
  moments: Moments,
  eventTypes: string[],
): Subscription {
  const note = subscriptionNote(simulation, subscription.id);
  const period = {
    startsAt: timestamp(startsAt),
    endsAt: timestamp(addCycle(startsAt, subscription.billingCycle)),
  };
  const moved = putSubscription(
    simulation,
    {
      ...withBillingDates(
        subscription,
        { nextBilledAt: period.endsAt, previouslyBilledAt: period.startsAt },
        moments.next(),
      ),
      status: "active",
      pausedAt: null,
      scheduledChange: null,
      currentBillingPeriod: period,
    },
    moments,
    ...eventTypes,
  );
  simulation.state.subscriptionNotes[moved.id] = { ...note, deferred: [] };
  const billed = createTransaction(simulation, {
    lines: [
      ...moved.items.map((item) => ({
        priceId: item.price.id,
        quantity: item.quantity,
        proration: { rate: "1", billingPeriod: period },
      })),
      ...note.deferred.map((charge) => ({ ...charge, quantity: 1 })),
    ],
    origin: "subscription_recurring",
    status: "billed",
    customerId: moved.customerId,
    addressId: moved.addressId,
    customData: moved.customData,
    subscriptionId: moved.id,
    billingPeriod: period,
    returnUrl: note.returnUrl,
    thread: note.thread,
    country: note.country,
  }, moments);

  const errorCode = errorOf(outcome, testCards[note.card].renewalError);
  if (errorCode === null) {
    const paid = collect(simulation, billed, savedCard(simulation, moved.id), moments);
    complete(
      simulation,
      paid,
      { subscriptionId: moved.id, billingPeriod: period },
      moments,
    );
    return moved;
  }
  failToCollect(simulation, billed, savedCard(simulation, moved.id), errorCode, moments);
  return putSubscription(
    simulation,
    { ...moved, status: "past_due" },
    moments,
    "updated",
    "past_due",
  );
}

/** The card that a subscription is charged to. */
export function savedCard(simulation: Simulation, subscriptionId: string): PaidWith {
  const note = subscriptionNote(simulation, subscriptionId);
  return {
    card: testCards[note.card],
    cardholderName: note.cardholderName,
    paymentMethodId: note.paymentMethodId,
  };
}

/**
 * How a charge fails.
 *
 * @param cardError What the card itself would do.
 * @returns Null when it succeeds.
 */
export function errorOf(
  outcome: Outcome,
  cardError: PaymentErrorCode | null,
): PaymentErrorCode | null {
  if (outcome === "paid") return null;
  return outcome === "failed" ? cardError ?? "declined" : cardError;
}
