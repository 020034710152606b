import { page } from "fresh";
import { Chips } from "../../../../components/Chips.tsx";
import { DeskHead } from "../../../../components/DeskHead.tsx";
import { OverviewFigures } from "../../../../components/figures/OverviewFigures.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { readBranchName } from "../../../../site/branches.ts";
import {
  type ChosenScope,
  figureScope,
  readAgentFigures,
  readFigureMonths,
  readFigures,
  scopeQuery,
} from "../../../../site/figures.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { withQuery } from "../../../../site/links.ts";
import { PERIODS } from "../../../../site/nps_results.ts";
import { define, type State } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const viewer = viewerOf(state);
    const now = state.services.clock.now();
    const { timeZone } = state.tenant;
    const data = await state.db(async (tx) => {
      const scope = await figureScope(tx, viewer, url.searchParams);
      const branchName = await readBranchName(tx, viewer);
      // A manager whom nobody gave a branch has no figures.
      if (viewer.role === "branch_manager" && viewer.branchId === null) {
        return { scope, branchName, shown: null };
      }
      const [figures, months, agents] = await Promise.all([
        readFigures(tx, scope, now),
        readFigureMonths(tx, scope, now, timeZone),
        readAgentFigures(tx, scope, now),
      ]);
      return { scope, branchName, shown: { figures, months, agents } };
    });
    return page(data);
  },
});

export default define.page<typeof handler>(function AdminHome({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { scope, branchName, shown } = data;
  const isManager = viewerOf(state).role === "branch_manager";
  return (
    <Page i18n={i18n} title={t("desk.admin.title")} ready="admin-page-ready" class="page">
      <DeskHead
        title={isManager && branchName !== null ? branchName : t("desk.admin.title")}
        text={t(isManager ? "figures.text.branch" : "figures.text")}
      />
      <Scope i18n={i18n} scope={scope} isSuper={viewerOf(state).role === "super_admin"} />
      {shown === null
        ? (
          <Notice kind="warning">
            <p>{t("figures.no_branch")}</p>
          </Notice>
        )
        : (
          <OverviewFigures
            i18n={i18n}
            locale={locale}
            currency={tenant.currency}
            {...shown}
          />
        )}
    </Page>
  );
});

interface ScopeProps {
  readonly i18n: State["i18n"];
  readonly scope: ChosenScope;
  readonly isSuper: boolean;
}

/** Which figures: period, country, branch. */
function Scope({ i18n, scope, isSuper }: ScopeProps) {
  const { t } = i18n;
  const { tenant, branch, period, tenants, branches } = scope;
  // Without a path, for Fresh marks every link to the page's own as the current one.
  const href = (change: Partial<ChosenScope>) =>
    withQuery("", scopeQuery({ ...scope, ...change }, isSuper)) || "?";
  return (
    <div class="filters">
      <Chips
        label={t("nps.admin.period")}
        chips={PERIODS.map((one) => ({
          text: t(`nps.admin.period.${one}`),
          href: href({ period: one }),
          isCurrent: one === period,
        }))}
      />
      {tenants.length > 1 && (
        <Chips
          label={t("nps.admin.tenant")}
          chips={[
            {
              text: t("nps.admin.tenant.all"),
              href: href({ tenant: null, branch: null }),
              isCurrent: tenant === null,
            },
            ...tenants.map(({ id, name }) => ({
              text: name,
              href: href({ tenant: id, branch: null }),
              isCurrent: id === tenant,
            })),
          ]}
        />
      )}
      {branches.length > 0 && (
        <Chips
          label={t("desk.branch")}
          chips={[
            {
              text: t("figures.all_branches"),
              href: href({ branch: null }),
              isCurrent: branch === null,
            },
            ...branches.map(({ id, name }) => ({
              text: name,
              href: href({ branch: id }),
              isCurrent: id === branch,
            })),
          ]}
        />
      )}
    </div>
  );
}
