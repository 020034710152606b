/**
 * The points in time of one act: each is a millisecond after the one before, so that the events of
 * an act have an order of their own.
 */
export class Moments {
  #ms: number;

  /** @param start The first moment. */
  constructor(start: Date) {
    this.#ms = start.getTime() - 1;
  }

  /** The moment given last, as a date. */
  get date(): Date {
    return new Date(this.#ms);
  }

  /**
   * The next moment.
   *
   * @returns RFC 3339 in UTC with microseconds, as Paddle writes it.
   */
  next(): string {
    this.#ms++;
    return timestamp(this.date);
  }
}

/**
 * Writes a date as Paddle does.
 *
 * @param date Any date.
 * @returns For example `2026-01-31T09:30:00.250000Z`.
 */
export function timestamp(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}

/** A length of time in Paddle's words. */
export interface Cycle {
  interval: "day" | "week" | "month" | "year";
  frequency: number;
}

/**
 * Adds a billing cycle to a date, in UTC. The 31st becomes the last day of a shorter month.
 *
 * @param date Start.
 * @param cycle How much to add.
 * @returns The end.
 */
export function addCycle(date: Date, cycle: Cycle): Date {
  const end = new Date(date);
  if (cycle.interval === "day") end.setUTCDate(end.getUTCDate() + cycle.frequency);
  else if (cycle.interval === "week") end.setUTCDate(end.getUTCDate() + 7 * cycle.frequency);
  else {
    const months = cycle.interval === "month" ? cycle.frequency : 12 * cycle.frequency;
    end.setUTCMonth(end.getUTCMonth() + months);
    if (end.getUTCDate() !== date.getUTCDate()) end.setUTCDate(0);
  }
  return end;
}
