/** Commissions: what agents earned, and what becomes of it. */

/** Where a commission stands, in the order of the way. */
export const COMMISSION_STATUSES = ["pending", "approved", "paid", "void"] as const;

/** One of {@linkcode COMMISSION_STATUSES}. */
export type CommissionStatus = typeof COMMISSION_STATUSES[number];

/** For what an agent earns. */
export type CommissionType = "new_membership" | "renewal" | "upgrade" | "b2b";

const NEXT: Readonly<Record<CommissionStatus, readonly CommissionStatus[]>> = {
  pending: ["approved", "void"],
  approved: ["paid", "void"],
  paid: [],
  void: [],
};

/**
 * What may become of a commission. Pure; the database holds everyone to it.
 *
 * @param status Where it stands.
 */
export function nextCommissionStatuses(status: CommissionStatus): readonly CommissionStatus[] {
  return NEXT[status];
}

/** A commission, as its agent and administrators see it. */
export interface Commission {
  readonly id: string;
  readonly type: CommissionType;
  readonly status: CommissionStatus;
  /** Below nought where something is taken back. */
  readonly amountCents: number;
  readonly currency: string;
  readonly ratePercent: number;
  /** What the share is taken of: money received, without tax. */
  readonly baseCents: number;
  readonly periodStart: Date | null;
  readonly sourceTransactionId: string;
  readonly createdAt: Date;
  readonly voidedAt: Date | null;
  readonly voidReason: string | null;
  readonly memberId: string;
  /** Null where the viewer does not see the member any more. */
  readonly memberName: string | null;
  readonly memberNumber: string | null;
  readonly agentId: string;
  readonly agentName: string | null;
  readonly approvedAt: Date | null;
  readonly paidAt: Date | null;
  readonly payoutReference: string | null;
  /** Takes back what was given before. */
  readonly isClawback: boolean;
  /** The membership stands, so that it may be approved and paid. */
  readonly isPayable: boolean;
  /** The viewer's own, about which they do not decide. */
  readonly isOwn: boolean;
}

/** Which commissions. */
export interface CommissionFilter {
  readonly status?: CommissionStatus | undefined;
  readonly agentId?: string | undefined;
  /** Earned at this time or later, and before that one. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** What commissions in one state and currency add up to. */
export interface CommissionSum {
  readonly status: CommissionStatus;
  readonly currency: string;
  readonly cents: number;
  readonly count: number;
}
