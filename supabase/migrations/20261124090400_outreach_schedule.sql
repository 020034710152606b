----------------------------------------------------------------------------------------------------
-- Schedule of the outreach, and whether every job does what it is there for.
----------------------------------------------------------------------------------------------------

create table public.cron_jobs (
  job text primary key check (job ~ '^[a-z][a-z0-9_-]{0,39}$'),
  every interval not null check (every >= interval '1 minute'),
  description text not null,
  is_watched boolean not null default true,
  created_at timestamptz not null default now()
);

comment on table public.cron_jobs is
  'The jobs that work by themselves and how often each has to succeed. When they are called is in cron.job.';
comment on column public.cron_jobs.job is 'Name of the job, as in cron_runs.';
comment on column public.cron_jobs.every is
  'How often it runs. One that has not succeeded for twice as long is reported.';
comment on column public.cron_jobs.description is 'What it does.';
comment on column public.cron_jobs.is_watched is
  'Yes if it is reported when it does not succeed. Switched off only where nobody is to call it, as in tests.';
comment on column public.cron_jobs.created_at is 'Since when it is expected to run. Set by the database.';

insert into public.cron_jobs (job, every, description)
values
  ('webhooks', '1 minute', 'Tries Paddle''s events again that failed.'),
  ('mails', '1 minute', 'Sends what is due.'),
  ('dunning', '15 minutes', 'Ends grace periods and writes to members whose payment failed.'),
  ('engagement', '15 minutes', 'Writes to members in their first months.'),
  ('nps', '15 minutes', 'Asks members whether they would recommend us.'),
  ('reconcile', '1 day', 'Takes in what Paddle lists and never arrived.'),
  ('retention', '1 day', 'Deletes what is old.');

alter table public.cron_jobs enable row level security;
alter table public.cron_jobs force row level security;

grant select on public.cron_jobs to authenticated, service_cron;

create policy "Super admins see the jobs" on public.cron_jobs
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "Jobs see the jobs" on public.cron_jobs
  for select to service_cron
  using (true);

-- Goes by what the jobs did, not by what calls them: a schedule that is switched off, or does not know
-- the address, is what this has to find. A server that was down is given time to call them, but
-- restarts do not excuse a job for ever.
create function private.cron_freshness()
returns table (job text, last_success_at timestamptz, late boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select
    expected.job,
    success.at,
    expected.is_watched
      and now() > greatest(success.at, expected.created_at) + 2 * expected.every
      and now() > pg_postmaster_start_time() + least(2 * expected.every, interval '1 hour')
  from public.cron_jobs as expected
  left join lateral (
    select run.finished_at as at
    from public.cron_runs as run
    where run.job = expected.job and run.result = 'ok'
    order by run.started_at desc
    limit 1
  ) as success on true
  order by expected.job
$$;
comment on function private.cron_freshness() is
  'When each job last succeeded, and whether a job that is watched has not for two of its intervals. After a start of the server they have as long again, at most an hour.';
revoke all on function private.cron_freshness() from public;
grant execute on function private.cron_freshness() to service_cron;

do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule('mails', '* * * * *', $job$select private.call_cron('mails')$job$);
  perform cron.schedule('dunning', '2-59/15 * * * *', $job$select private.call_cron('dunning')$job$);
  perform cron.schedule('engagement', '7-59/15 * * * *', $job$select private.call_cron('engagement')$job$);
  perform cron.schedule('nps', '12-59/15 * * * *', $job$select private.call_cron('nps')$job$);
  -- pg_net keeps answers for six hours; where it does so itself this finds nothing to delete.
  if to_regclass('net._http_response') is not null
    and has_table_privilege('net._http_response', 'delete')
  then
    perform cron.schedule(
      'http-history', '20 * * * *',
      $job$delete from net._http_response where created < now() - interval '6 hours'$job$
    );
  end if;
end
$$;
