import { type Amounts, paddleFee, sum, withTax } from "../money.ts";
import type { Price, Product } from "./catalogue.ts";
import type { Proration } from "./transaction.ts";

/** Amounts of a line: minor units as strings. */
export interface LineTotals {
  subtotal: string;
  discount: string;
  tax: string;
  total: string;
}

/** A line of an invoice; one that credits an old plan is negative. */
export interface LineItem {
  /** `txnitm_…` */
  id: string;
  totals: LineTotals;
  product: Product;
  priceId: string;
  quantity: number;
  taxRate: string;
  unitTotals: LineTotals;
  proration?: Proration;
}

/** Totals of a transaction. Fee and earnings are known once it is completed. */
export interface Totals {
  fee: string | null;
  tax: string;
  total: string;
  credit: string;
  balance: string;
  discount: string;
  earnings: string | null;
  subtotal: string;
  grandTotal: string;
  currencyCode: string;
  creditToBalance: string;
  grandTotalTax: string;
}

/** Totals less what was refunded. */
export interface AdjustedTotals {
  fee: string;
  tax: string;
  total: string;
  earnings: string;
  subtotal: string;
  grandTotal: string;
  currencyCode: string;
  grandTotalTax: string;
}

/** What Paddle pays out, in the account's currency; here the same as was paid in. */
export interface PayoutTotals extends Totals {
  exchangeRate: string;
  feeRate: string;
}

/** What Paddle pays out after refunds and chargebacks. */
export interface AdjustedPayoutTotals {
  fee: string;
  tax: string;
  total: string;
  chargebackFee: { amount: string; original: null };
  earnings: string;
  subtotal: string;
  currencyCode: string;
  exchangeRate: string;
}

/** Paddle's `details` of a transaction. */
export interface TransactionDetails {
  totals: Totals;
  lineItems: LineItem[];
  payoutTotals: PayoutTotals | null;
  taxRatesUsed: { totals: LineTotals; taxRate: string }[];
  adjustedTotals: AdjustedTotals;
  adjustedPayoutTotals: AdjustedPayoutTotals | null;
}

/** A line to be priced. */
export interface Line {
  id: string;
  price: Price;
  product: Product;
  quantity: number;
  /** Minor units for one, negative for a credit; the price's own amount unless prorated. */
  unitAmount: number;
  proration: Proration | null;
}

/**
 * Prices lines that are not paid yet.
 *
 * @param lines What is sold.
 * @param taxRate Share, such as 0.18.
 * @param currencyCode ISO 4217.
 */
export function priceLines(
  lines: Line[],
  taxRate: number,
  currencyCode: string,
): TransactionDetails {
  const rate = String(taxRate);
  const amounts = lines.map((line) =>
    withTax(line.unitAmount * line.quantity, taxRate, line.price.taxMode)
  );
  const all = sum(amounts);
  // Below zero the buyer owes nothing, and the rest goes to the credit balance.
  const grandTotal = Math.max(0, all.total);
  const grandTotalTax = all.total < 0 ? 0 : all.tax;
  return {
    totals: {
      ...wireAmounts(all),
      fee: null,
      earnings: null,
      credit: "0",
      balance: String(grandTotal),
      grandTotal: String(grandTotal),
      grandTotalTax: String(grandTotalTax),
      creditToBalance: String(Math.max(0, -all.total)),
      currencyCode,
    },
    lineItems: lines.map((line, index) => ({
      id: line.id,
      totals: wireAmounts(amounts[index]),
      product: line.product,
      priceId: line.price.id,
      quantity: line.quantity,
      taxRate: rate,
      unitTotals: wireAmounts(withTax(line.unitAmount, taxRate, line.price.taxMode)),
      ...(line.proration === null ? {} : { proration: line.proration }),
    })),
    payoutTotals: null,
    taxRatesUsed: lines.length === 0 ? [] : [{ totals: wireAmounts(all), taxRate: rate }],
    adjustedTotals: {
      subtotal: String(all.subtotal),
      tax: String(all.tax),
      total: String(all.total),
      grandTotal: String(grandTotal),
      grandTotalTax: String(grandTotalTax),
      fee: "0",
      earnings: "0",
      currencyCode,
    },
    adjustedPayoutTotals: null,
  };
}

/**
 * The same details once the money has come in.
 *
 * @param details Priced lines.
 */
export function markPaid(details: TransactionDetails): TransactionDetails {
  return { ...details, totals: { ...details.totals, balance: "0" } };
}

/**
 * The same details once Paddle has closed its books on them: fee, earnings and payout are known.
 *
 * @param details Paid details.
 */
export function markCompleted(details: TransactionDetails): TransactionDetails {
  const paid = Number(details.totals.grandTotal);
  const fee = paddleFee(paid);
  const earnings = paid - (paid === 0 ? 0 : Number(details.totals.grandTotalTax)) - fee;
  const totals: Totals = {
    ...details.totals,
    balance: "0",
    fee: String(fee),
    earnings: String(earnings),
  };
  const adjustedTotals: AdjustedTotals = {
    ...details.adjustedTotals,
    fee: String(fee),
    earnings: String(earnings),
  };
  return {
    ...details,
    totals,
    payoutTotals: { ...totals, exchangeRate: "1", feeRate: "0.05" },
    adjustedTotals,
    adjustedPayoutTotals: payoutOf(adjustedTotals, 0),
  };
}

/**
 * What is paid out for adjusted totals.
 *
 * @param adjusted Totals less refunds.
 * @param chargebackFee Minor units that the bank keeps for a dispute.
 */
export function payoutOf(adjusted: AdjustedTotals, chargebackFee: number): AdjustedPayoutTotals {
  return {
    fee: adjusted.fee,
    tax: adjusted.tax,
    total: adjusted.total,
    chargebackFee: { amount: String(chargebackFee), original: null },
    earnings: String(Number(adjusted.earnings) - chargebackFee),
    subtotal: adjusted.subtotal,
    currencyCode: adjusted.currencyCode,
    exchangeRate: "1",
  };
}

function wireAmounts(amounts: Amounts | undefined): LineTotals {
  return {
    subtotal: String(amounts?.subtotal ?? 0),
    discount: "0",
    tax: String(amounts?.tax ?? 0),
    total: String(amounts?.total ?? 0),
  };
}
