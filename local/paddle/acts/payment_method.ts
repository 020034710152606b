import type { Transaction } from "../entities/transaction.ts";
import type { Moments } from "../moments.ts";
import { PaddleError } from "../paddle_error.ts";
import { publish, type Simulation, subscriptionNote, subscriptionOf } from "../simulation.ts";
import type { CardKey } from "../test_cards.ts";
import type { PaidWith } from "./collect.ts";
import { createTransaction } from "./transactions.ts";

/**
 * The transaction at whose checkout a subscriber gives another card: what is past due if something
 * is, else one over nothing.
 *
 * @throws {PaddleError} `subscription_is_canceled_action_invalid`.
 */
export function paymentMethodTransaction(
  simulation: Simulation,
  subscriptionId: string,
  moments: Moments,
): Transaction {
  const subscription = subscriptionOf(simulation, subscriptionId);
  if (subscription.status === "canceled") {
    throw new PaddleError(
      "subscription_is_canceled_action_invalid",
      "Subscription is canceled, its payment method can not be updated.",
    );
  }
  const open = Object.values(simulation.state.transactions).findLast((transaction) =>
    transaction.subscriptionId === subscriptionId &&
    (transaction.status === "past_due" ||
      (transaction.origin === "subscription_payment_method_change" &&
        transaction.status === "ready" && subscription.status !== "past_due"))
  );
  if (open !== undefined) return open;
  const note = subscriptionNote(simulation, subscriptionId);
  return createTransaction(simulation, {
    lines: subscription.items.map((item) => ({
      priceId: item.price.id,
      quantity: item.quantity,
      unitAmount: 0,
    })),
    origin: "subscription_payment_method_change",
    status: "ready",
    customerId: subscription.customerId,
    addressId: subscription.addressId,
    customData: subscription.customData,
    subscriptionId,
    billingPeriod: null,
    returnUrl: note.returnUrl,
    thread: note.thread,
    country: note.country,
  }, moments);
}

/** Replaces a subscription's card: `payment_method.saved`, and `.deleted` for the old one. */
export function changePaymentMethod(
  simulation: Simulation,
  subscriptionId: string,
  card: CardKey,
  paidWith: PaidWith,
  moments: Moments,
): void {
  const { customerId, addressId } = subscriptionOf(simulation, subscriptionId);
  const note = subscriptionNote(simulation, subscriptionId);
  const old = simulation.state.paymentMethods[note.paymentMethodId];
  const at = moments.next();
  const method = {
    id: paidWith.paymentMethodId,
    customerId,
    addressId,
    type: "card",
    origin: "subscription",
    savedAt: at,
    updatedAt: at,
  } as const;
  simulation.state.paymentMethods[method.id] = method;
  simulation.state.subscriptionNotes[subscriptionId] = {
    ...note,
    card,
    cardholderName: paidWith.cardholderName,
    paymentMethodId: method.id,
  };
  publish(simulation, "payment_method.saved", method, note.thread, moments.next());
  if (old === undefined) return;
  delete simulation.state.paymentMethods[old.id];
  publish(
    simulation,
    "payment_method.deleted",
    { ...old, deletionReason: "replaced_by_newer_version", updatedAt: moments.next() },
    note.thread,
    moments.next(),
  );
}
