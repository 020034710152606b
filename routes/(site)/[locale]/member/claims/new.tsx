import { page } from "fresh";
import { beginDraft, editDraft, nextClaimId } from "@core/claims/draft_store.ts";
import { readOwnClaim } from "@core/claims/claim_store.ts";
import { StepForm } from "../../../../../components/claims/StepForm.tsx";
import { CategoryFields } from "../../../../../components/claims/steps.tsx";
import { WizardFrame } from "../../../../../components/claims/WizardFrame.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { claimHref } from "../../../../../site/claim_links.ts";
import { AnyForm, mayStill } from "../../../../../site/claim_pages.ts";
import { readStep } from "../../../../../site/claim_steps.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import { define } from "../../../../../utils.ts";

interface NewClaimData {
  /** Id that the claim will have. */
  readonly id: string;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Claims that one person may begin in an hour. */
const AN_HOUR = 20;

/** Begins a claim. The address carries its id, so that every way back to it leads to the same one. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    const { id: memberId } = viewerOf(state);
    const id = (url.searchParams.get("id") ?? "").toLowerCase();
    if (!isUuid(id)) {
      const next = await state.db((tx) => nextClaimId(tx, memberId));
      return ctx.redirect(withQuery(url.pathname, { id: next }), 303);
    }
    const present = await state.db((tx) => readOwnClaim(tx, memberId, id));
    if (present !== null) {
      const rest = present.status === "draft" ? "/edit/category" : "";
      return ctx.redirect(claimHref(state.locale, id, rest), 303);
    }
    return page<NewClaimData>({ id, typed: {}, problems: [] });
  },

  async POST(ctx) {
    const { state } = ctx;
    const { id: memberId } = viewerOf(state);
    const { typed } = await readForm(ctx.req, AnyForm);
    const given = (typed["id"] ?? "").toLowerCase();
    const id = isUuid(given) ? given : crypto.randomUUID();
    const again = (problems: readonly Problem[], status: number) =>
      page<NewClaimData>({ id, typed, problems }, { status });
    const { change, problems } = readStep("category", typed, "");
    if (problems.length > 0) return again(problems, 422);
    if (!await mayStill(state, "new claim", AN_HOUR)) {
      return again([{ field: null, key: "claim.too_many" }], 429);
    }

    const begin = (claimId: string) =>
      state.db(async (tx) => {
        const claim = await beginDraft(tx, memberId, claimId);
        if (claim?.status === "draft") await editDraft(tx, memberId, claimId, change);
        return claim;
      });
    // An id that is somebody else's is nobody's business; this claim gets another one.
    const claim = await begin(id) ?? await begin(crypto.randomUUID());
    if (claim === null) return again([{ field: null, key: "claim.too_many" }], 503);
    const rest = claim.status === "draft" ? "/edit/story" : "?already";
    return ctx.redirect(claimHref(state.locale, claim.id, rest), 303);
  },
});

export default define.page<typeof handler>(function NewClaim({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { id, typed, problems } = data;
  return (
    <Page i18n={i18n} title={t("claim.new.title")} ready="new-claim-page-ready" class="page">
      <WizardFrame i18n={i18n} locale={locale} step="category" claimId={null}>
        <StepForm
          i18n={i18n}
          title={t("claim.new.title")}
          text={t("claim.new.text")}
          action={withQuery(url.pathname, { id })}
          problems={problems}
          isStored={false}
          wasStored={false}
        >
          <input type="hidden" name="id" value={id} />
          <CategoryFields i18n={i18n} typed={typed} problems={problems} />
        </StepForm>
      </WizardFrame>
    </Page>
  );
});
