-- Who gives which role to whom: by a list, never above the own, never to oneself, always audited.
begin;
set local search_path = public, extensions;

select plan(69);

select tests.populate();
select tests.sign_up('ks_second_admin', 'ks', 'tenant_admin');
select tests.sign_up('ks_lost_manager', 'ks', 'branch_manager');
select tests.sign_up('mk_super', 'mk', 'super_admin');
insert into public.branches (tenant_id, code, name, is_active) values ('ks', 'KS-SHUT', 'Shut', false);

create function pg_temp.gave(handle text, role text, branch text default null)
returns text
language sql
as $$
  select private.set_role(tests.id_of(handle), role, tests.branch(branch));
  select role || ' ' || coalesce((select code from public.branches where id = branch_id), '-')
  from public.profiles where id = tests.id_of(handle)
$$;
create function pg_temp.attempt(handle text, role text, branch text default null)
returns text
language sql
as $$
  select format(
    'select private.set_role(%L, %L, %L)', tests.id_of(handle), role, tests.branch(branch)
  )
$$;
grant execute on function pg_temp.gave(text, text, text), pg_temp.attempt(text, text, text) to public;

-- The list ----------------------------------------------------------------------------------------

select set_eq(
  $$
    select granter_role || ': ' || string_agg(
      target_role || case when by_invitation_only then ' (invited)' else '' end, ', '
      order by target_role
    )
    from public.role_grants_allowed group by granter_role
  $$,
  array[
    'agent: member (invited)',
    'super_admin: agent, branch_manager, member, staff, super_admin, tenant_admin',
    'tenant_admin: agent, branch_manager, member, staff, tenant_admin'
  ],
  'two roles give roles, and agents invite members'
);
select throws_ok(
  format('insert into public.role_grants_allowed values (%L, %L)', granter, target), '23514', null,
  format('the list cannot say that %s makes %s', granter, target)
)
from (values
  ('tenant_admin', 'super_admin'), ('staff', 'tenant_admin'), ('member', 'agent'),
  ('super_admin', 'god'), ('god', 'member')
) as above (granter, target);
select tests.act_as('ks_admin');
select isnt_empty('select from public.role_grants_allowed', 'whoever is signed in reads it');
select throws_ok(change, '42501', null, 'and nobody writes it: ' || change)
from unnest(array[
  'delete from public.role_grants_allowed where true',
  'insert into public.role_grants_allowed values (''tenant_admin'', ''super_admin'')',
  'update public.role_grants_allowed set by_invitation_only = false where true'
]) as change;
select tests.act_as_role('anon');
select throws_ok('select from public.role_grants_allowed', '42501', null, 'a visitor has no business');

-- What an administrator may -------------------------------------------------------------------------

select tests.act_as('ks_admin');
select is(pg_temp.gave('ks_other_member', 'staff'), 'staff -', 'an admin makes staff of a member');
select is(
  pg_temp.gave('ks_other_member', 'agent', 'KS-B'), 'agent KS-B', 'an agent of somebody, in a branch'
);
select is(
  pg_temp.gave('ks_other_member', 'branch_manager', 'KS-A'), 'branch_manager KS-A',
  'a branch manager'
);
select is(
  pg_temp.gave('ks_other_member', 'tenant_admin'), 'tenant_admin -', 'another admin'
);
select is(pg_temp.gave('ks_other_member', 'member'), 'member -', 'and a member again');
select is(
  pg_temp.gave('ks_second_admin', 'member'), 'member -', 'also of another admin'
);

select tests.act_as_owner();
select results_eq(
  $$
    select action, metadata, actor_role, actor_id = tests.id_of('ks_admin')
    from public.audit_log
    where entity_id = tests.id_of('ks_other_member')::text and action like 'user.role%'
      and actor_id is not null
    order by seq
  $$,
  $$
    values
      ('user.role_granted', '{"before": "member", "after": "staff"}'::jsonb, 'tenant_admin', true),
      ('user.role_granted', '{"before": "staff", "after": "agent"}', 'tenant_admin', true),
      ('user.role_granted', '{"before": "agent", "after": "branch_manager"}', 'tenant_admin', true),
      ('user.role_granted', '{"before": "branch_manager", "after": "tenant_admin"}', 'tenant_admin', true),
      ('user.role_revoked', '{"before": "tenant_admin", "after": "member"}', 'tenant_admin', true)
  $$,
  'each grant is in the audit log, with before and after and who gave it'
);
select is(
  (
    select metadata -> 'after' ->> 'branch_id' from public.audit_log
    where entity_id = tests.id_of('ks_other_member')::text and action = 'user.settings_updated'
      and metadata -> 'after' ? 'branch_id' and actor_id is not null
    order by seq limit 1
  ),
  null, 'and so is each branch'
);

-- What an administrator may not ---------------------------------------------------------------------

