/** Reads and writes rows of `billing_invoices`. */
import type { Transaction } from "@core/platform/database.ts";
import type { PaidPeriod } from "./decide_access.ts";
import type { Member } from "./decide_member.ts";
import type { Invoice } from "./decide_payment.ts";
import type { Change } from "./effect.ts";
import { type ClueRow, foundIn, type FoundMembers, selectMembers, UUID } from "./member_store.ts";
import type { TransactionEntity } from "./paddle_events.ts";
import { type PaymentJson, paymentsOf, selectPayments } from "./payments_store.ts";
import { storedOf, type StoredSubscription, type SubscriptionJson } from "./subscription_store.ts";

/** What is stored about a transaction. */
export interface PaymentFacts {
  readonly found: FoundMembers;
  /** The subscription it pays for, if that is stored. */
  readonly subscription: StoredSubscription | null;
  /** Payments for that subscription with what moved afterwards; empty while no money went back. */
  readonly payments: readonly PaidPeriod[];
  /** Whether its invoice is posted already. */
  readonly posted: boolean;
  /** The active agent, if there is one, of each member whom the payment could be about. */
  readonly agents: Readonly<Record<string, string>>;
  /** Active agents with the referral code that the payment carries; one at most. */
  readonly coded: readonly { readonly id: string; readonly tenantId: string }[];
  /** The plans of its prices. */
  readonly plans: readonly {
    readonly tenantId: string;
    readonly priceId: string;
    readonly tier: string;
  }[];
}

interface FactsRow extends ClueRow, Omit<PaymentFacts, "found" | "subscription" | "payments"> {
  readonly subscription: SubscriptionJson | null;
  readonly payments: readonly PaymentJson[] | null;
}

/**
 * Reads whose a transaction could be, and what is stored about it, in one statement.
 *
 * @param tx A transaction of the webhooks' role.
 * @param entity The transaction as Paddle sent it.
 * @returns What was found.
 */
export async function readPayment(
  tx: Transaction,
  entity: TransactionEntity,
): Promise<PaymentFacts> {
  const { userId, refCode } = entity.customData;
  const named = userId !== null && UUID.test(userId) ? userId : null;
  const [facts] = await tx<FactsRow[]>`
    with candidate as (
      select ${named}::uuid as user_id
      union
      select user_id from public.subscriptions
      where provider_subscription_id = ${entity.subscriptionId}
      union
      select user_id from public.billing_customers
      where provider_customer_id = ${entity.customerId}
      union
      select user_id from public.billing_checkouts
      where provider_transaction_id = ${entity.id}
    )
    select
      ${
    selectMembers(tx, {
      subscriptionId: entity.subscriptionId,
      customerId: entity.customerId,
      transactionId: entity.id,
      customData: entity.customData,
    })
  },
      (
        select to_jsonb(subscription)
        from public.subscriptions as subscription
        where provider_subscription_id = ${entity.subscriptionId}
      ) as subscription,
      ${selectPayments(tx, entity.subscriptionId, "returned")} as payments,
      -- The unique index leads with the tenant, which is not known yet; there are few of them.
      exists (
        select from public.billing_invoices
        where tenant_id = any (array(select id from public.tenants))
          and provider_transaction_id = ${entity.id}
      ) as posted,
      (
        select coalesce(jsonb_object_agg(person.id, agent.id), '{}')
        from candidate
        join public.profiles as person on person.id = candidate.user_id
        join public.profiles as agent
          on agent.id = person.agent_id and agent.role = 'agent' and agent.is_active
      ) as agents,
      (
        select coalesce(jsonb_agg(jsonb_build_object('id', id, 'tenantId', tenant_id)), '[]')
        from public.profiles
        where referral_code = upper(btrim(${refCode})) and role = 'agent' and is_active
      ) as coded,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'tenantId', tenant_id, 'priceId', paddle_price_id, 'tier', tier
        )), '[]')
        from public.membership_plans
        where paddle_price_id = any (${[...entity.priceIds]}::text[])
      ) as plans`;
  if (facts === undefined) throw new Error("reading a payment returned no row");
  const { posted, agents, coded, plans } = facts;
  return {
    posted,
    agents,
    coded,
    plans,
    found: foundIn(facts),
    subscription: storedOf(facts.subscription),
    payments: paymentsOf(facts.payments),
  };
}

/**
 * The change that posts an invoice.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row Its id, whose it is, what it is for, and what it says.
 */
export function postInvoice(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly member: Member;
    readonly subscriptionId: string | null;
    readonly invoice: Invoice;
  },
): Change {
  const { member, invoice } = row;
  const json = {
    id: row.id,
    "tenant_id": member.tenantId,
    "user_id": member.userId,
    "subscription_id": row.subscriptionId,
    "provider_transaction_id": invoice.providerTransactionId,
    "provider_subscription_id": invoice.providerSubscriptionId,
    origin: invoice.origin,
    "event_id": invoice.eventId,
    number: invoice.number,
    status: invoice.status,
    "amount_cents": invoice.amountCents,
    "subtotal_cents": invoice.subtotalCents,
    "discount_cents": invoice.discountCents,
    "tax_cents": invoice.taxCents,
    currency: invoice.currency,
    "billed_at": invoice.billedAt,
    "period_start": invoice.periodStart,
    "period_end": invoice.periodEnd,
  };
  return tx`posted as (
    insert into public.billing_invoices
      (id, tenant_id, user_id, subscription_id, provider_transaction_id,
       provider_subscription_id, origin, event_id, number, status, amount_cents, subtotal_cents,
       discount_cents, tax_cents, currency, billed_at, period_start, period_end)
    select id, tenant_id, user_id, subscription_id, provider_transaction_id,
           provider_subscription_id, origin, event_id, number, status, amount_cents, subtotal_cents,
           discount_cents, tax_cents, currency, billed_at, period_start, period_end
    from jsonb_populate_record(null::public.billing_invoices, ${tx.json(json)}))`;
}

/**
 * The changes that give the payments of a new subscription to it, for those that were told of
 * first.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row Our id of the subscription, its tenant, Paddle's id, and the transaction that made it.
 */
export function linkPayments(
  tx: Transaction,
  row: {
    readonly subscriptionId: string;
    readonly tenantId: string;
    readonly providerSubscriptionId: string;
    readonly transactionId: string | null;
  },
): Change[] {
  return [
    tx`linked_invoices as (
    update public.billing_invoices
    set subscription_id = ${row.subscriptionId}
    where subscription_id is null and tenant_id = ${row.tenantId}
      and (
        provider_subscription_id = ${row.providerSubscriptionId}
        or provider_transaction_id = ${row.transactionId}
      ))`,
    tx`linked_commissions as (
    update public.agent_commissions
    set subscription_id = ${row.subscriptionId}
    where subscription_id is null and tenant_id = ${row.tenantId}
      and (
        provider_subscription_id = ${row.providerSubscriptionId}
        or source_transaction_id = ${row.transactionId}
      ))`,
  ];
}
