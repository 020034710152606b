import { page } from "fresh";
import { MemberTable } from "../../../../../components/agent/MemberTable.tsx";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { Chips } from "../../../../../components/Chips.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { listAgentMembers } from "../../../../../site/agent_members.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { textOf } from "../../../../../site/query_fields.ts";
import { define } from "../../../../../utils.ts";

/** The members whom the agent looks after. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const search = textOf(url.searchParams, "q", 100);
    const onlyAttention = url.searchParams.get("show") === "attention";
    const after = readCursor(url.searchParams.get("after"));
    const list = await state.db((tx) =>
      listAgentMembers(tx, viewerOf(state), { search, onlyAttention }, after)
    );
    return page({ search, onlyAttention, after, list });
  },
});

export default define.page<typeof handler>(function AgentMembers({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { search, onlyAttention, after, list } = data;
  const path = `/${locale}/agent/members`;
  const show = onlyAttention ? "attention" : null;
  const isEmpty = list.members.length === 0 && search === null && !onlyAttention && after === null;
  return (
    <Page i18n={i18n} title={t("agent.members.title")} ready="agent-members-ready" class="page">
      <header class="page-head">
        <h1>{t("agent.members.title")}</h1>
        <div class="actions">
          <ButtonLink href={`/${locale}/agent/leads/new`}>{t("agent.lead.new")}</ButtonLink>
          <ButtonLink href={`${path}/invite`} kind="secondary">
            {t("invite.member.title")}
          </ButtonLink>
        </div>
      </header>
      {isEmpty
        ? (
          <div class="nothing nothing-ways">
            <h2>{t("agent.members.none")}</h2>
            <p>{t("agent.members.none.text")}</p>
          </div>
        )
        : (
          <>
            <search class="filters">
              <Chips
                label={t("agent.members.show")}
                chips={[
                  {
                    text: t("agent.members.all"),
                    href: withQuery("", { q: search }) || "?",
                    isCurrent: !onlyAttention,
                  },
                  {
                    text: t("agent.members.needing"),
                    href: withQuery("", { q: search, show: "attention" }),
                    isCurrent: onlyAttention,
                    figure: i18n.number(list.needing),
                    isAlarming: list.needing > 0,
                  },
                ]}
              />
              <form method="get" action={path} class="search">
                {show && <input type="hidden" name="show" value={show} />}
                <div class="field">
                  <label for="q">{t("admin.members.search")}</label>
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
                  <a class={buttonClass("quiet")} href={withQuery(path, { show })}>
                    {t("admin.clear")}
                  </a>
                )}
              </form>
            </search>
            {list.members.length === 0
              ? (
                <p class="nothing">
                  {t(search === null ? "agent.members.needing.none" : "admin.members.nothing")}
                </p>
              )
              : <MemberTable i18n={i18n} locale={locale} members={list.members} />}
          </>
        )}
      <div class="actions">
        {after !== null && (
          <ButtonLink href={withQuery(path, { q: search, show })} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {list.next !== null && (
          <ButtonLink
            href={withQuery(path, { q: search, show, after: writeCursor(list.next) })}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
      </div>
    </Page>
  );
});
