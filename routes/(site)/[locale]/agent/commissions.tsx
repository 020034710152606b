import { page } from "fresh";
import { commissionSums, listCommissions } from "@core/agents/commission_store.ts";
import { COMMISSION_STATUSES } from "@core/agents/commissions.ts";
import { CommissionTable } from "../../../../components/agent/CommissionTable.tsx";
import { Chips } from "../../../../components/Chips.tsx";
import { DeskHead } from "../../../../components/DeskHead.tsx";
import { Money } from "../../../../components/Money.tsx";
import { Numbered, pageNumber } from "../../../../components/Numbered.tsx";
import { Page } from "../../../../components/Page.tsx";
import { viewerOf } from "../../../../site/guards.ts";
import { withQuery } from "../../../../site/links.ts";
import { oneOf } from "../../../../site/query_fields.ts";
import { define } from "../../../../utils.ts";

/** Commissions on one page. */
const PER_PAGE = 25;

/** What the agent earns, and why each amount is what it is. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const { id: agentId } = viewerOf(state);
    const status = oneOf(url.searchParams, "status", COMMISSION_STATUSES);
    const number = pageNumber(url.searchParams);
    const filter = status === null ? {} : { status };
    const [sums, list] = await state.db((tx) =>
      Promise.all([
        commissionSums(tx, { agentId }),
        listCommissions(tx, { ...filter, agentId, page: number, perPage: PER_PAGE }),
      ])
    );
    return page({ sums, list, status, number });
  },
});

export default define.page<typeof handler>(function AgentCommissions({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { sums, list, status, number } = data;
  const path = `/${locale}/agent/commissions`;
  return (
    <Page
      i18n={i18n}
      title={t("agent.commissions.title")}
      ready="agent-commissions-ready"
      class="page"
    >
      <DeskHead title={t("agent.commissions.title")} text={t("agent.commissions.text")} />
      <ul class="figures" aria-label={t("agent.commissions.sums")}>
        {COMMISSION_STATUSES.map((one) => {
          const of = sums.filter((sum) => sum.status === one);
          const count = of.reduce((all, sum) => all + sum.count, 0);
          return (
            <li key={one} data-testid={`sum-${one}`}>
              <span class="figure-name">{t(`commission.status.${one}`)}</span>
              <span class="figure-value">
                {of.length === 0
                  ? <Money i18n={i18n} cents={0} currency={tenant.currency} />
                  : of.map(({ currency, cents }) => (
                    <Money key={currency} i18n={i18n} cents={cents} currency={currency} />
                  ))}
              </span>
              <span class="fine">{i18n.plural("agent.commissions.count", count)}</span>
            </li>
          );
        })}
      </ul>
      <Chips
        label={t("agent.commission.state")}
        chips={[null, ...COMMISSION_STATUSES].map((one) => ({
          text: t(one === null ? "queue.every" : `commission.status.${one}`),
          href: withQuery("", { status: one }) || "?",
          isCurrent: one === status,
        }))}
      />
      {list.items.length === 0
        ? (
          <p class="nothing">
            {t(status === null ? "agent.commissions.none" : "agent.commissions.nothing")}
          </p>
        )
        : <CommissionTable i18n={i18n} locale={locale} commissions={list.items} />}
      <Numbered
        i18n={i18n}
        path={path}
        query={{ status }}
        page={number}
        perPage={PER_PAGE}
        total={list.total}
      />
      <details class="more">
        <summary>{t("agent.commissions.how")}</summary>
        <ul class="bullets">
          <li>{t("agent.commissions.how.rates")}</li>
          <li>{t("agent.commissions.how.base")}</li>
          <li>{t("agent.commissions.how.states")}</li>
          <li>{t("agent.commissions.how.refund")}</li>
        </ul>
      </details>
    </Page>
  );
});
