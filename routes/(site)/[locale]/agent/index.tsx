import { page } from "fresh";
import { HomeToDo } from "../../../../components/agent/HomeToDo.tsx";
import { ButtonLink } from "../../../../components/Button.tsx";
import { WhoAmI } from "../../../../components/DeskHead.tsx";
import { Money } from "../../../../components/Money.tsx";
import { Page } from "../../../../components/Page.tsx";
import { readAgentHome } from "../../../../site/agent_home.ts";
import { readBranchName } from "../../../../site/branches.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state }) {
    const viewer = viewerOf(state);
    const [home, branch] = await state.db((tx) =>
      Promise.all([readAgentHome(tx, viewer), readBranchName(tx, viewer)])
    );
    return page({ home, branch });
  },
});

export default define.page<typeof handler>(function AgentHome({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { home, branch } = data;
  const viewer = viewerOf(state);
  const root = `/${locale}/agent`;
  return (
    <Page i18n={i18n} title={t("desk.agent.title")} ready="agent-page-ready" class="page">
      <header class="page-head">
        <h1>{t("desk.agent.title")}</h1>
        <p class="lead">{t("desk.agent.text")}</p>
        <div class="actions">
          <ButtonLink href={`${root}/leads/new`} large>{t("agent.lead.new")}</ButtonLink>
          <ButtonLink href={`${root}/referral`} kind="secondary" large>
            {t("agent.referral.title")}
          </ButtonLink>
        </div>
      </header>
      <div class="agent-home" data-testid="agent-dashboard-page">
        <section class="section" aria-labelledby="to-do">
          <h2 id="to-do">{t("agent.home.to_do")}</h2>
          <HomeToDo i18n={i18n} locale={locale} home={home} />
        </section>
        <div class="agent-side">
          <ul class="figures" aria-label={t("agent.home.figures")}>
            <li>
              <a href={`${root}/members`}>
                <span class="figure-name">{t("agent.members.title")}</span>
                <span class="figure-value" data-testid="figure-members">
                  {i18n.number(home.members)}
                </span>
              </a>
            </li>
            <li>
              <a href={`${root}/leads`}>
                <span class="figure-name">{t("agent.home.open_leads")}</span>
                <span class="figure-value" data-testid="figure-leads">
                  {i18n.number(home.openLeads)}
                </span>
              </a>
            </li>
            <li>
              <a href={`${root}/commissions`}>
                <span class="figure-name">{t("agent.home.owed")}</span>
                <span class="figure-value" data-testid="figure-owed">
                  {home.owed.length === 0
                    ? <Money i18n={i18n} cents={0} currency={tenant.currency} />
                    : home.owed.map(({ currency, cents }) => (
                      <Money key={currency} i18n={i18n} cents={cents} currency={currency} />
                    ))}
                </span>
              </a>
            </li>
          </ul>
          <WhoAmI i18n={i18n} viewer={viewer} tenant={tenant} branch={branch} />
        </div>
      </div>
    </Page>
  );
});
