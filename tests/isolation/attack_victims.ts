/**
 * Members who have something that others could be after.
 */
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { newMember, sentClaim } from "../support/claims.ts";

/** Somebody with a claim, a document, a share pack, a link, a mail and a notification. */
export interface Victim {
  readonly member: string;
  readonly claim: string;
  readonly document: string;
  readonly pack: string;
  readonly mail: string;
  readonly notification: string;
  readonly event: string;
}

/** Makes one, as real ones are made; take away what failed for them by {@linkcode forget}. */
export async function makeVictim(sql: Sql, tenant: string): Promise<Victim> {
  const member = await newMember(sql, { tenant });
  const { id: claim } = await sentClaim(sql, member);
  const [made] = await sql<Victim[]>`
    with document as (
      insert into public.claim_documents (claim_id, name, file_type, file_size, uploaded_by)
      values (${claim}, 'paper.pdf', 'application/pdf', 1000, ${member}) returning id
    ), pack as (
      insert into public.share_packs (claim_id, created_by, token_hash, expires_at)
      values (${claim}, ${member}, encode(sha256(convert_to(${claim}::text, 'UTF8')), 'hex'),
        now() + interval '1 day')
      returning id
    ), link as (
      insert into public.claim_tracking_tokens (claim_id, token_hash)
      values (${claim}, encode(sha256(convert_to(${claim}::text, 'UTF8')), 'hex'))
    ), mail as (
      insert into public.engagement_email_sends
        (tenant_id, user_id, template_key, dedupe_key, status, error)
      values (${tenant}, ${member}, 'welcome', 'attack:' || ${claim}::text, 'error', 'refused')
      returning id
    ), notification as (
      insert into public.notifications (tenant_id, user_id, type, action_path, dedupe_key)
      values (${tenant}, ${member}, 'claim_message', '/member', 'attack:' || ${claim}::text)
      returning id
    ), event as (
      insert into public.webhook_events
        (tenant_id, dedupe_key, signature_valid, payload, payload_hash, processing_result, attempts)
      values (${tenant}, 'attack:' || ${claim}::text, true, '{}', repeat('0', 64), 'error', 20)
      returning id
    )
    select
      ${member}::uuid as member, ${claim}::uuid as claim, document.id as document, pack.id as pack,
      mail.id as mail, notification.id as notification, event.id as event
    from document, pack, mail, notification, event`;
  assert.ok(made);
  return made;
}

/** Everything that is stored about a victim, to see that nothing changed. */
export async function stored(sql: Sql, victim: Victim): Promise<unknown> {
  const [row] = await sql`
    select
      (select to_jsonb(p) from public.profiles as p where id = ${victim.member}) as person,
      (select to_jsonb(c) from public.claims as c where id = ${victim.claim}) as claim,
      (select jsonb_agg(m order by m.id) from public.claim_messages as m where claim_id = ${victim.claim}) as messages,
      (select jsonb_agg(d order by d.id) from public.claim_documents as d where claim_id = ${victim.claim}) as documents,
      (select jsonb_agg(s order by s.id) from public.share_packs as s where claim_id = ${victim.claim}) as packs,
      (select jsonb_agg(t order by t.id) from public.claim_tracking_tokens as t where claim_id = ${victim.claim}) as links,
      (select to_jsonb(e) from public.engagement_email_sends as e where id = ${victim.mail}) as mail,
      (select to_jsonb(n) from public.notifications as n where id = ${victim.notification}) as notification,
      (select to_jsonb(w) from public.webhook_events as w where id = ${victim.event}) as event,
      (select jsonb_agg(u order by u.id) from public.subscriptions as u where user_id = ${victim.member}) as memberships,
      (select jsonb_agg(r order by r.id) from public.privacy_requests as r where user_id = ${victim.member}) as requests`;
  return row;
}

/** Takes away what would be counted as failed by jobs and lists of other tests. */
export async function forget(sql: Sql, ...victims: readonly Victim[]): Promise<void> {
  const mails = victims.map((victim) => victim.mail);
  const events = victims.map((victim) => victim.event);
  await sql`delete from public.engagement_email_sends where id = any (${mails})`;
  await sql`delete from public.webhook_events where id = any (${events})`;
}
