/** Writes down what became of a batch, each outcome in one transaction. */
import type { Transaction } from "@core/platform/database.ts";
import { addMilliseconds, type Instant } from "@core/platform/instant.ts";
import type { AuditAction } from "@core/audit/actions.ts";
import type { Batch, BatchedMail } from "./batch.ts";
import { MAIL_KINDS, type MailTemplate } from "./mails/templates.ts";
import { pauseAfter } from "./pauses.ts";
import { whyNot } from "./why_not.ts";

/**
 * Resend has the mails. This is the truth whoever else is at the batch, so nothing stands in its way.
 *
 * @param tx A transaction of the jobs' role.
 * @param batch The batch.
 * @param ids Resend's id of each mail, null where it is not known.
 * @param note For the ledger, null for none.
 * @param at The time.
 * @returns How many mails this made sent; fewer if somebody wrote it down before.
 */
export async function markSent(
  tx: Transaction,
  batch: Batch,
  ids: readonly (string | null)[],
  note: string | null,
  at: Instant,
): Promise<number> {
  const mails = batch.mails.map(({ id, template }, place) => ({
    id,
    "message_id": ids[place] ?? null,
    action: sentAction(template),
  }));
  tx`update public.mail_batches set state = 'sent', error = ${note}
     where id = ${batch.id} and state = 'open'`.execute();
  const [row] = await tx<{ sent: number }[]>`
    with given as (
      select * from jsonb_to_recordset(${tx.json(mails)})
        as given (id uuid, message_id text, action text)
    ), sent as (
      update public.engagement_email_sends as mail
      set status = 'sent', sent_at = ${at}::timestamptz, provider_message_id = given.message_id,
          error = ${note}, next_attempt_at = null
      from given
      where mail.id = given.id
        and (mail.status = 'pending' or mail.status = 'error' and mail.may_have_arrived)
      returning mail.id, mail.tenant_id, mail.template_key, mail.subscription_id, mail.attempts,
        given.action
    ), audited as (
      insert into public.audit_log
        (tenant_id, actor_role, action, entity_type, entity_id, metadata)
      select tenant_id, 'service_cron', action, 'mail', id::text,
             jsonb_build_object('template', template_key, 'subscription_id', subscription_id,
               'attempts', attempts)
      from sent
    )
    select count(*)::integer as sent from sent`;
  return row?.sent ?? 0;
}

/**
 * Nobody knows whether Resend has the mails: the same call is repeated later.
 *
 * @param tx A transaction of the jobs' role.
 * @param batch The batch.
 * @param reason For the ledger.
 * @param at The time.
 */
export async function repeatLater(
  tx: Transaction,
  batch: Batch,
  reason: string,
  at: Instant,
): Promise<void> {
  if (!await isOurs(tx, batch)) return;
  const next = addMilliseconds(at, pauseAfter(batch.attempts));
  tx`update public.mail_batches set next_attempt_at = ${next}::timestamptz, error = ${reason}
     where id = ${batch.id}`.execute();
  tx`update public.engagement_email_sends set error = ${reason}
     where batch_id = ${batch.id} and status = 'pending'`.execute();
}

/**
 * Resend surely did not take the mails this time. If there was no earlier try it has none of them:
 * they go back among those that are due, to be looked at afresh. Else the same call is repeated.
 *
 * @param tx A transaction of the jobs' role.
 * @param batch The batch.
 * @param reason For the ledger.
 * @param at The time.
 */
export async function putBack(
  tx: Transaction,
  batch: Batch,
  reason: string,
  at: Instant,
): Promise<void> {
  if (batch.attempts > 1) return await repeatLater(tx, batch, reason, at);
  if (!await isOurs(tx, batch)) return;
  tx`update public.mail_batches set state = 'failed', error = ${reason}
     where id = ${batch.id}`.execute();
  tx`update public.engagement_email_sends
     set batch_id = null, batch_position = null, error = ${reason}
     where batch_id = ${batch.id} and status = 'pending'`.execute();
}

