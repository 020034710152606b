import { page } from "fresh";
import { AccessBadge } from "../../../../../components/admin/AccessBadge.tsx";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { MailAddress } from "../../../../../components/MailAddress.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { findMembers } from "../../../../../site/member_search.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const search = url.searchParams.get("q")?.replaceAll("\0", "").trim().slice(0, 120) || null;
    const after = readCursor(url.searchParams.get("after"));
    const list = await state.db((tx) => findMembers(tx, search, after));
    return page({ search, after, list });
  },
});

export default define.page<typeof handler>(function Members({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { search, after, list } = data;
  const path = `/${locale}/admin/members`;
  return (
    <Page i18n={i18n} title={t("admin.members.title")} ready="admin-members-ready" class="page">
      <DeskHead title={t("admin.members.title")} text={t("admin.members.text")} />
      <search>
        <form method="get" action={path} class="search">
          <div class="field">
            <label for="q">{t("admin.members.search")}</label>
            <input id="q" name="q" value={search ?? ""} autocomplete="off" enterkeyhint="search" />
          </div>
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {search !== null && <a class={buttonClass("quiet")} href="?">{t("admin.clear")}</a>}
        </form>
      </search>
      {list.members.length === 0 ? <p class="nothing">{t("admin.members.nothing")}</p> : (
        <DataTable
          caption={t("admin.members.title")}
          rows={list.members}
          keyOf={({ id }) => id}
          testId="found-member"
          columns={[
            {
              name: t("member.card.name"),
              cell: ({ id, fullName, email }) => <a href={`${path}/${id}`}>{fullName || email}</a>,
            },
            {
              name: t("member.card.number"),
              cell: ({ memberNumber }) =>
                memberNumber ?? "–",
            },
            {
              name: t("desk.email"),
              cell: ({ email }) => <MailAddress email={email} />,
            },
            {
              name: t("admin.members.membership"),
              cell: (member) => <AccessBadge i18n={i18n} {...member} />,
            },
            {
              name: t("member.profile.member_since"),
              cell: ({ createdAt }) => <DateTime i18n={i18n} when={createdAt} />,
            },
          ]}
        />
      )}
      <div class="actions">
        {after !== null && (
          <ButtonLink href={withQuery(path, { q: search })} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {list.next !== null && (
          <ButtonLink
            href={withQuery(path, { q: search, after: writeCursor(list.next) })}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
      </div>
    </Page>
  );
});
