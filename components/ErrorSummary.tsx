import type { I18n } from "@core/platform/i18n.ts";
import type { Problem } from "../site/forms.ts";
import { Icon } from "./Icon.tsx";

/** Props of {@linkcode ErrorSummary}. */
export interface ErrorSummaryProps {
  readonly i18n: I18n;
  readonly problems: readonly Problem[];
}

/**
 * All that is wrong with a form, at its top, each with a link to its field. Where a problem belongs
 * to no field, the summary itself takes the focus; else the first field does.
 */
export function ErrorSummary({ i18n, problems }: ErrorSummaryProps) {
  if (problems.length === 0) return null;
  const inFields = problems.filter(({ field }) => field !== null);
  const title = inFields.length === 0
    ? i18n.t("form.problem")
    : i18n.plural("form.problems", inFields.length);
  return (
    <div
      class="error-summary"
      id="problems"
      role="alert"
      tabIndex={-1}
      autofocus={problems[0]?.field === null}
    >
      <Icon name="warning" />
      <div>
        <h2>{title}</h2>
        <ul>
          {problems.map(({ field, key, params }) => (
            <li key={key}>
              {field === null
                ? i18n.t(key, params)
                : <a href={`#${field}`}>{i18n.t(key, params)}</a>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
