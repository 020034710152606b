-- Jobs that work by themselves: when they are called, with which secret, and what they write down.
begin;
set local search_path = public, extensions;

select plan(29);

select tests.populate();
-- The jobs of this very server are at work.
delete from public.cron_runs where true;

-- Calling -------------------------------------------------------------------------------------------

select set_eq(
  $$ select jobname::text, schedule, active from cron.job where database = current_database() $$,
  $$
    values
      ('audit', '4-59/10 * * * *', true),
      ('privacy', '25 * * * *', true),
      ('claims-sla', '*/5 * * * *', true),
      ('documents-sweep', '25 * * * *', true),
      ('identity-sweep', '3-59/15 * * * *', true),
      ('webhooks-sweep', '* * * * *', true),
      ('paddle-reconcile', '10 2 * * *', true),
      ('retention', '40 2 * * *', true),
      ('sales-sweep', '17 * * * *', true),
      ('cron-history', '50 2 * * *', true),
      ('mails', '* * * * *', true),
      ('dunning', '2-59/15 * * * *', true),
      ('engagement', '7-59/15 * * * *', true),
      ('nps', '12-59/15 * * * *', true),
      ('http-history', '20 * * * *', true)
  $$,
  'what waits comes every minute, service times every five, outreach four times an hour, files once,
  the rest at night'
);
select is_empty(
  $$ select jobname from cron.job where command ~* 'bearer|secret|://' $$,
  'no job has an address or a secret in its text'
);

delete from vault.secrets where name in ('functions_url', 'cron_secret');
delete from net.http_request_queue where true;
select lives_ok($$ select private.call_cron('webhooks') $$, 'without an address in Vault a job');
select vault.create_secret('https://functions.example.test/functions/v1/', 'functions_url');
select lives_ok($$ select private.call_cron('webhooks') $$, 'or without a secret');
select is_empty('select id from net.http_request_queue', 'calls nothing');
select vault.create_secret('s3cret', 'cron_secret');
select lives_ok($$ select private.call_cron('webhooks') $$, 'with both');
select results_eq(
  $$ select method::text, url, headers from net.http_request_queue $$,
  $$
    values (
      'GET', 'https://functions.example.test/functions/v1/cron/webhooks',
      '{"Authorization": "Bearer s3cret"}'::jsonb
    )
  $$,
  'it calls the function, with the secret as its bearer'
);

select throws_ok(
  $$ select private.call_cron('webhooks') $$, '42501', null, 'nobody else calls: ' || who
)
from unnest(array['service_cron', 'service_webhooks', 'anon']) as who,
  lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok(
  $$ select private.call_cron('webhooks') $$, '42501', null, 'not even a super admin'
);

-- Runs ------------------------------------------------------------------------------------------------

select tests.act_as_role('service_cron');
select lives_ok(
  $$ insert into public.cron_runs (job) values ('webhooks') $$, 'a job writes down that it runs'
);
select lives_ok(
  $$
    update public.cron_runs
    set finished_at = now(), result = 'ok', counts = '{"processed": 3}'
    where job = 'webhooks'
  $$,
  'and how it ended'
);
select results_eq(
  'select job, result, counts from public.cron_runs',
  $$ values ('webhooks', 'ok', '{"processed": 3}'::jsonb) $$, 'and sees it'
);
select throws_ok(
  $$ update public.cron_runs set job = 'other' where true $$, '42501', null,
  'which job it was stays'
);
select throws_ok(
  $$ insert into public.cron_runs (job, result) values ('webhooks', 'ok') $$, '23514', null,
  'what ended has a time'
);
select throws_ok(
  $$ insert into public.cron_runs (job, finished_at) values ('webhooks', now()) $$, '23514', null,
  'and a result'
);
select throws_ok(
  $$
    insert into public.cron_runs (job, finished_at, result, error)
    values ('webhooks', now(), 'ok', 'broken')
  $$,
  '23514', null, 'nothing went wrong in a run that is ok'
);
select throws_ok(
  $$ insert into public.cron_runs (job) values ('Webhooks; drop') $$, '23514', null,
  'a job has a plain name'
);

select tests.act_as_owner();
insert into public.cron_runs (job, started_at) values
  ('retention', now() - interval '91 days'), ('retention', now() - interval '89 days');
select tests.act_as_role('service_cron');
select results_eq(
  'delete from public.cron_runs returning started_at', array[now() - interval '91 days'],
  'the clean-up job deletes runs older than 90 days and no other'
);

select tests.act_as('super');
select is((select count(*) from public.cron_runs), 2::bigint, 'a super admin sees the runs');
select throws_ok(
  $$ insert into public.cron_runs (job) values ('webhooks') $$, '42501', null, 'and invents none'
);
select throws_ok('delete from public.cron_runs where true', '42501', null, 'and hides none');
select tests.act_as('ks_admin');
select is_empty('select id from public.cron_runs', 'a tenant admin sees none');
select tests.act_as('ks_member');
select is_empty('select id from public.cron_runs', 'a member sees none');
select tests.act_as_role('service_webhooks');
select throws_ok('select id from public.cron_runs', '42501', null, 'webhooks have no business here');
select tests.act_as_role('anon');
select throws_ok('select id from public.cron_runs', '42501', null, 'a visitor sees none');

-- It comes round ----------------------------------------------------------------------------------------

select tests.act_as_owner();
select is(
  (select count(distinct jobname) from cron.job where database = current_database()), 15::bigint,
  'each job is there once'
);
select results_eq(
  $$
    select cron.schedule('webhooks-sweep', '* * * * *', 'select private.call_cron(''webhooks'')')
  $$,
  $$ select jobid from cron.job where jobname = 'webhooks-sweep' $$,
  'and scheduling it again makes no second one'
);

select * from finish();
rollback;
