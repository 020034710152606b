/** What the database knows of documents, one operation a function. */
import type { Transaction } from "@core/platform/database.ts";
import type { DocumentType } from "./document_types.ts";

/** The role in which uploads are decided and shared documents handed out. */
export const DOCUMENTS_ROLE = "service_documents";

/** A document that the person may read. */
export interface ReadableDocument {
  readonly id: string;
  readonly bucket: string;
  readonly filePath: string;
  readonly name: string;
  readonly fileType: DocumentType;
  /** In bytes. */
  readonly fileSize: number;
}

/** The document, or why it is not shown: `forbidden` inside the person's tenant, else `not_found`. */
export type FoundDocument =
  | ({ readonly outcome: "ok" } & ReadableDocument)
  | { readonly outcome: "forbidden" | "not_found" };

/** An upload of the person's own. */
export interface OwnUpload {
  readonly id: string;
  readonly bucket: string;
  readonly filePath: string;
  readonly name: string;
  /** As announced. */
  readonly fileType: DocumentType;
  /** As announced, in bytes. */
  readonly fileSize: number;
  readonly isConfirmed: boolean;
  readonly refusedReason: string | null;
  /** Whether the hour for uploading is over. */
  readonly isOver: boolean;
}

/** How a person opened a document. */
export type AccessAction = "document.download" | "document.view" | "document.signed_url_issued";

/** What the database said to a confirmation; anything else is why it was refused before. */
export type Confirmation =
  | "confirmed"
  | "not_uploaded"
  | "expired"
  | "changed"
  | "wrong_size"
  | "wrong_type"
  | "not_found"
  | (string & Record<never, never>);

/**
 * Whether the person's sign-in still counts. A token outlives its session by up to an hour.
 *
 * @param tx A transaction in the person's name.
 * @param sessionId The session that the token names.
 */
export async function sessionLives(tx: Transaction, sessionId: string | null): Promise<boolean> {
  const [row] = await tx<{ lives: boolean }[]>`
    select private.session_lives(${sessionId}::uuid) and exists (
      select from public.profiles where id = (select auth.uid()) and is_active
    ) as lives`;
  return row?.lives === true;
}

/**
 * The document if the person may read it. A refusal is written to the audit log: let the transaction
 * commit.
 *
 * @param tx A transaction in the person's name.
 * @param id The document.
 */
export async function findDocument(tx: Transaction, id: string): Promise<FoundDocument> {
  const [row] = await tx<FoundDocument[]>`
    select outcome, id, bucket, file_path, name, file_type, file_size
    from private.find_document(${id}::uuid)`;
  if (row === undefined) throw new Error("private.find_document returned no row");
  return row;
}

/**
 * Writes that the person opened a document; call it when it succeeded.
 *
 * @param tx A transaction in the person's name.
 * @returns False if the document was taken away meanwhile.
 */
export async function recordAccess(
  tx: Transaction,
  id: string,
  action: AccessAction,
  details: Readonly<Record<string, string | number>>,
): Promise<boolean> {
  const [row] = await tx<{ recorded: boolean }[]>`
    select private.record_document_access(${id}::uuid, ${action}, ${tx.json(details)}) as recorded`;
  return row?.recorded === true;
}

/**
 * An upload that the person announced, whatever became of it.
 *
 * @param tx A transaction in the person's name.
 */
export async function findOwnUpload(
  tx: Transaction,
  id: string,
  userId: string,
): Promise<OwnUpload | null> {
  const [row] = await tx<OwnUpload[]>`
    select id, bucket, file_path, name, file_type, file_size, confirmed_at is not null as is_confirmed,
           refused_reason, upload_expires_at <= now() as is_over
    from public.claim_documents
    where id = ${id}::uuid and uploaded_by = ${userId} and not is_deleted`;
  return row ?? null;
}

/**
 * Writes that somebody asked for a document that is not for them.
 *
 * @param tx A transaction in the person's name.
 * @returns Whether they may know that it is there.
 */
export async function noteRefusal(
  tx: Transaction,
  id: string,
): Promise<"forbidden" | "not_found"> {
  const [row] = await tx<{ outcome: "forbidden" | "not_found" }[]>`
    select private.note_refusal(${id}::uuid) as outcome`;
  return row?.outcome ?? "not_found";
}

/**
 * Which file lies in Storage for an upload that is awaited. Ask before reading it: what is confirmed
 * is the file that was looked at, and none that took its place meanwhile.
 *
 * @param tx A transaction of {@linkcode DOCUMENTS_ROLE}.
 * @returns The file's version, or null if there is none yet.
 */
export async function findUploadedVersion(
  tx: Transaction,
  id: string,
  userId: string,
): Promise<string | null> {
  const [row] = await tx<{ objectVersion: string }[]>`
    select object_version from private.find_upload(${id}::uuid, ${userId}::uuid)`;
  return row?.objectVersion ?? null;
}

/**
 * Confirms an upload whose file is what was announced; the database looks at the file's size and type
 * in Storage once more.
 *
 * @param tx A transaction of {@linkcode DOCUMENTS_ROLE}.
 */
export async function confirmUpload(
  tx: Transaction,
  upload: {
    readonly id: string;
    readonly userId: string;
    /** As {@linkcode findUploadedVersion} said before the file was read. */
    readonly version: string;
    readonly type: DocumentType;
    readonly sha256: string;
  },
): Promise<Confirmation> {
  const { id, userId, version, type, sha256 } = upload;
  const [row] = await tx<{ outcome: Confirmation }[]>`
    select private.confirm_document(
      ${id}::uuid, ${userId}::uuid, ${version}, ${type}, ${sha256}
    ) as outcome`;
  return row?.outcome ?? "not_found";
}

/**
 * Refuses an upload for good.
 *
 * @param tx A transaction of {@linkcode DOCUMENTS_ROLE}.
 * @returns False if it is not awaited any more: it was confirmed, refused or taken back meanwhile.
 */
export async function refuseUpload(
  tx: Transaction,
  id: string,
  userId: string,
  reason: string,
): Promise<boolean> {
  const [row] = await tx<{ refused: boolean }[]>`
    select private.refuse_document(${id}::uuid, ${userId}::uuid, ${reason}) as refused`;
  return row?.refused === true;
}
