/** Payments by hand: handed in by an agent, checked by somebody else. See `refusals.ts` for errors. */
import type { Transaction } from "../platform/database.ts";
import type { PageOf } from "./lead_store.ts";
import type { Attempt, AttemptList, AttemptStatus, CashFacts, WelcomeState } from "./cash.ts";

export type { Attempt, AttemptList, AttemptStatus, CashFacts, WelcomeState } from "./cash.ts";

const LISTED: Readonly<Record<AttemptList, readonly AttemptStatus[]>> = {
  waiting: ["pending"],
  "needs_info": ["needs_info"],
  decided: ["succeeded", "rejected", "canceled", "failed"],
  all: ["pending", "needs_info", "succeeded", "rejected", "canceled", "failed"],
};

/**
 * Hands in cash that the agent took.
 *
 * @param tx A transaction in the agent's name.
 * @param payment For which lead and plan, and what is known of it.
 * @returns Id of the payment.
 */
export async function recordCash(
  tx: Transaction,
  payment: CashFacts & { readonly leadId: string; readonly planId: string },
): Promise<string> {
  const { leadId, planId, receiptNumber, receivedAt, proofId, note } = payment;
  const [row] = await tx<{ id: string }[]>`
    select private.record_cash(
      ${leadId}::uuid, ${planId}::uuid, ${receiptNumber}, ${receivedAt}::timestamptz,
      ${proofId}::uuid, ${note}
    ) as id`;
  if (row === undefined) throw new Error("private.record_cash returned no row");
  return row.id;
}

/**
 * Hands a payment in again, after a question.
 *
 * @param tx A transaction in the agent's name.
 * @param id The payment.
 * @param facts What is known of it now.
 */
export async function resubmitCash(tx: Transaction, id: string, facts: CashFacts): Promise<void> {
  const { receiptNumber, receivedAt, proofId, note } = facts;
  await tx`
    select private.resubmit_cash(
      ${id}::uuid, ${receiptNumber}, ${receivedAt}::timestamptz, ${proofId}::uuid, ${note}
    )`;
}

/**
 * Takes a payment back that was handed in by mistake.
 *
 * @param tx A transaction in the agent's name.
 * @param id The payment.
 */
export async function cancelCash(tx: Transaction, id: string): Promise<void> {
  await tx`select private.cancel_cash(${id}::uuid)`;
}

/**
 * Approves a payment: the member is there with all that belongs to it, or nothing happened. Again, it
 * answers the same member.
 *
 * @param tx A transaction in the name of whoever checks.
 * @param id The payment.
 * @returns The member.
 */
export async function approveCash(tx: Transaction, id: string): Promise<string> {
  const [row] = await tx<{ memberId: string }[]>`
    select private.approve_cash(${id}::uuid) as member_id`;
  if (row === undefined) throw new Error("private.approve_cash returned no row");
  return row.memberId;
}

/**
 * Rejects a payment; the lead is open again.
 *
 * @param tx A transaction in the name of whoever checks.
 * @param id The payment.
 * @param note Why, for the agent.
 */
export async function rejectCash(tx: Transaction, id: string, note: string): Promise<void> {
  await tx`select private.reject_cash(${id}::uuid, ${note})`;
}

/**
 * Asks the agent about a payment.
 *
 * @param tx A transaction in the name of whoever checks.
 * @param id The payment.
 * @param note What is asked.
 */
export async function askAboutCash(tx: Transaction, id: string, note: string): Promise<void> {
  await tx`select private.ask_about_cash(${id}::uuid, ${note})`;
}

/**
 * A page of the payments that somebody sees: those that wait from the oldest, others from the latest.
 *
 * @param tx A transaction in the person's name.
 * @param list Which, from page 1.
 */
