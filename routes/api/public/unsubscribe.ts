import { hashToken } from "@core/outreach/mail_links.ts";
import { AppError, toResponse } from "@core/platform/errors.ts";
import { bestLocale } from "@core/platform/i18n.ts";
import { countTry } from "../../../site/link_keys.ts";
import { clientAddress } from "../../../site/origins.ts";
import { fulfil, readWish } from "../../../site/unsubscribing.ts";
import { define } from "../../../utils.ts";

/**
 * The address in a mail's `List-Unsubscribe` header. Mail programs post to it and ask nothing (RFC
 * 8058); whoever opens it as a link is led to the page that does. Any body is taken, none too: a wish
 * to be left alone that came in another shape than the standard's counts, and the page can undo it.
 */
export const handler = define.handlers(async (ctx) => {
  const { services, requestId } = ctx.state;
  const { method } = ctx.req;
  await ctx.req.body?.cancel();
  try {
    if (method !== "POST" && method !== "GET" && method !== "HEAD") {
      const answer = toResponse(refusal("method_not_allowed", 405));
      answer.headers.set("allow", "GET, POST");
      return answer;
    }
    const key = ctx.url.searchParams.get("token");
    if (key === null || key === "") throw refusal("missing_token", 400);
    const address = clientAddress(ctx.info.remoteAddr);
    const wait = await countTry(services.db, "unsubscribe", hashToken(key), address);
    if (wait > 0) throw refusal("too_many_requests", 429, wait);

    if (method === "POST") {
      const { state } = await fulfil(services.db, key, "stop");
      if (state === "unknown") throw refusal("unknown_token", 404);
      return Response.json({ result: "unsubscribed" });
    }
    const { locale } = await readWish(services.db, key);
    const language = locale ?? bestLocale(ctx.req.headers.get("accept-language"), "sq");
    return ctx.redirect(`/${language}/unsubscribe/${encodeURIComponent(key)}`, 303);
  } catch (error) {
    return toResponse(error, services.log.with({ requestId }));
  }
});

const MESSAGES = {
  "missing_token": "The link is not complete.",
  "unknown_token": "This link leads nowhere.",
  "too_many_requests": "Too many tries in a short time.",
  "method_not_allowed": "This address does not answer that method.",
} as const;

function refusal(code: keyof typeof MESSAGES, status: number, retryAfter?: number): AppError {
  return new AppError({
    code,
    status,
    message: MESSAGES[code],
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
