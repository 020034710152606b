import { clearSessionCookie } from "@core/identity/session_cookie.ts";
import { isSecure } from "../../../../site/origins.ts";
import { endSession } from "../../../../site/sign_in.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  /** A link cannot sign anyone out. */
  GET(ctx) {
    return ctx.redirect(`/${ctx.state.locale}`, 303);
  },

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const secure = isSecure(services.env, ctx.url);
    // Cookies that a refresh just set would outlive the ones cleared here.
    ctx.state.cookies.length = 0;
    ctx.state.cookies.push(...clearSessionCookie(ctx.req.headers.get("cookie"), secure));
    await endSession(ctx);
    const answer = ctx.redirect(`/${locale}/login?signed-out`, 303);
    answer.headers.set("clear-site-data", `"cache", "storage"`);
    return answer;
  },
});
