import { LANGUAGE_NAMES, LANGUAGE_TAGS, LOCALES } from "@core/platform/i18n.ts";
import type { I18n } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Choice } from "../Choice.tsx";
import { Field } from "../Field.tsx";

/** Props of {@linkcode TenantFields}. */
export interface TenantFieldsProps {
  readonly i18n: I18n;
  /** What is stored, or was typed a moment ago. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** What a country is called, where its pages are, and how it tells the time. */
export function TenantFields({ i18n, typed, problems }: TenantFieldsProps) {
  const { t } = i18n;
  const field = { i18n, problems, autocomplete: "off" };
  return (
    <>
      <Field
        {...field}
        name="name"
        label={t("tenants.name")}
        value={typed["name"]}
        maxLength={80}
      />
      <Field
        {...field}
        name="legal_name"
        label={t("tenants.legal_name")}
        value={typed["legal_name"]}
        maxLength={80}
      />
      <Choice
        i18n={i18n}
        name="locale"
        label={t("tenants.locale")}
        value={typed["locale"] ?? "sq"}
        options={LOCALES.map((value) => ({
          value,
          text: LANGUAGE_NAMES[value],
          lang: LANGUAGE_TAGS[value],
        }))}
        problems={problems}
      />
      <Field
        {...field}
        name="zone"
        label={t("tenants.zone")}
        hint={t("tenants.zone.hint")}
        value={typed["zone"]}
      />
      <Field
        {...field}
        name="hosts"
        label={t("tenants.hosts")}
        hint={t("tenants.hosts.hint")}
        value={typed["hosts"]}
        optional
      />
    </>
  );
}
