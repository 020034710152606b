import type { ComponentChildren } from "preact";
import { CLAIM_CATEGORIES, LEAST, MOST } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Field } from "../Field.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of each step's fields. */
export interface StepFieldsProps {
  readonly i18n: I18n;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

const CATEGORY_ICONS: Readonly<Record<typeof CLAIM_CATEGORIES[number], IconName>> = {
  vehicle: "vehicle",
  property: "property",
  injury: "injury",
  travel: "travel",
  other: "speech",
};

/** What it is about. */
export function CategoryFields({ i18n, typed, problems }: StepFieldsProps) {
  const { t } = i18n;
  const problem = problems.find(({ field }) => field === "category");
  return (
    <fieldset class={problem ? "field field-wrong" : "field"} id="category">
      <legend class="visually-hidden">{t("claim.step.category")}</legend>
      {problem && (
        <p class="field-problem" id="category-problem">
          <Icon name="warning" size={18} />
          <span>{t(problem.key, problem.params)}</span>
        </p>
      )}
      <div class="categories">
        {CLAIM_CATEGORIES.map((category, at) => (
          <label key={category} class="category">
            <input
              type="radio"
              name="category"
              value={category}
              checked={typed["category"] === category}
              required
              autofocus={problem !== undefined && at === 0}
              aria-invalid={problem ? "true" : undefined}
              aria-describedby={`about-${category}`}
            />
            <span class="category-card">
              <Icon name={CATEGORY_ICONS[category]} size={30} />
              <span>
                <span class="category-name">{t(`claim.category.${category}`)}</span>
                <span class="fine" id={`about-${category}`}>{t(`claim.about.${category}`)}</span>
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What happened, and who it is about. */
export function StoryFields({ i18n, typed, problems }: StepFieldsProps) {
  const { t } = i18n;
  return (
    <>
      <Field
        i18n={i18n}
        name="title"
        label={t("claim.title")}
        hint={t("claim.title.hint")}
        autocomplete="off"
        value={typed["title"]}
        maxLength={MOST.title}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="company"
        label={t("claim.company")}
        hint={t("claim.company.hint")}
        autocomplete="organization"
        value={typed["company"]}
        maxLength={MOST.company}
        problems={problems}
      />
      <TextArea
        i18n={i18n}
        name="description"
        label={t("claim.description")}
        hint={t("claim.description.hint", { min: LEAST.description })}
        rows={9}
        maxLength={MOST.description}
        value={typed["description"]}
        problems={problems}
      />
    </>
  );
}

/** When it was, and what it is about in money. */
export function MoneyFields(
  { i18n, typed, problems, today }: StepFieldsProps & { readonly today: string },
) {
  const { t } = i18n;
  return (
    <>
      <InputField
        i18n={i18n}
        name="incidentDate"
        label={t("claim.incident")}
        hint={t("claim.incident.hint")}
        problems={problems}
      >
        {(described) => (
          <input
            id="incidentDate"
            name="incidentDate"
            type="date"
            class="input-short"
            value={typed["incidentDate"] ?? ""}
            max={today}
            {...described}
          />
        )}
      </InputField>
      <InputField
        i18n={i18n}
        name="amount"
        label={t("claim.amount")}
        hint={t("claim.amount.hint")}
        problems={problems}
      >
        {(described) => (
          <input
            id="amount"
            name="amount"
            type="text"
            inputMode="decimal"
            class="input-short"
            autocomplete="off"
            value={typed["amount"] ?? ""}
            maxLength={20}
            {...described}
          />
        )}
      </InputField>
    </>
  );
}

interface InputFieldProps {
  readonly i18n: I18n;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly problems: readonly Problem[];
  /** The input, given what describes it. */
  readonly children: (described: Described) => ComponentChildren;
}

interface Described {
  readonly "aria-describedby": string;
  readonly "aria-invalid"?: "true";
  readonly autofocus: boolean;
}

/** A labelled input of one's own making, with hint and problem as `Field` has them. */
export function InputField({ i18n, name, label, hint, problems, children }: InputFieldProps) {
  const problem = problems.find(({ field }) => field === name);
  return (
    <div class={problem ? "field field-wrong" : "field"}>
      <label for={name}>{label}</label>
      <p class="field-hint" id={`${name}-hint`}>{hint}</p>
      {problem && (
        <p class="field-problem" id={`${name}-problem`}>
          <Icon name="warning" size={18} />
          <span>{i18n.t(problem.key, problem.params)}</span>
        </p>
      )}
      {children({
        "aria-describedby": problem ? `${name}-hint ${name}-problem` : `${name}-hint`,
        ...(problem ? { "aria-invalid": "true" } : {}),
        autofocus: problem !== undefined && problems[0] === problem,
      })}
    </div>
  );
}
