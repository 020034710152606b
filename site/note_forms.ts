/** What an agent writes down about a member: notes for later, and what was done. */
import { z } from "zod";
import type { MessageKey } from "@core/platform/i18n.ts";
import { dayIn, readDay } from "./claim_steps.ts";

/** Kinds of notes. */
export const NOTE_TYPES = ["general", "call", "meeting", "email", "follow_up", "issue"] as const;
/** Kinds of things done. */
export const ACTIVITY_KINDS = ["call", "meeting", "email", "note", "other"] as const;

/** Longest texts, in characters. */
export const NOTE_MOST = { body: 4_000, summary: 1_000 } as const;

const say = (key: MessageKey) => key;

/** A text of several lines that has to be there. */
const text = (max: number, missing: MessageKey) =>
  z.string(missing).transform((words) => words.replace(/\r\n?/g, "\n").trim())
    .refine((words) => /\S/.test(words), missing)
    .refine((words) => [...words].length <= max, say("agent.text.long"));

/** A day, `2026-11-23` or as people write it; empty for none. */
const day = z.string().default("").transform((typed) => typed.trim())
  .refine((typed) => typed === "" || readDay(typed) !== null, say("agent.day.malformed"))
  .transform((typed) => typed === "" ? null : readDay(typed));

/** The form of a note. */
export const NoteForm = z.object({
  type: z.enum(NOTE_TYPES, say("agent.note.type.missing")),
  body: text(NOTE_MOST.body, say("agent.note.missing")),
  followUp: day,
});

/** The form of something done. */
export const ActivityForm = z.object({
  kind: z.enum(ACTIVITY_KINDS, say("agent.note.type.missing")),
  happened: day.refine((when) => when !== null, say("agent.day.missing")),
  summary: text(NOTE_MOST.summary, say("agent.activity.missing")),
});

/** Buttons beside a note. */
export const NoteActForm = z.object({
  act: z.enum(["pin", "unpin", "finish", "reopen"]),
  note: z.uuid(),
});

/**
 * The moment that stands for a day that was chosen: its middle, and never later than now. Pure.
 *
 * @param chosen `2026-11-23`.
 * @param now Milliseconds since 1970.
 */
export function pastMoment(chosen: string, now: number): Date {
  return new Date(Math.min(middayOf(chosen), now));
}

/**
 * When a follow-up falls due: in the morning of its day.
 *
 * @param chosen `2026-11-23`.
 */
export function dueMoment(chosen: string): Date {
  return new Date(`${chosen}T06:00:00Z`);
}

/** Whether a day lies in the future where the tenant is. Pure. */
export function isFutureDay(chosen: string, timeZone: string, now: number): boolean {
  return chosen > dayIn(timeZone, now);
}

/** Noon in UTC is the same day in every one of our time zones. */
function middayOf(chosen: string): number {
  return Date.parse(`${chosen}T12:00:00Z`);
}
