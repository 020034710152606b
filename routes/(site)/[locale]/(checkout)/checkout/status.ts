import { membershipAccess } from "@core/billing/membership.ts";
import { askPaddle, transactionIdOf } from "../../../../../site/checkout.ts";
import { decideCheckoutState } from "../../../../../site/checkout_state.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { define } from "../../../../../utils.ts";

/** Tells the waiting page, as JSON, whether there is something new about a purchase. */
export const handler = define.handlers({
  async GET(ctx) {
    const { id } = viewerOf(ctx.state);
    const [access, transaction] = await Promise.all([
      ctx.state.db((tx) => membershipAccess(tx, id)),
      askPaddle(ctx, transactionIdOf(ctx.url)),
    ]);
    return ctx.json({ state: decideCheckoutState(access, transaction, id).kind });
  },
});
