import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { PrivacyState } from "../../site/privacy.ts";
import { Badge } from "../Badge.tsx";
import { buttonClass } from "../Button.tsx";
import { Moment } from "../Moment.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode ExportCard}. */
export interface ExportCardProps {
  readonly i18n: I18n;
  readonly state: PrivacyState;
  /** Address that the form posts to. */
  readonly action: string;
}

/** Where a person asks for a copy of their data, and where they download it. */
export function ExportCard({ i18n, state, action }: ExportCardProps) {
  const { t } = i18n;
  const { exportExpiresAt, lastDownloadedAt } = state;
  return (
    <section class="card" aria-labelledby="copy">
      <h2 class="card-title" id="copy">{t("privacy.export")}</h2>
      <p>{t("privacy.export.text")}</p>
      {exportExpiresAt === null
        ? (
          <form method="post" action={action} class="form">
            <input type="hidden" name="do" value="export" />
            <p class="fine">{t("privacy.export.how")}</p>
            <div class="actions">
              <SubmitOnce
                text={t("privacy.export.submit")}
                busyText={t("form.busy")}
                class={buttonClass("primary")}
                testId="export-request"
              />
            </div>
          </form>
        )
        : (
          <>
            <p data-testid="export-ready">
              <Badge
                tone="good"
                text={t("privacy.export.ready", { date: i18n.dateTime(exportExpiresAt) })}
              />
            </p>
            <div class="actions">
              <a
                href="/api/privacy/export"
                class={buttonClass("primary")}
                data-testid="export-download"
              >
                {t("privacy.export.download")}
              </a>
            </div>
            <p class="fine">
              {lastDownloadedAt !== null && (
                <>
                  <Rich
                    text={t("privacy.export.downloaded")}
                    parts={{ when: <Moment i18n={i18n} when={lastDownloadedAt} /> }}
                  />
                  {" "}
                </>
              )}
              {t("privacy.export.keep_safe")}
            </p>
          </>
        )}
    </section>
  );
}
