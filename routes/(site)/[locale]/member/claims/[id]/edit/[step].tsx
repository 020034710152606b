import { type Context, HttpError, page } from "fresh";
import { editDraft } from "@core/claims/draft_store.ts";
import type { Claim } from "@core/claims/claim.ts";
import { StepForm } from "../../../../../../../components/claims/StepForm.tsx";
import {
  CategoryFields,
  MoneyFields,
  StoryFields,
} from "../../../../../../../components/claims/steps.tsx";
import { WizardFrame } from "../../../../../../../components/claims/WizardFrame.tsx";
import { Page } from "../../../../../../../components/Page.tsx";
import { claimHref } from "../../../../../../../site/claim_links.ts";
import { AnyForm, ownClaim } from "../../../../../../../site/claim_pages.ts";
import {
  type ClaimStep,
  dayIn,
  isClaimStep,
  readStep,
  stepAfter,
  typedOf,
} from "../../../../../../../site/claim_steps.ts";
import { type Problem, readForm, type Typed } from "../../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../../site/guards.ts";
import { define, type State } from "../../../../../../../utils.ts";

interface StepData {
  readonly step: ClaimStep;
  readonly claim: Claim;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** Whether all that was typed is stored, although something has to be put right. */
  readonly wasStored: boolean;
  readonly today: string;
}

/** The steps that are a form of fields; evidence and review have pages of their own. */
export const handler = define.handlers({
  async GET(ctx) {
    const { step, claim, today } = await draftOf(ctx);
    if (claim.status !== "draft") {
      return ctx.redirect(claimHref(ctx.state.locale, claim.id, "?already"), 303);
    }
    const typed = typedOf(claim, ctx.state.locale);
    return page<StepData>({ step, claim, typed, problems: [], wasStored: false, today });
  },

  async POST(ctx) {
    const { state, req } = ctx;
    const { step, claim, today } = await draftOf(ctx);
    const { typed } = await readForm(req, AnyForm);
    const { change, problems, unstored } = readStep(step, typed, today);
    const wasStored = unstored.length === 0;
    const changes = Object.keys(change).length > 0;
    const isDraft = claim.status === "draft" && (!changes ||
      await state.db((tx) => editDraft(tx, viewerOf(state).id, claim.id, change)));
    if (!isDraft) {
      return ctx.redirect(claimHref(state.locale, claim.id, "?already"), 303);
    }
    if (typed["then"] === "stay") {
      return Response.json({ unstored });
    }
    if (typed["then"] === "leave" && changes && wasStored) {
      return ctx.redirect(`/${state.locale}/member/claims?saved`, 303);
    }
    if (problems.length > 0) {
      return page<StepData>({ step, claim, typed, problems, wasStored, today }, { status: 422 });
    }
    return ctx.redirect(claimHref(state.locale, claim.id, `/edit/${stepAfter(step)}`), 303);
  },
});

async function draftOf(ctx: Context<State>) {
  const step = ctx.params["step"];
  if (!isClaimStep(step) || step === "evidence" || step === "review") throw new HttpError(404);
  const { tenant, services } = ctx.state;
  return {
    step,
    claim: await ownClaim(ctx),
    today: dayIn(tenant.timeZone, services.clock.now()),
  } as const;
}

export default define.page<typeof handler>(function EditClaim({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { step, claim, typed, problems, wasStored, today } = data;
  const title = t(`claim.step.${step}`);
  return (
    <Page i18n={i18n} title={title} ready={`claim-${step}-page-ready`} class="page">
      <WizardFrame i18n={i18n} locale={locale} step={step} claimId={claim.id}>
        <StepForm
          i18n={i18n}
          title={t(`claim.${step as "category" | "story" | "money"}.title`)}
          text={t(`claim.${step as "category" | "story" | "money"}.text`)}
          action={claimHref(locale, claim.id, `/edit/${step}`)}
          problems={problems}
          isStored
          wasStored={problems.length > 0 && wasStored}
        >
          {step === "category" && <CategoryFields i18n={i18n} typed={typed} problems={problems} />}
          {step === "story" && <StoryFields i18n={i18n} typed={typed} problems={problems} />}
          {step === "money" && (
            <MoneyFields i18n={i18n} typed={typed} problems={problems} today={today} />
          )}
        </StepForm>
      </WizardFrame>
    </Page>
  );
});
