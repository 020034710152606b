/** Links that tell how far a claim is, and nothing else. */
import type { Transaction } from "../platform/database.ts";
import type { TrackedClaim, TrackingLink } from "./tracking.ts";

/**
 * Makes a link for 7 days and takes the old one back.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param claimId The claim.
 * @param tokenHash SHA-256 of the key, lower-case hex.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`. A key that was used before is a `23505`.
 */
export async function createTrackingLink(
  tx: Transaction,
  claimId: string,
  tokenHash: string,
): Promise<void> {
  await tx`select public.create_tracking_link(${claimId}, ${tokenHash})`;
}

/**
 * Takes the link of a claim back.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param claimId The claim.
 */
export async function revokeTrackingLink(tx: Transaction, claimId: string): Promise<void> {
  await tx`select public.revoke_tracking_link(${claimId})`;
}

/**
 * The link of a claim, if one works.
 *
 * @param tx A transaction of the claim's member, or of staff.
 * @param claimId The claim.
 */
export async function readTrackingLink(
  tx: Transaction,
  claimId: string,
): Promise<TrackingLink | null> {
  const [row] = await tx<TrackingLink[]>`
    select expires_at, created_at from public.claim_tracking_tokens
    where claim_id = ${claimId} and revoked_at is null and expires_at > now()
    order by created_at desc
    limit 1`;
  return row ?? null;
}

/**
 * How far a claim is.
 *
 * @param tx A transaction of a visitor.
 * @param tokenHash SHA-256 of the key, lower-case hex.
 * @returns What the link tells, or null if it does not work.
 */
export async function trackClaim(tx: Transaction, tokenHash: string): Promise<TrackedClaim | null> {
  const [row] = await tx<TrackedClaim[]>`
    select status, submitted_at, last_update_at from private.track_claim(${tokenHash})`;
  return row ?? null;
}
