/** Takes mails into batches. */
import type { Transaction } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import type { BatchMaker, Taken } from "./batch.ts";
import type { MailTemplate } from "./mails/templates.ts";
import { takeNew } from "./new_batch.ts";
import { takeAgain } from "./repeat_batch.ts";

/**
 * Whether there is anything to take.
 *
 * @param tx A transaction of the jobs' role.
 * @param templates Which mails.
 * @param at The time.
 * @param held Mails that wait for a switch, as `tenant template`.
 */
export async function hasDueMail(
  tx: Transaction,
  templates: readonly MailTemplate[],
  at: Instant,
  held: readonly string[] = [],
): Promise<boolean> {
  const [row] = await tx<{ due: boolean }[]>`
    select exists (
      select from public.engagement_email_sends
      where status = 'pending' and batch_id is null and next_attempt_at <= ${at}::timestamptz
        and template_key = any (${tx.array([...templates])}::text[])
        and (tenant_id || ' ' || template_key) <> all (${tx.array([...held])}::text[])
    ) or exists (
      select from public.mail_batches as batch
      where state = 'open' and next_attempt_at <= ${at}::timestamptz
        and exists (
          select from public.engagement_email_sends
          where batch_id = batch.id and template_key = any (${tx.array([...templates])}::text[])
        )
    ) as due`;
  return row?.due ?? false;
}

/**
 * Takes a batch: one that was tried before and is due again, else a new one of up to 100 mails. The
 * transaction must commit before Resend is called. Until the lease is over nobody else takes it.
 *
 * @param tx A transaction of the jobs' role.
 * @param maker What mails are made with.
 * @param templates Which mails.
 * @param at The time.
 * @param held Mails that wait for a switch, as `tenant template`; what is in a batch already goes on.
 * @returns The batch, and what became of mails that are in none.
 */
export async function takeBatch(
  tx: Transaction,
  maker: BatchMaker,
  templates: readonly MailTemplate[],
  at: Instant,
  held: readonly string[] = [],
): Promise<Taken> {
  return await takeAgain(tx, maker, templates, at) ??
    await takeNew(tx, maker, templates, at, held);
}
