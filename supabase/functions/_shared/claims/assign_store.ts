/** Gives claims to those who pursue them. */
import type { Transaction } from "../platform/database.ts";
import { FIGURE_CAP } from "./queue.ts";

/** Who gets a claim, and from whom. */
export interface Assignment {
  readonly claimId: string;
  /** The person; null gives it back to the queue. */
  readonly to: string | null;
  /** Whose it was when it was decided; null for nobody's. */
  readonly from: string | null;
  /** Why, for the history; needed to take it from somebody. */
  readonly reason: string | null;
}

/**
 * Gives a claim to somebody, if it still is where it was. Of many who try at once, one wins.
 *
 * @param tx A transaction in the name of one of the staff.
 * @param assignment Who gets it, and from whom.
 * @throws SQLSTATE 55000 if somebody else has it by now; PT404 if there is no such claim for the
 * asker; 23514 if a reason is missing or the person is not active staff; 42501 if the asker is not.
 */
export async function assignClaim(tx: Transaction, assignment: Assignment): Promise<void> {
  const { claimId, to, from, reason } = assignment;
  await tx`
    select from public.claim_assign(
      ${claimId}::uuid, ${to}::uuid, ${reason}::text, ${from}::uuid
    )`;
}

/** Someone a claim can be given to. */
export interface Colleague {
  readonly id: string;
  readonly fullName: string;
  readonly role: "staff" | "tenant_admin";
  /** How many open claims they have, at most {@linkcode FIGURE_CAP}. */
  readonly open: number;
}

/**
 * Everyone in a tenant who takes claims, by name.
 *
 * @param tx A transaction in the person's name.
 * @param tenantId The tenant.
 */
export async function readColleagues(tx: Transaction, tenantId: string): Promise<Colleague[]> {
  return await tx<Colleague[]>`
    select person.id, person.full_name, person.role,
           (
             select count(*) from (
               select from public.claims as claim
               where claim.assigned_to = person.id and claim.is_open limit ${FIGURE_CAP}
             ) as counted
           ) as open
    from public.profiles as person
    where person.tenant_id = ${tenantId} and person.is_active
      and person.role in ('staff', 'tenant_admin')
    order by person.full_name, person.id`;
}
