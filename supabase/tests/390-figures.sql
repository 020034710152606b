-- Figures of the overview: who sees which, and each compared with another way of counting.
begin;
set local search_path = public, extensions;

select plan(14);

select tests.populate();
insert into public.billing_invoices
  (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, amount_cents, billed_at)
values
  ('ks', tests.id_of('ks_member'), 'txn_f1', 'EUR', 2000, 2000, now() - interval '2 days'),
  ('ks', tests.id_of('ks_member'), 'txn_f2', 'EUR', 3500, 3500, now() - interval '200 days'),
  ('mk', tests.id_of('mk_member'), 'txn_f3', 'EUR', 2000, 2000, now() - interval '2 days');

create function tests.figure(name text, in_part text default null, since timestamptz default '-infinity', of_tenant text default 'ks', of_branch uuid default null)
returns bigint language sql as $$
  select coalesce(sum(amount), 0)::bigint from private.figures(of_tenant, of_branch, since, now() + interval '1 second')
  where figure = name and (in_part is null or part = in_part)
$$;

grant execute on function tests.figure(text, text, timestamptz, text, uuid) to authenticated;

-- Who -----------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok($$select * from private.figures('ks', null, '-infinity', now())$$, '42501', null, 'not members');
select tests.act_as('ks_staff');
select throws_ok($$select * from private.figures('ks', null, '-infinity', now())$$, '42501', null, 'not staff');
select tests.act_as('mk_admin');
select throws_ok($$select * from private.figures('ks', null, '-infinity', now())$$, '42501', null, 'not an admin of another country');
select throws_ok($$select * from private.figures(null, null, '-infinity', now())$$, '42501', null, 'and not of all countries');
select throws_ok($$select * from private.figures_by_month('ks', null, now(), 'UTC')$$, '42501', null, 'nor by month');
select throws_ok($$select * from private.figures_by_agent('ks', null, '-infinity', now())$$, '42501', null, 'nor by agent');
select tests.act_as('ks_manager');
select throws_ok($$select * from private.figures('ks', null, '-infinity', now())$$, '42501', null, 'a manager sees no more than the branch');

-- What ----------------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select is(
  tests.figure('members'),
  (select count(*) from public.profiles where tenant_id = 'ks' and role = 'member'),
  'every member is in one state'
);
select is(
  tests.figure('members', 'active'),
  (select count(*) from public.profiles
   where tenant_id = 'ks' and role = 'member' and public.membership_access(id) = 'active'),
  'active ones as membership_access says'
);
select is(
  tests.figure('received'),
  (select sum(amount_cents)::bigint from public.billing_invoices where tenant_id = 'ks'),
  'money of the own country alone, as its invoices say'
);
select is(
  tests.figure('received', null, now() - interval '30 days'),
  (select sum(amount_cents)::bigint from public.billing_invoices
   where tenant_id = 'ks' and coalesce(billed_at, created_at) >= now() - interval '30 days'),
  'money of the period alone'
);
select is(
  tests.figure('agents'),
  (select count(*) from public.profiles where tenant_id = 'ks' and role = 'agent' and is_active), 'agents'
);
select is(
  (select sum(received)::bigint from private.figures_by_month('ks', null, now(), 'UTC')),
  (select sum(amount_cents)::bigint from public.billing_invoices
   where tenant_id = 'ks' and billed_at >= date_trunc('month', now()) - interval '11 months'),
  'the months add up'
);
select tests.act_as('super');
select is(
  tests.figure('received', null, '-infinity', null),
  (select sum(amount_cents)::bigint from public.billing_invoices), 'a super admin sees all countries'
);

select * from finish();
rollback;
