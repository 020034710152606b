-- What agents earn: once per payment, renewals once per period, never on themselves, and taken back
-- by a row of its own.
begin;
set local search_path = public, extensions;

select plan(41);

select tests.populate();
select tests.sign_up('mk_agent', 'mk', 'agent', 'MK-A');
select tests.subscribe('ks_member', 'active', '{"provider_subscription_id": "sub_ks"}');

create function pg_temp.earn(
  agent text,
  member text,
  transaction text,
  details jsonb default '{}'
)
returns uuid
language sql
as $$
  insert into public.agent_commissions
    (tenant_id, agent_id, member_id, provider_subscription_id, type, status, amount_cents, currency,
     rate_percent, base_cents, period_start, source_transaction_id, source_adjustment_id,
     clawback_of, voided_at)
  select
    coalesce(details ->> 'tenant', 'ks'),
    tests.id_of(agent), tests.id_of(member), 'sub_ks',
    coalesce(details ->> 'type', 'new_membership'),
    coalesce(details ->> 'status', 'pending'),
    coalesce((details ->> 'amount')::bigint, 339), 'EUR', 20, 1695,
    (details ->> 'period')::timestamptz,
    transaction,
    details ->> 'adjustment',
    (details ->> 'of')::uuid,
    (details ->> 'voided_at')::timestamptz
  returning id
$$;

create temporary table noted (what text primary key, id uuid);
grant select, insert on noted to public;

create function pg_temp.take_back(adjustment text, amount bigint, agent text default 'ks_agent')
returns uuid
language sql
as $$
  select pg_temp.earn(
    agent, 'ks_member', 'txn_1',
    jsonb_build_object('of', (select id from noted), 'adjustment', adjustment, 'amount', amount)
  )
$$;

grant execute on function
  pg_temp.earn(text, text, text, jsonb), pg_temp.take_back(text, bigint, text)
to public;

-- Earning -------------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
insert into noted select 'first', pg_temp.earn('ks_agent', 'ks_member', 'txn_1');
select results_eq(
  $$ select amount_cents, status from public.agent_commissions where id = (select id from noted) $$,
  $$ values (339::bigint, 'pending') $$,
  'a first payment earns, pending'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_1') $$, '23505', null, 'once per payment'
);
select lives_ok(
  $$
    select pg_temp.earn(
      'ks_agent', 'ks_member', 'txn_2', '{"type": "renewal", "period": "2027-03-01"}'
    )
  $$,
  'a renewal earns'
);
select throws_ok(
  $$
    select pg_temp.earn(
      'ks_agent', 'ks_member', 'txn_3', '{"type": "renewal", "period": "2027-03-01"}'
    )
  $$,
  '23505', null, 'once per period, whichever payment it was'
);
select lives_ok(
  $$
    select pg_temp.earn(
      'ks_agent', 'ks_member', 'txn_4', '{"type": "renewal", "period": "2028-03-01"}'
    )
  $$,
  'and again in the next one'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_5', '{"type": "renewal"}') $$,
  '23514', null, 'a renewal knows its period'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_agent', 'txn_5') $$, '23514', null,
  'nobody earns on their own membership'
);
select throws_ok(
  $$ select pg_temp.earn('mk_agent', 'ks_member', 'txn_5') $$, '23503', null,
  'nor on a member of another tenant'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_5', '{"amount": 0}') $$, '23514', null,
  'nothing is not a commission'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_5', '{"amount": -5}') $$, '23514', null,
  'less than nothing neither'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_5', '{"type": "gift"}') $$, '23514', null,
  'there are four kinds'
);
select throws_ok(
  $$ select pg_temp.earn('ks_agent', 'ks_member', 'txn_5', '{"status": "paid"}') $$,
  'a commission starts as pending', 'webhooks pay nothing out'
);

-- What becomes of it ----------------------------------------------------------------------------------

