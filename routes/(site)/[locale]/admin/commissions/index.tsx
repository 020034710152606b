import { type Context, page } from "fresh";
import { buttonClass } from "../../../../../components/Button.tsx";
import {
  CommissionFilters,
  CommissionSums,
} from "../../../../../components/commissions/CommissionFilters.tsx";
import {
  CommissionRows,
  isDecidable,
} from "../../../../../components/commissions/CommissionRows.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { PageSteps } from "../../../../../components/PageSteps.tsx";
import { decideTicked, DecisionForm, ticked } from "../../../../../site/commission_acts.ts";
import { PER_PAGE, readCommissionPage } from "../../../../../site/commission_filter.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import { matchOf } from "../../../../../site/query_fields.ts";
import { define, type State } from "../../../../../utils.ts";

interface CommissionsData {
  readonly shown: Awaited<ReturnType<typeof readCommissionPage>>;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** The commission that stood in the way of the others. */
  readonly blocking: string | null;
}

async function show(
  ctx: Context<State>,
  typed: Typed,
  problems: readonly Problem[],
  blocking: string | null,
  status = 200,
) {
  const { state, url } = ctx;
  const shown = await state.db((tx) =>
    readCommissionPage(tx, url.searchParams, state.tenant.timeZone)
  );
  return page<CommissionsData>({ shown, typed, problems, blocking }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, {}, [], null),

  async POST(ctx) {
    const form = await readForm(ctx.req, DecisionForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, null, 422);
    const decided = await decideTicked(ctx.state, ticked(form.typed), form.value);
    if (decided.kind === "refused") {
      return await show(ctx, form.typed, [decided.problem], decided.of, 422);
    }
    const query = Object.fromEntries(ctx.url.searchParams);
    delete query["tick"];
    return ctx.redirect(
      withQuery(ctx.url.pathname, { ...query, done: String(decided.changed) }),
      303,
    );
  },
});

export default define.page<typeof handler>(function Commissions({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { shown: { asked, page: at, list, sums, agents }, typed, problems, blocking } = data;
  const path = `/${locale}/admin/commissions`;
  const here = withQuery(path, { ...asked, page: at === 1 ? null : String(at) });
  const done = matchOf(url.searchParams, "done", /^\d{1,5}$/);
  const open = list.items.filter(isDecidable);
  const picked = new Set(
    url.searchParams.get("tick") === "all" ? open.map(({ id }) => id) : ticked(typed),
  );
  return (
    <Page
      i18n={i18n}
      title={t("commissions.title")}
      ready="admin-commissions-ready"
      class="page"
    >
      <DeskHead title={t("commissions.title")} text={t("commissions.text")} />
      {done !== null && problems.length === 0 && (
        <div data-testid="commissions-done">
          <Notice kind="good">
            <p>{i18n.plural("commissions.done", Number(done))}</p>
          </Notice>
        </div>
      )}
      <CommissionSums i18n={i18n} sums={sums} />
      <CommissionFilters i18n={i18n} locale={locale} asked={asked} agents={agents} />
      <ErrorSummary i18n={i18n} problems={problems} />
      {list.items.length === 0
        ? <p class="nothing">{t("commissions.none")}</p>
        : (
          <form method="post" action={here} class="section" data-testid="commission-form">
            {open.length > 1 && (
              <p>
                <a
                  href={withQuery("", {
                    ...asked,
                    page: at === 1 ? null : String(at),
                    tick: "all",
                  })}
                >
                  {t("commissions.tick.all")}
                </a>
              </p>
            )}
            <CommissionRows
              i18n={i18n}
              locale={locale}
              commissions={list.items}
              ticked={picked}
              blocking={blocking}
            />
            {open.length > 0 && (
              <section class="card" aria-labelledby="decide">
                <h2 class="card-title" id="decide">{t("commissions.decide")}</h2>
                <p class="fine">{t("commissions.decide.text")}</p>
                <div class="field-pair">
                  <Field
                    i18n={i18n}
                    name="reference"
                    label={t("commissions.reference")}
                    hint={t("commissions.reference.hint")}
                    value={typed["reference"]}
                    autocomplete="off"
                    maxLength={100}
                    problems={problems}
                    optional
                  />
                  <Field
                    i18n={i18n}
                    name="reason"
                    label={t("commissions.reason")}
                    hint={t("commissions.reason.hint")}
                    value={typed["reason"]}
                    autocomplete="off"
                    maxLength={500}
                    problems={problems}
                    optional
                  />
                </div>
                <div class="actions">
                  <button
                    type="submit"
                    name="to"
                    value="approved"
                    class={buttonClass("primary")}
                    data-testid="commissions-approve"
                  >
                    {t("commissions.approve")}
                  </button>
                  <button
                    type="submit"
                    name="to"
                    value="paid"
                    class={buttonClass("secondary")}
                    data-testid="commissions-pay"
                  >
                    {t("commissions.pay")}
                  </button>
                  <button
                    type="submit"
                    name="to"
                    value="void"
                    class={buttonClass("secondary")}
                    data-testid="commissions-void"
                  >
                    {t("commissions.void")}
                  </button>
                </div>
              </section>
            )}
          </form>
        )}
      <PageSteps
        i18n={i18n}
        path={path}
        query={{ ...asked }}
        page={at}
        perPage={PER_PAGE}
        total={list.total}
      />
    </Page>
  );
});
