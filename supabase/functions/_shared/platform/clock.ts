/** Where TypeScript takes the time from; tests hand in one that they move. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after so many milliseconds, at once if there are none. */
  wait(milliseconds: number): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds) =>
    milliseconds <= 0 ? Promise.resolve() : new Promise((done) => setTimeout(done, milliseconds)),
};

/** A clock that stands still until it is moved; who waits on it moves it. */
export interface FixedClock extends Clock {
  /** Moves the clock by `milliseconds`, backwards if negative. */
  advance(milliseconds: number): void;
}

/**
 * A clock for tests.
 *
 * @param start Where it stands: an ISO 8601 instant or milliseconds since 1970.
 * @returns The clock, which moves only by `advance` and `wait`.
 */
export function fixedClock(start: string | number): FixedClock {
  let at = typeof start === "number" ? start : Date.parse(start);
  return {
    now: () => at,
    wait: (milliseconds) => {
      at += Math.max(0, milliseconds);
      return Promise.resolve();
    },
    advance: (milliseconds) => {
      at += milliseconds;
    },
  };
}
