-- What mails said is emptied after 30 days, what Resend said is deleted after 90; that a mail was sent
-- stays.
begin;
set local search_path = public, extensions;

select plan(12);

select tests.populate();

insert into public.mail_batches (id, state, next_attempt_at, created_at)
select ('00000000-0000-4000-8000-00000000000' || n)::uuid, state, now(), now() - age
from (values
  (1, 'sent', interval '31 days'), (2, 'open', interval '31 days'), (3, 'sent', interval '29 days')
) as batch (n, state, age);
insert into public.engagement_email_sends
  (tenant_id, user_id, template_key, dedupe_key, status, sent_at, params, facts, updated_at, batch_id,
   batch_position, unsubscribe_hash)
select
  'ks', tests.id_of('ks_member'), 'nps_v1', 'kept:' || n, status,
  case when status = 'sent' then now() end, '{"claim": "x"}', facts, now() - age,
  ('00000000-0000-4000-8000-00000000000' || batch)::uuid, n, repeat(n::text, 64)
from (values
  (1, 'sent', '{"locale": "en"}'::jsonb, interval '32 days', 1),
  (2, 'sent', '{"locale": "en"}', interval '29 days', 3),
  (3, 'pending', '{"locale": "en"}', interval '31 days', 2),
  (4, 'skipped', null, interval '31 days', 1)
) as mail (n, status, facts, age, batch);
insert into public.mail_events (id, type, occurred_at, received_at) values
  ('old', 'email.delivered', now(), now() - interval '91 days'),
  ('new', 'email.delivered', now(), now() - interval '89 days');

select throws_ok('select * from private.prune_mails(10)', '42501', null, who || ' prunes nothing')
from unnest(array['anon', 'service_webhooks', 'service_auth']) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok('select * from private.prune_mails(10)', '42501', null, 'nor does a super admin');

select tests.act_as_role('service_cron');
select results_eq(
  'select * from private.prune_mails(1)', $$ values (1::bigint, 1::bigint, 0::bigint) $$,
  'the clean-up job takes so many at a time'
);
select results_eq(
  'select * from private.prune_mails(1)', $$ values (1::bigint, 0::bigint, 1::bigint) $$,
  'a batch after the last of its mails'
);
select results_eq(
  'select * from private.prune_mails(10)', $$ values (0::bigint, 0::bigint, 0::bigint) $$,
  'until nothing is left'
);

select tests.act_as_owner();
select results_eq(
  $$
    select dedupe_key, status, facts is null, params = '{}'
    from public.engagement_email_sends where dedupe_key like 'kept:%' order by dedupe_key
  $$,
  $$
    values
      ('kept:1', 'sent', true, true), ('kept:2', 'sent', false, false),
      ('kept:3', 'pending', false, false), ('kept:4', 'skipped', true, true)
  $$,
  'what is to be sent, and what was done with of late, keeps its words'
);
select results_eq(
  'select id from public.mail_events', array['new'], 'young news stay'
);
select results_eq(
  'select right(id::text, 1) from public.mail_batches order by id', array['2', '3'],
  'so do young batches, and those that are open'
);
select results_eq(
  $$ select state from private.unsubscribe_state(repeat('1', 64)) $$, array['subscribed'],
  'the link in an old mail still leads somewhere'
);
select results_eq(
  $$
    select batch_id is null, batch_position
    from public.engagement_email_sends where dedupe_key = 'kept:1'
  $$,
  $$ values (true, 1) $$, 'a mail outlives its batch'
);

select * from finish();
rollback;
