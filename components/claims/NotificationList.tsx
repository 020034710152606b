import { type Notification, notificationHref } from "@core/claims/notification.ts";
import type { Role } from "@core/identity/roles.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";
import { statusKey } from "./ClaimStatus.tsx";

/** Props of {@linkcode NotificationList}. */
export interface NotificationListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  /** Of whoever reads. */
  readonly role: Role;
  /** Takes `act=one` and `id`. */
  readonly action: string;
  readonly notifications: readonly Notification[];
}

const ICONS: Readonly<Record<Notification["type"], IconName>> = {
  "claim_submitted": "check",
  "claim_status_changed": "arrow",
  "claim_assigned": "pen",
  "new_message": "speech",
  "document_requested": "paper",
  "document_added": "paper",
  "sla_warning": "clock",
  "sla_breached": "warning",
};

/** What a person was told, the latest first, each with the way to what it is about. */
export function NotificationList(props: NotificationListProps) {
  const { i18n, locale, role, action, notifications } = props;
  const { t } = i18n;
  return (
    <ol class="notifications">
      {notifications.map((one) => (
        <li
          key={one.id}
          class={one.readAt === null ? "notification notification-new" : "notification"}
          data-testid="notification"
          data-type={one.type}
        >
          <Icon name={ICONS[one.type]} size={22} />
          <div>
            <p class="notification-what">
              {one.readAt === null && (
                <span class="visually-hidden">{`${t("notifications.new")} `}</span>
              )}
              <a href={notificationHref(one.actionPath, role, locale)}>{wordsOf(i18n, one)}</a>
            </p>
            <p class="breakable">{one.params.title}</p>
            <p class="fine">
              {one.params.claimNumber && (
                <>
                  <span class="number">{one.params.claimNumber}</span> ·{" "}
                </>
              )}
              <Moment i18n={i18n} when={one.createdAt} />
            </p>
          </div>
          {one.readAt === null && (
            <form method="post" action={action}>
              <input type="hidden" name="act" value="one" />
              <input type="hidden" name="id" value={one.id} />
              <button type="submit" class="link-button">
                {t("notifications.read")}
                <span class="visually-hidden">{` ${one.params.title}`}</span>
              </button>
            </form>
          )}
        </li>
      ))}
    </ol>
  );
}

/** What happened, in one sentence. */
function wordsOf(i18n: I18n, { type, params }: Notification): string {
  const { t } = i18n;
  switch (type) {
    case "claim_status_changed":
      return t("notification.claim_status_changed", {
        status: params.after === null ? "–" : t(statusKey({ status: params.after })),
      });
    case "new_message":
    case "document_requested":
    case "document_added":
      return t(`notification.${type}`, { name: params.senderName || t("claim.by.staff") });
    case "sla_warning":
    case "sla_breached":
      return t(`notification.${type}`, {
        date: params.dueAt === null ? "–" : i18n.dateTime(params.dueAt),
      });
    default:
      return t(`notification.${type}`);
  }
}
