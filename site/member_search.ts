/** Finding members by what a caller says of themselves. */
import type postgres from "postgres";
import type { MembershipAccess } from "@core/billing/membership.ts";
import type { Transaction } from "@core/platform/database.ts";
import { type Cursor, cursorOf } from "./keyset.ts";

/** A member in a list. */
export interface FoundMember {
  readonly id: string;
  readonly tenantId: string;
  readonly fullName: string;
  readonly email: string;
  readonly memberNumber: string | null;
  readonly isActive: boolean;
  readonly access: MembershipAccess;
  readonly createdAt: Date;
}

/** A page of members, the latest first. */
export interface MemberList {
  readonly members: readonly FoundMember[];
  /** Where the next page begins; null if this is the last. */
  readonly next: Cursor | null;
}

/** Members on one page. */
const PER_PAGE = 25;

/**
 * A pattern for `like` that finds a text as it is.
 *
 * @param text What is looked for; its `%` and `_` stand for themselves.
 * @param where Anywhere, or at the start.
 */
export function likePattern(text: string, where: "anywhere" | "start" = "anywhere"): string {
  const escaped = text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
  return where === "start" ? `${escaped}%` : `%${escaped}%`;
}

/**
 * A query for the ids of the people whom a text may mean: id, member number, or part of address or name.
 *
 * @param tx The transaction of the statement that it becomes part of.
 * @param text What is looked for.
 */
export function peopleSql(tx: Transaction, text: string): postgres.PendingQuery<postgres.Row[]> {
  return tx`
    select id from public.profiles
    where id::text = ${text.toLowerCase()}
      or member_number = ${text.toUpperCase()}
      or email ilike ${likePattern(text)}
      or full_name ilike ${likePattern(text)}
    limit 50`;
}

/**
 * Members whom the asking person may see, by name, address, number or telephone.
 *
 * @param tx A transaction in the person's name.
 * @param search What the caller says; null for everyone.
 * @param after Where the page begins.
 */
export async function findMembers(
  tx: Transaction,
  search: string | null,
  after: Cursor | null,
): Promise<MemberList> {
  const rows = await tx<(FoundMember & { readonly place: string })[]>`
    select p.id, p.tenant_id, p.full_name, p.email, p.member_number, p.is_active, p.created_at,
           public.membership_access(p.id) as access,
           to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from (
      select *
      from public.profiles as p
      where p.role = 'member'
        ${
    search === null ? tx`` : tx`and (
          p.member_number = ${search.toUpperCase()}
          or p.id::text = ${search.toLowerCase()}
          or p.email ilike ${likePattern(search)}
          or p.full_name ilike ${likePattern(search)}
          or p.phone ilike ${likePattern(search)}
        )`
  }
        ${
    after === null
      ? tx``
      : tx`and (p.created_at, p.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
  }
      order by p.created_at desc, p.id desc
      limit ${PER_PAGE + 1}
    ) as p
    order by p.created_at desc, p.id desc`;
  return { members: rows.slice(0, PER_PAGE), next: cursorOf(rows, PER_PAGE) };
}
