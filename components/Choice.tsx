import type { I18n } from "@core/platform/i18n.ts";
import type { Problem } from "../site/forms.ts";
import { Icon } from "./Icon.tsx";

/** One option of {@linkcode Choice}. */
export interface ChoiceOption {
  readonly value: string;
  readonly text: string;
  /** Language of the text, if it is not the page's. */
  readonly lang?: string;
}

/** Props of {@linkcode Choice}. */
export interface ChoiceProps {
  readonly i18n: I18n;
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly ChoiceOption[];
  /** All problems of the form; this field picks its own. */
  readonly problems: readonly Problem[];
}

/** One of a few things. */
export function Choice({ i18n, label, name, value, options, problems }: ChoiceProps) {
  const problem = problems.find(({ field }) => field === name);
  return (
    <div class={problem ? "field field-wrong" : "field"}>
      <label for={name}>{label}</label>
      {problem && (
        <p class="field-problem" id={`${name}-problem`}>
          <Icon name="warning" size={18} />
          <span>{i18n.t(problem.key, problem.params)}</span>
        </p>
      )}
      <select
        id={name}
        name={name}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={problem ? `${name}-problem` : undefined}
        autofocus={problem !== undefined && problems[0] === problem}
      >
        {options.map((option) => (
          <option
            key={option.value}
            value={option.value}
            lang={option.lang}
            selected={option.value === value}
          >
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}
