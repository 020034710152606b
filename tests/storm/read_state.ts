/** What a storm left behind in the database, and what it may never leave there. */
import type { Sql } from "postgres";
import type { CommissionRow, InvoiceRow, State, SubscriptionRow } from "./state.ts";

/**
 * Reads everything that the events of a storm decide about.
 *
 * @param sql The owner's connection.
 * @returns The state.
 */
export async function readState(sql: Sql): Promise<State> {
  const time = (column: string) =>
    sql.unsafe(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
  const subscriptions = await sql<({ id: string } & SubscriptionRow)[]>`
    select provider_subscription_id as id, user_id as "userId", s.tenant_id as "tenantId",
      paddle_price_id as "priceId", provider_customer_id as "customerId", status,
      ${time("started_at")} as "startedAt", ${time("current_period_start")} as "periodStart",
      ${time("current_period_end")} as "periodEnd",
      cancel_at_period_end as "cancelAtPeriodEnd", ${time("canceled_at")} as "canceledAt",
      ${time("paused_at")} as "pausedAt", ${time("past_due_at")} as "pastDueAt",
      ${time("grace_period_ends_at")} as "graceEndsAt",
      dunning_attempt_count as "failedPayments", ${time("last_dunning_at")} as "lastFailureAt",
      ${time("access_revoked_at")} as "accessRevokedAt", ${time("last_event_at")} as "lastEventAt",
      last_event_id as "lastEventId"
    from public.subscriptions as s
    left join public.membership_plans as plan on plan.id = s.plan_id`;
  const invoices = await sql<({ id: string } & InvoiceRow)[]>`
    select provider_transaction_id as id, i.user_id as "userId", i.tenant_id as "tenantId",
      s.provider_subscription_id as "subscriptionId", number, i.status, amount_cents::int as amount,
      subtotal_cents::int as subtotal, discount_cents::int as discount, tax_cents::int as tax,
      refunded_cents::int as refunded, ${time("billed_at")} as "billedAt",
      ${time("period_start")} as "periodStart", ${time("period_end")} as "periodEnd"
    from public.billing_invoices as i
    left join public.subscriptions as s on s.id = i.subscription_id`;
  const ledger = await sql<{ id: string; amount: number; tax: number }[]>`
    select concat_ws(' ', provider_transaction_id, entry_type, provider_adjustment_id) as id,
      sum(amount_cents)::int as amount, sum(tax_cents)::int as tax
    from public.billing_ledger_entries
    group by 1`;
  const commissions = await sql<({ id: string } & CommissionRow)[]>`
    select c.source_transaction_id as id, c.agent_id as "agentId", c.member_id as "memberId",
      c.type, c.rate_percent::float8 as "ratePercent", c.base_cents::int as base,
      c.amount_cents::int as amount,
      (
        select coalesce(sum(amount_cents), 0) from public.agent_commissions as part
        where (part.id = c.id or part.clawback_of = c.id) and part.status <> 'void'
      )::int as net
    from public.agent_commissions as c
    where c.clawback_of is null`;
  const customers = await sql<{ id: string; email: string }[]>`
    select provider_customer_id as id, email from public.billing_customers
    where email is not null`;
  return {
    subscriptions: byId(subscriptions),
    invoices: byId(invoices),
    ledger: Object.fromEntries(ledger.map(({ id, amount, tax }) => [id, [amount, tax]])),
    commissions: byId(commissions),
    customers: Object.fromEntries(customers.map(({ id, email }) => [id, email])),
  };
}

function byId<T extends { id: string }>(rows: readonly T[]): Record<string, Omit<T, "id">> {
  return Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
}

/**
 * Looks for what may never be there, whatever was delivered how often: each event once, done with,
 * and accounted for.
 *
 * @param sql The owner's connection.
 * @param events How many events there were.
 * @returns One line for each rule that is broken.
 */
export async function brokenRules(sql: Sql, events: number): Promise<string[]> {
  const [counts = {}] = await sql<Record<string, number>[]>`
    select
      (
        select abs(count(*) - ${events}::int) from public.webhook_events where signature_valid
      ) as "events missing or stored twice",
      (
        select count(*) from public.webhook_events
        where signature_valid and processing_result is distinct from 'ok'
          and processing_result is distinct from 'ignored'
      ) as "events not done with",
      (
        select count(*) from public.webhook_events
        where signature_valid and (next_attempt_at is not null or gave_up_at is not null)
      ) as "events still due or given up",
      (
        select count(*) from public.webhook_events as event
        where signature_valid and (
          select count(*) from public.audit_log as row
          where row.entity_id = event.id::text and row.action = 'webhook.processed'
        ) <> 1
      ) as "events not audited as processed exactly once",
      (
        select count(*) from public.webhook_events as event
        where signature_valid and (
          select count(*) from public.audit_log as row
          where row.entity_id = event.id::text and row.action = 'webhook.received'
        ) <> 1
      ) as "events not audited as received exactly once",
      (
        select count(*) from public.webhook_events
        where not signature_valid and (payload is not null or event_id is not null)
      ) as "forged deliveries kept with something of theirs",
      (
        select count(*) from public.billing_invoices as invoice
        where amount_cents - refunded_cents <> (
          select sum(amount_cents) from public.billing_ledger_entries
          where invoice_id = invoice.id
        )
      ) as "invoices that their ledger does not explain",
      (
        select count(*) from (
          select from public.engagement_email_sends
          group by subscription_id, dedupe_key having count(*) > 1
        ) as twice
      ) as "mails enqueued twice",
      (
        select count(*) from public.subscriptions as s
        where status = 'past_due' and not exists (
          select from public.engagement_email_sends as mail
          where mail.subscription_id = s.id and template_key = 'dunning_day_0'
        )
      ) as "members past due without a mail"`;
  return Object.entries(counts)
    .filter(([, count]) => Number(count) !== 0)
    .map(([rule, count]) => `${count} ${rule}`);
}
