import type { I18n } from "@core/platform/i18n.ts";

/** Props of {@linkcode DateTime}. */
export interface DateTimeProps {
  readonly i18n: I18n;
  readonly when: Date;
  /** Whether the time of day is told too. */
  readonly time?: boolean;
}

/** A day, in the tenant's time zone, readable by machines as well. */
export function DateTime({ i18n, when, time = false }: DateTimeProps) {
  return <time dateTime={when.toISOString()}>{time ? i18n.dateTime(when) : i18n.date(when)}</time>;
}
