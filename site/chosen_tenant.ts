/** Which country an administrator's page is about: their own, for super admins the one they chose. */
import type { Transaction } from "@core/platform/database.ts";
import type { Viewer } from "./viewer.ts";

/** A country to choose. */
export interface TenantChoice {
  readonly id: string;
  readonly name: string;
}

/** The country of a page, and the others that the reader may choose. */
export interface ChosenTenant extends TenantChoice {
  /** All that the reader may choose, this one among them. */
  readonly choices: readonly TenantChoice[];
}

/**
 * The country that a page is about, as its address says (`?tenant=mk`).
 *
 * @param tx A transaction in the reader's name.
 * @param viewer The reader.
 * @param query The address' query. Of an administrator of one country it does not count.
 */
export async function chosenTenant(
  tx: Transaction,
  { role, tenantId }: Pick<Viewer, "role" | "tenantId">,
  query: Pick<URLSearchParams, "get">,
): Promise<ChosenTenant> {
  const rows = await tx<TenantChoice[]>`
    select id, name from public.tenants
    ${role === "super_admin" ? tx`` : tx`where id = ${tenantId}`}
    order by is_active desc, name`;
  const asked = query.get("tenant");
  const chosen = rows.find(({ id }) => id === asked) ??
    rows.find(({ id }) => id === tenantId) ?? { id: tenantId, name: tenantId };
  return { ...chosen, choices: rows };
}

/** The chosen country as it stands in an address; one's own goes without saying. */
export function tenantQuery(
  chosen: Pick<ChosenTenant, "id">,
  { tenantId }: Pick<Viewer, "tenantId">,
): { readonly tenant: string | null } {
  return { tenant: chosen.id === tenantId ? null : chosen.id };
}
