/**
 * Points in time with microseconds, as PostgreSQL keeps them: a JavaScript `Date` would cut them to
 * milliseconds, and two Paddle events may be closer than that.
 */

declare const instant: unique symbol;

/**
 * A point in time as `2024-04-12T10:18:49.738971Z`: UTC, always six decimals, so that comparing two
 * of them as text compares the times.
 */
export type Instant = string & { readonly [instant]: true };

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an ISO 8601 time with a zone and up to nine decimals; what is finer than a microsecond is cut.
 *
 * @param text The time as it came.
 * @returns The point in time, or null if the text is not one.
 */
export function parseInstant(text: string): Instant | null {
  const decimals = ISO.exec(text);
  if (decimals === null) return null;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return null;
  const seconds = new Date(milliseconds).toISOString().slice(0, 19);
  // Years outside of 0 to 9999 are written differently and would not compare as text.
  if (!/^\d{4}-/.test(seconds)) return null;
  return `${seconds}.${(decimals[1] ?? "").padEnd(6, "0").slice(0, 6)}Z` as Instant;
}

/**
 * A time of the clock as a point in time.
 *
 * @param milliseconds Milliseconds since 1970.
 * @returns The point in time.
 * @throws {RangeError} If that is no time between the years 0 and 9999.
 */
export function instantAt(milliseconds: number): Instant {
  const instant = parseInstant(new Date(milliseconds).toISOString());
  if (instant === null) throw new RangeError(`no time that can be kept: ${milliseconds}`);
  return instant;
}

/**
 * A later point in time.
 *
 * @param from The point to count from.
 * @param milliseconds How much later; earlier if negative.
 * @returns The point in time, with the same microseconds.
 */
export function addMilliseconds(from: Instant, milliseconds: number): Instant {
  const moved = instantAt(Date.parse(from) + milliseconds);
  return `${moved.slice(0, -4)}${from.slice(-4)}` as Instant;
}

/**
 * A later point in time; days have 24 hours here, as all times are UTC.
 *
 * @param from The point to count from.
 * @param days How many days later; earlier if negative.
 * @returns The point in time, with the same microseconds.
 */
export function addDays(from: Instant, days: number): Instant {
  const moved = new Date(Date.parse(from) + days * 86_400_000).toISOString();
  return `${moved.slice(0, 19)}${from.slice(19)}` as Instant;
}
