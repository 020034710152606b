/** A house with many members of whom few are due a mail. */
import type { Sql } from "postgres";
import { makeDueMembers } from "./due_members.ts";
import { type Job, JOBS, MINUTE, type Outreach } from "./outreach.ts";

/** How many mails {@link makeDue} makes due. */
export const DUE = 1_000;

/** Runs of the sending job after which what is left is not going to be sent. */
const MOST_MINUTES = 60;

/**
 * Adds members who are due nothing now: some in their first months, with a stage ahead, some owing
 * with a stage ahead, most long since members; each with three mails in the ledger.
 *
 * @param sql The owner's connection.
 * @param count How many.
 */
export async function addSettledMembers(sql: Sql, count: number): Promise<void> {
  await sql.begin(async (tx) => {
    // Nobody signs up or buys here: the rows are made as those events would have left them.
    await tx`set local session_replication_role = replica`;
    await tx`
      create temporary table newcomer on commit drop as
      select gen_random_uuid() as id, gen_random_uuid() as subscription_id,
             (array['ks', 'mk'])[1 + number % 2] as tenant_id, number
      from generate_series(1, ${count}::int) as number`;
    await tx`
      insert into public.profiles (id, tenant_id, email, full_name, locale)
      select id, tenant_id, id || '@outreach.test', 'Member', 'sq' from newcomer`;
    await tx`
      insert into public.subscriptions
        (id, tenant_id, user_id, plan_id, provider_subscription_id, provider_customer_id, status,
         started_at, current_period_start, current_period_end, past_due_at, grace_period_ends_at,
         lifecycle_due_at, dunning_due_at)
      select newcomer.subscription_id, newcomer.tenant_id, newcomer.id, plan.id,
             'sub_' || newcomer.id, 'ctm_' || newcomer.id,
             case when number % 20 = 0 then 'past_due' else 'active' end,
             now() - number % 700 * interval '1 day', now() - number % 365 * interval '1 day',
             now() + interval '180 days',
             case when number % 20 = 0 then now() - interval '2 days' end,
             case when number % 20 = 0 then now() + interval '12 days' end,
             case when number % 4 = 0 then now() + (1 + number % 30) * interval '1 day' end,
             case when number % 20 = 0 then now() + interval '5 days' end
      from newcomer
      join public.membership_plans as plan
        on plan.tenant_id = newcomer.tenant_id and plan.tier = 'standard'`;
    await tx`
      insert into public.engagement_email_sends
        (tenant_id, user_id, subscription_id, template_key, dedupe_key, status, attempts,
         next_attempt_at, sent_at, created_at)
      select tenant_id, id, subscription_id, template_key,
             'engagement:' || subscription_id || ':' || template_key, 'sent', 1, null, now(),
             now() - number % 700 * interval '1 day'
      from newcomer
      cross join unnest('{onboarding_day_7,checkin_day_14,retention_day_30}'::text[])
        as template_key`;
  });
  for (const table of ["profiles", "subscriptions", "engagement_email_sends"]) {
    await sql`vacuum (analyze) ${sql(table)}`;
  }
}

/**
 * Makes {@link DUE} mails due, of every kind.
 *
 * @param sql The owner's connection.
 */
export async function makeDue(sql: Sql): Promise<void> {
  await makeDueMembers(sql, { count: 500, startedDaysAgo: 8 });
  await makeDueMembers(sql, { count: 100, startedDaysAgo: 50 });
  await makeDueMembers(sql, { count: 300, startedDaysAgo: 400, pastDueDaysAgo: 8 });
}

/**
 * Lets every job do its work, the one that sends as often as it takes: a run ends when it has worked
 * for long enough, and the next one goes on.
 *
 * @param outreach The outreach.
 * @returns How long it took, in milliseconds, and how many mails were sent.
 */
export async function sweep(
  outreach: Outreach,
): Promise<{ readonly milliseconds: number; readonly sent: number }> {
  // By the database's clock the newcomers are due only now.
  outreach.goTo(Date.now());
  const began = performance.now();
  let sent = 0;
  const run = async (job: Job) => {
    sent += (await outreach.run(job))["sent"] ?? 0;
  };
  for (const job of JOBS) await run(job);
  for (let minute = 0; minute < MOST_MINUTES && await isWorkLeft(outreach.sql); minute++) {
    outreach.clock.advance(MINUTE);
    await run("mails");
  }
  return { milliseconds: performance.now() - began, sent };
}

async function isWorkLeft(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select from public.engagement_email_sends where status = 'pending' limit 1`;
  return rows.length > 0;
}

/**
 * Times {@link DUE} due mails in two houses by turns, so that a busy machine slows both.
 *
 * @param many The larger house.
 * @param few The smaller one.
 * @param rounds How often.
 * @returns The larger house's time of each round as a multiple of the smaller one's.
 * @throws {Error} If not exactly those were sent.
 */
export async function compareSweeps(
  many: Outreach,
  few: Outreach,
  rounds: number,
): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ratios.push(await timeSweep(many) / await timeSweep(few));
  }
  return ratios;
}

async function timeSweep(outreach: Outreach): Promise<number> {
  await makeDue(outreach.sql);
  const { milliseconds, sent } = await sweep(outreach);
  if (sent === DUE) return milliseconds;
  const others = await outreach.sql`
    select status, template_key, error, count(*)::int from public.engagement_email_sends
    where status <> 'sent' group by 1, 2, 3`;
  throw new Error(`${sent} of ${DUE} due mails were sent, not ${JSON.stringify(others)}`);
}
