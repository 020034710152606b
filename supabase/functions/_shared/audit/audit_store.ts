/** What the database does for the audit chain, one operation a function. */
import type { Transaction } from "@core/platform/database.ts";
import type { AuditHead, SealedHead } from "./heads.ts";

/** A row of the audit log, or a seal, that is not as it was. */
export interface BrokenSeal {
  /** Its place in the chain; null for a row that has none. */
  readonly position: number | null;
  /** The row's number; null for a seal that is missing. */
  readonly seq: number | null;
  /** edited, deleted, reordered, inserted, chain_altered, cut or rewritten. */
  readonly problem: string;
}

/**
 * Seals rows that are not sealed yet.
 *
 * @param tx A transaction of `service_cron`.
 * @param max At most so many.
 * @returns How many; 0 also while another run is at it.
 */
export async function sealAudit(tx: Transaction, max: number): Promise<number> {
  const [row] = await tx<{ sealed: number }[]>`
    select sealed::int from private.seal_audit(${max})`;
  return row?.sealed ?? 0;
}

/** The newest head, if it is not outside of the database yet. */
export async function headToExport(tx: Transaction): Promise<SealedHead | null> {
  const [row] = await tx<SealedHead[]>`
    select position::float8 as position, chain_hash, sealed_at from private.head_to_export()`;
  return row ?? null;
}

/** Notes that a head was exported. */
export async function noteHeadExported(tx: Transaction, { position }: AuditHead): Promise<void> {
  await tx`select private.note_head_exported(${position}::bigint)`;
}

/**
 * Compares the next part of the chain with the log.
 *
 * @param tx A transaction of `service_cron`.
 * @param max At most so many rows.
 * @returns Up to where, and the first thing that is wrong.
 */
export async function verifyNext(
  tx: Transaction,
  max: number,
): Promise<{ readonly verifiedTo: number; readonly broken: BrokenSeal | null }> {
  const [row] = await tx<({ verifiedTo: number } & BrokenSeal)[]>`
    select verified_to::float8 as verified_to, position::float8 as position, seq::float8 as seq,
           problem
    from private.verify_next(${max})`;
  if (row === undefined) throw new Error("private.verify_next returned no row");
  const { verifiedTo, position, seq, problem } = row;
  return { verifiedTo, broken: problem === null ? null : { position, seq, problem } };
}
