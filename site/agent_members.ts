/** The members whom an agent looks after. */
import { type MembershipAccess, membershipAccess } from "@core/billing/membership.ts";
import type { ClaimStatus } from "@core/claims/claim.ts";
import type { Locale } from "@core/platform/i18n.ts";
import type { Transaction } from "@core/platform/database.ts";
import {
  type Attention,
  type AttentionReason,
  attentionSql,
  readAttention,
} from "./agent_attention.ts";
import { type Cursor, cursorOf } from "./keyset.ts";
import { type Membership, membershipOf, readSubscriptions } from "./membership.ts";
import { likePattern } from "./member_search.ts";

/** A member in the agent's list. */
export interface AgentMember {
  readonly id: string;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly memberNumber: string | null;
  readonly isActive: boolean;
  readonly access: MembershipAccess;
  /** The latest claim that was sent; null if none was. */
  readonly claimId: string | null;
  readonly claimStatus: ClaimStatus | null;
  readonly claimReason: string | null;
  /** Further claims that are open. */
  readonly otherClaims: number;
  readonly attention: readonly AttentionReason[];
}

/** What is looked for. */
export interface AgentMemberFilter {
  readonly search: string | null;
  /** Only those who need a look. */
  readonly onlyAttention: boolean;
}

/** A page of members, the latest first. */
export interface AgentMemberList {
  readonly members: readonly AgentMember[];
  readonly next: Cursor | null;
  /** How many need a look, whatever is looked for. */
  readonly needing: number;
}

/** One member and everything that their agent sees. */
export interface AgentMemberFile {
  readonly id: string;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: Locale;
  readonly memberNumber: string | null;
  readonly isActive: boolean;
  readonly branchName: string | null;
  readonly createdAt: Date;
  readonly access: MembershipAccess;
  readonly membership: Membership;
  readonly claims: readonly MemberClaim[];
  readonly attention: readonly Attention[];
}

/** A claim that a member sent. */
export interface MemberClaim {
  readonly id: string;
  readonly claimNumber: string;
  readonly title: string;
  readonly status: ClaimStatus;
  readonly statusReason: string | null;
  readonly updatedAt: Date;
}

/** Members on one page. */
const PER_PAGE = 25;

/** An agent, as far as the lists need one. */
type Agent = { readonly id: string; readonly tenantId: string };

/**
 * A page of an agent's members.
 *
 * @param tx A transaction in the agent's name.
 * @param agent The agent.
 * @param filter What is looked for.
 * @param after Where the page begins.
 */
export async function listAgentMembers(
  tx: Transaction,
  agent: Agent,
  filter: AgentMemberFilter,
  after: Cursor | null,
): Promise<AgentMemberList> {
  const [rows, [count]] = await Promise.all([
    tx<(AgentMember & { readonly place: string })[]>`
      with waiting as (
        select member_id, array_agg(distinct reason) as reasons
        from (${attentionSql(tx, agent)}) as one
        group by member_id
      )
      select person.id, person.full_name, person.email, person.phone, person.member_number,
             person.is_active, public.membership_access(person.id) as access,
             claim.id as claim_id, claim.status as claim_status, claim.status_reason as claim_reason,
             coalesce(claim.others, 0) as other_claims,
             coalesce(person.reasons, '{}') as attention, person.place
      from (
        select p.*, waiting.reasons,
               to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
        from public.profiles as p
        left join waiting on waiting.member_id = p.id
        where p.agent_id = ${agent.id} and p.tenant_id = ${agent.tenantId} and p.role = 'member'
          ${filter.onlyAttention ? tx`and waiting.member_id is not null` : tx``}
          ${filter.search === null ? tx`` : searchSql(tx, filter.search)}
          ${
      after === null
        ? tx``
        : tx`and (p.created_at, p.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
    }
        order by p.created_at desc, p.id desc
        limit ${PER_PAGE + 1}
      ) as person
      left join lateral (
        select c.id, c.status, c.status_reason,
               count(*) filter (where c.is_open) over () - c.is_open::int as others
        from public.claims as c
        where c.member_id = person.id and c.tenant_id = person.tenant_id and c.is_submitted
        order by c.is_open desc, c.submitted_at desc
        limit 1
      ) as claim on true
      order by person.created_at desc, person.id desc`,
    tx<{ needing: number }[]>`
      select count(distinct member_id) as needing from (${attentionSql(tx, agent)}) as one`,
  ]);
  return {
    members: rows.slice(0, PER_PAGE),
    next: cursorOf(rows, PER_PAGE),
    needing: count?.needing ?? 0,
  };
}

/**
 * One of an agent's members.
 *
 * @param tx A transaction in the agent's name.
 * @param agent The agent.
 * @param id The member.
 * @param now Milliseconds since 1970.
 * @returns The file, or null if the agent looks after no such member.
 */
export async function readAgentMember(
  tx: Transaction,
  agent: Agent,
  id: string,
  now: number,
): Promise<AgentMemberFile | null> {
  const [[person], access, subscriptions, claims, attention] = await Promise.all([
    tx<Omit<AgentMemberFile, "access" | "membership" | "claims" | "attention">[]>`
      select p.id, p.full_name, p.email, p.phone, p.locale, p.member_number, p.is_active,
             branch.name as branch_name, p.created_at
      from public.profiles as p
      left join public.branches as branch on branch.id = p.branch_id
      where p.id = ${id} and p.agent_id = ${agent.id} and p.tenant_id = ${agent.tenantId}
        and p.role = 'member'`,
    membershipAccess(tx, id),
    readSubscriptions(tx, id),
    tx<MemberClaim[]>`
      select id, claim_number, title, status, status_reason, updated_at
      from public.claims
      where member_id = ${id} and is_submitted
      order by is_open desc, submitted_at desc
      limit 50`,
    readAttention(tx, agent, id),
  ]);
  if (person === undefined) return null;
  const membership = membershipOf(access, subscriptions, now);
  return { ...person, access, membership, claims, attention };
}

function searchSql(tx: Transaction, search: string) {
  const like = likePattern(search);
  return tx`and (
    p.member_number = ${search.toUpperCase()} or p.email ilike ${like}
    or p.full_name ilike ${like} or p.phone ilike ${like}
  )`;
}
