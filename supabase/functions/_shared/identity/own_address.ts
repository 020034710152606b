/** Addresses of our own that a link may lead on to, for whoever follows a link in one of our mails. */
import { safeNextPath } from "./next_path.ts";
import { type TenantFacts, tenantOrigin } from "./tenants.ts";

/**
 * Under which of our addresses a request came to the site. A header says which, and a header can say
 * anything: only what is the site's or a tenant's counts.
 *
 * @param siteUrl The site's public address.
 * @param tenants Active tenants.
 * @param host The host that the site says it was reached under.
 * @returns An origin of ours.
 */
export function ownOrigin(
  siteUrl: string,
  tenants: readonly Pick<TenantFacts, "hosts">[],
  host: string | null,
): string {
  const site = new URL(siteUrl).origin;
  const origins = [
    site,
    ...tenants.flatMap(({ hosts }) => hosts.map((one) => tenantOrigin(siteUrl, [one]))),
  ];
  const { protocol } = new URL(siteUrl);
  const asked = host === null ? null : URL.parse(`${protocol}//${host}`);
  // Anything but a bare host in it, such as `user@host` or a path, is nobody's.
  const isBare = asked !== null && asked.host === host?.toLowerCase();
  return isBare && origins.includes(asked.origin) ? asked.origin : site;
}

/**
 * The path of a page of ours that an address names, given as a path or with one of our origins.
 *
 * @param address What came with a request.
 * @param origins Our origins.
 * @returns A path with query, without a fragment, or null if it leads anywhere else.
 */
export function ownPath(
  address: string | null | undefined,
  origins: readonly string[],
): string | null {
  if (address === null || address === undefined) return null;
  const own = origins.find((origin) => address.startsWith(`${origin}/`));
  const path = safeNextPath(own === undefined ? address : address.slice(own.length));
  return path?.split("#", 1)[0] ?? null;
}
