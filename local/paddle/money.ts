/** Subtotal, tax and total of something, in minor units (cents). Credits are negative. */
export interface Amounts {
  subtotal: number;
  tax: number;
  total: number;
}

/** Nothing. */
export const noAmounts: Amounts = { subtotal: 0, tax: 0, total: 0 };

/**
 * Whether a price includes its tax (`internal`), or tax is added to it (`external`).
 * Paddle's `account_setting` counts as `internal` here: a consumer sees one price and pays it.
 */
export type TaxMode = "account_setting" | "internal" | "external";

/**
 * Splits a price into what is earned and what is tax.
 *
 * @param price Minor units; 2000 at 18 % included is 1695 and 305.
 * @param rate Share, such as 0.18.
 * @param mode Whether the price includes the tax.
 * @returns Amounts whose subtotal and tax add up to the total.
 */
export function withTax(price: number, rate: number, mode: TaxMode): Amounts {
  if (mode === "external") {
    const tax = roundHalfUp(price * rate);
    return { subtotal: price, tax, total: price + tax };
  }
  const tax = roundHalfUp(price * rate / (1 + rate));
  return { subtotal: price - tax, tax, total: price };
}

/**
 * Adds amounts up.
 *
 * @param all Any number of amounts.
 */
export function sum(all: Amounts[]): Amounts {
  return all.reduce((a, b) => ({
    subtotal: a.subtotal + b.subtotal,
    tax: a.tax + b.tax,
    total: a.total + b.total,
  }), noAmounts);
}

/**
 * What Paddle keeps of a payment: 5 % and 50 cents.
 *
 * @param total Minor units paid, tax included.
 * @returns Minor units.
 */
export function paddleFee(total: number): number {
  return total <= 0 ? 0 : Math.min(total, roundHalfUp(total * 0.05 + 50));
}

/**
 * Rounds to whole minor units, halves away from zero.
 *
 * @param value Minor units with a fraction.
 */
export function roundHalfUp(value: number): number {
  // 1e-9 makes up for products such as 1.005 * 100 that come out a hair too small.
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9);
}
