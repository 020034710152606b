/** What the database tells about the time of an incident, without anybody's name in it. */
import type postgres from "postgres";
import { signature } from "./clean.ts";

/** From when to when, and whose. */
export interface Window {
  readonly since: Date;
  readonly until: Date;
  /** Only this tenant's; all if null. */
  readonly tenant: string | null;
}

/** Everything that is read out of the database. */
export interface Extracts {
  readonly failingRoutes: readonly FailingRoute[];
  readonly webhooks: readonly object[];
  readonly jobs: readonly object[];
  readonly mails: readonly object[];
  readonly audit: readonly object[];
  readonly auditActions: readonly object[];
  readonly switches: readonly object[];
  /** Tenants of anything that failed or was refused. */
  readonly tenants: readonly string[];
  /** The first sign of trouble in the window. */
  readonly firstSign: Date | null;
}

/** A route that answered 5xx. */
export interface FailingRoute {
  readonly part: string;
  readonly route: string;
  readonly failed: number;
  readonly answered: number;
  readonly first: Date;
  readonly last: Date;
}

/** At most so many rows of each kind. */
const MOST = 500;

/**
 * Reads the extracts. No id of a person or of what is theirs is among them: who was met is found by
 * the row's own number (`seq`, `id`) by those who may look.
 *
 * @param sql The database as its owner.
 * @param window Which time, whose.
 */
export async function readExtracts(sql: postgres.ISql, window: Window): Promise<Extracts> {
  const failingRoutes = await readFailingRoutes(sql, window);
  const webhooks = await readWebhooks(sql, window);
  const jobs = await readJobs(sql, window);
  const mails = await readMails(sql, window);
  const { audit, actions } = await readAudit(sql, window);
  const refused = audit.filter(({ action }) => REFUSAL.test(action));
  const times = [
    ...failingRoutes.map(({ first }) => first),
    ...webhooks.map(({ at }) => at),
    ...jobs.map(({ at }) => at),
    ...mails.map(({ at }) => at),
    ...refused.map(({ at }) => at),
  ].map(Number);
  const touched = [...webhooks, ...mails, ...refused].flatMap(({ tenant }) => tenant ?? []);
  return {
    failingRoutes,
    webhooks,
    jobs,
    mails,
    audit,
    auditActions: actions,
    switches: await readSwitches(sql),
    tenants: [...new Set(touched)].sort(),
    firstSign: times.length === 0 ? null : new Date(Math.min(...times)),
  };
}

/** Audit actions that tell of a door that was tried. */
const REFUSAL = /forbidden|denied|refused|invalid_signature|failed/;

function readFailingRoutes(sql: postgres.ISql, { since, until }: Window): Promise<FailingRoute[]> {
  return sql<FailingRoute[]>`
    select part, route,
      sum(requests) filter (where status_class = 5)::float8 as failed,
      sum(requests)::float8 as answered,
      min(minute) filter (where status_class = 5) as first,
      max(minute) filter (where status_class = 5) as last
    from private.request_minutes
    where minute between ${since} and ${until}
    group by part, route
    having bool_or(status_class = 5)
    order by failed desc, route limit ${MOST}`;
}

/** A thing that happened at a time, to a tenant or to nobody's. */
interface Happened {
  readonly at: Date;
  readonly tenant: string | null;
}

async function readWebhooks(sql: postgres.ISql, { since, until, tenant }: Window) {
  const rows = await sql<
    (Happened & {
      id: string;
      type: string | null;
      result: string | null;
      signed: boolean;
      attempts: number;
      error: string | null;
    })[]
  >`
    select id, received_at as at, tenant_id as tenant, event_type as type,
      processing_result as result, signature_valid as signed, attempts,
      coalesce(error, reason) as error
    from public.webhook_events
    where received_at between ${since} and ${until}
      and (processing_result = 'error' or processing_result is null or not signature_valid)
      and (${tenant}::text is null or tenant_id is null or tenant_id = ${tenant})
    order by received_at desc limit ${MOST}`;
  return rows.map(({ error, ...row }) => ({
    ...row,
    error: error === null ? null : signature(error),
  }));
}

async function readJobs(sql: postgres.ISql, { since, until }: Window) {
  const rows = await sql<{ at: Date; job: string; result: string | null; error: string | null }[]>`
    select started_at as at, job, result, error from public.cron_runs
    where started_at between ${since} and ${until}
      and (result = 'error' or (result is null and started_at < now() - interval '15 minutes'))
    order by started_at desc limit ${MOST}`;
  return rows.map(({ error, ...row }) => ({
    ...row,
    error: error === null ? null : signature(error),
  }));
}

async function readMails(sql: postgres.ISql, { since, until, tenant }: Window) {
  const rows = await sql<
    (Happened & { id: string; template: string; attempts: number; error: string | null })[]
  >`
    select id, updated_at as at, tenant_id as tenant, template_key as template, attempts, error
    from public.engagement_email_sends
    where updated_at between ${since} and ${until} and status = 'error'
      and (${tenant}::text is null or tenant_id = ${tenant})
    order by updated_at desc limit ${MOST}`;
  return rows.map(({ error, ...row }) => ({
    ...row,
    error: error === null ? null : signature(error),
  }));
}

async function readAudit(sql: postgres.ISql, { since, until, tenant }: Window) {
  const audit = await sql<
    (Happened & { seq: number; action: string; role: string; entity: string | null })[]
  >`
    select seq::float8 as seq, created_at as at, tenant_id as tenant, action, actor_role as role,
      entity_type as entity
    from public.audit_log
    where created_at between ${since} and ${until}
      and (${tenant}::text is null or tenant_id is null or tenant_id = ${tenant})
    order by seq desc limit ${MOST}`;
  const actions = await sql<object[]>`
    select action, tenant_id as tenant, count(*)::float8 as count, min(created_at) as first,
      max(created_at) as last
    from public.audit_log
    where created_at between ${since} and ${until}
      and (${tenant}::text is null or tenant_id is null or tenant_id = ${tenant})
    group by action, tenant_id order by count(*) desc, action limit ${MOST}`;
  return { audit, actions };
}

/** Without the notes, in which people write what they like. */
function readSwitches(sql: postgres.ISql): Promise<object[]> {
  return sql<object[]>`
    select key, tenant_id as tenant, enabled, updated_at as at
    from public.feature_flags order by updated_at desc limit ${MOST}`;
}
