/** Members in numbers, made by SQL in the state in which a mail is due. */
import type { Sql } from "postgres";

/** Which members are made. */
export interface MembersWish {
  readonly count: number;
  /** Days since the membership began. */
  readonly startedDaysAgo: number;
  /** Days since payments began to fail; null if they did not. */
  readonly pastDueDaysAgo?: number;
}

/**
 * Makes members with a membership each.
 *
 * @param sql The owner's connection.
 * @param wish How many, and in which state.
 * @returns Their ids.
 */
export async function makeDueMembers(sql: Sql, wish: MembersWish): Promise<string[]> {
  const { count, startedDaysAgo, pastDueDaysAgo = null } = wish;
  const rows = await sql<{ id: string }[]>`
    insert into auth.users (id, email, raw_user_meta_data)
    select id, id || '@outreach.test',
           jsonb_build_object(
             'tenant', (array['ks', 'mk'])[1 + number % 2],
             'locale', (array['sq', 'en', 'mk', 'sr'])[1 + number % 4],
             'full_name', 'Member ' || number
           )
    from (select gen_random_uuid() as id, number from generate_series(1, ${count}::int) as number)
      as person
    returning id`;
  const ids = rows.map(({ id }) => id);
  await sql`
    insert into public.subscriptions
      (tenant_id, user_id, plan_id, provider_subscription_id, provider_customer_id, status,
       started_at, current_period_start, current_period_end, past_due_at, grace_period_ends_at)
    select person.tenant_id, person.id, plan.id,
           'sub_' || replace(person.id::text, '-', ''), 'ctm_' || replace(person.id::text, '-', ''),
           case when ${pastDueDaysAgo}::float8 is null then 'active' else 'past_due' end,
           began.at, began.at, began.at + interval '1 year',
           failed.at, failed.at + interval '14 days'
    from public.profiles as person
    join public.membership_plans as plan
      on plan.tenant_id = person.tenant_id and plan.tier = 'standard'
    cross join (select now() - ${startedDaysAgo}::float8 * interval '1 day' as at) as began
    cross join (select now() - ${pastDueDaysAgo}::float8 * interval '1 day' as at) as failed
    where person.id = any (${ids})`;
  return ids;
}
