/** Chance that can be repeated: the same seed gives the same storm. */

/** A source of chance. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both possible. */
  whole(least: number, most: number): number;
  /** Whether something of this likelihood happens. */
  chance(likelihood: number): boolean;
  /** One of the given. */
  pick<T>(choices: readonly T[]): T;
  /** A copy in another order. */
  shuffle<T>(items: readonly T[]): T[];
  /** An id in Paddle's form, for instance `sub_01…`. */
  id(prefix: string): string;
}

const ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Makes a source of chance (mulberry32).
 *
 * @param seed Any whole number.
 * @returns The source; the same seed gives the same numbers.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));

  return {
    next,
    whole,
    chance: (likelihood) => next() < likelihood,
    pick: <T>(choices: readonly T[]) => choices[whole(0, choices.length - 1)] as T,
    shuffle<T>(items: readonly T[]): T[] {
      const mixed = [...items];
      for (let last = mixed.length - 1; last > 0; last--) {
        const other = whole(0, last);
        [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
      }
      return mixed;
    },
    id(prefix) {
      const letters = Array.from({ length: 24 }, () => ID_LETTERS[whole(0, 31)]);
      return `${prefix}_01${letters.join("")}`;
    },
  };
}
