/** Writes counts of requests to `private.request_minutes`. */
import type postgres from "postgres";
import type { Transaction } from "./database.ts";
import type { RequestMinute } from "./request_log.ts";

/**
 * Adds counts to those of their minutes.
 *
 * @param tx A transaction of the site's or the jobs' role.
 * @param minutes What was counted.
 */
export async function addRequestMinutes(
  tx: Transaction,
  minutes: readonly RequestMinute[],
): Promise<void> {
  await tx`
    select private.add_request_minutes(${tx.json(minutes as unknown as postgres.JSONValue)})`;
}

/** Deletes counts older than 35 days; returns how many rows. */
export async function pruneRequestMinutes(tx: Transaction): Promise<number> {
  const [row] = await tx<{ gone: number }[]>`
    select private.prune_request_minutes()::int as gone`;
  return row?.gone ?? 0;
}
