import type { Transaction } from "../entities/transaction.ts";
import type { Moments } from "../moments.ts";
import { PaddleError } from "../paddle_error.ts";
import {
  publish,
  putTransaction,
  type Simulation,
  transactionNote,
  transactionOf,
} from "../simulation.ts";
import { type CardKey, type PaymentErrorCode, testCards } from "../test_cards.ts";
import { collect, complete, failToCollect } from "./collect.ts";
import { addressIn, createCustomer, customerOf, findCustomer } from "./customers.ts";
import { changePaymentMethod } from "./payment_method.ts";
import { recover } from "./renewal.ts";
import { startSubscription } from "./start_subscription.ts";
import { retax } from "./transactions.ts";

/** Who pays and with what. */
export interface Buyer {
  email: string;
  name: string | null;
  country: string;
  locale: string;
  card: CardKey;
}

/** How a checkout ended. */
export type CheckoutOutcome =
  | { kind: "paid"; transaction: Transaction }
  /** It had been paid before: the same form sent twice, or an old tab. */
  | { kind: "already_paid"; transaction: Transaction }
  | { kind: "declined"; transaction: Transaction; errorCode: PaymentErrorCode };

/**
 * Pays a transaction at the checkout, with all that Paddle does on the way: customer, address,
 * payment, subscription, invoice. It runs in one go, so a second try of the same transaction finds
 * it paid.
 *
 * @param refused True when the buyer's bank refused its confirmation.
 * @throws {PaddleError} `transaction_immutable` when it can not be paid any more.
 */
export function payAtCheckout(
  simulation: Simulation,
  transactionId: string,
  buyer: Buyer,
  moments: Moments,
  refused = false,
): CheckoutOutcome {
  const found = transactionOf(simulation, transactionId);
  if (found.status === "paid" || found.status === "completed") {
    return { kind: "already_paid", transaction: found };
  }
  if (!isPayable(found)) {
    throw new PaddleError("transaction_immutable", `Transaction is ${found.status}.`, 409);
  }
  const transaction = found.status === "draft" || found.status === "ready"
    ? identify(simulation, found, buyer, moments)
    : found;
  const card = testCards[buyer.card];
  const paidWith = {
    card,
    cardholderName: buyer.name ?? buyer.email,
    paymentMethodId: simulation.ids.next("paymtd"),
  };
  const errorCode = refused ? "authentication_failed" : card.error;
  if (errorCode !== null) {
    return {
      kind: "declined",
      transaction: failToCollect(simulation, transaction, paidWith, errorCode, moments),
      errorCode,
    };
  }

  if (transaction.subscriptionId !== null) {
    changePaymentMethod(simulation, transaction.subscriptionId, buyer.card, paidWith, moments);
    return {
      kind: "paid",
      transaction: transaction.status === "past_due"
        ? recover(simulation, transaction.subscriptionId, "paid", moments)
        : complete(simulation, collect(simulation, transaction, paidWith, moments), {
          subscriptionId: transaction.subscriptionId,
          billingPeriod: null,
        }, moments),
    };
  }
  savePaymentMethod(simulation, transaction, paidWith.paymentMethodId, moments);
  const paid = collect(simulation, transaction, paidWith, moments);
  const subscription = startSubscription(simulation, paid, buyer.card, paidWith, moments);
  return {
    kind: "paid",
    transaction: complete(simulation, paid, {
      subscriptionId: subscription?.id ?? null,
      billingPeriod: subscription?.currentBillingPeriod ?? null,
    }, moments),
  };
}

/**
 * Whether a buyer may still pay a transaction.
 */
export function isPayable(transaction: Transaction): boolean {
  return ["draft", "ready", "billed", "past_due"].includes(transaction.status);
}

/** Learns who buys: customer and address are made if new, and the transaction becomes ready. */
function identify(
  simulation: Simulation,
  transaction: Transaction,
  buyer: Buyer,
  moments: Moments,
): Transaction {
  const note = transactionNote(simulation, transaction.id);
  const customer = transaction.customerId !== null
    ? customerOf(simulation, transaction.customerId)
    : findCustomer(simulation, buyer.email) ??
      createCustomer(
        simulation,
        { email: buyer.email, name: buyer.name, locale: buyer.locale },
        moments,
        note.thread,
      );
  const address = addressIn(simulation, customer.id, buyer.country, moments, note.thread);
  if (
    transaction.status === "ready" && transaction.customerId === customer.id &&
    transaction.addressId === address.id
  ) return transaction;
  simulation.state.transactionNotes[transaction.id] = { ...note, country: buyer.country };
  return putTransaction(
    simulation,
    {
      ...(note.country === buyer.country
        ? transaction
        : retax(simulation, transaction, buyer.country)),
      customerId: customer.id,
      addressId: address.id,
      status: "ready",
    },
    moments,
    "updated",
    ...(transaction.status === "draft" ? ["ready"] : []),
  );
}

function savePaymentMethod(
  simulation: Simulation,
  transaction: Transaction,
  id: string,
  moments: Moments,
): void {
  const at = moments.next();
  const method = {
    id,
    customerId: transaction.customerId ?? "",
    addressId: transaction.addressId ?? "",
    type: "card",
    origin: "saved_during_purchase",
    savedAt: at,
    updatedAt: at,
  } as const;
  simulation.state.paymentMethods[id] = method;
  const { thread } = transactionNote(simulation, transaction.id);
  publish(simulation, "payment_method.saved", method, thread, moments.next());
}