export async function listAttempts(
  tx: Transaction,
  { state, page, perPage }: {
    readonly state: AttemptList;
    readonly page: number;
    readonly perPage: number;
  },
): Promise<PageOf<Attempt>> {
  const statuses = tx.array([...LISTED[state]]);
  const order = state === "waiting" || state === "needs_info"
    ? tx`coalesce(attempt.resubmitted_at, attempt.created_at), attempt.id`
    : tx`attempt.created_at desc, attempt.id`;
  const [items, [counted]] = await Promise.all([
    tx<Attempt[]>`
      ${columns(tx)}
      where attempt.status = any (${statuses}::text[])
      order by ${order}
      limit ${perPage} offset ${(page - 1) * perPage}`,
    tx<{ total: number }[]>`
      select count(*)::integer as total
      from public.lead_payment_attempts as attempt
      where attempt.status = any (${statuses}::text[])`,
  ]);
  return { items, total: counted?.total ?? 0 };
}

/**
 * A payment.
 *
 * @param tx A transaction in somebody's name.
 * @param id The payment.
 * @returns Null if there is none that they may see.
 */
export async function readAttempt(tx: Transaction, id: string): Promise<Attempt | null> {
  const [row] = await tx<Attempt[]>`${columns(tx)} where attempt.id = ${id}::uuid`;
  return row ?? null;
}

/**
 * The payments of a lead, the latest first.
 *
 * @param tx A transaction in somebody's name.
 * @param leadId The lead.
 */
export async function attemptsOfLead(tx: Transaction, leadId: string): Promise<Attempt[]> {
  return await tx<Attempt[]>`
    ${columns(tx)}
    where attempt.lead_id = ${leadId}::uuid
    order by attempt.created_at desc, attempt.id
    limit 50`;
}

/**
 * How far the account of a member is who came through an agent.
 *
 * @param tx A transaction in the name of whoever looks after them.
 * @param memberId The member.
 */
export async function welcomeState(tx: Transaction, memberId: string): Promise<WelcomeState> {
  const [row] = await tx<{ state: WelcomeState | null }[]>`
    select private.welcome_progress(${memberId}::uuid) as state`;
  return row?.state ?? "none";
}

/**
 * Has the mail sent again by which a new member chooses a password.
 *
 * @param tx A transaction in the name of whoever looks after them.
 * @param memberId The member.
 */
export async function resendWelcome(tx: Transaction, memberId: string): Promise<void> {
  await tx`select private.resend_welcome(${memberId}::uuid)`;
}

function columns(tx: Transaction) {
  return tx`
    select attempt.id, attempt.tenant_id, attempt.lead_id,
           concat_ws(' ', lead.first_name, lead.last_name) as lead_name, lead.email as lead_email,
           lead.agent_id, agent.full_name as agent_name, lead.branch_id,
           branch.name as branch_name, attempt.method, attempt.status, attempt.plan_id,
           plan.name as plan_name, attempt.amount_cents, attempt.currency, attempt.receipt_number,
           attempt.received_at, attempt.proof_id, proof.file_name as proof_name,
           proof.file_type as proof_type,
           case when proof.is_readable then proof.file_size end as proof_size,
           coalesce(warned.proof_used_before, false) as proof_used_before,
           coalesce(warned.receipt_used_before, false) as receipt_used_before,
           attempt.note, attempt.is_resubmission, attempt.resubmitted_at, attempt.verified_by,
           verifier.full_name as verifier_name, attempt.verified_at, attempt.verification_note,
           attempt.subscription_id, lead.converted_user_id as member_id,
           (select auth.uid()) in (lead.agent_id, lead.created_by, attempt.created_by) as is_own,
           attempt.created_by, attempt.created_at, attempt.updated_at
    from public.lead_payment_attempts as attempt
    join public.member_leads as lead on lead.id = attempt.lead_id
    left join public.profiles as agent on agent.id = lead.agent_id
    left join public.profiles as verifier on verifier.id = attempt.verified_by
    left join public.branches as branch on branch.id = lead.branch_id
    left join public.membership_plans as plan on plan.id = attempt.plan_id
    left join public.payment_proofs as proof on proof.id = attempt.proof_id
    left join lateral private.attempt_warnings(attempt.id) as warned on true`;
}
