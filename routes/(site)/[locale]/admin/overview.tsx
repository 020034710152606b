import { page } from "fresh";
import { DeskHead, WhoAmI } from "../../../../components/DeskHead.tsx";
import { Page } from "../../../../components/Page.tsx";
import { readBranchName } from "../../../../site/branches.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { readOverview } from "../../../../site/overview.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state }) {
    const viewer = viewerOf(state);
    const [branch, overview] = await state.db((tx) =>
      Promise.all([readBranchName(tx, viewer), readOverview(tx, viewer.tenantId)])
    );
    return page({ branch, overview });
  },
});

export default define.page<typeof handler>(function AdminHome({ data, state }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  const { people, active, pastDue } = data.overview;
  return (
    <Page i18n={i18n} title={t("desk.admin.title")} ready="admin-page-ready" class="page">
      <DeskHead title={t("desk.admin.title")} text={t("desk.admin.text")} />
      <dl class="figures" data-testid="admin-overview-kpis">
        <div>
          <dt>{t("desk.admin.people")}</dt>
          <dd>{i18n.number(people)}</dd>
        </div>
        <div>
          <dt>{t("desk.admin.active")}</dt>
          <dd>{i18n.number(active)}</dd>
        </div>
        <div>
          <dt>{t("desk.admin.past_due")}</dt>
          <dd>{i18n.number(pastDue)}</dd>
        </div>
      </dl>
      <div class="columns">
        <WhoAmI i18n={i18n} viewer={viewerOf(state)} tenant={tenant} branch={data.branch} />
      </div>
    </Page>
  );
});
