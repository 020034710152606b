/** What the database's refusals about leads, payments, cards, notes and commissions mean. */
import { sqlState } from "../platform/database_failures.ts";

/** Why the database did not do what was asked. */
export type AgentRefusal =
  /** There is no such thing, or not for this person. */
  | "not_found"
  | "not_allowed"
  /** Nobody checks a payment of their own lead. */
  | "own_lead"
  /** Nobody decides about their own commission. */
  | "own_commission"
  /** Rejecting and asking need a note. */
  | "note_needed"
  | "reason_needed"
  /** Somebody else was faster; the page is out of date. */
  | "moved_on"
  /** The status does not lead there. */
  | "wrong_move"
  /** There is an open lead with this address; the detail is its id if it is the asker's. */
  | "lead_open"
  /** The lead is converted, lost or given up. */
  | "lead_over"
  /** A payment of this lead waits; the detail is its id. */
  | "payment_open"
  /** The plan is not on offer in this country. */
  | "plan_unknown"
  /** The receipt is not there, not the asker's, or belongs to another payment. */
  | "proof_unknown"
  /** The agent is not an active one of this country. */
  | "agent_unknown"
  /** The money was not taken in the last sixty days. */
  | "bad_date"
  | "already_member"
  | "other_tenant"
  | "other_role"
  | "account_locked"
  /** The membership does not stand; the detail is the commission's id. */
  | "commission_not_payable"
  /** More than anybody needs in a day. */
  | "too_many"
  /** What was sent cannot be stored as it is. */
  | "invalid";

/** By the beginning of PostgreSQL's message, which the migrations keep stable. */
const MESSAGES: readonly (readonly [beginning: RegExp, refusal: AgentRefusal])[] = [
  [/^nobody verifies a payment of their own lead/, "own_lead"],
  [/^nobody decides about their own commission/, "own_commission"],
  [/^this needs a note/, "note_needed"],
  [/needs a reason$/, "reason_needed"],
  [/^an open lead has this address/, "lead_open"],
  [/^a payment of this lead waits/, "payment_open"],
  [/^the lead is over/, "lead_over"],
  [/has moved on$/, "moved_on"],
  [/^the plan is not on offer/, "plan_unknown"],
  [/^this receipt is not there/, "proof_unknown"],
  [/^not an active agent/, "agent_unknown"],
  [/^the money was taken in the last sixty days/, "bad_date"],
  [/^this person has a membership/, "already_member"],
  [/^the address belongs to another country/, "other_tenant"],
  [/^the address belongs to somebody with a role/, "other_role"],
  [/^the account is locked/, "account_locked"],
  [/^the membership of a commission does not stand/, "commission_not_payable"],
];

const STATES: Readonly<Record<string, AgentRefusal>> = {
  "PT404": "not_found",
  "42501": "not_allowed",
  "23001": "wrong_move",
  "23502": "invalid",
  "23503": "invalid",
  "23514": "invalid",
  "22001": "invalid",
  "22021": "invalid",
  "55000": "moved_on",
  "54000": "too_many",
};

/**
 * What an error of the database means for whoever asked.
 *
 * @param error What was thrown.
 * @returns The refusal, or null if the error is none: then it is a fault of ours or of the network.
 */
export function agentRefusal(error: unknown): AgentRefusal | null {
  const state = sqlState(error);
  if (state === undefined) return null;
  const message = error instanceof Error ? error.message : "";
  return MESSAGES.find(([beginning]) => beginning.test(message))?.[1] ?? STATES[state] ?? null;
}

/** What became of something that the database may refuse. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | {
    readonly kind: "refused";
    readonly why: AgentRefusal;
    /** Which thing stands in the way: its id; null where that is not told. */
    readonly detail: string | null;
  };

/**
 * What becomes of something that the database may refuse.
 *
 * @param answer The transaction.
 * @returns `done` with its value, or `refused` with why.
 * @throws Whatever is no refusal.
 */
export async function unlessRefused<T>(answer: Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await answer };
  } catch (error) {
    const why = agentRefusal(error);
    if (why === null) throw error;
    const { detail } = error as { detail?: unknown };
    return { kind: "refused", why, detail: typeof detail === "string" && detail ? detail : null };
  }
}
