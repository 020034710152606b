/** Our mails as operators see them. */
import type { Transaction } from "@core/platform/database.ts";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";
import { type Cursor, cursorOf } from "./keyset.ts";
import { type MailFilter, mailFilterSql } from "./mail_filter.ts";
import type { AuditLine } from "./webhook_events.ts";

/** A mail in a list. */
export interface ListedMail {
  readonly id: string;
  readonly templateKey: string;
  readonly status: "pending" | "sent" | "skipped" | "error";
  /** Why it was not sent: a code, perhaps followed by `: ` and more. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly bouncedAt: Date | null;
  readonly complainedAt: Date | null;
  /** To whom; null for somebody who is invited and has no account by it. */
  readonly userId: string | null;
  /** Their name, else their address; an invited person's as whoever invited knows it. */
  readonly memberName: string | null;
}

/** A page of mails, the latest first. */
export interface MailList {
  readonly mails: readonly ListedMail[];
  readonly next: Cursor | null;
}

/** Mails that somebody should look at. */
export interface MailBacklog {
  readonly failed: number;
  readonly returned: number;
  readonly waiting: number;
}

/** One mail with everything that is known of it. */
export interface MailFile extends ListedMail {
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly sendUntil: Date | null;
  readonly providerMessageId: string | null;
  /** Whether it was handed over and no answer came: then nobody sends it again. */
  readonly mayHaveArrived: boolean;
  /** Whether it holds a link that no table keeps: then nobody can make it again. */
  readonly holdsSecret: boolean;
  /**
   * The address that it went to, or goes to as things stand; null if that is no longer, or not, known.
   */
  readonly address: string | null;
}

/** What Resend told about a mail. */
export interface MailEvent {
  readonly id: string;
  /** Such as `email.delivered`. */
  readonly type: string;
  readonly occurredAt: Date;
  readonly reason: string | null;
}

/** Where a mail stands, as its badge says it. */
export type MailStanding =
  | "error"
  | "returned"
  | "complained"
  | "pending"
  | "sent"
  | "delivered"
  | "skipped";

/** Mails on one page. */
const PER_PAGE = 30;

/** Where a mail stands: what came back counts more than that it was sent. */
export function standingOf(
  mail: Pick<ListedMail, "status" | "deliveredAt" | "bouncedAt" | "complainedAt">,
): MailStanding {
  if (mail.complainedAt) return "complained";
  if (mail.bouncedAt) return "returned";
  if (mail.status === "sent" && mail.deliveredAt) return "delivered";
  return mail.status;
}

/**
 * The message that says why a mail was not sent.
 *
 * @param error What the ledger says: a code, perhaps followed by `: ` and more.
 * @returns The key of a message, or null if the code has none.
 */
export function reasonKey(error: string): MessageKey | null {
  const key = `mails.reason.${error.split(":", 1)[0]}`;
  return isMessageKey(key) ? key : null;
}

/** Whether an administrator can have a mail sent again; the database decides once more. */
export function canRetry(
  mail: Pick<MailFile, "status" | "mayHaveArrived" | "holdsSecret" | "sendUntil">,
  now: number,
): boolean {
  return mail.status === "error" && !mail.mayHaveArrived && !mail.holdsSecret &&
    (mail.sendUntil === null || mail.sendUntil.getTime() > now);
}

/**
 * A page of mails that the asking person may see.
 *
 * @param tx A transaction in the person's name.
 * @param filter What is looked for.
 * @param timeZone In which the filter's days are meant.
 * @param after Where the page begins.
 */
