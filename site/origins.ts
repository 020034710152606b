/** Under which address the site is reached, and from which. */
import type { SiteEnv } from "@core/platform/env.ts";
import type { TenantDirectory } from "./tenant_directory.ts";

/**
 * Whether the site is served over https, to us or to whoever stands before us.
 *
 * @param env Names the site's public address.
 * @param url The request's address as it arrived.
 */
export function isSecure(env: Pick<SiteEnv, "siteUrl">, url: URL): boolean {
  return url.protocol === "https:" || env.siteUrl.startsWith("https:");
}

/**
 * The address that links back to the site begin with: the one the visitor used where it is one of
 * ours, else the configured one. A `Host` header is the caller's to choose.
 *
 * @param env Names the site's public address.
 * @param url The request's address.
 * @param tenants Know their hosts.
 */
export async function publicOrigin(
  env: Pick<SiteEnv, "siteUrl">,
  url: URL,
  tenants: Pick<TenantDirectory, "knowsHost">,
): Promise<string> {
  const own = new URL(env.siteUrl);
  const ours = url.hostname === own.hostname || await tenants.knowsHost(url.hostname);
  return ours ? `${own.protocol}//${url.host}` : own.origin;
}

/**
 * The address that a request came from, as the connection says: no header that a caller could write.
 *
 * @param peer The connection's other end.
 */
export function clientAddress(peer: Deno.Addr): string {
  return "hostname" in peer ? peer.hostname : "127.0.0.1";
}
