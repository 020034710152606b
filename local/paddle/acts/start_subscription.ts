import type { Subscription } from "../entities/subscription.ts";
import type { Transaction } from "../entities/transaction.ts";
import { addCycle, type Moments, timestamp } from "../moments.ts";
import { publish, putSubscription, type Simulation, transactionNote } from "../simulation.ts";
import type { CardKey } from "../test_cards.ts";
import type { PaidWith } from "./collect.ts";

/**
 * Starts the subscription that a paid transaction is for: `subscription.created`, which alone names
 * the transaction, and `subscription.activated`.
 *
 * @returns The subscription, or null when nothing bought recurs.
 */
export function startSubscription(
  simulation: Simulation,
  transaction: Transaction,
  card: CardKey,
  paidWith: PaidWith,
  moments: Moments,
): Subscription | null {
  const recurring = transaction.items.filter((item) => item.price.billingCycle !== null);
  const cycle = recurring[0]?.price.billingCycle ?? null;
  const { customerId, addressId } = transaction;
  if (cycle === null || customerId === null || addressId === null) return null;

  const note = transactionNote(simulation, transaction.id);
  const paidAt = transaction.payments[0]?.capturedAt ?? moments.next();
  const endsAt = timestamp(addCycle(new Date(paidAt), cycle));
  const at = moments.next();
  const id = simulation.ids.next("sub");
  simulation.state.subscriptionNotes[id] = {
    thread: note.thread,
    returnUrl: note.returnUrl,
    country: note.country,
    card,
    cardholderName: paidWith.cardholderName,
    paymentMethodId: paidWith.paymentMethodId,
    deferred: [],
  };
  const subscription = putSubscription(simulation, {
    id,
    items: recurring.flatMap(({ price, quantity }) => {
      const product = simulation.catalogue.products.get(price.productId);
      return product === undefined ? [] : [{
        price,
        product,
        status: "active" as const,
        quantity,
        recurring: true as const,
        createdAt: at,
        updatedAt: at,
        trialDates: null,
        nextBilledAt: endsAt,
        previouslyBilledAt: paidAt,
      }];
    }),
    status: "active",
    discount: null,
    pausedAt: null,
    addressId,
    createdAt: at,
    startedAt: paidAt,
    updatedAt: at,
    businessId: null,
    canceledAt: null,
    customData: transaction.customData,
    customerId,
    importMeta: null,
    billingCycle: cycle,
    currencyCode: transaction.currencyCode,
    nextBilledAt: endsAt,
    billingDetails: null,
    collectionMode: "automatic",
    firstBilledAt: paidAt,
    scheduledChange: null,
    currentBillingPeriod: { startsAt: paidAt, endsAt },
  }, moments);
  publish(
    simulation,
    "subscription.created",
    { ...subscription, transactionId: transaction.id },
    note.thread,
    moments.next(),
  );
  publish(simulation, "subscription.activated", subscription, note.thread, moments.next());
  return subscription;
}
