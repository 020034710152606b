/**
 * The job `audit`: seals what was written to the audit log since, gives the chain's head to Storage and
 * to the log, and compares a part of the chain with the log.
 */
import type { Database, Work } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import {
  type BrokenSeal,
  headToExport,
  noteHeadExported,
  sealAudit,
  verifyNext,
} from "./audit_store.ts";
import { exportHead, type HeadsEnv } from "./heads.ts";

/** Rows of one transaction: some hundred milliseconds. */
const SEALED_AT_ONCE = 5_000;
const VERIFIED_AT_ONCE = 20_000;

/** What a run did. */
export interface AuditRunCounts {
  readonly sealed: number;
  readonly exported: number;
  readonly [count: string]: number;
}

/**
 * Runs the job once. Any number of runs may overlap: one seals at a time.
 *
 * @param deps Environment, database, clock and log.
 * @param budget Longest that it begins new work, in milliseconds.
 * @returns How many rows were sealed and heads exported.
 * @throws {AppError} `audit_log_broken` (500) if the log is not as it was sealed, after sealing and
 * exporting went on; `storage_unavailable` (503).
 */
export async function runAudit(
  { env, db, clock, log }: Pick<FunctionDeps, "db" | "clock" | "log"> & { readonly env: HeadsEnv },
  budget: number,
): Promise<AuditRunCounts> {
  const end = clock.now() + budget;
  let sealed = 0;
  for (let more = true; more && clock.now() < end;) {
    const now = await asCron(db, (tx) => sealAudit(tx, SEALED_AT_ONCE));
    sealed += now;
    more = now === SEALED_AT_ONCE;
  }
  const head = await asCron(db, headToExport);
  if (head !== null) {
    await exportHead(env, head);
    await asCron(db, (tx) => noteHeadExported(tx, head));
    // The log is kept elsewhere, by somebody else: a second witness.
    log.info("audit chain head", {
      position: head.position,
      chainHash: head.chainHash,
      sealedAt: head.sealedAt.toISOString(),
    });
  }
  const { broken } = await asCron(db, (tx) => verifyNext(tx, VERIFIED_AT_ONCE));
  if (broken !== null) throw brokenLog(broken);
  return { sealed, exported: head === null ? 0 : 1 };
}

function asCron<T>(db: Database, work: Work<T>): Promise<T> {
  return db.asService("service_cron", work);
}

function brokenLog({ problem, position, seq }: BrokenSeal): AppError {
  const where = [
    position === null ? "" : ` at place ${position}`,
    seq === null ? "" : ` (row ${seq})`,
  ].join("");
  return new AppError({
    code: "audit_log_broken",
    status: 500,
    message: `The audit log is not as it was sealed: ${problem}${where}.`,
    cause: new Error(`audit log: ${problem}${where}`),
  });
}
