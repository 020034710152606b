/** Goes through memberships that are due a look, some in each transaction, until none is left. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import { type Instant, instantAt } from "@core/platform/instant.ts";

/** Memberships looked at in one transaction. */
export const LOOKS_AT_ONCE = 500;

/** Limits of one run. */
export interface LookLimits {
  readonly clock: Clock;
  /** Longest that new work is started, in milliseconds. */
  readonly budget: number;
}

/** What one transaction did. */
export interface Look {
  /** How many memberships it looked at. */
  readonly looked: number;
  /** Whether any is due still: more than one transaction takes, or held by somebody else. */
  readonly isLeft: boolean;
}

/** So often what others hold is waited for; then the next run finds it. */
const MAX_WAITS = 10;
const WAIT = 100;

/**
 * Looks until nothing is left or the time is over. What another job or a webhook is at in this moment
 * is passed over and looked at a little later.
 *
 * @param db The database.
 * @param limits The clock, and for how long.
 * @param look One transaction's work.
 * @param done Told what each did.
 */
export async function lookAround<L extends Look>(
  db: Database,
  { clock, budget }: LookLimits,
  look: (tx: Transaction, at: Instant) => Promise<L>,
  done: (did: L) => void,
): Promise<void> {
  const end = clock.now() + budget;
  for (let waits = 0; waits < MAX_WAITS && clock.now() < end;) {
    const at = instantAt(clock.now());
    const did = await db.asService("service_cron", (tx) => look(tx, at));
    done(did);
    if (!did.isLeft) return;
    if (did.looked === LOOKS_AT_ONCE) continue;
    waits++;
    await clock.wait(WAIT);
  }
}
