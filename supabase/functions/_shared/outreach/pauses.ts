/** How long to wait until a call to Resend whose outcome is not known is repeated. */

const FIRST = 60_000;
const LONGEST = 3_600_000;

/**
 * Resend remembers a key for 24 hours; after that a repeated call would be a second mail. An hour is
 * left for clocks that differ.
 */
export const KEY_LIFETIME = 23 * 3_600_000;

/** While a call is under way nobody else repeats it; far longer than a call may take. */
export const LEASE = 60_000;

/**
 * The pause after an attempt: a minute, doubled each time, an hour at most.
 *
 * @param attempts How many attempts there were, at least 1.
 * @returns Milliseconds.
 */
export function pauseAfter(attempts: number): number {
  return Math.min(FIRST * 2 ** Math.min(attempts - 1, 10), LONGEST);
}
