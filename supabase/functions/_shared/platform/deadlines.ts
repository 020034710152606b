/**
 * Times by which something has to have happened, nearly all of which never come: one timer waits for
 * the earliest of them, and calling one off costs nothing.
 */

/** Something that ends if it is not called off in time. */
interface Deadline {
  readonly at: number;
  readonly miss: () => void;
}

/** Calls a deadline off. */
export type CallOff = () => void;

/** Deadlines with one timer between them. */
export class Deadlines {
  readonly #open = new Set<Deadline>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /**
   * Sets a deadline.
   *
   * @param milliseconds From now.
   * @param miss Called when it has come.
   * @returns To be called when it need not come any more.
   */
  set(milliseconds: number, miss: () => void): CallOff {
    const deadline = { at: performance.now() + milliseconds, miss };
    this.#open.add(deadline);
    if (deadline.at < this.#timerAt) this.#arm(deadline.at);
    return () => void this.#open.delete(deadline);
  }

  /** Calls all of them off. */
  clear(): void {
    this.#open.clear();
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(at - performance.now())));
    // A process that has nothing else to do may end.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  #look(): void {
    this.#timerAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const deadline of this.#open) {
      if (deadline.at <= now) {
        this.#open.delete(deadline);
        deadline.miss();
      } else next = Math.min(next, deadline.at);
    }
    if (next < this.#timerAt) this.#arm(next);
  }
}
