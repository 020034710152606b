import { type I18n, LANGUAGE_NAMES, LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { config } from "../../fresh.config.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Choice } from "../Choice.tsx";
import { Field } from "../Field.tsx";

/** Props of {@linkcode InviteFields}. */
export interface InviteFieldsProps {
  readonly i18n: I18n;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** Language that is chosen before anybody chooses. */
  readonly language: string;
}

/** What every invitation asks for: address, name and language. */
export function InviteFields({ i18n, typed, problems, language }: InviteFieldsProps) {
  const { t } = i18n;
  return (
    <>
      <Field
        i18n={i18n}
        name="email"
        type="email"
        label={t("auth.email")}
        autocomplete="off"
        value={typed["email"]}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="name"
        label={t("auth.name")}
        hint={t("invite.name.hint")}
        autocomplete="off"
        value={typed["name"]}
        maxLength={config.form.nameMax}
        problems={problems}
        optional
      />
      <Choice
        i18n={i18n}
        name="language"
        label={t("invite.language")}
        value={typed["language"] ?? language}
        options={config.locales.map((value) => ({
          value,
          text: LANGUAGE_NAMES[value],
          lang: LANGUAGE_TAGS[value],
        }))}
        problems={problems}
      />
    </>
  );
}
