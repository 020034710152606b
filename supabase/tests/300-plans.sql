-- What is on offer, and to whom it is shown.
begin;
set local search_path = public, extensions;

select plan(13);

select tests.populate();
insert into public.membership_plans
  (tenant_id, tier, name, price_cents, paddle_product_id, paddle_price_id, is_active)
values (
  'ks', 'standard', 'Asistenca 2020', 1500,
  'pro_01ks2020000000000000000000', 'pri_01ks2020000000000000000000', false
);

create temporary view offers with (security_invoker) as
select tenant_id || ' ' || tier || ' ' || price_cents || ' ' || currency as offer
from public.membership_plans
order by tenant_id collate "C", price_cents;
grant select on offers to public;

select tests.act_as_role('anon');
select results_eq(
  'select offer from offers',
  array[
    'ks standard 2000 EUR', 'ks family 3500 EUR', 'ks business 9500 EUR',
    'mk standard 2000 EUR', 'mk family 3500 EUR', 'mk business 9500 EUR'
  ],
  'a visitor sees the active plans'
);
select throws_ok(
  'update public.membership_plans set price_cents = 1 where true', '42501', null, 'and sets no price'
);
select tests.act_as_owner();
update public.tenants set is_active = false where id = 'mk';
select tests.act_as_role('anon');
select results_eq(
  'select distinct left(offer, 2) from offers', array['ks'], 'a closed tenant offers nothing'
);

select tests.act_as('ks_member');
select results_eq(
  'select offer from offers',
  array['ks standard 2000 EUR', 'ks family 3500 EUR', 'ks business 9500 EUR'],
  'a member sees the active plans of their tenant'
);
select throws_ok(
  'update public.membership_plans set price_cents = 1 where true', '42501', null, 'and sets no price'
);
select throws_ok(
  'delete from public.membership_plans where true', '42501', null, 'nor takes one off'
);
select tests.act_as_owner();
select tests.subscribe('ks_member', 'active', jsonb_build_object(
  'plan_id', (select id from public.membership_plans where name = 'Asistenca 2020')
));
select tests.act_as('ks_member');
select isnt_empty(
  $$ select from offers where offer = 'ks standard 1500 EUR' $$,
  'who bought a plan sees it after it was taken off'
);
select tests.act_as('ks_other_member');
select is_empty(
  $$ select from offers where offer = 'ks standard 1500 EUR' $$, 'who did not does not'
);
select tests.act_as('ks_staff');
select results_eq(
  'select offer from offers',
  array[
    'ks standard 1500 EUR', 'ks standard 2000 EUR', 'ks family 3500 EUR', 'ks business 9500 EUR'
  ],
  'staff see all plans of their tenant'
);
select tests.act_as_role('service_webhooks');
select is(
  (select count(*) from public.membership_plans), 7::bigint, 'webhooks find the plan of any price'
);
select throws_ok(
  'update public.membership_plans set price_cents = 1 where true', '42501', null, 'and set none'
);

select tests.act_as_owner();
select throws_ok(
  $$ update public.membership_plans set tenant_id = 'mk' where tenant_id = 'ks' $$,
  'tenant_id of public.membership_plans never changes', 'a plan stays in its tenant'
);
select throws_ok(
  $$
    insert into public.membership_plans
      (tenant_id, tier, name, price_cents, paddle_product_id, paddle_price_id)
    select 'mk', tier, name, price_cents, paddle_product_id, paddle_price_id
    from public.membership_plans where name = 'Asistenca'
  $$,
  '23505', null, 'a price in Paddle belongs to one plan'
);

select * from finish();
rollback;
