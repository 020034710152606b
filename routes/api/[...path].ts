import type { Context } from "fresh";
import { AppError, toResponse } from "@core/platform/errors.ts";
import { clientAddress, isSecure } from "../../site/origins.ts";
import { countPassage, type Destination, destination, passOn } from "../../site/passing_on.ts";
import { pageInstead } from "../../site/refused_download.ts";
import { isFromOurPages } from "../../site/same_origin.ts";
import { define, type State } from "../../utils.ts";

/** Passes the contract's paths on to the edge functions. The session cookie becomes a bearer. */
export const handler = define.handlers(async (ctx) => {
  const to = destination(ctx.req.method, ctx.params["path"] ?? "");
  if (!to.found) return refuse(to.status, "allow" in to ? to.allow : undefined);
  const answer = await answerOf(ctx, to);
  const page = to.page === null ? null : pageInstead(ctx.req, to.page, answer.status);
  if (page === null) return answer;
  await answer.body?.cancel();
  return ctx.redirect(page, 303);
});

async function answerOf(
  ctx: Context<State>,
  to: Extract<Destination, { found: true }>,
): Promise<Response> {
  const { services, requestId } = ctx.state;
  try {
    const address = clientAddress(ctx.info.remoteAddr);
    if (to.limit !== null) await countPassage(services.db, to.limit, address);

    let accessToken: string | null = null;
    if (to.asViewer) {
      if (!isFromOurPages(ctx)) return refuse(403);
      const cookies = ctx.req.headers.get("cookie");
      const resolved = await services.sessions.resolve(cookies, isSecure(services.env, ctx.url));
      ctx.state.cookies.push(...resolved.cookies);
      ctx.state.session = resolved.session;
      accessToken = resolved.accessToken;
    }
    return await passOn(ctx.req, {
      supabaseUrl: services.env.supabaseUrl,
      publishableKey: services.env.supabasePublishableKey,
      path: to.path,
      accessToken,
      clientAddress: address,
      requestId,
    });
  } catch (error) {
    return toResponse(error, services.log.with({ requestId }));
  }
}

const REFUSALS: Readonly<Record<403 | 404 | 405, readonly [code: string, message: string]>> = {
  403: ["foreign_origin", "This request did not come from our pages."],
  404: ["not_found", "There is nothing at this address."],
  405: ["method_not_allowed", "This address does not answer that method."],
};

function refuse(status: 403 | 404 | 405, allow: readonly string[] = []): Response {
  const [code, message] = REFUSALS[status];
  const answer = toResponse(new AppError({ code, status, message }));
  if (allow.length > 0) answer.headers.set("allow", allow.join(", "));
  return answer;
}
