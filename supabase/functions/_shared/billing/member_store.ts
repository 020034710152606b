/** Finds the people whom an event could be about. */
import type { Transaction } from "@core/platform/database.ts";
import type { Member, MemberClues } from "./decide_member.ts";
import type { CustomData } from "./paddle_events.ts";

/** What an event says about its member. */
export interface MemberQuestion {
  readonly subscriptionId: string | null;
  readonly customerId: string | null;
  readonly customData: CustomData;
}

interface ClueRow {
  readonly ofSubscription: Member | null;
  readonly ofCustomData: Member | null;
  readonly ofCustomer: readonly Member[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds everyone whom an event could be about, in one statement.
 *
 * @param tx A transaction of the webhooks' role.
 * @param question What the event says.
 * @returns The people found.
 */
export async function findMembers(
  tx: Transaction,
  question: MemberQuestion,
): Promise<MemberClues> {
  const named = question.customData.userId;
  const userId = named !== null && UUID.test(named) ? named : null;
  const [row] = await tx<ClueRow[]>`
    select
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
          jsonb_agg(distinct jsonb_build_object('userId', user_id, 'tenantId', tenant_id)), '[]'
        )
        from public.subscriptions
        where provider_customer_id = ${question.customerId}
      ) as of_customer`;
  const [customer, ...others] = row?.ofCustomer ?? [];
  return {
    ofSubscription: row?.ofSubscription ?? null,
    ofCustomData: row?.ofCustomData ?? null,
    // A customer whom several members share names none of them.
    ofCustomer: others.length === 0 ? customer ?? null : null,
  };
}
