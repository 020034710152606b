/** Share packs: made, listed, taken back, and opened by their recipients. */
import type { Transaction } from "../platform/database.ts";
import type { OpenedPack, PackAccess, SharedDocument, SharePack } from "./share_pack.ts";

/** A link to be made. */
export interface NewSharePack {
  readonly claimId: string;
  /** 1 to 20, in the order in which they are listed. */
  readonly documentIds: readonly string[];
  /** SHA-256 of the key, lower-case hex. */
  readonly tokenHash: string;
  /** At most 30 days from now. */
  readonly expiresAt: Date;
  /** 4 to 12 digits, or null for none. */
  readonly pin: string | null;
  /** For whom it is, in words. */
  readonly recipient: string | null;
}

/**
 * Makes a link.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param pack What it hands out.
 * @returns Its id.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`. A key that was used before is a `23505`.
 */
export async function createSharePack(tx: Transaction, pack: NewSharePack): Promise<string> {
  const { claimId, documentIds, tokenHash, expiresAt, pin, recipient } = pack;
  const [row] = await tx<{ id: string }[]>`
    select public.create_share_pack(
      ${claimId}, ${[...documentIds]}::uuid[], ${tokenHash}, ${expiresAt}, ${pin}, ${recipient}
    ) as id`;
  if (row === undefined) throw new Error("create_share_pack returned no row");
  return row.id;
}

/**
 * Takes a link back.
 *
 * @param tx A transaction of its creator, the claim's member, or staff.
 * @param packId The link.
 * @returns Whether there was one to take back.
 */
export async function revokeSharePack(tx: Transaction, packId: string): Promise<boolean> {
  const [row] = await tx<{ revoked: boolean }[]>`
    select public.revoke_share_pack(${packId}) as revoked`;
  return row?.revoked ?? false;
}

type PackRow = Omit<SharePack, "documents" | "accesses">;
interface AccessRow {
  readonly packId: string;
  readonly action: PackAccess["action"];
  readonly document: string | null;
  readonly createdAt: Date;
}

/**
 * The links of a claim with what became of them, the latest first.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param claimId The claim.
 */
export async function readSharePacks(tx: Transaction, claimId: string): Promise<SharePack[]> {
  const [packs, documents, accesses] = await Promise.all([
    tx<PackRow[]>`
      select id, recipient, has_pin, pin_failures, expires_at, revoked_at, created_at
      from public.share_packs
      where claim_id = ${claimId}
      order by created_at desc, id desc
      limit 50`,
    tx<{ packId: string; name: string }[]>`
      select s.pack_id, d.name
      from public.share_pack_documents s
      join public.share_packs p on p.id = s.pack_id
      join public.claim_documents d on d.id = s.document_id
      where p.claim_id = ${claimId}
      order by s.pack_id, s.position`,
    tx<AccessRow[]>`
      select a.pack_id, a.action, d.name as document, a.created_at
      from public.share_pack_accesses a
      join public.share_packs p on p.id = a.pack_id
      left join public.claim_documents d on d.id = a.document_id
      where p.claim_id = ${claimId}
      order by a.created_at desc
      limit 500`,
  ]);
  return packs.map((pack) => ({
    ...pack,
    documents: documents.filter(({ packId }) => packId === pack.id).map(({ name }) => name),
    accesses: accesses.filter(({ packId }) => packId === pack.id)
      .map(({ action, document, createdAt }) => ({ action, document, at: createdAt })),
  }));
}

interface OpenedRow {
  readonly outcome: OpenedPack["outcome"];
  readonly senderName: string | null;
  readonly recipient: string | null;
  readonly expiresAt: Date | null;
  readonly documents: readonly Record<string, unknown>[] | null;
}

/**
 * Opens a link, which is noted. Let the transaction commit whatever the answer is: wrong PINs count.
 *
 * @param tx A transaction of a visitor.
 * @param tokenHash SHA-256 of the key, lower-case hex.
 * @param pin What the recipient typed, or null.
 */
export async function openSharePack(
  tx: Transaction,
  tokenHash: string,
  pin: string | null,
): Promise<OpenedPack> {
  const [row] = await tx<OpenedRow[]>`
    select outcome, sender_name, recipient, expires_at, documents
    from private.open_share_pack(${tokenHash}, ${pin})`;
  if (row === undefined || row.outcome !== "ok" || row.expiresAt === null) {
    return { outcome: row === undefined || row.outcome === "ok" ? "gone" : row.outcome };
  }
  return {
    outcome: "ok",
    senderName: row.senderName ?? "",
    recipient: row.recipient,
    expiresAt: row.expiresAt,
    documents: (row.documents ?? []).map(sharedDocument),
  };
}

/** JSON keeps the database's names. */
function sharedDocument(row: Record<string, unknown>): SharedDocument {
  return {
    position: Number(row["position"]),
    name: String(row["name"]),
    fileType: String(row["file_type"]),
    fileSize: Number(row["file_size"]),
  };
}
