/** One member as administrators see them, and why their membership is, or is not, active. */
import { type MembershipAccess, membershipAccess } from "@core/billing/membership.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { Role } from "@core/identity/roles.ts";
import {
  type Membership,
  membershipOf,
  readSubscriptions,
  type SubscriptionRow,
} from "./membership.ts";
import { type ListedMail, readMailsOf } from "./mail_ledger.ts";
import { type InvoiceRow, readInvoices } from "./membership_page.ts";
import type { ListedEvent } from "./webhook_events.ts";

/** A person's profile for administrators. */
export interface MemberProfile {
  readonly id: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly memberNumber: string | null;
  readonly isActive: boolean;
  /** Since when nothing is sent to the address, for it refuses mails. */
  readonly emailUndeliverableAt: Date | null;
  readonly emailUndeliverableReason: string | null;
  /** Since when the person wants no helpful mails. */
  readonly marketingOptOutAt: Date | null;
  readonly createdAt: Date;
  readonly agentName: string | null;
  readonly branchName: string | null;
}

/** All that is known about a member's membership. */
export interface MemberFile {
  readonly profile: MemberProfile;
  readonly access: MembershipAccess;
  readonly membership: Membership;
  readonly subscriptions: readonly SubscriptionRow[];
  readonly invoices: readonly InvoiceRow[];
  readonly events: readonly ListedEvent[];
  /** Events about the member that are not done with. */
  readonly openEvents: readonly ListedEvent[];
  /** When they last opened a checkout. */
  readonly checkoutAt: Date | null;
  /** The latest of our mails to them. */
  readonly mails: readonly ListedMail[];
}

/**
 * Reads everything about a member that the asking person may see.
 *
 * @param tx A transaction in the person's name.
 * @param id The member.
 * @param now Milliseconds since 1970.
 * @returns The file, or null if there is no such person for the asker.
 */
export async function readMemberFile(
  tx: Transaction,
  id: string,
  now: number,
): Promise<MemberFile | null> {
  const [[profile], access, subscriptions, invoices, events, openEvents, [checkout], mails] =
    await Promise.all([
      tx<MemberProfile[]>`
        select p.id, p.tenant_id, p.role, p.full_name, p.email, p.phone, p.member_number,
               p.is_active, p.email_undeliverable_at, p.email_undeliverable_reason,
               p.marketing_opt_out_at, p.created_at, a.full_name as agent_name, b.name as branch_name
        from public.profiles as p
        left join public.profiles as a on a.id = p.agent_id
        left join public.branches as b on b.id = p.branch_id
        where p.id = ${id}`,
      membershipAccess(tx, id),
      readSubscriptions(tx, id),
      readInvoices(tx, id),
      readEventsOf(tx, id, false),
      readEventsOf(tx, id, true),
      tx<{ createdAt: Date }[]>`
        select created_at from public.billing_checkouts
        where user_id = ${id} order by created_at desc limit 1`,
      readMailsOf(tx, id),
    ]);
  if (profile === undefined) return null;
  return {
    profile,
    access,
    membership: membershipOf(access, subscriptions, now),
    subscriptions,
    invoices,
    events,
    openEvents,
    checkoutAt: checkout?.createdAt ?? null,
    mails,
  };
}

/**
 * Has mails sent again to an address that refused them, audited by the database.
 *
 * @param tx A transaction in the administrator's name.
 * @param id The member.
 */
export async function trustAddress(tx: Transaction, id: string): Promise<void> {
  await tx`select public.trust_address(${id}::uuid)`;
}

/**
 * Events about a member. Those that failed may not know their member yet, so they are also found by
 * what our checkout attached and by the member's subscriptions and customers in Paddle.
 */
async function readEventsOf(tx: Transaction, id: string, open: boolean): Promise<ListedEvent[]> {
  return await tx<ListedEvent[]>`
    select e.id, e.tenant_id, e.event_type, e.subject_id, e.received_at, e.signature_valid,
           e.processing_result, e.gave_up_at, e.attempts, e.member_id, null as member_name
    from public.webhook_events as e
    where ${
    open
      ? tx`
        e.signature_valid and (e.processing_result is null or e.processing_result = 'error')
        and (
          e.member_id = ${id}
          or e.payload #>> '{data,custom_data,user_id}' = ${id}
          or e.payload #>> '{data,customer_id}' = any (array(
            select provider_customer_id from public.billing_customers where user_id = ${id}
          ))
          or e.subject_id = any (array(
            select provider_subscription_id from public.subscriptions where user_id = ${id}
          ))
        )`
      : tx`
        e.member_id = ${id}
        or e.subject_id = any (array(
          select provider_subscription_id from public.subscriptions where user_id = ${id}
        ))`
  }
    order by e.received_at desc, e.id desc
    limit 20`;
}

/** One sentence of the answer to "why is this member not active?". */
export type Reason =
  | { readonly kind: "locked" }
  | { readonly kind: "active" | "ending"; readonly date: Date | null }
  | { readonly kind: "grace"; readonly since: Date | null; readonly until: Date }
  | { readonly kind: "unpaid" | "returned" | "ended"; readonly date: Date | null }
  | { readonly kind: "paused" }
  | { readonly kind: "never" }
  | { readonly kind: "left_checkout"; readonly date: Date }
  | { readonly kind: "event"; readonly event: ListedEvent };

/**
 * Why a member is, or is not, active: the state first, then what may be behind it. Pure.
 *
 * @param file What is stored.
 */
export function explain(
  file: Pick<MemberFile, "membership" | "openEvents" | "checkoutAt" | "subscriptions"> & {
    readonly profile: Pick<MemberProfile, "isActive">;
  },
): Reason[] {
  const { membership, openEvents, checkoutAt, subscriptions } = file;
  const reasons: Reason[] = [];
  if (!file.profile.isActive) reasons.push({ kind: "locked" });
  reasons.push(stateReason(membership, subscriptions));
  for (const event of openEvents.slice(0, 5)) reasons.push({ kind: "event", event });
  const isOut = membership.kind === "none" || membership.kind === "ended";
  if (isOut && checkoutAt !== null && openEvents.length === 0) {
    const paidSince = subscriptions.some(({ startedAt }) => startedAt && startedAt >= checkoutAt);
    if (!paidSince) reasons.push({ kind: "left_checkout", date: checkoutAt });
  }
  return reasons;
}

function stateReason(membership: Membership, rows: readonly SubscriptionRow[]): Reason {
  switch (membership.kind) {
    case "active":
    case "ending":
    case "ended":
      return { kind: membership.kind, date: membership.until };
    case "grace": {
      const since = rows.find(({ id }) => id === membership.subscriptionId)?.pastDueAt ?? null;
      return { kind: "grace", since, until: membership.until };
    }
    case "suspended":
      return { kind: membership.because, date: membership.since };
    case "paused":
      return { kind: "paused" };
    case "none":
      return { kind: "never" };
  }
}
