/** Drafts: begun, edited and sent by their member. */
import type { Transaction } from "../platform/database.ts";
import type { Claim, ClaimCategory } from "./claim.ts";
import { readOwnClaim } from "./claim_store.ts";

/** What a step of the form changes. */
export interface DraftChange {
  readonly category?: ClaimCategory;
  readonly title?: string;
  readonly company?: string;
  readonly description?: string;
  /** `2026-11-23`, or null for not told. */
  readonly incidentDate?: string | null;
  readonly amountCents?: number | null;
}

/**
 * The id of a member's next claim. The same for every page that is opened before it exists, so that
 * two tabs, a doubled press and the way back lead to one draft.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 */
export async function nextClaimId(tx: Transaction, memberId: string): Promise<string> {
  const [row] = await tx<{ claims: number }[]>`
    select count(*)::int as claims from public.claims where member_id = ${memberId}`;
  const text = `claim ${memberId} ${row?.claims ?? 0}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const hex = new Uint8Array(digest).toHex();
  // Version 8, "custom", of RFC 9562.
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

/**
 * Begins a draft; one that exists already is left as it is.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param claimId Id of the claim, made by the page.
 * @returns The claim, or null if the id belongs to somebody else's.
 */
export async function beginDraft(
  tx: Transaction,
  memberId: string,
  claimId: string,
): Promise<Claim | null> {
  await tx`
    insert into public.claims (id) values (${claimId})
    on conflict (id) do nothing`;
  return await readOwnClaim(tx, memberId, claimId);
}

/**
 * Changes a draft.
 *
 * @param tx A transaction in the member's name.
 * @param memberId The member.
 * @param claimId The draft.
 * @param change What to change; what is left out stays.
 * @returns Whether there was such a draft.
 */
export async function editDraft(
  tx: Transaction,
  memberId: string,
  claimId: string,
  change: DraftChange,
): Promise<boolean> {
  const names = Object.keys(change) as (keyof DraftChange & string)[];
  const rows = await tx<{ id: string }[]>`
    update public.claims set ${tx(change, ...names)}
    where id = ${claimId} and member_id = ${memberId} and status = 'draft'
    returning id`;
  return rows.length > 0;
}

/**
 * Sends a claim. One that was sent already stays as it is.
 *
 * @param tx A transaction in the member's name.
 * @param claimId The draft.
 * @returns Its number.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function submitClaim(tx: Transaction, claimId: string): Promise<string | null> {
  const [row] = await tx<{ claimNumber: string | null }[]>`
    select claim_number from public.submit_claim(${claimId})`;
  return row?.claimNumber ?? null;
}

/**
 * Takes a claim back, in the member's name.
 *
 * @param tx A transaction in the member's name.
 * @param claimId The draft or the open claim.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function cancelClaim(tx: Transaction, claimId: string): Promise<void> {
  await tx`select id from public.cancel_claim(${claimId})`;
}
