/** Paddle's time during a storm, to the microsecond. */
import type { WireTime } from "./paddle_wire.ts";

const MICROSECONDS_A_DAY = 86_400_000_000n;

/**
 * Writes a time as Paddle does.
 *
 * @param microseconds Since 1970, UTC.
 * @returns For instance `2026-01-05T09:00:00.000001Z`.
 */
export function wireTime(microseconds: bigint): WireTime {
  const text = new Date(Number(microseconds / 1000n)).toISOString();
  return `${text.slice(0, -1)}${String(microseconds % 1000n).padStart(3, "0")}Z`;
}

/**
 * Reads a time that {@link wireTime} wrote.
 *
 * @param text The time.
 * @returns Microseconds since 1970.
 */
export function microsecondsOf(text: WireTime): bigint {
  return BigInt(Date.parse(`${text.slice(0, 23)}Z`)) * 1000n + BigInt(text.slice(23, 26));
}

/**
 * A time some days later.
 *
 * @param text The time.
 * @param days How many.
 * @returns The later time.
 */
export function daysLater(text: WireTime, days: number): WireTime {
  return wireTime(microsecondsOf(text) + BigInt(days) * MICROSECONDS_A_DAY);
}
