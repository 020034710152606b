/** The link in the mail about a new password: leads to the page that asks for it. */
import { ownOrigin, ownPath } from "@core/identity/own_address.ts";
import { readTenants } from "@core/identity/tenants.ts";
import { bestLocale } from "@core/platform/i18n.ts";
import { type AuthDeps, leadTo, RESET_TOKEN } from "./parts.ts";

/**
 * Leads on to a page of ours, on the host that the link was opened at. Nothing is looked up by the
 * code and nothing used up: programs that scan mails open links, and so do mail programs that show
 * what stands behind them.
 *
 * @param deps Environment and database.
 * @param headers Of the request; the site names the host in `x-forwarded-host`.
 * @param token The code.
 * @param callback Where to; anything but a page of ours is passed over.
 */
export async function followLink(
  { env, db }: Pick<AuthDeps, "env" | "db">,
  headers: Headers,
  token: string,
  callback: string | undefined,
): Promise<Response> {
  const tenants = await db.asAnon((tx) => readTenants(tx));
  const origin = ownOrigin(env.siteUrl, tenants, headers.get("x-forwarded-host"));
  const site = new URL(env.siteUrl).origin;
  const locale = bestLocale(headers.get("accept-language"), "sq");
  const page = new URL(
    `${origin}${ownPath(callback, [origin, site]) ?? `/${locale}/reset-password`}`,
  );
  if (RESET_TOKEN.test(token)) page.searchParams.set("token", token);
  else page.searchParams.delete("token");
  return leadTo(page.href);
}
