-- Every movement of money: posted by invoices, added to by the webhooks' function, never altered,
-- and always the sum of what an invoice says.
begin;
set local search_path = public, extensions;

select plan(39);

select tests.populate();

create function pg_temp.invoice(handle text, transaction text, amount bigint)
returns void
language sql
as $$
  insert into public.billing_invoices
    (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, tax_cents,
     amount_cents, billed_at, event_id)
  select tenant_id, id, transaction, 'EUR', amount - 305, 305, amount, '2026-03-01', 'evt_paid'
  from public.profiles
  where id = tests.id_of(handle)
$$;

create function pg_temp.enter(transaction text, adjustment text, type text, amount bigint)
returns void
language sql
as $$
  insert into public.billing_ledger_entries
    (tenant_id, invoice_id, provider_transaction_id, provider_adjustment_id, entry_type,
     amount_cents, currency, occurred_at, event_id)
  select tenant_id, id, transaction, adjustment, type, amount, 'EUR', now(), 'evt_adjusted'
  from public.billing_invoices
  where provider_transaction_id = transaction
$$;

create function pg_temp.said(transaction text)
returns text
language sql
as $$
  select format('%s, %s back', status, refunded_cents)
  from public.billing_invoices
  where provider_transaction_id = transaction
$$;

grant execute on function
  pg_temp.invoice(text, text, bigint), pg_temp.enter(text, text, text, bigint), pg_temp.said(text)
to public;

-- Posting -----------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select lives_ok($$ select pg_temp.invoice('ks_member', 'txn_ks', 2000) $$, 'an invoice is stored');
select lives_ok($$ select pg_temp.invoice('mk_member', 'txn_mk', 3500) $$, 'and another');
select results_eq(
  $$
    select
      tenant_id, entry_type, amount_cents, tax_cents, currency::text, occurred_at, event_id,
      provider_adjustment_id
    from public.billing_ledger_entries
    where provider_transaction_id = 'txn_ks'
  $$,
  $$
    values (
      'ks', 'invoice.posted', 2000::bigint, 305::bigint, 'EUR', timestamptz '2026-03-01',
      'evt_paid', null::text
    )
  $$,
  'it posts its own first entry'
);
select throws_ok(
  $$
    insert into public.billing_ledger_entries
      (tenant_id, invoice_id, provider_transaction_id, entry_type, amount_cents, currency, occurred_at)
    select tenant_id, id, 'txn_ks', 'invoice.posted', 2000, 'EUR', now()
    from public.billing_invoices where provider_transaction_id = 'txn_ks'
  $$,
  '23505', null, 'which there is once'
);

-- Money that goes back ------------------------------------------------------------------------------

select lives_ok($$ select pg_temp.enter('txn_ks', 'adj_1', 'refund', -500) $$, 'a part goes back');
select is(pg_temp.said('txn_ks'), 'partially_refunded, 500 back', 'and the invoice says so');
select throws_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_1', 'refund', -500) $$, '23505', null,
  'the same refund counts once'
);
select lives_ok($$ select pg_temp.enter('txn_ks', 'adj_2', 'refund', -1500) $$, 'the rest goes back');
select is(pg_temp.said('txn_ks'), 'refunded, 2000 back', 'and nothing is left');
select lives_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_2', 'refund_reversed', 1500) $$, 'a refund is reversed'
);
select is(pg_temp.said('txn_ks'), 'partially_refunded, 500 back', 'and no longer counts');
select lives_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_3', 'chargeback', -1500) $$, 'the bank takes money back'
);
select is(pg_temp.said('txn_ks'), 'charged_back, 2000 back', 'which is more than a refund');
select lives_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_4', 'chargeback_reversed', 1500) $$, 'and gives it again'
);
select is(pg_temp.said('txn_ks'), 'partially_refunded, 500 back', 'as if it had not been');
-- Paddle promises no order.
select lives_ok(
  $$ select pg_temp.enter('txn_mk', 'adj_6', 'chargeback_reversed', 3500) $$,
  'a reversal may be told of first'
);
select is(pg_temp.said('txn_mk'), 'paid, -3500 back', 'what it reverses is still to come');
select lives_ok($$ select pg_temp.enter('txn_mk', 'adj_5', 'chargeback', -3500) $$, 'and comes');
select is(pg_temp.said('txn_mk'), 'paid, 0 back', 'to the same end');
select lives_ok('set constraints all immediate', 'at every point the ledger explains the invoices');
set constraints all deferred;

