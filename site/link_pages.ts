/** What the pages behind the links of our mails have in common. */
import { type Context, HttpError } from "fresh";
import { hashToken } from "@core/outreach/mail_links.ts";
import { isLocale, type Locale } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { countTry, type LinkFacts } from "./link_keys.ts";
import { clientAddress } from "./origins.ts";

/** The key in the path of a page. */
export function keyOf(ctx: Pick<Context<State>, "params">): string {
  return ctx.params["token"] ?? "";
}

/**
 * Counts a request for such a page.
 *
 * @param ctx The request.
 * @param door Which page.
 * @returns Seconds to wait before the next try; 0 if this one may go on.
 */
export async function countVisit(
  ctx: Pick<Context<State>, "state" | "params" | "info">,
  door: string,
): Promise<number> {
  const hash = hashToken(keyOf(ctx));
  return await countTry(ctx.state.services.db, door, hash, clientAddress(ctx.info.remoteAddr));
}

/**
 * Refuses a visit that is one too many.
 *
 * @throws {HttpError} 429.
 */
export async function boundVisits(
  ctx: Pick<Context<State>, "state" | "params" | "info">,
  door: string,
): Promise<void> {
  if (await countVisit(ctx, door) > 0) throw new HttpError(429);
}

/**
 * Shows the page as that of the tenant that sent the link, whatever address it is opened at.
 *
 * @param state The request's state; its tenant is set.
 * @param facts What is known of the link.
 * @returns The reader's own language if the page is in another.
 */
export async function showFor(
  state: State,
  facts: LinkFacts<string>,
): Promise<Locale | null> {
  const { tenantId, locale } = facts;
  if (tenantId !== null) {
    state.tenant = await state.services.tenants.byId(tenantId) ?? state.tenant;
  }
  return isLocale(locale) && locale !== state.locale ? locale : null;
}
