-- Who signed in and out is on the audit log; of those who could not, how many.
begin;
set local search_path = public, extensions;

select plan(21);

select tests.populate();

insert into auth.sessions (id, user_id, created_at)
select ('5e550000-0000-4000-8000-00000000000' || nr)::uuid, tests.id_of(handle), now()
from (values (1, 'ks_member'), (2, 'ks_member'), (3, 'super'), (4, 'mk_member')) as one (nr, handle);
create function pg_temp.act_in(handle text, nr integer)
returns void
language sql
as $$
  select tests.act_as(
    handle, jsonb_build_object('session_id', '5e550000-0000-4000-8000-00000000000' || nr)
  )
$$;
create temporary table mark as select coalesce(max(seq), 0) as seq from public.audit_log;
create function pg_temp.told(out who text, out action text, out tenant_id text, out metadata jsonb)
returns setof record
language sql
security definer
as $$
  select
    (select email from public.profiles where id = log.actor_id), action, log.tenant_id, metadata
  from public.audit_log as log
  where seq > (select seq from mark) order by seq
$$;
create function pg_temp.begin_anew()
returns void
language sql
security definer
as $$
  update mark set seq = (select max(seq) from public.audit_log)
$$;
grant execute on function pg_temp.act_in(text, integer), pg_temp.told(), pg_temp.begin_anew() to public;

-- In --------------------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select throws_ok($$ select private.note_session('x') $$, '42501', null, 'visitors note no session');
select throws_ok('select private.note_sign_out()', '42501', null, 'and sign nobody out');
select pg_temp.act_in('mk_member', 1);
select lives_ok($$ select private.note_session('x') $$, 'in a session of somebody else');
select is_empty('select from pg_temp.told()', 'nothing is noted');
select pg_temp.act_in('ks_member', 1);
select private.note_session('Firefox', '192.0.2.7', 'ks');
select results_eq(
  'select action, tenant_id, metadata::text from pg_temp.told()',
  $$ values ('auth.signed_in', 'ks', '{}') $$,
  'who signs in is on the log, without address or browser'
);
select private.note_session('Firefox', '192.0.2.7', 'ks');
select is((select count(*) from pg_temp.told()), 1::bigint, 'once a session');
select pg_temp.act_in('ks_member', 2);
select private.note_session('Firefox', null, 'mk');
select results_eq(
  'select action, tenant_id, metadata from pg_temp.told() offset 1',
  $$
    values
      ('auth.signed_in', 'ks', '{}'::jsonb),
      ('auth.signin_denied_wrong_tenant', 'ks', '{"host_tenant": "mk"}'::jsonb)
  $$,
  'at another country''s door it says so'
);
select pg_temp.begin_anew();
select pg_temp.act_in('super', 3);
select private.note_session('Firefox', null, 'mk');
select results_eq(
  'select action from pg_temp.told()', array['auth.signed_in'],
  'a super admin is at home everywhere'
);
select pg_temp.begin_anew();
select pg_temp.act_in('mk_member', 4);
select private.note_session('Firefox');
select results_eq(
  'select action, tenant_id from pg_temp.told()', $$ values ('auth.signed_in', 'mk') $$,
  'a host that names no country is everybody''s'
);

-- Out -------------------------------------------------------------------------------------------------

select pg_temp.begin_anew();
select pg_temp.act_in('ks_member', 1);
select private.note_sign_out();
select results_eq(
  'select action, tenant_id, metadata::text from pg_temp.told()',
  $$ values ('auth.signed_out', 'ks', '{}') $$, 'who signs out is on the log'
);
select is(private.my_role(), null, 'and out at once');
select private.note_sign_out();
select is((select count(*) from pg_temp.told()), 1::bigint, 'only once');
select tests.act_as_owner();
select is(
  (select count(*) from auth.sessions where user_id = tests.id_of('ks_member')), 1::bigint,
  'of one browser, not of the others'
);

-- Refused -----------------------------------------------------------------------------------------------

select pg_temp.begin_anew();
select tests.act_as_role('anon');
select private.note_refused_sign_in('ks');
select private.note_refused_sign_in('ks');
select private.note_refused_sign_in('ks', true);
select private.note_refused_sign_in('nowhere');
select throws_ok('select from private.refused_sign_ins', '42501', null, 'nobody reads the counts');
select throws_ok(
  'select private.sweep_refused_sign_ins()', '42501', null, 'or writes them to the log by hand'
);
select tests.act_as_owner();
select results_eq(
  'select host_tenant, refused, limited from private.refused_sign_ins',
  $$ values ('ks', 2, 1) $$, 'who could not sign in is counted, without a name'
);
select is(private.sweep_refused_sign_ins(), 0::bigint, 'an hour that goes on is not over');
select is_empty('select from pg_temp.told()', 'and told of later');
select is(private.sweep_refused_sign_ins(now() + interval '1 hour'), 1::bigint, 'then it is');
select results_eq(
  $$ select action, tenant_id, (metadata - 'hour')::text from pg_temp.told() $$,
  $$ values ('auth.signin_refused', 'ks', '{"limited": 1, "refused": 2}') $$,
  'one row of the log for the hour'
);
select is_empty('select from private.refused_sign_ins', 'and counted anew');

select * from finish();
rollback;
