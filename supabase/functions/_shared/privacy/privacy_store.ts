/** What the database does about people's data, one operation a function. */
import type { Transaction } from "@core/platform/database.ts";

/** A file that goes with a person's data. */
export interface ExportFile {
  readonly id: string;
  readonly claimId: string;
  /** Null while the claim is a draft. */
  readonly claimNumber: string | null;
  readonly bucket: string;
  readonly filePath: string;
  readonly name: string;
  readonly fileType: string;
  /** In bytes. */
  readonly fileSize: number;
  readonly createdAt: Date;
}

/**
 * The person's data for their download, which is written to the audit log.
 *
 * @param tx A transaction in the person's name.
 * @returns The data by table as JSON, or null if they did not ask for it, or too long ago.
 */
export async function openExport(tx: Transaction): Promise<string | null> {
  const [row] = await tx<{ data: string | null }[]>`
    select jsonb_pretty(private.open_export()) as data`;
  return row?.data ?? null;
}

/**
 * The files that go with it, by the person's own rights.
 *
 * @param tx A transaction in the person's name.
 */
export async function listExportFiles(tx: Transaction): Promise<readonly ExportFile[]> {
  return await tx<ExportFile[]>`
    select id, claim_id, claim_number, bucket, file_path, name, file_type,
           file_size::float8 as file_size, created_at
    from private.my_export_files()`;
}

/**
 * Requests to be forgotten whose day has come.
 *
 * @param tx A transaction of `service_cron`.
 */
export async function dueDeletions(
  tx: Transaction,
  at: Date,
  max: number,
): Promise<readonly string[]> {
  const rows = await tx<{ requestId: string }[]>`
    select request_id from private.due_deletions(${at}::timestamptz, ${max})`;
  return rows.map(({ requestId }) => requestId);
}

/**
 * Forgets the person who asked for it, all at once.
 *
 * @param tx A transaction of `service_cron`.
 * @returns False if it was taken back, or another run is at it.
 */
export async function carryOutDeletion(
  tx: Transaction,
  requestId: string,
  at: Date,
): Promise<boolean> {
  const [row] = await tx<{ done: boolean }[]>`
    select private.carry_out_deletion(${requestId}::uuid, ${at}::timestamptz) as done`;
  return row?.done === true;
}

/**
 * Closes downloads whose days are over.
 *
 * @param tx A transaction of `service_cron`.
 * @returns How many.
 */
export async function expireExports(tx: Transaction, at: Date): Promise<number> {
  const [row] = await tx<{ expired: number }[]>`
    select private.expire_exports(${at}::timestamptz)::int as expired`;
  return row?.expired ?? 0;
}
