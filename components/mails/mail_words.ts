import { type I18n, isMessageKey } from "@core/platform/i18n.ts";
import { reasonKey } from "../../site/mail_ledger.ts";

/** What a mail is about, in words; one that has none keeps its name. */
export function mailName(i18n: I18n, template: string): string {
  const key = `mails.template.${template}`;
  return isMessageKey(key) ? i18n.t(key) : template;
}

/** Why a mail was not sent, in words; a reason that has none keeps its own. */
export function mailReason(i18n: I18n, error: string): string {
  const key = reasonKey(error);
  return key === null ? error : i18n.t(key);
}
