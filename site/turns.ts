/** Lets so many do something at once, and the others wait for their turn. */

/** Does a piece of work when its turn comes. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a queue in which work waits.
 *
 * @param atOnce Pieces of work under way at the same time.
 * @returns Does a piece of work after those that came before it; its failure is the caller's alone.
 */
export function takeTurns(atOnce: number): Turns {
  let free = atOnce;
  const waiting: (() => void)[] = [];

  return async function inTurn(work) {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed over rather than given back: nobody who comes just now is served first.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
