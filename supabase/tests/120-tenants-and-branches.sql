-- What visitors and people may know of tenants and their branches.
begin;
set local search_path = public, extensions;

select plan(34);

select tests.populate();
insert into public.tenants (id, name, legal_name, country_code, support_email, support_phone, is_active)
values ('al', 'Interdomestik Shqipëri', 'Interdomestik AL', 'AL', 'x@example.test', '+355 4 000 000', false);
insert into public.branches (tenant_id, code, name) values ('al', 'AL-A', 'Tirana');

-- What stands in every mail -------------------------------------------------------------------------

select throws_ok(
  format('update public.tenants set %I = %L where id = %L', facts, given, 'al'), code, null,
  format('%s cannot be %s', facts, to_json(given))
)
from (values
  ('support_email', '', '23514'),
  ('support_email', 'not an address', '23514'),
  ('support_email', 'help@localhost', '23514'),
  ('support_email', 'help@@example.test', '23514'),
  ('support_email', 'Help <help@example.test>', '23514'),
  ('support_email', 'a@example.test,b@example.test', '23514'),
  ('support_email', E'help@example.test\n', '23514'),
  ('support_email', 'help.@example.test', '23514'),
  ('support_phone', '', '23514'),
  ('support_phone', '+', '23514'),
  ('support_phone', 'call us', '23514'),
  ('support_phone', '038 000 000', '23514'),
  ('time_zone', '', '23514'),
  ('time_zone', 'Europe/Nowhere', '22023'),
  ('time_zone', 'EST5EDT', '23514')
) as wrong (facts, given, code);
select lives_ok(
  format('update public.tenants set %I = %L where id = %L', facts, given, 'al'),
  format('%s may be %L', facts, given)
)
from (values
  ('support_email', 'ndihma.shqip+1@al.interdomestik.com'),
  ('support_phone', '+355 (4) 222-333'),
  ('time_zone', 'Europe/Tirane')
) as fine (facts, given);

-- Tenants -----------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select results_eq(
  'select id from public.tenants order by id', array['ks', 'mk'], 'a visitor sees the active tenants'
);
select throws_ok(
  $$ update public.tenants set name = 'Mine' where id = 'ks' $$, '42501', null, 'and changes none'
);
select tests.act_as('mk_member');
select results_eq(
  'select id from public.tenants order by id', array['ks', 'mk'],
  'a person sees the same: tenants are public'
);
select tests.act_as('ks_admin');
select throws_ok(
  $$ update public.tenants set name = 'Mine' where id = 'ks' $$, '42501', null,
  'a tenant admin changes no tenant'
);
select tests.act_as('super');
select results_eq(
  'select id from public.tenants order by id', array['al', 'ks', 'mk'],
  'a super admin sees the closed ones too'
);
select tests.act_as_role('service_webhooks');
select results_eq(
  'select id from public.tenants order by id', array['al', 'ks', 'mk'], 'so do the functions'
);

-- Branches ----------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select throws_ok('select id from public.branches', '42501', null, 'a visitor sees no branch');
select tests.act_as('ks_member');
select results_eq(
  'select code from public.branches', array['KS-A'], 'a member sees the branch they belong to'
);
select tests.act_as('ks_staff');
select results_eq(
  'select code from public.branches order by code', array['KS-A', 'KS-B', 'KS-C'],
  'staff see the branches of their tenant'
);
select tests.act_as('mk_admin');
select results_eq(
  'select code from public.branches order by code', array['MK-A', 'MK-B', 'MK-E'],
  'and no others'
);
select throws_ok(
  $$ insert into public.branches (tenant_id, code, name) values ('mk', 'MK-Z', 'Ohrid') $$,
  '42501', null, 'branches are not made through the Data API'
);
select tests.act_as('super');
select is(
  (select count(*) from public.branches), 7::bigint, 'a super admin sees the branches of all tenants'
);

-- What the tables themselves refuse ---------------------------------------------------------------

select tests.act_as_owner();
select throws_ok(
  $$ update public.branches set tenant_id = 'ks' where code = 'MK-E' $$,
  'tenant_id of public.branches never changes',
  'a branch stays in its tenant'
);
select throws_ok(
  $$ insert into public.branches (tenant_id, code, name) values ('ks', 'KS-A', 'Again') $$,
  '23505', null, 'a code is used once in a tenant'
);
select lives_ok(
  $$ insert into public.branches (tenant_id, code, name) values ('mk', 'KS-A', 'Elsewhere') $$,
  'and may be used in another'
);
update public.branches set name = 'Prishtina qendër', updated_at = '2020-01-01' where code = 'KS-B';
select is(
  (select updated_at from public.branches where code = 'KS-B'), now(),
  'the time of the last change is the database''s own'
);

select * from finish();
rollback;
