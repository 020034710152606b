/** What an agent sees first: what waits, and how things stand. */
import { commissionSums } from "@core/agents/commission_store.ts";
import { leadFigures } from "@core/agents/lead_store.ts";
import type { Transaction } from "@core/platform/database.ts";
import { type Attention, readAttention } from "./agent_attention.ts";

/** A lead that will be given up unless the agent does something. */
export interface ExpiringLead {
  readonly id: string;
  readonly name: string;
  readonly expiresAt: Date;
}

/** A cash payment that whoever verifies it sent back. */
export interface ReturnedCash {
  readonly leadId: string;
  readonly name: string;
  /** More was asked, or it was refused. */
  readonly status: "needs_info" | "rejected";
  readonly note: string | null;
  readonly at: Date | null;
}

/** An amount of money. */
export interface Amount {
  readonly currency: string;
  readonly cents: number;
}

/** The home page of an agent. */
export interface AgentHome {
  readonly members: number;
  readonly openLeads: number;
  /** Commissions that are earned and not paid yet, by currency. */
  readonly owed: readonly Amount[];
  readonly expiring: readonly ExpiringLead[];
  readonly returned: readonly ReturnedCash[];
  readonly attention: readonly Attention[];
}

/** Days before a lead's end from which it is told. */
const EXPIRING_DAYS = 7;
/** Most lines of one kind. */
const MOST = 50;

/**
 * Reads the home page of an agent.
 *
 * @param tx A transaction in the agent's name.
 * @param agent The agent.
 */
export async function readAgentHome(
  tx: Transaction,
  agent: { readonly id: string; readonly tenantId: string },
): Promise<AgentHome> {
  const [[count], leads, sums, expiring, returned, attention] = await Promise.all([
    tx<{ members: number }[]>`
      select count(*) as members from public.profiles
      where agent_id = ${agent.id} and tenant_id = ${agent.tenantId} and role = 'member'`,
    leadFigures(tx),
    commissionSums(tx, { agentId: agent.id }),
    readExpiring(tx, agent.id),
    readReturned(tx, agent.id),
    readAttention(tx, agent),
  ]);
  return {
    members: count?.members ?? 0,
    openLeads: (leads.new ?? 0) + (leads.contacted ?? 0) + (leads.payment_pending ?? 0),
    owed: owedOf(sums),
    expiring,
    returned,
    attention,
  };
}

/**
 * What is earned and not paid yet, by currency. Pure.
 *
 * @param sums Commissions added up by state and currency.
 */
export function owedOf(
  sums: readonly { readonly status: string; readonly currency: string; readonly cents: number }[],
): Amount[] {
  const owed = new Map<string, number>();
  for (const { status, currency, cents } of sums) {
    if (status !== "pending" && status !== "approved") continue;
    owed.set(currency, (owed.get(currency) ?? 0) + cents);
  }
  return [...owed].map(([currency, cents]) => ({ currency, cents }));
}

async function readExpiring(tx: Transaction, agentId: string): Promise<ExpiringLead[]> {
  return await tx<ExpiringLead[]>`
    select id, concat_ws(' ', first_name, last_name) as name, expires_at
    from public.member_leads
    where agent_id = ${agentId} and status in ('new', 'contacted')
      and expires_at between now() and now() + make_interval(days => ${EXPIRING_DAYS})
    order by expires_at
    limit ${MOST}`;
}

/** Of a lead that is still open the latest attempt, if it came back. */
async function readReturned(tx: Transaction, agentId: string): Promise<ReturnedCash[]> {
  return await tx<ReturnedCash[]>`
    select lead.id as lead_id, concat_ws(' ', lead.first_name, lead.last_name) as name,
           attempt.status, attempt.verification_note as note, attempt.verified_at as at
    from public.member_leads as lead
    cross join lateral (
      select status, verification_note, verified_at
      from public.lead_payment_attempts
      where lead_id = lead.id
      order by created_at desc
      limit 1
    ) as attempt
    where lead.agent_id = ${agentId} and lead.status in ('contacted', 'payment_pending')
      and attempt.status in ('needs_info', 'rejected')
    order by attempt.verified_at nulls last
    limit ${MOST}`;
}
