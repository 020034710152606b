/** Leads and their payments by hand, for those who check them. */
import { type Attempt, attemptsOfLead, readAttempt } from "@core/agents/cash_store.ts";
import { approveCash, askAboutCash, rejectCash } from "@core/agents/cash_store.ts";
import { readLead } from "@core/agents/lead_store.ts";
import type { Lead } from "@core/agents/leads.ts";
import { type AgentRefusal, unlessRefused } from "@core/agents/refusals.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import type { AuditLine } from "./webhook_events.ts";

/** What somebody who checks does with a payment. */
export const DECISIONS = ["approve", "ask", "reject"] as const;

/** One of {@linkcode DECISIONS}. */
export type Decision = typeof DECISIONS[number];

/** Most letters of a note; the database takes no more. */
export const NOTE_MAX = 1000;

/** A lead with everything about its payments. */
export interface LeadFile {
  readonly lead: Lead;
  /** The latest first. */
  readonly attempts: readonly Attempt[];
  /** What was done, the latest first; empty for those who do not read the audit log. */
  readonly trail: readonly AuditLine[];
}

/**
 * A lead with its payments.
 *
 * @param tx A transaction in the name of whoever checks.
 * @param id The lead.
 * @returns Null if there is none that they may see.
 */
export async function readLeadFile(tx: Transaction, id: string): Promise<LeadFile | null> {
  const [lead, attempts] = await Promise.all([readLead(tx, id), attemptsOfLead(tx, id)]);
  if (lead === null) return null;
  const ids = [id, ...attempts.map((attempt) => attempt.id)];
  const trail = await tx<AuditLine[]>`
    select a.id, a.action, a.actor_role, nullif(p.full_name, '') as actor_name, a.entity_type,
           a.entity_id, a.metadata, a.created_at
    from public.audit_log as a
    left join public.profiles as p on p.id = a.actor_id
    where a.tenant_id = ${lead.tenantId} and a.entity_id = any (${tx.array(ids)}::text[])
    order by a.seq desc
    limit 50`;
  return { lead, attempts, trail };
}

/** Name of the field that holds the note of a decision: several forms stand on one page. */
export function noteField(decision: Decision, attemptId: string): string {
  return `${decision}-${attemptId}`;
}

/** What came of a decision. */
export type Decided =
  /** With the member, if there is one now. */
  | { readonly kind: "done"; readonly attempt: Attempt; readonly memberId: string | null }
  | { readonly kind: "refused"; readonly attempt: Attempt; readonly problem: Problem }
  | { readonly kind: "unknown" };

/**
 * Carries out a decision about a payment. Approving again answers the same member; the others say
 * that somebody was faster.
 *
 * @param state The request's state.
 * @param id The payment.
 * @param decision What is decided.
 * @param typed The form's fields.
 */
export async function decide(
  state: State,
  id: string,
  decision: Decision,
  typed: Typed,
): Promise<Decided> {
  const attempt = await state.db((tx) => readAttempt(tx, id));
  if (attempt === null) return { kind: "unknown" };
  const field = noteField(decision, id);
  const note = (typed[field] ?? "").trim();
  const refused = (key: MessageKey, at: string | null): Decided => ({
    kind: "refused",
    attempt,
    problem: { field: at, key, params: { max: NOTE_MAX } },
  });
  if (decision !== "approve" && note === "") return refused("payments.note.missing", field);
  if ([...note].length > NOTE_MAX) return refused("payments.note.long", field);
  const outcome = await unlessRefused(state.db(async (tx) => {
    if (decision === "approve") return await approveCash(tx, id);
    await (decision === "ask" ? askAboutCash(tx, id, note) : rejectCash(tx, id, note));
    return null;
  }));
  if (outcome.kind === "done") return { kind: "done", attempt, memberId: outcome.value };
  if (outcome.why === "not_found") return { kind: "unknown" };
  return refused(REFUSALS[outcome.why] ?? "payments.refused", null);
}

const REFUSALS: Readonly<Partial<Record<AgentRefusal, MessageKey>>> = {
  "own_lead": "payments.refused.own_lead",
  "not_allowed": "payments.refused.not_allowed",
  "moved_on": "payments.refused.moved_on",
  "wrong_move": "payments.refused.moved_on",
  "plan_unknown": "payments.refused.plan",
  "already_member": "payments.refused.already_member",
  "other_tenant": "payments.refused.other_tenant",
  "other_role": "payments.refused.other_role",
  "account_locked": "payments.refused.account_locked",
  "agent_unknown": "payments.refused.agent_gone",
};
