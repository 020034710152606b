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
 * What tries are counted by: of IPv6 the network, as each household has 2^64 addresses in its own and
 * may write from another one each time; of IPv4 the address.
 *
 * @param address An address as a connection or a gateway tells it.
 * @returns `192.0.2.7`, `2001:db8:1:2::/64`, or what was given if it is no address.
 */
export function networkOf(address: string): string {
  const text = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "").toLowerCase();
  if (!text.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (mapped !== undefined) return mapped;
  const written = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (written === undefined) return address;
  const [head = "", tail] = written.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const between = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return `${[...before, ...between, ...after].slice(0, 4).join(":")}::/64`;
}

/**
 * The network that a request came from, as the nearest gateway saw it. Earlier entries of
 * `x-forwarded-for` are whatever the caller wrote.
 *
 * @param headers The request's headers.
 * @returns What to count by (see {@linkcode networkOf}), or `unknown`.
 */
export function callerAddress(headers: Headers): string {
  return networkOf(headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown");
}
