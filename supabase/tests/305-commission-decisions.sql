-- What becomes of commissions: by administrators, never one's own, all or none, and only while the
-- membership stands.
begin;
set local search_path = public, extensions;

select plan(31);

select tests.populate();
select tests.subscribe('ks_member', 'active', '{"provider_subscription_id": "sub_1"}');
select tests.subscribe('mk_member', 'active');
create temporary table earned (name text primary key, id uuid not null default gen_random_uuid());
insert into earned (name) values ('one'), ('two'), ('three'), ('abroad'), ('own');
insert into public.agent_commissions
  (id, tenant_id, agent_id, member_id, subscription_id, type, amount_cents, currency, rate_percent,
   base_cents, source_transaction_id)
select
  earned.id, member.tenant_id,
  case name when 'own' then tests.id_of('ks_admin') when 'abroad' then tests.id_of('mk_staff')
    else tests.id_of('ks_agent') end,
  member.id, subscription.id, 'new_membership', 339, 'EUR', 20, 1695, 'txn_' || name
from earned
join public.profiles as member
  on member.id = tests.id_of(case name when 'abroad' then 'mk_member' else 'ks_member' end)
join public.subscriptions as subscription on subscription.user_id = member.id;
grant select on earned to public;

create function pg_temp.decide(names text[], to_status text, reason text default null)
returns text
language sql
as $$
  select changed || '/' || already
  from private.decide_commissions(
    array(select id from earned where name = any (names)), to_status, reason, 'T-1'
  )
$$;
create function pg_temp.states()
returns text
language sql
security definer
as $$
  select string_agg(name || ' ' || status, ', ' order by name)
  from earned join public.agent_commissions using (id)
$$;
create function pg_temp.told(what text)
returns bigint
language sql
security definer
as $$
  select count(*) from public.audit_log where action = what
$$;
grant execute on all functions in schema pg_temp to public;

select tests.act_as('ks_agent');
select throws_ok($$ select pg_temp.decide('{one}', 'approved') $$, '42501', null, 'agents decide nothing');
select tests.act_as('ks_staff');
select throws_ok($$ select pg_temp.decide('{one}', 'approved') $$, '42501', null, 'nor do staff');
select tests.act_as('ks_manager');
select throws_ok($$ select pg_temp.decide('{one}', 'approved') $$, '42501', null, 'nor managers');
select tests.act_as_role('anon');
select throws_ok($$ select pg_temp.decide('{one}', 'approved') $$, '42501', null, 'nor visitors');
select tests.act_as('mk_admin');
select throws_ok($$ select pg_temp.decide('{one}', 'approved') $$, 'PT404', null, 'nor another country');

select tests.act_as('ks_admin');
select throws_ok(
  $$ update public.agent_commissions set status = 'paid' where true $$, '42501', null,
  'nobody writes to the table'
);
select throws_like(
  $$ select pg_temp.decide('{one,own}', 'approved') $$, 'nobody decides about their own commission',
  'never one''s own'
);
select throws_ok($$ select pg_temp.decide('{one,abroad}', 'approved') $$, 'PT404', null, 'none of another country');
select throws_ok($$ select pg_temp.decide('{}', 'approved') $$, 'PT404', null, 'none is not all');
select throws_ok($$ select pg_temp.decide('{one}', 'pending') $$, '23001', null, 'nothing goes back');
select throws_ok($$ select pg_temp.decide('{one}', 'paid') $$, '23001', null, 'approved first, then paid');
select throws_like($$ select pg_temp.decide('{one}', 'void', ' ') $$, '%needs a reason', 'no void without a reason');
select is(
  pg_temp.states(), 'abroad pending, one pending, own pending, three pending, two pending',
  'of what was refused nothing happened'
);
select is(pg_temp.told('commission.status_updated'), 0::bigint, 'and nothing is on the log');

select is(pg_temp.decide('{one,two}', 'approved'), '2/0', 'two are approved');
select is(pg_temp.decide('{one,two}', 'approved'), '0/2', 'again, they were already');
select is(pg_temp.told('commission.status_updated'), 2::bigint, 'each is on the log once');
select is(pg_temp.told('commission.bulk_approved'), 1::bigint, 'and both together');
select results_eq(
  $$ select approved_by, approved_at = now() from public.agent_commissions
    where id = (select id from earned where name = 'one') $$,
  $$ values (tests.id_of('ks_admin'), true) $$, 'by whom and when'
);
select is(pg_temp.decide('{one}', 'paid'), '1/0', 'then paid');
select results_eq(
  $$ select paid_by, payout_reference from public.agent_commissions
    where id = (select id from earned where name = 'one') $$,
  $$ values (tests.id_of('ks_admin'), 'T-1') $$, 'with what finds the payment'
);
select throws_ok($$ select pg_temp.decide('{one}', 'void', 'x') $$, '23001', null, 'what was paid stays paid');

-- While the membership stands -------------------------------------------------------------------------

select tests.act_as_owner();
update public.subscriptions set status = 'paused' where provider_subscription_id = 'sub_1';
select tests.act_as('ks_admin');
select throws_like(
  $$ select pg_temp.decide('{two}', 'paid') $$, 'the membership of a commission does not stand',
  'not while it is paused'
);
select throws_like(
  $$ select pg_temp.decide('{three}', 'approved') $$, 'the membership of a commission does not stand',
  'approved neither'
);
select tests.act_as_owner();
update public.subscriptions
set status = 'past_due', past_due_at = now(), grace_period_ends_at = now() + interval '1 day'
where provider_subscription_id = 'sub_1';
select tests.act_as('ks_admin');
select is(pg_temp.decide('{three}', 'approved'), '1/0', 'in grace it is');
select tests.act_as_owner();
update public.subscriptions set grace_period_ends_at = now() where provider_subscription_id = 'sub_1';
select tests.act_as('ks_admin');
select throws_ok($$ select pg_temp.decide('{two,three}', 'paid') $$, '55000', null, 'after it is not');
select tests.act_as_owner();
update public.subscriptions
set status = 'canceled', current_period_end = now() + interval '1 day'
where provider_subscription_id = 'sub_1';
select tests.act_as('ks_admin');
select is(pg_temp.decide('{two}', 'paid'), '1/0', 'cancelled and still paid for, it is');
select tests.act_as_owner();
update public.subscriptions set current_period_end = now() where provider_subscription_id = 'sub_1';
select tests.act_as('ks_admin');
select throws_ok($$ select pg_temp.decide('{three}', 'paid') $$, '55000', null, 'over, it is not');
select is(pg_temp.decide('{three}', 'void', 'Ended early'), '1/0', 'but it can be voided');
select is(
  (select void_reason from public.agent_commissions where id = (select id from earned where name = 'three')),
  'Ended early', 'with the reason'
);
select tests.act_as('super');
select is(pg_temp.decide('{own,abroad}', 'void', 'Test'), '2/0', 'a super admin decides everywhere');

select * from finish();
rollback;
