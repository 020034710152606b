import { page } from "fresh";
import { DeskHead, WhoAmI } from "../../../../components/DeskHead.tsx";
import { Page } from "../../../../components/Page.tsx";
import { readBranchName } from "../../../../site/branches.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state }) {
    return page({ branch: await state.db((tx) => readBranchName(tx, viewerOf(state))) });
  },
});

export default define.page<typeof handler>(function StaffHome({ data, state }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  return (
    <Page i18n={i18n} title={t("desk.staff.title")} ready="staff-page-ready" class="page">
      <DeskHead title={t("desk.staff.title")} text={t("desk.staff.text")} />
      <div class="columns">
        <WhoAmI i18n={i18n} viewer={viewerOf(state)} tenant={tenant} branch={data.branch} />
      </div>
    </Page>
  );
});
