/** Amounts of money as people type them. */

/**
 * Reads an amount in any of the ways in which our readers write it: "1250", "1.250,50", "1,250.50",
 * "1 250 €". A single point or comma before three digits groups thousands, as no currency of ours has
 * thousandths. Pure.
 *
 * @param text What was typed.
 * @returns Cents, or null if this is no amount.
 */
export function parseAmount(text: string): number | null {
  const bare = text.replace(/[\s\u00a0\u202f'’]/g, "").replace(/€|EUR/gi, "");
  const match = /^(\d{1,3}(?:([.,])\d{3}(?:\2\d{3})*)?|\d+)(?:([.,])(\d{1,2}))?$/.exec(bare);
  if (match === null) return null;
  const [, whole = "", group, decimal, cents = ""] = match;
  if (group !== undefined && group === decimal) return null;
  const value = Number(whole.replace(/[.,]/g, "")) * 100 + Number(cents.padEnd(2, "0"));
  return Number.isSafeInteger(value) && value <= 100_000_000_000 ? value : null;
}

/** An amount as a form shows it again: "1250" or "1250.50", with the comma where it is usual. */
export function writeAmount(cents: number, locale: string): string {
  const rest = cents % 100;
  const whole = `${Math.floor(cents / 100)}`;
  const decimal = locale === "en" ? "." : ",";
  return rest === 0 ? whole : `${whole}${decimal}${`${rest}`.padStart(2, "0")}`;
}
