/** Which Paddle customer is which member, and where Paddle sends its invoices. */
import type { Transaction } from "@core/platform/database.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import type { Member } from "./decide_member.ts";
import type { Change } from "./effect.ts";
import type { PaddleEvent } from "./paddle_events.ts";

/** A member who bought as a customer, and the newest event about that customer. */
export interface StoredCustomer extends Member {
  readonly lastEventAt: Instant | null;
  readonly lastEventId: string | null;
}

/**
 * Reads who bought as a customer.
 *
 * @param tx A transaction of the webhooks' role.
 * @param customerId Paddle's id.
 * @returns The members; none if the customer is not known.
 */
export async function readCustomers(
  tx: Transaction,
  customerId: string,
): Promise<StoredCustomer[]> {
  const rows = await tx<(Member & { at: string | null; lastEventId: string | null })[]>`
    select user_id, tenant_id, to_jsonb(last_event_at) #>> '{}' as at, last_event_id
    from public.billing_customers
    where provider_customer_id = ${customerId}`;
  return rows.map(({ userId, tenantId, at, lastEventId }) => ({
    userId,
    tenantId,
    lastEventAt: at === null ? null : parseInstant(at),
    lastEventId,
  }));
}

/**
 * The change that makes a customer known as a member's, with the address that events told before.
 *
 * @param tx A transaction of the webhooks' role that holds the customer's lock.
 * @param customerId Paddle's id.
 * @param member The member.
 */
export function addCustomer(tx: Transaction, customerId: string, member: Member): Change {
  return tx`known as (
    insert into public.billing_customers
      (provider_customer_id, user_id, tenant_id, email, last_event_at, last_event_id)
    select ${customerId}, ${member.userId}::uuid, ${member.tenantId},
           left(newest.payload #>> '{data,email}', 320), newest.occurred_at, newest.event_id
    from (select) as one
    left join lateral (
      select payload, occurred_at, event_id
      from public.webhook_events
      where subject_id = ${customerId} and event_type like 'customer.%' and signature_valid
      order by occurred_at desc, event_id collate "C" desc
      limit 1
    ) as newest on true
    on conflict (provider_customer_id, user_id) do nothing)`;
}

/**
 * The change that keeps a changed address.
 *
 * @param tx A transaction of the webhooks' role.
 * @param customerId Paddle's id.
 * @param userIds Members for whom the event is the newest.
 * @param event The event.
 * @param email The address; null if the event has none that could be one.
 */
export function keepAddress(
  tx: Transaction,
  customerId: string,
  userIds: readonly string[],
  event: PaddleEvent,
  email: string | null,
): Change {
  return tx`kept as (
    update public.billing_customers
    set email = coalesce(${email}, email), last_event_at = ${event.occurredAt},
        last_event_id = ${event.eventId}
    where provider_customer_id = ${customerId} and user_id = any (${[...userIds]}::uuid[]))`;
}

/** An address that Paddle does not know yet. */
export interface DueAddress {
  readonly customerId: string;
  readonly userId: string;
  readonly email: string;
  /** Since when, as PostgreSQL writes it. */
  readonly since: string;
}

/**
 * The new addresses that Paddle is to be told, those that wait longest first.
 *
 * @param tx A transaction of the webhooks' role.
 */
export async function readDueAddresses(tx: Transaction): Promise<DueAddress[]> {
  return await tx<DueAddress[]>`
    select provider_customer_id as customer_id, user_id, email, since::text
    from private.addresses_for_paddle()`;
}

/**
 * Notes that Paddle was told, unless the address changed once more meanwhile.
 *
 * @param tx A transaction of the webhooks' role.
 * @param address What it was told.
 */
export async function customerTold(tx: Transaction, address: DueAddress): Promise<void> {
  const { customerId, userId, since } = address;
  await tx`
    update public.billing_customers set address_due_at = null
    where provider_customer_id = ${customerId} and user_id = ${userId}
      and address_due_at = ${since}::timestamptz`;
}
