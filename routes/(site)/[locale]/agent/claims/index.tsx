import { page } from "fresh";
import { OPEN_STATUSES } from "@core/claims/claim.ts";
import { listClaims } from "@core/claims/claim_list_store.ts";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ClaimStatus } from "../../../../../components/claims/ClaimStatus.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { FilterChoice } from "../../../../../components/staff/FilterChoice.tsx";
import { Pager } from "../../../../../components/staff/Pager.tsx";
import { isNarrowed, listFilter, listPart, listQuery } from "../../../../../site/claim_filters.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { define } from "../../../../../utils.ts";

/** Claims on one page. */
const PER_PAGE = 30;

/** Claims that were sent by the members whom the agent looks after now. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const { id: agentId, tenantId } = viewerOf(state);
    const { search, status } = listFilter(url.searchParams);
    const filter = { ...listFilter(new URLSearchParams()), search, status, withDrafts: false };
    const part = listPart(url.searchParams);
    const list = await state.db((tx) =>
      listClaims(tx, { of: "agent", tenantId, agentId }, filter, part, PER_PAGE)
    );
    return page({ filter, part, list });
  },
});

export default define.page<typeof handler>(function AgentClaims({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, part, list } = data;
  const path = `/${locale}/agent/claims`;
  const isEmpty = list.rows.length === 0 && !isNarrowed(filter) && part.after === null;
  return (
    <Page i18n={i18n} title={t("agent.claims.title")} ready="agent-claims-page" class="page">
      <DeskHead title={t("agent.claims.title")} text={t("agent.claims.text")} />
      {isEmpty
        ? (
          <div class="nothing nothing-ways">
            <h2>{t("agent.claims.nothing")}</h2>
            <p>{t("agent.claims.nothing.text")}</p>
          </div>
        )
        : (
          <>
            <search>
              <form method="get" action={path} class="filter-form">
                <div class="field filter-word">
                  <label for="q">{t("queue.search")}</label>
                  <input
                    id="q"
                    name="q"
                    type="search"
                    value={filter.search ?? ""}
                    minLength={2}
                    maxLength={100}
                    autocomplete="off"
                    enterkeyhint="search"
                  />
                </div>
                <FilterChoice
                  name="status"
                  label={t("agent.claims.status")}
                  every={t("queue.every")}
                  chosen={filter.status}
                  choices={[...OPEN_STATUSES, "resolved" as const, "rejected" as const].map((
                    id,
                  ) => ({
                    id,
                    name: t(`claim.status.${id}`),
                  }))}
                />
                <div class="filter-actions">
                  <button type="submit" class={buttonClass("secondary")}>
                    {t("admin.search")}
                  </button>
                  {isNarrowed(filter) && (
                    <a class={buttonClass("quiet")} href={path}>{t("admin.clear")}</a>
                  )}
                </div>
              </form>
            </search>
            {list.rows.length === 0 ? <p class="nothing">{t("queue.nothing.found")}</p> : (
              <DataTable
                caption={t("agent.claims.title")}
                rows={list.rows}
                keyOf={({ id }) => id}
                testId="agent-claim"
                columns={[
                  { name: t("role.member"), cell: ({ memberName }) => memberName ?? "–" },
                  {
                    name: t("admin.claims.claim"),
                    cell: (row) => (
                      <span class="stacked">
                        <a href={`${path}/${row.id}`}>{row.title}</a>
                        <span class="fine">
                          <span class="number">{row.claimNumber}</span> · {row.company}
                        </span>
                      </span>
                    ),
                  },
                  {
                    name: t("agent.claims.status"),
                    cell: (row) => (
                      <span class="stacked">
                        <ClaimStatus
                          i18n={i18n}
                          status={row.status}
                          statusReason={row.statusReason}
                        />
                        {row.unread > 0 && <span class="unread">{t("agent.claims.news")}</span>}
                      </span>
                    ),
                  },
                  {
                    name: t("agent.claims.sent"),
                    cell: ({ submittedAt, createdAt }) => (
                      <DateTime i18n={i18n} when={submittedAt ?? createdAt} />
                    ),
                  },
                ]}
              />
            )}
          </>
        )}
      <Pager i18n={i18n} path={path} query={listQuery(filter)} part={part} list={list} />
    </Page>
  );
});
