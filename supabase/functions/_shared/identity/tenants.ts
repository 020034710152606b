/** Which tenant a host stands for, from the public facts that `anon` may read. */
import type { Transaction } from "@core/platform/database.ts";

/** What everyone may know about a tenant. */
export interface TenantFacts {
  /** `ks`, `mk`. */
  readonly id: string;
  readonly name: string;
  /** Registered name of the company, for legal texts. */
  readonly legalName: string;
  /** ISO 3166 code; `XK` for Kosovo. */
  readonly countryCode: string;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly defaultLocale: string;
  /** Host names without port that stand for the tenant. */
  readonly hosts: readonly string[];
  readonly supportEmail: string | null;
  readonly supportPhone: string | null;
  /** IANA name, for instance `Europe/Belgrade`. */
  readonly timeZone: string;
}

/**
 * All active tenants.
 *
 * @param tx A transaction of any role.
 * @returns Their public facts, by id.
 */
export async function readTenants(tx: Transaction): Promise<TenantFacts[]> {
  return await tx<TenantFacts[]>`
    select id, name, legal_name, country_code, currency, default_locale, hosts, support_email, support_phone,
           time_zone
    from public.tenants
    where is_active
    order by id`;
}

/**
 * The tenant that a request's host names, else the default one.
 *
 * @param tenants Active tenants.
 * @param host The `Host` header, with or without a port.
 * @param defaultTenant Id of the tenant of a host that names none.
 * @returns The tenant.
 * @throws {Error} If there is no tenant with the default id either.
 */
export function tenantByHost(
  tenants: readonly TenantFacts[],
  host: string | null | undefined,
  defaultTenant: string,
): TenantFacts {
  const name = hostName(host ?? "");
  const found = tenants.find((tenant) => tenant.hosts.includes(name)) ??
    tenants.find((tenant) => tenant.id === defaultTenant);
  if (found === undefined) {
    throw new Error(`no active tenant has the id ${defaultTenant} (DEFAULT_PUBLIC_TENANT)`);
  }
  return found;
}

/**
 * Where links in a tenant's mails lead: the site's address, on the tenant's own host where it has one
 * beside the site's (`https://ks.example.org` where the site is `https://example.org`,
 * `https://www.example.org` or `https://mk.example.org`). A host elsewhere may not lead to this
 * installation.
 *
 * @param siteUrl The site's public address, `SITE_URL`.
 * @param hosts The tenant's hosts, the one to be preferred first.
 * @returns The address without a slash at the end.
 */
export function tenantOrigin(siteUrl: string, hosts: readonly string[]): string {
  const site = new URL(siteUrl);
  const bases = [site.hostname];
  const parent = site.hostname.slice(site.hostname.indexOf(".") + 1);
  if (parent.includes(".")) bases.push(parent);
  const own = hosts.map(hostName).find((host) =>
    bases.some((base) => host === base || host.endsWith(`.${base}`))
  );
  if (own !== undefined) site.hostname = own;
  return site.origin;
}

/** Lower case, without port and without the dot that may end a full name. */
function hostName(host: string): string {
  return host.trim().toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
}
