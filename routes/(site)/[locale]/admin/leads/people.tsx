import { page } from "fresh";
import { leadFigures, listLeads } from "@core/agents/lead_store.ts";
import { LEAD_STATUSES } from "@core/agents/leads.ts";
import { Badge } from "../../../../../components/Badge.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { Chips } from "../../../../../components/Chips.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { MailAddress } from "../../../../../components/MailAddress.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { PageSteps } from "../../../../../components/PageSteps.tsx";
import { LEAD_TONES } from "../../../../../components/agent/words.ts";
import { withQuery } from "../../../../../site/links.ts";
import { oneOf, pageOf, textOf } from "../../../../../site/query_fields.ts";
import { define } from "../../../../../utils.ts";

const PER_PAGE = 25;

export const handler = define.handlers({
  async GET({ state, url }) {
    const status = oneOf(url.searchParams, "status", LEAD_STATUSES);
    const search = textOf(url.searchParams, "q");
    const at = pageOf(url.searchParams);
    const [list, figures] = await state.db((tx) =>
      Promise.all([
        listLeads(tx, {
          status: status ?? undefined,
          search: search ?? undefined,
          page: at,
          perPage: PER_PAGE,
        }),
        leadFigures(tx),
      ])
    );
    return page({ status, search, at, list, figures });
  },
});

export default define.page<typeof handler>(function Leads({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { status, search, at, list, figures } = data;
  const path = `/${locale}/admin/leads`;
  return (
    <Page i18n={i18n} title={t("leads.title")} ready="admin-leads-ready" class="page">
      <DeskHead title={t("leads.title")} text={t("leads.text")} />
      <p>
        <a href={path}>{t("payments.title")}</a>
      </p>
      <search class="filters">
        <Chips
          label={t("admin.events.state")}
          chips={[null, ...LEAD_STATUSES].map((one) => ({
            text: t(one === null ? "leads.any" : `leads.${one}`),
            href: withQuery("", { q: search, status: one }) || "?",
            isCurrent: one === status,
            ...(one === null ? {} : { figure: i18n.number(figures[one]) }),
          }))}
        />
        <form method="get" action={`${path}/people`} class="search">
          {status && <input type="hidden" name="status" value={status} />}
          <div class="field">
            <label for="q">{t("leads.search")}</label>
            <input id="q" name="q" value={search ?? ""} autocomplete="off" enterkeyhint="search" />
          </div>
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {search !== null && (
            <a class={buttonClass("quiet")} href={withQuery("", { status }) || "?"}>
              {t("admin.clear")}
            </a>
          )}
        </form>
      </search>
      {list.items.length === 0 ? <p class="nothing">{t("leads.none")}</p> : (
        <DataTable
          caption={t("leads.title")}
          rows={list.items}
          keyOf={({ id }) => id}
          testId="lead-row"
          columns={[
            {
              name: t("member.card.name"),
              cell: ({ id, firstName, lastName }) => (
                <a href={`${path}/${id}`}>{`${firstName} ${lastName}`.trim() || "–"}</a>
              ),
            },
            {
              name: t("desk.email"),
              cell: ({ email }) => <MailAddress email={email} />,
            },
            { name: t("role.agent"), cell: ({ agentName }) => agentName ?? "–" },
            { name: t("membership.facts.plan"), cell: ({ planName }) => planName ?? "–" },
            {
              name: t("admin.events.state"),
              cell: (lead) => (
                <Badge tone={LEAD_TONES[lead.status]} text={t(`leads.${lead.status}`)} />
              ),
            },
            {
              name: t("leads.last_act"),
              cell: ({ lastActAt }) => <DateTime i18n={i18n} when={lastActAt} />,
            },
          ]}
        />
      )}
      <PageSteps
        i18n={i18n}
        path={`${path}/people`}
        query={{ q: search, status }}
        page={at}
        perPage={PER_PAGE}
        total={list.total}
      />
    </Page>
  );
});
