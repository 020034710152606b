import { define } from "../../utils.ts";

/** The address without a language leads to the visitor's. */
export const handler = define.handlers({
  GET(ctx) {
    const answer = ctx.redirect(`/${ctx.state.locale}${ctx.url.search}`);
    answer.headers.set("vary", "accept-language, cookie");
    return answer;
  },
});
