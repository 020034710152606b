-- Where a person is signed in, and the end of it.
begin;
set local search_path = public, extensions;

select plan(39);

select tests.populate();

create temporary table sessions (handle text, nr integer, id uuid not null default gen_random_uuid());
insert into sessions (handle, nr)
select handle, nr from unnest('{ks_member,ks_other_member}'::text[]) as handle, generate_series(1, 4) as nr;
insert into auth.sessions (id, user_id, created_at, refreshed_at, not_after, user_agent)
select
  id, tests.id_of(handle), now() - make_interval(days => nr),
  case nr when 3 then (now() - interval '1 hour') at time zone 'UTC' end,
  case nr when 4 then now() end, 'supabase-js'
from sessions;
insert into auth.refresh_tokens (id, token, user_id, session_id)
select id::text, id::text, tests.id_of(handle), id from sessions;
grant select on sessions to public;

create function pg_temp.session(handle text, nr integer)
returns uuid
language sql
as $$
  select id from sessions where sessions.handle = $1 and sessions.nr = $2
$$;
create function pg_temp.act_in(handle text, nr integer)
returns void
language sql
as $$
  select tests.act_as(handle, jsonb_build_object('session_id', pg_temp.session(handle, nr)))
$$;
create function pg_temp.left_of(handle text)
returns integer[]
language sql
security definer
as $$
  select array_agg(nr order by nr) from sessions
  where sessions.handle = $1 and id in (select id from auth.sessions)
    and id in (select session_id from auth.refresh_tokens)
$$;
grant execute on function
  pg_temp.session(text, integer), pg_temp.act_in(text, integer), pg_temp.left_of(text)
to public;

-- The list ------------------------------------------------------------------------------------------

select pg_temp.act_in('ks_member', 2);
select results_eq(
  $$
    select nr, is_current, refreshed_at, mine.user_agent
    from private.my_sessions() with ordinality as mine
    join sessions using (id)
    order by mine.ordinality
  $$,
  $$
    values
      (3, false, now() - interval '1 hour', 'supabase-js'),
      (1, false, now() - interval '1 day', 'supabase-js'),
      (2, true, now() - interval '2 days', 'supabase-js')
  $$,
  'a person sees their own sessions that live, the one used last first, and which one this is'
);
select private.note_session('Firefox on a phone', '192.0.2.7');
select results_eq(
  'select user_agent, ip from private.my_sessions() where is_current',
  $$ values ('Firefox on a phone', '192.0.2.7') $$,
  'with the browser rather than the program that signed them in for it'
);
select private.note_session('Another one', null);
select is(
  (select user_agent from private.my_sessions() where is_current), 'Firefox on a phone',
  'noted once'
);
select lives_ok(
  format('select private.note_session(%L)', repeat('x', 5000)), 'however long it calls itself'
);
select tests.act_as('ks_member');
select is(
  (select count(*) from private.my_sessions() where is_current), 0::bigint,
  'a token that names no session is none of them'
);
select throws_ok(
  'select private.end_other_sessions()', '42501', 'the token names no session',
  'and knows of no others'
);
select private.note_session('Nobody', null);
select is_empty(
  $$ select from private.my_sessions() where user_agent = 'Nobody' $$, 'nor has it a browser'
);
select tests.act_as(
  'ks_member', jsonb_build_object('session_id', pg_temp.session('ks_other_member', 1))
);
select private.note_session('Not mine', null);
select tests.act_as('ks_other_member');
select is_empty(
  $$ select from private.my_sessions() where user_agent = 'Not mine' $$,
  'nobody writes on somebody else''s session'
);

-- The end of one ------------------------------------------------------------------------------------

select pg_temp.act_in('ks_member', 2);
select is(
  private.end_session(pg_temp.session('ks_other_member', 1)), false,
  'nobody ends somebody else''s session'
);
select is(private.end_session(gen_random_uuid()), false, 'nor one that never was');
select is(private.end_session(null), false, 'nor none');
select is(pg_temp.left_of('ks_other_member'), '{1,2,3,4}', 'nothing of theirs is gone');
select is(private.end_session(pg_temp.session('ks_member', 1)), true, 'a person ends one of theirs');
select is(private.end_session(pg_temp.session('ks_member', 1)), false, 'once');
select is(pg_temp.left_of('ks_member'), '{2,3,4}', 'with its refresh token');
select is(
  private.session_lives(pg_temp.session('ks_member', 1)), false, 'and whoever holds a token of it is out'
);

