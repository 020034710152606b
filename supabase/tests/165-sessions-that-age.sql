-- Sessions end by themselves, by when they began and when they were last used.
begin;
set local search_path = public, extensions;

select plan(34);

select tests.populate();

create temporary table sessions (
  handle text, name text, begun interval, used interval,
  id uuid not null default gen_random_uuid()
);
insert into sessions (handle, name, begun, used)
values
  ('ks_member', 'fresh', '89 days', '29 days'),
  ('ks_member', 'idle', '60 days', '31 days'),
  ('ks_member', 'never used', '31 days', null),
  ('ks_member', 'old', '91 days', '1 hour'),
  ('ks_staff', 'fresh', '6 days', '11 hours'),
  ('ks_staff', 'idle', '5 days', '13 hours'),
  ('ks_staff', 'never used', '13 hours', null),
  ('ks_staff', 'old', '8 days', '1 hour'),
  ('ks_agent', 'idle', '5 days', '13 hours'),
  ('super', 'idle', '5 days', '13 hours');
insert into auth.sessions (id, user_id, created_at, refreshed_at)
select id, tests.id_of(handle), now() - begun, (now() - used) at time zone 'UTC' from sessions;
insert into auth.refresh_tokens (id, token, user_id, session_id)
select id::text, id::text, tests.id_of(handle), id from sessions;
grant select on sessions to public;

create function pg_temp.act_in(handle text, name text)
returns void
language sql
as $$
  select tests.act_as(
    $1,
    jsonb_build_object(
      'session_id', (select id from sessions where sessions.handle = $1 and sessions.name = $2)
    )
  )
$$;
create function pg_temp.counts()
returns text
language sql
as $$
  select concat_ws(
    ' ',
    case when private.session_lives(((select auth.jwt()) ->> 'session_id')::uuid) then 'lives' end,
    case when exists (select from public.profiles where id = auth.uid()) then 'reads' end
  )
$$;
create function pg_temp.left_of(handle text)
returns text[]
language sql
security definer
as $$
  select array_agg(name order by name) from sessions
  where sessions.handle = $1 and id in (select id from auth.sessions)
    and id in (select session_id from auth.refresh_tokens)
$$;
grant execute on function
  pg_temp.act_in(text, text), pg_temp.counts(), pg_temp.left_of(text)
to public;

-- Refused at once, swept or not -----------------------------------------------------------------------

create temporary table seen (handle text, name text, told text);
grant insert on seen to public;
do $$
declare
  one record;
begin
  for one in select handle, name from sessions loop
    perform pg_temp.act_in(one.handle, one.name);
    insert into seen values (one.handle, one.name, pg_temp.counts());
    perform tests.act_as_owner();
  end loop;
end
$$;
select results_eq(
  $$ select handle, name, told from seen where told <> '' order by 1, 2 $$,
  $$ values ('ks_member', 'fresh', 'lives reads'), ('ks_staff', 'fresh', 'lives reads') $$,
  'sessions that nobody used for 30 days, or that are 90 days old, tell a member nothing; those who work here 12 hours and 7 days'
);
select is((select count(*) from seen), 10::bigint, 'each was tried');
select pg_temp.act_in('ks_staff', 'idle');
select is(private.my_role(), null, 'such a token has no role');
select is(private.my_tenant(), null, 'no country');
select is(private.my_branch(), null, 'no branch');
select is_empty('select private.my_tenant_ids()', 'and sees none');
select is_empty('select from private.my_sessions()', 'nor sessions');
select is(private.end_all_sessions(), 0, 'nor ends any');
select pg_temp.act_in('ks_staff', 'fresh');
select is(
  (select count(*) from private.my_sessions()), 1::bigint,
  'in a list there are those that live'
);
select pg_temp.act_in('ks_member', 'fresh');
select is((select count(*) from private.my_sessions()), 1::bigint, 'for members too');
select tests.act_as_owner();

