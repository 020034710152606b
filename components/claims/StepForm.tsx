import type { ComponentChildren } from "preact";
import type { I18n } from "@core/platform/i18n.ts";
import DraftKeeper from "../../islands/DraftKeeper.tsx";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem } from "../../site/forms.ts";
import { ErrorSummary } from "../ErrorSummary.tsx";
import { Notice } from "../Notice.tsx";

/** Props of {@linkcode StepForm}. */
export interface StepFormProps {
  readonly i18n: I18n;
  readonly title: string;
  readonly text: string;
  /** Where the form goes. */
  readonly action: string;
  readonly problems: readonly Problem[];
  /** Whether there is a draft already: it is then kept while it is written. */
  readonly isStored: boolean;
  /** Whether what was typed was stored although something has to be put right. */
  readonly wasStored: boolean;
  readonly children: ComponentChildren;
}

/** One step of writing a claim down: a form that works by itself. */
export function StepForm(props: StepFormProps) {
  const { i18n, title, text, action, problems, isStored, wasStored, children } = props;
  const { t } = i18n;
  return (
    <>
      <header class="step-head">
        <h1>{title}</h1>
        <p class="lead">{text}</p>
      </header>
      <ErrorSummary i18n={i18n} problems={problems} />
      {wasStored && (
        <Notice kind="info">
          <p>{t("claim.draft.stored_anyway")}</p>
        </Notice>
      )}
      <form
        method="post"
        action={action}
        class="form"
        id="step"
        novalidate
        data-testid="claim-step"
      >
        {children}
        <div class="actions">
          <SubmitOnce
            text={t("claim.step.next")}
            busyText={t("form.busy")}
            class="button button-primary button-large"
            testId="step-next"
          />
          {isStored && (
            <button
              type="submit"
              name="then"
              value="leave"
              class="button button-quiet"
              data-testid="step-leave"
            >
              {t("claim.step.leave")}
            </button>
          )}
        </div>
        {isStored && (
          <DraftKeeper
            form="step"
            saved={t("claim.draft.saved_now")}
            unsaved={t("claim.draft.not_all")}
            offline={t("claim.draft.offline")}
          />
        )}
      </form>
    </>
  );
}
