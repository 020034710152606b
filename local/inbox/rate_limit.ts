import { ResendError } from "./resend_error.ts";

/** Resend's limit of requests per second, in fixed windows of one second. */
export class RequestRate {
  #window = 0;
  #used = 0;

  /**
   * @param perSecond Requests that one second may have; 0 means no limit.
   * @param now Milliseconds since 1970.
   */
  constructor(private readonly perSecond: number, private readonly now: () => number) {}

  /**
   * Counts one request.
   *
   * @returns The headers that tell the caller where it stands (resend.com/docs, rate limit).
   * @throws {ResendError} `rate_limit_exceeded` with `retry-after` in seconds.
   */
  take(): Record<string, string> {
    if (this.perSecond === 0) return {};
    const window = Math.floor(this.now() / 1000);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    this.#used++;
    const headers = {
      "ratelimit-limit": String(this.perSecond),
      "ratelimit-remaining": String(Math.max(0, this.perSecond - this.#used)),
      "ratelimit-reset": "1",
    };
    if (this.#used > this.perSecond) throw rateLimitExceeded(this.perSecond, headers);
    return headers;
  }
}

/**
 * The refusal of a request over the limit.
 *
 * @param perSecond The limit, named in the message.
 * @param headers The `ratelimit-*` headers.
 * @returns The error, to be thrown.
 */
export function rateLimitExceeded(
  perSecond: number,
  headers: Record<string, string> = {},
): ResendError {
  return new ResendError(
    "rate_limit_exceeded",
    `Too many requests. You can only make ${perSecond} requests per second. ` +
      "See rate limit response headers for more information.",
    { ...headers, "retry-after": "1" },
  );
}
