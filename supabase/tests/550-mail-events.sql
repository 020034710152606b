-- What Resend tells about a mail: stored once, noted in the ledger, and obeyed.
begin;
set local search_path = public, extensions;

select plan(49);

select tests.populate();

insert into public.engagement_email_sends
  (id, tenant_id, user_id, template_key, dedupe_key, status, sent_at, provider_message_id)
values
  ('00000000-0000-4000-8000-000000000001', 'ks', tests.id_of('ks_member'), 'welcome', 'event:1',
   'sent', now(), 'msg_1'),
  ('00000000-0000-4000-8000-000000000002', 'ks', tests.id_of('ks_other_member'), 'nps_v1', 'event:2',
   'pending', null, null),
  ('00000000-0000-4000-8000-000000000003', 'mk', tests.id_of('mk_member'), 'nps_v1', 'event:3',
   'sent', now(), 'msg_3');

create function pg_temp.told(
  id text,
  type text,
  message text default null,
  mail integer default null,
  recipient text default null,
  suppress text default null,
  detail jsonb default '{}'
)
returns text
language sql
as $$
  select private.record_mail_event(
    id, type, '2026-05-01 10:00:00Z', message,
    ('00000000-0000-4000-8000-00000000000' || mail)::uuid, recipient, suppress, detail
  )
$$;
grant execute on function pg_temp.told(text, text, text, integer, text, text, jsonb) to public;

-- Who may tell ----------------------------------------------------------------------------------------

select throws_ok(
  $$ select pg_temp.told('e0', 'email.delivered', 'msg_1') $$, '42501', null, who || ' tells nothing'
)
from unnest(array['anon', 'service_cron', 'service_auth']) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok(
  $$ select pg_temp.told('e0', 'email.delivered', 'msg_1') $$, '42501', null, 'nor a super admin'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  $$
    insert into public.mail_events (id, type, occurred_at) values ('e0', 'email.sent', now())
  $$,
  '42501', null, 'webhooks write no event but by the function'
);
select throws_ok(
  'select id from public.mail_events', '42501', null, 'and read none'
);

-- Delivered -------------------------------------------------------------------------------------------

select is(pg_temp.told('e1', 'email.delivered', 'msg_1'), 'stored', 'a delivery is stored');
select is(pg_temp.told('e1', 'email.delivered', 'msg_1'), 'duplicate', 'once');
select is(
  pg_temp.told('e2', 'email.delivered', 'msg_2', 2), 'stored',
  'one that is faster than our own note of Resend''s id finds its mail by ours'
);
select is(pg_temp.told('e3', 'email.opened', 'msg_1'), 'stored', 'other news are stored');
select is(
  pg_temp.told('e4', 'email.bounced', 'msg_other', 9, 'ks_member@example.test', 'bounced'),
  'unknown_mail', 'what is about no mail of ours stops nobody''s'
);
select is(
  pg_temp.told('e5', 'email.delivered'), 'unknown_mail', 'nor what names none'
);
select throws_ok(
  $$ select pg_temp.told('e6', 'email.bounced', 'msg_1', suppress => 'forever') $$,
  '23514', null, 'there are two reasons to stop'
);

select tests.act_as_owner();
select results_eq(
  $$
    select dedupe_key, delivered_at, bounced_at, complained_at
    from public.engagement_email_sends where dedupe_key like 'event:%' order by dedupe_key
  $$,
  $$
    values
      ('event:1', timestamptz '2026-05-01 10:00:00Z', null::timestamptz, null::timestamptz),
      ('event:2', timestamptz '2026-05-01 10:00:00Z', null, null),
      ('event:3', null, null, null)
  $$,
  'the ledger says which mails were delivered'
);
select results_eq(
  $$
    select id, tenant_id, send_id, type, provider_message_id
    from public.mail_events order by id
  $$,
  $$
    values
      ('e1', 'ks', '00000000-0000-4000-8000-000000000001'::uuid, 'email.delivered', 'msg_1'),
      ('e2', 'ks', '00000000-0000-4000-8000-000000000002', 'email.delivered', 'msg_2'),
      ('e3', 'ks', '00000000-0000-4000-8000-000000000001', 'email.opened', 'msg_1'),
      ('e4', null, null, 'email.bounced', 'msg_other'),
      ('e5', null, null, 'email.delivered', null)
  $$,
  'each event is kept with its mail'
);
select is_empty(
  'select id from public.profiles where email_undeliverable_at is not null', 'nobody is stopped yet'
);

