/** The organisations by name, for those who see several. */
import type { Transaction } from "@core/platform/database.ts";

/**
 * Names of the active organisations, by id, in the order of their names.
 *
 * @param tx A transaction of any role.
 */
export async function readTenantNames(tx: Transaction): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<{ id: string; name: string }[]>`
    select id, name from public.tenants where is_active order by name`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
