import type { I18n } from "@core/platform/i18n.ts";

/** Props of {@linkcode DateTime}. */
export interface DateTimeProps {
  readonly i18n: I18n;
  readonly when: Date;
}

/** A day in words, in the tenant's time zone, readable by machines as well. */
export function DateTime({ i18n, when }: DateTimeProps) {
  return <time dateTime={when.toISOString()}>{i18n.date(when)}</time>;
}
