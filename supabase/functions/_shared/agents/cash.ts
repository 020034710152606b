/** Payments by hand, as pages show them. */

/** Where a payment stands. */
export type AttemptStatus =
  | "pending"
  | "needs_info"
  | "succeeded"
  | "rejected"
  | "canceled"
  | "failed";

/** A payment of a lead, as those see it who may. */
export interface Attempt {
  readonly id: string;
  readonly tenantId: string;
  readonly leadId: string;
  readonly leadName: string;
  readonly leadEmail: string;
  readonly agentId: string;
  readonly agentName: string | null;
  readonly branchId: string | null;
  readonly branchName: string | null;
  readonly method: "cash" | "card";
  readonly status: AttemptStatus;
  readonly planId: string;
  readonly planName: string | null;
  readonly amountCents: number;
  readonly currency: string;
  readonly receiptNumber: string | null;
  readonly receivedAt: Date;
  /** Null if no receipt was uploaded. */
  readonly proofId: string | null;
  readonly proofName: string | null;
  readonly proofType: string | null;
  /** Null once it was erased. */
  readonly proofSize: number | null;
  /** The same file was handed in with another payment; only told to those who check. */
  readonly proofUsedBefore: boolean;
  /** Another payment has the same number; only told to those who check. */
  readonly receiptUsedBefore: boolean;
  readonly note: string | null;
  readonly isResubmission: boolean;
  readonly resubmittedAt: Date | null;
  readonly verifiedBy: string | null;
  readonly verifierName: string | null;
  readonly verifiedAt: Date | null;
  readonly verificationNote: string | null;
  readonly subscriptionId: string | null;
  /** The member that came of it. */
  readonly memberId: string | null;
  /** Whether the viewer may not decide it, because it is of a lead of their own. */
  readonly isOwn: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an agent says about a payment. */
export interface CashFacts {
  readonly receiptNumber: string | null;
  readonly receivedAt: Date;
  /** A receipt that was uploaded for this lead; when handed in again, null keeps the former one. */
  readonly proofId: string | null;
  readonly note: string | null;
}

/** Which payments a list is of: `waiting` to be checked, waiting for the agent, or done with. */
export type AttemptList = "waiting" | "needs_info" | "decided" | "all";

/** How far a new member's account is. `none`: they were sent no such mail. */
export type WelcomeState = "none" | "waiting" | "failed" | "sent" | "expired" | "claimed";
