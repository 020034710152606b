import type { I18n } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import type { TenantSettings } from "../../site/tenant_settings.ts";
import { buttonClass } from "../Button.tsx";
import { Field } from "../Field.tsx";

/** Props of {@linkcode HoursForm} and {@linkcode SupportForm}. */
export interface SettingsFormProps {
  readonly i18n: I18n;
  readonly settings: TenantSettings;
  /** What was typed a moment ago into one of the forms. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly action: string;
}

/** When staff work, and how soon they are to act. */
export function HoursForm({ i18n, settings, typed, problems, action }: SettingsFormProps) {
  const { t } = i18n;
  const mine = typed["do"] === "hours" ? typed : {};
  const field = { i18n, problems, autocomplete: "off" };
  const hours = (value: number) => String(value).replace(".", i18n.locale === "en" ? "." : ",");
  return (
    <form method="post" action={action} class="form card" data-testid="hours-form" novalidate>
      <h2 class="card-title">{t("administration.hours")}</h2>
      <p class="fine">{t("administration.hours.text", { zone: settings.timeZone })}</p>
      <input type="hidden" name="do" value="hours" />
      <div class="field-pair">
        <Field
          {...field}
          type="time"
          name="opens"
          label={t("administration.opens")}
          value={mine["opens"] ?? settings.opensAt}
        />
        <Field
          {...field}
          type="time"
          name="closes"
          label={t("administration.closes")}
          value={mine["closes"] ?? settings.closesAt}
        />
        <Field
          {...field}
          inputMode="decimal"
          name="triage"
          label={t("administration.triage")}
          hint={t("administration.triage.hint")}
          value={mine["triage"] ?? hours(settings.triageHours)}
        />
        <Field
          {...field}
          inputMode="decimal"
          name="triage_warning"
          label={t("administration.triage_warning")}
          hint={t("administration.warning.hint")}
          value={mine["triage_warning"] ?? hours(settings.triageWarningHours)}
        />
        <Field
          {...field}
          inputMode="decimal"
          name="update"
          label={t("administration.update")}
          hint={t("administration.update.hint")}
          value={mine["update"] ?? hours(settings.updateHours)}
        />
        <Field
          {...field}
          inputMode="decimal"
          name="update_warning"
          label={t("administration.update_warning")}
          hint={t("administration.warning.hint")}
          value={mine["update_warning"] ?? hours(settings.updateWarningHours)}
        />
      </div>
      <div class="actions">
        <button type="submit" class={buttonClass("primary")}>{t("administration.save")}</button>
      </div>
    </form>
  );
}

/** How members reach us, and whose name is on mails about a failed payment. */
export function SupportForm({ i18n, settings, typed, problems, action }: SettingsFormProps) {
  const { t } = i18n;
  const mine = typed["do"] === "support" ? typed : {};
  const field = { i18n, problems, autocomplete: "off" };
  return (
    <form method="post" action={action} class="form card" data-testid="support-form" novalidate>
      <h2 class="card-title">{t("administration.support")}</h2>
      <p class="fine">{t("administration.support.text")}</p>
      <input type="hidden" name="do" value="support" />
      <Field
        {...field}
        type="email"
        name="email"
        label={t("desk.email")}
        value={mine["email"] ?? settings.supportEmail}
      />
      <Field
        {...field}
        type="tel"
        name="phone"
        label={t("help.phone")}
        hint={t("administration.phone.hint")}
        value={mine["phone"] ?? settings.supportPhone}
      />
      <Field
        {...field}
        name="sender"
        label={t("administration.sender")}
        hint={t("administration.sender.hint")}
        value={mine["sender"] ?? settings.graceSenderName ?? ""}
        maxLength={60}
        optional
      />
      <div class="actions">
        <button type="submit" class={buttonClass("secondary")}>{t("administration.save")}</button>
      </div>
    </form>
  );
}
