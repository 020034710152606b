/** The job `privacy`: forgets people whose day has come, and closes downloads that are over. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";
import { carryOutDeletion, dueDeletions, expireExports } from "./privacy_store.ts";

/** People of one listing. */
const LISTED_AT_ONCE = 100;

/** What a run did. */
export interface PrivacyRunCounts {
  readonly forgotten: number;
  readonly expired: number;
  readonly [count: string]: number;
}

/**
 * Runs the job once. Each person is one transaction: a run that is killed leaves people as they were,
 * and the next one goes on. Files of those who were forgotten are removed by the job `documents`.
 *
 * @param db The database.
 * @param limits The clock, and for how many milliseconds new work is begun.
 * @returns How many people were forgotten and downloads closed.
 * @throws {AppError} If the database is away.
 */
export async function runPrivacy(
  db: Database,
  { clock, budget }: { readonly clock: Clock; readonly budget: number },
): Promise<PrivacyRunCounts> {
  const end = clock.now() + budget;
  const at = new Date(clock.now());
  const expired = await db.asService("service_cron", (tx) => expireExports(tx, at));
  let forgotten = 0;
  for (let more = true; more && clock.now() < end;) {
    const due = await db.asService("service_cron", (tx) => dueDeletions(tx, at, LISTED_AT_ONCE));
    let done = 0;
    for (const id of due) {
      if (clock.now() >= end) break;
      if (await db.asService("service_cron", (tx) => carryOutDeletion(tx, id, at))) done += 1;
    }
    forgotten += done;
    // Those that another run is at would be listed again.
    more = due.length === LISTED_AT_ONCE && done > 0;
  }
  return { forgotten, expired };
}
