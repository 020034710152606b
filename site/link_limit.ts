/** Slows down those who try keys of links. */
import type { Context } from "fresh";
import { networkOf, takeRateLimit } from "@core/platform/rate_limit.ts";
import type { State } from "../utils.ts";
import { clientAddress } from "./origins.ts";

/** Tries of one address in a minute; an office may share one. */
const A_MINUTE = 60;

/**
 * Counts one opening of a link.
 *
 * @param ctx The request.
 * @param bucket Which kind of link.
 * @returns Whether it may be opened.
 */
export async function mayOpenLink(ctx: Context<State>, bucket: string): Promise<boolean> {
  const key = networkOf(clientAddress(ctx.info.remoteAddr));
  const verdict = await ctx.state.services.db.asAnon((tx) =>
    takeRateLimit(tx, { bucket, key, max: A_MINUTE, windowSeconds: 60 })
  );
  return verdict.allowed;
}
