/** Documents of claims: announced, listed, deleted, and who opened them. */
import type { Transaction } from "../platform/database.ts";
import type { DocumentAccess, DocumentCategory, DocumentEntry } from "./timeline.ts";
import { documentOf } from "./timeline_store.ts";

/** A file that somebody is about to send. */
export interface Announcement {
  /** Made by the browser, so that a second try is the same document. */
  readonly id: string;
  readonly claimId: string;
  readonly name: string;
  /** Media type. */
  readonly fileType: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly category: DocumentCategory;
  /** Request that it answers. */
  readonly requestId: string | null;
}

/** Where Storage takes an announced file. */
export interface AwaitedUpload {
  readonly id: string;
  readonly bucket: string;
  readonly filePath: string;
  readonly fileType: string;
  readonly fileSize: number;
  /** Whether the file is still awaited; else it is there, was refused, or was deleted. */
  readonly isPending: boolean;
  readonly isReadable: boolean;
}

/** A document with the claim that it belongs to. */
export interface OwnDocument extends DocumentEntry {
  readonly claimNumber: string | null;
  readonly claimTitle: string;
  readonly claimStatus: string;
  readonly place: string;
}

/**
 * Announces a file. The same announcement twice is one.
 *
 * @param tx A transaction in the uploader's name.
 * @param file What is coming.
 * @returns Where it goes, or null if the id is somebody else's document or one of another claim.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function announceDocument(
  tx: Transaction,
  file: Announcement,
): Promise<AwaitedUpload | null> {
  await tx`
    insert into public.claim_documents
      (id, claim_id, name, file_type, file_size, category, request_id)
    values (${file.id}, ${file.claimId}, ${file.name}, ${file.fileType}, ${file.fileSize},
            ${file.category}, ${file.requestId})
    on conflict (id) do nothing`;
  const upload = await readUpload(tx, file.claimId, file.id);
  const same = upload?.fileType === file.fileType && upload.fileSize === file.fileSize;
  return same ? upload : null;
}

/**
 * An upload of one's own.
 *
 * @param tx A transaction in the uploader's name.
 * @param claimId The claim.
 * @param documentId The document.
 */
export async function readUpload(
  tx: Transaction,
  claimId: string,
  documentId: string,
): Promise<AwaitedUpload | null> {
  const [row] = await tx<AwaitedUpload[]>`
    select id, bucket, file_path, file_type, file_size, is_pending, is_readable
    from public.claim_documents
    where id = ${documentId} and claim_id = ${claimId} and uploaded_by = (select auth.uid())`;
  return row ?? null;
}

/**
 * Deletes a document: the uploader while the claim is a draft or the upload is not finished, staff
 * later with a reason.
 *
 * @param tx A transaction in the person's name.
 * @param documentId The document.
 * @param reason Why; staff need one.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function deleteDocument(
  tx: Transaction,
  documentId: string,
  reason: string | null = null,
): Promise<void> {
  await tx`select public.delete_document(${documentId}, ${reason})`;
}

const OWN = (tx: Transaction) =>
  tx`
  d.id, d.claim_id, coalesce(d.confirmed_at, d.created_at) as created_at, d.uploaded_by,
  d.uploaded_by_role, d.uploaded_by_name, d.name, coalesce(d.detected_type, d.file_type) as file_type,
  d.file_size, d.category, d.request_id, d.is_readable,
  c.claim_number, c.title as claim_title, c.status as claim_status,
  to_char(d.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place`;

/**
 * A page of the documents of a member's claims, the latest first.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param after Where the page begins; null for the first.
 * @param perPage Documents of a page; one more is read.
 */
export async function readOwnDocuments(
  tx: Transaction,
  memberId: string,
  after: { readonly time: string; readonly id: string } | null,
  perPage: number,
): Promise<OwnDocument[]> {
  const rows = await tx<(Parameters<typeof documentOf>[0] & OwnDocument)[]>`
    select ${OWN(tx)}
    from public.claim_documents d
    join public.claims c on c.id = d.claim_id and c.tenant_id = d.tenant_id
    where d.member_id = ${memberId} and d.is_readable
      ${after === null ? tx`` : tx`and (d.created_at, d.id) < (${after.time}, ${after.id})`}
    order by d.created_at desc, d.id desc
    limit ${perPage + 1}`;
  return rows.map((row) => ({ ...row, ...documentOf(row) }));
}

/**
 * A document of one of a member's claims.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param documentId The document.
 */
export async function readOwnDocument(
  tx: Transaction,
  memberId: string,
  documentId: string,
): Promise<OwnDocument | null> {
  const [row] = await tx<(Parameters<typeof documentOf>[0] & OwnDocument)[]>`
    select ${OWN(tx)}
    from public.claim_documents d
    join public.claims c on c.id = d.claim_id and c.tenant_id = d.tenant_id
    where d.id = ${documentId} and d.member_id = ${memberId} and d.is_readable`;
  return row === undefined ? null : { ...row, ...documentOf(row) };
}

/**
 * Who opened a document, the latest first.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param documentId The document.
 */
export async function readDocumentAccesses(
  tx: Transaction,
  documentId: string,
): Promise<DocumentAccess[]> {
  return await tx<DocumentAccess[]>`
    select accessed_at, action, accessed_by_role, accessed_by_name, is_me
    from public.document_accesses(${documentId})
    limit 500`;
}
