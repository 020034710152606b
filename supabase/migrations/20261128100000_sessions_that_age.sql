----------------------------------------------------------------------------------------------------
-- Sessions end by themselves: a browser that nobody uses any more, or that somebody else found, is
-- not signed in for good.
--
-- Members: 30 days without a visit, 90 days in any case. Who works here, and so sees the claims of
-- others: 12 hours without a visit, 7 days in any case. Auth hears of a visit when it gives out a new
-- access token, once an hour, so the spans without a visit are exact to the hour.
----------------------------------------------------------------------------------------------------

create function private.session_is_fresh(
  begun timestamptz,
  refreshed timestamp,
  of_role text,
  at timestamptz default now()
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  if of_role is not distinct from 'member' then
    return begun > at - interval '90 days'
      -- Auth writes UTC without saying so.
      and greatest(refreshed at time zone 'UTC', begun) > at - interval '30 days';
  end if;
  return begun > at - interval '7 days'
    and greatest(refreshed at time zone 'UTC', begun) > at - interval '12 hours';
end
$$;
comment on function private.session_is_fresh(timestamptz, timestamp, text, timestamptz) is
  'Whether a session still counts by its age and by when it was last used: 90 and 30 days for members, 7 days and 12 hours for everyone else.';

create or replace function private.my_tenant_ids()
returns setof text
language plpgsql
stable
security definer
rows 2
set search_path = ''
as $$
declare
  session uuid := (auth.jwt() ->> 'session_id')::uuid;
  home text;
  everywhere boolean;
begin
  select me.tenant_id, me.role = 'super_admin' into home, everywhere
  from public.profiles as me
  where me.id = (select auth.uid()) and me.is_active
    and (
      session is null
      or exists (
        select from auth.sessions as kept
        where kept.id = session and kept.user_id = me.id
          and (kept.not_after is null or kept.not_after > now())
          and private.session_is_fresh(kept.created_at, kept.refreshed_at, me.role)
      )
    );
  if everywhere then
    return query select tenants.id from public.tenants;
  elsif home is not null then
    return next home;
  end if;
end
$$;

create or replace function private.my_tenant()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  session uuid := (auth.jwt() ->> 'session_id')::uuid;
  mine text;
begin
  select me.tenant_id into mine
  from public.profiles as me
  where me.id = (select auth.uid()) and me.is_active
    and (
      session is null
      or exists (
        select from auth.sessions as kept
        where kept.id = session and kept.user_id = me.id
          and (kept.not_after is null or kept.not_after > now())
          and private.session_is_fresh(kept.created_at, kept.refreshed_at, me.role)
      )
    );
  return mine;
end
$$;

create or replace function private.my_role()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  session uuid := (auth.jwt() ->> 'session_id')::uuid;
  mine text;
begin
  select me.role into mine
  from public.profiles as me
  where me.id = (select auth.uid()) and me.is_active
    and (
      session is null
      or exists (
        select from auth.sessions as kept
        where kept.id = session and kept.user_id = me.id
          and (kept.not_after is null or kept.not_after > now())
          and private.session_is_fresh(kept.created_at, kept.refreshed_at, me.role)
      )
    );
  return mine;
end
$$;

create or replace function private.my_branch()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  session uuid := (auth.jwt() ->> 'session_id')::uuid;
  mine uuid;
begin
  select me.branch_id into mine
  from public.profiles as me
  where me.id = (select auth.uid()) and me.is_active
    and (
      session is null
      or exists (
        select from auth.sessions as kept
        where kept.id = session and kept.user_id = me.id
          and (kept.not_after is null or kept.not_after > now())
          and private.session_is_fresh(kept.created_at, kept.refreshed_at, me.role)
      )
    );
  return mine;
end
$$;

create or replace function private.session_lives(session_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from auth.sessions as session
    join auth.users as person on person.id = session.user_id
    join public.profiles as profile on profile.id = person.id
    where session.id = $1
      and session.user_id = (select auth.uid())
      and (session.not_after is null or session.not_after > now())
      and private.session_is_fresh(session.created_at, session.refreshed_at, profile.role)
      and (person.banned_until is null or person.banned_until <= now())
      and person.deleted_at is null
  )
$$;
comment on function private.session_lives(uuid) is
  'Whether this is a session of the signed-in person that was not ended, by a logout, a new password, a ban or its age. No session lives without an id.';

create or replace function private.my_sessions()
returns table (
  id uuid,
  created_at timestamptz,
  refreshed_at timestamptz,
  user_agent text,
  ip text,
  is_current boolean
)
language sql
stable
security definer
rows 5
set search_path = ''
as $$
  select
    session.id, session.created_at,
    -- Auth writes UTC without saying so.
    greatest(session.refreshed_at at time zone 'UTC', session.created_at),
    coalesce(device.user_agent, left(session.user_agent, 300)),
    host(coalesce(device.address, session.ip)),
    session.id is not distinct from (select private.my_session())
  from auth.sessions as session
  left join private.session_devices as device on device.session_id = session.id
  where session.user_id = (select auth.uid())
    and (session.not_after is null or session.not_after > now())
    and private.session_is_fresh(
      session.created_at, session.refreshed_at, (select private.my_role())
    )
    and (select private.my_role()) is not null
  order by 3 desc, 1
$$;

----------------------------------------------------------------------------------------------------
-- What is over stays over. Auth would take a refresh token after any time and so make the session
-- look used again; it looks at not_after first, and from now on says no.
----------------------------------------------------------------------------------------------------

create function private.keep_session_over()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if private.session_is_fresh(
    old.created_at, old.refreshed_at,
    (select role from public.profiles where id = old.user_id)
  ) then
    return new;
  end if;
  new.refreshed_at := old.refreshed_at;
  new.not_after := least(new.not_after, old.not_after, now());
  return new;
end
$$;
comment on function private.keep_session_over() is
  'Keeps a session ended that is over by its age, whatever Authentication does with it.';

create trigger keep_session_over before update of refreshed_at on auth.sessions
for each row execute function private.keep_session_over();

-- Whoever is given a role of those who work here begins anew by its rules: what is too old for them
-- is over at that moment, as everything above asks for the role that the person has now.

create function private.sweep_sessions(at timestamptz default now(), max_rows integer default 5000)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  ending uuid[];
begin
  -- No session of anybody is over within 12 hours of its beginning.
  ending := array(
    select session.id
    from auth.sessions as session
    left join public.profiles as person on person.id = session.user_id
    where session.created_at <= at - interval '12 hours'
      and (
        session.not_after <= at
        or not private.session_is_fresh(session.created_at, session.refreshed_at, person.role, at)
      )
    limit max_rows
    for update of session skip locked
  );
  perform private.record_audit(
    told.tenant_id, 'auth.session_ended', 'profile', told.user_id::text,
    jsonb_build_object('count', told.sessions, 'by', 'age')
  )
  from (
    select session.user_id, person.tenant_id, count(*) as sessions
    from auth.sessions as session
    join public.profiles as person on person.id = session.user_id
    where session.id = any (ending)
    group by session.user_id, person.tenant_id
  ) as told;
  delete from auth.sessions where id = any (ending);
  return cardinality(ending);
end
$$;
comment on function private.sweep_sessions(timestamptz, integer) is
  'Deletes sessions that are over by their age, with their refresh tokens, and writes it to the audit log. Returns how many.';

drop function private.sweep_identity(timestamptz, integer);
create function private.sweep_identity(at timestamptz default now(), max_rows integer default 50000)
returns table (limits bigint, invitations bigint, sessions bigint)
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
  sessions := private.sweep_sessions(at, max_rows);
  return next;
end
$$;
comment on function private.sweep_identity(timestamptz, integer) is
  'Deletes counts of tries whose span is over, the addresses of invitations that ended 90 days ago, and sessions that are over by their age; at most so many of each. Returns how many.';

create or replace function private.run_sweep_identity()
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
    jsonb_build_object(
      'limits', done.limits, 'invitations', done.invitations, 'sessions', done.sessions
    )
  );
end
$$;

revoke all on function
  private.session_is_fresh(timestamptz, timestamp, text, timestamptz),
  private.keep_session_over(), private.sweep_sessions(timestamptz, integer),
  private.sweep_identity(timestamptz, integer)
from public;

update public.cron_jobs
set description =
  'Ends sessions that are too old, deletes old counts of tries, and the addresses of people who were invited and never came.'
where job = 'identity-sweep';
