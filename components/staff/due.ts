/** What is due on a claim, in words and by how much it presses. */
import type { I18n } from "@core/platform/i18n.ts";
import type { ClaimRow } from "@core/claims/claim_list.ts";
import type { BadgeTone } from "../Badge.tsx";

/** What is due. */
export type Due = Pick<ClaimRow, "dueAt" | "dueKind">;

/** How much it presses. */
export type Pressure = "overdue" | "today" | "later" | "none";

/** Every one of them, the most pressing first. */
export const PRESSURES: readonly Pressure[] = ["overdue", "today", "later", "none"];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is due sooner than this stands out. */
const SOON = 2 * HOUR;

/**
 * How much something presses.
 *
 * @param due What is due.
 * @param now Milliseconds since 1970.
 * @param timeZone In which days begin and end.
 */
export function pressureOf({ dueAt }: Due, now: number, timeZone: string): Pressure {
  if (dueAt === null) return "none";
  if (dueAt.getTime() < now) return "overdue";
  return dayOf(dueAt.getTime(), timeZone) === dayOf(now, timeZone) ? "today" : "later";
}

/** The colour that goes with it. */
export function dueTone({ dueAt }: Due, now: number): BadgeTone {
  if (dueAt === null) return "neutral";
  const left = dueAt.getTime() - now;
  return left < 0 ? "bad" : left < SOON ? "warning" : "neutral";
}

/** "Triage in 2 h 10 min", "Update overdue by 3 days". */
export function dueWords(i18n: I18n, { dueAt, dueKind }: Due, now: number): string {
  if (dueAt === null || dueKind === null) return i18n.t("queue.due.none");
  const left = dueAt.getTime() - now;
  const time = spanWords(i18n, Math.abs(left));
  return i18n.t(left < 0 ? `queue.overdue.${dueKind}` : `queue.due.${dueKind}`, { time });
}

/** A span of time, as exact as is useful: minutes below ten hours, days from two days on. */
export function spanWords(i18n: I18n, span: number): string {
  const minutes = Math.max(1, Math.round(span / MINUTE));
  if (minutes < 60) return i18n.t("queue.span.minutes", { minutes });
  if (span >= 2 * DAY) return i18n.plural("queue.span.days", Math.round(span / DAY));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 10 || rest === 0) {
    return i18n.t("queue.span.hours", { hours: Math.round(minutes / 60) });
  }
  return i18n.t("queue.span.hours_minutes", { hours, minutes: rest });
}

function dayOf(when: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(when);
}
