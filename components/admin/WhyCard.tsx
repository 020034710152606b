import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Reason } from "../../site/member_file.ts";
import { Card } from "../Card.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import { Rich } from "../Rich.tsx";
import { EventBadge } from "./EventBadge.tsx";

/** Props of {@linkcode WhyCard}. */
export interface WhyCardProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly reasons: readonly Reason[];
}

/** Why a member is, or is not, active. */
export function WhyCard({ i18n, locale, reasons }: WhyCardProps) {
  const isActive = ["active", "ending", "grace"].includes(reasons[0]?.kind ?? "");
  return (
    <Card title={i18n.t(isActive ? "admin.why.active" : "admin.why.not_active")}>
      <ul class="reasons">
        {reasons.map((reason, at) => (
          <li key={at} data-reason={reason.kind}>
            <Icon name={iconOf(reason)} size={22} />
            <p>
              <Sentence i18n={i18n} locale={locale} reason={reason} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function iconOf({ kind }: Reason): IconName {
  switch (kind) {
    case "active":
    case "ending":
      return "check";
    case "grace":
    case "paused":
    case "left_checkout":
      return "clock";
    case "locked":
      return "lock";
    case "never":
    case "ended":
      return "info";
    case "unpaid":
    case "returned":
    case "event":
      return "warning";
  }
}

function Sentence(
  { i18n, locale, reason }: { i18n: I18n; locale: Locale; reason: Reason },
) {
  const { t } = i18n;
  const day = (date: Date | null) => date === null ? "–" : i18n.date(date);
  switch (reason.kind) {
    case "locked":
    case "paused":
    case "never":
      return <>{t(`admin.why.${reason.kind}.text`)}</>;
    case "active":
    case "ending":
    case "ended":
    case "unpaid":
    case "returned":
    case "left_checkout":
      return <>{t(`admin.why.${reason.kind}.text`, { date: day(reason.date) })}</>;
    case "grace":
      return (
        <>{t("admin.why.grace.text", { since: day(reason.since), until: day(reason.until) })}</>
      );
    case "event":
      return (
        <>
          <Rich
            text={t("admin.why.event.text")}
            parts={{
              event: (
                <a href={`/${locale}/admin/webhooks/${reason.event.id}`}>
                  {reason.event.eventType}
                </a>
              ),
              date: i18n.dateTime(reason.event.receivedAt),
            }}
          />{" "}
          <EventBadge i18n={i18n} event={reason.event} />
        </>
      );
  }
}
