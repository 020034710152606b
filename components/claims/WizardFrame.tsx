import type { ComponentChildren } from "preact";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { CLAIM_STEPS, type ClaimStep } from "../../site/claim_steps.ts";
import { claimHref } from "../../site/claim_links.ts";

/** Props of {@linkcode WizardFrame}. */
export interface WizardFrameProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly step: ClaimStep;
  /** The draft; null while nothing is stored yet. */
  readonly claimId: string | null;
  readonly children: ComponentChildren;
}

/** Where one is while writing a claim down: the spans of a bridge, each a way back. */
export function WizardFrame({ i18n, locale, step, claimId, children }: WizardFrameProps) {
  const { t } = i18n;
  const place = CLAIM_STEPS.indexOf(step);
  return (
    <div class="wizard">
      <nav aria-label={t("claim.steps")}>
        <ol class="spans">
          {CLAIM_STEPS.map((name, at) => {
            const words = (
              <>
                <span class="span-number" aria-hidden="true">{at + 1}</span>
                <span class="span-name">{t(`claim.step.${name}`)}</span>
              </>
            );
            return (
              <li key={name} class={at <= place ? "span-reached" : undefined}>
                {claimId === null || at === place
                  ? (
                    <span class="span" aria-current={at === place ? "step" : undefined}>
                      {words}
                    </span>
                  )
                  : (
                    <a class="span" href={claimHref(locale, claimId, `/edit/${name}`)}>
                      {words}
                    </a>
                  )}
              </li>
            );
          })}
        </ol>
      </nav>
      <p class="fine span-now">
        {t("claim.step_of", { number: place + 1, count: CLAIM_STEPS.length })}
      </p>
      {children}
    </div>
  );
}
