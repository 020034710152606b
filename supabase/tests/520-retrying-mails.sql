-- A mail that failed is sent again by an administrator, if it certainly did not arrive.
begin;
set local search_path = public, extensions;

select plan(22);

select tests.populate();

insert into public.engagement_email_sends
  (id, tenant_id, user_id, template_key, dedupe_key, status, error, facts, sent_at, send_until, delivered_at)
select
  ('00000000-0000-4000-8000-00000000000' || n)::uuid, tenant, tests.id_of(handle), 'retention_day_30',
  'retry:' || n, status, error, '{}', case when status = 'sent' then now() end, until, delivered
from (values
  (1, 'ks', 'ks_member', 'error', 'refused: once', null::timestamptz, null::timestamptz),
  (2, 'ks', 'ks_member', 'error', 'unknown_outcome: no answer', null, null),
  (3, 'ks', 'ks_member', 'sent', null, null, null),
  (4, 'ks', 'ks_member', 'skipped', 'unsubscribed', null, null),
  (5, 'ks', 'ks_member', 'error', 'refused: late', now(), null),
  (6, 'mk', 'mk_member', 'error', 'refused: elsewhere', null, null),
  (7, 'ks', 'ks_member', 'error', 'refused: oddly', null, now()),
  (8, 'ks', 'ks_member', 'pending', null, null, null)
) as mail (n, tenant, handle, status, error, until, delivered);

create function pg_temp.retry(n integer)
returns text
language sql
as $$
  select public.retry_mail(('00000000-0000-4000-8000-00000000000' || n)::uuid)
$$;
grant execute on function pg_temp.retry(integer) to public;

-- Who may -------------------------------------------------------------------------------------------

select throws_ok(
  'select pg_temp.retry(1)', '42501', 'only administrators send mails again', who || ' may not'
)
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager', 'mk_staff']) as who,
  lateral tests.act_as(who);
select throws_ok('select pg_temp.retry(1)', '42501', null, who || ' may not')
from unnest(array['anon', 'service_cron', 'service_auth', 'service_webhooks']) as who,
  lateral tests.act_as_role(who);
select tests.act_as('mk_admin');
select is(pg_temp.retry(1), 'unknown', 'of another tenant''s mail an admin learns nothing');

-- Which ---------------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select is(pg_temp.retry(2), 'may_have_arrived', 'one that may have arrived is not sent again');
select is(pg_temp.retry(7), 'may_have_arrived', 'nor one that Resend says was delivered');
select is(pg_temp.retry(3), 'not_failed', 'nor one that was sent');
select is(pg_temp.retry(4), 'not_failed', 'nor one that was skipped');
select is(pg_temp.retry(8), 'not_failed', 'nor one that waits');
select is(pg_temp.retry(5), 'too_late', 'nor one that makes no sense any more');
select is(pg_temp.retry(9), 'unknown', 'one that there is not');
select is(pg_temp.retry(1), 'retried', 'one that was refused is');
select is(pg_temp.retry(1), 'not_failed', 'and then waits');
select results_eq(
  $$
    select status, next_attempt_at, error, facts, batch_id
    from public.engagement_email_sends where dedupe_key = 'retry:1'
  $$,
  $$ values ('pending', now(), null::text, null::jsonb, null::uuid) $$,
  'due at once, to be made afresh'
);
select results_eq(
  $$
    select tenant_id, actor_id, actor_role, entity_type, entity_id, metadata
    from public.audit_log where action = 'email.retried'
  $$,
  $$
    values (
      'ks', tests.id_of('ks_admin'), 'tenant_admin', 'mail', '00000000-0000-4000-8000-000000000001',
      '{"template": "retention_day_30", "attempts": 0, "error": "refused: once"}'::jsonb
    )
  $$,
  'which is written down, once'
);
select tests.act_as('super');
select is(pg_temp.retry(6), 'retried', 'a super admin may in every tenant');

select * from finish();
rollback;
