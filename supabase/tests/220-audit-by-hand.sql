-- What is done by hand, in Studio or in an SQL shell, is on the audit log: once, and without words of
-- people.
begin;
set local search_path = public, extensions;

select plan(31);

select tests.populate();
select tests.subscribe('ks_member');

create temporary table mark as select coalesce(max(seq), 0) as seq from public.audit_log;
create function pg_temp.told(
  out actor_role text, out action text, out entity_type text, out metadata jsonb
)
returns setof record
language sql
security definer
as $$
  select actor_role, action, entity_type, metadata from public.audit_log
  where seq > (select seq from mark) order by seq
$$;
create function pg_temp.begin_anew()
returns void
language sql
security definer
as $$
  update mark set seq = (select max(seq) from public.audit_log)
$$;
grant execute on function pg_temp.told(), pg_temp.begin_anew() to public;

-- Told ----------------------------------------------------------------------------------------------

update public.profiles set full_name = 'Zana Marker', phone = '+383 44 000 000'
where id = tests.id_of('ks_member');
select results_eq(
  $$ select actor_role, action, entity_type, metadata -> 'changed' from pg_temp.told() $$,
  $$ values (session_user::text collate "default", 'row.updated', 'profiles', '["full_name", "phone"]'::jsonb) $$,
  'a name that is changed by hand is told of'
);
select is(
  (select metadata::text ~ 'Zana|383' from pg_temp.told()), false, 'and not which name'
);
select is(
  (select entity_id from public.audit_log order by seq desc limit 1),
  tests.id_of('ks_member')::text, 'but whose'
);
select pg_temp.begin_anew();
update public.subscriptions set current_period_end = '2030-01-01' where user_id = tests.id_of('ks_member');
select results_eq(
  $$ select action, metadata -> 'after' ->> 'current_period_end' like '2030-01-01%' from pg_temp.told() $$,
  $$ values ('row.updated', true) $$, 'a period that is made longer by hand'
);
select pg_temp.begin_anew();
insert into public.branches (tenant_id, code, name) values ('ks', 'KS-NEW', 'New office');
update public.branches set name = 'Newer office' where code = 'KS-NEW';
delete from public.branches where code = 'KS-NEW';
select results_eq(
  $$ select action, entity_type from pg_temp.told() $$,
  $$
    values ('row.inserted', 'branches'), ('row.updated', 'branches'), ('row.deleted', 'branches')
  $$,
  'rows that come, change and go'
);
select is(
  (select count(*) from public.audit_log where action like 'row.%' and entity_type = 'branches'
    and tenant_id = 'ks' and seq > (select seq from mark)),
  3::bigint, 'in their country'
);
select pg_temp.begin_anew();
update public.tenants set name = name || '!' where id = 'mk';
select is(
  (select tenant_id from public.audit_log order by seq desc limit 1), 'mk',
  'a country is its own'
);
select pg_temp.begin_anew();
truncate public.nps_survey_responses;
select results_eq(
  'select action, entity_type from pg_temp.told()',
  $$ values ('row.truncated', 'nps_survey_responses') $$, 'a table that is emptied'
);
select pg_temp.begin_anew();
delete from auth.users where id = tests.id_of('mk_member');
select results_eq(
  'select action, entity_type from pg_temp.told()', $$ values ('row.deleted', 'profiles') $$,
  'a person who is deleted in Authentication'
);
select pg_temp.begin_anew();
set local role service_role;
update public.branches set name = 'Renamed' where code = 'KS-A';
reset role;
select results_eq(
  'select actor_role, action from pg_temp.told()', $$ values ('service_role', 'row.updated') $$,
  'what is done by the secret key'
);
set local application_name = 'supabase/dashboard';
select pg_temp.begin_anew();
update public.branches set name = 'Renamed again' where code = 'KS-A';
update public.profiles set role = 'staff' where id = tests.id_of('ks_other_member');
select results_eq(
  'select actor_role, action from pg_temp.told()',
  $$ values ('studio', 'row.updated'), ('studio', 'user.role_granted') $$,
  'what comes from Studio says so'
);
select is(
  (select metadata ->> 'database_role' from pg_temp.told() limit 1), session_user::text,
  'and under which login'
);
set local application_name = 'psql';

-- Many at once ----------------------------------------------------------------------------------------

select pg_temp.begin_anew();
insert into public.branches (tenant_id, code, name)
select 'ks', 'KS-M' || nr, 'Many' from generate_series(1, 3) as nr;
update public.branches set is_active = code = 'KS-M2', name = 'Of many' where code like 'KS-M_';
select results_eq(
  $$
    select action, count(*), count(distinct entity_id) from public.audit_log
    where seq > (select seq from mark) group by action order by action
  $$,
  $$ values ('row.inserted', 3::bigint, 3::bigint), ('row.updated', 3, 3) $$,
  'a statement that changes many rows is told of row by row'
);
select results_eq(
  $$
    select branch.code, log.metadata -> 'changed', log.metadata -> 'before', log.metadata -> 'after'
    from public.audit_log as log
    join public.branches as branch on branch.id::text = log.entity_id
    where log.seq > (select seq from mark) and log.action = 'row.updated'
    order by log.seq
  $$,
  $$
    values
      ('KS-M1', '["is_active", "name"]'::jsonb, '{"is_active": true}'::jsonb, '{"is_active": false}'::jsonb),
      ('KS-M2', '["name"]', '{}', '{}'),
      ('KS-M3', '["is_active", "name"]', '{"is_active": true}', '{"is_active": false}')
  $$,
  'each with what became of it'
);
select pg_temp.begin_anew();
update public.branches set id = ('b0000000-0000-4000-8000-00000000000' || right(code, 1))::uuid
where code like 'KS-M_';
select is(
  (
    select count(*) from public.audit_log
    where seq > (select seq from mark) and entity_id = metadata -> 'after' ->> 'id'
      and metadata -> 'before' ->> 'id' <> entity_id and metadata -> 'changed' = '["id"]'
  ),
  3::bigint, 'also where the key itself changes'
);
select pg_temp.begin_anew();
delete from public.branches where code like 'KS-M_';
delete from public.branches where code like 'KS-M_';
select is(
  (select count(*) from pg_temp.told() where action = 'row.deleted'), 3::bigint,
  'and a statement that finds nothing tells nothing'
);

