import type { I18n } from "@core/platform/i18n.ts";
import type { Problem } from "../site/forms.ts";
import { Icon } from "./Icon.tsx";

/** Props of {@linkcode TextArea}. */
export interface TextAreaProps {
  readonly i18n: I18n;
  readonly label: string;
  readonly name: string;
  /** What the person typed before. */
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly rows?: number;
  /** In characters; the browser stops there, and whoever has no such browser is told. */
  readonly maxLength?: number;
  /** All problems of the form; this field picks its own. */
  readonly problems: readonly Problem[];
}

/** Room for a few sentences, which nobody has to write. */
export function TextArea(props: TextAreaProps) {
  const { i18n, label, name, value, hint, rows = 4, maxLength, problems } = props;
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
      <textarea
        id={name}
        name={name}
        rows={rows}
        maxLength={maxLength}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={described.join(" ") || undefined}
        autofocus={problem !== undefined && problems[0] === problem}
      >
        {/* Its content, not an attribute: browsers read no other. A first line break is theirs. */}
        {value?.startsWith("\n") ? `\n${value}` : value ?? ""}
      </textarea>
    </div>
  );
}
