import type { I18n, Locale } from "@core/platform/i18n.ts";
import { isUuid } from "../../site/links.ts";
import { DECISIONS } from "../../site/verification.ts";
import { Notice } from "../Notice.tsx";

/** Props of {@linkcode DoneNotice}. */
export interface DoneNoticeProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly url: URL;
}

/** What was decided a moment ago, as the page's address says. */
export function DoneNotice({ i18n, locale, url }: DoneNoticeProps) {
  const { t } = i18n;
  const done = DECISIONS.find((decision) => decision === url.searchParams.get("done"));
  const member = url.searchParams.get("member") ?? "";
  if (done === undefined) return null;
  return (
    <div data-testid="cash-done" data-done={done}>
      <Notice kind="good">
        <p>{t(`payments.done.${done}`)}</p>
        {done === "approve" && isUuid(member) && (
          <p>
            <a href={`/${locale}/admin/members/${member}`}>{t("payments.done.member")}</a>
          </p>
        )}
      </Notice>
    </div>
  );
}
