import { page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { MailFilters } from "../../../../../components/mails/MailFilters.tsx";
import { MailTable } from "../../../../../components/mails/MailTable.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { isNarrowed, mailFilter, mailQuery } from "../../../../../site/mail_filter.ts";
import { listMails, readMailBacklog } from "../../../../../site/mail_ledger.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const filter = mailFilter(url.searchParams);
    const after = readCursor(url.searchParams.get("after"));
    const [list, backlog] = await state.db((tx) =>
      Promise.all([listMails(tx, filter, state.tenant.timeZone, after), readMailBacklog(tx)])
    );
    return page({ filter, after, list, backlog });
  },
});

export default define.page<typeof handler>(function Mails({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, after, list, backlog } = data;
  const path = `/${locale}/admin/mails`;
  const isFiltered = filter.state !== null || isNarrowed(filter);
  return (
    <Page i18n={i18n} title={t("mails.title")} ready="admin-mails-ready" class="page">
      <DeskHead title={t("mails.title")} text={t("mails.text")} />
      <MailFilters i18n={i18n} locale={locale} filter={filter} backlog={backlog} />
      {list.mails.length === 0
        ? <p class="nothing">{t(isFiltered ? "mails.nothing_found" : "mails.nothing")}</p>
        : <MailTable i18n={i18n} locale={locale} mails={list.mails} withMember />}
      <div class="actions">
        {after !== null && (
          <ButtonLink href={withQuery(path, mailQuery(filter))} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {list.next !== null && (
          <ButtonLink
            href={withQuery(path, { ...mailQuery(filter), after: writeCursor(list.next) })}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
      </div>
    </Page>
  );
});
