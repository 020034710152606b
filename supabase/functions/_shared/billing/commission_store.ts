/** Writes rows of `agent_commissions`, each with the audit row that tells of it. */
import type postgres from "postgres";
import type { AuditAction } from "@core/audit/actions.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { StoredCommission } from "./decide_clawback.ts";
import type { Commission } from "./decide_commission.ts";
import type { Member } from "./decide_member.ts";
import type { Change } from "./effect.ts";
import { WEBHOOKS_ROLE } from "./webhook_store.ts";

type Statement = postgres.PendingQuery<postgres.Row[]>;

/** A stored commission with whom and what it is for. */
export interface CommissionOfPayment extends StoredCommission {
  readonly tenantId: string;
  readonly agentId: string;
}

/**
 * The change that enters a commission, unless the payment, or the period of a renewal, has one.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row The commission, who paid, for which subscription, and the event that told of it.
 */
export function enterCommission(
  tx: Transaction,
  row: {
    readonly commission: Commission;
    readonly member: Member;
    readonly subscriptionId: string | null;
    readonly providerSubscriptionId: string | null;
    readonly eventId: string;
  },
): Change {
  const { commission, member } = row;
  const metadata = {
    "event_id": row.eventId,
    "transaction_id": commission.sourceTransactionId,
    "agent_id": commission.agentId,
    "member_id": member.userId,
    type: commission.type,
    "amount_cents": commission.amountCents,
    "base_cents": commission.baseCents,
    "rate_percent": commission.ratePercent,
    currency: commission.currency,
  };
  const json = {
    "tenant_id": member.tenantId,
    "member_id": member.userId,
    "subscription_id": row.subscriptionId,
    "provider_subscription_id": row.providerSubscriptionId,
    "agent_id": commission.agentId,
    type: commission.type,
    "amount_cents": commission.amountCents,
    currency: commission.currency,
    "rate_percent": commission.ratePercent,
    "base_cents": commission.baseCents,
    "period_start": commission.periodStart,
    "source_transaction_id": commission.sourceTransactionId,
  };
  return tx`entered as (
    insert into public.agent_commissions
      (tenant_id, member_id, subscription_id, provider_subscription_id, agent_id, type,
       amount_cents, currency, rate_percent, base_cents, period_start, source_transaction_id)
    select tenant_id, member_id, subscription_id, provider_subscription_id, agent_id, type,
           amount_cents, currency, rate_percent, base_cents, period_start, source_transaction_id
    from jsonb_populate_record(null::public.agent_commissions, ${tx.json(json)})
    on conflict do nothing
    returning id
  ), told as (
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select ${member.tenantId}, ${WEBHOOKS_ROLE}, ${"commission.created" satisfies AuditAction},
           'agent_commission', id::text, ${tx.json(metadata)}
    from entered)`;
}

/**
 * The statement that makes commissions void.
 *
 * @param tx A transaction of the webhooks' role.
 * @param ids Which.
 * @param reason Why, for staff.
 * @returns The statement, not sent yet.
 */
export function voidCommissions(
  tx: Transaction,
  ids: readonly string[],
  reason: string,
): Statement {
  return tx`
    update public.agent_commissions
    set status = 'void', voided_at = now(), void_reason = ${reason}
    where id = any (${[...ids]}::uuid[]) and status in ('pending', 'approved')`;
}

/**
 * The statement that takes some of a commission back by a row of its own.
 *
 * @param tx A transaction of the webhooks' role.
 * @param commission What is taken back from.
 * @param amountCents How much, below nought.
 * @param adjustmentId Paddle's adjustment that is the reason.
 * @returns The statement, not sent yet.
 */
export function takeBack(
  tx: Transaction,
  commission: CommissionOfPayment,
  amountCents: number,
  adjustmentId: string,
): Statement {
  return tx`
    insert into public.agent_commissions
      (tenant_id, agent_id, member_id, subscription_id, provider_subscription_id, type,
       amount_cents, currency, rate_percent, base_cents, period_start, source_transaction_id,
       source_adjustment_id, clawback_of)
    select tenant_id, agent_id, member_id, subscription_id, provider_subscription_id, type,
           ${amountCents}::bigint, currency, rate_percent, base_cents, period_start,
           source_transaction_id, ${adjustmentId}, id
    from public.agent_commissions
    where id = ${commission.id}`;
}
