/** Finds the people whom an event could be about. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { Member, MemberClues } from "./decide_member.ts";
import type { CustomData } from "./paddle_events.ts";

/** What an event says about its member. */
export interface MemberQuestion {
  readonly subscriptionId: string | null;
  readonly customerId: string | null;
  /** The transaction it came with: a checkout of ours may be known by it. */
  readonly transactionId: string | null;
  readonly customData: CustomData;
}

/** What {@linkcode selectMembers} selects. */
export interface ClueRow {
  readonly ofSubscription: Member | null;
  readonly ofCustomData: Member | null;
  readonly ofCustomer: readonly Member[];
  readonly ofCheckout: Member | null;
}

/** The people found, and whom we know by the Paddle customer. */
export interface FoundMembers extends MemberClues {
  /** Everyone who bought as this customer; a family may share one address. */
  readonly customers: readonly Member[];
}

/** What may be compared with an id of ours. */
export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The columns of a select list that find everyone whom an event could be about.
 *
 * @param tx A transaction of the webhooks' role.
 * @param question What the event says.
 * @returns A fragment, for {@linkcode foundIn} to read.
 */
export function selectMembers(
  tx: Transaction,
  question: MemberQuestion,
): postgres.PendingQuery<postgres.Row[]> {
  const named = question.customData.userId;
  const userId = named !== null && UUID.test(named) ? named : null;
  return tx`
      (
        select jsonb_build_object('userId', user_id, 'tenantId', tenant_id)
        from public.subscriptions
        where provider_subscription_id = ${question.subscriptionId}
      ) as of_subscription,
      (
        select jsonb_build_object('userId', id, 'tenantId', tenant_id)
        from public.profiles
        where id = ${userId}::uuid
      ) as of_custom_data,
      (
        select coalesce(
          jsonb_agg(jsonb_build_object('userId', user_id, 'tenantId', tenant_id)), '[]'
        )
        from public.billing_customers
        where provider_customer_id = ${question.customerId}
      ) as of_customer,
      (
        select jsonb_build_object('userId', user_id, 'tenantId', tenant_id)
        from public.billing_checkouts
        where provider_transaction_id = ${question.transactionId}
      ) as of_checkout`;
}

/**
 * The people found.
 *
 * @param row What {@linkcode selectMembers} selected.
 */
export function foundIn(row: ClueRow): FoundMembers {
  const [customer, ...others] = row.ofCustomer;
  return {
    ofSubscription: row.ofSubscription,
    ofCustomData: row.ofCustomData,
    // A customer whom several members share names none of them.
    ofCustomer: others.length === 0 ? customer ?? null : null,
    ofCheckout: row.ofCheckout,
    customers: row.ofCustomer,
  };
}
