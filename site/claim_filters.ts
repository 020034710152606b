/** Which claims someone looks at; the page's address says it. */
import { CLAIM_CATEGORIES, CLAIM_STATUSES } from "@core/claims/claim.ts";
import type { ClaimFilter, ListFilter, ListPart } from "@core/claims/claim_list.ts";
import { QUEUE_VIEWS, type QueueFilter } from "@core/claims/queue.ts";
import { readCursor, writeCursor } from "./keyset.ts";
import { isUuid } from "./links.ts";
import { oneOf, type Query, textOf } from "./query_fields.ts";

/** A filter as it stands in an address. */
export type FilterQuery = Readonly<Record<string, string | null>>;

/** Reads what the queue is asked for. */
export function queueFilter(query: Query): QueueFilter {
  return { ...claimFilter(query), view: oneOf(query, "view", QUEUE_VIEWS) };
}

/** The queue's filter as it stands in an address. */
export function queueQuery(filter: QueueFilter): FilterQuery {
  return { view: filter.view, ...claimQuery(filter) };
}

/** Reads what a list of all states is asked for. */
export function listFilter(query: Query): ListFilter {
  return {
    ...claimFilter(query),
    memberId: idOf(query, "member"),
    assignee: idOf(query, "assignee"),
    withDrafts: true,
  };
}

/** The filter of a list of all states as it stands in an address. */
export function listQuery(filter: ListFilter): FilterQuery {
  return { ...claimQuery(filter), member: filter.memberId, assignee: filter.assignee };
}

/** Whether anything besides the part of the queue is looked for. */
export function isNarrowed(filter: ClaimFilter): boolean {
  return Object.values(claimQuery(filter)).some((value) => value !== null);
}

/** Which part of a list an address asks for. */
export function listPart(query: Query): ListPart {
  const after = readCursor(query.get("after"));
  return { after, before: after === null ? readCursor(query.get("before")) : null };
}

/** A part of a list as it stands in an address. */
export function partQuery({ after, before }: Partial<ListPart>): FilterQuery {
  return {
    after: after ? writeCursor(after) : null,
    before: before ? writeCursor(before) : null,
  };
}

function claimFilter(query: Query): ClaimFilter {
  const search = textOf(query, "q", 100);
  return {
    status: oneOf(query, "status", CLAIM_STATUSES),
    category: oneOf(query, "category", CLAIM_CATEGORIES),
    branchId: idOf(query, "branch"),
    search: search !== null && [...search].length >= 2 ? search : null,
  };
}

function claimQuery({ status, category, branchId, search }: ClaimFilter): FilterQuery {
  return { status, category, branch: branchId, q: search };
}

function idOf(query: Query, name: string): string | null {
  const value = query.get(name) ?? "";
  return isUuid(value) ? value.toLowerCase() : null;
}