select tests.act_as('ks_admin');
select throws_ok(
  pg_temp.attempt('ks_member', 'super_admin'), '42501', 'this role is not yours to give',
  'an admin makes no super admin'
);
select throws_ok(
  pg_temp.attempt('super', 'member'), '42501', 'this role is not yours to give',
  'and unmakes none'
);
select throws_ok(
  pg_temp.attempt('ks_admin', role), '42501',
  'nobody changes their own role, branch, agent or lock', 'nobody makes themselves ' || role
)
from unnest('{super_admin,staff,member}'::text[]) as role;
select throws_ok(
  pg_temp.attempt('ks_member', 'god'), '42501', null, 'nor anybody what there is not'
);
select throws_ok(
  pg_temp.attempt('mk_member', 'staff'), 'PT404', 'person not found',
  'for an admin nobody of another tenant is there'
);
select throws_ok(
  format('select private.set_role(%L, %L)', gen_random_uuid(), 'staff'), 'PT404', 'person not found',
  'no more than somebody who never was'
);
select throws_ok(
  pg_temp.attempt('ks_member', role), '23514', 'agents and branch managers need a branch',
  role || 's need a branch'
)
from unnest('{agent,branch_manager}'::text[]) as role;
select throws_ok(
  format(
    'select private.set_role(%L, %L, %L)', tests.id_of('ks_member'), 'agent',
    (select id from public.branches where code = 'KS-SHUT')
  ),
  '23514', 'the branch is closed', 'one that is open'
);
select tests.act_as_owner();
create temporary table foreign_branch as select tests.branch('MK-A') as id;
grant select on foreign_branch to public;
select tests.act_as('ks_admin');
select throws_ok(
  format(
    'select private.set_role(%L, %L, %L)', tests.id_of('ks_member'), 'agent',
    (select id from foreign_branch)
  ),
  '23503', null, 'and of their own country'
);
select lives_ok(
  format('select private.set_active(%L, false)', tests.id_of('ks_lost_manager')),
  'who has no branch is locked all the same'
);

-- Everybody else ------------------------------------------------------------------------------------

select throws_ok(
  pg_temp.attempt('ks_other_member', 'member'), '42501', 'this role is not yours to give',
  who || ' gives no role'
)
from unnest('{ks_member,ks_agent,ks_staff,ks_manager}'::text[]) as who, lateral tests.act_as(who);
select throws_ok(
  format('select private.set_active(%L, true)', tests.id_of('ks_other_member')), '42501',
  'this role is not yours to give', who || ' locks and unlocks nobody'
)
from unnest('{ks_member,ks_agent,ks_staff,ks_manager}'::text[]) as who, lateral tests.act_as(who);
select throws_ok(
  pg_temp.attempt('ks_other_member', 'staff'), '42501', null, who || ' may not even ask'
)
from unnest('{anon,service_webhooks,service_cron,service_auth,service_documents}'::text[]) as who,
  lateral tests.act_as_role(who);

-- Super admins --------------------------------------------------------------------------------------

select tests.act_as('super');
select is(pg_temp.gave('mk_member', 'staff'), 'staff -', 'a super admin gives roles everywhere');
select is(pg_temp.gave('mk_admin', 'super_admin'), 'super_admin -', 'their own one too');
select is(pg_temp.gave('mk_super', 'member'), 'member -', 'and takes it');
select throws_ok(
  pg_temp.attempt('super', 'member'), '42501', 'nobody changes their own role, branch, agent or lock',
  'but not from themselves'
);
select tests.act_as_owner();
select results_eq(
  $$
    select tenant_id, actor_role, metadata from public.audit_log
    where actor_id = tests.id_of('super') and action like 'user.role%' order by seq
  $$,
  $$
    values
      ('mk', 'super_admin', '{"before": "member", "after": "staff"}'::jsonb),
      ('mk', 'super_admin', '{"before": "tenant_admin", "after": "super_admin"}'),
      ('mk', 'super_admin', '{"before": "super_admin", "after": "member"}')
  $$,
  'each act of a super admin is in the audit log of the tenant that it concerns'
);

-- The same rules for a plain UPDATE, such as the Data API's -------------------------------------------

select tests.act_as('ks_admin');
select results_eq(
  $$
    update public.profiles set role = 'staff' where id = tests.id_of('ks_other_member')
    returning role
  $$,
  array['staff'], 'an admin may also just change the row'
);
select throws_ok(
  format('update public.profiles set %s where id = tests.id_of(%L)', change, who), state, null,
  format('an admin cannot set %s of %s', change, who)
)
from (values
  ('ks_other_member', 'role = ''super_admin''', '42501'),
  ('ks_other_member', 'role = ''agent''', '23514'),
  ('ks_other_member', 'branch_id = (select id from foreign_branch)', '23503'),
  ('ks_other_member', 'agent_id = tests.id_of(''mk_member'')', '23514'),
  ('ks_other_member', 'tenant_id = ''mk''', '42501'),
  ('ks_other_member', 'email = ''mine@example.test''', '42501'),
  ('ks_other_member', 'full_name = ''Hacked''', '42501'),
  ('ks_other_member', 'marketing_opt_out_at = null, phone = ''1''', '42501'),
  ('ks_admin', 'role = ''super_admin''', '42501'),
  ('ks_admin', 'branch_id = tests.branch(''KS-A'')', '42501'),
  ('ks_admin', 'is_active = false', '42501')
) as attack (who, change, state);
select is_empty(
  format('update public.profiles set role = %L where id = %L returning id', 'staff', tests.id_of(who)),
  'an admin does not reach ' || who
)
from unnest('{mk_staff,super}'::text[]) as who;
select throws_ok(
  $$ update public.profiles set role = 'staff' where role <> 'super_admin' $$, '42501',
  'nobody changes their own role, branch, agent or lock', 'nor change everybody at once'
);

-- Where the trigger is switched off, the policies say the coarse of it once more. ----------------------

select tests.act_as_owner();
alter table public.profiles disable trigger a_guard_role;
select tests.act_as('ks_member');
select throws_ok(
  $$ update public.profiles set role = 'tenant_admin' where id = tests.id_of('ks_member') $$, '42501',
  null, 'a member does not make themselves admin'
);
select tests.act_as('ks_admin');
select throws_ok(
  format('update public.profiles set role = %L where id = tests.id_of(%L)', 'super_admin', who), '42501',
  null, 'an admin does not make a super admin of ' || who
)
from unnest('{ks_admin,ks_member}'::text[]) as who;
select is_empty(
  $$ update public.profiles set role = 'member' where id = tests.id_of('super') returning id $$,
  'and does not unmake one'
);

select * from finish();
rollback;
