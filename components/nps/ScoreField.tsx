import type { I18n } from "@core/platform/i18n.ts";
import type { Problem } from "../../site/forms.ts";
import { SCORES } from "../../site/survey.ts";
import { Icon } from "../Icon.tsx";

/** Props of {@linkcode ScoreField}. */
export interface ScoreFieldProps {
  readonly i18n: I18n;
  /** What was chosen before. */
  readonly chosen: string | undefined;
  readonly problems: readonly Problem[];
}

/**
 * The numbers from 0 to 10, of which one is chosen: radio buttons, so that arrow keys, readers of the
 * screen and browsers without JavaScript know them. The page's heading `#question` is its name.
 */
export function ScoreField({ i18n, chosen, problems }: ScoreFieldProps) {
  const { t } = i18n;
  const problem = problems.find(({ field }) => field === "score");
  const first = problem !== undefined && problems[0] === problem;
  return (
    <fieldset
      class={problem ? "score field-wrong" : "score"}
      role="radiogroup"
      aria-labelledby="question"
      aria-describedby={problem ? "score-ends score-problem" : "score-ends"}
      aria-required="true"
      aria-invalid={problem ? "true" : undefined}
    >
      {problem && (
        <p class="field-problem" id="score-problem">
          <Icon name="warning" size={18} />
          <span>{t(problem.key, problem.params)}</span>
        </p>
      )}
      <div class="score-row">
        {SCORES.map((score) => (
          <label key={score} class="score-option">
            <input
              type="radio"
              name="score"
              value={score}
              // The summary of problems leads to the first one.
              id={score === 0 ? "score" : `score-${score}`}
              checked={chosen === String(score)}
              autofocus={first && score === 0}
            />
            <span>{score}</span>
          </label>
        ))}
      </div>
      <p class="score-ends" id="score-ends">
        <span>
          <b>0</b> {t("nps.low")}
        </span>
        <span>
          <b>10</b> {t("nps.high")}
        </span>
      </p>
    </fieldset>
  );
}
