/** Leads: people whom an agent talks to about a membership. */
import type { Locale } from "../platform/i18n.ts";

/** How far a lead is, in the order of the way. */
export const LEAD_STATUSES = [
  "new",
  "contacted",
  "payment_pending",
  "converted",
  "lost",
  "disqualified",
  "expired",
] as const;

/** One of {@linkcode LEAD_STATUSES}. */
export type LeadStatus = typeof LEAD_STATUSES[number];

/** What agents move a lead to by hand; everything else follows from payments and from the clock. */
export type LeadMove = "contacted" | "lost" | "disqualified";

/** A lead, as those see it who may. */
export interface Lead {
  readonly id: string;
  readonly tenantId: string;
  readonly branchId: string | null;
  readonly branchName: string | null;
  readonly agentId: string;
  /** Null where the viewer does not see the agent. */
  readonly agentName: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: Locale;
  readonly planId: string | null;
  readonly planName: string | null;
  readonly priceCents: number | null;
  readonly currency: string | null;
  /** As it is now: one whose thirty days are over is `expired`, though no job was here yet. */
  readonly status: LeadStatus;
  readonly lostReason: string | null;
  readonly source: string;
  readonly note: string | null;
  readonly lastActAt: Date;
  readonly expiresAt: Date;
  readonly convertedUserId: string | null;
  readonly convertedAt: Date | null;
  /** When name and address were taken out. */
  readonly erasedAt: Date | null;
  /** The payment that waits to be checked, or for an answer of the agent. */
  readonly openAttemptId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is known of a person when a lead is written down or changed. */
export interface LeadFacts {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: Locale;
  readonly planId: string | null;
  readonly note: string | null;
}

const MOVES: Readonly<Record<LeadStatus, readonly LeadMove[]>> = {
  "new": ["contacted", "lost", "disqualified"],
  contacted: ["lost", "disqualified"],
  "payment_pending": [],
  converted: [],
  lost: ["contacted"],
  disqualified: [],
  expired: ["contacted"],
};

/**
 * Where an agent may move a lead by hand. Pure; the database holds everyone to it.
 *
 * @param status Where it is.
 */
export function nextLeadStatuses(status: LeadStatus): readonly LeadMove[] {
  return MOVES[status];
}

/**
 * Whether a payment may be handed in for a lead.
 *
 * @param lead The lead.
 */
export function takesPayment({ status, openAttemptId }: Pick<Lead, "status" | "openAttemptId">) {
  return (status === "new" || status === "contacted") && openAttemptId === null;
}
