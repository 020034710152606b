import type { I18n } from "@core/platform/i18n.ts";
import type { Sendings } from "../../site/nps_results.ts";
import {
  answersIn,
  FEW_ANSWERS,
  type GroupCounts,
  netPromoterScore,
  NPS_GROUPS,
  percent,
  signed,
} from "../../site/nps_score.ts";
import { Bar } from "./Bar.tsx";

/** Props of {@linkcode Figures}. */
export interface FiguresProps {
  readonly i18n: I18n;
  readonly groups: GroupCounts;
  readonly sendings: Sendings;
}

/** The score, how many answered, and of which kind they are. */
export function Figures({ i18n, groups, sendings }: FiguresProps) {
  const { t } = i18n;
  const answers = answersIn(groups);
  const sent = i18n.number(sendings.sent);
  const answered = i18n.number(sendings.answered);
  return (
    <div class="nps-figures">
      <section class="card nps-score">
        <h2 class="nps-label">{t("nps.admin.score")}</h2>
        <p class="nps-value" data-testid="nps-score">{signed(netPromoterScore(groups))}</p>
        <p class="fine">{t("nps.admin.score.hint")}</p>
        {answers < FEW_ANSWERS && <p class="fine nps-few">{t("nps.admin.few")}</p>}
      </section>
      <section class="card">
        <h2 class="nps-label">{t("nps.admin.answers")}</h2>
        <p class="nps-value" data-testid="nps-answers">{i18n.number(answers)}</p>
        <ul class="nps-groups">
          {NPS_GROUPS.map((group) => (
            <li key={group}>
              <span>{t(`nps.admin.group.${group}`)}</span>
              <span class="number">{`${percent(groups[group], answers)} %`}</span>
              <Bar share={answers === 0 ? 0 : groups[group] / answers} tone={group} />
            </li>
          ))}
        </ul>
      </section>
      <section class="card">
        <h2 class="nps-label">{t("nps.admin.rate")}</h2>
        <p class="nps-value" data-testid="nps-rate">
          {sendings.sent === 0 ? "–" : `${percent(sendings.answered, sendings.sent)} %`}
        </p>
        <p class="fine">{t("nps.admin.rate.hint", { answered, sent })}</p>
      </section>
    </div>
  );
}
