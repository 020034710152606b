import { type Context, HttpError, page } from "fresh";
import type { Claim } from "@core/claims/claim.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { deleteDocument } from "@core/claims/document_store.ts";
import type { DocumentEntry } from "@core/claims/timeline.ts";
import { readDocuments } from "@core/claims/timeline_store.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { ButtonLink } from "../../../../../../../components/Button.tsx";
import { DocumentList } from "../../../../../../../components/claims/DocumentList.tsx";
import { EvidenceBox } from "../../../../../../../components/claims/EvidenceBox.tsx";
import { WizardFrame } from "../../../../../../../components/claims/WizardFrame.tsx";
import { Page } from "../../../../../../../components/Page.tsx";
import { claimHref } from "../../../../../../../site/claim_links.ts";
import { AnyForm, ownClaim } from "../../../../../../../site/claim_pages.ts";
import { uploadPolicy } from "../../../../../../../site/evidence.ts";
import { hasFile } from "../../../../../../../site/file_form.ts";
import { readForm } from "../../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../../site/guards.ts";
import { isUuid } from "../../../../../../../site/links.ts";
import { takeUploadForm } from "../../../../../../../site/upload_form.ts";
import { define, type State } from "../../../../../../../utils.ts";

interface EvidenceData {
  readonly claim: Claim;
  readonly documents: readonly DocumentEntry[];
  /** Id for the document of the plain form. */
  readonly formId: string;
  readonly problem: MessageKey | null;
}

/** The step for photos and papers. Posts: a file (`act=upload`), or `act=remove`. */
export const handler = define.handlers({
  async GET(ctx) {
    const claim = await ownClaim(ctx);
    return await show(ctx, claim, null, 200);
  },

  async POST(ctx) {
    const { state, req } = ctx;
    const claim = await ownClaim(ctx);
    if (claim.status !== "draft") return await show(ctx, claim, null, 200);
    const here = claimHref(state.locale, claim.id, "/edit/evidence");
    if (hasFile(req)) {
      const outcome = await takeUploadForm(state, req, claim.id);
      return outcome.stored
        ? ctx.redirect(here, 303)
        : await show(ctx, claim, outcome.problem, outcome.status);
    }
    const { typed } = await readForm(req, AnyForm);
    const documentId = typed["document"] ?? "";
    if (typed["act"] !== "remove" || !isUuid(documentId)) throw new HttpError(400);
    // One that is gone already was removed by the first of two presses.
    await unlessRefused(state.db((tx) => deleteDocument(tx, documentId)));
    return ctx.redirect(here, 303);
  },
});

async function show(
  ctx: Context<State>,
  claim: Claim,
  problem: MessageKey | null,
  status: number,
) {
  const { state } = ctx;
  if (claim.status !== "draft") {
    return ctx.redirect(claimHref(state.locale, claim.id, "?already"), 303);
  }
  state.policy = uploadPolicy(state);
  const documents = await state.db((tx) => readDocuments(tx, claim.id));
  const formId = crypto.randomUUID();
  return page<EvidenceData>({ claim, documents, formId, problem }, { status });
}

export default define.page<typeof handler>(function Evidence({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { claim, documents, formId, problem } = data;
  const here = claimHref(locale, claim.id, "/edit/evidence");
  return (
    <Page
      i18n={i18n}
      title={t("claim.step.evidence")}
      ready="claim-evidence-page-ready"
      class="page"
    >
      <WizardFrame i18n={i18n} locale={locale} step="evidence" claimId={claim.id}>
        <header class="step-head">
          <h1>{t("claim.evidence.title")}</h1>
          <p class="lead">{t("claim.evidence.text")}</p>
        </header>
        <EvidenceBox
          i18n={i18n}
          action={here}
          url={claimHref(locale, claim.id, "/evidence")}
          formId={formId}
          present={documents.length}
          problem={problem}
        />
        <div data-live="documents">
          {documents.length > 0 && (
            <DocumentList
              i18n={i18n}
              reader={viewerOf(state)}
              documents={documents}
              actions={(document) => (
                <form method="post" action={here}>
                  <input type="hidden" name="act" value="remove" />
                  <input type="hidden" name="document" value={document.id} />
                  <button type="submit" class="link-button">
                    {t("evidence.remove")}
                    <span class="visually-hidden">{` ${document.name}`}</span>
                  </button>
                </form>
              )}
            />
          )}
        </div>
        <div class="actions">
          <ButtonLink href={claimHref(locale, claim.id, "/edit/review")} large>
            {t("claim.evidence.next")}
          </ButtonLink>
          <ButtonLink href={`/${locale}/member/claims?saved`} kind="quiet">
            {t("claim.step.leave")}
          </ButtonLink>
        </div>
      </WizardFrame>
    </Page>
  );
});
