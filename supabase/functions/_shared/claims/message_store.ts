/** The conversation on a claim. */
import type { Transaction } from "../platform/database.ts";

/** A message to be written. */
export interface NewMessage {
  /** Made by the page, so that the same message twice is one. */
  readonly id: string;
  readonly claimId: string;
  readonly body: string;
  /** A note that only staff read. */
  readonly isInternal?: boolean;
  /** Staff ask the member for a document; the text says which. */
  readonly isDocumentRequest?: boolean;
}

/**
 * Writes a message in the name of the transaction's person.
 *
 * @param tx A transaction in the person's name.
 * @param message What is written.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function writeMessage(tx: Transaction, message: NewMessage): Promise<void> {
  const { id, claimId, body, isInternal = false, isDocumentRequest = false } = message;
  await tx`
    insert into public.claim_messages (id, claim_id, body, is_internal, is_document_request)
    values (${id}, ${claimId}, ${body}, ${isInternal}, ${isDocumentRequest})
    on conflict (id) do nothing`;
}

/**
 * Notes that the person has the claim's conversation and its news before them.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 */
export async function markClaimRead(tx: Transaction, claimId: string): Promise<void> {
  await Promise.all([
    tx`select public.mark_messages_read(${claimId})`,
    tx`select public.mark_claim_notifications_read(${claimId})`,
  ]);
}

/**
 * How many messages of each claim the person has not read; claims without are left out.
 *
 * @param tx A transaction of the member or of staff.
 * @param claimIds The claims.
 */
export async function countUnread(
  tx: Transaction,
  claimIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (claimIds.length === 0) return new Map();
  const rows = await tx<{ claimId: string; unread: number }[]>`
    select claim_id, unread::int as unread from public.unread_messages(${[...claimIds]}::uuid[])`;
  return new Map(rows.map(({ claimId, unread }) => [claimId, unread]));
}
