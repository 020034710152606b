/** Where TypeScript takes the time from; tests hand in one that they move. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The machine's own time. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export interface FixedClock extends Clock {
  /** Moves the clock by `milliseconds`, backwards if negative. */
  advance(milliseconds: number): void;
}

/**
 * A clock for tests.
 *
 * @param start Where it stands: an ISO 8601 instant or milliseconds since 1970.
 * @returns The clock, which moves only by `advance`.
 */
export function fixedClock(start: string | number): FixedClock {
  let at = typeof start === "number" ? start : Date.parse(start);
  return {
    now: () => at,
    advance: (milliseconds) => {
      at += milliseconds;
    },
  };
}
