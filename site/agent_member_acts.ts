/** What an agent does on a member's page: one form each, told apart by `act`. */
import { resendWelcome } from "@core/agents/cash_store.ts";
import {
  addActivity,
  addNote,
  finishNote,
  listActivities,
  listNotes,
  pinNote,
} from "@core/agents/notes_store.ts";
import { type AgentRefusal, unlessRefused } from "@core/agents/refusals.ts";
import type { z } from "zod";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import {
  ActivityForm,
  dueMoment,
  isFutureDay,
  NOTE_MOST,
  NoteActForm,
  NoteForm,
  pastMoment,
} from "./note_forms.ts";

/** What is said to be done. */
export const MEMBER_DONE = ["note", "act", "activity", "welcome"] as const;

/** Something that was done. */
export type MemberDone = typeof MEMBER_DONE[number];

/** The same words within this time are the same form, sent twice; in milliseconds. */
const SAME_FOR = 60_000;

/** What became of a form. */
export type MemberOutcome =
  | { readonly kind: "done"; readonly act: MemberDone }
  | { readonly kind: "not_found" }
  | {
    readonly kind: "again";
    readonly act: MemberDone;
    readonly problems: readonly Problem[];
    readonly typed: Typed;
    readonly status: number;
  };

/**
 * Does what a form asks for.
 *
 * @param state The request's, of the member's agent.
 * @param memberId The member.
 * @param typed The form.
 */
export async function actOnMember(
  state: State,
  memberId: string,
  typed: Typed,
): Promise<MemberOutcome> {
  switch (typed["act"]) {
    case "note":
      return await note(state, memberId, typed);
    case "activity":
      return await activity(state, memberId, typed);
    case "welcome":
      return await settle("welcome", typed, state.db((tx) => resendWelcome(tx, memberId)));
    default: {
      const form = NoteActForm.safeParse(typed);
      if (!form.success) return { kind: "not_found" };
      const { act, note } = form.data;
      return await settle(
        "act",
        typed,
        state.db((tx) =>
          act === "pin" || act === "unpin"
            ? pinNote(tx, note, act === "pin")
            : finishNote(tx, note, act === "finish")
        ),
      );
    }
  }
}

async function note(state: State, memberId: string, typed: Typed): Promise<MemberOutcome> {
  const form = NoteForm.safeParse(typed);
  if (!form.success) return again("note", noteProblems(form.error), typed);
  const { type, body, followUp } = form.data;
  const followUpAt = followUp === null ? null : dueMoment(followUp);
  const since = state.services.clock.now() - SAME_FOR;
  const added = state.db(async (tx) => {
    const [latest] = (await listNotes(tx, memberId)).filter(({ createdAt }) =>
      createdAt.getTime() > since
    ).filter((note) => note.isOwn && note.body === body && note.type === type);
    if (latest === undefined) await addNote(tx, { memberId, type, body, followUpAt });
  });
  return await settle("note", typed, added);
}

async function activity(state: State, memberId: string, typed: Typed): Promise<MemberOutcome> {
  const form = ActivityForm.safeParse(typed);
  if (!form.success) return again("activity", noteProblems(form.error), typed);
  const { kind, summary, happened } = form.data;
  const now = state.services.clock.now();
  if (happened === null || isFutureDay(happened, state.tenant.timeZone, now)) {
    return again("activity", [{ field: "happened", key: "agent.day.future" }], typed);
  }
  const happenedAt = pastMoment(happened, now);
  const added = state.db(async (tx) => {
    const [latest] = (await listActivities(tx, memberId)).filter(({ createdAt }) =>
      createdAt.getTime() > now - SAME_FOR
    ).filter((done) => done.isOwn && done.summary === summary && done.kind === kind);
    if (latest === undefined) await addActivity(tx, { memberId, kind, happenedAt, summary });
  });
  return await settle("activity", typed, added);
}

/** The first problem of each field of a note. */
export function noteProblems(error: z.ZodError): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, message } of error.issues) {
    const field = String(path[0]);
    const max = field === "summary" ? NOTE_MOST.summary : NOTE_MOST.body;
    // What nobody typed, such as an id of the page's, belongs to no field.
    const isTyped = isMessageKey(message);
    const key: MessageKey = isTyped ? message : "agent.refused.other";
    if (!problems.has(field)) {
      problems.set(field, { field: isTyped ? field : null, key, params: { max } });
    }
  }
  return [...problems.values()];
}

function again(
  act: MemberDone,
  problems: readonly Problem[],
  typed: Typed,
  status = 422,
): MemberOutcome {
  return { kind: "again", act, problems, typed, status };
}

async function settle(
  act: MemberDone,
  typed: Typed,
  work: Promise<unknown>,
): Promise<MemberOutcome> {
  const outcome = await unlessRefused(work);
  if (outcome.kind === "done") return { kind: "done", act };
  if (outcome.why === "not_found" || outcome.why === "not_allowed") return { kind: "not_found" };
  return again(
    act,
    [{ field: null, key: REFUSED[outcome.why] ?? "agent.refused.other" }],
    typed,
    409,
  );
}

const REFUSED: Readonly<Partial<Record<AgentRefusal, MessageKey>>> = {
  "too_many": "agent.refused.too_many",
  "moved_on": "agent.welcome.claimed",
};
