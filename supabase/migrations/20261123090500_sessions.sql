----------------------------------------------------------------------------------------------------
-- Sessions: whether a sign-in still counts.
--
-- An access token stays valid until it expires, up to an hour after its session was ended by a
-- logout, a new password or a ban. Supabase Auth deletes the session at once; the site asks for it.
----------------------------------------------------------------------------------------------------

create function private.session_lives(session_id uuid)
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
    where session.id = $1
      and session.user_id = (select auth.uid())
      and (session.not_after is null or session.not_after > now())
      and (person.banned_until is null or person.banned_until <= now())
      and person.deleted_at is null
  )
$$;
comment on function private.session_lives(uuid) is
  'Whether this is a session of the signed-in person that was not ended, by a logout, a new password or a ban. No session lives without an id.';
revoke all on function private.session_lives(uuid) from public;
grant execute on function private.session_lives(uuid) to authenticated;

----------------------------------------------------------------------------------------------------
-- The owner takes the service roles too: functions that are given no login of their own connect as
-- the owner, and from PostgreSQL 16 on whoever makes a role may not become it without a grant.
----------------------------------------------------------------------------------------------------

grant service_webhooks, service_cron, service_auth to current_user;
