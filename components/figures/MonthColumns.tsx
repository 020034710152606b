import type { I18n } from "@core/platform/i18n.ts";
import { monthName } from "../nps/Trend.tsx";

/** Props of {@linkcode MonthColumns}. */
export interface MonthColumnsProps {
  readonly i18n: I18n;
  readonly title: string;
  /** The earliest first. */
  readonly months: readonly { readonly month: string; readonly value: number }[];
  /** How a value is written. */
  readonly write: (value: number) => string;
}

const HEIGHT = 100;

/** A column a month. The same numbers stand in the table below, so the picture is for the eye alone. */
export function MonthColumns({ i18n, title, months, write }: MonthColumnsProps) {
  const most = Math.max(1, ...months.map(({ value }) => value));
  const width = 100 / months.length;
  return (
    <figure class="month-chart" aria-hidden="true">
      <figcaption>
        <span>{title}</span>
        <span class="fine">{write(Math.max(0, ...months.map(({ value }) => value)))}</span>
      </figcaption>
      <svg viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none">
        <path class="trend-grid" d={`M0 0H100M0 ${HEIGHT / 2}H100`} />
        {months.map(({ month, value }, at) => {
          const height = (Math.max(0, value) / most) * HEIGHT;
          return (
            <rect
              key={month}
              class="month-column"
              x={(at * width + width * 0.15).toFixed(2)}
              y={(HEIGHT - height).toFixed(2)}
              width={(width * 0.7).toFixed(2)}
              height={height.toFixed(2)}
            />
          );
        })}
        <path class="trend-zero" d={`M0 ${HEIGHT}H100`} />
      </svg>
      <ol class="trend-months">
        {months.map(({ month }, at) => (
          <li key={month} class={at % 3 === 2 ? "trend-month-kept" : undefined}>
            <span>{monthName(i18n, month).split(" ")[0]}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
