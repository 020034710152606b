import { define } from "../../../utils.ts";

/** The code of a card names no language: the page opens in that of whoever scans it. */
export const handler = define.handlers({
  GET({ params, redirect, state }) {
    const token = encodeURIComponent(params["token"] ?? "");
    const answer = redirect(`/${state.locale}/verify/${token}`);
    answer.headers.set("cache-control", "no-store");
    return answer;
  },
});
