import type { I18n } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";
import type { Problem } from "../site/forms.ts";
import { Icon } from "./Icon.tsx";

/** Props of {@linkcode Field}. */
export interface FieldProps {
  readonly i18n: I18n;
  readonly label: string;
  readonly name: string;
  readonly type?: "text" | "email" | "password" | "tel" | "time";
  /** Which keyboard a phone shows, where the type does not say it. */
  readonly inputMode?: "numeric" | "decimal" | "url";
  /** What the browser may fill in; see the HTML standard's list. */
  readonly autocomplete: string;
  /** What the person typed before; never a password. */
  readonly value?: string | undefined;
  readonly hint?: string;
  /** All problems of the form; this field picks its own. */
  readonly problems: readonly Problem[];
  readonly maxLength?: number;
  /** Whether it may stay empty. */
  readonly optional?: boolean;
  /** Whether it is shown and sent, but not changed. */
  readonly readOnly?: boolean;
}

/** A labelled field with a hint and, after a failed try, what is wrong and how to put it right. */
export function Field(props: FieldProps) {
  const { i18n, label, name, type = "text", hint, problems } = props;
  const problem = problems.find(({ field }) => field === name);
  const first = problems[0] === problem;
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(
    " ",
  );
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
        type={type}
        value={props.value ?? ""}
        autocomplete={props.autocomplete}
        required={!props.optional}
        maxLength={props.maxLength ??
          (type === "password" ? config.form.passwordFieldMax : undefined)}
        readOnly={props.readOnly}
        inputMode={props.inputMode}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={described || undefined}
        autofocus={problem !== undefined && first}
        {...(type === "email"
          ? { inputMode: "email", spellcheck: false, autocapitalize: "none" }
          : {})}
      />
    </div>
  );
}
