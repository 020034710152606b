-- Whose payment it is when Paddle's message does not say: customers that are known, and checkouts
-- that members opened.
begin;
set local search_path = public, extensions;

select plan(31);

select tests.populate();
select tests.subscribe('ks_member');

-- Customers -----------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    insert into public.billing_customers (provider_customer_id, user_id, tenant_id, email)
    select 'ctm_family', id, tenant_id, 'family@example.test'
    from public.profiles
    where id = any (array[tests.id_of('ks_member'), tests.id_of('ks_other_member')])
  $$,
  'a customer may be two members'
);
select lives_ok(
  $$
    insert into public.billing_customers (provider_customer_id, user_id, tenant_id)
    values ('ctm_mk', tests.id_of('mk_member'), 'mk')
    on conflict (provider_customer_id, user_id) do nothing
  $$,
  'webhooks remember a customer'
);
select throws_ok(
  $$
    insert into public.billing_customers (provider_customer_id, user_id, tenant_id)
    values ('ctm_mk', tests.id_of('mk_member'), 'ks')
  $$,
  '23505', null, 'once for a member'
);
select throws_ok(
  $$
    insert into public.billing_customers (provider_customer_id, user_id, tenant_id)
    values ('ctm_mk', tests.id_of('ks_member'), 'mk')
  $$,
  '23503', null, 'in the member''s own tenant'
);
select lives_ok(
  $$
    update public.billing_customers
    set email = 'new@example.test', last_event_at = now(), last_event_id = 'evt_1'
    where provider_customer_id = 'ctm_mk'
  $$,
  'and follow a changed address'
);
select throws_ok(
  $$ update public.billing_customers set user_id = tests.id_of('ks_member') where true $$,
  '42501', null, 'but a customer does not become another member'
);
select throws_ok('delete from public.billing_customers where true', '42501', null, 'and is not forgotten');
select is(
  (select email from public.profiles where id = tests.id_of('mk_member')), 'mk_member@example.test',
  'the member''s own address stays'
);

create temporary view customers with (security_invoker) as
select handle from public.billing_customers join tests.known_people using (user_id)
order by handle collate "C";
grant select on customers to public;

select tests.act_as('ks_member');
select results_eq('select handle from customers', array['ks_member'], 'a member sees the own record');
select throws_ok(
  'update public.billing_customers set email = null where true', '42501', null, 'and changes nothing'
);
select tests.act_as('ks_agent');
select is_empty('select handle from customers', 'an agent sees none');
select tests.act_as('ks_staff');
select is_empty('select handle from customers', 'nor do staff');
select tests.act_as('mk_admin');
select results_eq('select handle from customers', array['mk_member'], 'a tenant admin sees the tenant''s');
select tests.act_as_role('anon');
select throws_ok('select email from public.billing_customers', '42501', null, 'a visitor sees none');

-- Checkouts -----------------------------------------------------------------------------------------

select tests.act_as_owner();
create function pg_temp.open_checkout(transaction text, handle text, tenant text, plan_of text)
returns void
language sql
as $$
  insert into public.billing_checkouts
    (provider_transaction_id, tenant_id, user_id, plan_id, ref_code)
  select transaction, tenant, tests.id_of(handle), id, 'AGENT1'
  from public.membership_plans
  where tenant_id = plan_of and tier = 'standard'
$$;

grant execute on function pg_temp.open_checkout(text, text, text, text) to public;

select tests.act_as('ks_member');
select lives_ok(
  $$ select pg_temp.open_checkout('txn_1', 'ks_member', 'ks', 'ks') $$, 'a member opens a checkout'
);
select throws_ok(
  $$ select pg_temp.open_checkout('txn_1', 'ks_member', 'ks', 'ks') $$, '23505', null, 'once'
);
select throws_ok(
  $$ select pg_temp.open_checkout('txn_2', 'ks_other_member', 'ks', 'ks') $$, '42501', null,
  'not for somebody else'
);
select throws_ok(
  $$ select pg_temp.open_checkout('txn_2', 'ks_member', 'mk', 'ks') $$, '42501', null,
  'not in another tenant'
);
select throws_ok(
  $$
    insert into public.billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
    values ('txn_2', 'ks', tests.id_of('ks_member'), gen_random_uuid())
  $$,
  '23503', null, 'not for a plan that there is not'
);
select throws_ok(
  $$ select pg_temp.open_checkout('no transaction', 'ks_member', 'ks', 'ks') $$, '23514', null,
  'not without Paddle''s transaction'
);
select throws_ok(
  $$
    insert into public.billing_checkouts
      (provider_transaction_id, tenant_id, user_id, plan_id, created_at)
    select 'txn_2', 'ks', tests.id_of('ks_member'), id, '2020-01-01'
    from public.membership_plans where tenant_id = 'ks' and tier = 'standard'
  $$,
  '42501', null, 'and not at another time'
);
select throws_ok(
  'update public.billing_checkouts set ref_code = null where true', '42501', null, 'it stays as it is'
);
select throws_ok('delete from public.billing_checkouts where true', '42501', null, 'and where it is');
select is((select count(*) from public.billing_checkouts), 1::bigint, 'who opened it sees it');
select tests.act_as('ks_other_member');
select is_empty('select 1 from public.billing_checkouts', 'another member does not');
select tests.act_as('ks_staff');
select is_empty('select 1 from public.billing_checkouts', 'nor do staff');
select tests.act_as('ks_admin');
select is((select count(*) from public.billing_checkouts), 1::bigint, 'a tenant admin does');
select tests.act_as('mk_admin');
select is_empty('select 1 from public.billing_checkouts', 'but not another tenant''s');
select tests.act_as('super');
select throws_ok(
  $$ select pg_temp.open_checkout('txn_3', 'super', 'mk', 'mk') $$, '23503', null,
  'a super admin buys nothing where they are not'
);
select tests.act_as_role('service_webhooks');
select results_eq(
  $$
    select user_id, ref_code from public.billing_checkouts
    where provider_transaction_id = 'txn_1'
  $$,
  $$ values (tests.id_of('ks_member'), 'AGENT1') $$,
  'webhooks find whose it was'
);
select tests.act_as_role('anon');
select throws_ok(
  $$
    insert into public.billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
    values ('txn_9', 'ks', gen_random_uuid(), gen_random_uuid())
  $$,
  '42501', null, 'a visitor opens none'
);

select * from finish();
rollback;
