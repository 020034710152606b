-- What was paid: seen by who paid and by admins, written by the webhooks' function.
begin;
set local search_path = public, extensions;

select plan(24);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('mk_member');

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    insert into public.billing_invoices
      (tenant_id, user_id, subscription_id, provider_transaction_id, currency,
       subtotal_cents, tax_cents, amount_cents, billed_at)
    select tenant_id, user_id, id, 'txn_' || tenant_id, 'EUR', 1695, 305, 2000, now()
    from public.subscriptions
    where user_id = any (array[tests.id_of('ks_member'), tests.id_of('mk_member')])
  $$,
  'webhooks store what was paid'
);
select throws_ok(
  'delete from public.billing_invoices where true', '42501', null, 'and never delete it'
);

select throws_ok(
  $$ update public.billing_invoices set status = 'refunded' where true $$, '42501', null,
  'nor say that it was refunded: the ledger does'
);
select lives_ok(
  $$
    update public.billing_invoices as invoice
    set subscription_id = subscription.id
    from public.subscriptions as subscription
    where subscription.user_id = invoice.user_id
  $$,
  'but may learn later what it was for'
);

select tests.act_as_owner();
create temporary view paid with (security_invoker) as
select provider_transaction_id as payment from public.billing_invoices
order by provider_transaction_id collate "C";
grant select on paid to public;

select tests.act_as('ks_member');
select results_eq('select payment from paid', array['txn_ks'], 'a member sees what they paid');
select throws_ok(
  'update public.billing_invoices set amount_cents = 0 where true', '42501', null, 'and changes nothing'
);
select tests.act_as('ks_other_member');
select is_empty('select payment from paid', 'another member sees nothing');
select tests.act_as('ks_agent');
select is_empty('select payment from paid', 'nor does the agent');
select tests.act_as('ks_manager');
select is_empty('select payment from paid', 'nor the branch manager');
select tests.act_as('ks_staff');
select is_empty('select payment from paid', 'nor staff: a claim needs no invoice');
select tests.act_as('ks_admin');
select results_eq('select payment from paid', array['txn_ks'], 'a tenant admin sees the tenant''s');
select tests.act_as('mk_admin');
select results_eq('select payment from paid', array['txn_mk'], 'and no other''s');
select tests.act_as('super');
select results_eq('select payment from paid', array['txn_ks', 'txn_mk'], 'a super admin sees all');
select tests.act_as_role('anon');
select throws_ok('select id from public.billing_invoices', '42501', null, 'a visitor sees none');

-- What the table itself refuses ---------------------------------------------------------------------

select tests.act_as_owner();
select throws_ok(
  $$
    insert into public.billing_invoices
      (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, amount_cents)
    values ('ks', tests.id_of('ks_member'), 'txn_ks', 'EUR', 1, 1)
  $$,
  '23505', null, 'a transaction is posted once in a tenant'
);
select throws_ok(
  $$ update public.billing_invoices set tenant_id = 'mk' where provider_transaction_id = 'txn_ks' $$,
  'tenant_id of public.billing_invoices never changes', 'an invoice stays in its tenant'
);
select throws_ok(
  $$
    insert into public.billing_invoices
      (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, amount_cents)
    values ('mk', tests.id_of('ks_member'), 'txn_across', 'EUR', 1, 1)
  $$,
  '23503', null, 'a member of another tenant is refused'
);
select throws_ok(
  $$
    update public.billing_invoices
    set subscription_id = (select id from public.subscriptions where tenant_id = 'mk' limit 1)
    where provider_transaction_id = 'txn_ks'
  $$,
  '23503', null, 'so is a membership of another tenant'
);
select throws_ok(
  $$
    insert into public.billing_invoices
      (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, amount_cents)
    values ('ks', tests.id_of('ks_member'), 'txn_less', 'EUR', 1, -1)
  $$,
  '23514', null, 'nobody pays less than nothing'
);
select throws_ok(
  format(
    $$ update public.billing_invoices set %s where provider_transaction_id = 'txn_ks' $$, change
  ),
  'what an invoice says never changes', 'not even the owner rewrites one: ' || change
)
from unnest(array[
  'amount_cents = 1', 'tax_cents = 0', $$currency = 'USD'$$,
  $$user_id = tests.id_of('ks_other_member')$$, $$provider_transaction_id = 'txn_x'$$
]) as change;

select * from finish();
rollback;
