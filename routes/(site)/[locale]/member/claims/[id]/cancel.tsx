import { HttpError, page } from "fresh";
import { mayCancel } from "@core/claims/claim.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { cancelClaim } from "@core/claims/draft_store.ts";
import { ButtonLink } from "../../../../../../components/Button.tsx";
import { Icon } from "../../../../../../components/Icon.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../islands/SubmitOnce.tsx";
import { claimHref } from "../../../../../../site/claim_links.ts";
import { ownClaim } from "../../../../../../site/claim_pages.ts";
import { define } from "../../../../../../utils.ts";

/** Asks once more before a claim or a draft is taken back. */
export const handler = define.handlers({
  async GET(ctx) {
    const claim = await ownClaim(ctx);
    if (!mayCancel(claim)) return ctx.redirect(claimHref(ctx.state.locale, claim.id), 303);
    return page({ claim });
  },

  async POST(ctx) {
    const { state } = ctx;
    const claim = await ownClaim(ctx);
    const done = claim.isSubmitted
      ? claimHref(state.locale, claim.id, "?cancelled")
      : `/${state.locale}/member/claims?cancelled`;
    const outcome = await unlessRefused(state.db((tx) => cancelClaim(tx, claim.id)));
    if (outcome.kind === "done") return ctx.redirect(done, 303);
    if (outcome.why === "not_found") throw new HttpError(404);
    // Resolved or refused meanwhile: the claim's own page says so.
    return ctx.redirect(claimHref(state.locale, claim.id), 303);
  },
});

export default define.page<typeof handler>(function CancelClaim({ data: { claim }, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const kind = claim.isSubmitted ? "claim" : "draft";
  const title = t(`claim.cancel.${kind}.title`);
  const back = claim.isSubmitted ? claimHref(locale, claim.id) : `/${locale}/member/claims`;
  return (
    <Page i18n={i18n} title={title} ready="claim-cancel-page-ready" class="page">
      <div class="confirm">
        <h1>{title}</h1>
        {claim.title && <p class="lead">{claim.title}</p>}
        <ul class="ticks">
          <li>
            <Icon name="info" size={20} />
            <p>{t(`claim.cancel.${kind}.text`)}</p>
          </li>
          {claim.isSubmitted && (
            <li>
              <Icon name="check" size={20} />
              <p>{t("claim.cancel.claim.kept")}</p>
            </li>
          )}
        </ul>
        <div class="actions">
          <ButtonLink href={back}>{t("claim.cancel.keep")}</ButtonLink>
          <form method="post" action={claimHref(locale, claim.id, "/cancel")}>
            <SubmitOnce
              text={t(`claim.cancel.${kind}.button`)}
              busyText={t("form.busy")}
              class="button button-secondary"
              testId="claim-cancel"
            />
          </form>
        </div>
      </div>
    </Page>
  );
});
