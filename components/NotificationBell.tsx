import type { View } from "./view.ts";
import { Icon } from "./Icon.tsx";

/** More than this is told as "99+". */
const TOLD_AT_MOST = 99;

/** The way to what a signed-in person was told, with how much of it they have not read. */
export function NotificationBell({ view }: { readonly view: View }) {
  const { i18n, locale, unread } = view;
  const figure = unread > TOLD_AT_MOST ? `${TOLD_AT_MOST}+` : `${unread}`;
  return (
    <a
      class="bell"
      href={`/${locale}/notifications`}
      data-live="bell"
      data-testid="notification-bell"
      data-unread={unread}
    >
      <Icon name="bell" size={22} />
      {unread > 0 && <span class="bell-figure" aria-hidden="true">{figure}</span>}
      <span class="visually-hidden">
        {unread === 0
          ? i18n.t("notifications.title")
          : i18n.plural("notifications.unread", unread, { figure })}
      </span>
    </a>
  );
}