select lives_ok(
  $$
    update public.agent_commissions
    set subscription_id = (select id from public.subscriptions where provider_subscription_id = 'sub_ks')
    where source_transaction_id = 'txn_1'
  $$,
  'webhooks learn later which membership it was for'
);
select throws_ok(
  $$ update public.agent_commissions set subscription_id = null where source_transaction_id = 'txn_1' $$,
  'what was earned never changes, only what becomes of it', 'and do not forget it'
);
select throws_ok(
  'update public.agent_commissions set amount_cents = 1 where true', '42501', null,
  'webhooks do not change what was earned'
);
select throws_ok('delete from public.agent_commissions where true', '42501', null, 'nor delete it');
select lives_ok(
  $$
    update public.agent_commissions
    set status = 'void', voided_at = now(), void_reason = 'refunded'
    where source_transaction_id = 'txn_4'
  $$,
  'a refund makes it void'
);
select throws_ok(
  $$ update public.agent_commissions set status = 'void' where source_transaction_id = 'txn_1' $$,
  '23514', null, 'with the time'
);
select throws_ok(
  $$
    update public.agent_commissions set status = 'pending', voided_at = null, void_reason = null
    where source_transaction_id = 'txn_4'
  $$,
  'a commission does not go from void to pending', 'void is final'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.agent_commissions set amount_cents = 1 where source_transaction_id = 'txn_1' $$,
  'what was earned never changes, only what becomes of it', 'not even the owner changes an amount'
);
select throws_ok(
  $$ update public.agent_commissions set status = 'paid' where source_transaction_id = 'txn_1' $$,
  'a commission does not go from pending to paid', 'nothing is paid that was not approved'
);
update public.agent_commissions set status = 'approved' where source_transaction_id = 'txn_1';
update public.agent_commissions set status = 'paid' where source_transaction_id = 'txn_1';
select throws_ok(
  $$
    update public.agent_commissions set status = 'void', voided_at = now()
    where source_transaction_id = 'txn_1'
  $$,
  'a commission does not go from paid to void', 'what was paid out stays paid'
);
select throws_ok(
  $$ update public.agent_commissions set tenant_id = 'mk' where source_transaction_id = 'txn_1' $$,
  'tenant_id of public.agent_commissions never changes', 'it stays in its tenant'
);

-- Taking back -----------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select lives_ok($$ select pg_temp.take_back('adj_1', -100) $$, 'a part is taken back');
select throws_ok(
  $$
    select pg_temp.earn(
      'ks_agent', 'ks_member', 'txn_1',
      jsonb_build_object('of', (select id from noted), 'amount', -1)
    )
  $$,
  '23514', null, 'and says which refund took it'
);
select throws_ok(
  $$ select pg_temp.take_back('adj_1', -100) $$, '23505', null, 'once for a refund'
);
select throws_ok(
  $$ select pg_temp.take_back('adj_2', -240) $$,
  'no more is taken back than was given', 'never more than was given'
);
select lives_ok($$ select pg_temp.take_back('adj_2', -239) $$, 'the rest is taken back');
select throws_ok(
  $$ select pg_temp.take_back('adj_3', 5) $$, '23514', null, 'taking back is not giving'
);
select throws_ok(
  $$
    select pg_temp.earn(
      'ks_agent', 'ks_member', 'txn_4',
      jsonb_build_object(
        'of', (select id from public.agent_commissions where source_transaction_id = 'txn_4'),
        'type', 'renewal', 'adjustment', 'adj_4', 'amount', -1
      )
    )
  $$,
  '23514', null, 'what is void is not taken back'
);
select is(
  (select sum(amount_cents) from public.agent_commissions where source_transaction_id = 'txn_1'),
  0::numeric, 'in the end the agent has what the money that stayed has earned'
);
select tests.act_as_owner();
select tests.sign_up('ks_other_agent', 'ks', 'agent', 'KS-B');
select tests.act_as_role('service_webhooks');
select throws_ok(
  $$ select pg_temp.take_back('adj_5', -1, 'ks_other_agent') $$,
  'only a commission of the same agent, member, type and currency is taken back',
  'never from another agent'
);

-- Seeing ----------------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select is((select count(*) from public.agent_commissions), 5::bigint, 'an agent sees the own ones');
select throws_ok(
  $$ update public.agent_commissions set status = 'approved' where true $$, '42501', null,
  'and approves none'
);
select tests.act_as('ks_other_agent');
select is_empty('select id from public.agent_commissions', 'not another agent''s');
select tests.act_as('ks_member');
select is_empty('select id from public.agent_commissions', 'a member sees none');
select tests.act_as('ks_staff');
select is_empty('select id from public.agent_commissions', 'nor do staff');
select tests.act_as('ks_admin');
select is((select count(*) from public.agent_commissions), 5::bigint, 'a tenant admin sees the tenant''s');
select tests.act_as('mk_admin');
select is_empty('select id from public.agent_commissions', 'and no other''s');
select tests.act_as('super');
select is((select count(*) from public.agent_commissions), 5::bigint, 'a super admin sees all');
select tests.act_as_role('anon');
select throws_ok('select id from public.agent_commissions', '42501', null, 'a visitor sees none');

select * from finish();
rollback;
