/** Which commissions an administrator looks at; the page's address says it. */
import {
  type CommissionFilter,
  commissionSums,
  exportCommissions,
  listCommissions,
} from "@core/agents/commission_store.ts";
import { COMMISSION_STATUSES, type CommissionStatus } from "@core/agents/commissions.ts";
import type { Transaction } from "@core/platform/database.ts";
import { isUuid } from "./links.ts";
import { dayOf, oneOf, pageOf, type Query, textOf } from "./query_fields.ts";

/** What is looked for; null where it does not matter. */
export interface CommissionQuery {
  readonly status: CommissionStatus | null;
  /** Id of an agent. */
  readonly agent: string | null;
  /** First and last day, `YYYY-MM-DD`, in the tenant's time zone. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Commissions on one page. */
export const PER_PAGE = 50;

/** Reads what is looked for; what makes no sense is left out. */
export function commissionQuery(query: Query): CommissionQuery {
  const agent = textOf(query, "agent");
  return {
    status: oneOf(query, "status", COMMISSION_STATUSES),
    agent: agent !== null && isUuid(agent) ? agent : null,
    from: dayOf(query, "from"),
    to: dayOf(query, "to"),
  };
}

/** An agent to choose. */
export interface AgentChoice {
  readonly id: string;
  readonly name: string;
}

/** Agents who earned something, by their names. */
export async function readEarners(tx: Transaction): Promise<AgentChoice[]> {
  return await tx<AgentChoice[]>`
    select p.id, coalesce(nullif(p.full_name, ''), p.email) as name
    from public.profiles as p
    where exists (select from public.agent_commissions as c where c.agent_id = p.id)
    order by 2, p.id
    limit 500`;
}

/** The page of commissions that an address asks for, with what they add up to in each state. */
export async function readCommissionPage(tx: Transaction, query: Query, timeZone: string) {
  const asked = commissionQuery(query);
  const page = pageOf(query);
  const filter = await filterOf(tx, asked, timeZone);
  const { status: _, ...ofAnyStatus } = filter;
  const [list, sums, agents] = await Promise.all([
    listCommissions(tx, { ...filter, page, perPage: PER_PAGE }),
    commissionSums(tx, ofAnyStatus),
    readEarners(tx),
  ]);
  return { asked, page, list, sums, agents };
}

/** All commissions that an address asks for. */
export async function readCommissionFile(tx: Transaction, query: Query, timeZone: string) {
  return await exportCommissions(tx, await filterOf(tx, commissionQuery(query), timeZone));
}

async function filterOf(
  tx: Transaction,
  { status, agent, from, to }: CommissionQuery,
  timeZone: string,
): Promise<CommissionFilter> {
  const [bounds] = await tx<{ from: Date | null; to: Date | null }[]>`
    select ${from}::date::timestamp at time zone ${timeZone} as from,
           (${to}::date + 1)::timestamp at time zone ${timeZone} as to`;
  return {
    status: status ?? undefined,
    agentId: agent ?? undefined,
    from: bounds?.from ?? undefined,
    to: bounds?.to ?? undefined,
  };
}
