/** Removes files that nobody may read again: never confirmed, refused, deleted, or without a row. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";
import { type KeeperEnv, removeFiles } from "./storage_keeper.ts";

/** In milliseconds: whoever began to look at a file before its time was over may come to an end. */
const GRACE = 5 * 60_000;

/** Limits of one sweep. */
export interface DocumentSweepOptions {
  /** The time in milliseconds since 1970. */
  readonly now: number;
  /** Most files that are removed. */
  readonly max: number;
}

/** What a sweep did. */
export interface DocumentSweepCounts {
  readonly found: number;
  readonly removed: number;
}

/**
 * Removes what is due through Storage, so that bytes and rows go together. Any number of sweeps may
 * run at once, and one that is cut off is taken up by the next: what is removed is not found again.
 *
 * @param db The database.
 * @param env Which Storage.
 * @param options Its limits.
 * @returns How many files were found and how many of them this sweep removed.
 * @throws {AppError} If the database or Storage is away.
 */
export async function sweepDocuments(
  db: Database,
  env: KeeperEnv,
  { now, max }: DocumentSweepOptions,
): Promise<DocumentSweepCounts> {
  const orphans = await db.asService(
    "service_cron",
    (tx) =>
      tx<{ bucket: string; filePath: string }[]>`
        select bucket, file_path
        from private.document_orphans(${new Date(now - GRACE)}::timestamptz, ${max})`,
  );
  const due = orphans.slice(0, max);
  let removed = 0;
  for (const [bucket, files] of Map.groupBy(due, (orphan) => orphan.bucket)) {
    removed += await removeFiles(env, bucket, files.map((file) => file.filePath));
  }
  return { found: due.length, removed };
}

/** Most files of one listing. */
const SWEPT_AT_ONCE = 500;

/**
 * Sweeps until nothing is left or the time is over.
 *
 * @param db The database.
 * @param env Which Storage.
 * @param limits The clock, and for how many milliseconds new work is begun.
 * @returns How many files were found and how many removed.
 * @throws {AppError} If the database or Storage is away.
 */
export async function sweepAllDocuments(
  db: Database,
  env: KeeperEnv,
  { clock, budget }: { readonly clock: Clock; readonly budget: number },
): Promise<DocumentSweepCounts> {
  const end = clock.now() + budget;
  const total = { found: 0, removed: 0 };
  for (let more = true; more && clock.now() < end;) {
    const { found, removed } = await sweepDocuments(db, env, {
      now: clock.now(),
      max: SWEPT_AT_ONCE,
    });
    total.found += found;
    total.removed += removed;
    // What Storage keeps would be listed again.
    more = found === SWEPT_AT_ONCE && removed > 0;
  }
  return total;
}
