/** Which country an administrator's page is about: their own, for super admins the one they chose. */
import type { Transaction } from "@core/platform/database.ts";
import type { Locale } from "@core/platform/i18n.ts";
import type { Viewer } from "./viewer.ts";

/** A country to choose. */
export interface TenantChoice {
  readonly id: string;
  readonly name: string;
  readonly defaultLocale: Locale;
}

/** The country of a page, and the others that the reader may choose. */
export interface ChosenTenant extends TenantChoice {
  /** All that the reader may choose, this one among them. */
  readonly choices: readonly TenantChoice[];
  /** As it stands in an address; null for one's own, which goes without saying. */
  readonly parameter: string | null;
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
    select id, name, default_locale as "defaultLocale" from public.tenants
    ${role === "super_admin" ? tx`` : tx`where id = ${tenantId}`}
    order by is_active desc, name`;
  const asked = role === "super_admin" ? query.get("tenant") : null;
  const own = rows.find(({ id }) => id === tenantId);
  const chosen = rows.find(({ id }) => id === asked) ?? own;
  if (chosen === undefined) throw new Error(`tenant ${tenantId} is not to be read`);
  return { ...chosen, choices: rows, parameter: chosen === own ? null : chosen.id };
}
