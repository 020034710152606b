/** Reads and writes rows of `subscriptions`, times with their microseconds. */
import type { Transaction } from "@core/platform/database.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import type { PaidPeriod } from "./decide_access.ts";
import type { Member } from "./decide_member.ts";
import type { SubscriptionState, SubscriptionStatus } from "./decide_subscription.ts";
import type { Change } from "./effect.ts";
import { type ClueRow, foundIn, type FoundMembers, selectMembers } from "./member_store.ts";
import type { SubscriptionEntity } from "./paddle_events.ts";
import { type PaymentJson, paymentsOf, selectPayments } from "./payments_store.ts";

/** A stored subscription. */
export interface StoredSubscription {
  readonly id: string;
  readonly state: SubscriptionState;
  /** When access was taken away because money went back; null if it was not. */
  readonly accessRevokedAt: Instant | null;
}

/** A plan that one of a subscription's prices belongs to. */
export interface PricedPlan {
  readonly id: string;
  readonly tenantId: string;
  readonly priceId: string;
}

/** What is stored about a subscription, and the plans of its prices. */
export interface SubscriptionFacts {
  readonly found: FoundMembers;
  readonly stored: StoredSubscription | null;
  readonly plans: readonly PricedPlan[];
  /** Its payments with what moved afterwards; empty while no money went back. */
  readonly payments: readonly PaidPeriod[];
}

/** A row of `subscriptions` as `to_jsonb` writes it. */
export interface SubscriptionJson {
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
  readonly "access_revoked_at": string | null;
}

interface FactsRow extends ClueRow {
  readonly stored: SubscriptionJson | null;
  readonly plans: readonly PricedPlan[];
  readonly payments: readonly PaymentJson[] | null;
}

/**
 * Reads whose a subscription could be, what is stored of it, and the plans of its prices, in one
 * statement.
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
  const [row] = await tx<FactsRow[]>`
    select
      ${
    selectMembers(tx, {
      subscriptionId: entity.id,
      customerId: entity.customerId,
      transactionId: entity.transactionId,
      customData: entity.customData,
    })
  },
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
      ) as plans,
      ${selectPayments(tx, entity.id, "returned")} as payments`;
  if (row === undefined) throw new Error("reading a subscription returned no row");
  return {
    found: foundIn(row),
    stored: storedOf(row.stored),
    plans: row.plans,
    payments: paymentsOf(row.payments),
  };
}

/**
 * Reads a stored subscription with its member.
 *
 * @param tx A transaction of the webhooks' role.
 * @param subscriptionId Paddle's id.
 * @returns The subscription, or null if it is not stored.
 */
export async function readStored(
  tx: Transaction,
  subscriptionId: string,
): Promise<StoredSubscription & { readonly member: Member } | null> {
  const [row] = await tx<{ json: SubscriptionJson; userId: string; tenantId: string }[]>`
    select to_jsonb(subscription) as json, user_id, tenant_id
    from public.subscriptions as subscription
    where provider_subscription_id = ${subscriptionId}`;
  const stored = storedOf(row?.json ?? null);
  if (row === undefined || stored === null) return null;
  return { ...stored, member: { userId: row.userId, tenantId: row.tenantId } };
}

/**
 * A stored subscription as the rules take it.
 *
 * @param row `to_jsonb` of its row, or null.
 */
export function storedOf(row: SubscriptionJson | null): StoredSubscription | null {
  if (row === null) return null;
  return {
    id: row.id,
    state: stateOf(row),
    accessRevokedAt: instantOf(row.access_revoked_at),
  };
}

/**
 * The change that makes or changes a subscription. The member never changes.
 *
 * @param tx A transaction of the webhooks' role.
 * @param row The row's id, its member and plan, Paddle's ids, and the state to store.
 */
export function writeSubscription(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly member: Member;
    readonly planId: string | null;
    readonly entity: SubscriptionEntity;
    readonly state: SubscriptionState;
    readonly accessRevokedAt: Instant | null;
  },
): Change {
  const { member, entity, state } = row;
  const json = {
    id: row.id,
    "tenant_id": member.tenantId,
    "user_id": member.userId,
    "provider_subscription_id": entity.id,
    "plan_id": row.planId,
    "provider_customer_id": entity.customerId,
    status: state.status,
    "started_at": state.startedAt,
    "current_period_start": state.currentPeriodStart,
    "current_period_end": state.currentPeriodEnd,
    "cancel_at_period_end": state.cancelAtPeriodEnd,
    "canceled_at": state.canceledAt,
    "paused_at": state.pausedAt,
    "past_due_at": state.pastDueAt,
    "grace_period_ends_at": state.gracePeriodEndsAt,
    "dunning_attempt_count": state.dunningAttemptCount,
    "last_dunning_at": state.lastDunningAt,
    "suspended_at": state.suspendedAt,
    "last_event_at": state.lastEventAt,
    "last_event_id": state.lastEventId,
    "access_revoked_at": row.accessRevokedAt,
  };
  return tx`written as (
    insert into public.subscriptions
      (id, tenant_id, user_id, provider_subscription_id, plan_id, provider_customer_id, status,
       started_at, current_period_start, current_period_end, cancel_at_period_end, canceled_at,
       paused_at, past_due_at, grace_period_ends_at, dunning_attempt_count, last_dunning_at,
       suspended_at, last_event_at, last_event_id, access_revoked_at)
    select id, tenant_id, user_id, provider_subscription_id, plan_id, provider_customer_id, status,
           started_at, current_period_start, current_period_end, cancel_at_period_end, canceled_at,
           paused_at, past_due_at, grace_period_ends_at, dunning_attempt_count, last_dunning_at,
           suspended_at, last_event_at, last_event_id, access_revoked_at
    from jsonb_populate_record(null::public.subscriptions, ${tx.json(json)})
    on conflict (provider_subscription_id) do update
    set plan_id = excluded.plan_id, provider_customer_id = excluded.provider_customer_id,
        status = excluded.status, started_at = excluded.started_at,
        current_period_start = excluded.current_period_start,
        current_period_end = excluded.current_period_end,
        cancel_at_period_end = excluded.cancel_at_period_end, canceled_at = excluded.canceled_at,
        paused_at = excluded.paused_at, past_due_at = excluded.past_due_at,
        grace_period_ends_at = excluded.grace_period_ends_at,
        dunning_attempt_count = excluded.dunning_attempt_count,
        last_dunning_at = excluded.last_dunning_at, suspended_at = excluded.suspended_at,
        last_event_at = excluded.last_event_at, last_event_id = excluded.last_event_id,
        access_revoked_at = excluded.access_revoked_at)`;
}

/**
 * The change that completes a subscription from events that came late, or from money that went
 * back; plan and customer stay those of the newest event.
 *
 * @param tx A transaction of the webhooks' role.
 * @param id Our id.
 * @param state The state to store.
 * @param accessRevokedAt When access was taken away, or null.
 */
export function completeSubscription(
  tx: Transaction,
  id: string,
  state: SubscriptionState,
  accessRevokedAt: Instant | null,
): Change {
  return tx`completed as (
    update public.subscriptions set ${tx({ ...state, accessRevokedAt })}
    where id = ${id})`;
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
