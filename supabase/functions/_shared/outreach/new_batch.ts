/** Makes a batch of mails that are due and in none. */
import type { Transaction } from "@core/platform/database.ts";
import { addDays, addMilliseconds, type Instant } from "@core/platform/instant.ts";
import type { OutgoingMail } from "@core/platform/mailer.ts";
import { type BatchMaker, describe, type Taken } from "./batch.ts";
import { composeMail, type MailCodes } from "./compose.ts";
import { decideSend, type StoredMail } from "./decide_send.ts";
import { type DueRow, lockDueSends } from "./due_sends.ts";
import { isOptional, type MailTemplate } from "./mails/templates.ts";
import { LEASE } from "./pauses.ts";
import { type WhyNot, whyNot } from "./why_not.ts";

/** Resend takes no more at once. */
const MAX_BATCH = 100;
const SURVEY_DAYS = 30;
/** The mail says so. */
const WELCOME_DAYS = 30;

/**
 * Takes up to 100 mails that are due; what is not wanted any more is written down as that.
 *
 * @param tx A transaction of the jobs' role.
 * @param maker What mails are made with.
 * @param templates Which mails.
 * @param at The time.
 * @param held Mails that wait for a switch, as `tenant template`.
 * @returns The batch, and what became of mails that are in none.
 */
export async function takeNew(
  tx: Transaction,
  maker: BatchMaker,
  templates: readonly MailTemplate[],
  at: Instant,
  held: readonly string[],
): Promise<Taken> {
  const rows = await lockDueSends(tx, templates, at, MAX_BATCH, held);
  const started = performance.now();
  const made = rows.map((row) => make(row, maker, at));
  const working = performance.now() - started;
  const ended = made.filter((one) => "status" in one);
  const ready = made.filter((one) => "outgoing" in one);
  const batch = { id: crypto.randomUUID(), attempts: 1 };
  if (ended.length > 0) writeEnded(tx, ended);
  if (ready.length > 0) writeBatch(tx, batch.id, ready, at);
  return {
    batch: ready.length === 0 ? null : {
      ...batch,
      mails: ready.map(({ row, outgoing }) => ({ id: row.id, template: row.template, outgoing })),
    },
    skipped: ended.filter(({ status }) => status === "skipped").length,
    failed: ended.filter(({ status }) => status === "error").length,
    sent: 0,
    working,
  };
}

interface Ended {
  readonly row: DueRow;
  readonly status: "skipped" | "error";
  readonly error: string;
}

interface Ready {
  readonly row: DueRow;
  readonly stored: StoredMail;
  readonly codes: MailCodes;
  readonly outgoing: OutgoingMail;
}

function make(row: DueRow, { siteUrl, from, codes }: BatchMaker, at: Instant): Ended | Ready {
  const end = (status: Ended["status"], code: WhyNot, detail?: string): Ended => ({
    row,
    status,
    error: whyNot(code, detail),
  });
  try {
    const decision = decideSend(row, at, siteUrl);
    if ("skip" in decision) return end("skipped", decision.skip);
    const links: MailCodes = {
      ...(isOptional(row.template) ? { unsubscribe: codes.make("unsubscribe", row.id) } : {}),
      ...(row.template === "nps_v1" ? { nps: codes.make("nps", row.id) } : {}),
      ...(row.template === "member_welcome" ? { welcome: codes.make("welcome", row.id) } : {}),
    };
    const outgoing = composeMail(row, decision.send, links, from);
    return { row, stored: decision.send, codes: links, outgoing };
  } catch (error) {
    return end("error", "cannot_be_rendered", describe(error));
  }
}

function writeEnded(tx: Transaction, ended: readonly Ended[]): void {
  const rows = ended.map(({ row, status, error }) => ({ id: row.id, status, error }));
  tx`
    with given as (
      select * from jsonb_to_recordset(${tx.json(rows)}) as given (id uuid, status text, error text)
    ), ended as (
      update public.engagement_email_sends as mail
      set status = given.status, error = given.error, next_attempt_at = null
      from given
      where mail.id = given.id
      returning mail.id, mail.tenant_id, mail.template_key, mail.status, mail.error
    )
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select ended.tenant_id, 'service_cron', 'email.' || template.kind || '.failed', 'mail',
           ended.id::text,
           jsonb_build_object('template', ended.template_key, 'reason', ended.error)
    from ended
    join public.mail_templates as template on template.key = ended.template_key
    where ended.status = 'error'`.execute();
}

function writeBatch(tx: Transaction, id: string, ready: readonly Ready[], at: Instant): void {
  tx`
    insert into public.mail_batches (id, attempts, first_attempt_at, next_attempt_at)
    values (${id}, 1, ${at}::timestamptz, ${addMilliseconds(at, LEASE)}::timestamptz)`.execute();
  const mails = ready.map(({ row, stored, codes }, position) => ({
    id: row.id,
    position,
    facts: stored,
    hash: codes.unsubscribe?.hash ?? null,
  }));
  tx`
    update public.engagement_email_sends as mail
    set batch_id = ${id}, batch_position = given.position, facts = given.facts,
        unsubscribe_hash = given.hash, attempts = mail.attempts + 1, error = null
    from jsonb_to_recordset(${tx.json(mails as never)})
      as given (id uuid, position integer, facts jsonb, hash text)
    where mail.id = given.id`.execute();
  writeSurveys(tx, ready, at);
  writeWelcomes(tx, ready, at);
}

function writeSurveys(tx: Transaction, ready: readonly Ready[], at: Instant): void {
  const surveys = ready.flatMap(({ row, codes }) =>
    codes.nps === undefined ? [] : [{
      "tenant_id": row.tenantId,
      "user_id": row.userId,
      "subscription_id": row.subscriptionId,
      "send_id": row.id,
      "token_hash": codes.nps.hash,
      "expires_at": addDays(at, SURVEY_DAYS),
    }]
  );
  if (surveys.length === 0) return;
  tx`
    insert into public.nps_survey_tokens as survey
      (tenant_id, user_id, subscription_id, send_id, token_hash, expires_at)
    select tenant_id, user_id, subscription_id, send_id, token_hash, expires_at
    from jsonb_to_recordset(${tx.json(surveys)}) as given
      (tenant_id text, user_id uuid, subscription_id uuid, send_id uuid, token_hash text,
       expires_at timestamptz)
    on conflict (send_id) do update
    set token_hash = excluded.token_hash, expires_at = excluded.expires_at
    where survey.used_at is null`.execute();
}

function writeWelcomes(tx: Transaction, ready: readonly Ready[], at: Instant): void {
  const welcomes = ready.flatMap(({ row, codes }) =>
    codes.welcome === undefined ? [] : [{
      "tenant_id": row.tenantId,
      "user_id": row.userId,
      "send_id": row.id,
      "token_hash": codes.welcome.hash,
      "expires_at": addDays(at, WELCOME_DAYS),
    }]
  );
  if (welcomes.length === 0) return;
  tx`
    insert into public.welcome_tokens as link
      (tenant_id, user_id, send_id, token_hash, expires_at)
    select tenant_id, user_id, send_id, token_hash, expires_at
    from jsonb_to_recordset(${tx.json(welcomes)}) as given
      (tenant_id text, user_id uuid, send_id uuid, token_hash text, expires_at timestamptz)
    on conflict (send_id) do update
    set token_hash = excluded.token_hash, expires_at = excluded.expires_at
    where link.used_at is null`.execute();
}
