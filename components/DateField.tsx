import type { I18n } from "@core/platform/i18n.ts";
import type { Problem } from "../site/forms.ts";
import { Icon } from "./Icon.tsx";

/** Props of {@linkcode DateField}. */
export interface DateFieldProps {
  readonly i18n: I18n;
  readonly label: string;
  readonly name: string;
  /** `2026-11-23`, or what the person typed. */
  readonly value?: string | undefined;
  readonly hint?: string;
  /** First and last day that may be chosen. */
  readonly min?: string;
  readonly max?: string;
  /** All problems of the form; this field picks its own. */
  readonly problems: readonly Problem[];
}

/** A day. */
export function DateField({ i18n, label, name, value, hint, min, max, problems }: DateFieldProps) {
  const problem = problems.find(({ field }) => field === name);
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean);
  return (
    <div class={problem ? "field field-wrong" : "field"}>
      <label for={name}>{label}</label>
      {hint && <p class="field-hint" id={`${name}-hint`}>{hint}</p>}
      {problem && (
        <p class="field-problem" id={`${name}-problem`}>
          <Icon name="warning" size={18} />
          <span>{i18n.t(problem.key, problem.params)}</span>
        </p>
      )}
      <input
        id={name}
        name={name}
        type="date"
        class="input-short"
        value={value ?? ""}
        min={min}
        max={max}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={described.join(" ") || undefined}
        autofocus={problem !== undefined && problems[0] === problem}
      />
    </div>
  );
}
