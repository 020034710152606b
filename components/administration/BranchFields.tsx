import type { I18n } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Field } from "../Field.tsx";

/** Props of {@linkcode BranchFields}. */
export interface BranchFieldsProps {
  readonly i18n: I18n;
  /** What is stored, or was typed a moment ago. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** What a branch is called. */
export function BranchFields({ i18n, typed, problems }: BranchFieldsProps) {
  const { t } = i18n;
  return (
    <>
      <Field
        i18n={i18n}
        name="code"
        label={t("branches.code")}
        hint={t("branches.code.hint")}
        value={typed["code"]}
        autocomplete="off"
        maxLength={20}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="name"
        label={t("branches.name")}
        value={typed["name"]}
        autocomplete="off"
        maxLength={80}
        problems={problems}
      />
    </>
  );
}
