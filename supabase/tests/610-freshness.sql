-- Whether every job does what it is there for: it succeeded within two of its intervals.
begin;
set local search_path = public, extensions;

select plan(24);

select tests.populate();
delete from public.cron_runs where true;
-- Expected for a long time, whenever this server started.
update public.cron_jobs
set is_watched = true, created_at = now() - interval '10 days',
  every = greatest(every, interval '15 minutes');

create function pg_temp.late()
returns text[]
language sql
security definer
as $$
  select array_agg(job order by job) filter (where late) from private.cron_freshness()
$$;
-- As far as the start of this server allows, from which the jobs have their time.
create function pg_temp.up_for(job text)
returns boolean
language sql
security definer
as $$
  select now() > pg_postmaster_start_time() + least(2 * every, interval '1 hour')
  from public.cron_jobs where cron_jobs.job = $1
$$;
grant execute on function pg_temp.late(), pg_temp.up_for(text) to public;

select results_eq(
  'select job from public.cron_jobs order by job',
  array[
    'audit', 'claims-sla', 'documents', 'dunning', 'engagement', 'identity-sweep', 'mails', 'nps',
    'privacy', 'reconcile', 'retention', 'sales-sweep', 'webhooks'
  ],
  'these jobs are expected'
);
select is_empty(
  $$
    select job from public.cron_jobs
    where not exists (
      select from cron.job
      where command = format('select private.call_cron(%L)', cron_jobs.job)
        or (jobname = cron_jobs.job and command not like '%call_cron%')
    )
  $$,
  'each of them is called'
);
select tests.act_as_role('service_cron');
select is(
  (select count(*) from private.cron_freshness()), 13::bigint, 'all are told of'
);

select tests.act_as_owner();
delete from vault.secrets where name in ('functions_url', 'cron_secret');
select is(
  (select late from private.cron_freshness() where job = 'nps'), pg_temp.up_for('nps'),
  'a job that does not know whom to call is late'
);
update cron.job set active = false where true;
select is(
  (select late from private.cron_freshness() where job = 'nps'), pg_temp.up_for('nps'),
  'so is one that is switched off'
);
select cron.unschedule('nps');
select is(
  (select late from private.cron_freshness() where job = 'nps'), pg_temp.up_for('nps'),
  'and one that is not scheduled at all'
);
update public.cron_jobs set every = '10 days' where job = 'reconcile';
select is(
  (select late from private.cron_freshness() where job = 'reconcile'), false,
  'one that has time is not'
);
update public.cron_jobs set every = '4 days' where job = 'reconcile';
select is(
  (select late from private.cron_freshness() where job = 'reconcile'), pg_temp.up_for('reconcile'),
  'one of many days is late an hour after the server''s start, however often it starts'
);
update public.cron_jobs set every = '1 minute' where job = 'mails';
insert into public.cron_runs (job, started_at, finished_at, result) values
  ('mails', now() - interval '3 minutes', now() - interval '2 minutes 1 second', 'ok'),
  ('mails', now() - interval '1 minute', now() - interval '1 minute', 'error'),
  ('mails', now() - interval '1 minute', null, null),
  ('dunning', now() - interval '29 minutes', now() - interval '29 minutes', 'ok');

select is(
  (select last_success_at from private.cron_freshness() where job = 'mails'),
  now() - interval '2 minutes 1 second', 'a success counts from its end, a failure not at all'
);
select is(
  (select late from private.cron_freshness() where job = 'dunning'), false,
  'one within two intervals is in time'
);
select is(
  (select late from private.cron_freshness() where job = 'mails'), pg_temp.up_for('mails'),
  'one that is longer ago is late, once the server is up that long'
);
select is(
  (select late from private.cron_freshness() where job = 'nps'), pg_temp.up_for('nps'),
  'so is one that never was'
);
update public.cron_runs set finished_at = now() - interval '2 minutes'
where job = 'mails' and result = 'ok';
select is(
  (select late from private.cron_freshness() where job = 'mails'), false, 'two intervals are allowed'
);
update public.cron_jobs set created_at = now() where true;
update public.cron_runs set finished_at = now() - interval '1 day' where result = 'ok';
select is(pg_temp.late(), null, 'a job that is new has time');
update public.cron_jobs set created_at = now() - interval '10 days', every = '1 minute' where true;
update public.cron_jobs set is_watched = false where true;
select is(pg_temp.late(), null, 'where nobody is to call them nothing is expected');

-- Who asks --------------------------------------------------------------------------------------------

select throws_ok('select * from private.cron_freshness()', '42501', null, who || ' does not ask')
from unnest(array['anon', 'service_webhooks', 'service_auth']) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok(
  'select * from private.cron_freshness()', '42501', null, 'nor does who is signed in'
);
select isnt_empty('select job from public.cron_jobs', 'a super admin sees the jobs');
select throws_ok(
  $$ update public.cron_jobs set every = '1 year' where true $$, '42501', null,
  'and does not make them slower'
);
select tests.act_as('ks_admin');
select is_empty('select job from public.cron_jobs', 'a tenant admin sees none');
select tests.act_as_role('service_cron');
select throws_ok(
  'delete from public.cron_jobs where true', '42501', null, 'a job does not excuse itself'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.cron_jobs set every = '10 seconds' where job = 'mails' $$, '23514', null,
  'pg_cron counts in minutes'
);

select * from finish();
rollback;
