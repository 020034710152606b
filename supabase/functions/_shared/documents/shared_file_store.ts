/** Files that links hand out, and that they did; what links are is `@core/claims/share_pack_store.ts`. */
import type { Transaction } from "@core/platform/database.ts";
import type { DocumentType } from "./document_types.ts";

/**
 * What a link leads to: `gone` if it is unknown, over or was taken back; `locked` after five wrong
 * PINs. Wrong PINs count only if the transaction commits.
 */
export type ShareOutcome = "ok" | "gone" | "pin_required" | "wrong_pin" | "locked";

/** Where a shared document lies. */
export type SharedFile =
  | {
    readonly outcome: "ok";
    readonly bucket: string;
    readonly filePath: string;
    readonly name: string;
    readonly fileType: DocumentType;
    readonly fileSize: number;
  }
  | { readonly outcome: Exclude<ShareOutcome, "ok"> };

/** A PIN as it is chosen. */
export const SHARE_PIN = /^[0-9]{4,12}$/;

/**
 * Where a document that a link hands out lies.
 *
 * @param tx A transaction of `service_documents`.
 * @param place Its place in the list.
 */
export async function findSharedFile(
  tx: Transaction,
  tokenHash: string,
  pin: string | null,
  place: number,
): Promise<SharedFile> {
  const [row] = await tx<SharedFile[]>`
    select outcome, bucket, file_path, name, file_type, file_size
    from private.open_share_pack_document(${tokenHash}, ${pin}, ${place})`;
  if (row === undefined) throw new Error("private.open_share_pack_document returned no row");
  return row;
}

/**
 * Writes that the recipient of a link opened a document; call it when it succeeded.
 *
 * @param tx A transaction of `service_documents`.
 */
export async function recordShareAccess(
  tx: Transaction,
  tokenHash: string,
  place: number,
  action: "viewed" | "downloaded",
): Promise<void> {
  await tx`select private.record_share_pack_access(${tokenHash}, ${place}, ${action})`;
}
