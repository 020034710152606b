import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { ListedMail } from "../../site/mail_ledger.ts";

/** Props of {@linkcode MailReader}. */
export interface MailReaderProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly mail: Pick<ListedMail, "userId" | "memberName">;
}

/** Whom a mail is for, with the way to them if they have an account. */
export function MailReader({ i18n, locale, mail }: MailReaderProps) {
  const name = mail.memberName ?? i18n.t("role.member");
  if (mail.userId === null) return <>{name}</>;
  return <a href={`/${locale}/admin/members/${mail.userId}`}>{name}</a>;
}
