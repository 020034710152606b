import { type I18n, LANGUAGE_NAMES, LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { config } from "../../fresh.config.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { LEAD_MOST } from "../../site/lead_forms.ts";
import type { OfferedPlan } from "../../site/plans.ts";
import { examplePhone } from "../../site/settings.ts";
import { Choice } from "../Choice.tsx";
import { Field } from "../Field.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode LeadFields}. */
export interface LeadFieldsProps {
  readonly i18n: I18n;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly plans: readonly OfferedPlan[];
  /** Where the agent works. */
  readonly tenant: { readonly countryCode: string; readonly defaultLocale: string };
}

/** What is asked of somebody who may become a member. */
export function LeadFields({ i18n, typed, problems, plans, tenant }: LeadFieldsProps) {
  const { t } = i18n;
  const example = examplePhone(tenant.countryCode);
  return (
    <>
      <div class="side-by-side">
        <Field
          i18n={i18n}
          name="firstName"
          label={t("agent.lead.first_name")}
          autocomplete="off"
          value={typed["firstName"]}
          maxLength={LEAD_MOST.name}
          problems={problems}
        />
        <Field
          i18n={i18n}
          name="lastName"
          label={t("agent.lead.last_name")}
          autocomplete="off"
          value={typed["lastName"]}
          maxLength={LEAD_MOST.name}
          problems={problems}
        />
      </div>
      <Field
        i18n={i18n}
        name="phone"
        type="tel"
        label={t("settings.phone")}
        hint={t("agent.lead.phone.hint", { example })}
        autocomplete="off"
        value={typed["phone"]}
        maxLength={40}
        problems={problems.map((problem) =>
          problem.field === "phone" ? { ...problem, params: { example } } : problem
        )}
        optional
      />
      <Field
        i18n={i18n}
        name="email"
        type="email"
        label={t("auth.email")}
        hint={t("agent.lead.email.hint")}
        autocomplete="off"
        value={typed["email"]}
        problems={problems}
      />
      <div class="side-by-side">
        <Choice
          i18n={i18n}
          name="plan"
          label={t("agent.lead.plan")}
          value={typed["plan"] ?? ""}
          options={[
            { value: "", text: t("agent.lead.plan.open") },
            ...planOptions(i18n, plans),
          ]}
          problems={problems}
        />
        <Choice
          i18n={i18n}
          name="locale"
          label={t("agent.lead.language")}
          value={typed["locale"] ?? tenant.defaultLocale}
          options={config.locales.map((value) => ({
            value,
            text: LANGUAGE_NAMES[value],
            lang: LANGUAGE_TAGS[value],
          }))}
          problems={problems}
        />
      </div>
      <TextArea
        i18n={i18n}
        name="note"
        label={t("agent.lead.note")}
        rows={3}
        maxLength={LEAD_MOST.note}
        value={typed["note"]}
        problems={problems}
      />
    </>
  );
}

/** Plans to choose from, each with its price for a year. */
export function planOptions(i18n: I18n, plans: readonly OfferedPlan[]) {
  return plans.map(({ id, name, priceCents, currency }) => ({
    value: id,
    text: `${name}, ${i18n.money(priceCents, currency)}`,
  }));
}
