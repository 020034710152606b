/** What a claim is, as every page tells it. */

/** Statuses of a claim in the order of its usual way (CONTRACT: the claim graph). */
export const CLAIM_STATUSES = [
  "draft",
  "submitted",
  "verification",
  "evaluation",
  "negotiation",
  "court",
  "resolved",
  "rejected",
] as const;

/** Where a claim stands. */
export type ClaimStatus = typeof CLAIM_STATUSES[number];

/** Statuses in which staff have a claim to pursue. */
export const OPEN_STATUSES = [
  "submitted",
  "verification",
  "evaluation",
  "negotiation",
  "court",
] as const satisfies readonly ClaimStatus[];

/** Statuses in which a claim is over, until it is opened again. */
export const CLOSED_STATUSES = ["resolved", "rejected"] as const satisfies readonly ClaimStatus[];

/** Whether a text, such as a filter of an address, names a status. */
export function isClaimStatus(text: unknown): text is ClaimStatus {
  return (CLAIM_STATUSES as readonly unknown[]).includes(text);
}

/** What a claim may be about, in the order in which it is offered. */
export const CLAIM_CATEGORIES = ["vehicle", "property", "injury", "travel", "other"] as const;

/** What a claim is about. */
export type ClaimCategory = typeof CLAIM_CATEGORIES[number];

/** Whether a text, such as a field of a form, names a category. */
export function isClaimCategory(text: unknown): text is ClaimCategory {
  return (CLAIM_CATEGORIES as readonly unknown[]).includes(text);
}

/** What the database writes as the reason when a member cancels. */
export const CANCELLED_BY_MEMBER = "cancelled by member";

/** A claim as it is stored. Times are instants, `incidentDate` is a day without one. */
export interface Claim {
  readonly id: string;
  readonly tenantId: string;
  /** `CLM-KS-2026-000001`; null for a draft. */
  readonly claimNumber: string | null;
  readonly memberId: string;
  /** Agent who looked after the member when the claim was sent. */
  readonly agentId: string | null;
  readonly branchId: string | null;
  /** Who of the staff pursues it. */
  readonly assignedTo: string | null;
  readonly title: string;
  readonly company: string;
  readonly description: string;
  readonly category: ClaimCategory | null;
  /** `2026-11-23`. */
  readonly incidentDate: string | null;
  /** What the member asks for, in cents. */
  readonly amountCents: number | null;
  readonly currency: string;
  readonly status: ClaimStatus;
  /** Why it came to this status, for the member to read. */
  readonly statusReason: string | null;
  readonly statusChangedAt: Date;
  readonly submittedAt: Date | null;
  readonly closedAt: Date | null;
  /** Whether it was ever sent. */
  readonly isSubmitted: boolean;
  /** Whether staff have it to pursue. */
  readonly isOpen: boolean;
  /** When staff last did something that the member sees. */
  readonly lastUpdateAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A part of a claim that has to be told before it is sent. */
export type ClaimPart = "category" | "title" | "company" | "description";

/** Least number of characters of each text of a claim that is sent; the database counts again. */
export const LEAST = { title: 5, company: 2, description: 20 } as const;

/** Most characters of each text of a claim. */
export const MOST = {
  title: 200,
  company: 200,
  description: 10_000,
  message: 5_000,
  /** Of a reason for a move or an assignment. */
  reason: 2_000,
} as const;

/**
 * What a draft lacks to be sent, in the order of the form. Pure; the database decides.
 *
 * @param claim The draft.
 */
export function missingParts(
  claim: Pick<Claim, "category" | "title" | "company" | "description">,
): ClaimPart[] {
  const parts: ClaimPart[] = [];
  if (claim.category === null) parts.push("category");
  for (const part of ["title", "company", "description"] as const) {
    if ([...claim[part].trim()].length < LEAST[part]) parts.push(part);
  }
  return parts;
}

/** Whether the member may still take a claim back. */
export function mayCancel({ status, isOpen }: Pick<Claim, "status" | "isOpen">): boolean {
  return status === "draft" || isOpen;
}

/** A member's reason, as opposed to one that staff gave. */
export function isCancelled(
  { status, statusReason }: Pick<Claim, "status" | "statusReason">,
): boolean {
  return status === "rejected" && statusReason === CANCELLED_BY_MEMBER;
}

/** Whether staff have a claim of this status to pursue. */
export function isOpen(status: ClaimStatus): boolean {
  return (OPEN_STATUSES as readonly ClaimStatus[]).includes(status);
}