-- What the ledger refuses -----------------------------------------------------------------------------

select throws_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_7', 'refund', 100) $$, '23514', null,
  'a refund does not bring money'
);
select throws_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_7', 'chargeback_reversed', -100) $$, '23514', null,
  'and a reversal takes none'
);
select throws_ok(
  $$ select pg_temp.enter('txn_ks', null, 'refund', -100) $$, '23514', null,
  'a refund names its adjustment'
);
select throws_ok(
  $$
    insert into public.billing_ledger_entries
      (tenant_id, invoice_id, provider_transaction_id, provider_adjustment_id, entry_type,
       amount_cents, currency, occurred_at)
    select tenant_id, id, 'txn_ks', 'adj_7', 'refund', -100, 'USD', now()
    from public.billing_invoices where provider_transaction_id = 'txn_ks'
  $$,
  'a ledger entry has the transaction and the currency of its invoice', 'another currency is refused'
);
select throws_ok(
  $$
    insert into public.billing_ledger_entries
      (tenant_id, invoice_id, provider_transaction_id, provider_adjustment_id, entry_type,
       amount_cents, currency, occurred_at)
    select 'mk', id, 'txn_ks', 'adj_7', 'refund', -100, 'EUR', now()
    from public.billing_invoices where provider_transaction_id = 'txn_ks'
  $$,
  '23503', null, 'so is an invoice of another tenant'
);
select throws_ok(
  'update public.billing_ledger_entries set amount_cents = 0 where true', '42501', null,
  'webhooks rewrite nothing'
);
select throws_ok(
  'delete from public.billing_ledger_entries where true', '42501', null, 'and delete nothing'
);
select tests.act_as_owner();
select throws_ok(
  statement, 'billing_ledger_entries is append-only', 'neither may the owner: ' || statement
)
from unnest(array[
  'update public.billing_ledger_entries set amount_cents = 0 where true',
  'delete from public.billing_ledger_entries where true',
  'truncate public.billing_ledger_entries'
]) as statement;
select is(
  (
    select array_agg(tgname order by tgname) from pg_trigger
    where tgrelid = 'public.billing_ledger_entries'::regclass and tgenabled = 'A'
  ),
  array['refuse_change', 'refuse_truncate']::name[], 'replication and restore tools are refused, too'
);
select lives_ok(
  $$ update public.billing_invoices set refunded_cents = 1 where provider_transaction_id = 'txn_ks' $$,
  'an owner who meddles with an invoice'
);
select throws_like(
  'set constraints all immediate', 'the ledger does not explain invoice %', 'does not get to commit'
);
update public.billing_invoices set refunded_cents = 500 where provider_transaction_id = 'txn_ks';

-- Seeing --------------------------------------------------------------------------------------------

create temporary view seen with (security_invoker) as
select distinct provider_transaction_id as payment from public.billing_ledger_entries;
grant select on seen to public;

select tests.act_as('ks_member');
select results_eq('select payment from seen', array['txn_ks'], 'a member sees what became of the own money');
select tests.act_as('ks_staff');
select is_empty('select payment from seen', 'staff see none');
select tests.act_as('ks_admin');
select results_eq('select payment from seen', array['txn_ks'], 'a tenant admin sees the tenant''s');
select tests.act_as('super');
select set_eq('select payment from seen', array['txn_ks', 'txn_mk'], 'a super admin sees all');
select throws_ok(
  $$ select pg_temp.enter('txn_ks', 'adj_8', 'refund', -1) $$, '42501', null, 'and adds nothing'
);
select tests.act_as_role('anon');
select throws_ok('select id from public.billing_ledger_entries', '42501', null, 'a visitor sees none');

select * from finish();
rollback;
