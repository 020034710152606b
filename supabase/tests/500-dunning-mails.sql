-- The mail about a failed payment is enqueued by the webhooks, once; other mails are not theirs.
begin;
set local search_path = public, extensions;

select plan(21);

select tests.populate();
select tests.subscribe('ks_member', 'past_due');

create function pg_temp.enqueue(template text, key text, tenant text default 'ks')
returns void
language sql
as $$
  insert into public.engagement_email_sends
    (tenant_id, user_id, subscription_id, template_key, dedupe_key)
  select tenant, user_id, id, template, key
  from public.subscriptions
  where user_id = tests.id_of('ks_member')
  on conflict (dedupe_key) do nothing
$$;
grant execute on function pg_temp.enqueue(text, text, text) to public;

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$ select pg_temp.enqueue('dunning_day_0', 'dunning:1:day_0') $$, 'the mail of day 0 is enqueued'
);
select lives_ok(
  $$ select pg_temp.enqueue('dunning_day_0', 'dunning:1:day_0') $$, 'and may be again'
);
select results_eq(
  'select status, dedupe_key from public.engagement_email_sends',
  $$ values ('pending', 'dunning:1:day_0') $$, 'but is there once, to be sent'
);
select throws_ok(
  format($$ select pg_temp.enqueue(%L, 'dunning:1:other') $$, template), '42501', null,
  'webhooks do not send ' || template
)
from unnest(array['dunning_day_7', 'nps_v1', 'retention_day_30']) as template;
select throws_ok(
  $$ select pg_temp.enqueue('dunning_day_0', 'dunning:2:day_0', 'mk') $$, '23503', null,
  'a mail stays in its member''s tenant'
);
select throws_ok(
  $$
    insert into public.engagement_email_sends
      (tenant_id, user_id, template_key, dedupe_key, status, sent_at)
    values ('ks', tests.id_of('ks_member'), 'dunning_day_0', 'dunning:3', 'sent', now())
  $$,
  '42501', null, 'webhooks cannot say that a mail was sent'
);
select throws_ok(
  $$ update public.engagement_email_sends set status = 'skipped' where true $$, '42501', null,
  'nor take one back'
);
select lives_ok(
  $$
    insert into public.engagement_email_sends
      (tenant_id, user_id, template_key, dedupe_key, send_until)
    values
      ('ks', tests.id_of('ks_other_member'), 'dunning_day_0', 'dunning:4', now() + interval '7 days')
    on conflict (dedupe_key) do nothing
  $$,
  'they say until when it makes sense'
);
select throws_ok(
  'select error from public.engagement_email_sends', '42501', null, 'nor read what became of it'
);

select tests.act_as_owner();
select results_eq(
  $$
    select next_attempt_at, attempts from public.engagement_email_sends
    where dedupe_key = 'dunning:1:day_0'
  $$,
  $$ values (now(), 0) $$, 'it is due at once'
);
select throws_ok(
  $$ update public.engagement_email_sends set status = 'sent' where true $$, '23514', null,
  'what was sent has a time'
);
select throws_ok(
  $$ select pg_temp.enqueue('dunning_day_1', 'dunning:1:day_1') $$, '23503', null,
  'a mail is one of the known ones'
);
select throws_ok(
  $$ update public.engagement_email_sends set tenant_id = 'mk' where true $$,
  'tenant_id of public.engagement_email_sends never changes', 'and stays where it is'
);

select tests.act_as('ks_member');
select is_empty('select id from public.engagement_email_sends', 'a member sees none');
select tests.act_as('ks_staff');
select is_empty('select id from public.engagement_email_sends', 'nor do staff');
select tests.act_as('ks_admin');
select results_eq(
  'select dedupe_key from public.engagement_email_sends order by dedupe_key',
  array['dunning:1:day_0', 'dunning:4'], 'a tenant admin sees the tenant''s'
);
select throws_ok(
  $$ update public.engagement_email_sends set status = 'skipped' where true $$, '42501', null,
  'and changes none'
);
select tests.act_as('mk_admin');
select is_empty('select id from public.engagement_email_sends', 'another tenant''s admin sees none');
select tests.act_as_role('anon');
select throws_ok(
  'select id from public.engagement_email_sends', '42501', null, 'a visitor sees none'
);

select * from finish();
rollback;
