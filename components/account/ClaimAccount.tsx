import type { WelcomeLinkState } from "@core/identity/welcome_link.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { config } from "../../fresh.config.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem } from "../../site/forms.ts";
import { ButtonLink } from "../Button.tsx";
import { ErrorSummary } from "../ErrorSummary.tsx";
import { Field } from "../Field.tsx";

/** Props of {@linkcode ClaimAccount}. */
export interface ClaimAccountProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly link: WelcomeLinkState;
  readonly problems: readonly Problem[];
  /** Where the form is sent. */
  readonly path: string;
}

/** The form for a first password, or why the link does not work and what to do. */
export function ClaimAccount({ i18n, locale, link, problems, path }: ClaimAccountProps) {
  const { t } = i18n;
  if (link !== "open") {
    return (
      <div class="form" data-testid={`claim-${link}`}>
        <ErrorSummary i18n={i18n} problems={problems} />
        <h1>{t(`claim_account.${link}.title`)}</h1>
        <p class="lead">{t(`claim_account.${link}.text`)}</p>
        <p class="actions">
          {link === "used" && <ButtonLink href={`/${locale}/login`}>{t("nav.login")}</ButtonLink>}
          <ButtonLink
            href={`/${locale}/forgot-password`}
            kind={link === "used" ? "secondary" : "primary"}
          >
            {t("reset.ask_again")}
          </ButtonLink>
        </p>
      </div>
    );
  }
  const { password } = config.form;
  return (
    <>
      <h1>{t("claim_account.headline")}</h1>
      <p class="lead">{t("claim_account.lead")}</p>
      <ErrorSummary i18n={i18n} problems={problems} />
      <form method="post" action={path} class="form" novalidate data-testid="claim-form">
        <Field
          i18n={i18n}
          name="password"
          type="password"
          label={t("claim_account.password")}
          hint={t("auth.password.hint", password)}
          autocomplete="new-password"
          problems={problems}
        />
        <SubmitOnce
          text={t("claim_account.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
      </form>
    </>
  );
}
