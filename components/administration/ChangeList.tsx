import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { AuditLine } from "../../site/webhook_events.ts";
import { AuditTrail } from "../admin/AuditTrail.tsx";

/** Props of {@linkcode ChangeList}. */
export interface ChangeListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  /** The latest first. */
  readonly lines: readonly AuditLine[];
}

/** Who changed what on a page of settings. */
export function ChangeList({ i18n, locale, lines }: ChangeListProps) {
  const { t } = i18n;
  return (
    <section class="section" aria-labelledby="changes">
      <h2 id="changes">{t("administration.changes")}</h2>
      {lines.length === 0
        ? <p class="nothing">{t("administration.changes.none")}</p>
        : <AuditTrail i18n={i18n} locale={locale} lines={lines} />}
    </section>
  );
}
