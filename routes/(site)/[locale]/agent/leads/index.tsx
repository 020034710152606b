import { page } from "fresh";
import { LEAD_STATUSES } from "@core/agents/leads.ts";
import { leadFigures, listLeads } from "@core/agents/lead_store.ts";
import { LeadTable } from "../../../../../components/agent/LeadTable.tsx";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { Chips } from "../../../../../components/Chips.tsx";
import { Numbered, pageNumber } from "../../../../../components/Numbered.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { withQuery } from "../../../../../site/links.ts";
import { oneOf, textOf } from "../../../../../site/query_fields.ts";
import { define } from "../../../../../utils.ts";

/** Leads on one page. */
const PER_PAGE = 25;

/** The people whom the agent wants to win, by how far they are. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const status = oneOf(url.searchParams, "status", LEAD_STATUSES);
    const search = textOf(url.searchParams, "q", 100);
    const number = pageNumber(url.searchParams);
    const filter = {
      ...(status === null ? {} : { status }),
      ...(search === null ? {} : { search }),
    };
    const [list, figures] = await state.db((tx) =>
      Promise.all([
        listLeads(tx, { ...filter, page: number, perPage: PER_PAGE }),
        leadFigures(tx),
      ])
    );
    return page({ status, search, number, list, figures });
  },
});

export default define.page<typeof handler>(function AgentLeads({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { status, search, number, list, figures } = data;
  const path = `/${locale}/agent/leads`;
  const query = { status, q: search };
  const isEmpty = list.total === 0 && status === null && search === null;
  const every = Object.values(figures).reduce((sum, count) => sum + count, 0);
  return (
    <Page i18n={i18n} title={t("agent.leads.title")} ready="agent-crm-page-ready" class="page">
      <header class="page-head">
        <h1>{t("agent.leads.title")}</h1>
        <p class="lead">{t("agent.leads.text")}</p>
        <div class="actions">
          <ButtonLink href={`${path}/new`} large>{t("agent.lead.new")}</ButtonLink>
        </div>
      </header>
      {isEmpty
        ? (
          <div class="nothing nothing-ways">
            <h2>{t("agent.leads.none")}</h2>
            <p>{t("agent.leads.none.text")}</p>
          </div>
        )
        : (
          <>
            <search class="filters">
              <Chips
                label={t("agent.lead.stage")}
                chips={[null, ...LEAD_STATUSES].map((one) => ({
                  text: t(one === null ? "queue.every" : `agent.lead.status.${one}`),
                  href: withQuery("", { q: search, status: one }) || "?",
                  isCurrent: one === status,
                  figure: i18n.number(one === null ? every : figures[one] ?? 0),
                }))}
              />
              <form method="get" action={path} class="search">
                {status && <input type="hidden" name="status" value={status} />}
                <div class="field">
                  <label for="q">{t("agent.leads.search")}</label>
                  <input
                    id="q"
                    name="q"
                    type="search"
                    value={search ?? ""}
                    maxLength={100}
                    autocomplete="off"
                    enterkeyhint="search"
                  />
                </div>
                <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
                {search !== null && (
                  <a class={buttonClass("quiet")} href={withQuery(path, { status })}>
                    {t("admin.clear")}
                  </a>
                )}
              </form>
            </search>
            {list.items.length === 0
              ? <p class="nothing">{t("agent.leads.nothing")}</p>
              : <LeadTable i18n={i18n} locale={locale} leads={list.items} />}
          </>
        )}
      <Numbered
        i18n={i18n}
        path={path}
        query={query}
        page={number}
        perPage={PER_PAGE}
        total={list.total}
      />
    </Page>
  );
});
