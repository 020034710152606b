/** The queue of the staff: its parts, its filter and its figures. */
import { isOpen } from "./claim.ts";
import type { ClaimFilter } from "./claim_list.ts";

/**
 * Parts of the queue: `now` is what is due and either one's own or nobody's yet; `all` is everything
 * that is open; `closed` what was resolved or rejected.
 */
export const QUEUE_VIEWS = ["now", "mine", "unassigned", "all", "closed"] as const;

/** One of {@linkcode QUEUE_VIEWS}. */
export type QueueView = typeof QUEUE_VIEWS[number];

/** What is looked for in the queue. */
export interface QueueFilter extends ClaimFilter {
  /** Null is `now`, or everything that was ever sent if there is a word to search for. */
  readonly view: QueueView | null;
}

/** How much there is, each figure at most {@linkcode FIGURE_CAP}. */
export interface QueueFigures {
  readonly now: number;
  /** Of those in `now`. */
  readonly overdue: number;
  readonly mine: number;
  readonly unassigned: number;
  readonly all: number;
}

/** Nobody needs to know more than that there are this many or more. */
export const FIGURE_CAP = 100;

/**
 * Whether what a filter finds is ordered by what is due. What is closed has nothing due, and what is
 * searched for may be closed: those lists begin with the newest.
 */
export function isByDue({ view, status, search }: QueueFilter): boolean {
  if (view === null && search !== null) return false;
  return status === null ? view !== "closed" : isOpen(status);
}