export async function listMails(
  tx: Transaction,
  filter: MailFilter,
  timeZone: string,
  after: Cursor | null,
): Promise<MailList> {
  const rows = await tx<(ListedMail & { readonly place: string })[]>`
    select m.id, m.template_key, m.status, m.error, m.created_at, m.sent_at, m.delivered_at,
           m.bounced_at, m.complained_at, m.user_id,
           coalesce(
             nullif(p.full_name, ''), nullif(p.email, ''), nullif(i.full_name, ''), i.email
           ) as member_name,
           to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from public.engagement_email_sends as m
    left join public.profiles as p on p.id = m.user_id
    left join public.invitations as i on i.id = m.invitation_id
    where true
      ${mailFilterSql(tx, filter, timeZone)}
      ${
    after === null
      ? tx``
      : tx`and (m.created_at, m.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
  }
    order by m.created_at desc, m.id desc
    limit ${PER_PAGE + 1}`;
  return { mails: rows.slice(0, PER_PAGE), next: cursorOf(rows, PER_PAGE) };
}

/** How many mails failed, came back and wait, of those that the asking person may see. */
export async function readMailBacklog(tx: Transaction): Promise<MailBacklog> {
  const [[open], [back]] = await Promise.all([
    tx<Pick<MailBacklog, "failed" | "waiting">[]>`
      select count(*) filter (where status = 'error') as failed,
             count(*) filter (where status = 'pending') as waiting
      from public.engagement_email_sends
      where status in ('pending', 'error')`,
    tx<Pick<MailBacklog, "returned">[]>`
      select count(*) as returned
      from public.engagement_email_sends
      where bounced_at is not null or complained_at is not null`,
  ]);
  return {
    failed: open?.failed ?? 0,
    waiting: open?.waiting ?? 0,
    returned: back?.returned ?? 0,
  };
}

/** The latest mails to a person. */
export async function readMailsOf(tx: Transaction, userId: string): Promise<ListedMail[]> {
  return await tx<ListedMail[]>`
    select m.id, m.template_key, m.status, m.error, m.created_at, m.sent_at, m.delivered_at,
           m.bounced_at, m.complained_at, m.user_id, null as member_name
    from public.engagement_email_sends as m
    where m.user_id = ${userId}
    order by m.created_at desc, m.id desc
    limit 10`;
}

/**
 * One mail, or null if the asking person may not see it or there is none.
 *
 * @param tx A transaction in the person's name.
 * @param id Ours.
 */
export async function readMail(tx: Transaction, id: string): Promise<MailFile | null> {
  const [row] = await tx<MailFile[]>`
    select m.id, m.template_key, m.status, m.error, m.created_at, m.sent_at, m.delivered_at,
           m.bounced_at, m.complained_at, m.user_id, m.attempts, m.next_attempt_at, m.send_until,
           m.provider_message_id, m.may_have_arrived, template.holds_secret,
           coalesce(
             nullif(p.full_name, ''), nullif(p.email, ''), nullif(i.full_name, ''), i.email
           ) as member_name,
           -- What is on its way, or was, has its own; the person's may be another by now.
           coalesce(m.facts ->> 'to', case when m.status = 'pending' then p.email end, i.email)
             as address
    from public.engagement_email_sends as m
    join public.mail_templates as template on template.key = m.template_key
    left join public.profiles as p on p.id = m.user_id
    left join public.invitations as i on i.id = m.invitation_id
    where m.id = ${id}`;
  return row ?? null;
}

/** What Resend told about a mail, in order. */
export async function readMailEvents(tx: Transaction, id: string): Promise<MailEvent[]> {
  return await tx<MailEvent[]>`
    select e.id, e.type, e.occurred_at, e.detail ->> 'reason' as reason
    from public.mail_events as e
    where e.send_id = ${id}
    -- Resend's times are of a second: what comes first in life comes first here.
    order by e.occurred_at,
             array_position(
               array['email.sent', 'email.delivery_delayed', 'email.delivered'], e.type
             ),
             e.received_at, e.id
    limit 100`;
}

/** What was done with a mail, in order. */
export async function readMailTrail(tx: Transaction, id: string): Promise<AuditLine[]> {
  return await tx<AuditLine[]>`
    select a.id, a.action, a.actor_role, nullif(p.full_name, '') as actor_name, a.entity_type,
           a.entity_id, a.metadata, a.created_at
    from public.audit_log as a
    left join public.profiles as p on p.id = a.actor_id
    where a.entity_type = 'mail' and a.entity_id = ${id}
    order by a.seq
    limit 100`;
}

/** What became of an attempt to have a mail sent again. */
export type RetryOutcome = "retried" | "unknown" | "not_failed" | "may_have_arrived" | "too_late";

/**
 * Has a mail that failed sent again, audited by the database.
 *
 * @param tx A transaction in the administrator's name.
 * @param id Ours.
 */
export async function retryMail(tx: Transaction, id: string): Promise<RetryOutcome> {
  const [row] = await tx<{ outcome: RetryOutcome }[]>`
    select public.retry_mail(${id}::uuid) as outcome`;
  return row?.outcome ?? "unknown";
}
