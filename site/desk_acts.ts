/** What can be done on a claim's page by those who work on it: one form each, told apart by `act`. */
import { z } from "zod";
import { assignClaim } from "@core/claims/assign_store.ts";
import { type Claim, CLAIM_STATUSES, MOST } from "@core/claims/claim.ts";
import { type ClaimRefusal, unlessRefused } from "@core/claims/claim_refusals.ts";
import { writeMessage } from "@core/claims/message_store.ts";
import { moveClaim } from "@core/claims/move_store.ts";
import { revokeTrackingLink } from "@core/claims/tracking_store.ts";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import { viewerOf } from "./guards.ts";
import { makeTrackingLink } from "./share_forms.ts";

/** Everything that can be done. */
export const DESK_ACTS = [
  "message",
  "ask",
  "note",
  "move",
  "take",
  "assign",
  "track",
  "untrack",
] as const;

/** Something that can be done. */
export type DeskAct = typeof DESK_ACTS[number];

/** What is said to be done; a link that was made is shown instead. */
export type DoneAct = Exclude<DeskAct, "track">;

/** A form that has to be looked at again. */
export interface DeskAgain {
  readonly act: DeskAct;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** What became of a form. */
export type DeskOutcome =
  | { readonly kind: "done"; readonly act: DoneAct }
  /** A link, which is shown once. */
  | { readonly kind: "link"; readonly token: string }
  | { readonly kind: "again"; readonly again: DeskAgain; readonly status: 409 | 422 }
  | { readonly kind: "not_found" };

type Act = (state: State, claim: Claim, typed: Typed) => Promise<ClaimRefusal | null>;

const key = (text: MessageKey): MessageKey => text;

/** A text that has to be there, of so many letters at most. */
const text = (max: number, missing: MessageKey, long: MessageKey) =>
  z.string(missing).trim().min(1, missing).refine((words) => [...words].length <= max, long);
/** A text that may be left out. */
const remark = (max: number, long: MessageKey) =>
  z.string().default("").transform((words) => words.trim())
    .refine((words) => [...words].length <= max, long)
    .transform((words) => words || null);
const longMessage = key("claim.message.long");
const longReason = key("staff.reason.long");
const REFUSED = key("staff.refused");

const Message = z.object({
  id: z.uuid(),
  body: text(MOST.message, key("claim.message.missing"), longMessage),
});
const Ask = z.object({
  id: z.uuid(),
  wanted: text(MOST.message, key("staff.ask.missing"), longMessage),
});
const Note = z.object({
  id: z.uuid(),
  note: text(MOST.message, key("staff.note.missing"), longMessage),
});
const Move = z.object({
  to: z.enum(CLAIM_STATUSES, key("staff.move.where")),
  from: z.enum(CLAIM_STATUSES),
  reason: remark(MOST.reason, longReason),
  internal: remark(MOST.reason, longReason),
}).refine(({ to, reason }) => to !== "rejected" || reason !== null, {
  path: ["reason"],
  message: key("staff.move.reason_missing"),
});
const Assign = z.object({
  colleague: z.literal("nobody").transform(() => null).or(z.guid(key("staff.assign.whom"))),
  from: z.literal("").transform(() => null).or(z.guid()),
  why: remark(MOST.reason, longReason),
}).refine(({ from, why }) => from === null || why !== null, {
  path: ["why"],
  message: key("staff.assign.why_missing"),
});

/** What a form of a page does, and which of its fields a refusal belongs to. */
interface Form {
  readonly schema: z.ZodType;
  readonly act: Act;
  readonly field: string | null;
}

const write = (part: "body" | "wanted" | "note"): Act => (state, claim, typed) =>
  refusalOf(state.db((tx) =>
    writeMessage(tx, {
      id: typed["id"] ?? "",
      claimId: claim.id,
      body: (typed[part] ?? "").trim(),
      isInternal: part === "note",
      isDocumentRequest: part === "wanted",
    })
  ));

const FORMS: Readonly<Record<DoneAct, Form>> = {
  message: { schema: Message, act: write("body"), field: "body" },
  ask: { schema: Ask, act: write("wanted"), field: "wanted" },
  note: { schema: Note, act: write("note"), field: "note" },
  move: {
    schema: Move,
    act(state, { id: claimId }, typed) {
      const { to, from, reason, internal: note } = Move.parse(typed);
      return refusalOf(state.db((tx) => moveClaim(tx, { claimId, to, from, reason, note })));
    },
    field: null,
  },
  take: {
    schema: z.object({}),
    act(state, { id: claimId }) {
      const to = viewerOf(state).id;
      return refusalOf(
        state.db((tx) => assignClaim(tx, { claimId, to, from: null, reason: null })),
      );
    },
    field: null,
  },
  assign: {
    schema: Assign,
    act(state, { id: claimId }, typed) {
      const { colleague: to, from, why: reason } = Assign.parse(typed);
      return refusalOf(state.db((tx) => assignClaim(tx, { claimId, to, from, reason })));
    },
    field: null,
  },
  untrack: {
    schema: z.object({}),
    act: (state, { id }) => refusalOf(state.db((tx) => revokeTrackingLink(tx, id))),
    field: null,
  },
};

/** What is said about a refusal; the rest is told as something that did not work. */
const WORDS: Readonly<Partial<Record<ClaimRefusal, MessageKey>>> = {
  "moved_on": "staff.move.stale",
  "wrong_move": "staff.move.stale",
  "taken": "staff.assign.taken",
  "reason_needed": "staff.move.reason_missing",
};

/**
 * Does what a form asks for.
 *
 * @param state The request's, of someone who works on claims.
 * @param claim The claim.
 * @param typed The form.
 */
export async function actOnClaim(
  state: State,
  claim: Claim,
  typed: Typed,
): Promise<DeskOutcome> {
  const act = DESK_ACTS.find((known) => known === typed["act"]);
  if (act === undefined) return { kind: "not_found" };
  const again = (problems: readonly Problem[], status: 409 | 422): DeskOutcome => ({
    kind: "again",
    again: { act, typed, problems },
    status,
  });
  if (act === "track") {
    const made = await makeTrackingLink(state, claim.id, typed);
    if (made.kind === "made") return { kind: "link", token: made.token };
    return made.kind === "refused" ? again(made.problems, 409) : made;
  }
  const { schema, act: work, field } = FORMS[act];
  const checked = schema.safeParse(typed);
  if (!checked.success) return again(problemsOf(checked.error), 422);
  const why = await work(state, claim, typed);
  if (why === null) return { kind: "done", act };
  if (why === "not_found") return { kind: "not_found" };
  return again([{ field, key: WORDS[why] ?? REFUSED }], 409);
}

async function refusalOf(work: Promise<unknown>): Promise<ClaimRefusal | null> {
  const outcome = await unlessRefused(work);
  return outcome.kind === "done" ? null : outcome.why;
}

/** The first problem of each field. */
function problemsOf(error: z.ZodError): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, message } of error.issues) {
    // What nobody typed, such as an id of the page's, belongs to no field.
    const isTyped = isMessageKey(message);
    const field = isTyped ? String(path[0]) : null;
    const params = { max: message === longReason ? MOST.reason : MOST.message };
    if (problems.has(`${field}`)) continue;
    problems.set(`${field}`, { field, key: isTyped ? message : REFUSED, params });
  }
  return [...problems.values()];
}
