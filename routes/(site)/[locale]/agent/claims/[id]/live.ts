import { liveClaim } from "../../../../../../site/live_claim.ts";
import { define } from "../../../../../../utils.ts";

/** Tells an open page that something new is on its claim. */
export const handler = define.handlers({
  GET: (ctx) => liveClaim(ctx, ctx.params["id"] ?? ""),
});
