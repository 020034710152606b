/**
 * What waits for an agent about the members whom they look after, defined once: the home page, the
 * list of members and a member's page all read it from here.
 */
import type { Transaction } from "@core/platform/database.ts";

/** Why a member needs a look, the most pressing first. */
export const ATTENTION_REASONS = [
  /** Grace is over, or the money went back. */
  "suspended",
  /** A payment failed; the membership still holds. */
  "unpaid",
  /** Staff asked for a paper that nobody has sent. */
  "asked",
  /** The agent wanted to get in touch by now. */
  "follow_up",
  /** The membership ends soon and does not renew by itself. */
  "ending",
] as const;

/** Why a member needs a look. */
export type AttentionReason = typeof ATTENTION_REASONS[number];

/** Something that waits. */
export interface Attention {
  readonly reason: AttentionReason;
  readonly memberId: string;
  readonly memberName: string;
  readonly memberNumber: string | null;
  /** The claim, where it is about one. */
  readonly claimId: string | null;
  /** The note, where it is about one. */
  readonly noteId: string | null;
  /** A claim's title or what was noted; null where the reason says it all. */
  readonly about: string | null;
  /** Since when, or by when. */
  readonly at: Date | null;
}

/** Days before a membership's end from which it is told. */
const ENDING_DAYS = 30;
/** Most that one page tells; who has more works from the list of members. */
const MOST = 100;

/**
 * What waits about an agent's members, the most pressing first.
 *
 * @param tx A transaction in the agent's name.
 * @param agent The agent.
 * @param memberId Only about this member; null for all.
 */
export async function readAttention(
  tx: Transaction,
  agent: { readonly id: string; readonly tenantId: string },
  memberId: string | null = null,
): Promise<Attention[]> {
  return await tx<Attention[]>`
    select waiting.reason, waiting.member_id, waiting.claim_id, waiting.note_id, waiting.about,
           waiting.at, coalesce(nullif(member.full_name, ''), member.email) as member_name,
           member.member_number
    from (${attentionSql(tx, agent, memberId)}) as waiting
    join public.profiles as member on member.id = waiting.member_id
    order by array_position(${[
    ...ATTENTION_REASONS,
  ]}::text[], waiting.reason), waiting.at nulls last
    limit ${MOST}`;
}

/**
 * A query for everything that waits: `reason, member_id, claim_id, note_id, about, at`.
 *
 * @param tx The transaction of the statement that it becomes part of.
 * @param agent The agent.
 * @param memberId Only about this member; null for all.
 */
export function attentionSql(
  tx: Transaction,
  agent: { readonly id: string; readonly tenantId: string },
  memberId: string | null = null,
) {
  const mine = tx`
    select id from public.profiles
    where agent_id = ${agent.id} and tenant_id = ${agent.tenantId} and role = 'member'
      and is_active ${memberId === null ? tx`` : tx`and id = ${memberId}`}`;
  return tx`
    select case public.membership_access(late.user_id) when 'grace' then 'unpaid' else 'suspended' end
             as reason,
           late.user_id as member_id, null::uuid as claim_id, null::uuid as note_id,
           null::text as about, late.at
    from (
      select user_id, min(coalesce(grace_period_ends_at, access_revoked_at)) as at
      from public.subscriptions
      where user_id in (${mine}) and (status = 'past_due' or access_revoked_at is not null)
      group by user_id
    ) as late
    where public.membership_access(late.user_id) in ('grace', 'suspended')
    union all
    select 'asked', claim.member_id, claim.id, null, claim.title, min(message.created_at)
    from public.claims as claim
    join public.claim_messages as message
      on message.claim_id = claim.id and message.tenant_id = claim.tenant_id
    where claim.member_id in (${mine}) and claim.is_open
      and message.is_document_request and message.fulfilled_at is null
    group by claim.id, claim.member_id, claim.title
    union all
    select 'follow_up', note.member_id, null, note.id, note.body, note.follow_up_at
    from public.member_notes as note
    where note.member_id in (${mine}) and note.author_id = ${agent.id}
      and note.follow_up_at < now() and note.done_at is null
    union all
    select 'ending', ending.user_id, null, null, null, ending.at
    from (
      select user_id, max(current_period_end) as at
      from public.subscriptions
      where user_id in (${mine}) and status in ('active', 'trialing')
      group by user_id
      having bool_and(cancel_at_period_end)
    ) as ending
    where ending.at between now() and now() + make_interval(days => ${ENDING_DAYS})`;
}
