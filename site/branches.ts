/** The branches of a tenant, and the one that someone works in. */
import type { Transaction } from "@core/platform/database.ts";
import type { Viewer } from "./viewer.ts";

/**
 * Name of a person's branch.
 *
 * @param tx A transaction in the person's name.
 * @param viewer The person.
 * @returns The name, or null if they belong to no branch.
 */
export async function readBranchName(
  tx: Transaction,
  viewer: Pick<Viewer, "branchId" | "tenantId">,
): Promise<string | null> {
  if (viewer.branchId === null) return null;
  const [row] = await tx<{ name: string }[]>`
    select name from public.branches
    where id = ${viewer.branchId} and tenant_id = ${viewer.tenantId}`;
  return row?.name ?? null;
}

/** A branch to choose from. */
export interface BranchChoice {
  readonly id: string;
  readonly name: string;
}

/**
 * The branches of a tenant by their names, closed ones last.
 *
 * @param tx A transaction in the person's name.
 * @param tenantId The tenant.
 */
export async function readBranches(tx: Transaction, tenantId: string): Promise<BranchChoice[]> {
  return await tx<BranchChoice[]>`
    select id, name from public.branches
    where tenant_id = ${tenantId}
    order by is_active desc, name`;
}
