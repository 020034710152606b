/** What is going on with a person: everything that happened, in one order, as far as the reader may see it. */
import type { Transaction } from "@core/platform/database.ts";

/** Of what kind something is that happened. */
export type StoryKind =
  | "membership"
  | "payment"
  | "event"
  | "claim"
  | "mail"
  | "note"
  | "audit";

/** One thing that happened. */
export interface StoryLine {
  readonly kind: StoryKind;
  readonly at: Date;
  /** Name of what happened: a status, a kind of entry, an action, a template; of a note its words. */
  readonly what: string;
  /** What it is about, in the words that are stored. */
  readonly detail: string | null;
  /** Money that moved, in cents. */
  readonly cents: number | null;
  readonly currency: string | null;
  /** Id to be linked. */
  readonly ref: string;
}

/** Lines that are shown. */
const MOST = 80;

/**
 * The latest things that happened to a member. Each part is read with the reader's rights: a branch manager
 * sees no mails, no events and no audit log.
 *
 * @param tx A transaction in the reader's name.
 * @param id The member.
 */
export async function readStory(tx: Transaction, id: string): Promise<StoryLine[]> {
  return await tx<StoryLine[]>`
    with story as (
      select 'membership' as kind, coalesce(s.started_at, s.created_at) as at, 'begun' as what,
             p.name as detail, null::bigint as cents, null::text as currency, s.id::text as ref
      from public.subscriptions as s
      left join public.membership_plans as p on p.id = s.plan_id
      where s.user_id = ${id}
      union all
      select 'payment', l.occurred_at, l.entry_type, i.number, l.amount_cents, l.currency::text,
             i.id::text
      from public.billing_invoices as i
      join public.billing_ledger_entries as l on l.invoice_id = i.id
      where i.user_id = ${id}
      union all
      select 'event', e.received_at, e.event_type, e.processing_result, null, null, e.id::text
      from public.webhook_events as e
      where e.member_id = ${id}
      union all
      select 'claim', h.created_at, h.to_status, c.claim_number, null, null, c.id::text
      from public.claims as c
      join public.claim_stage_history as h on h.claim_id = c.id
      where c.member_id = ${id} and h.from_status is distinct from h.to_status
      union all
      select 'mail', coalesce(m.sent_at, m.created_at), m.template_key, m.status, null, null,
             m.id::text
      from public.engagement_email_sends as m
      where m.user_id = ${id}
      union all
      select 'note', n.created_at, n.body, n.author_name, null, null, n.id::text
      from public.member_notes as n
      where n.member_id = ${id}
      union all
      select 'audit', a.created_at, a.action, coalesce(nullif(p.full_name, ''), a.actor_role), null,
             null, a.id::text
      from public.audit_log as a
      left join public.profiles as p on p.id = a.actor_id
      where a.entity_id = ${id}
    )
    select kind, at, what, detail, cents, currency, ref
    from story
    where at is not null
    order by at desc, kind, ref
    limit ${MOST}`;
}
