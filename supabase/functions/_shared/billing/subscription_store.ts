/** Reads and writes rows of `subscriptions`, times with their microseconds. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import type { Member } from "./decide_member.ts";
import type { SubscriptionState, SubscriptionStatus } from "./decide_subscription.ts";
import type { SubscriptionEntity } from "./paddle_events.ts";

/** A stored subscription. */
export interface StoredSubscription {
  readonly id: string;
  readonly state: SubscriptionState;
}

/** A plan that one of a subscription's prices belongs to. */
export interface PricedPlan {
  readonly id: string;
  readonly tenantId: string;
  readonly priceId: string;
}

/** What is stored about a subscription, and the plans of its prices. */
export interface SubscriptionFacts {
  readonly stored: StoredSubscription | null;
  readonly plans: readonly PricedPlan[];
}

/** A row of `subscriptions` as `to_jsonb` writes it. */
interface SubscriptionJson {
  readonly id: string;
  readonly status: SubscriptionStatus;
  readonly "started_at": string | null;
  readonly "current_period_start": string | null;
  readonly "current_period_end": string | null;
  readonly "cancel_at_period_end": boolean;
  readonly "canceled_at": string | null;
  readonly "paused_at": string | null;
  readonly "past_due_at": string | null;
  readonly "grace_period_ends_at": string | null;
  readonly "dunning_attempt_count": number;
  readonly "last_dunning_at": string | null;
  readonly "suspended_at": string | null;
  readonly "last_event_at": string | null;
  readonly "last_event_id": string | null;
}

/**
 * Reads what is stored of a subscription, and the plans of its prices, in one statement.
 *
 * @param tx A transaction of the webhooks' role.
 * @param entity The subscription as Paddle sent it.
 * @returns What was found.
 */
export async function readSubscription(
  tx: Transaction,
  entity: SubscriptionEntity,
): Promise<SubscriptionFacts> {
  // As jsonb, because a timestamp column would come as a Date and lose its microseconds.
  const [row] = await tx<{ stored: SubscriptionJson | null; plans: PricedPlan[] }[]>`
    select
      (
        select to_jsonb(subscription)
        from public.subscriptions as subscription
        where provider_subscription_id = ${entity.id}
      ) as stored,
      (
        select coalesce(jsonb_agg(
          jsonb_build_object('id', id, 'tenantId', tenant_id, 'priceId', paddle_price_id)
        ), '[]')
        from public.membership_plans
        where paddle_price_id = any (${[...entity.priceIds]}::text[])
      ) as plans`;
  const stored = row?.stored ?? null;
  return {
    stored: stored === null ? null : { id: stored.id, state: stateOf(stored) },
    plans: row?.plans ?? [],
  };
}

/**
 * The statement that makes or changes a subscription. The member never changes.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row The row's id, its member and plan, Paddle's ids, and the state to store.
 * @returns The statement, not sent yet.
 */
export function writeSubscription(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly member: Member;
    readonly planId: string | null;
    readonly entity: SubscriptionEntity;
    readonly state: SubscriptionState;
  },
): postgres.PendingQuery<postgres.Row[]> {
  const { entity, state } = row;
  const changing = {
    planId: row.planId,
    providerCustomerId: entity.customerId,
    ...state,
  };
  return tx`
    insert into public.subscriptions ${
    tx({
      id: row.id,
      tenantId: row.member.tenantId,
      userId: row.member.userId,
      providerSubscriptionId: entity.id,
      ...changing,
    })
  }
    on conflict (provider_subscription_id) do update set ${tx(changing)}`;
}

/**
 * The statement that gives the invoice of a subscription's first transaction its subscription, for
 * when the payment was told of first.
 *
 * @param tx A transaction of the webhooks' role.
 * @param subscriptionId Our id.
 * @param tenantId The member's tenant.
 * @param transactionId Paddle's id of the transaction.
 * @returns The statement, not sent yet.
 */
export function linkFirstInvoice(
  tx: Transaction,
  subscriptionId: string,
  tenantId: string,
  transactionId: string,
): postgres.PendingQuery<postgres.Row[]> {
  return tx`
    update public.billing_invoices
    set subscription_id = ${subscriptionId}
    where tenant_id = ${tenantId} and provider_transaction_id = ${transactionId}
      and subscription_id is null`;
}

function stateOf(row: SubscriptionJson): SubscriptionState {
  return {
    status: row.status,
    startedAt: instantOf(row.started_at),
    currentPeriodStart: instantOf(row.current_period_start),
    currentPeriodEnd: instantOf(row.current_period_end),
    cancelAtPeriodEnd: row.cancel_at_period_end,
    canceledAt: instantOf(row.canceled_at),
    pausedAt: instantOf(row.paused_at),
    pastDueAt: instantOf(row.past_due_at),
    gracePeriodEndsAt: instantOf(row.grace_period_ends_at),
    dunningAttemptCount: row.dunning_attempt_count,
    lastDunningAt: instantOf(row.last_dunning_at),
    suspendedAt: instantOf(row.suspended_at),
    lastEventAt: instantOf(row.last_event_at),
    lastEventId: row.last_event_id,
  };
}

function instantOf(text: string | null): Instant | null {
  return text === null ? null : parseInstant(text);
}
