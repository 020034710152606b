/** Links that tell how far a claim is. */
import type { ClaimStatus } from "./claim.ts";

/** The link of a claim that works at the moment. */
export interface TrackingLink {
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

/** What a link tells. */
export interface TrackedClaim {
  readonly status: ClaimStatus;
  readonly submittedAt: Date;
  /** When we last did something. */
  readonly lastUpdateAt: Date;
}
