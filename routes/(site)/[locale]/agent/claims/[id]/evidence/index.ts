import { announceFile } from "../../../../../../../site/evidence.ts";
import { claimIdOf } from "../../../../../../../site/claim_pages.ts";
import { define } from "../../../../../../../utils.ts";

/** A browser says which file it is about to send. */
export const handler = define.handlers({
  POST: (ctx) => announceFile(ctx, claimIdOf(ctx)),
});
