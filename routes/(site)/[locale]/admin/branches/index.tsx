import { type Context, page } from "fresh";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { BranchFields } from "../../../../../components/administration/BranchFields.tsx";
import { SettingsNav } from "../../../../../components/administration/SettingsNav.tsx";
import { Badge } from "../../../../../components/Badge.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import {
  BranchForm,
  type BranchRow,
  createBranch,
  readBranchRows,
} from "../../../../../site/branch_settings.ts";
import { type ChosenTenant, chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import { readChangesBy } from "../../../../../site/tenant_settings.ts";
import type { AuditLine } from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

interface BranchesData {
  readonly tenant: ChosenTenant;
  readonly branches: readonly BranchRow[];
  readonly changes: readonly AuditLine[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

async function show(ctx: Context<State>, typed: Typed, problems: readonly Problem[], status = 200) {
  const { state, url } = ctx;
  const data = await state.db(async (tx) => {
    const tenant = await chosenTenant(tx, viewerOf(state), url.searchParams);
    const [branches, changes] = await Promise.all([
      readBranchRows(tx, tenant.id),
      readChangesBy(tx, tenant.id, ["branch.created", "branch.updated"]),
    ]);
    return { tenant, branches, changes };
  });
  return page<BranchesData>({ ...data, typed, problems }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, {}, []),

  async POST(ctx) {
    const { state, url } = ctx;
    const form = await readForm(ctx.req, BranchForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    const viewer = viewerOf(state);
    const tenant = await state.db((tx) => chosenTenant(tx, viewer, url.searchParams));
    try {
      await state.db((tx) => createBranch(tx, tenant.id, form.value));
    } catch (error) {
      return await show(ctx, form.typed, [administrationProblem(error)], 422);
    }
    return ctx.redirect(
      withQuery(url.pathname, { tenant: tenant.parameter, saved: "" }),
      303,
    );
  },
});

export default define.page<typeof handler>(function Branches({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenant, branches, changes, typed, problems } = data;
  const path = `/${locale}/admin/branches`;
  return (
    <Page i18n={i18n} title={t("branches.title")} ready="admin-branches-ready" class="page">
      <DeskHead title={t("branches.title")} text={t("branches.text")} />
      <SettingsNav
        i18n={i18n}
        locale={locale}
        viewer={viewerOf(state)}
        current="branches"
        tenant={tenant}
      />
      {url.searchParams.has("saved") && problems.length === 0 && (
        <Notice kind="good">
          <p>{t("administration.saved")}</p>
        </Notice>
      )}
      {branches.length === 0 ? <p class="nothing">{t("branches.none")}</p> : (
        <DataTable
          caption={t("branches.title")}
          rows={branches}
          keyOf={({ id }) => id}
          testId="branch"
          columns={[
            { name: t("branches.code"), cell: ({ code }) => code },
            {
              name: t("branches.name"),
              cell: ({ id, name }) => <a href={`${path}/${id}`}>{name}</a>,
            },
            { name: t("branches.people"), cell: ({ people }) => i18n.number(people) },
            { name: t("branches.members"), cell: ({ members }) => i18n.number(members) },
            { name: t("branches.claims"), cell: ({ openClaims }) => i18n.number(openClaims) },
            {
              name: t("admin.events.state"),
              cell: ({ isActive }) => (
                <Badge
                  tone={isActive ? "good" : "neutral"}
                  text={t(isActive ? "branches.open" : "branches.closed")}
                />
              ),
            },
          ]}
        />
      )}
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={withQuery(path, { tenant: tenant.parameter })}
          class="form card"
          data-testid="branch-form"
          novalidate
        >
          <h2 class="card-title">{t("branches.new")}</h2>
          <BranchFields i18n={i18n} typed={typed} problems={problems} />
          <div class="actions">
            <button type="submit" class={buttonClass("primary")}>{t("branches.create")}</button>
          </div>
        </form>
      </div>
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
