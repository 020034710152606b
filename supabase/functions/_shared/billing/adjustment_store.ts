/** Reads what an adjustment is about, and enters its movement into the ledger. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { CommissionOfPayment } from "./commission_store.ts";
import type { PaidPeriod } from "./decide_access.ts";
import type { Movement } from "./decide_adjustment.ts";
import type { Moved } from "./decide_clawback.ts";
import type { Member } from "./decide_member.ts";
import type { AdjustmentEntity } from "./paddle_entities.ts";
import { type PaymentJson, paymentsOf, selectPayments } from "./payments_store.ts";
import { storedOf, type StoredSubscription, type SubscriptionJson } from "./subscription_store.ts";

/** The invoice that an adjustment is about. */
export interface AdjustedInvoice extends Member {
  readonly id: string;
  /** Its ledger entries, the invoice's own included. */
  readonly entries: readonly (Moved & { readonly providerAdjustmentId: string | null })[];
}

/** What is stored around an adjustment. */
export interface AdjustmentFacts {
  readonly invoice: AdjustedInvoice | null;
  /** Commissions of the payment, with what was taken back of them. */
  readonly commissions: readonly CommissionOfPayment[];
  readonly subscription: StoredSubscription | null;
  /** Every payment of the subscription, with what moved afterwards. */
  readonly payments: readonly PaidPeriod[];
}

interface FactsRow {
  readonly invoice: AdjustedInvoice | null;
  readonly commissions: readonly CommissionOfPayment[];
  readonly subscription: SubscriptionJson | null;
  readonly payments: readonly PaymentJson[] | null;
}

/**
 * Reads what is stored around an adjustment, in one statement.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param entity The adjustment as Paddle sent it.
 * @returns What was found.
 */
export async function readAdjusted(
  tx: Transaction,
  entity: AdjustmentEntity,
): Promise<AdjustmentFacts> {
  const [row] = await tx<FactsRow[]>`
    select
      (
        select jsonb_build_object(
          'id', invoice.id, 'tenantId', invoice.tenant_id, 'userId', invoice.user_id,
          'entries', (
            select coalesce(jsonb_agg(jsonb_build_object(
              'entryType', entry_type, 'amountCents', amount_cents, 'taxCents', tax_cents,
              'providerAdjustmentId', provider_adjustment_id
            )), '[]')
            from public.billing_ledger_entries as entry
            where entry.invoice_id = invoice.id and entry.tenant_id = invoice.tenant_id
          )
        )
        from public.billing_invoices as invoice
        where invoice.tenant_id = any (array(select id from public.tenants))
          and invoice.provider_transaction_id = ${entity.transactionId}
      ) as invoice,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'id', commission.id, 'tenantId', commission.tenant_id, 'agentId', commission.agent_id,
          'status', commission.status, 'amountCents', commission.amount_cents,
          'ratePercent', commission.rate_percent, 'baseCents', commission.base_cents,
          'clawbacks', (
            select coalesce(jsonb_agg(jsonb_build_object(
              'id', clawback.id, 'status', clawback.status, 'amountCents', clawback.amount_cents
            )), '[]')
            from public.agent_commissions as clawback
            where clawback.clawback_of = commission.id
              and clawback.tenant_id = commission.tenant_id
          )
        )), '[]')
        from public.agent_commissions as commission
        where commission.tenant_id = any (array(select id from public.tenants))
          and commission.source_transaction_id = ${entity.transactionId}
          and commission.clawback_of is null
      ) as commissions,
      (
        select to_jsonb(subscription)
        from public.subscriptions as subscription
        where provider_subscription_id = ${entity.subscriptionId}
      ) as subscription,
      ${selectPayments(tx, entity.subscriptionId, "always")} as payments`;
  return {
    invoice: row?.invoice ?? null,
    commissions: row?.commissions ?? [],
    subscription: storedOf(row?.subscription ?? null),
    payments: paymentsOf(row?.payments ?? null),
  };
}

/**
 * The statement that enters a movement; the database keeps the invoice's own figures in step.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row The movement, its invoice and transaction, and the event that told of it.
 * @returns The statement, not sent yet.
 */
export function enterMovement(
  tx: Transaction,
  row: {
    readonly invoice: AdjustedInvoice;
    readonly transactionId: string;
    readonly movement: Movement;
    readonly eventId: string;
  },
): postgres.PendingQuery<postgres.Row[]> {
  return tx`
    insert into public.billing_ledger_entries ${
    tx({
      tenantId: row.invoice.tenantId,
      invoiceId: row.invoice.id,
      providerTransactionId: row.transactionId,
      eventId: row.eventId,
      ...row.movement,
    })
  }`;
}
