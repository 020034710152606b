import { clearSessionCookie } from "@core/identity/session_cookie.ts";
import { type Session, verifyAccessToken } from "@core/identity/session.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import { AppError, toResponse } from "@core/platform/errors.ts";
import type { Context } from "fresh";
import { checkScope, readClaims, readClaimsQuery } from "../../site/claims_api.ts";
import { isSecure } from "../../site/origins.ts";
import { readViewer } from "../../site/viewer.ts";
import { define, type State } from "../../utils.ts";

/** `GET /api/claims`: a page of the claims that the signed-in person may see. */
export const handler = define.handlers(async (ctx) => {
  const { services, requestId } = ctx.state;
  try {
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return notAllowed();
    }
    const session = await sessionOf(ctx);
    if (session === null) throw signedOut();
    const viewer = await services.db.asUser(session, (tx) => readViewer(tx, session));
    if (viewer === null) {
      const cookies = ctx.req.headers.get("cookie");
      ctx.state.cookies.push(...clearSessionCookie(cookies, isSecure(services.env, ctx.url)));
      throw signedOut();
    }
    const query = readClaimsQuery(ctx.url.searchParams);
    checkScope(viewer.role, query.scope);
    const answer = await services.db.asUser(session, (tx) => readClaims(tx, viewer, query));
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return toResponse(error, services.log.with({ requestId }));
  }
});

/** Who asks: by the site's cookie, or with an access token as other programs do. */
async function sessionOf(ctx: Context<State>): Promise<Session | null> {
  const { services } = ctx.state;
  const token = bearerOf(ctx.req.headers);
  if (token !== null) {
    return await verifyAccessToken(token, services.tokenKey, services.clock.now());
  }
  const cookies = ctx.req.headers.get("cookie");
  const resolved = await services.sessions.resolve(cookies, isSecure(services.env, ctx.url));
  ctx.state.cookies.push(...resolved.cookies);
  ctx.state.session = resolved.session;
  return resolved.session;
}

function signedOut(): AppError {
  return new AppError({ code: "unauthorized", status: 401, message: "Sign in first." });
}

function notAllowed(): Response {
  const answer = toResponse(
    new AppError({
      code: "method_not_allowed",
      status: 405,
      message: "This address does not answer that method.",
    }),
  );
  answer.headers.set("allow", "GET");
  return answer;
}
