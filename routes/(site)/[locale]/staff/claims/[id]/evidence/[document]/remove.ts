import { removeFile } from "../../../../../../../../site/evidence.ts";
import { claimIdOf } from "../../../../../../../../site/claim_pages.ts";
import { define } from "../../../../../../../../utils.ts";

/** A browser takes a file back that it announced. */
export const handler = define.handlers({
  POST: (ctx) => removeFile(ctx, claimIdOf(ctx), ctx.params["document"] ?? ""),
});
