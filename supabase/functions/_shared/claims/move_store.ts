/** Moves claims along their graph, in the name of staff. */
import type { Transaction } from "../platform/database.ts";
import type { ClaimStatus } from "./claim.ts";

/** A move that a claim may make from where it stands. */
export interface PossibleMove {
  readonly to: ClaimStatus;
  /** Whether it has to be said why, for the member to read. */
  readonly needsReason: boolean;
}

/** A move as staff make it. */
export interface Move {
  readonly claimId: string;
  readonly to: ClaimStatus;
  /** Where it stood when it was decided; a claim that moved on meanwhile is left alone. */
  readonly from: ClaimStatus;
  /** Why; the member reads it. */
  readonly reason: string | null;
  /** What only staff read. */
  readonly note: string | null;
}

/**
 * Where a claim may go from where it stands, nearest to the usual way first.
 *
 * @param tx A transaction in the name of whoever is signed in.
 * @param claimId The claim.
 */
export async function readMoves(tx: Transaction, claimId: string): Promise<PossibleMove[]> {
  return await tx<PossibleMove[]>`
    select move.to_status as to, move.needs_reason
    from public.claims as claim
    join public.claim_status_transitions as move on move.from_status = claim.status
    where claim.id = ${claimId} and claim.is_submitted
    order by
      move.to_status = 'rejected',
      array_position(
        array['verification', 'evaluation', 'negotiation', 'court', 'resolved', 'submitted'],
        move.to_status
      )`;
}

/**
 * Moves a claim.
 *
 * @param tx A transaction in the name of one of the staff.
 * @param move Where to, from where and why.
 * @throws PostgreSQL's refusal; see `claim_refusals.ts`.
 */
export async function moveClaim(tx: Transaction, move: Move): Promise<void> {
  const { claimId, to, from, reason, note } = move;
  await tx`
    select from public.move_claim(
      ${claimId}::uuid, ${to}::text, ${reason}::text, ${note}::text, ${from}::text
    )`;
}
