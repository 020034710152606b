import { page } from "fresh";
import { ButtonLink } from "../../../../components/Button.tsx";
import { Card } from "../../../../components/Card.tsx";
import { DeskHead, WhoAmI } from "../../../../components/DeskHead.tsx";
import { Page } from "../../../../components/Page.tsx";
import { readBranchName } from "../../../../site/branches.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state }) {
    const viewer = viewerOf(state);
    const branch = await state.db((tx) => readBranchName(tx, viewer));
    const link = viewer.referralCode === null
      ? null
      : `${state.origin}/${state.locale}?ref=${viewer.referralCode}`;
    return page({ branch, link });
  },
});

export default define.page<typeof handler>(function AgentHome({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  return (
    <Page i18n={i18n} title={t("desk.agent.title")} ready="agent-page-ready" class="page">
      <DeskHead title={t("desk.agent.title")} text={t("desk.agent.text")} />
      <p>
        <ButtonLink href={`/${locale}/agent/claims`} kind="secondary">
          {t("agent.claims.title")}
        </ButtonLink>
      </p>
      <div class="columns">
        <WhoAmI i18n={i18n} viewer={viewerOf(state)} tenant={tenant} branch={data.branch} />
        {data.link && (
          <Card title={t("desk.agent.code.title")}>
            <p>{t("desk.agent.code.text")}</p>
            <p class="copyable" data-testid="referral-link">{data.link}</p>
          </Card>
        )}
      </div>
    </Page>
  );
});
