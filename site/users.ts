/** People with an account, for whoever says what they may do. */
import type { Role } from "@core/identity/roles.ts";
import type { Transaction } from "@core/platform/database.ts";
import { type Cursor, cursorOf } from "./keyset.ts";
import { likePattern } from "./member_search.ts";

/** A person in the list. */
export interface UserRow {
  readonly id: string;
  readonly tenantId: string;
  readonly fullName: string;
  readonly email: string;
  readonly role: Role;
  readonly branchId: string | null;
  readonly branchName: string | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

/** Which people. */
export interface UserFilter {
  readonly tenantId: string;
  readonly search: string | null;
  /** One role, or all but members. */
  readonly role: Role | null;
  readonly after: Cursor | null;
}

const PER_PAGE = 25;

/**
 * People of a tenant, those who came last first.
 *
 * @param tx A transaction in an administrator's name.
 * @param filter Which people.
 */
export async function readUsers(
  tx: Transaction,
  { tenantId, search, role, after }: UserFilter,
): Promise<{ readonly users: readonly UserRow[]; readonly next: Cursor | null }> {
  const rows = await tx<(UserRow & { readonly place: string })[]>`
    select p.id, p.tenant_id, p.full_name, p.email, p.role, p.branch_id, p.is_active, p.created_at,
           branch.name as branch_name,
           to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from public.profiles as p
    left join public.branches as branch on branch.id = p.branch_id
    where p.tenant_id = ${tenantId}
      and ${role === null ? tx`p.role <> 'member'` : tx`p.role = ${role}`}
      ${
    search === null
      ? tx``
      : tx`and (p.email ilike ${likePattern(search)} or p.full_name ilike ${likePattern(search)})`
  }
      ${
    after === null
      ? tx``
      : tx`and (p.created_at, p.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
  }
    order by p.created_at desc, p.id desc
    limit ${PER_PAGE + 1}`;
  return { users: rows.slice(0, PER_PAGE), next: cursorOf(rows, PER_PAGE) };
}

/**
 * One person.
 *
 * @param tx A transaction in an administrator's name.
 * @param id The person.
 */
export async function readUser(tx: Transaction, id: string): Promise<UserRow | null> {
  const [row] = await tx<UserRow[]>`
    select p.id, p.tenant_id, p.full_name, p.email, p.role, p.branch_id, p.is_active, p.created_at,
           branch.name as branch_name
    from public.profiles as p
    left join public.branches as branch on branch.id = p.branch_id
    where p.id = ${id}`;
  return row ?? null;
}

/**
 * Roles that the signed-in person may give and take.
 *
 * @param tx A transaction in the person's name.
 */
export async function readGrantableRoles(tx: Transaction): Promise<Role[]> {
  const rows = await tx<{ role: Role }[]>`select role from private.my_grantable_roles() as role`;
  return rows.map(({ role }) => role);
}

/**
 * Gives somebody a role and a branch, which count at once.
 *
 * @param tx A transaction in an administrator's name.
 * @param id The person.
 * @param role The role.
 * @param branchId The branch; null for none.
 */
export async function setRole(
  tx: Transaction,
  id: string,
  role: Role,
  branchId: string | null,
): Promise<void> {
  await tx`select private.set_role(${id}::uuid, ${role}, ${branchId}::uuid)`;
}

/**
 * Locks an account or opens it again. Who is locked is out everywhere at once.
 *
 * @param tx A transaction in an administrator's name.
 * @param id The person.
 * @param active Whether they may sign in from now on.
 * @param reason For the audit log.
 */
export async function setActive(
  tx: Transaction,
  id: string,
  active: boolean,
  reason: string | null,
): Promise<void> {
  await tx`select private.set_active(${id}::uuid, ${active}, ${reason})`;
}