-- Arrived after all ----------------------------------------------------------------------------------

insert into public.engagement_email_sends
  (id, tenant_id, user_id, template_key, dedupe_key, status, error)
select
  ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'ks', tests.id_of('ks_agent'), 'welcome',
  'event:' || n, 'error', error
from (values (4, 'unknown_outcome: no answer'), (5, 'refused: no')) as mail (n, error);
select tests.act_as_role('service_webhooks');
select is(
  pg_temp.told('a' || mail, 'email.sent', 'msg_' || mail, mail), 'stored', 'news of a mail that failed'
)
from unnest(array[4, 5]) as mail;
select tests.act_as_owner();
select results_eq(
  $$
    select dedupe_key, status, sent_at, error, provider_message_id
    from public.engagement_email_sends where dedupe_key in ('event:4', 'event:5') order by dedupe_key
  $$,
  $$
    values
      ('event:4', 'sent', timestamptz '2026-05-01 10:00:00Z', null::text, 'msg_4'),
      ('event:5', 'error', null, 'refused: no', null)
  $$,
  'one that may have arrived was sent'
);

-- Did not arrive ---------------------------------------------------------------------------------------

insert into public.engagement_email_sends
  (id, tenant_id, user_id, template_key, dedupe_key, status, sent_at)
select
  ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'ks', tests.id_of('ks_agent'), 'welcome',
  'event:' || n, 'sent', now()
from generate_series(6, 8) as n;
select tests.act_as_role('service_webhooks');
select pg_temp.told('f6', 'email.bounced', 'msg_6', 6, recipient => 'ks_agent@example.test');
select pg_temp.told('f7', 'email.failed', 'msg_7', 7, recipient => 'ks_agent@example.test');
select pg_temp.told('f8', 'email.delivery_delayed', 'msg_8', 8, recipient => 'ks_agent@example.test');
select tests.act_as_owner();
select is(
  (select bounced_at is not null from public.engagement_email_sends where dedupe_key = 'event:' || n),
  expected, what
)
from (values
  (6, true, 'a mail for a mailbox that is full came back'),
  (7, true, 'so did one that Resend could not send'),
  (8, false, 'one that has to wait did not')
) as mail (n, expected, what);
select tests.act_as_role('service_webhooks');
select pg_temp.told('g6', 'email.delivered', 'msg_6', 6, recipient => 'ks_agent@example.test');
select tests.act_as_owner();
select is(
  (select bounced_at from public.engagement_email_sends where dedupe_key = 'event:6'),
  null, 'one that arrived at a later try did not come back'
);
select tests.act_as_role('service_webhooks');
select pg_temp.told('h6', 'email.bounced', 'msg_6', 6, recipient => 'ks_agent@example.test');
select tests.act_as_owner();
select is(
  (select bounced_at from public.engagement_email_sends where dedupe_key = 'event:6'),
  null, 'in whichever order that is told'
);

