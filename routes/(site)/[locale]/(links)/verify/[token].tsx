import { page } from "fresh";
import { verifyCard } from "@core/agents/card_store.ts";
import { Icon } from "../../../../../components/Icon.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { countVisit, keyOf } from "../../../../../site/link_pages.ts";
import { define } from "../../../../../utils.ts";

/** Whether the card that was scanned is valid, and nothing else: not whose it is, not why not. */
export const handler = define.handlers({
  async GET(ctx) {
    const wait = await countVisit(ctx, "card verification");
    if (wait > 0) {
      return page({ verdict: "too_many" as const }, {
        status: 429,
        headers: { "retry-after": String(wait), "cache-control": "no-store" },
      });
    }
    const isValid = await ctx.state.services.db.asAnon((tx) => verifyCard(tx, keyOf(ctx)));
    return page({ verdict: isValid ? "valid" as const : "not_valid" as const }, {
      headers: { "cache-control": "no-store" },
    });
  },
});

export default define.page<typeof handler>(function Verify({ data: { verdict }, state }) {
  const { i18n } = state;
  const { t } = i18n;
  const isValid = verdict === "valid";
  return (
    <Page i18n={i18n} title={t(`verify.${verdict}`)} ready="verify-page-ready" class="wrap">
      <div class={`verdict verdict-${isValid ? "valid" : "not"}`} data-verdict={verdict}>
        <span class="verdict-sign">
          <Icon name={isValid ? "check" : "stop"} size={56} />
        </span>
        <h1>{t(`verify.${verdict}`)}</h1>
        <p class="lead">{t(`verify.${verdict}.text`)}</p>
      </div>
    </Page>
  );
});
