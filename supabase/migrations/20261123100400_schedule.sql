----------------------------------------------------------------------------------------------------
-- Schedule: pg_cron calls the function `cron`, which does the work and writes down that it did.
--
-- A call is a nudge: what is due is found by looking at rows. Any call may be lost or doubled.
----------------------------------------------------------------------------------------------------

create table public.cron_runs (
  id uuid primary key default gen_random_uuid(),
  job text not null check (job ~ '^[a-z][a-z0-9_-]{0,39}$'),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  result text check (result in ('ok', 'error')),
  counts jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  error text check (char_length(error) <= 2000),
  check ((result is null) = (finished_at is null)),
  check (error is null or result = 'error')
);

create index cron_runs_job_idx on public.cron_runs (job, started_at);
create index cron_runs_started_idx on public.cron_runs (started_at);

comment on table public.cron_runs is
  'Runs of the jobs that work by themselves: when, how it ended, how much was done. Kept for 90 days.';
comment on column public.cron_runs.id is 'Made by the database.';
comment on column public.cron_runs.job is 'Which job, for example webhooks.';
comment on column public.cron_runs.started_at is 'When it began.';
comment on column public.cron_runs.finished_at is 'When it ended; empty while it runs, or if it died.';
comment on column public.cron_runs.result is 'ok or error; empty while it runs, or if it died.';
comment on column public.cron_runs.counts is 'How much was done, by kind.';
comment on column public.cron_runs.error is 'What went wrong.';

alter table public.cron_runs enable row level security;
alter table public.cron_runs force row level security;

grant select on public.cron_runs to authenticated;
grant select, delete on public.cron_runs to service_cron;
grant insert (id, job, started_at, finished_at, result, counts, error)
on public.cron_runs to service_cron;
grant update (finished_at, result, counts, error) on public.cron_runs to service_cron;

create policy "Super admins see the runs" on public.cron_runs
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "Jobs see the runs" on public.cron_runs
  for select to service_cron
  using (true);
create policy "Jobs write down that they run" on public.cron_runs
  for insert to service_cron
  with check (true);
create policy "Jobs write down how they ended" on public.cron_runs
  for update to service_cron
  using (true)
  with check (true);
create policy "The clean-up job deletes runs older than 90 days" on public.cron_runs
  for delete to service_cron
  using (started_at < now() - interval '90 days');

----------------------------------------------------------------------------------------------------
-- The calls. Address and secret are in Vault as `functions_url` and `cron_secret`, so that neither
-- stands in the text of a job. Set them once:
--   select vault.create_secret('https://<project>.supabase.co/functions/v1', 'functions_url');
--   select vault.create_secret('<CRON_SECRET of the functions>', 'cron_secret');
----------------------------------------------------------------------------------------------------

create function private.call_cron(endpoint text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  functions_url text;
  cron_secret text;
begin
  select decrypted_secret into functions_url
  from vault.decrypted_secrets where name = 'functions_url';
  select decrypted_secret into cron_secret
  from vault.decrypted_secrets where name = 'cron_secret';
  if functions_url is null or cron_secret is null then
    raise notice 'cron/% is not called: Vault has no functions_url or no cron_secret', endpoint;
    return;
  end if;
  perform net.http_get(
    url := rtrim(functions_url, '/') || '/cron/' || endpoint,
    headers := jsonb_build_object('Authorization', 'Bearer ' || cron_secret),
    timeout_milliseconds := 120000
  );
end
$$;
comment on function private.call_cron(text) is
  'Calls one endpoint of the function cron with the secret from Vault. Does nothing while Vault has none.';
revoke all on function private.call_cron(text) from public;

-- pg_cron is in one database of a cluster only. Times are UTC. A name that is there already is
-- given the new time and command.
do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule('webhooks-sweep', '* * * * *', $job$select private.call_cron('webhooks')$job$);
  perform cron.schedule('paddle-reconcile', '10 2 * * *', $job$select private.call_cron('reconcile')$job$);
  perform cron.schedule('retention', '40 2 * * *', $job$select private.call_cron('retention')$job$);
  -- pg_cron never deletes its own history.
  perform cron.schedule(
    'cron-history', '50 2 * * *',
    $job$delete from cron.job_run_details where end_time < now() - interval '7 days'$job$
  );
end
$$;