-- The end of the others, and of all -------------------------------------------------------------------

select is(private.end_other_sessions(), 2, 'a person ends all others');
select is(pg_temp.left_of('ks_member'), '{2}', 'and keeps the one at work');
select is(private.end_other_sessions(), 0, 'once');
select isnt_empty('select from public.profiles', 'all the while their token counts');
select is(private.end_all_sessions(), 1, 'or ends all');
select is_empty('select from public.profiles', 'and the token that did it counts no longer');
select is(
  array[private.my_role(), private.my_tenant(), private.my_branch()::text], array[null, null, null]::text[],
  'it has no role, no country, no branch'
);
select throws_ok(
  $$ insert into public.claims (title, company, description, category) values ('Late', 'Air', 'Late.', 'travel') $$,
  '42501', null, 'and writes nothing'
);
select is(pg_temp.left_of('ks_member'), null, 'this one too');
select is(pg_temp.left_of('ks_other_member'), '{1,2,3,4}', 'still nothing of theirs is gone');

select tests.act_as_owner();
select results_eq(
  $$
    select tenant_id, actor_id = tests.id_of('ks_member'), actor_role, entity_type, metadata
    from public.audit_log
    where action = 'auth.session_ended' and entity_id = tests.id_of('ks_member')::text
    order by seq
  $$,
  $$
    values
      ('ks', true, 'member', 'profile', '{"count": 1, "by": "person"}'::jsonb),
      ('ks', true, 'member', 'profile', '{"count": 2, "by": "person"}'),
      ('ks', true, 'member', 'profile', '{"count": 1, "by": "person"}')
  $$,
  'each end is in the audit log'
);

-- A lock --------------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select is(
  private.set_active(tests.id_of('ks_other_member'), false, ' Left the club '), true,
  'an admin locks a person'
);
select is(pg_temp.left_of('ks_other_member'), null, 'who is out of every session at once');
select is(
  private.set_active(tests.id_of('ks_other_member'), false), false, 'locking again changes nothing'
);
select pg_temp.act_in('ks_other_member', 1);
select is_empty('select from private.my_sessions()', 'and sees no sessions');
select tests.act_as('ks_admin');
select is(
  private.set_active(tests.id_of('ks_other_member'), true), true, 'the lock is taken off'
);
select is(pg_temp.left_of('ks_other_member'), null, 'and no session comes back');
select pg_temp.act_in('ks_other_member', 1);
select is_empty('select from public.profiles', 'nor counts a token of one');
select tests.act_as('ks_other_member', jsonb_build_object('session_id', pg_temp.session('ks_member', 4)));
select is_empty('select from public.profiles', 'nor one that names somebody else''s session');
select tests.act_as_owner();
select results_eq(
  $$
    select action, actor_role, metadata - 'before' - 'after' from public.audit_log
    where entity_id = tests.id_of('ks_other_member')::text and actor_id = tests.id_of('ks_admin')
    order by seq
  $$,
  $$
    values
      ('user.settings_updated', 'tenant_admin', '{"reason": "Left the club"}'::jsonb),
      ('auth.session_ended', 'tenant_admin', '{"count": 4, "by": "lock"}'),
      ('user.settings_updated', 'tenant_admin', '{}')
  $$,
  'with why, and for each lock its own reason'
);

-- Who else asks ---------------------------------------------------------------------------------------

select throws_ok(
  'select * from private.my_sessions()', '42501', null, who || ' has no sessions'
)
from unnest('{anon,service_auth}'::text[]) as who, lateral tests.act_as_role(who);
select tests.act_as('ks_admin');
select throws_ok(
  format('select private.end_sessions(%L, null, %L)', tests.id_of('ks_member'), 'person'), '42501', null,
  'nobody ends the sessions of others but by a lock'
);

select * from finish();
rollback;
