import { type Context, page } from "fresh";
import { PlanFields } from "../../../../../components/administration/PlanFields.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { Choice } from "../../../../../components/Choice.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import { type ChosenTenant, chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import { createPlan, NewPlanForm, TIERS } from "../../../../../site/plan_settings.ts";
import { define, type State } from "../../../../../utils.ts";

interface NewPlanData {
  readonly tenant: ChosenTenant;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

async function show(ctx: Context<State>, typed: Typed, problems: readonly Problem[], status = 200) {
  const { state, url } = ctx;
  const tenant = await state.db((tx) => chosenTenant(tx, viewerOf(state), url.searchParams));
  return page<NewPlanData>({ tenant, typed, problems }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, { "self_serve": "yes" }, []),

  async POST(ctx) {
    const { state, url } = ctx;
    const form = await readForm(ctx.req, NewPlanForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    try {
      const id = await state.db(async (tx) => {
        const tenant = await chosenTenant(tx, viewerOf(state), url.searchParams);
        return await createPlan(tx, tenant.id, form.value);
      });
      return ctx.redirect(`/${state.locale}/admin/plans/${id}?saved=`, 303);
    } catch (error) {
      return await show(ctx, form.typed, [administrationProblem(error)], 422);
    }
  },
});

export default define.page<typeof handler>(function NewPlan({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenant, typed, problems } = data;
  const query = { tenant: tenant.parameter };
  return (
    <Page i18n={i18n} title={t("plans.new")} ready="admin-new-plan-ready" class="page">
      <header class="page-head">
        <p>
          <a href={withQuery(`/${locale}/admin/plans`, query)}>{t("plans.title")}</a>
        </p>
        <h1>{t("plans.new")}</h1>
        <p class="lead">{t("plans.new.text", { tenant: tenant.name })}</p>
      </header>
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={withQuery(url.pathname, query)} class="form card" novalidate>
          <Choice
            i18n={i18n}
            name="tier"
            label={t("plans.tier")}
            value={typed["tier"] ?? "standard"}
            options={TIERS.map((value) => ({ value, text: t(`plans.tier.${value}`) }))}
            problems={problems}
          />
          <PlanFields
            i18n={i18n}
            typed={typed}
            currency={state.tenant.currency}
            priceStays={false}
            problems={problems}
          />
          <div class="actions">
            <button type="submit" class={buttonClass("primary")}>{t("plans.create")}</button>
          </div>
        </form>
      </div>
    </Page>
  );
});
