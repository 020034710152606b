import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { ListedEvent } from "../../site/webhook_events.ts";
import { type Column, DataTable } from "../DataTable.tsx";
import { Moment } from "../Moment.tsx";
import { EventBadge } from "./EventBadge.tsx";

/** Props of {@linkcode EventTable}. */
export interface EventTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly events: readonly ListedEvent[];
  /** Left out on a member's own page. */
  readonly withMember: boolean;
}

/** Paddle's events, each with the way to everything that is known of it. */
export function EventTable({ i18n, locale, events, withMember }: EventTableProps) {
  const { t } = i18n;
  const columns: Column<ListedEvent>[] = [
    { name: t("admin.events.state"), cell: (event) => <EventBadge i18n={i18n} event={event} /> },
    {
      name: t("admin.events.type"),
      cell: (event) => (
        <a href={`/${locale}/admin/webhooks/${event.id}`}>
          {event.eventType ?? t("admin.events.unreadable")}
        </a>
      ),
    },
    {
      name: t("admin.events.subject"),
      cell: (event) => event.subjectId ? <code>{event.subjectId}</code> : "–",
    },
    {
      name: t("admin.events.received"),
      cell: (event) => <Moment i18n={i18n} when={event.receivedAt} />,
    },
  ];
  if (withMember) {
    columns.splice(3, 0, {
      name: t("admin.events.member"),
      cell: (event) =>
        event.memberId === null ? "–" : (
          <a href={`/${locale}/admin/members/${event.memberId}`}>
            {event.memberName ?? t("role.member")}
          </a>
        ),
    });
  }
  return (
    <DataTable
      caption={t("admin.events.title")}
      columns={columns}
      rows={events}
      keyOf={({ id }) => id}
      testId="webhook-event"
    />
  );
}
