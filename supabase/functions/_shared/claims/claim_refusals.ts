/** What the database's refusals about claims mean. */
import { sqlState } from "../platform/database_failures.ts";

/** Why the database did not do what was asked. */
export type ClaimRefusal =
  /** There is no such claim, or not for this person. */
  | "not_found"
  /** The draft lacks something. */
  | "incomplete"
  /** Sending needs an active membership. */
  | "membership_needed"
  /** Somebody else was faster; the page is out of date. */
  | "moved_on"
  /** The status does not lead there. */
  | "wrong_move"
  | "reason_needed"
  /** The claim is somebody's by now. */
  | "taken"
  | "too_many_documents"
  /** Role or ownership do not allow it. */
  | "not_allowed"
  /** What was sent cannot be stored as it is. */
  | "invalid";

/** By the beginning of PostgreSQL's message, which the migrations keep stable. */
const MESSAGES: readonly (readonly [beginning: RegExp, refusal: ClaimRefusal])[] = [
  [/^claim is incomplete/, "incomplete"],
  [/^sending a claim needs/, "membership_needed"],
  [/^claim has moved on/, "moved_on"],
  [/^claim is assigned to somebody else/, "taken"],
  [/^a claim does not move/, "wrong_move"],
  [/needs a reason$/, "reason_needed"],
];

const STATES: Readonly<Record<string, ClaimRefusal>> = {
  "PT404": "not_found",
  "42501": "not_allowed",
  "23514": "invalid",
  "23502": "invalid",
  "22001": "invalid",
  "23001": "wrong_move",
  "55000": "moved_on",
  "54000": "too_many_documents",
};

/**
 * What an error of the database means for whoever asked.
 *
 * @param error What was thrown.
 * @returns The refusal, or null if the error is none: then it is a fault of ours or of the network.
 */
export function claimRefusal(error: unknown): ClaimRefusal | null {
  const state = sqlState(error);
  if (state === undefined) return null;
  const message = error instanceof Error ? error.message : "";
  return MESSAGES.find(([beginning]) => beginning.test(message))?.[1] ?? STATES[state] ?? null;
}

/**
 * What becomes of something that the database may refuse.
 *
 * @param answer The transaction.
 * @returns `done` with its value, or `refused` with why.
 * @throws Whatever is no refusal.
 */
export async function unlessRefused<T>(
  answer: Promise<T>,
): Promise<
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "refused"; readonly why: ClaimRefusal }
> {
  try {
    return { kind: "done", value: await answer };
  } catch (error) {
    const why = claimRefusal(error);
    if (why === null) throw error;
    return { kind: "refused", why };
  }
}
