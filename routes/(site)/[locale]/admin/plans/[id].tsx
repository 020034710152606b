import { type Context, HttpError, page } from "fresh";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { PlanFields } from "../../../../../components/administration/PlanFields.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { Tick } from "../../../../../components/Tick.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import { writeAmount } from "../../../../../site/amounts.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import {
  changePlan,
  PlanForm,
  type PlanRow,
  readPlanRow,
} from "../../../../../site/plan_settings.ts";
import { readChangesBy } from "../../../../../site/tenant_settings.ts";
import type { AuditLine } from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

interface PlanData {
  readonly plan: PlanRow;
  readonly changes: readonly AuditLine[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

async function show(
  ctx: Context<State>,
  typed: Typed | null,
  problems: readonly Problem[],
  status = 200,
) {
  const id = ctx.params["id"] ?? "";
  if (!isUuid(id)) throw new HttpError(404);
  const data = await ctx.state.db(async (tx) => {
    const plan = await readPlanRow(tx, id);
    if (plan === null) throw new HttpError(404);
    const changes = await readChangesBy(tx, plan.tenantId, ["plan.created", "plan.updated"], id);
    return { plan, changes };
  });
  return page<PlanData>(
    { ...data, typed: typed ?? storedFields(data.plan, ctx.state.locale), problems },
    { status },
  );
}

/** A plan as its form shows it. */
function storedFields(plan: PlanRow, locale: string): Typed {
  return {
    name: plan.name,
    price: writeAmount(plan.priceCents, locale),
    "price_id": plan.paddlePriceId,
    "product_id": plan.paddleProductId,
    sort: String(plan.sort),
    ...(plan.isSelfServe ? { "self_serve": "yes" } : {}),
    ...(plan.isActive ? { active: "yes" } : {}),
  };
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, null, []),

  async POST(ctx) {
    const id = ctx.params["id"] ?? "";
    if (!isUuid(id)) throw new HttpError(404);
    const form = await readForm(ctx.req, PlanForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    try {
      await ctx.state.db((tx) => changePlan(tx, id, form.value));
    } catch (error) {
      return await show(ctx, form.typed, [administrationProblem(error)], 422);
    }
    return ctx.redirect(withQuery(ctx.url.pathname, { saved: "" }), 303);
  },
});

export default define.page<typeof handler>(function Plan({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { plan, changes, typed, problems } = data;
  const list = withQuery(`/${locale}/admin/plans`, {
    tenant: plan.tenantId === viewerOf(state).tenantId ? null : plan.tenantId,
  });
  return (
    <Page i18n={i18n} title={plan.name} ready="admin-plan-ready" class="page">
      <header class="page-head">
        <p>
          <a href={list}>{t("plans.title")}</a>
        </p>
        <h1>{plan.name}</h1>
        <p class="lead">
          {t(`plans.tier.${plan.tier}`)} · {i18n.plural("plans.running.count", plan.running)}
        </p>
      </header>
      {url.searchParams.has("saved") && problems.length === 0 && (
        <Notice kind="good">
          <p>{t("administration.saved")}</p>
        </Notice>
      )}
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={url.pathname}
          class="form card"
          data-testid="plan-form"
          novalidate
        >
          <PlanFields
            i18n={i18n}
            typed={typed}
            currency={plan.currency}
            priceStays={plan.isSold}
            problems={problems}
          />
          <Tick
            name="active"
            label={t("plans.active")}
            hint={t("plans.active.hint")}
            checked={typed["active"] !== undefined}
          />
          <div class="actions">
            <button type="submit" class={buttonClass("primary")}>{t("administration.save")}</button>
          </div>
        </form>
      </div>
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
