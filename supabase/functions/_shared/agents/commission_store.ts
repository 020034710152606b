/** Reads commissions, and has the database decide about them. See `refusals.ts` for errors. */
import type { Transaction } from "../platform/database.ts";
import type { CommissionStatus } from "./commissions.ts";
import type { PageOf } from "./lead_store.ts";
import type { Commission, CommissionFilter, CommissionSum } from "./commissions.ts";

export type { Commission, CommissionFilter, CommissionSum } from "./commissions.ts";

/** The most that a file holds. */
const MOST = 10_000;

/**
 * A page of the commissions that somebody sees, the latest first.
 *
 * @param tx A transaction in the person's name.
 * @param filter Which, from page 1.
 */
export async function listCommissions(
  tx: Transaction,
  filter: CommissionFilter & { readonly page: number; readonly perPage: number },
): Promise<PageOf<Commission>> {
  const { page, perPage } = filter;
  const [items, [counted]] = await Promise.all([
    tx<Commission[]>`
      ${columns(tx)} ${wanted(tx, filter)}
      order by earned.created_at desc, earned.id
      limit ${perPage} offset ${(page - 1) * perPage}`,
    tx<{ total: number }[]>`
      select count(*)::integer as total
      from public.agent_commissions as earned ${wanted(tx, filter)}`,
  ]);
  return { items, total: counted?.total ?? 0 };
}

/**
 * All commissions that somebody sees, for a file; at most ten thousand.
 *
 * @param tx A transaction in the person's name.
 * @param filter Which.
 */
export async function exportCommissions(
  tx: Transaction,
  filter: CommissionFilter,
): Promise<Commission[]> {
  return await tx<Commission[]>`
    ${columns(tx)} ${wanted(tx, filter)} order by earned.created_at, earned.id limit ${MOST}`;
}

/**
 * What the commissions that somebody sees add up to, by state and currency.
 *
 * @param tx A transaction in the person's name.
 * @param filter Which.
 */
export async function commissionSums(
  tx: Transaction,
  filter: CommissionFilter = {},
): Promise<CommissionSum[]> {
  return await tx<CommissionSum[]>`
    select earned.status, earned.currency, sum(earned.amount_cents)::bigint as cents,
           count(*)::integer as count
    from public.agent_commissions as earned ${wanted(tx, filter)}
    group by earned.status, earned.currency
    order by array_position(array['pending', 'approved', 'paid', 'void'], earned.status),
             earned.currency`;
}

/** What is to become of commissions. */
export interface CommissionDecision {
  readonly ids: readonly string[];
  readonly to: Exclude<CommissionStatus, "pending">;
  /** Why; needed for `void`. */
  readonly reason: string | null;
  /** By which a payment is found again, for `paid`. */
  readonly payoutReference?: string | null | undefined;
}

/**
 * Approves, pays or voids commissions: all of them, or none.
 *
 * @param tx A transaction in an administrator's name.
 * @param decision Which, and what becomes of them.
 * @returns How many changed, and how many were there already.
 */
export async function decideCommissions(
  tx: Transaction,
  { ids, to, reason, payoutReference = null }: CommissionDecision,
): Promise<{ readonly changed: number; readonly already: number }> {
  const [row] = await tx<{ changed: number; already: number }[]>`
    select changed, already
    from private.decide_commissions(
      ${tx.array([...ids])}::uuid[], ${to}, ${reason}, ${payoutReference}
    )`;
  return row ?? { changed: 0, already: 0 };
}

function wanted(tx: Transaction, { status, agentId, from, to }: CommissionFilter) {
  return tx`
    where (${status ?? null}::text is null or earned.status = ${status ?? null})
      and (${agentId ?? null}::uuid is null or earned.agent_id = ${agentId ?? null}::uuid)
      and (${from ?? null}::timestamptz is null or earned.created_at >= ${
    from ?? null
  }::timestamptz)
      and (${to ?? null}::timestamptz is null or earned.created_at < ${to ?? null}::timestamptz)`;
}

function columns(tx: Transaction) {
  return tx`
    select earned.id, earned.type, earned.status, earned.amount_cents, earned.currency,
           earned.rate_percent::float8 as rate_percent, earned.base_cents, earned.period_start,
           earned.source_transaction_id, earned.created_at, earned.voided_at, earned.void_reason,
           earned.member_id, nullif(member.full_name, '') as member_name, member.member_number,
           earned.agent_id, agent.full_name as agent_name, earned.approved_at, earned.paid_at,
           earned.payout_reference, earned.clawback_of is not null as is_clawback,
           earned.clawback_of is not null
             or private.commission_stands(earned.member_id, earned.subscription_id) as is_payable,
           earned.agent_id = (select auth.uid()) as is_own
    from public.agent_commissions as earned
    left join public.profiles as member on member.id = earned.member_id
    left join public.profiles as agent on agent.id = earned.agent_id`;
}
