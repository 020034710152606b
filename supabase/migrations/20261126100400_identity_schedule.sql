----------------------------------------------------------------------------------------------------
-- What identity leaves behind, and the job that takes it away.
----------------------------------------------------------------------------------------------------

-- A row is counted up in place, without touching an index, as long as its page has room.
alter table public.rate_limits set (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000
);

create function private.sweep_identity(at timestamptz default now(), max_rows integer default 50000)
returns table (limits bigint, invitations bigint)
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- No span is longer than a day.
  delete from public.rate_limits
  where ctid = any (array(
    select ctid from public.rate_limits
    where window_start < at - interval '1 day'
    order by window_start
    limit max_rows
    for update skip locked
  ));
  get diagnostics limits = row_count;
  update public.invitations as invitation
  set email = 'erased@invalid', full_name = ''
  where id in (
    select ended.id
    from public.invitations as ended
    where ended.email <> 'erased@invalid' and ended.expires_at < at - interval '90 days'
    order by ended.expires_at
    limit max_rows
    for update skip locked
  );
  get diagnostics invitations = row_count;
  return next;
end
$$;
comment on function private.sweep_identity(timestamptz, integer) is
  'Deletes counts of tries whose span is over, and the addresses of invitations that ended 90 days ago; at most so many of each. Returns how many.';

create function private.run_sweep_identity()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  begun timestamptz := clock_timestamp();
  done record;
begin
  select * into done from private.sweep_identity();
  insert into public.cron_runs (job, started_at, finished_at, result, counts)
  values (
    'identity-sweep', begun, clock_timestamp(), 'ok',
    jsonb_build_object('limits', done.limits, 'invitations', done.invitations)
  );
end
$$;
comment on function private.run_sweep_identity() is
  'Takes away what identity leaves behind and writes down that it did. For pg_cron.';

revoke all on function
  private.sweep_identity(timestamptz, integer), private.run_sweep_identity()
from public;

-- The job runs as the owner; the function cron never did this, and needs no right to.
revoke select, delete on public.rate_limits from service_cron;
drop policy "The clean-up job sees and deletes spans that are over" on public.rate_limits;
create policy "Counts are the database's own" on public.rate_limits
  as restrictive for all to anon, authenticated, service_cron
  using (false);

insert into public.cron_jobs (job, every, description)
values (
  'identity-sweep', '15 minutes',
  'Deletes old counts of tries, and the addresses of people who were invited and never came.'
);

do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule(
    'identity-sweep', '3-59/15 * * * *', $job$select private.run_sweep_identity()$job$
  );
end
$$;
