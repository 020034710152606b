-- What happened is written once and stays. Nobody, the owner included, alters the log.
begin;
set local search_path = public, extensions;

select plan(32);

create temporary table earlier as select coalesce(max(seq), 0) as seq from public.audit_log;

select tests.populate();

-- Writing -----------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    values ('ks', 'service_webhooks', 'subscription.updated', 'subscription', 'one', '{"a": 1}')
  $$,
  'a function adds a row'
);
select lives_ok(
  $$
    insert into public.audit_log (actor_role, action, entity_type, entity_id)
    values ('service_webhooks', 'webhook.invalid_signature', 'webhook_event', 'two')
  $$,
  'also one that concerns no tenant'
);
select throws_ok(
  $$ insert into public.audit_log (actor_role, action, created_at) values ('x', 'webhook.failed', '2020-01-01') $$,
  '42501', null, 'and does not choose its time'
);
select throws_ok(
  $$ insert into public.audit_log (actor_role, action, id) values ('x', 'webhook.failed', gen_random_uuid()) $$,
  '42501', null, 'nor its id'
);
select throws_ok(
  $$ insert into public.audit_log (actor_role, action, seq) overriding system value values ('x', 'webhook.failed', 1) $$,
  '42501', null, 'nor its place'
);
select throws_ok(
  $$ insert into public.audit_log (actor_role, action) values ('x', 'Robert''); drop table') $$,
  '23514', null, 'an action is a name'
);
select throws_ok('select * from public.audit_log', '42501', null, 'a function reads nothing back');
select tests.act_as('ks_member');
select throws_ok(
  $$ insert into public.audit_log (tenant_id, actor_role, action) values ('ks', 'staff', 'claim.assigned') $$,
  '42501', null, 'a person cannot write a row of their own making'
);
select throws_ok(
  $$ select private.record_audit('ks', 'claim.assigned', 'claim', 'x', '{}') $$,
  '42501', null, 'not through the triggers'' function either'
);

-- Never altered -----------------------------------------------------------------------------------

select tests.act_as_owner();
select ok(
  (
    select bool_and(created_at = now()) and count(distinct seq) = count(*) from public.audit_log
    where seq > (select seq from earlier)
  ),
  'rows are numbered and stamped by the database'
);
select throws_ok(
  $$ update public.audit_log set action = 'nothing.happened' where entity_id = 'one' $$,
  'audit_log is append-only', 'the owner cannot change a row'
);
select throws_ok(
  $$ delete from public.audit_log where entity_id = 'one' $$,
  'audit_log is append-only', 'nor delete one'
);
select throws_ok('truncate public.audit_log', 'audit_log is append-only', 'nor empty the log');
set local session_replication_role = replica;
select throws_ok(
  $$ delete from public.audit_log where entity_id = 'one' $$,
  'audit_log is append-only', 'not with ordinary triggers switched off either'
);
set local session_replication_role = origin;
select tests.act_as_role('service_role');
select throws_ok(
  $$ update public.audit_log set action = 'nothing.happened' where entity_id = 'one' $$,
  '42501', null, 'the secret key cannot change a row'
);
select throws_ok(
  $$ delete from public.audit_log where entity_id = 'one' $$, '42501', null, 'nor delete one'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  $$ update public.audit_log set action = 'nothing.happened' where true $$, '42501', null,
  'the functions cannot either'
);
select throws_ok('delete from public.audit_log where true', '42501', null, 'in no way');

-- Reading -----------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select throws_ok('select id from public.audit_log', '42501', null, 'a visitor reads nothing');
select tests.act_as('ks_member');
select is_empty('select id from public.audit_log', 'a member reads nothing');
select tests.act_as('ks_staff');
select is_empty('select id from public.audit_log', 'staff read nothing');
select tests.act_as('ks_admin');
select results_eq(
  $$ select entity_id from public.audit_log where entity_type = 'subscription' $$, array['one'],
  'a tenant admin reads the log of the tenant'
);
select is_empty(
  $$ select id from public.audit_log where tenant_id is null $$, 'but not what concerns none'
);
select tests.act_as('mk_admin');
select is_empty(
  $$ select id from public.audit_log where tenant_id is distinct from 'mk' $$,
  'nor what concerns another'
);
select tests.act_as('super');
select results_eq(
  $$ select entity_id from public.audit_log where entity_type in ('subscription', 'webhook_event') order by seq $$,
  array['one', 'two'], 'a super admin reads all of it'
);

-- Changes of who somebody is, whoever makes them ------------------------------------------------------

select tests.act_as_owner();
update public.profiles set role = 'staff' where id = tests.id_of('ks_other_member');
select results_eq(
  $$
    select tenant_id, actor_id, actor_role = session_user, action, metadata
    from public.audit_log
    where entity_type = 'profile' and entity_id = tests.id_of('ks_other_member')::text
      and action like 'user.role%'
  $$,
  $$
    values (
      'ks', null::uuid, true, 'user.role_granted',
      '{"before": "member", "after": "staff"}'::jsonb
    )
  $$,
  'a role given in Studio is on record'
);
update public.profiles set role = 'member' where id = tests.id_of('ks_other_member');
select isnt_empty(
  $$
    select from public.audit_log
    where action = 'user.role_revoked' and entity_id = tests.id_of('ks_other_member')::text
  $$,
  'so is one taken away'
);
update public.profiles set agent_id = null where id = tests.id_of('ks_member');
select results_eq(
  $$
    select metadata from public.audit_log
    where action = 'user.agent_updated' and entity_id = tests.id_of('ks_member')::text
      and metadata ->> 'after' is null
  $$,
  $$ select jsonb_build_object('before', tests.id_of('ks_agent'), 'after', null) $$,
  'a change of agent'
);
update public.profiles set is_active = false where id = tests.id_of('ks_member');
select results_eq(
  $$
    select metadata -> 'after' ->> 'is_active' from public.audit_log
    where action = 'user.settings_updated' and entity_id = tests.id_of('ks_member')::text
      and metadata -> 'before' ->> 'is_active' = 'true' and metadata -> 'after' ->> 'is_active' = 'false'
  $$,
  array['false'],
  'and a lock'
);
create temporary table rows_before as select count(*) from public.audit_log;
update public.profiles set is_active = is_active where id = tests.id_of('ks_member');
select is(
  (select count(*) from public.audit_log), (select count from rows_before),
  'a change that changes nothing is none'
);

-- The log outlives what it tells of -----------------------------------------------------------------

delete from auth.users where id = tests.id_of('ks_member');
select isnt_empty(
  $$ select from public.audit_log where entity_id = tests.id_of('ks_member')::text $$,
  'rows about a deleted person stay'
);
select is_empty(
  $$ select from public.profiles where id = tests.id_of('ks_member') $$, 'though the person is gone'
);

select * from finish();
rollback;
