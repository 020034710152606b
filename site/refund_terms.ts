/** Whether a member who leaves gets the money back. Source: the site's refund terms. */

/** Days after buying within which the full price comes back. */
export const REFUND_DAYS = 30;

/** What leaving means for the money. */
export type RefundTerms =
  /** The full price comes back to whoever asks before `until`. */
  | { readonly kind: "within"; readonly until: Date }
  /** The thirty days are over, or it is not known when they began. */
  | { readonly kind: "over" };

const DAY = 86_400_000;

/**
 * The terms for one subscription. Pure.
 *
 * @param startedAt When it was bought, as Paddle says.
 * @param now Milliseconds since 1970.
 */
export function refundTerms(startedAt: Date | null, now: number): RefundTerms {
  if (startedAt === null) return { kind: "over" };
  const until = new Date(startedAt.getTime() + REFUND_DAYS * DAY);
  return now < until.getTime() ? { kind: "within", until } : { kind: "over" };
}
