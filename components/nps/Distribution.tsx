import type { I18n } from "@core/platform/i18n.ts";
import { groupOf, percent, type ScoreCount } from "../../site/nps_score.ts";
import { SCORES } from "../../site/survey.ts";
import { Bar } from "./Bar.tsx";

/** Props of {@linkcode Distribution}. */
export interface DistributionProps {
  readonly i18n: I18n;
  readonly counts: readonly ScoreCount[];
}

/** How often each number was given: a table whose rows are the bars of a chart. */
export function Distribution({ i18n, counts }: DistributionProps) {
  const { t } = i18n;
  const given = new Map(counts.map(({ score, count }) => [score, count]));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...given.values());
  return (
    <table class="bars">
      <caption class="visually-hidden">{t("nps.admin.distribution")}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{t("nps.admin.number")}</th>
          <th scope="col">{t("nps.admin.share")}</th>
          <th scope="col">{t("nps.admin.answers")}</th>
        </tr>
      </thead>
      <tbody>
        {SCORES.toReversed().map((score) => {
          const count = given.get(score) ?? 0;
          return (
            <tr key={score} data-score={score}>
              <th scope="row">{score}</th>
              <td class="bar-cell">
                <Bar share={count / most} tone={groupOf(score)} />
                <span class="visually-hidden">{`${percent(count, total)} %`}</span>
              </td>
              <td class="number">{i18n.number(count)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
