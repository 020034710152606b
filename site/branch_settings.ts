/** The branches of a country, for those who open and close them. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";

/** A branch with what belongs to it. */
export interface BranchRow {
  readonly id: string;
  readonly tenantId: string;
  readonly code: string;
  readonly name: string;
  readonly isActive: boolean;
  /** People who work there and may sign in. */
  readonly people: number;
  readonly members: number;
  readonly openClaims: number;
}

const say = (key: MessageKey) => key;

/** A name that is shown: some letters in one line. */
export const shownName = z.string(say("administration.name.malformed")).trim()
  .min(1, say("administration.name.malformed"))
  .max(80, say("administration.name.malformed"))
  .refine((text) => !/\p{Cc}/u.test(text), say("administration.name.malformed"));

/** What a branch is called. */
export const BranchForm = z.object({
  code: z.string(say("branches.code.malformed")).trim().toUpperCase()
    .regex(/^[A-Z0-9][A-Z0-9-]{1,19}$/, say("branches.code.malformed")),
  name: shownName,
});

/**
 * All branches of a country, the open ones first.
 *
 * @param tx A transaction in an administrator's name.
 * @param tenantId The country.
 */
export async function readBranchRows(tx: Transaction, tenantId: string): Promise<BranchRow[]> {
  return await tx<BranchRow[]>`
    select b.id, b.tenant_id, b.code, b.name, b.is_active,
           (
             select count(*) from public.profiles as p
             where p.branch_id = b.id and p.role <> 'member' and p.is_active
           ) as people,
           (
             select count(*) from public.profiles as p where p.branch_id = b.id and p.role = 'member'
           ) as members,
           (select count(*) from public.claims as c where c.branch_id = b.id and c.is_open) as open_claims
    from public.branches as b
    where b.tenant_id = ${tenantId}
    order by b.is_active desc, b.name, b.id`;
}

/** One branch, or null if there is none for the reader. */
export async function readBranch(tx: Transaction, id: string): Promise<BranchRow | null> {
  const [found] = await tx<{ tenantId: string }[]>`
    select tenant_id from public.branches where id = ${id}`;
  if (found === undefined) return null;
  return (await readBranchRows(tx, found.tenantId)).find((branch) => branch.id === id) ?? null;
}

/** Opens a branch. */
export async function createBranch(
  tx: Transaction,
  tenantId: string,
  { code, name }: z.infer<typeof BranchForm>,
): Promise<void> {
  await tx`select private.create_branch(${tenantId}, ${code}, ${name})`;
}

/** Calls a branch something else. */
export async function renameBranch(
  tx: Transaction,
  id: string,
  { code, name }: z.infer<typeof BranchForm>,
): Promise<void> {
  await tx`select private.rename_branch(${id}::uuid, ${code}, ${name})`;
}

/** Closes a branch, or opens it again. */
export async function setBranchActive(
  tx: Transaction,
  id: string,
  active: boolean,
): Promise<void> {
  await tx`select private.set_branch_active(${id}::uuid, ${active})`;
}
