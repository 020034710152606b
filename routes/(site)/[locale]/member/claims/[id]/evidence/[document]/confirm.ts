import { confirmFile } from "../../../../../../../../site/evidence.ts";
import { claimIdOf } from "../../../../../../../../site/claim_pages.ts";
import { define } from "../../../../../../../../utils.ts";

/** A browser says that it has sent a file. */
export const handler = define.handlers({
  POST: (ctx) => confirmFile(ctx, claimIdOf(ctx), ctx.params["document"] ?? ""),
});
