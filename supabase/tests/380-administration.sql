-- What administrators set: branches, plans, support and countries. Who may, what is kept, what is told.
begin;
set local search_path = public, extensions;

select plan(34);

select tests.populate();

-- Denials: every function, every role that may not ---------------------------------------------------

create temporary table attempt (name text, call text);
insert into attempt values
  ('create_branch', $$select private.create_branch('ks', 'KS-Z', 'Z')$$),
  ('rename_branch', $$select private.rename_branch(tests.branch('KS-A'), 'KS-A', 'Mine')$$),
  ('set_branch_active', $$select private.set_branch_active(tests.branch('KS-A'), true)$$),
  ('create_plan', $$select private.create_plan('ks', 'standard', 'Mine', 1, 'pro_x', 'pri_x', true, 1)$$),
  ('save_support', $$select private.save_support('ks', 'me@example.test', '+383 38 000 001', '')$$);
grant select on attempt to authenticated;

select tests.act_as('ks_member');
select throws_ok(call, '42501', null, 'a member may not ' || name) from attempt;
select tests.act_as('ks_staff');
select throws_ok(call, '42501', null, 'staff may not ' || name) from attempt;
select tests.act_as('mk_admin');
select throws_ok(
  call, case when name like '%branch%' and name <> 'create_branch' then 'PT404' else '42501' end, null,
  'an admin of another country may not ' || name
) from attempt;
select tests.act_as('ks_admin');
select throws_ok(
  $$select private.change_tenant('ks', 'X', 'X', 'sq', 'Europe/Belgrade', '{}', true)$$, '42501', null,
  'an admin changes no country'
);
select throws_ok(
  $$select private.create_tenant('al', 'X', 'X', 'AL', 'sq', 'Europe/Tirane', '{}', 'a@example.test', '+355 4 000 000')$$,
  '42501', null, 'and adds none'
);

-- Branches ------------------------------------------------------------------------------------------

select lives_ok($$select private.create_branch('ks', 'ks-z', '  Peja ')$$, 'an admin opens a branch');
select results_eq(
  $$select name, is_active from public.branches where code = 'KS-Z'$$, $$values ('Peja', true)$$,
  'under its code in capitals'
);
select throws_ok(
  $$select private.create_branch('ks', 'KS-Z', 'Again')$$, '23505', null, 'a code is there once'
);
select lives_ok(
  $$select private.rename_branch(tests.branch('KS-Z'), 'KS-Z', 'Peja 2')$$, 'it is renamed'
);
select lives_ok(
  $$select private.rename_branch(tests.branch('KS-Z'), 'KS-Z', 'Peja 2')$$, 'the same again is harmless'
);
select throws_ok(
  $$select private.set_branch_active(tests.branch('KS-A'), false)$$, '23001', null,
  'a branch in which people work stays open'
);
select lives_ok($$select private.set_branch_active(tests.branch('KS-Z'), false)$$, 'an empty one closes');
select tests.act_as_owner();
select results_eq(
  $$select action from public.audit_log where entity_id = tests.branch('KS-Z')::text order by seq$$,
  array['branch.created', 'branch.updated', 'branch.updated'], 'each change is told once'
);

-- Plans ---------------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select lives_ok(
  $$select private.create_plan('ks', 'family', 'Family 2', 4000, 'pro_' || repeat('a', 26),
    'pri_' || repeat('a', 26), true, 9)$$, 'an admin adds a plan'
);
select results_eq(
  $$select price_cents, is_active from public.membership_plans where name = 'Family 2'$$,
  $$values (4000, false)$$, 'which is not on offer yet'
);
select lives_ok(
  $$select private.change_plan(id, 'Family 2', 4100, paddle_product_id, paddle_price_id, true, 9, true)
    from public.membership_plans where name = 'Family 2'$$, 'and changes its price while nobody has it'
);
select tests.act_as_owner();
select tests.subscribe('ks_member', 'active', jsonb_build_object(
  'plan_id', (select id from public.membership_plans where name = 'Family 2')));
select tests.act_as('ks_admin');
select throws_ok(
  $$select private.change_plan(id, 'Family 2', 9900, paddle_product_id, paddle_price_id, true, 9, true)
    from public.membership_plans where name = 'Family 2'$$, '23001', null, 'a plan that was sold keeps it'
);
select lives_ok(
  $$select private.change_plan(id, 'Family 3', 4100, paddle_product_id, paddle_price_id, true, 9, false)
    from public.membership_plans where name = 'Family 2'$$, 'its name changes, and it leaves the page'
);

-- Support and countries -----------------------------------------------------------------------------

select lives_ok(
  $$select private.save_support('ks', 'new@example.test', '+383 38 111 111', ' Payments ')$$,
  'an admin changes how the country is reached'
);
select throws_ok(
  $$select private.save_support('ks', 'new@example.test', '+383 38 111 111', 'A <b@example.test>')$$,
  '23514', null, 'no sender adds an address'
);
select tests.act_as_owner();
select is(
  (select metadata -> 'after' ->> 'grace_sender_name' from public.audit_log
   where action = 'settings.updated' and entity_type = 'tenant' order by seq desc limit 1),
  'Payments', 'the log has what it is now'
);
select tests.act_as('super');
select throws_ok(
  $$select private.change_tenant(id, name, legal_name, default_locale, time_zone, hosts, false)
    from public.tenants where is_default$$, '23001', null, 'the default country stays open'
);

select * from finish();
rollback;
