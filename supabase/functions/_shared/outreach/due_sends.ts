/** Reads the mails whose turn has come. */
import type { Transaction } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import type { DueMembership, DueSend } from "./decide_send.ts";
import type { MailTemplate } from "./mails/templates.ts";

/** A mail of the ledger, as the jobs need it. */
export interface DueRow extends DueSend {
  readonly tenantId: string;
  readonly userId: string;
  readonly subscriptionId: string | null;
  /** Hash of the code that it was given at an earlier try; null at the first. */
  readonly unsubscribeHash: string | null;
}

type Row =
  & Pick<
    DueRow,
    | "id"
    | "tenantId"
    | "userId"
    | "subscriptionId"
    | "template"
    | "dedupeKey"
    | "params"
    | "sendUntil"
    | "unsubscribeHash"
  >
  & DueSend["person"]
  & Omit<DueSend["tenant"], "id">
  & Omit<DueMembership, "status" | "access">
  & { readonly status: string | null; readonly ownAccess: string };

/**
 * Takes mails that are due and in no batch, and keeps others from taking them until the end of the
 * transaction.
 *
 * @param tx A transaction of the jobs' role.
 * @param templates Which mails.
 * @param at The time.
 * @param max The most that are taken.
 * @param held Mails that wait for a switch, as `tenant template`.
 * @returns The mails, the longest due first.
 */
export async function lockDueSends(
  tx: Transaction,
  templates: readonly MailTemplate[],
  at: Instant,
  max: number,
  held: readonly string[] = [],
): Promise<DueRow[]> {
  const rows = await tx<Row[]>`
    select mail.id, mail.tenant_id, mail.user_id, mail.subscription_id,
           mail.template_key as template, mail.dedupe_key, mail.params,
           private.instant_text(mail.send_until) as send_until, mail.unsubscribe_hash,
           person.email, person.full_name, person.member_number, person.locale, person.is_active,
           person.marketing_opt_out_at is not null as has_opted_out,
           person.email_undeliverable_at is not null as is_undeliverable,
           private.membership_access_at(mail.user_id, ${at}::timestamptz) as access,
           tenant.name, tenant.legal_name, tenant.support_email, tenant.support_phone,
           tenant.time_zone, tenant.hosts, tenant.grace_sender_name,
           membership.status,
           private.membership_access_at(mail.user_id, ${at}::timestamptz, membership.id)
             as own_access,
           private.instant_text(membership.current_period_end) as current_period_end,
           private.instant_text(membership.past_due_at) as past_due_at,
           private.instant_text(membership.grace_period_ends_at) as grace_period_ends_at,
           plan.tier as plan_tier, plan.name as plan_name, plan.price_cents, plan.currency
    from public.engagement_email_sends as mail
    join public.profiles as person on person.id = mail.user_id
    join public.tenants as tenant on tenant.id = mail.tenant_id
    left join public.subscriptions as membership on membership.id = mail.subscription_id
    left join public.membership_plans as plan on plan.id = membership.plan_id
    where mail.status = 'pending' and mail.batch_id is null
      and mail.next_attempt_at <= ${at}::timestamptz
      and mail.template_key = any (${tx.array([...templates])}::text[])
      and (mail.tenant_id || ' ' || mail.template_key) <> all (${tx.array([...held])}::text[])
    order by mail.next_attempt_at
    limit ${max}
    for update of mail skip locked`;
  return rows.map(toDueRow);
}

function toDueRow(row: Row): DueRow {
  const { tenantId, userId, subscriptionId, unsubscribeHash } = row;
  const { id, template, dedupeKey, params, sendUntil } = row;
  const { email, fullName, memberNumber, locale, isActive, hasOptedOut, isUndeliverable } = row;
  const { name, legalName, supportEmail, supportPhone, timeZone, hosts, graceSenderName } = row;
  const { currentPeriodEnd, pastDueAt, gracePeriodEndsAt, planTier, planName, priceCents } = row;
  return {
    id,
    tenantId,
    userId,
    subscriptionId,
    unsubscribeHash,
    template,
    dedupeKey,
    params,
    sendUntil,
    person: {
      email,
      fullName,
      memberNumber,
      locale,
      isActive,
      hasOptedOut,
      isUndeliverable,
      access: row.access,
    },
    tenant: {
      id: tenantId,
      name,
      legalName,
      supportEmail,
      supportPhone,
      timeZone,
      hosts,
      graceSenderName,
    },
    membership: row.status === null ? null : {
      status: row.status,
      access: row.ownAccess,
      currentPeriodEnd,
      pastDueAt,
      gracePeriodEndsAt,
      planTier,
      planName,
      priceCents,
      currency: row.currency,
    },
  };
}
