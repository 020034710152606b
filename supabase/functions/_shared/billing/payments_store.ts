/** Reads what was paid for a subscription and what moved afterwards. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import { parseInstant } from "@core/platform/instant.ts";
import type { PaidPeriod } from "./decide_access.ts";

/** A payment as {@linkcode selectPayments} selects it. */
export interface PaymentJson {
  readonly transactionId: string;
  readonly amountCents: number;
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
  readonly movements: readonly {
    readonly entryType: PaidPeriod["movements"][number]["entryType"];
    readonly amountCents: number;
    readonly occurredAt: string;
  }[];
}

/**
 * The subselect of a subscription's payments with what moved afterwards.
 *
 * @param tx The transaction.
 * @param subscriptionId Paddle's id.
 * @param when `returned`: null while no money went back, which is what nearly every event finds.
 * @returns A fragment for a select list.
 */
export function selectPayments(
  tx: Transaction,
  subscriptionId: string | null,
  when: "returned" | "always",
): postgres.PendingQuery<postgres.Row[]> {
  return tx`(
        select jsonb_agg(jsonb_build_object(
          'transactionId', invoice.provider_transaction_id,
          'amountCents', invoice.amount_cents, 'periodStart', invoice.period_start,
          'periodEnd', invoice.period_end,
          'movements', (
            select coalesce(jsonb_agg(jsonb_build_object(
              'entryType', entry_type, 'amountCents', amount_cents, 'occurredAt', occurred_at
            )), '[]')
            from public.billing_ledger_entries as entry
            where entry.invoice_id = invoice.id and entry.tenant_id = invoice.tenant_id
              and entry.entry_type <> 'invoice.posted'
          )
        ))
        from public.billing_invoices as invoice
        where invoice.provider_subscription_id = ${subscriptionId}
          and (${when === "always"} or exists (
            select from public.billing_invoices as returned
            where returned.provider_subscription_id = ${subscriptionId}
              and returned.refunded_cents <> 0
          ))
      )`;
}

/**
 * Payments as the rules take them.
 *
 * @param rows What {@linkcode selectPayments} selected.
 */
export function paymentsOf(rows: readonly PaymentJson[] | null): PaidPeriod[] {
  return (rows ?? []).map((row) => ({
    transactionId: row.transactionId,
    amountCents: row.amountCents,
    periodStart: row.periodStart === null ? null : parseInstant(row.periodStart),
    periodEnd: row.periodEnd === null ? null : parseInstant(row.periodEnd),
    movements: row.movements.flatMap((movement) => {
      const occurredAt = parseInstant(movement.occurredAt);
      return occurredAt === null ? [] : [{ ...movement, occurredAt }];
    }),
  }));
}
