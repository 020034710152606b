-- Who sees whose profile, and who changes what in it.
begin;
set local search_path = public, extensions;

select plan(38);

select tests.populate();
select tests.sign_up('ks_retired_agent', 'ks', 'agent', 'KS-A');
select tests.sign_up('ks_lost_manager', 'ks', 'branch_manager');

create temporary view people with (security_invoker) as
select handle from tests.known_people join public.profiles on id = user_id
order by handle collate "C";
grant select on people to public;

-- Seeing ------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq('select handle from people', array['ks_member'], 'a member sees nobody but themselves');
select tests.act_as('ks_member', '{"user_metadata": {"role": "super_admin"}, "app_metadata": {"role": "super_admin"}}');
select results_eq('select handle from people', array['ks_member'], 'whatever their token claims');

select tests.act_as('ks_agent');
select results_eq(
  'select handle from people', array['ks_agent', 'ks_member'],
  'an agent sees themselves and the members whom they look after'
);
select tests.act_as('ks_manager');
select results_eq(
  'select handle from people',
  array['ks_agent', 'ks_manager', 'ks_member', 'ks_retired_agent'],
  'a branch manager sees the people of the branch'
);
select tests.act_as('ks_lost_manager');
select results_eq(
  'select handle from people', array['ks_lost_manager'],
  'a branch manager without a branch sees nobody else'
);
select tests.act_as('mk_staff');
select results_eq(
  'select handle from people', array['mk_admin', 'mk_member', 'mk_staff'],
  'staff see everyone in their tenant and nobody outside of it'
);
select tests.act_as('ks_admin');
select is_empty(
  $$ select from public.profiles where tenant_id = 'mk' $$,
  'a tenant admin sees nobody of another tenant'
);
select isnt_empty(
  $$ select from public.profiles where role = 'super_admin' $$,
  'and everyone of the own one'
);
select tests.act_as('super');
select is(
  (select count(*) from people), 12::bigint, 'a super admin sees everyone everywhere'
);
select tests.act_as_role('anon');
select throws_ok('select id from public.profiles', '42501', null, 'a visitor sees nobody');
select tests.act_as_role('service_webhooks');
select lives_ok(
  'select id, tenant_id, role, agent_id, referral_code from public.profiles',
  'webhooks find their member'
);
select throws_ok(
  'select phone from public.profiles', '42501', null, 'and see no more than they need'
);
select tests.act_as_role('service_cron');
select lives_ok(
  'select id, tenant_id, email, locale, marketing_opt_out_at from public.profiles',
  'jobs find whom they write to'
);
select throws_ok('select role from public.profiles', '42501', null, 'and see no more than they need');
select throws_ok(
  $$ update public.profiles set marketing_opt_out_at = null where true $$, '42501', null,
  'nor do they decide who wants their mails'
);

-- Nobody at all -----------------------------------------------------------------------------------

select tests.act_with('{}');
select is_empty('select id from public.profiles', 'a session without a person sees nobody');
select tests.act_with('{"sub": "00000000-0000-4000-8000-00000000dead"}');
select is_empty('select id from public.profiles', 'a person without a profile sees nobody');

-- Locked ------------------------------------------------------------------------------------------

select tests.act_as_owner();
update public.profiles set is_active = false
where id = any (array[tests.id_of('ks_admin'), tests.id_of('ks_other_member')]);
select tests.act_as('ks_other_member');
select is_empty('select id from public.profiles', 'who is locked sees not even themselves');
select is_empty(
  $$ update public.profiles set full_name = 'Back' where id = tests.id_of('ks_other_member') returning id $$,
  'and changes nothing'
);
select tests.act_as('ks_admin');
select is_empty('select id from public.profiles', 'an admin who is locked is nobody, at once');

-- A change of role counts at the next statement ------------------------------------------------------

select tests.act_as_owner();
update public.profiles set role = 'member' where id = tests.id_of('ks_retired_agent');
update public.profiles set role = 'member' where id = tests.id_of('ks_staff');
select tests.act_as('ks_staff');
select results_eq('select handle from people', array['ks_staff'], 'who is no longer staff sees only themselves');

-- Changing ----------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq(
  $$
    update public.profiles
    set full_name = 'Blerta Krasniqi', phone = '+383 44 123 456', locale = 'en', marketing_opt_out_at = now()
    where id = tests.id_of('ks_member')
    returning full_name, phone, locale, marketing_opt_out_at
  $$,
  $$ values ('Blerta Krasniqi', '+383 44 123 456', 'en', now()) $$,
  'people change their own contact details and preferences'
);
select throws_ok(
  $$ update public.profiles set locale = 'fr' where id = tests.id_of('ks_member') $$,
  '23514', null, 'but not to a language that there is not'
);
select throws_ok(
  format('update public.profiles set %s where id = tests.id_of(%L)', change, 'ks_member'),
  '42501', null, 'a member cannot set ' || change
)
from unnest(array[
  'role = ''tenant_admin''', 'tenant_id = ''mk''', 'branch_id = null', 'agent_id = null',
  'member_number = ''MEM-2020-000001''', 'email = ''x@example.test'''
]) as change;
select is_empty(
  $$ update public.profiles set full_name = 'Hacked' where id <> tests.id_of('ks_member') returning id $$,
  'nor touch anyone else'
);
select throws_ok(
  $$ delete from public.profiles where id = tests.id_of('ks_member') $$,
  '42501', null, 'nor delete their profile'
);
select throws_ok(
  $$
    insert into public.profiles (id, tenant_id, email, locale)
    values (gen_random_uuid(), 'ks', 'x@example.test', 'sq')
  $$,
  '42501', null, 'nor make one'
);
select is_empty(
  format('update public.profiles set role = %L where id <> %L returning id', 'staff', tests.id_of(who)),
  'nor does ' || who || ' make anybody staff'
)
from unnest('{ks_member,ks_agent,ks_manager}'::text[]) as who, lateral tests.act_as(who);
select tests.act_as_owner();
select is_empty(
  $$ select id from public.profiles where full_name = 'Hacked' $$, 'and nothing of it was stored'
);

-- Where somebody handed out wider table rights than these, the row itself refuses. ------------------

grant all on public.profiles to authenticated;
select tests.act_as('ks_member');
select throws_ok(
  $$ update public.profiles set role = 'tenant_admin' where id = tests.id_of('ks_member') $$,
  'nobody changes their own role, branch, agent or lock',
  'a role is guarded twice'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.profiles set tenant_id = 'mk', branch_id = null, agent_id = null where id = tests.id_of('ks_member') $$,
  'tenant_id of public.profiles never changes',
  'and nobody moves a person to another tenant'
);

select * from finish();
rollback;
