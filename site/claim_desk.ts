/** What those who work on a claim see of it: the claim, its member, and what can be done. */
import { type Colleague, readColleagues } from "@core/claims/assign_store.ts";
import type { Claim } from "@core/claims/claim.ts";
import { type ClaimRow, EVERY_CLAIM, FIRST_PART } from "@core/claims/claim_list.ts";
import { listClaims, readRows } from "@core/claims/claim_list_store.ts";
import { readClaim, readClaimMark } from "@core/claims/claim_store.ts";
import { type PossibleMove, readMoves } from "@core/claims/move_store.ts";
import type { ClaimRecord } from "@core/claims/timeline.ts";
import { readClaimRecord } from "@core/claims/timeline_store.ts";
import type { TrackingLink } from "@core/claims/tracking.ts";
import { readTrackingLink } from "@core/claims/tracking_store.ts";
import { type MembershipAccess, membershipAccess } from "@core/billing/membership.ts";
import type { Role } from "@core/identity/roles.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { Locale } from "@core/platform/i18n.ts";

/** Whose claim it is. */
export interface DeskMember {
  readonly id: string;
  readonly fullName: string;
  readonly memberNumber: string | null;
  readonly email: string;
  readonly phone: string | null;
  /** Language in which to write to them. */
  readonly locale: Locale | null;
  readonly isActive: boolean;
  readonly access: MembershipAccess;
  readonly agentName: string | null;
  readonly branchName: string | null;
  readonly createdAt: Date;
}

/** How often a document was opened, and by whom last. */
export interface DocumentUse {
  readonly documentId: string;
  readonly times: number;
  readonly lastAt: Date;
  readonly lastBy: string | null;
}

/** A claim with everything that stands beside it on a desk. */
export interface DeskClaim {
  readonly claim: Claim;
  /** The claim as lists have it: what is due, and who has it. */
  readonly row: ClaimRow;
  /** Since when its assignee has it. */
  readonly assignedAt: Date | null;
  /** Branch of the claim. */
  readonly branchName: string | null;
  /** Mark of what the page shows, for the stream of news. */
  readonly mark: string;
  readonly record: ClaimRecord;
  /** Null where the reader may not see the person. */
  readonly member: DeskMember | null;
  /** Further claims of the member, the newest first. */
  readonly others: readonly ClaimRow[];
  readonly moves: readonly PossibleMove[];
  readonly colleagues: readonly Colleague[];
  readonly uses: readonly DocumentUse[];
  readonly tracking: TrackingLink | null;
}

/** Further claims of a member that are shown. */
const OTHERS = 5;

/** Whether a role works on claims, rather than only looking at them. */
export function worksOnClaims(role: Role): boolean {
  return role === "staff" || role === "tenant_admin" || role === "super_admin";
}

/**
 * One claim as it stands in lists, or null if the asking person may not see it or there is none.
 *
 * @param tx A transaction in the person's name.
 * @param id The claim.
 */
export async function readClaimRow(tx: Transaction, id: string): Promise<ClaimRow | null> {
  const [row] = await readRows(tx, tx`select ${id}::uuid`, "queue_at");
  return row ?? null;
}

/**
 * A claim with everything that stands beside it.
 *
 * @param tx A transaction in the name of staff, an administrator or a branch manager.
 * @param id The claim.
 * @param whole Whether to read a long conversation back to its beginning.
 * @returns The claim, or null if there is none for the asker.
 */
export async function readDeskClaim(
  tx: Transaction,
  id: string,
  whole: boolean,
): Promise<DeskClaim | null> {
  const claim = await readClaim(tx, id);
  if (claim === null) return null;
  const { tenantId, memberId } = claim;
  const [mark, row, [place], record, member, others, moves, colleagues, uses, tracking] =
    await Promise.all([
      readClaimMark(tx, id),
      readClaimRow(tx, id),
      tx<{ assignedAt: Date | null; branchName: string | null }[]>`
        select claim.assigned_at, branch.name as branch_name
        from public.claims as claim
        left join public.branches as branch on branch.id = claim.branch_id
        where claim.id = ${id}`,
      readClaimRecord(tx, id, whole),
      readMember(tx, memberId),
      listClaims(
        tx,
        { of: "tenant", tenantId },
        { ...EVERY_CLAIM, memberId, assignee: null, withDrafts: false },
        FIRST_PART,
        OTHERS + 1,
      ),
      readMoves(tx, id),
      readColleagues(tx, tenantId),
      readUses(tx, id),
      readTrackingLink(tx, id),
    ]);
  // Gone between two statements of one transaction: the reader lost it just now.
  if (mark === null || row === null) return null;
  return {
    claim,
    row,
    assignedAt: place?.assignedAt ?? null,
    branchName: place?.branchName ?? null,
    mark,
    record,
    member,
    others: others.rows.filter((other) => other.id !== id).slice(0, OTHERS),
    moves,
    colleagues,
    uses,
    tracking,
  };
}

/** A member as those who work on their claims see them; null where the reader may not. */
export async function readMember(tx: Transaction, id: string): Promise<DeskMember | null> {
  const [[row], access] = await Promise.all([
    tx<Omit<DeskMember, "access">[]>`
      select person.id, person.full_name, person.member_number, person.email, person.phone,
             person.locale, person.is_active, agent.full_name as agent_name,
             branch.name as branch_name, person.created_at
      from public.profiles as person
      left join public.profiles as agent on agent.id = person.agent_id
      left join public.branches as branch on branch.id = person.branch_id
      where person.id = ${id}`,
    membershipAccess(tx, id),
  ]);
  return row === undefined ? null : { ...row, access };
}

async function readUses(tx: Transaction, claimId: string): Promise<DocumentUse[]> {
  return await tx<DocumentUse[]>`
    select document.id as document_id, used.times, used.last_at, used.last_by
    from public.claim_documents as document
    cross join lateral (
      select count(*) as times, max(one.accessed_at) as last_at,
             (array_agg(one.accessed_by_name order by one.accessed_at desc))[1] as last_by
      from public.document_accesses(document.id) as one
    ) as used
    where document.claim_id = ${claimId} and document.is_readable and used.times > 0`;
}
