/** Reads what happened on a claim. */
import type { Transaction } from "../platform/database.ts";
import type { ClaimStatus } from "./claim.ts";
import type {
  ClaimRecord,
  DocumentCategory,
  DocumentEntry,
  MessageEntry,
  StageEntry,
} from "./timeline.ts";

/** Messages and moves that a page shows; the whole of it on request. */
const SHOWN = 150;
const SHOWN_AT_MOST = 2_000;

interface StageRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly changedBy: string | null;
  readonly changedByRole: string;
  readonly changedByName: string | null;
  readonly fromStatus: ClaimStatus | null;
  readonly toStatus: ClaimStatus;
  readonly isAssignment: boolean;
  readonly assignedFromName: string | null;
  readonly assignedToName: string | null;
  readonly isPublic: boolean;
  readonly note: string | null;
}

interface MessageRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly senderId: string;
  readonly senderRole: string;
  readonly senderName: string;
  readonly body: string;
  readonly isInternal: boolean;
  readonly isDocumentRequest: boolean;
  readonly fulfilledAt: Date | null;
  readonly readAt: Date | null;
}

interface DocumentRow {
  readonly id: string;
  readonly claimId: string;
  readonly createdAt: Date;
  readonly uploadedBy: string;
  readonly uploadedByRole: string;
  readonly uploadedByName: string;
  readonly name: string;
  readonly fileType: string;
  readonly fileSize: number;
  readonly category: DocumentCategory;
  readonly requestId: string | null;
  readonly isReadable: boolean;
}

/**
 * Everything that happened on a claim, as far as the person of the transaction may see it.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 * @param whole Whether to read back to the beginning of a long one.
 */
export async function readClaimRecord(
  tx: Transaction,
  claimId: string,
  whole = false,
): Promise<ClaimRecord> {
  const most = whole ? SHOWN_AT_MOST : SHOWN;
  const [stages, messages, documents] = await Promise.all([
    readStages(tx, claimId, most),
    readMessages(tx, claimId, most),
    readDocuments(tx, claimId),
  ]);
  return {
    stages: stages.slice(0, most).reverse(),
    messages: messages.slice(0, most).reverse(),
    documents,
    hasEarlier: stages.length > most || messages.length > most,
  };
}

/** The moves, the latest first, one more than asked for if there are more. */
async function readStages(tx: Transaction, claimId: string, most: number): Promise<StageEntry[]> {
  const rows = await tx<StageRow[]>`
    select h.id, h.created_at, h.changed_by, h.changed_by_role, h.from_status, h.to_status,
      h.is_assignment, h.is_public, h.note, by.full_name as changed_by_name,
      was.full_name as assigned_from_name, now.full_name as assigned_to_name
    from public.claim_stage_history h
    left join public.profiles by on by.id = h.changed_by
    left join public.profiles was on was.id = h.assigned_from
    left join public.profiles now on now.id = h.assigned_to
    where h.claim_id = ${claimId}
    order by h.created_at desc, h.id desc
    limit ${most + 1}`;
  return rows.map((row) => ({
    id: row.id,
    at: row.createdAt,
    by: { id: row.changedBy, role: row.changedByRole, name: row.changedByName },
    from: row.fromStatus,
    to: row.toStatus,
    isAssignment: row.isAssignment,
    assignedFrom: row.assignedFromName,
    assignedTo: row.assignedToName,
    isPublic: row.isPublic,
    note: row.note,
  }));
}

async function readMessages(
  tx: Transaction,
  claimId: string,
  most: number,
): Promise<MessageEntry[]> {
  const rows = await tx<MessageRow[]>`
    select id, created_at, sender_id, sender_role, sender_name, body, is_internal,
      is_document_request, fulfilled_at, read_at
    from public.claim_messages
    where claim_id = ${claimId}
    order by created_at desc, id desc
    limit ${most + 1}`;
  return rows.map((row) => ({
    id: row.id,
    at: row.createdAt,
    by: { id: row.senderId, role: row.senderRole, name: row.senderName || null },
    body: row.body,
    isInternal: row.isInternal,
    isDocumentRequest: row.isDocumentRequest,
    fulfilledAt: row.fulfilledAt,
    readAt: row.readAt,
  }));
}

/**
 * The documents of a claim that can be read, the oldest first.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 */
export async function readDocuments(tx: Transaction, claimId: string): Promise<DocumentEntry[]> {
  const rows = await tx<DocumentRow[]>`
    select id, claim_id, coalesce(confirmed_at, created_at) as created_at, uploaded_by,
      uploaded_by_role, uploaded_by_name, name, coalesce(detected_type, file_type) as file_type,
      file_size, category, request_id, is_readable
    from public.claim_documents
    where claim_id = ${claimId} and is_readable
    order by created_at, id
    limit 200`;
  return rows.map(documentOf);
}

/** A row of `claim_documents` as pages show it. */
export function documentOf(row: DocumentRow): DocumentEntry {
  const { uploadedBy, uploadedByRole, uploadedByName, createdAt, ...rest } = row;
  return {
    ...rest,
    at: createdAt,
    by: { id: uploadedBy, role: uploadedByRole, name: uploadedByName || null },
  };
}
