/** Reads leads, and has the database change them. Errors are explained by `refusals.ts`. */
import type { Transaction } from "../platform/database.ts";
import type { Lead, LeadFacts, LeadMove, LeadStatus } from "./leads.ts";

/** Which leads a list is of. */
export interface LeadFilter {
  readonly status?: LeadStatus | undefined;
  /** A part of a name, address or number. */
  readonly search?: string | undefined;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
}

/** A page of a list. */
export interface PageOf<T> {
  readonly items: readonly T[];
  /** How many there are in all. */
  readonly total: number;
}

/**
 * Writes a lead of the signed-in agent down.
 *
 * @param tx A transaction in the agent's name.
 * @param facts Who it is.
 * @returns Its id.
 */
export async function createLead(tx: Transaction, facts: LeadFacts): Promise<string> {
  const { firstName, lastName, email, phone, locale, planId, note } = facts;
  const [row] = await tx<{ id: string }[]>`
    select private.create_lead(
      ${firstName}, ${lastName}, ${email}, ${phone}, ${locale}, ${planId}::uuid, ${note}
    ) as id`;
  if (row === undefined) throw new Error("private.create_lead returned no row");
  return row.id;
}

/**
 * Changes what is known of a lead.
 *
 * @param tx A transaction in the name of its agent or an administrator.
 * @param id The lead.
 * @param facts All that is known.
 */
export async function editLead(tx: Transaction, id: string, facts: LeadFacts): Promise<void> {
  const { firstName, lastName, email, phone, locale, planId, note } = facts;
  await tx`
    select private.edit_lead(
      ${id}::uuid, ${firstName}, ${lastName}, ${email}, ${phone}, ${locale}, ${planId}::uuid, ${note}
    )`;
}

/**
 * Moves a lead on by hand.
 *
 * @param tx A transaction in the name of its agent or an administrator.
 * @param id The lead.
 * @param to Where to.
 * @param reason Why; needed for `lost` and `disqualified`.
 */
export async function moveLead(
  tx: Transaction,
  id: string,
  to: LeadMove,
  reason: string | null,
): Promise<void> {
  await tx`select private.move_lead(${id}::uuid, ${to}, ${reason})`;
}

/**
 * Gives a lead to another agent.
 *
 * @param tx A transaction in an administrator's name.
 * @param id The lead.
 * @param agentId The agent.
 */
export async function reassignLead(tx: Transaction, id: string, agentId: string): Promise<void> {
  await tx`select private.reassign_lead(${id}::uuid, ${agentId}::uuid)`;
}

/**
 * A lead.
 *
 * @param tx A transaction in somebody's name.
 * @param id The lead.
 * @returns Null if there is none that they may see.
 */
export async function readLead(tx: Transaction, id: string): Promise<Lead | null> {
  const [row] = await tx<Lead[]>`${columns(tx)} where lead.id = ${id}::uuid`;
  return row ?? null;
}

/**
 * A page of the leads that somebody sees, those with something to do first.
 *
 * @param tx A transaction in the person's name.
 * @param filter Which.
 */
export async function listLeads(tx: Transaction, filter: LeadFilter): Promise<PageOf<Lead>> {
  const { status, page, perPage } = filter;
  const search = (filter.search ?? "").trim().toLowerCase();
  const wanted = tx`
    where (${status ?? null}::text is null or ${statusNow(tx)} = ${status ?? null})
      and (
        ${search} = ''
        or position(${search} in lower(
          concat_ws(' ', lead.first_name, lead.last_name, lead.email, lead.phone)
        )) > 0
      )`;
  const [items, [counted]] = await Promise.all([
    tx<Lead[]>`
      ${columns(tx)} ${wanted}
      order by lead.is_open desc, lead.last_act_at desc, lead.id
      limit ${perPage} offset ${(page - 1) * perPage}`,
    tx<{ total: number }[]>`
      select count(*)::integer as total from public.member_leads as lead ${wanted}`,
  ]);
  return { items, total: counted?.total ?? 0 };
}

/**
 * How many leads somebody sees in each state.
 *
 * @param tx A transaction in the person's name.
 */
export async function leadFigures(tx: Transaction): Promise<Readonly<Record<LeadStatus, number>>> {
  const rows = await tx<{ status: LeadStatus; total: number }[]>`
    select ${statusNow(tx)} as status, count(*)::integer as total
    from public.member_leads as lead
    group by 1`;
  const of = (status: LeadStatus) => rows.find((row) => row.status === status)?.total ?? 0;
  return {
    "new": of("new"),
    contacted: of("contacted"),
    "payment_pending": of("payment_pending"),
    converted: of("converted"),
    lost: of("lost"),
    disqualified: of("disqualified"),
    expired: of("expired"),
  };
}

function statusNow(tx: Transaction) {
  return tx`
    case
      when lead.status in ('new', 'contacted') and lead.expires_at <= now() then 'expired'
      else lead.status
    end`;
}

function columns(tx: Transaction) {
  return tx`
    select lead.id, lead.tenant_id, lead.branch_id, branch.name as branch_name, lead.agent_id,
           agent.full_name as agent_name, lead.first_name, lead.last_name, lead.email, lead.phone,
           lead.locale, lead.plan_id, plan.name as plan_name, plan.price_cents, plan.currency,
           ${statusNow(tx)} as status, lead.lost_reason, lead.source, lead.note, lead.last_act_at,
           lead.expires_at, lead.converted_user_id, lead.converted_at, lead.erased_at,
           lead.created_at, lead.updated_at,
           (
             select attempt.id from public.lead_payment_attempts as attempt
             where attempt.lead_id = lead.id and attempt.is_waiting
           ) as open_attempt_id
    from public.member_leads as lead
    left join public.branches as branch on branch.id = lead.branch_id
    left join public.profiles as agent on agent.id = lead.agent_id
    left join public.membership_plans as plan on plan.id = lead.plan_id`;
}