-- What is over stays over ------------------------------------------------------------------------------

update auth.sessions
set refreshed_at = now() at time zone 'UTC'
where id in (select id from sessions where name in ('idle', 'never used'));
select pg_temp.act_in('ks_member', 'idle');
select is(pg_temp.counts(), '', 'Auth gives it no new life');
select tests.act_as_owner();
select is(
  (
    select count(*) from auth.sessions
    where id in (select id from sessions where name in ('idle', 'never used')) and not_after <= now()
  ),
  6::bigint, 'it is told that it is over'
);
update auth.sessions set refreshed_at = now() at time zone 'UTC'
where id in (select id from sessions where name = 'fresh');
select is(
  (
    select count(*) from auth.sessions
    where id in (select id from sessions where name = 'fresh') and not_after is null
      and refreshed_at = now() at time zone 'UTC'
  ),
  2::bigint, 'one that lives goes on'
);

-- Another role, other rules ---------------------------------------------------------------------------

update public.profiles set role = 'staff' where id = tests.id_of('ks_member');
select pg_temp.act_in('ks_member', 'fresh');
select is(pg_temp.counts(), '', 'who gets to see the claims of others begins by their rules');
select tests.act_as_owner();
update public.profiles set role = 'member' where id = tests.id_of('ks_member');
select pg_temp.act_in('ks_member', 'fresh');
select is(pg_temp.counts(), 'lives reads', 'a member by a member''s');
select tests.act_as_owner();

-- The bounds ------------------------------------------------------------------------------------------

select is(
  private.session_is_fresh(
    now() - begun, (now() - used) at time zone 'UTC', role
  ),
  fresh, format('%s, begun %s ago, used %s ago', role, begun, coalesce(used::text, 'never'))
)
from (values
  ('member', interval '90 days', interval '1 day', false),
  ('member', interval '90 days' - interval '1 second', interval '1 day', true),
  ('member', interval '89 days', interval '30 days', false),
  ('member', interval '89 days', interval '30 days' - interval '1 second', true),
  ('member', interval '29 days', null, true),
  ('staff', interval '7 days', interval '1 hour', false),
  ('staff', interval '6 days', interval '12 hours', false),
  ('staff', interval '6 days', interval '11 hours', true),
  ('agent', interval '13 hours', null, false),
  ('branch_manager', interval '13 hours', null, false),
  ('tenant_admin', interval '13 hours', null, false),
  ('super_admin', interval '13 hours', null, false),
  (null, interval '13 hours', null, false)
) as one (role, begun, used, fresh);

-- The job ---------------------------------------------------------------------------------------------

create temporary table mark as select coalesce(max(seq), 0) as seq from public.audit_log;
select cmp_ok(private.sweep_sessions(), '>=', 8::bigint, 'the job takes away what is over');
select is(
  (select array_agg(pg_temp.left_of(handle) order by handle) from unnest('{ks_member,ks_staff}'::text[]) as handle),
  array[array['fresh'], array['fresh']], 'and what belongs to it, and nothing else'
);
select results_eq(
  $$
    select entity_id, (metadata ->> 'count')::int, metadata ->> 'by'
    from public.audit_log
    where seq > (select seq from mark) and action = 'auth.session_ended'
      and entity_id in (tests.id_of('ks_member')::text, tests.id_of('super')::text)
    order by 2
  $$,
  $$ values (tests.id_of('super')::text, 1, 'age'), (tests.id_of('ks_member')::text, 3, 'age') $$,
  'it is on the audit log, once a person'
);
select is(private.sweep_sessions(), 0::bigint, 'then there is nothing to do');
select tests.act_as('ks_staff');
select throws_ok('select private.sweep_sessions()', '42501', null, 'nobody sweeps by hand');
select throws_ok(
  $$ select private.session_is_fresh(now(), null, 'member') $$, '42501', null, 'or asks for the rule'
);

select * from finish();
rollback;
