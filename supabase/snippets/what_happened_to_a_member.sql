-- What happened to a member
--
-- A look, not a check. Write a member's number into the first line; you get their membership's events,
-- payments, mails and everything on the audit log about them, the newest first.
-- The page /admin/members tells the same with less effort; this is for when the site is away.
with person as (select id, tenant_id from public.profiles where member_number = 'MEM-2026-000001')
select at, kind, what, detail
from (
  select event.received_at as at, 'Paddle' as kind, event.event_type as what,
    concat_ws(' ', event.processing_result, event.error) as detail
  from public.webhook_events as event
  join person on event.member_id = person.id
  union all
  select invoice.billed_at, 'payment', invoice.status,
    (invoice.amount_cents / 100.0)::text || ' ' || invoice.currency
  from public.billing_invoices as invoice
  join person on invoice.user_id = person.id
  union all
  select coalesce(mail.sent_at, mail.created_at), 'mail', mail.template_key,
    concat_ws(' ', mail.status, mail.error)
  from public.engagement_email_sends as mail
  join person on mail.user_id = person.id
  union all
  select claim.created_at, 'claim', coalesce(claim.claim_number, 'draft'), claim.status
  from public.claims as claim
  join person on claim.member_id = person.id
  union all
  select entry.created_at, 'audit', entry.action, coalesce(entry.entity_type, '')
  from public.audit_log as entry
  join person on entry.actor_id = person.id or entry.entity_id = person.id::text
) as story
order by at desc nulls last
limit 200;
