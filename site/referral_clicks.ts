/** Counts who comes by an agent's link: how many, never who. */
import type { Context } from "fresh";
import { countReferralClick } from "@core/agents/referral_store.ts";
import { takeRateLimit } from "@core/platform/rate_limit.ts";
import type { State } from "../utils.ts";
import { clientAddress } from "./origins.ts";

/** Programs that look at a link before a person does; "Cubot" is a telephone. */
const PROGRAMS = /(?<!cu)bot\b|crawl|spider|preview|facebookexternalhit|whatsapp\/|^viber\b/i;

/** Clicks from one address in ten minutes: a fair's visitors may share one. */
const MOST = 120;

/**
 * Whether a request is a person who follows a link, as far as a request tells. Pure.
 *
 * @param req The request.
 */
export function isClick({ method, headers }: Pick<Request, "method" | "headers">): boolean {
  const purpose = headers.get("sec-purpose") ?? headers.get("purpose") ?? "";
  const mode = headers.get("sec-fetch-mode");
  return method === "GET" && (mode === null || mode === "navigate") &&
    !purpose.includes("prefetch") && !PROGRAMS.test(headers.get("user-agent") ?? "");
}

/**
 * Counts a click on the link of an agent. Call it when a browser brings a code that it did not carry
 * before. A code of nobody's counts for nobody, an agent's own click not at all, and a count that
 * fails keeps no visitor from the page.
 *
 * @param ctx The request, its visit resolved.
 */
export async function countReferral(
  ctx: Pick<Context<State>, "url" | "state" | "info">,
): Promise<void> {
  const { services, viewer, requestId } = ctx.state;
  const code = ctx.url.searchParams.get("ref")?.toUpperCase() ?? "";
  if (viewer?.referralCode === code) return;
  const key = clientAddress(ctx.info.remoteAddr);
  try {
    await services.db.asAnon(async (tx) => {
      const limit = { bucket: "referral click", key, max: MOST, windowSeconds: 600 };
      const { allowed } = await takeRateLimit(tx, limit);
      if (allowed) await countReferralClick(tx, code);
    });
  } catch (error) {
    services.log.warn("a recommendation was not counted", { requestId, error });
  }
}
