----------------------------------------------------------------------------------------------------
-- Sessions: where a person is signed in, and the end of it.
--
-- Supabase Auth keeps a row for each sign-in; its refresh tokens go with it. Access tokens would live
-- on for up to an hour, so the database asks for the row: a token whose session was ended has no
-- tenant and no role, at the Data API and in Storage as on the site.
----------------------------------------------------------------------------------------------------

-- Every statement under a policy asks these. plpgsql keeps their plans: as SQL functions they were
-- planned at each call, which took longer than looking at the session does now.
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
      )
    );
  return mine;
end
$$;

-- Auth sees the site sign people in, not their browsers.
create table private.session_devices (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  user_agent text check (char_length(user_agent) <= 300),
  address inet,
  noted_at timestamptz not null default now()
);
comment on table private.session_devices is
  'From where people signed in by the site, for their own list of sessions. Goes when the session ends.';
comment on column private.session_devices.session_id is 'Which sign-in: its id in Authentication.';
comment on column private.session_devices.user_agent is 'What the browser says that it is.';
comment on column private.session_devices.address is 'Internet address of the browser.';
comment on column private.session_devices.noted_at is 'When that was noted.';

alter table private.session_devices enable row level security;
alter table private.session_devices force row level security;

create function private.my_session()
returns uuid
language sql
stable
set search_path = ''
as $$
  select ((select auth.jwt()) ->> 'session_id')::uuid
$$;
comment on function private.my_session() is
  'The sign-in that the token at work belongs to; null if the token names none.';

create function private.note_session(user_agent text, address text default null)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.session_devices (session_id, user_agent, address)
  select id, left(note_session.user_agent, 300), note_session.address::inet
  from auth.sessions
  where id = (select private.my_session()) and user_id = (select auth.uid())
  on conflict (session_id) do nothing
$$;
comment on function private.note_session(text, text) is
  'Notes from where the signed-in person signed in, once a session.';

create function private.my_sessions()
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
    and (select private.my_role()) is not null
  order by 3 desc, 1
$$;
comment on function private.my_sessions() is
  'Where the signed-in person is signed in, the session used last first.';

-- Their id as long as their token counts: what somebody does with their own by the owner's rights
-- asks for this and not for auth.uid(), which a token of an ended session still has.
create function private.my_id()
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select auth.uid() where private.my_role() is not null
$$;
comment on function private.my_id() is
  'The signed-in person; null for whoever is locked out or whose session was ended.';

-- Who is meant is decided by the callers.
create function private.end_sessions(of_person uuid, ids uuid[], why text)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  ending uuid[];
begin
  ending := array(
    select id from auth.sessions
    where user_id = of_person and (ids is null or id = any (ids))
    for update
  );
  if cardinality(ending) > 0 then
    -- Written first: the session at work may be among them, and with it goes the role.
    perform private.record_audit(
      (select tenant_id from public.profiles where id = of_person),
      'auth.session_ended', 'profile', of_person::text,
      jsonb_build_object('count', cardinality(ending), 'by', why)
    );
    delete from auth.sessions where id = any (ending);
  end if;
  return cardinality(ending);
end
$$;
comment on function private.end_sessions(uuid, uuid[], text) is
  'Ends sessions of a person, all if none are named, and writes it to the audit log. Returns how many there were.';

create function private.end_session(session_id uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
  select private.end_sessions(private.my_id(), array[session_id], 'person') > 0
$$;
comment on function private.end_session(uuid) is
  'Ends one session of the signed-in person. False if there is none such.';

create function private.end_other_sessions()
returns integer
language plpgsql
security definer
set search_path = ''
as $$
begin
  if private.my_session() is null then
    raise exception 'the token names no session' using errcode = 'insufficient_privilege';
  end if;
  return private.end_sessions(
    private.my_id(),
    array(
      select id from auth.sessions
      where user_id = private.my_id() and id <> private.my_session()
    ),
    'person'
  );
end
$$;
comment on function private.end_other_sessions() is
  'Ends all sessions of the signed-in person but the one at work. Returns how many there were.';

create function private.end_all_sessions()
returns integer
language sql
security definer
set search_path = ''
as $$
  select private.end_sessions(private.my_id(), null, 'person')
$$;
comment on function private.end_all_sessions() is
  'Ends all sessions of the signed-in person, the one at work too. Returns how many there were.';

revoke all on function
  private.my_id(), private.my_session(), private.note_session(text, text), private.my_sessions(),
  private.end_sessions(uuid, uuid[], text), private.end_session(uuid),
  private.end_other_sessions(), private.end_all_sessions()
from public;
grant execute on function
  private.note_session(text, text), private.my_sessions(), private.end_session(uuid),
  private.end_other_sessions(), private.end_all_sessions()
to authenticated;

----------------------------------------------------------------------------------------------------
-- Who is locked is out at once, and stays out when the lock is taken off: they sign in anew.
----------------------------------------------------------------------------------------------------

create function private.lock_out()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.end_sessions(new.id, null, 'lock');
  return null;
end
$$;
comment on function private.lock_out() is 'Ends the sessions of a person who was locked.';
revoke all on function private.lock_out() from public;

create trigger lock_out after update of is_active on public.profiles
for each row when (old.is_active and not new.is_active) execute function private.lock_out();