-- Not twice -------------------------------------------------------------------------------------------

select pg_temp.begin_anew();
update public.profiles set role = 'member' where id = tests.id_of('ks_other_member');
select results_eq(
  'select action from pg_temp.told()', array['user.role_revoked'],
  'a role is told of by its own trigger alone'
);
select pg_temp.begin_anew();
update public.profiles set role = 'agent', branch_id = tests.branch('KS-A'), full_name = 'Both'
where id = tests.id_of('ks_other_member');
select set_eq(
  $$ select action || coalesce(metadata ->> 'changed', '') from pg_temp.told() $$,
  array['user.role_granted', 'user.settings_updated', 'row.updated["full_name"]'],
  'what that does not tell is told beside it'
);
select tests.send(1, 'ks_member');
select pg_temp.begin_anew();
update public.claims set status = 'verification' where id = tests.claim(1);
select results_eq(
  'select action from pg_temp.told()', array['claim.status_changed'], 'a claim that moves'
);
select pg_temp.begin_anew();
update public.claims set title = 'Another title' where id = tests.claim(1);
select results_eq('select action from pg_temp.told()', array['claim.updated'], 'or is corrected');
select pg_temp.begin_anew();
update public.claims set agent_id = null, sla_told = 'warning' where id = tests.claim(1);
select is_empty(
  $$ select from pg_temp.told() where metadata -> 'changed' ? 'sla_told' $$,
  'what staff were told of deadlines is no change'
);
select pg_temp.begin_anew();
update public.claims set agent_id = case when agent_id is null then tests.id_of('ks_agent') end
where id = tests.claim(1);
select results_eq(
  $$ select action, metadata -> 'changed' from pg_temp.told() $$,
  $$ values ('row.updated', '["agent_id"]'::jsonb) $$, 'an agent who is changed is told of'
);
select pg_temp.begin_anew();
update public.branches set name = name where true;
update public.branches set updated_at = now() where true;
select is_empty('select from pg_temp.told()', 'what changes nothing is not told of');

-- Not by hand -----------------------------------------------------------------------------------------

select pg_temp.begin_anew();
select tests.act_as('ks_member');
update public.profiles set full_name = 'By myself' where id = tests.id_of('ks_member');
select tests.act_as_owner();
select is_empty('select from pg_temp.told()', 'a member''s own change of name is nobody''s business');
select tests.act_as_role('service_cron');
update public.subscriptions set lifecycle_due_at = now() where true;
select tests.act_as_owner();
select is_empty('select from pg_temp.told()', 'a job at work');
select tests.act_as('ks_member');
select tests.act_as_owner();
select tests.draft(2, 'ks_member');
select pg_temp.begin_anew();
select tests.act_as('ks_member');
select lives_ok($$ select public.submit_claim(tests.claim(2)) $$, 'a member sends a claim');
select tests.act_as_owner();
select results_eq(
  'select action, actor_role from pg_temp.told()', $$ values ('claim.submitted', 'member') $$,
  'which functions with their owner''s rights do, and is told of once'
);

-- Everything is watched, but for what only says what machines did ---------------------------------------

select results_eq(
  $$
    select c.relname::text collate "default" from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not exists (
        select from pg_trigger where tgrelid = c.oid and tgname ~ '^x_.*_by_hand$' and tgenabled <> 'D'
      )
    order by c.relname collate "C"
  $$,
  array[
    'audit_chain', 'audit_heads', 'audit_log', 'cron_runs', 'mail_batches', 'mail_events',
    'notifications', 'rate_limits', 'referral_clicks', 'share_pack_accesses', 'share_pack_documents'
  ],
  'every other table is watched'
);
select is_empty(
  $$
    select tgrelid::regclass, count(*) from pg_trigger
    where tgname ~ '^x_.*_by_hand$'
    group by tgrelid
    having count(*) not in (3, 4)
      -- A statement at a time: bit 0 would be a row at a time.
      or bool_or(tgtype::integer & 1 = 1)
      or array_agg(distinct tgfoid::regprocedure::text order by tgfoid::regprocedure::text)
        <> '{private.audit_by_hand(),private.audit_by_hand_at_once()}'
  $$,
  'in every way'
);
select throws_ok(
  $$ select private.watch_by_hand('public.branches', '{no_such_column}') $$, '42703', null,
  'a column that there is not is refused'
);
select tests.act_as('super');
select throws_ok(
  $$ select private.watch_by_hand('public.branches') $$, '42501', null,
  'watching is set up by migrations alone'
);

select * from finish();
rollback;
