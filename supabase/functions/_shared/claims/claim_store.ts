/** Reading claims. Row level security is the guard; each query also says whose claims it wants. */
import type { Transaction } from "../platform/database.ts";
import type { Claim } from "./claim.ts";

/** Where a page of claims begins: behind this one. */
export interface ClaimPlace {
  /** Its `created_at` in UTC with microseconds. */
  readonly time: string;
  readonly id: string;
}

/** A claim in a member's list. */
export interface ListedClaim extends Claim {
  /** Its `created_at`, as a place in the list. */
  readonly place: string;
  /** Messages of ours that the member has not read. */
  readonly unread: number;
  /** Documents that staff ask for and nobody has sent. */
  readonly asked: number;
}

const columns = (tx: Transaction) =>
  tx`
  c.id, c.tenant_id, c.claim_number, c.member_id, c.agent_id, c.branch_id, c.assigned_to, c.title,
  c.company, c.description, c.category, c.incident_date::text as incident_date, c.amount_cents,
  c.currency::text as currency, c.status, c.status_reason, c.status_changed_at, c.submitted_at,
  c.closed_at, c.is_submitted, c.is_open, c.last_update_at, c.created_at, c.updated_at`;

/**
 * A claim that the person of the transaction may see, whoever they are.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 * @returns The claim, or null if there is none for them.
 */
export async function readClaim(tx: Transaction, claimId: string): Promise<Claim | null> {
  const [row] = await tx<Claim[]>`
    select ${columns(tx)} from public.claims c where c.id = ${claimId}`;
  return row ?? null;
}

/**
 * A member's own claim.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param claimId The claim.
 */
export async function readOwnClaim(
  tx: Transaction,
  memberId: string,
  claimId: string,
): Promise<Claim | null> {
  const [row] = await tx<Claim[]>`
    select ${columns(tx)} from public.claims c
    where c.id = ${claimId} and c.member_id = ${memberId}`;
  return row ?? null;
}

/**
 * A member's drafts, the one last worked on first.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 */
export async function readDrafts(tx: Transaction, memberId: string): Promise<Claim[]> {
  return await tx<Claim[]>`
    select ${columns(tx)} from public.claims c
    where c.member_id = ${memberId} and c.status = 'draft'
    order by c.updated_at desc, c.id desc
    limit 50`;
}

/**
 * A page of the claims that a member sent, the latest first.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param after Where the page begins; null for the first.
 * @param perPage Claims of a page; one more is read, to know whether there are more.
 */
export async function readSentClaims(
  tx: Transaction,
  memberId: string,
  after: ClaimPlace | null,
  perPage: number,
): Promise<ListedClaim[]> {
  return await tx<ListedClaim[]>`
    select ${columns(tx)},
      to_char(c.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place,
      (select count(*)::int from public.claim_messages m
       where m.claim_id = c.id and m.read_at is null and not m.is_internal
         and m.sender_role <> 'member') as unread,
      (select count(*)::int from public.claim_messages m
       where m.claim_id = c.id and m.is_document_request and m.fulfilled_at is null) as asked
    from public.claims c
    where c.member_id = ${memberId} and c.is_submitted
      ${after === null ? tx`` : tx`and (c.created_at, c.id) < (${after.time}, ${after.id})`}
    order by c.created_at desc, c.id desc
    limit ${perPage + 1}`;
}

/**
 * What changes whenever something happens on a claim that this person may see; nothing else does.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 * @returns The mark, or null if they may not see the claim.
 */
export async function readClaimMark(tx: Transaction, claimId: string): Promise<string | null> {
  const [row] = await tx<{ mark: string }[]>`
    select concat_ws(' ',
      c.status, extract(epoch from c.status_changed_at),
      (select count(*) from public.claim_stage_history h where h.claim_id = c.id),
      (select count(*) from public.claim_messages m where m.claim_id = c.id),
      (select count(*) filter (where d.is_readable) from public.claim_documents d
       where d.claim_id = c.id)) as mark
    from public.claims c
    where c.id = ${claimId}`;
  return row === undefined ? null : await shortened(row.mark);
}

/** The mark stands in addresses, where it needs no meaning. */
async function shortened(mark: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(mark));
  return new Uint8Array(digest).toHex().slice(0, 16);
}
