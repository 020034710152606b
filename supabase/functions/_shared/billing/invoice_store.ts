/** Reads and writes rows of `billing_invoices`. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { Member } from "./decide_member.ts";
import type { Invoice } from "./decide_payment.ts";
import type { TransactionEntity } from "./paddle_events.ts";

/** What is stored about a transaction. */
export interface PaymentFacts {
  /** Our id of the subscription it pays for, if that is stored. */
  readonly subscriptionId: string | null;
  /** Whether its invoice is posted already. */
  readonly posted: boolean;
}

/**
 * Reads what is stored about a transaction, in one statement.
 *
 * @param tx A transaction of the webhooks' role.
 * @param entity The transaction as Paddle sent it.
 * @returns What was found.
 */
export async function readPayment(
  tx: Transaction,
  entity: TransactionEntity,
): Promise<PaymentFacts> {
  // The unique index leads with the tenant, which is not known yet; there are few of them.
  const [facts] = await tx<PaymentFacts[]>`
    select
      (
        select id from public.subscriptions
        where provider_subscription_id = ${entity.subscriptionId}
      ) as subscription_id,
      exists (
        select from public.billing_invoices
        where tenant_id = any (array(select id from public.tenants))
          and provider_transaction_id = ${entity.id}
      ) as posted`;
  return facts ?? { subscriptionId: null, posted: false };
}

/**
 * The statement that posts an invoice.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row Its id, whose it is, what it is for, and what it says.
 * @returns The statement, not sent yet.
 */
export function postInvoice(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly member: Member;
    readonly subscriptionId: string | null;
    readonly invoice: Invoice;
  },
): postgres.PendingQuery<postgres.Row[]> {
  return tx`
    insert into public.billing_invoices ${
    tx({
      id: row.id,
      tenantId: row.member.tenantId,
      userId: row.member.userId,
      subscriptionId: row.subscriptionId,
      ...row.invoice,
    })
  }`;
}
