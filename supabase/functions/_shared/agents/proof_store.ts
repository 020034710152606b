/** What the database knows of receipts of payments by hand. See `refusals.ts` for errors. */
import type { Transaction } from "../platform/database.ts";

/** Kinds of files that a receipt may be. */
export const PROOF_TYPES = [
  "application/pdf",
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/heic",
] as const;

/** One of {@linkcode PROOF_TYPES}. */
export type ProofType = typeof PROOF_TYPES[number];

/** Longest receipt, in bytes. */
export const MAX_PROOF_BYTES = 15 * 1024 * 1024;

/** A receipt that somebody may read. */
export interface Proof {
  readonly id: string;
  readonly leadId: string;
  readonly bucket: string;
  readonly filePath: string;
  readonly name: string;
  readonly fileType: ProofType;
  readonly fileSize: number;
}

/**
 * Says that a receipt is to be uploaded; Storage then takes it from its agent.
 *
 * @param tx A transaction in the name of the lead's agent.
 * @param file For which lead, and what it is.
 */
export async function announceProof(
  tx: Transaction,
  file: {
    readonly leadId: string;
    readonly name: string;
    readonly type: ProofType;
    readonly size: number;
  },
): Promise<Pick<Proof, "id" | "bucket" | "filePath">> {
  const { leadId, name, type, size } = file;
  const [row] = await tx<Pick<Proof, "id" | "bucket" | "filePath">[]>`
    select id, bucket, file_path
    from private.announce_proof(${leadId}::uuid, ${name}, ${type}, ${size})`;
  if (row === undefined) throw new Error("private.announce_proof returned no row");
  return row;
}

/**
 * Notes that an announced receipt is in its place.
 *
 * @param tx A transaction of the documents' role.
 * @param proof Which, whose, and the fingerprint of what was looked at.
 * @returns False if it is not there.
 */
export async function confirmProof(
  tx: Transaction,
  proof: { readonly id: string; readonly userId: string; readonly sha256: string },
): Promise<boolean> {
  const { id, userId, sha256 } = proof;
  const [row] = await tx<{ confirmed: boolean }[]>`
    select private.confirm_proof(${id}::uuid, ${userId}::uuid, ${sha256}) as confirmed`;
  return row?.confirmed === true;
}

/**
 * A receipt.
 *
 * @param tx A transaction in somebody's name.
 * @param id The receipt.
 * @returns Null if there is none that they may read.
 */
export async function readProof(tx: Transaction, id: string): Promise<Proof | null> {
  const [row] = await tx<Proof[]>`
    select id, lead_id, bucket, file_path, file_name as name, file_type, file_size
    from public.payment_proofs
    where id = ${id}::uuid and is_readable`;
  return row ?? null;
}

/**
 * Writes to the audit log that somebody opened a receipt, or was refused one.
 *
 * @param tx A transaction in the person's name.
 * @param id The receipt.
 * @param action How they opened it.
 */
export async function noteProofAccess(
  tx: Transaction,
  id: string,
  action: "document.view" | "document.download",
): Promise<void> {
  await tx`select private.note_proof_access(${id}::uuid, ${action})`;
}
