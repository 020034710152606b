/** Tries again what failed, and what died half-way, until nothing is due or the time is over. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";
import { processDueEvent, type SweptResult } from "./process_event.ts";

/** Limits of one sweep. */
export interface SweepOptions {
  readonly clock: Clock;
  /** Longest that a sweep starts new work, in milliseconds. */
  readonly budget: number;
  /** Most events that are tried. */
  readonly max: number;
  /** Events tried at once. */
  readonly workers: number;
  /** Whether events are only stored at the moment (the switch `hold_webhooks`). */
  readonly isHeld?: () => Promise<boolean>;
}

/** What a sweep did. */
export type SweepCounts = Readonly<Record<Exclude<SweptResult, "none">, number>>;

/**
 * Tries every event that is due, each in transactions of its own. Any number of sweeps may run at
 * once: they pass over each other's events.
 *
 * @param db The database.
 * @param options Its limits.
 * @returns How many events ended how.
 * @throws {DatabaseUnavailable} If the database went away.
 */
export async function sweepWebhooks(db: Database, options: SweepOptions): Promise<SweepCounts> {
  const { clock, budget, max, workers, isHeld } = options;
  const end = clock.now() + budget;
  const counts = { ok: 0, ignored: 0, failed: 0 };
  let started = 0;

  async function work(): Promise<void> {
    while (started < max && clock.now() < end) {
      started++;
      if (await isHeld?.()) return;
      const result = await processDueEvent(db);
      if (result === "none") return;
      counts[result]++;
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  return counts;
}
