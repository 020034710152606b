import type { I18n, MessageParams } from "@core/platform/i18n.ts";
import type { Problem } from "../../site/forms.ts";
import { Icon } from "../Icon.tsx";

/** Props of {@linkcode FormProblem}. */
export interface FormProblemProps {
  readonly i18n: I18n;
  readonly problems: readonly Problem[];
  /** Further values for the words. */
  readonly params?: MessageParams;
}

/** What is wrong with a form as a whole; what is wrong with a field stands at the field. */
export function FormProblem({ i18n, problems, params }: FormProblemProps) {
  const problem = problems.find(({ field }) => field === null);
  if (problem === undefined) return null;
  return (
    <p class="field-problem" role="alert" data-testid="form-problem">
      <Icon name="warning" size={18} />
      <span>{i18n.t(problem.key, { ...problem.params, ...params })}</span>
    </p>
  );
}
