/** Takes a batch again that may or may not have reached Resend, and gives up what was tried too long. */
import type { Transaction } from "@core/platform/database.ts";
import { addMilliseconds, type Instant } from "@core/platform/instant.ts";
import { type BatchedMail, type BatchMaker, describe, NOTHING, type Taken } from "./batch.ts";
import { composeMail } from "./compose.ts";
import type { StoredMail } from "./decide_send.ts";
import type { LinkPurpose } from "./mail_links.ts";
import type { MailTemplate } from "./mails/templates.ts";
import { KEY_LIFETIME, LEASE, pauseAfter } from "./pauses.ts";
import { whyNot } from "./why_not.ts";

/**
 * Takes the batch that is due to be tried again for the longest time.
 *
 * @param tx A transaction of the jobs' role.
 * @param maker What mails are made with.
 * @param templates Which mails.
 * @param at The time.
 * @returns The batch and what became of it, or null if none is due.
 */
export async function takeAgain(
  tx: Transaction,
  maker: BatchMaker,
  templates: readonly MailTemplate[],
  at: Instant,
): Promise<Taken | null> {
  const [batch] = await tx<{ id: string; attempts: number; firstAttemptAt: Instant }[]>`
    update public.mail_batches
    set attempts = attempts + 1, next_attempt_at = ${addMilliseconds(at, LEASE)}::timestamptz,
        first_attempt_at = coalesce(first_attempt_at, ${at}::timestamptz)
    where id = (
      select id from public.mail_batches as batch
      where state = 'open' and next_attempt_at <= ${at}::timestamptz
        and exists (
          select from public.engagement_email_sends
          where batch_id = batch.id and template_key = any (${tx.array([...templates])}::text[])
        )
      order by next_attempt_at
      limit 1
      for update skip locked
    )
    returning id, attempts, private.instant_text(first_attempt_at) as first_attempt_at`;
  if (batch === undefined) return null;
  if (addMilliseconds(batch.firstAttemptAt, KEY_LIFETIME) <= at) {
    return await giveUp(tx, batch.id, at);
  }

  const rows = await tx<StoredRow[]>`
    update public.engagement_email_sends
    set attempts = attempts + 1
    where batch_id = ${batch.id} and status = 'pending'
    returning id, tenant_id, template_key as template, facts, unsubscribe_hash, batch_position,
      (select token_hash from public.nps_survey_tokens where send_id = engagement_email_sends.id)
        as survey_hash,
      (select token_hash from public.welcome_tokens where send_id = engagement_email_sends.id)
        as welcome_hash`;
  if (rows.length === 0) {
    tx`update public.mail_batches set state = 'sent'
       where id = ${batch.id}`.execute();
    return NOTHING;
  }
  rows.sort((one, other) => one.batchPosition - other.batchPosition);
  const started = performance.now();
  try {
    const mails = rows.map((row) => makeAgain(row, maker));
    const working = performance.now() - started;
    return { ...NOTHING, batch: { id: batch.id, attempts: batch.attempts, mails }, working };
  } catch (error) {
    const reason = whyNot("cannot_be_rendered", describe(error));
    if (batch.attempts === 1) return await dissolve(tx, batch.id, reason);
    // Nothing may be left out of a batch that Resend may know. It waits for a release that can.
    tx`update public.mail_batches
       set next_attempt_at = ${addMilliseconds(at, pauseAfter(batch.attempts))}::timestamptz,
           error = ${reason}
       where id = ${batch.id}`.execute();
    tx`update public.engagement_email_sends set error = ${reason}
       where batch_id = ${batch.id} and status = 'pending'`.execute();
    return NOTHING;
  }
}

interface StoredRow {
  readonly id: string;
  readonly tenantId: string;
  readonly template: MailTemplate;
  readonly facts: StoredMail | null;
  readonly unsubscribeHash: string | null;
  readonly surveyHash: string | null;
  readonly welcomeHash: string | null;
  readonly batchPosition: number;
}

function makeAgain(row: StoredRow, { codes, from }: BatchMaker): BatchedMail {
  const { id, template, facts, unsubscribeHash, surveyHash, welcomeHash } = row;
  if (facts === null) throw new Error("nothing is stored of it");
  const find = (purpose: LinkPurpose, hash: string) => {
    const code = codes.find(purpose, id, hash);
    if (code === null) throw new Error("the secret of its links is gone");
    return code;
  };
  return {
    id,
    template,
    outgoing: composeMail(row, facts, {
      ...(unsubscribeHash === null ? {} : { unsubscribe: find("unsubscribe", unsubscribeHash) }),
      ...(surveyHash === null ? {} : { nps: find("nps", surveyHash) }),
      ...(welcomeHash === null ? {} : { welcome: find("welcome", welcomeHash) }),
    }, from),
  };
}

/** The half of a batch that was split: Resend has never seen it, so its mails are made afresh. */
async function dissolve(tx: Transaction, batchId: string, reason: string): Promise<Taken> {
  tx`update public.mail_batches set state = 'failed', first_attempt_at = null, error = ${reason}
     where id = ${batchId}`.execute();
  await tx`
    update public.engagement_email_sends
    set batch_id = null, batch_position = null, error = ${reason}
    where batch_id = ${batchId} and status = 'pending'`;
  return NOTHING;
}

/** Resend has forgotten the key by now: sending again could be a second mail. */
async function giveUp(tx: Transaction, batchId: string, at: Instant): Promise<Taken> {
  tx`update public.mail_batches set state = 'failed',
       error = ${whyNot("unknown_outcome")}
     where id = ${batchId}`.execute();
  const rows = await tx<{ wasTold: boolean }[]>`
    with told as (
      select mail.id,
             coalesce(mail.delivered_at, mail.bounced_at, mail.complained_at) is not null
               as was_told
      from public.engagement_email_sends as mail
      where mail.batch_id = ${batchId} and mail.status = 'pending'
    ), ended as (
      update public.engagement_email_sends as mail
      set status = case when told.was_told then 'sent' else 'error' end,
          sent_at = case when told.was_told then ${at}::timestamptz end,
          error = case
            when told.was_told then ${whyNot("told_later")}
            else ${whyNot("unknown_outcome", "not known whether it arrived")}
          end,
          next_attempt_at = null
      from told
      where mail.id = told.id
      returning mail.id, mail.tenant_id, mail.template_key, told.was_told
    ), audited as (
      insert into public.audit_log
        (tenant_id, actor_role, action, entity_type, entity_id, metadata)
      select ended.tenant_id, 'service_cron', 'email.' || template.kind || '.failed', 'mail',
             ended.id::text,
             jsonb_build_object('template', ended.template_key, 'reason', 'unknown_outcome')
      from ended
      join public.mail_templates as template on template.key = ended.template_key
      where not ended.was_told
    )
    select was_told from ended`;
  const sent = rows.filter(({ wasTold }) => wasTold).length;
  return { ...NOTHING, sent, failed: rows.length - sent };
}
