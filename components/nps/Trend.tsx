import type { I18n } from "@core/platform/i18n.ts";
import type { NpsMonth } from "../../site/nps_results.ts";
import { answersIn, netPromoterScore, signed } from "../../site/nps_score.ts";
import { DataTable } from "../DataTable.tsx";

/** Props of {@linkcode Trend}. */
export interface TrendProps {
  readonly i18n: I18n;
  readonly months: readonly NpsMonth[];
}

/** A month with its score. */
interface Point {
  readonly month: string;
  readonly score: number | null;
  readonly answers: number;
}

/** The score month by month: a line, and the same as a table. Months without answers have no point. */
export function Trend({ i18n, months }: TrendProps) {
  const { t } = i18n;
  const points = months.map((month) => ({
    month: month.month,
    score: netPromoterScore(month),
    answers: answersIn(month),
  }));
  const name = (point: Point | undefined) =>
    point === undefined ? "" : monthName(i18n, point.month);
  return (
    <div class="trend">
      <figure class="trend-chart" aria-hidden="true">
        <div class="trend-scale">
          <span>{signed(100)}</span>
          <span>{signed(0)}</span>
          <span>{signed(-100)}</span>
        </div>
        <div class="trend-plot">
          <Line points={points} />
          <ol class="trend-months">
            {points.map((point, at) => (
              // The first, the last, and two between them have room on the narrowest screen.
              <li key={point.month} class={at % 3 === 2 ? "trend-month-kept" : undefined}>
                <span>{monthName(i18n, point.month).split(" ")[0]}</span>
              </li>
            ))}
          </ol>
        </div>
      </figure>
      <p class="fine">
        {t("nps.admin.trend.text", { first: name(points[0]), last: name(points.at(-1)) })}
      </p>
      <details class="payload">
        <summary>{t("nps.admin.trend.table")}</summary>
        <DataTable
          caption={t("nps.admin.trend")}
          rows={points}
          keyOf={({ month }) => month}
          testId="nps-month"
          columns={[
            { name: t("nps.admin.month"), cell: ({ month }) => monthName(i18n, month) },
            {
              name: t("nps.admin.score"),
              cell: ({ score }) => <span class="number">{signed(score)}</span>,
            },
            { name: t("nps.admin.answers"), cell: ({ answers }) => i18n.number(answers) },
          ]}
        />
      </details>
    </div>
  );
}

/** Across from the middle of the first month to that of the last; up from -100 to 100. */
function Line({ points }: { readonly points: readonly Point[] }) {
  const place = (at: number) => ((at + 0.5) * 100) / points.length;
  const height = (score: number) => 100 - (score + 100) / 2;
  const known = points.flatMap(({ score, month }, at) =>
    score === null ? [] : [{ month, score, at, x: place(at), y: height(score) }]
  );
  // A month without answers parts the line: nothing is known about it.
  const goesOn = (at: number) => (points[at - 1]?.score ?? null) !== null;
  const path = known.map(({ at, x, y }) =>
    `${goesOn(at) ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`
  );
  return (
    <svg viewBox="0 0 100 100" preserveAspectRatio="none">
      {[0, 25, 50, 75, 100].map((y) => (
        <path key={y} class={y === 50 ? "trend-zero" : "trend-grid"} d={`M0 ${y}H100`} />
      ))}
      <path class="trend-line" d={path.join("")} />
      {known.map(({ month, score, x, y }) => (
        // A line without length and with round ends stays a circle in whatever shape the plot is.
        <path
          key={month}
          class={`trend-dot ${score < 0 ? "trend-dot-low" : ""}`}
          d={`M${x.toFixed(2)} ${y.toFixed(2)}h0`}
        />
      ))}
    </svg>
  );
}

const MONTHS = [
  "nps.month.1",
  "nps.month.2",
  "nps.month.3",
  "nps.month.4",
  "nps.month.5",
  "nps.month.6",
  "nps.month.7",
  "nps.month.8",
  "nps.month.9",
  "nps.month.10",
  "nps.month.11",
  "nps.month.12",
] as const;

/** A month in short, `Nov 2026`, from `2026-11`. */
export function monthName(i18n: I18n, month: string): string {
  const [year = "", number = ""] = month.split("-");
  const key = MONTHS[Number(number) - 1];
  return key === undefined ? month : `${i18n.t(key)} ${year}`;
}
