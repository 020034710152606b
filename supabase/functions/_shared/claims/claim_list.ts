/** Lists of claims: what stands in a row, what can be looked for, and where a page begins. */
import type { ClaimCategory, ClaimStatus } from "./claim.ts";

/** A claim in a list. */
export interface ClaimRow {
  readonly id: string;
  readonly tenantId: string;
  /** `CLM-KS-2026-000001`; null for a draft. */
  readonly claimNumber: string | null;
  /** May be empty in a draft. */
  readonly title: string;
  readonly company: string;
  readonly category: ClaimCategory | null;
  readonly status: ClaimStatus;
  /** Why it came to this status, for the member to read. */
  readonly statusReason: string | null;
  /** What the member asks for, in cents. */
  readonly amountCents: number | null;
  readonly currency: string;
  readonly memberId: string;
  /** Null where the reader may not see the person, as with the next. */
  readonly memberName: string | null;
  readonly memberNumber: string | null;
  readonly branchId: string | null;
  readonly assignedTo: string | null;
  readonly assigneeName: string | null;
  readonly submittedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** By when staff are to do what `dueKind` says; null while nothing is owed. */
  readonly dueAt: Date | null;
  readonly dueKind: "triage" | "update" | null;
  /**
   * Messages that the reader has not read: staff those of members and agents, members those to them.
   * Of agents the news that they were told; several messages in a row are one.
   */
  readonly unread: number;
  /** Where the row stands in the list's order, for {@linkcode ListPlace}. */
  readonly place: string;
}

/** What is looked for; null where it does not matter. */
export interface ClaimFilter {
  readonly status: ClaimStatus | null;
  readonly category: ClaimCategory | null;
  readonly branchId: string | null;
  /** A word of 2 to 100 letters. */
  readonly search: string | null;
}

/** Nothing in particular. */
export const EVERY_CLAIM: ClaimFilter = {
  status: null,
  category: null,
  branchId: null,
  search: null,
};

/** What lists of all states can be narrowed by besides. */
export interface ListFilter extends ClaimFilter {
  readonly memberId: string | null;
  /** Who pursues it. */
  readonly assignee: string | null;
  /** Whether drafts are among them. */
  readonly withDrafts: boolean;
}

/** Where a page begins or ends: at this row, which is not on it. */
export interface ListPlace {
  /** Time by which the list is ordered, in UTC with its microseconds; or `infinity`. */
  readonly time: string;
  readonly id: string;
}

/** Which part of a list: behind a row, before one, or its beginning. */
export interface ListPart {
  readonly after: ListPlace | null;
  readonly before: ListPlace | null;
}

/** The beginning of a list. */
export const FIRST_PART: ListPart = { after: null, before: null };

/** A page of a list. */
export interface ClaimPage {
  readonly rows: readonly ClaimRow[];
  /** Hand over as `before`; null at the list's beginning. */
  readonly previous: ListPlace | null;
  /** Hand over as `after`; null at the list's end. */
  readonly next: ListPlace | null;
}

/**
 * Cuts what was read into a page.
 *
 * @param rows In the order in which they were read, one more than a page holds if there are more.
 * @param part Which part was asked for; what stands before a row was read backwards.
 * @param perPage Rows of a page.
 */
export function pageOf(rows: readonly ClaimRow[], part: ListPart, perPage: number): ClaimPage {
  const backwards = part.before !== null;
  const hasMore = rows.length > perPage;
  const kept = rows.slice(0, perPage);
  if (backwards) kept.reverse();
  const first = kept[0];
  const last = kept.at(-1);
  const isFirst = backwards ? !hasMore : part.after === null;
  const isLast = backwards ? false : !hasMore;
  return {
    rows: kept,
    previous: first === undefined || isFirst ? null : placeOf(first),
    next: last === undefined || isLast ? null : placeOf(last),
  };
}

function placeOf({ place, id }: ClaimRow): ListPlace {
  return { time: place, id };
}