/**
 * Resend refuses the batch for one of its mails: each half is tried by itself, until the one is found.
 *
 * @param tx A transaction of the jobs' role.
 * @param batch A batch of two mails at least.
 * @param reason For the ledger.
 * @param at The time.
 */
export async function splitBatch(
  tx: Transaction,
  batch: Batch,
  reason: string,
  at: Instant,
): Promise<void> {
  if (!await isOurs(tx, batch)) return;
  tx`update public.mail_batches set state = 'split', error = ${reason}
     where id = ${batch.id}`.execute();
  const half = Math.ceil(batch.mails.length / 2);
  for (const mails of [batch.mails.slice(0, half), batch.mails.slice(half)]) {
    moveTo(tx, crypto.randomUUID(), mails, at);
  }
}

function moveTo(
  tx: Transaction,
  id: string,
  mails: readonly BatchedMail[],
  at: Instant,
): void {
  tx`insert into public.mail_batches (id, next_attempt_at) values (${id}, ${at}::timestamptz)`
    .execute();
  tx`
    update public.engagement_email_sends as mail
    set batch_id = ${id}, batch_position = given.place - 1
    from unnest(${tx.array(mails.map((mail) => mail.id))}::uuid[])
      with ordinality as given (id, place)
    where mail.id = given.id and mail.status = 'pending'`.execute();
}

/**
 * Resend refuses a mail. If that is for its address no further mail is sent there.
 *
 * @param tx A transaction of the jobs' role.
 * @param batch A batch of one mail.
 * @param refusal Why.
 * @param at The time.
 * @returns How the mail ended.
 */
export async function refuseMail(
  tx: Transaction,
  batch: Batch,
  refusal: { readonly code: string; readonly message: string; readonly isAddress: boolean },
  at: Instant,
): Promise<"skipped" | "failed" | "not_ours"> {
  const [mail] = batch.mails;
  if (mail === undefined || !await isOurs(tx, batch)) return "not_ours";
  const { isAddress } = refusal;
  const detail = `${refusal.code}: ${refusal.message}`;
  const reason = whyNot(isAddress ? "address_refused" : "refused", detail);
  tx`update public.mail_batches set state = 'failed', error = ${reason}
     where id = ${batch.id}`.execute();
  tx`
    with ended as (
      update public.engagement_email_sends
      set status = ${isAddress ? "skipped" : "error"}, error = ${reason}, next_attempt_at = null
      where id = ${mail.id} and status = 'pending'
      returning id, tenant_id, template_key
    )
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select tenant_id, 'service_cron', ${failedAction(mail.template)}, 'mail', id::text,
           jsonb_build_object('template', template_key, 'reason', ${refusal.code}::text)
    from ended`.execute();
  if (isAddress) {
    tx`
      update public.profiles as person
      set email_undeliverable_at = ${at}::timestamptz,
          email_undeliverable_reason = ${detail.slice(0, 500)}
      from public.engagement_email_sends as mail
      where mail.id = ${mail.id} and person.id = mail.user_id
        and person.email_undeliverable_at is null and person.email = ${mail.outgoing.to}`
      .execute();
  }
  return isAddress ? "skipped" : "failed";
}

/** Whether nobody else has taken the batch since: its attempts would have been counted on. */
async function isOurs(tx: Transaction, { id, attempts }: Batch): Promise<boolean> {
  const rows = await tx`
    select from public.mail_batches
    where id = ${id} and state = 'open' and attempts = ${attempts}
    for update`;
  return rows.length > 0;
}

function sentAction(template: MailTemplate): AuditAction {
  switch (template) {
    case "dunning_day_7":
      return "email.dunning.reminder";
    case "dunning_final":
      return "email.dunning.final_warning";
    default:
      return `email.${MAIL_KINDS[template]}.sent`;
  }
}

function failedAction(template: MailTemplate): AuditAction {
  return `email.${MAIL_KINDS[template]}.failed`;
}
