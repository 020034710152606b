----------------------------------------------------------------------------------------------------
-- Sign-ins on the audit log: who came in and went out. Of those that failed a count, without an
-- address: what was typed may be anybody's, or a password in the wrong field.
----------------------------------------------------------------------------------------------------

drop function private.note_session(text, text);
create function private.note_session(
  user_agent text,
  address text default null,
  host_tenant text default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
begin
  insert into private.session_devices (session_id, user_agent, address)
  select id, left(note_session.user_agent, 300), note_session.address::inet
  from auth.sessions
  where id = (select private.my_session()) and user_id = (select private.my_id())
  on conflict (session_id) do nothing;
  if not found then
    return;
  end if;
  select * into me from public.profiles where id = private.my_id();
  perform private.record_audit(me.tenant_id, 'auth.signed_in', 'profile', me.id::text, '{}');
  if host_tenant <> me.tenant_id and me.role <> 'super_admin' then
    perform private.record_audit(
      me.tenant_id, 'auth.signin_denied_wrong_tenant', 'profile', me.id::text,
      jsonb_build_object('host_tenant', left(host_tenant, 40))
    );
  end if;
end
$$;
comment on function private.note_session(text, text, text) is
  'Notes from where the signed-in person signed in, once a session, and writes to the audit log that they did; also if it was on another country''s host, where nobody works: they are led to their own.';

create function private.note_sign_out()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if private.my_id() is null or private.my_session() is null then
    return;
  end if;
  perform private.record_audit(
    private.my_tenant(), 'auth.signed_out', 'profile', private.my_id()::text, '{}'
  );
  delete from auth.sessions
  where id = (select private.my_session()) and user_id = (select private.my_id());
end
$$;
comment on function private.note_sign_out() is
  'Ends the session at work, for good and at once, and writes to the audit log that the person went out. Nothing if it ended before.';

----------------------------------------------------------------------------------------------------
-- Those that failed
----------------------------------------------------------------------------------------------------

create table private.refused_sign_ins (
  host_tenant text not null references public.tenants (id),
  hour timestamptz not null,
  refused integer not null default 0,
  limited integer not null default 0,
  primary key (host_tenant, hour)
) with (fillfactor = 50);
comment on table private.refused_sign_ins is
  'How many tries to sign in failed, by hour. Goes to the audit log when the hour is over.';
comment on column private.refused_sign_ins.host_tenant is 'On which country''s site; whose account it was is not noted.';
comment on column private.refused_sign_ins.hour is 'Begin of the hour.';
comment on column private.refused_sign_ins.refused is 'Tries with a wrong address or password, or of a locked account.';
comment on column private.refused_sign_ins.limited is 'Tries that were refused because there were too many.';

alter table private.refused_sign_ins enable row level security;
alter table private.refused_sign_ins force row level security;

create function private.note_refused_sign_in(host_tenant text, was_limited boolean default false)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.refused_sign_ins as kept (host_tenant, hour, refused, limited)
  select id, date_trunc('hour', now()), (not was_limited)::integer, was_limited::integer
  from public.tenants
  where id = note_refused_sign_in.host_tenant
  on conflict (host_tenant, hour) do update
  set refused = kept.refused + excluded.refused, limited = kept.limited + excluded.limited
$$;
comment on function private.note_refused_sign_in(text, boolean) is
  'Counts a try to sign in that failed, without saying whose.';

create function private.sweep_refused_sign_ins(at timestamptz default now())
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  counted private.refused_sign_ins;
  hours bigint := 0;
begin
  for counted in
    delete from private.refused_sign_ins
    where hour <= at - interval '1 hour'
    returning *
  loop
    perform private.record_audit(
      counted.host_tenant, 'auth.signin_refused', 'tenant', counted.host_tenant,
      jsonb_build_object(
        'hour', counted.hour, 'refused', counted.refused, 'limited', counted.limited
      )
    );
    hours := hours + 1;
  end loop;
  return hours;
end
$$;
comment on function private.sweep_refused_sign_ins(timestamptz) is
  'Writes the counts of hours that are over to the audit log. Returns how many.';

create or replace function private.run_sweep_identity()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  begun timestamptz := clock_timestamp();
  done record;
  hours bigint := private.sweep_refused_sign_ins();
begin
  select * into done from private.sweep_identity();
  insert into public.cron_runs (job, started_at, finished_at, result, counts)
  values (
    'identity-sweep', begun, clock_timestamp(), 'ok',
    jsonb_build_object(
      'limits', done.limits, 'invitations', done.invitations, 'sessions', done.sessions,
      'refused_hours', hours
    )
  );
end
$$;

revoke all on function
  private.note_session(text, text, text), private.note_sign_out(),
  private.note_refused_sign_in(text, boolean), private.sweep_refused_sign_ins(timestamptz)
from public;
grant execute on function private.note_session(text, text, text), private.note_sign_out()
to authenticated;
grant execute on function private.note_refused_sign_in(text, boolean) to anon, authenticated;
