import type { TenantFacts } from "@core/identity/tenants.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { PrivacyState } from "../../site/privacy.ts";
import { buttonClass, ButtonLink } from "../Button.tsx";
import { SupportMail } from "../Contact.tsx";
import { DateTime } from "../DateTime.tsx";
import { Notice } from "../Notice.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode DeletionCard}. */
export interface DeletionCardProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly tenant: TenantFacts;
  readonly state: PrivacyState;
  /** Address of the page, which the form posts to. */
  readonly action: string;
}

/** How a person's account comes to an end: the way there, what is in it, or the day and the way back. */
export function DeletionCard(props: DeletionCardProps) {
  const { i18n, tenant, state, action } = props;
  const { t } = i18n;
  const support = { email: <SupportMail tenant={tenant} /> };
  return (
    <section class="card" aria-labelledby="deletion" data-testid="deletion">
      <h2 class="card-title" id="deletion">{t("privacy.deletion")}</h2>
      {state.deletionDueAt !== null
        ? <Pending {...props} dueAt={state.deletionDueAt} />
        : !state.mayRequestDeletion
        ? (
          <p>
            <Rich text={t("privacy.deletion.work")} parts={support} />
          </p>
        )
        : (
          <>
            <p>{t("privacy.deletion.text")}</p>
            {state.renews ? <EndFirst {...props} /> : (
              <p>
                <a href={`${action}/delete`} data-testid="deletion-start">
                  {t("privacy.deletion.start")}
                </a>
              </p>
            )}
          </>
        )}
    </section>
  );
}

function Pending(
  { i18n, state, action, dueAt }: DeletionCardProps & { readonly dueAt: Date },
) {
  const { t } = i18n;
  return (
    <>
      <div data-testid="deletion-pending">
        <Notice
          kind="warning"
          title={t("privacy.deletion.pending.title", { date: i18n.date(dueAt) })}
        >
          {state.deletionRequestedAt !== null && (
            <p>
              <Rich
                text={t("privacy.deletion.pending.text")}
                parts={{ date: <DateTime i18n={i18n} when={state.deletionRequestedAt} /> }}
              />
            </p>
          )}
        </Notice>
      </div>
      <form method="post" action={action} class="actions">
        <input type="hidden" name="do" value="keep" />
        <SubmitOnce
          text={t("privacy.deletion.cancel")}
          busyText={t("form.busy")}
          class={buttonClass("primary")}
          testId="deletion-cancel"
        />
      </form>
    </>
  );
}

/** Says that a membership has to be ended first, and where. */
export function EndFirst(
  { i18n, locale, tenant }: Pick<DeletionCardProps, "i18n" | "locale" | "tenant">,
) {
  const { t } = i18n;
  return (
    <div class="section" data-testid="end-membership-first">
      <Notice kind="info" title={t("privacy.deletion.renews.title")}>
        <p>
          <Rich
            text={t("privacy.deletion.renews.text")}
            parts={{ email: <SupportMail tenant={tenant} /> }}
          />
        </p>
      </Notice>
      <div class="actions">
        <ButtonLink href={`/${locale}/member/membership`} kind="secondary">
          {t("privacy.deletion.renews.link")}
        </ButtonLink>
      </div>
    </div>
  );
}
