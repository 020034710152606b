import { HttpError, page } from "fresh";
import type { Notification } from "@core/claims/notification.ts";
import { markNotificationsRead, readNotifications } from "@core/claims/notification_store.ts";
import { ButtonLink } from "../../../../components/Button.tsx";
import { NotificationList } from "../../../../components/claims/NotificationList.tsx";
import { EmptyState } from "../../../../components/EmptyState.tsx";
import { Page } from "../../../../components/Page.tsx";
import { AnyForm } from "../../../../site/claim_pages.ts";
import { readForm } from "../../../../site/forms.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { cursorOf, readCursor, writeCursor } from "../../../../site/keyset.ts";
import { isUuid, withQuery } from "../../../../site/links.ts";
import { define } from "../../../../utils.ts";

interface NotificationsData {
  readonly notifications: readonly Notification[];
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** Notifications of a page. */
const PER_PAGE = 30;

/** What a person was told. Posts `act=all`, or `act=one` with `id`: notes that it was read. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const after = readCursor(url.searchParams.get("after"));
    const rows = await state.db((tx) => readNotifications(tx, viewerOf(state).id, after, PER_PAGE));
    const cursor = cursorOf(rows, PER_PAGE);
    return page<NotificationsData>({
      notifications: rows.slice(0, PER_PAGE),
      next: cursor && writeCursor(cursor),
      isFirst: after === null,
    });
  },

  async POST(ctx) {
    const { typed } = await readForm(ctx.req, AnyForm);
    const { act, id = "" } = typed;
    if (act !== "all" && !(act === "one" && isUuid(id))) throw new HttpError(400);
    await ctx.state.db((tx) => markNotificationsRead(tx, act === "all" ? null : [id]));
    return ctx.redirect(ctx.url.pathname + ctx.url.search, 303);
  },
});

export default define.page<typeof handler>(function Notifications({ data, state, url }) {
  const { i18n, locale, unread } = state;
  const { t } = i18n;
  const { notifications, next, isFirst } = data;
  const viewer = viewerOf(state);
  const settings = viewer.role === "member" && (
    <ButtonLink href={`${url.pathname}/settings`} kind="quiet">
      {t("notifications.settings")}
    </ButtonLink>
  );
  return (
    <Page
      i18n={i18n}
      title={t("notifications.title")}
      ready="notifications-page-ready"
      class="page"
    >
      {notifications.length === 0 && isFirst
        ? (
          <EmptyState title={t("notifications.none.title")} text={t("notifications.none.text")}>
            {settings}
          </EmptyState>
        )
        : (
          <>
            <header class="page-head title-row">
              <h1>{t("notifications.title")}</h1>
              <div class="actions">
                {unread > 0 && (
                  <form method="post" action={url.pathname}>
                    <input type="hidden" name="act" value="all" />
                    <button type="submit" class="button button-secondary" data-testid="read-all">
                      {t("notifications.read_all")}
                    </button>
                  </form>
                )}
                {settings}
              </div>
            </header>
            <NotificationList
              i18n={i18n}
              locale={locale}
              role={viewer.role}
              action={url.pathname + url.search}
              notifications={notifications}
            />
            {(next !== null || !isFirst) && (
              <div class="actions">
                {!isFirst && (
                  <ButtonLink href={url.pathname} kind="quiet">{t("claims.newest")}</ButtonLink>
                )}
                {next !== null && (
                  <ButtonLink href={withQuery(url.pathname, { after: next })} kind="secondary">
                    {t("claims.older")}
                  </ButtonLink>
                )}
              </div>
            )}
          </>
        )}
    </Page>
  );
});
