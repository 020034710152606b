import { page } from "fresh";
import { EventFilters } from "../../../../../components/admin/EventFilters.tsx";
import { EventTable } from "../../../../../components/admin/EventTable.tsx";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { listEvents, readBacklog } from "../../../../../site/webhook_events.ts";
import { eventFilter, filterQuery, isNarrowed } from "../../../../../site/webhook_filter.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const filter = eventFilter(url.searchParams);
    const after = readCursor(url.searchParams.get("after"));
    const [list, backlog] = await state.db((tx) =>
      Promise.all([listEvents(tx, filter, state.tenant.timeZone, after), readBacklog(tx)])
    );
    return page({ filter, after, list, backlog });
  },
});

export default define.page<typeof handler>(function Events({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, after, list, backlog } = data;
  const path = `/${locale}/admin/webhooks`;
  const replayed = Number(url.searchParams.get("replayed") ?? Number.NaN);
  const open = backlog.failed + backlog.waiting;
  const mayReplay = open > 0 &&
    (filter.state === null || ["failed", "given_up", "waiting"].includes(filter.state));
  return (
    <Page i18n={i18n} title={t("admin.events.title")} ready="admin-webhooks-ready" class="page">
      <DeskHead title={t("admin.events.title")} text={t("admin.events.text")} />
      {Number.isInteger(replayed) && replayed >= 0 && (
        <Notice kind={replayed > 0 ? "good" : "info"}>
          <p>{i18n.plural("admin.replay.done", replayed)}</p>
        </Notice>
      )}
      <EventFilters i18n={i18n} locale={locale} filter={filter} backlog={backlog} />
      {list.events.length === 0
        ? (
          <p class="nothing">
            {t(
              filter.state !== null || isNarrowed(filter)
                ? "admin.events.nothing_found"
                : "admin.events.nothing",
            )}
          </p>
        )
        : <EventTable i18n={i18n} locale={locale} events={list.events} withMember />}
      <div class="actions">
        {after !== null && (
          <ButtonLink href={withQuery(path, filterQuery(filter))} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {list.next !== null && (
          <ButtonLink
            href={withQuery(path, { ...filterQuery(filter), after: writeCursor(list.next) })}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
        {mayReplay && (
          <ButtonLink href={withQuery(`${path}/replay`, filterQuery(filter))} kind="quiet">
            {t("admin.replay.by_filter")}
          </ButtonLink>
        )}
      </div>
    </Page>
  );
});
