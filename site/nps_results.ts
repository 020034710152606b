/** What members answered, for those who run an organisation. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import { type Cursor, cursorOf } from "./keyset.ts";
import { NPS_BOUNDS, NPS_GROUPS, type NpsGroup, type ScoreCount } from "./nps_score.ts";
import { oneOf, type Query } from "./query_fields.ts";

/** Spans of time to look at. */
export const PERIODS = ["month", "quarter", "year", "all"] as const;

/** One of {@linkcode PERIODS}. */
export type Period = typeof PERIODS[number];

/** What is looked at. */
export interface NpsFilter {
  readonly period: Period;
  /** Id of a tenant; null for all that the asking person may see. */
  readonly tenant: string | null;
  /** Whose comments; null for everyone's. */
  readonly group: NpsGroup | null;
}

/** How many surveys were sent in a period, and how many of those were answered. */
export interface Sendings {
  readonly sent: number;
  readonly answered: number;
}

/** One month of the trend. */
export interface NpsMonth {
  /** `YYYY-MM` in the time zone asked for. */
  readonly month: string;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

/** One organisation's answers. */
export interface TenantAnswers {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

/** Words that somebody added to their number. */
export interface NpsComment {
  readonly id: string;
  readonly score: number;
  readonly comment: string;
  readonly createdAt: Date;
  readonly userId: string;
  readonly memberName: string | null;
  readonly tenantId: string;
}

/** A page of comments, the latest first. */
export interface CommentList {
  readonly comments: readonly NpsComment[];
  readonly next: Cursor | null;
}

/** Comments on one page. */
const PER_PAGE = 15;
const DAY = 86_400_000;
const DAYS: Readonly<Record<Exclude<Period, "all">, number>> = {
  month: 30,
  quarter: 90,
  year: 365,
};

/** Reads what is looked at; what makes no sense is left out. */
export function npsFilter(query: Query, tenants: readonly string[]): NpsFilter {
  return {
    period: oneOf(query, "period", PERIODS) ?? "year",
    tenant: oneOf(query, "tenant", tenants),
    group: oneOf(query, "group", NPS_GROUPS),
  };
}

/** The filter as it stands in an address; what goes without saying is left out. */
export function npsQuery({ period, tenant, group }: NpsFilter): Record<string, string | null> {
  return { period: period === "year" ? null : period, tenant, group };
}

/** When a period begins, or null if it has no beginning. */
export function beginOf(period: Period, now: number): Date | null {
  return period === "all" ? null : new Date(now - DAYS[period] * DAY);
}

/** How often each number was given. Numbers that nobody gave are left out. */
export async function readScores(
  tx: Transaction,
  filter: NpsFilter,
  now: number,
): Promise<ScoreCount[]> {
  return await tx<ScoreCount[]>`
    select r.score, count(*) as count
    from public.nps_survey_responses as r
    where true ${whereSql(tx, filter, now)}
    group by r.score
    order by r.score`;
}

/**
 * How many surveys went out, and how many of those came back. The ledger of mails is asked, for the keys
 * of surveys that nobody answered are not kept for ever.
 */
export async function readSendings(
  tx: Transaction,
  filter: NpsFilter,
  now: number,
): Promise<Sendings> {
  const [row] = await tx<Sendings[]>`
    select count(*) as sent, count(t.used_at) as answered
    from public.engagement_email_sends as r
    left join public.nps_survey_tokens as t on t.send_id = r.id
    where r.template_key = 'nps_v1' and r.status = 'sent' ${whereSql(tx, filter, now)}`;
  return row ?? { sent: 0, answered: 0 };
}

/**
 * The last twelve months, the current one included, the earliest first; empty months too.
 *
 * @param timeZone In which months begin.
 */
export async function readTrend(
  tx: Transaction,
  tenant: string | null,
  timeZone: string,
  now: number,
): Promise<NpsMonth[]> {
  return await tx<NpsMonth[]>`
    with months as (
      select month, month at time zone ${timeZone} as begins,
             (month + interval '1 month') at time zone ${timeZone} as ends
      from generate_series(
        date_trunc('month', ${new Date(now)}::timestamptz at time zone ${timeZone})
          - interval '11 months',
        date_trunc('month', ${new Date(now)}::timestamptz at time zone ${timeZone}),
        interval '1 month'
      ) as months (month)
    )
    select to_char(m.month, 'YYYY-MM') as month, ${groupsSql(tx)}
    from months as m
    left join public.nps_survey_responses as r
      on r.created_at >= m.begins and r.created_at < m.ends
      ${tenant === null ? tx`` : tx`and r.tenant_id = ${tenant}`}
    group by m.month
    order by m.month`;
}

/** The answers of each organisation that the asking person may see and that has any. */
export async function readByTenant(
  tx: Transaction,
  filter: NpsFilter,
  now: number,
): Promise<TenantAnswers[]> {
  return await tx<TenantAnswers[]>`
    select r.tenant_id, t.name as tenant_name, ${groupsSql(tx)}
    from public.nps_survey_responses as r
    join public.tenants as t on t.id = r.tenant_id
    where true ${whereSql(tx, filter, now)}
    group by r.tenant_id, t.name
    order by t.name`;
}

/** A page of comments. */
export async function readComments(
  tx: Transaction,
  filter: NpsFilter,
  now: number,
  after: Cursor | null,
): Promise<CommentList> {
  const [from, to] = filter.group === null ? [0, 10] : NPS_BOUNDS[filter.group];
  const rows = await tx<(NpsComment & { readonly place: string })[]>`
    select r.id, r.score, r.comment, r.created_at, r.user_id, r.tenant_id,
           nullif(coalesce(nullif(p.full_name, ''), p.email), '') as member_name,
           to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from public.nps_survey_responses as r
    left join public.profiles as p on p.id = r.user_id
    where r.comment is not null
      and r.score between ${from} and ${to}
      ${whereSql(tx, filter, now)}
      ${
    after === null
      ? tx``
      : tx`and (r.created_at, r.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
  }
    order by r.created_at desc, r.id desc
    limit ${PER_PAGE + 1}`;
  return { comments: rows.slice(0, PER_PAGE), next: cursorOf(rows, PER_PAGE) };
}

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** Period and tenant of a statement over a table called `r`. */
function whereSql(tx: Transaction, { period, tenant }: NpsFilter, now: number): Fragment {
  const begin = beginOf(period, now);
  return tx`
    ${begin === null ? tx`` : tx`and r.created_at >= ${begin}`}
    ${tenant === null ? tx`` : tx`and r.tenant_id = ${tenant}`}`;
}

/** Answers by group, of a table called `r`. */
function groupsSql(tx: Transaction): Fragment {
  return tx`
    count(*) filter (where r.score >= 9) as promoters,
    count(*) filter (where r.score between 7 and 8) as passives,
    count(*) filter (where r.score <= 6) as detractors`;
}
