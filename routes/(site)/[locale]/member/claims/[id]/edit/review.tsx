import { type Context, HttpError, page } from "fresh";
import { type MembershipAccess, membershipAccess } from "@core/billing/membership.ts";
import { type Claim, LEAST, missingParts } from "@core/claims/claim.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { submitClaim } from "@core/claims/draft_store.ts";
import type { DocumentEntry } from "@core/claims/timeline.ts";
import { readDocuments } from "@core/claims/timeline_store.ts";
import { ButtonLink } from "../../../../../../../components/Button.tsx";
import { Card } from "../../../../../../../components/Card.tsx";
import { ClaimFacts } from "../../../../../../../components/claims/ClaimFacts.tsx";
import { FileLines } from "../../../../../../../components/claims/DocumentList.tsx";
import { WizardFrame } from "../../../../../../../components/claims/WizardFrame.tsx";
import { ErrorSummary } from "../../../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../../islands/SubmitOnce.tsx";
import { claimHref } from "../../../../../../../site/claim_links.ts";
import { ownClaim } from "../../../../../../../site/claim_pages.ts";
import { stepOfPart } from "../../../../../../../site/claim_steps.ts";
import type { Problem } from "../../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../../site/guards.ts";
import { define, type State } from "../../../../../../../utils.ts";

interface ReviewData {
  readonly claim: Claim;
  readonly documents: readonly DocumentEntry[];
  readonly access: MembershipAccess;
  /** Whether sending failed for want of a membership. */
  readonly refused: boolean;
  readonly problems: readonly Problem[];
}

/** Everything once more, and the button that sends it. */
export const handler = define.handlers({
  async GET(ctx) {
    return await show(ctx, await ownClaim(ctx), 200);
  },

  async POST(ctx) {
    const { state } = ctx;
    const claim = await ownClaim(ctx);
    const sent = claimHref(state.locale, claim.id, "?sent");
    // Pressed twice, or sent from another tab: it was sent once.
    if (claim.isSubmitted) return ctx.redirect(sent, 303);
    const outcome = await unlessRefused(state.db((tx) => submitClaim(tx, claim.id)));
    if (outcome.kind === "done") return ctx.redirect(sent, 303);
    switch (outcome.why) {
      case "not_found":
        throw new HttpError(404);
      case "incomplete":
        return await show(ctx, claim, 422);
      case "membership_needed":
        return await show(ctx, claim, 403, true);
      default:
        return ctx.redirect(claimHref(state.locale, claim.id, "?already"), 303);
    }
  },
});

async function show(ctx: Context<State>, claim: Claim, status: number, refused = false) {
  const { state } = ctx;
  if (claim.status !== "draft") {
    return ctx.redirect(claimHref(state.locale, claim.id, "?already"), 303);
  }
  const [documents, access] = await state.db((tx) =>
    Promise.all([readDocuments(tx, claim.id), membershipAccess(tx, viewerOf(state).id)])
  );
  const problems: Problem[] = status !== 422 ? [] : missingParts(claim).map((part) => ({
    field: part,
    key: `claim.${part}.missing`,
    ...(part === "category" ? {} : { params: { min: LEAST[part] } }),
  }));
  return page<ReviewData>({ claim, documents, access, refused, problems }, { status });
}

export default define.page<typeof handler>(function Review({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { claim, documents, access, refused, problems } = data;
  const missing = missingParts(claim);
  const isMember = access === "active" || access === "grace";
  const edit = (step: string, name: string) => (
    <a href={claimHref(locale, claim.id, `/edit/${step}`)}>
      {t("claim.review.edit", { what: name })}
    </a>
  );
  return (
    <Page i18n={i18n} title={t("claim.step.review")} ready="claim-review-page-ready" class="page">
      <WizardFrame i18n={i18n} locale={locale} step="review" claimId={claim.id}>
        <header class="step-head">
          <h1>{t("claim.review.title")}</h1>
          <p class="lead">{t("claim.review.text")}</p>
        </header>
        <ErrorSummary i18n={i18n} problems={problems} />
        {!isMember && (
          <Notice kind={refused ? "problem" : "warning"} title={t("claim.review.member.title")}>
            <p>{t("claim.review.member.text")}</p>
            <p class="notice-way">
              <a href={access === "suspended" ? `/${locale}/member` : `/${locale}/pricing`}>
                {t(access === "suspended" ? "claim.review.member.pay" : "member.choose")}
              </a>
            </p>
          </Notice>
        )}
        {missing.length > 0 && (
          <div class="card card-missing" data-testid="claim-missing">
            <h2 class="card-title">{t("claim.review.missing")}</h2>
            <ul class="missing">
              {missing.map((part) => (
                <li key={part} id={part}>
                  <a href={claimHref(locale, claim.id, `/edit/${stepOfPart(part)}#${part}`)}>
                    {t(`claim.${part}.missing`, part === "category" ? {} : { min: LEAST[part] })}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        )}
        <Card title={claim.title || t("claim.untitled")}>
          <p class="entry-text">{claim.description || "–"}</p>
          <p>{edit("story", t("claim.step.story"))}</p>
          <ClaimFacts i18n={i18n} claim={claim} />
          <div class="edits">
            {edit("category", t("claim.step.category"))}
            {edit("money", t("claim.step.money"))}
          </div>
        </Card>
        <Card title={t("claim.review.documents")}>
          {documents.length === 0 ? <p>{t("claim.review.no_documents")}</p> : (
            <ul class="documents">
              {documents.map((document) => (
                <li key={document.id}>
                  <FileLines i18n={i18n} file={document} />
                </li>
              ))}
            </ul>
          )}
          <p>{edit("evidence", t("claim.step.evidence"))}</p>
        </Card>
        <form method="post" action={claimHref(locale, claim.id, "/edit/review")} class="send">
          <p class="fine">{t("claim.review.terms")}</p>
          <div class="actions">
            {missing.length === 0 && isMember && (
              <SubmitOnce
                text={t("claim.review.send")}
                busyText={t("form.busy")}
                class="button button-primary button-large"
                testId="claim-send"
              />
            )}
            <ButtonLink href={`/${locale}/member/claims?saved`} kind="quiet">
              {t("claim.step.leave")}
            </ButtonLink>
          </div>
        </form>
      </WizardFrame>
    </Page>
  );
});
