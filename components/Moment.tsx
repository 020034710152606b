import type { I18n } from "@core/platform/i18n.ts";

/** Props of {@linkcode Moment}. */
export interface MomentProps {
  readonly i18n: I18n;
  readonly when: Date;
}

/** A day with the time of day, in the tenant's time zone, readable by machines as well. */
export function Moment({ i18n, when }: MomentProps) {
  return <time dateTime={when.toISOString()}>{i18n.dateTime(when)}</time>;
}