-- Bounced ---------------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select pg_temp.told('b1', 'email.bounced', 'msg_1', recipient => 'old@example.test', suppress => 'bounced');
select tests.act_as_owner();
select results_eq(
  $$
    select bounced_at from public.engagement_email_sends where dedupe_key = 'event:1'
  $$,
  $$ values (timestamptz '2026-05-01 10:00:00Z') $$, 'a bounce is noted'
);
select is_empty(
  'select id from public.profiles where email_undeliverable_at is not null',
  'that of an address which the person no longer has stops no mails'
);
select tests.act_as_role('service_webhooks');
select pg_temp.told(
  'b2', 'email.bounced', 'msg_1', recipient => 'KS_Member@example.test', suppress => 'bounced',
  detail => '{"reason": "no such mailbox"}'
);
select tests.act_as_owner();
select results_eq(
  $$
    select id, email_undeliverable_at, email_undeliverable_reason
    from public.profiles where email_undeliverable_at is not null
  $$,
  $$ values (tests.id_of('ks_member'), timestamptz '2026-05-01 10:00:00Z', 'no such mailbox') $$,
  'that of the present one stops this person''s, in whatever case it is written'
);
select tests.act_as_role('service_webhooks');
select is(
  pg_temp.told('b3', 'email.bounced', 'msg_3', recipient => 'mk_member@example.test'), 'stored',
  'a bounce that is not for good is stored'
);
select tests.act_as_owner();
select is_empty(
  $$
    select id from public.profiles
    where id = tests.id_of('mk_member') and email_undeliverable_at is not null
  $$,
  'and stops nothing'
);

-- Complained about ------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select pg_temp.told(
  'c1', 'email.complained', 'msg_3', recipient => 'mk_member@example.test', suppress => 'complained'
);
select tests.act_as_owner();
select results_eq(
  $$
    select marketing_opt_out_at, marketing_opt_out_by, email_undeliverable_at
    from public.profiles where id = tests.id_of('mk_member')
  $$,
  $$ values (now(), 'complaint', null::timestamptz) $$,
  'a complaint ends helpful mails, and those alone'
);
select isnt_empty(
  $$
    select id from public.engagement_email_sends
    where dedupe_key = 'event:3' and complained_at is not null
  $$,
  'and is noted'
);
select results_eq(
  $$
    select tenant_id, actor_id, actor_role, metadata from public.audit_log
    where action = 'user.settings_updated' and not metadata ? 'before' order by seq
  $$,
  $$
    values
      ('ks', null::uuid, 'service_webhooks', '{"email_deliverable": false}'::jsonb),
      ('mk', null, 'service_webhooks', '{"marketing": false, "by": "complaint"}')
  $$,
  'both are written down'
);

-- Who reads -------------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select throws_ok('select id from public.mail_events', '42501', null, 'a visitor reads none');
select tests.act_as_role('service_cron');
select isnt_empty('select send_id, type from public.mail_events', 'a job sees what Resend knows of');
select throws_ok(
  'select detail from public.mail_events', '42501', null, 'and not what it said of it'
);
select throws_ok('delete from public.mail_events where true', '42501', null, 'nor deletes any');
select is_empty('select id from public.mail_events', who || ' reads none')
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager']) as who,
  lateral tests.act_as(who);
select tests.act_as('mk_admin');
select results_eq(
  'select id from public.mail_events order by id', array['b3', 'c1'],
  'a tenant admin reads what is about mails of the tenant'
);
select throws_ok(
  'delete from public.mail_events where true', '42501', null, 'and deletes none'
);
select throws_ok(
  $$ update public.mail_events set type = 'email.sent' where true $$, '42501', null, 'nor changes one'
);
select tests.act_as('super');
select is(
  (select count(*) from public.mail_events where tenant_id is null), 2::bigint,
  'a super admin reads what is about no mail, too'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.mail_events set type = 'email.sent' where id = 'e1' $$, '23001', null,
  'what Resend said stays as it was said'
);

-- Batches and templates -------------------------------------------------------------------------------

insert into public.mail_batches (next_attempt_at) values (now());
select tests.act_as('ks_admin');
select is_empty('select id from public.mail_batches', 'batches mix tenants: no tenant admin sees them');
select isnt_empty('select key from public.mail_templates', 'which mails there are an admin sees');
select tests.act_as('ks_staff');
select is_empty('select key from public.mail_templates', 'staff do not');
select tests.act_as('super');
select isnt_empty('select id from public.mail_batches', 'a super admin sees batches');

select * from finish();
rollback;
