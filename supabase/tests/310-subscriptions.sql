-- Who sees whose membership. Nobody but the webhooks' function writes one.
begin;
set local search_path = public, extensions;

select plan(34);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');

create temporary view members with (security_invoker) as
select handle from tests.known_people join public.subscriptions using (user_id)
order by handle collate "C";
grant select on members to public;

-- Seeing ------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq('select handle from members', array['ks_member'], 'a member sees the own membership');
select tests.act_as('ks_agent');
select results_eq(
  'select handle from members', array['ks_member'],
  'an agent sees those of the members whom they look after'
);
select tests.act_as('ks_manager');
select results_eq(
  'select handle from members', array['ks_member'], 'a branch manager sees those of the branch'
);
select tests.act_as('ks_staff');
select results_eq(
  'select handle from members', array['ks_member', 'ks_other_member'],
  'staff see those of their tenant'
);
select tests.act_as('mk_admin');
select results_eq(
  'select handle from members', array['mk_member'], 'a tenant admin those of theirs'
);
select tests.act_as('super');
select results_eq(
  'select handle from members', array['ks_member', 'ks_other_member', 'mk_member'],
  'a super admin sees all'
);
select tests.act_as_role('anon');
select throws_ok('select id from public.subscriptions', '42501', null, 'a visitor sees none');
select tests.act_as_role('service_cron');
select isnt_empty('select id from public.subscriptions', 'jobs see them');
select throws_ok(
  format('update public.subscriptions set %s where true', change), '42501', null,
  'but a job cannot set ' || change
)
from unnest(array[
  'status = ''active''', 'current_period_end = ''2099-01-01''', 'past_due_at = null',
  'grace_period_ends_at = ''2099-01-01''', 'access_revoked_at = null'
]) as change;
select throws_ok(
  $$
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('ks', tests.id_of('ks_member'), 'sub_job', 'active')
  $$,
  '42501', null, 'nor make one'
);
select throws_ok('delete from public.subscriptions where true', '42501', null, 'nor delete one');

select tests.act_as_owner();
update public.profiles set role = 'member' where id = tests.id_of('ks_agent');
select tests.act_as('ks_agent');
select is_empty('select handle from members', 'who is no longer an agent sees nobody''s');
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select is_empty('select handle from members', 'who is locked sees not even the own');

-- Writing -----------------------------------------------------------------------------------------

select tests.act_as('ks_other_member');
select throws_ok(
  $$
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('ks', tests.id_of('ks_other_member'), 'sub_free', 'active')
  $$,
  '42501', null, 'a member cannot give themselves a membership'
);
select throws_ok(
  $$ update public.subscriptions set current_period_end = '2099-01-01' where true $$,
  '42501', null, 'nor make one longer'
);
select throws_ok(
  'delete from public.subscriptions where true', '42501', null, 'nor delete one'
);
select tests.act_as('super');
select throws_ok(
  $$ update public.subscriptions set status = 'active' where true $$, '42501', null,
  'a super admin cannot either'
);

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    insert into public.subscriptions
      (tenant_id, user_id, provider_subscription_id, provider_customer_id, status, plan_id)
    values (
      'ks', tests.id_of('ks_other_member'), 'sub_new', 'ctm_1', 'trialing',
      (select id from public.membership_plans where tenant_id = 'ks' and tier = 'family')
    )
    on conflict (provider_subscription_id) do update set status = excluded.status
  $$,
  'webhooks store a membership'
);
select lives_ok(
  $$ select id from public.subscriptions where provider_subscription_id = 'sub_new' for update $$,
  'lock it'
);
select results_eq(
  $$ update public.subscriptions set status = 'active' where provider_subscription_id = 'sub_new' returning status $$,
  array['active'], 'and change it'
);
select throws_ok(
  'delete from public.subscriptions where true', '42501', null, 'but never delete one'
);

-- What the table itself refuses ---------------------------------------------------------------------

select throws_ok(
  $$ update public.subscriptions set tenant_id = 'mk' where provider_subscription_id = 'sub_new' $$,
  'tenant_id of public.subscriptions never changes', 'a membership stays in its tenant'
);
select throws_ok(
  $$
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('mk', tests.id_of('ks_member'), 'sub_across', 'active')
  $$,
  '23503', null, 'a member of another tenant is refused'
);
select throws_ok(
  $$
    update public.subscriptions
    set plan_id = (select id from public.membership_plans where tenant_id = 'mk' and tier = 'family')
    where provider_subscription_id = 'sub_new'
  $$,
  '23503', null, 'so is a plan of another tenant'
);
select throws_ok(
  $$
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('mk', tests.id_of('mk_member'), 'sub_new', 'active')
  $$,
  '23505', null, 'a subscription of Paddle is one row, whoever''s it is'
);
select lives_ok(
  $$
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('mk', tests.id_of('mk_member'), 'sub_again', 'active')
  $$,
  'a member who comes back has another row'
);
select throws_ok(
  $$ update public.subscriptions set status = 'cancelled' where provider_subscription_id = 'sub_new' $$,
  '23514', null, 'a status is one of the known ones'
);
select lives_ok(
  $$
    update public.subscriptions
    set past_due_at = '2026-02-01', grace_period_ends_at = '2026-01-01'
    where provider_subscription_id = 'sub_new'
  $$,
  'the owner may end a grace period by hand, also at a time before it began'
);
select lives_ok(
  $$
    update public.subscriptions
    set current_period_start = '2026-02-01', current_period_end = '2026-01-01'
    where provider_subscription_id = 'sub_new'
  $$,
  'and a paid period'
);
select throws_ok(
  $$ update public.subscriptions set dunning_attempt_count = -1 where provider_subscription_id = 'sub_new' $$,
  '23514', null, 'attempts are counted from nought'
);

select * from finish();
rollback;
