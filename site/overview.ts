/** Figures of an organisation for those who run it. */
import type { Transaction } from "@core/platform/database.ts";

/** How many people and memberships the asking person may see. */
export interface Overview {
  readonly people: number;
  readonly active: number;
  readonly pastDue: number;
}

/**
 * Counts what the asking person may see of a tenant: an administrator all of it, a branch manager the
 * own branch.
 *
 * @param tx A transaction in the person's name.
 * @param tenantId The tenant.
 */
export async function readOverview(tx: Transaction, tenantId: string): Promise<Overview> {
  const [row] = await tx<Overview[]>`
    select (select count(*) from public.profiles where tenant_id = ${tenantId}) as people,
           count(*) filter (where status in ('active', 'trialing')) as active,
           count(*) filter (where status = 'past_due') as past_due
    from public.subscriptions
    where tenant_id = ${tenantId}`;
  return row ?? { people: 0, active: 0, pastDue: 0 };
}
