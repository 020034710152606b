import type {
  Adjustment,
  AdjustmentAction,
  AdjustmentItem,
  AdjustmentTotals,
} from "../entities/adjustment.ts";
import type { Transaction } from "../entities/transaction.ts";
import { type AdjustedTotals, payoutOf } from "../entities/transaction_details.ts";
import type { Moments } from "../moments.ts";
import { roundHalfUp } from "../money.ts";
import { invalidField, notFound, PaddleError } from "../paddle_error.ts";
import {
  publish,
  putTransaction,
  type Simulation,
  transactionNote,
  transactionOf,
} from "../simulation.ts";

/** What somebody wants back. */
export interface NewAdjustment {
  action: AdjustmentAction;
  transactionId: string;
  reason: string;
  /** Lines with minor units, or null for all that is left. */
  items: { itemId: string; amount: number | null }[] | null;
}

/** Minor units that a bank charges for a dispute. */
const chargebackFee = 1500;

/**
 * Asks for money back: `adjustment.created`. A chargeback is approved by the bank at once, a refund
 * waits for {@link decideAdjustment}.
 *
 * @throws {PaddleError} When the transaction is not completed or nothing is left of it.
 */
export function createAdjustment(
  simulation: Simulation,
  wanted: NewAdjustment,
  moments: Moments,
): Adjustment {
  const transaction = transactionOf(simulation, wanted.transactionId);
  if (transaction.status !== "completed" || transaction.customerId === null) {
    throw new PaddleError(
      "adjustment_transaction_invalid_status_for_refund",
      "Transaction must be completed before it can be refunded.",
    );
  }
  const items = adjustmentItems(simulation, transaction, wanted);
  const totals = totalsOf(items, transaction.currencyCode);
  const at = moments.next();
  const adjustment: Adjustment = {
    id: simulation.ids.next("adj"),
    items,
    action: wanted.action,
    type: wanted.items === null ? "full" : "partial",
    reason: wanted.reason,
    status: wanted.action === "refund" ? "pending_approval" : "approved",
    totals,
    createdAt: at,
    updatedAt: at,
    customerId: transaction.customerId,
    currencyCode: transaction.currencyCode,
    payoutTotals: totals,
    transactionId: transaction.id,
    subscriptionId: transaction.subscriptionId,
    creditAppliedToBalance: null,
  };
  simulation.state.adjustments[adjustment.id] = adjustment;
  const { thread } = transactionNote(simulation, transaction.id);
  publish(simulation, "adjustment.created", adjustment, thread, moments.next());
  if (adjustment.status === "approved") applyTotals(simulation, transaction, adjustment, moments);
  return adjustment;
}

/**
 * Approves or rejects a refund as Paddle's people do: `adjustment.updated`, and
 * `transaction.updated` when money moves.
 *
 * @throws {PaddleError} When it was decided before.
 */
export function decideAdjustment(
  simulation: Simulation,
  id: string,
  status: "approved" | "rejected",
  moments: Moments,
): Adjustment {
  const adjustment = simulation.state.adjustments[id] ?? notFound("adjustment", id);
  if (adjustment.status !== "pending_approval") {
    throw new PaddleError("adjustment_decided", `Adjustment is ${adjustment.status}.`, 409);
  }
  const decided = { ...adjustment, status, updatedAt: moments.next() };
  simulation.state.adjustments[id] = decided;
  const { thread } = transactionNote(simulation, adjustment.transactionId);
  publish(simulation, "adjustment.updated", decided, thread, moments.next());
  if (status === "approved") {
    const transaction = transactionOf(simulation, adjustment.transactionId);
    applyTotals(simulation, transaction, decided, moments);
  }
  return decided;
}

function adjustmentItems(
  simulation: Simulation,
  transaction: Transaction,
  wanted: NewAdjustment,
): AdjustmentItem[] {
  const asked = wanted.items ??
    transaction.details.lineItems.map((line) => ({ itemId: line.id, amount: null }));
  return asked.map(({ itemId, amount }) => {
    const line = transaction.details.lineItems.find(({ id }) => id === itemId) ??
      invalidField("items.item_id", `item ${itemId} not found`);
    const total = Number(line.totals.total);
    const left = total - alreadyAdjusted(simulation, itemId);
    const wantedTotal = amount ?? left;
    if (left <= 0 || wantedTotal <= 0 || wantedTotal > left) {
      throw new PaddleError(
        "adjustment_amount_above_remaining_allowed",
        `At most ${Math.max(0, left)} of item ${itemId} can be adjusted.`,
      );
    }
    const tax = roundHalfUp(Number(line.totals.tax) * wantedTotal / total);
    return {
      id: simulation.ids.next("adjitm"),
      type: wantedTotal === total ? "full" : "partial",
      amount: String(wantedTotal),
      totals: {
        tax: String(tax),
        total: String(wantedTotal),
        subtotal: String(wantedTotal - tax),
      },
      itemId,
      proration: null,
    };
  });
}

function alreadyAdjusted(simulation: Simulation, itemId: string): number {
  return Object.values(simulation.state.adjustments)
    .filter((adjustment) => adjustment.status !== "rejected")
    .flatMap((adjustment) => adjustment.items)
    .filter((item) => item.itemId === itemId)
    .reduce((sum, item) => sum + Number(item.amount), 0);
}

function totalsOf(items: AdjustmentItem[], currencyCode: string): AdjustmentTotals {
  const add = (key: "tax" | "total" | "subtotal") =>
    items.reduce((sum, item) => sum + Number(item.totals[key]), 0);
  const fee = roundHalfUp(add("total") * 0.05);
  return {
    fee: String(fee),
    tax: String(add("tax")),
    total: String(add("total")),
    earnings: String(add("subtotal") - fee),
    subtotal: String(add("subtotal")),
    currencyCode,
  };
}

function applyTotals(
  simulation: Simulation,
  transaction: Transaction,
  adjustment: Adjustment,
  moments: Moments,
): void {
  const before = transaction.details.adjustedTotals;
  const less = (key: keyof AdjustedTotals, by: string) => String(Number(before[key]) - Number(by));
  const { totals } = adjustment;
  const adjustedTotals: AdjustedTotals = {
    ...before,
    subtotal: less("subtotal", totals.subtotal),
    tax: less("tax", totals.tax),
    total: less("total", totals.total),
    grandTotal: less("grandTotal", totals.total),
    grandTotalTax: less("grandTotalTax", totals.tax),
    fee: less("fee", totals.fee),
    earnings: less("earnings", totals.earnings),
  };
  const fee = adjustment.action === "chargeback" ? chargebackFee : 0;
  putTransaction(
    simulation,
    {
      ...transaction,
      details: {
        ...transaction.details,
        adjustedTotals,
        adjustedPayoutTotals: payoutOf(adjustedTotals, fee),
      },
    },
    moments,
    "updated",
  );
}
