import type { I18n } from "@core/platform/i18n.ts";
import { percent } from "../../site/nps_score.ts";
import { Bar } from "../nps/Bar.tsx";

/** One row of {@linkcode BarTable}. */
export interface BarRow {
  readonly name: string;
  readonly count: number;
  /** Where to see what was counted. */
  readonly href?: string;
}

/** Props of {@linkcode BarTable}. */
export interface BarTableProps {
  readonly i18n: I18n;
  /** Name of the figure, for tests. */
  readonly figure: string;
  readonly title: string;
  /** What is counted. */
  readonly meaning: string;
  readonly rows: readonly BarRow[];
}

/** Parts of a whole: names, bars and numbers side by side, so that nothing hangs on a colour. */
export function BarTable({ i18n, figure, title, meaning, rows }: BarTableProps) {
  const { t } = i18n;
  const whole = rows.reduce((sum, { count }) => sum + count, 0);
  return (
    <section class="card" aria-labelledby={`figure-${figure}`} data-figure={figure}>
      <h2 class="card-title" id={`figure-${figure}`}>{title}</h2>
      <table class="bars bars-words">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{t("figures.share")}</th>
            <th scope="col">{t("figures.count")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count, href }) => (
            <tr key={name}>
              <th scope="row">{href === undefined ? name : <a href={href}>{name}</a>}</th>
              <td class="bar-cell">
                <Bar share={whole === 0 ? 0 : count / whole} tone="promoters" />
                <span class="visually-hidden">{percent(count, whole)} %</span>
              </td>
              <td class="number">{i18n.number(count)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>{t("figures.total")}</th>
            <td class="number">{i18n.number(whole)}</td>
          </tr>
        </tfoot>
      </table>
      <p class="fine">{meaning}</p>
    </section>
  );
}
