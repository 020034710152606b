/** Orders and chance for property tests: the same at every run, so that a failure can be repeated. */

/**
 * Every order of some things, at most some hundreds of them.
 *
 * @param items The things; not more than six.
 * @returns Each order once.
 */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, place) =>
    permutations(items.toSpliced(place, 1)).map((rest) => [item, ...rest])
  );
}

/**
 * Chance that is the same at every run (mulberry32).
 *
 * @param seed Where it starts.
 * @returns Gives a whole number from 0 up to, but not including, its argument.
 */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 * below);
  };
}

/**
 * The things in another order.
 *
 * @param items The things.
 * @param next Chance.
 * @returns A shuffled copy.
 */
export function shuffled<T>(items: readonly T[], next: (below: number) => number): T[] {
  return items.map((item) => [next(1_000_000_000), item] as const)
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);
}
