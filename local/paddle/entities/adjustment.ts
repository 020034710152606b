import type { Proration } from "./transaction.ts";

/** Amounts that an adjustment takes back, minor units as strings. */
export interface AdjustmentTotals {
  fee: string;
  tax: string;
  total: string;
  earnings: string;
  subtotal: string;
  currencyCode: string;
}

/** The part of an adjustment that concerns one line. */
export interface AdjustmentItem {
  /** `adjitm_…` */
  id: string;
  type: "full" | "partial";
  amount: string;
  totals: { tax: string; total: string; subtotal: string };
  /** `txnitm_…` */
  itemId: string;
  proration: Proration | null;
}

/** Why money goes back. */
export type AdjustmentAction = "refund" | "credit" | "chargeback";

/** Paddle's adjustment entity. */
export interface Adjustment {
  id: string;
  items: AdjustmentItem[];
  action: AdjustmentAction;
  type: "full" | "partial";
  reason: string;
  status: "pending_approval" | "approved" | "rejected";
  totals: AdjustmentTotals;
  createdAt: string;
  updatedAt: string;
  customerId: string;
  currencyCode: string;
  payoutTotals: AdjustmentTotals;
  transactionId: string;
  subscriptionId: string | null;
  creditAppliedToBalance: boolean | null;
}
