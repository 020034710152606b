import type { ReferralFigures } from "@core/agents/referral.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { DataTable } from "../DataTable.tsx";

/** Props of {@linkcode Clicks}. */
export interface ClicksProps {
  readonly i18n: I18n;
  /** Days with clicks, the earliest first. */
  readonly byDay: ReferralFigures["byDay"];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Days of the picture. */
const DAYS = 30;

/** Visits day by day: a picture, and the same as a table. */
export function Clicks({ i18n, byDay, now }: ClicksProps) {
  const { t } = i18n;
  const known = new Map(byDay.map(({ day, clicks }) => [day, clicks]));
  const days = Array.from({ length: DAYS }, (_, at) => {
    const day = new Date(now - (DAYS - 1 - at) * 86_400_000).toISOString().slice(0, 10);
    return { day, clicks: known.get(day) ?? 0 };
  });
  const most = Math.max(0, ...days.map(({ clicks }) => clicks));
  if (most === 0) return <p class="fine">{t("agent.referral.no_clicks")}</p>;
  return (
    <div class="clicks">
      <svg
        class="clicks-bars"
        viewBox={`0 0 ${days.length * 10} 100`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {days.map(({ day, clicks }, at) => {
          const height = Math.round((clicks * 1000) / most) / 10;
          return (
            <rect key={day} x={at * 10 + 1} y={100 - height} width={8} height={height} rx={1} />
          );
        })}
      </svg>
      <p class="fine">{t("agent.referral.chart", { most: i18n.number(most) })}</p>
      <details class="payload">
        <summary>{t("agent.referral.table")}</summary>
        <DataTable
          caption={t("agent.referral.by_day")}
          rows={days.filter(({ clicks }) => clicks > 0).reverse()}
          keyOf={({ day }) => day}
          columns={[
            {
              name: t("agent.referral.day"),
              cell: ({ day }) => i18n.date(new Date(`${day}T12:00:00Z`)),
            },
            { name: t("agent.referral.clicks"), cell: ({ clicks }) => i18n.number(clicks) },
          ]}
        />
      </details>
    </div>
  );
}
