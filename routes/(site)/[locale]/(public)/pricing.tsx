import { type Context, page } from "fresh";
import { AppError } from "@core/platform/errors.ts";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { EmptyState } from "../../../../components/EmptyState.tsx";
import { Icon, type IconName } from "../../../../components/Icon.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { PlanList } from "../../../../components/PlanList.tsx";
import { checkoutOrigins, ChoosePlanForm, openCheckout } from "../../../../site/checkout.ts";
import { type Problem, readForm } from "../../../../site/forms.ts";
import { withQuery } from "../../../../site/links.ts";
import { mayBuy, readMembership } from "../../../../site/membership.ts";
import { type OfferedPlan, readPlans, readPriceId } from "../../../../site/plans.ts";
import { define, type State } from "../../../../utils.ts";

interface PricingData {
  readonly plans: readonly OfferedPlan[];
  /** Why the visitor cannot buy here, if so. */
  readonly barred: "already" | "not_member" | null;
  readonly problems: readonly Problem[];
  /** Whether Paddle is to blame. */
  readonly paddleFailed: boolean;
}

const TERMS: readonly (readonly [IconName, "refund" | "renewal" | "secure"])[] = [
  ["clock", "refund"],
  ["info", "renewal"],
  ["lock", "secure"],
];

export const handler = define.handlers({
  async GET(ctx) {
    return await show(ctx, [], false, 200);
  },

  async POST(ctx) {
    const { viewer, locale, db, services, requestId } = ctx.state;
    const form = await readForm(ctx.req, ChoosePlanForm);
    if (!form.ok) return await show(ctx, form.problems.map(toWhole), false, 422);
    const planId = form.value.plan;
    if (viewer === null) {
      const next = withQuery(`/${locale}/pricing`, { plan: planId });
      return ctx.redirect(withQuery(`/${locale}/register`, { next }), 303);
    }
    if (viewer.role !== "member") return await show(ctx, [], false, 403);

    const [membership, priceId] = await db((tx) =>
      Promise.all([
        readMembership(tx, viewer.id, services.clock.now()),
        readPriceId(tx, viewer.tenantId, planId),
      ])
    );
    if (!mayBuy(membership)) return ctx.redirect(`/${locale}/member`, 303);
    if (priceId === null) {
      return await show(ctx, [{ field: null, key: "pricing.error.plan" }], false, 422);
    }
    if (await services.flags.isOn("stop_checkout", viewer.tenantId)) {
      return await show(ctx, [{ field: null, key: "pricing.error.stopped" }], false, 503);
    }
    try {
      return ctx.redirect(await openCheckout(ctx, { viewer, planId, priceId }), 303);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      services.log.error("a checkout could not be opened", { requestId, error });
      return await show(ctx, [], true, 503);
    }
  },
});

/** The page, with whatever went wrong before. */
async function show(
  ctx: Context<State>,
  problems: readonly Problem[],
  paddleFailed: boolean,
  status: number,
) {
  const { state } = ctx;
  const { viewer, services } = state;
  state.policy = { "form-action": checkoutOrigins(services.env.paddle) };
  const member = viewer?.role === "member" ? viewer : null;
  const [plans, membership] = await state.db((tx) =>
    Promise.all([
      readPlans(tx, state.tenant.id),
      member && readMembership(tx, member.id, services.clock.now()),
    ])
  );
  let barred: PricingData["barred"] = null;
  if (viewer !== null && member === null) barred = "not_member";
  else if (membership !== null && !mayBuy(membership)) barred = "already";
  return page<PricingData>({ plans, barred, problems, paddleFailed }, { status });
}

export default define.page<typeof handler>(function Pricing({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { plans, barred, problems, paddleFailed } = data;
  if (plans.length === 0) {
    return (
      <Page i18n={i18n} title={t("pricing.title")} ready="pricing-page-ready" class="wrap page">
        <EmptyState title={t("pricing.none.title")} text={t("pricing.none.text")} />
      </Page>
    );
  }
  return (
    <Page i18n={i18n} title={t("pricing.title")} ready="pricing-page-ready" class="wrap page">
      <header class="page-head page-head-center">
        <h1>{t("pricing.headline")}</h1>
        <p class="lead">{t("pricing.lead")}</p>
      </header>
      <ErrorSummary i18n={i18n} problems={problems} />
      {paddleFailed && (
        <Notice kind="problem" title={t("pricing.error.paddle.title")}>
          <p>{t("pricing.error.paddle.text")}</p>
        </Notice>
      )}
      {barred && (
        <Notice kind="info" title={t(`pricing.${barred}.title`)}>
          <p>
            {t(`pricing.${barred}.text`)}{" "}
            {barred === "already" && <a href={`/${locale}/member`}>{t("done.active.button")}</a>}
          </p>
        </Notice>
      )}
      <PlanList
        i18n={i18n}
        locale={locale}
        tenant={tenant}
        plans={plans}
        mode={barred ? "show" : "buy"}
        chosen={url.searchParams.get("plan")}
      />
      <ul class="terms">
        {TERMS.map(([icon, name]) => (
          <li key={name}>
            <Icon name={icon} size={22} />
            <span>{t(`pricing.${name}`)}</span>
          </li>
        ))}
      </ul>
    </Page>
  );
});

/** The form has one hidden field, so whatever is wrong is said once, at the top. */
function toWhole({ key }: Problem): Problem {
  return { field: null, key };
}
