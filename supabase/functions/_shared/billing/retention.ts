/** What is old is taken down to what accounting needs, or deleted. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";

/** How much was pruned. */
export interface RetentionCounts {
  /** Events of which a summary is left. */
  readonly pruned: number;
  /** Forged and unreadable deliveries that are gone. */
  readonly deleted: number;
  /** Rows of `cron_runs` that are gone. */
  readonly runs: number;
}

const BATCH = 1_000;

/**
 * Prunes in batches until nothing old is left or the time is over; the next night goes on.
 *
 * @param db The database.
 * @param limits The clock, and for how long new batches are begun, in milliseconds.
 * @returns How much was pruned.
 */
export async function pruneOld(
  db: Database,
  { clock, budget }: { readonly clock: Clock; readonly budget: number },
): Promise<RetentionCounts> {
  const end = clock.now() + budget;
  let pruned = 0;
  let deleted = 0;
  for (let more = true; more && clock.now() < end;) {
    const batch = await db.asService("service_cron", async (tx) => {
      const [row] = await tx<{ pruned: number; deleted: number }[]>`
        select pruned, deleted from private.prune_webhook_events(${BATCH})`;
      return row ?? { pruned: 0, deleted: 0 };
    });
    pruned += batch.pruned;
    deleted += batch.deleted;
    more = batch.pruned + batch.deleted > 0;
  }
  const runs = await db.asService("service_cron", async (tx) => {
    const { count } = await tx`
      delete from public.cron_runs where started_at < now() - interval '90 days'`;
    return count;
  });
  return { pruned, deleted, runs };
}
