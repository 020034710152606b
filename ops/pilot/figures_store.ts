/** The pilot's figures, asked of the database as its owner. */
import type { Sql, TransactionSql } from "postgres";

/** Which people and which time. */
export interface Cohort {
  readonly tenant: string;
  /** Code of the branch; null for all of the tenant. */
  readonly branch: string | null;
  /** Beginning and end of the period. */
  readonly from: Date;
  readonly to: Date;
}

/** What was counted; shares have their parts, so that small numbers are seen to be small. */
export interface Figures {
  readonly members: number;
  readonly membersWhoClaimed: number;
  readonly agentFirstResponseHours: number | null;
  readonly agentAnswered: number;
  readonly triageDue: number;
  readonly triageInTime: number;
  readonly updateDue: number;
  readonly updateInTime: number;
  readonly oldEnough: number;
  readonly progressed: number;
  readonly closed: number;
  readonly reopened: number;
  readonly handedOver: number;
  readonly complete: number;
  readonly auditBroken: number;
  /** Days on which claims were due to be triaged, with the share in time, oldest first. */
  readonly days: readonly { readonly day: string; readonly due: number; readonly inTime: number }[];
}

/**
 * Computes the figures.
 *
 * @param sql The owner's connection.
 * @param cohort Which people and which time.
 */
export async function readFigures(sql: Sql | TransactionSql, cohort: Cohort): Promise<Figures> {
  const { tenant, branch, from, to } = cohort;
  const claims = sql`
    select claim.* from public.claims as claim
    left join public.branches as branch on branch.id = claim.branch_id
    where claim.tenant_id = ${tenant} and (${branch}::text is null or branch.code = ${branch})`;
  const [row] = await sql<Record<Exclude<keyof Figures, "days">, string | null>[]>`
    with mine as (${claims}),
    sent as (select * from mine where submitted_at >= ${from} and submitted_at < ${to}),
    members as (
      select person.id from public.profiles as person
      left join public.branches as branch on branch.id = person.branch_id
      where person.tenant_id = ${tenant} and person.role = 'member' and person.is_active
        and (${branch}::text is null or branch.code = ${branch})
        and public.membership_access(person.id) in ('active', 'grace')
    ),
    answers as (
      select sent.id, min(message.created_at) - sent.submitted_at as after
      from sent join public.claim_messages as message on message.claim_id = sent.id
      where message.sender_role = 'agent' and not message.is_internal
        and message.created_at >= sent.submitted_at
      group by sent.id, sent.submitted_at
    ),
    news as (
      select sent.id, sent.triaged_at,
        private.operating_deadline(${tenant}, sent.triaged_at, times.update_hours) as due_at,
        (
          select min(at) from (
            select history.created_at as at from public.claim_stage_history as history
            where history.claim_id = sent.id and history.is_public
              and history.changed_by_role <> 'member'
            union all
            select message.created_at from public.claim_messages as message
            where message.claim_id = sent.id and not message.is_internal
              and message.sender_role <> 'member'
          ) as said where at > sent.triaged_at
        ) as told_at
      from sent join public.tenant_service_times as times on times.tenant_id = sent.tenant_id
      where sent.triaged_at is not null
    ),
    moved as (
      select sent.id, sent.submitted_at, min(history.created_at) as moved_at
      from sent left join public.claim_stage_history as history
        on history.claim_id = sent.id and history.from_status = 'submitted'
        and history.to_status not in ('submitted', 'draft')
      where sent.submitted_at < least(${to}, now()) - interval '48 hours'
      group by sent.id, sent.submitted_at
    ),
    ended as (
      select distinct on (mine.id) mine.id, history.created_at
      from mine join public.claim_stage_history as history on history.claim_id = mine.id
      where history.to_status in ('resolved', 'rejected') and history.from_status <> 'draft'
        and not history.is_assignment
        and history.created_at >= ${from} and history.created_at < ${to}
      order by mine.id, history.created_at
    ),
    handed as (
      select sent.id,
        category is not null and company <> '' and description <> '' and incident_date is not null
          and exists (
            select from public.claim_documents as document
            where document.claim_id = sent.id and document.is_readable
          ) as complete
      from sent where assigned_to is not null
    )
    select
      (select count(*) from members) as members,
      (select count(distinct member_id) from sent where member_id in (select id from members))
        as members_who_claimed,
      (select extract(epoch from percentile_cont(0.5) within group (order by after)) / 3600
        from answers) as agent_first_response_hours,
      (select count(*) from answers) as agent_answered,
      (select count(*) from sent where triage_due_at < now() or triaged_at is not null) as triage_due,
      (select count(*) from sent where triaged_at <= triage_due_at) as triage_in_time,
      (select count(*) from news where due_at < now() or told_at is not null) as update_due,
      (select count(*) from news where told_at <= due_at) as update_in_time,
      (select count(*) from moved) as old_enough,
      (select count(*) from moved where moved_at <= submitted_at + interval '48 hours')
        as progressed,
      (select count(*) from ended) as closed,
      (select count(*) from ended where exists (
        select from public.claim_stage_history as again
        where again.claim_id = ended.id and again.from_status in ('resolved', 'rejected')
          and again.to_status not in ('resolved', 'rejected') and not again.is_assignment
          and again.created_at > ended.created_at
      )) as reopened,
      (select count(*) from handed) as handed_over,
      (select count(*) from handed where complete) as complete,
      (select count(*) from public.verify_audit_log()) as audit_broken`;
  const days = await sql<{ day: string; due: string; inTime: string }[]>`
    with mine as (${claims})
    select to_char(triage_due_at at time zone times.time_zone, 'YYYY-MM-DD') as day,
      count(*) as due, count(*) filter (where triaged_at <= triage_due_at) as "inTime"
    from mine join public.tenant_service_times as times on times.tenant_id = mine.tenant_id
    where submitted_at >= ${from} and submitted_at < ${to}
      and (triage_due_at < now() or triaged_at is not null)
    group by 1 order by 1`;
  const number = (name: keyof NonNullable<typeof row>) => Number(row?.[snake(name)] ?? 0);
  const hours = row?.[snake("agentFirstResponseHours")];
  return {
    members: number("members"),
    membersWhoClaimed: number("membersWhoClaimed"),
    agentFirstResponseHours: hours === null || hours === undefined ? null : Number(hours),
    agentAnswered: number("agentAnswered"),
    triageDue: number("triageDue"),
    triageInTime: number("triageInTime"),
    updateDue: number("updateDue"),
    updateInTime: number("updateInTime"),
    oldEnough: number("oldEnough"),
    progressed: number("progressed"),
    closed: number("closed"),
    reopened: number("reopened"),
    handedOver: number("handedOver"),
    complete: number("complete"),
    auditBroken: number("auditBroken"),
    days: days.map(({ day, due, inTime }) => ({ day, due: Number(due), inTime: Number(inTime) })),
  };
}

/** A name as SQL writes it. */
function snake<Name extends string>(name: Name): Name {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as Name;
}
