/** Limits how often a door may be tried, counted in the database so that it holds at any scale. */
import type { Transaction } from "./database.ts";

/** Which door, by whom, and how often. */
export interface RateLimit {
  /** The door, for instance `paddle-webhook`. */
  readonly bucket: string;
  /** Who tries, for instance an address; only its hash is stored. */
  readonly key: string;
  /** Tries allowed in one window. */
  readonly max: number;
  readonly windowSeconds: number;
}

/** Whether a try is allowed. */
export interface RateLimitVerdict {
  readonly allowed: boolean;
  /** Tries left in this window. */
  readonly remaining: number;
  /** Seconds until the next window if the try is refused, else 0. */
  readonly retryAfterSeconds: number;
}

/**
 * Counts one try. The count stays only if the transaction commits, so refuse after it, not inside.
 *
 * @param tx A transaction of any role.
 * @param limit Which door, by whom, and how often.
 * @returns Whether the try is allowed.
 */
export async function takeRateLimit(tx: Transaction, limit: RateLimit): Promise<RateLimitVerdict> {
  const [verdict] = await tx<RateLimitVerdict[]>`
    select allowed, remaining, retry_after_seconds
    from private.take_rate_limit(
      ${limit.bucket}, ${limit.key}, ${limit.max},
      make_interval(secs => ${limit.windowSeconds})
    )`;
  if (verdict === undefined) throw new Error("private.take_rate_limit returned no row");
  return verdict;
}

/**
 * The address that a request came from, as the nearest gateway saw it. Earlier entries of
 * `x-forwarded-for` are whatever the caller wrote.
 *
 * @param headers The request's headers.
 * @returns An address, or `unknown`.
 */
export function callerAddress(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}
