/**
 * Which mail a membership is due, and when to look at it again. Pure; the only place that knows the
 * days. A stage may be sent until the next one is due, so that a run that was missed is caught up
 * and nothing stale is sent. Source: the billing rules, "Grace" and "Lifecycle mail".
 *
 * Days have 24 hours and are counted from a point in time, so no time zone plays a part.
 */
import { addDays, type Instant } from "@core/platform/instant.ts";
import type { MailTemplate } from "./mails/templates.ts";

/** A mail of the first months. */
export interface LifecycleStage {
  readonly template: MailTemplate;
  /** From this many days after the membership began. */
  readonly fromDay: number;
  /** Until this many days after it began, not included. */
  readonly untilDay: number;
}

/** The mails of the first months and the survey, counted from `subscriptions.started_at`. */
export const LIFECYCLE_STAGES: readonly LifecycleStage[] = [
  { template: "onboarding_day_7", fromDay: 7, untilDay: 14 },
  { template: "checkin_day_14", fromDay: 14, untilDay: 30 },
  { template: "retention_day_30", fromDay: 30, untilDay: 60 },
  { template: "nps_v1", fromDay: 45, untilDay: 75 },
  { template: "retention_day_60", fromDay: 60, untilDay: 90 },
  { template: "retention_day_90", fromDay: 90, untilDay: 120 },
];

/** Days after the first failed payment on which the first reminder is due. */
export const REMINDER_DAY = 7;
/** Days before the end of grace on which the last warning is due: day 13 of 14. */
const WARNING_DAYS_LEFT = 1;
/** Days after the end of grace until which it makes sense to tell of it. */
const SUSPENDED_DAYS = 14;

/** A mail to enqueue. */
export interface DueMail {
  readonly template: MailTemplate;
  /** Makes it be enqueued once. */
  readonly dedupeKey: string;
  /** Sent by then or not at all. */
  readonly sendUntil: Instant;
}

/** A membership, as far as its first months matter. */
export interface LifecycleSubject {
  readonly id: string;
  readonly startedAt: Instant | null;
  /** What this membership by itself allows, whatever others the member has: `active` and so on. */
  readonly access: string;
}

/** What a look at a membership's first months led to. */
export interface LifecycleDecision {
  readonly mails: readonly DueMail[];
  /** When the next stage begins; null if there is none. */
  readonly nextLook: Instant | null;
}

/**
 * Which mails of the first months a membership is due. Only memberships that give access get any: of
 * two, an ended one has nothing more to say though the other goes on.
 *
 * @param membership The membership.
 * @param at The time of the look.
 * @returns The mails and the time of the next look.
 */
export function decideLifecycle(membership: LifecycleSubject, at: Instant): LifecycleDecision {
  const { id, startedAt, access } = membership;
  if (startedAt === null) return { mails: [], nextLook: null };
  const windows = LIFECYCLE_STAGES.map(({ template, fromDay, untilDay }) => ({
    template,
    from: addDays(startedAt, fromDay),
    until: addDays(startedAt, untilDay),
  }));
  const open = access === "active"
    ? windows.filter(({ from, until }) => from <= at && at < until)
    : [];
  const mails = open.map(({ template, until }) => ({
    template,
    dedupeKey: `${template === "nps_v1" ? "nps" : "engagement"}:${id}:${template}`,
    sendUntil: until,
  }));
  const ahead = windows.map(({ from }) => from).filter((from) => from > at).sort();
  return { mails, nextLook: ahead[0] ?? null };
}

/** A membership, as far as a failed payment matters. */
export interface DunningSubject {
  readonly id: string;
  readonly status: string;
  /** When payments began to fail. The database sees to it that who is past due has one. */
  readonly pastDueAt: Instant | null;
  /** Until when access goes on without a payment. The same holds. */
  readonly gracePeriodEndsAt: Instant | null;
  readonly suspendedAt: Instant | null;
}

/** What a look at a membership's failed payment led to. */
export interface DunningDecision {
  readonly mail: DueMail | null;
  /** Set if grace is over and that was not written down yet: when access ended. */
  readonly suspendedAt: Instant | null;
  /** When the next stage begins; null if there is none. */
  readonly nextLook: Instant | null;
}

const NOTHING: DunningDecision = { mail: null, suspendedAt: null, nextLook: null };

/**
 * Which mail about a failed payment a membership is due, and whether its grace is over. A grace
 * period that staff moved by hand moves the last warning and the end with it.
 *
 * @param membership The membership.
 * @param at The time of the look.
 * @returns The mail, the end of access and the time of the next look.
 */
export function decideDunning(membership: DunningSubject, at: Instant): DunningDecision {
  const { id, status, pastDueAt, gracePeriodEndsAt: graceEnd } = membership;
  if (status !== "past_due" || pastDueAt === null || graceEnd === null) return NOTHING;
  const warning = addDays(graceEnd, -WARNING_DAYS_LEFT);
  const reminder = addDays(pastDueAt, REMINDER_DAY);
  const mail = (template: MailTemplate, stage: string, sendUntil: Instant): DueMail => ({
    template,
    dedupeKey: `dunning:${id}:${pastDueAt}:${stage}`,
    sendUntil,
  });
  if (at >= graceEnd) {
    const toldUntil = addDays(graceEnd, SUSPENDED_DAYS);
    return {
      mail: at < toldUntil ? mail("dunning_suspended", "suspended", toldUntil) : null,
      suspendedAt: membership.suspendedAt === null ? graceEnd : null,
      nextLook: null,
    };
  }
  if (at >= warning) {
    return { ...NOTHING, mail: mail("dunning_final", "final", graceEnd), nextLook: graceEnd };
  }
  if (at >= reminder) {
    return { ...NOTHING, mail: mail("dunning_day_7", "day_7", warning), nextLook: warning };
  }
  return { ...NOTHING, nextLook: reminder < warning ? reminder : warning };
}
