/** What becomes of a commission when money goes back, or comes again. Pure. */
import type { MovementType } from "./decide_adjustment.ts";
import { shareOf } from "./decide_commission.ts";

/** A stored commission, or a row that takes some of one back; money in cents. */
export interface CommissionRow {
  readonly id: string;
  readonly status: "pending" | "approved" | "paid" | "void";
  /** Below nought in a row that takes back. */
  readonly amountCents: number;
}

/** A stored commission with the rows that took some of it back. */
export interface StoredCommission extends CommissionRow {
  readonly ratePercent: number;
  readonly baseCents: number;
  readonly clawbacks: readonly CommissionRow[];
}

/** A movement of the payment that earned it, in cents. */
export interface Moved {
  readonly entryType: "invoice.posted" | "refund_reversed" | MovementType;
  readonly amountCents: number;
  readonly taxCents: number;
}

/** What is to be done, in this order. */
export interface ClawbackDecision {
  /** Rows that become void. */
  readonly voided: readonly string[];
  /** What a new row takes back, below nought; 0 for no new row. */
  readonly clawbackCents: number;
  /** What cannot be given back by rows, because a taking-back was paid out already; mostly 0. */
  readonly owedCents: number;
}

const NOTHING: ClawbackDecision = { voided: [], clawbackCents: 0, owedCents: 0 };

/**
 * Decides what becomes of a commission, given all movements of its payment: the rows that are not
 * void are to add up to the agent's share of what is left, in whichever order the movements came.
 *
 * Refunded in full, it becomes void if it was not paid out. Everything else is taken back by a row
 * of its own: a part, a commission that was paid out, and a chargeback, which the bank may reverse.
 * Credit stays with the seller and takes nothing back.
 *
 * @param stored The commission.
 * @param moved Every movement of its payment, the newest included.
 * @returns Which rows become void, and what a new one takes back.
 */
export function decideClawback(
  stored: StoredCommission,
  moved: readonly Moved[],
): ClawbackDecision {
  if (stored.status === "void") return NOTHING;
  const paidOut = stored.clawbacks.some((row) => row.status === "paid");
  const open = stored.clawbacks.filter((row) =>
    row.status === "pending" || row.status === "approved"
  );
  const openIds = open.map((row) => row.id);
  const refunded = lost(moved, ["refund", "refund_reversed"]);
  if (refunded >= stored.baseCents && stored.status !== "paid" && !paidOut) {
    return { voided: [stored.id, ...openIds], clawbackCents: 0, owedCents: 0 };
  }
  const gone = refunded + lost(moved, ["chargeback", "chargeback_reversed"]);
  const left = Math.min(stored.baseCents, Math.max(0, stored.baseCents - gone));
  const due = left === stored.baseCents ? stored.amountCents : shareOf(left, stored.ratePercent);
  const live = stored.clawbacks.filter((row) => row.status !== "void");
  const missing = due - stored.amountCents - sum(live);
  if (missing <= 0) return { ...NOTHING, clawbackCents: missing };
  // More is due than before: what was to be taken back is not, or less of it.
  const afresh = due - stored.amountCents - sum(live) + sum(open);
  return {
    voided: openIds,
    clawbackCents: Math.min(0, afresh),
    owedCents: Math.max(0, afresh),
  };
}

/** What movements of these kinds took away, without tax. */
function lost(moved: readonly Moved[], kinds: readonly Moved["entryType"][]): number {
  return moved
    .filter((one) => kinds.includes(one.entryType))
    .reduce((total, one) => total - (one.amountCents - one.taxCents), 0);
}

function sum(rows: readonly CommissionRow[]): number {
  return rows.reduce((total, row) => total + row.amountCents, 0);
}
