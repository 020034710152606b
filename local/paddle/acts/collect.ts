import { buildPayment } from "../entities/payment.ts";
import type { Period, Transaction } from "../entities/transaction.ts";
import { markCompleted, markPaid } from "../entities/transaction_details.ts";
import type { Moments } from "../moments.ts";
import { putTransaction, type Simulation } from "../simulation.ts";
import type { PaymentErrorCode, TestCard } from "../test_cards.ts";

/** The card that an attempt uses. */
export interface PaidWith {
  card: TestCard;
  cardholderName: string;
  paymentMethodId: string;
}

/**
 * Takes the money: the transaction is `paid`, told by `transaction.updated` and `.paid`.
 */
export function collect(
  simulation: Simulation,
  transaction: Transaction,
  paidWith: PaidWith,
  moments: Moments,
): Transaction {
  const at = moments.next();
  const payment = buildPayment({
    ...paidWith,
    amount: transaction.details.totals.balance,
    errorCode: null,
    at,
  });
  return putTransaction(
    simulation,
    {
      ...transaction,
      status: "paid",
      billedAt: transaction.billedAt ?? at,
      payments: [payment, ...transaction.payments],
      details: markPaid(transaction.details),
    },
    moments,
    "updated",
    "paid",
  );
}

/**
 * Closes the books: fee, earnings and an invoice number are known, told by `transaction.updated` and
 * `.completed`.
 */
export function complete(
  simulation: Simulation,
  transaction: Transaction,
  known: { subscriptionId: string | null; billingPeriod: Period | null },
  moments: Moments,
): Transaction {
  return putTransaction(
    simulation,
    {
      ...transaction,
      ...known,
      status: "completed",
      details: markCompleted(transaction.details),
      invoiceId: simulation.ids.next("inv"),
      invoiceNumber: `1001-${simulation.state.nextInvoice++}`,
    },
    moments,
    "updated",
    "completed",
  );
}

/**
 * Fails to take the money. A renewal becomes past due; at a checkout the buyer may try again.
 * Told by `transaction.updated`, `.payment_failed` and, the first time, `.past_due`.
 */
export function failToCollect(
  simulation: Simulation,
  transaction: Transaction,
  paidWith: PaidWith,
  errorCode: PaymentErrorCode,
  moments: Moments,
): Transaction {
  const isRenewal = transaction.status === "billed" || transaction.status === "past_due";
  const payment = buildPayment({
    ...paidWith,
    amount: transaction.details.totals.balance,
    errorCode,
    at: moments.next(),
  });
  return putTransaction(
    simulation,
    {
      ...transaction,
      status: isRenewal ? "past_due" : transaction.status,
      payments: [payment, ...transaction.payments],
    },
    moments,
    "updated",
    "payment_failed",
    ...(transaction.status === "billed" ? ["past_due"] : []),
  );
}

/** Gives up on what a subscription still owes: `transaction.updated` and `.canceled`. */
export function cancelPastDue(
  simulation: Simulation,
  subscriptionId: string,
  moments: Moments,
): void {
  for (const transaction of Object.values(simulation.state.transactions)) {
    if (transaction.subscriptionId === subscriptionId && transaction.status === "past_due") {
      putTransaction(
        simulation,
        { ...transaction, status: "canceled" },
        moments,
        "updated",
        "canceled",
      );
    }
  }
}
