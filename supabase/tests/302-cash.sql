-- Money by hand: handed in by the lead's agent, decided by somebody else, and made into a member once.
begin;
set local search_path = public, extensions;

select plan(85);

select tests.populate();
select tests.sign_up('ks_second_agent', 'ks', 'agent', 'KS-B');
select tests.sign_up('ks_second_manager', 'ks', 'branch_manager', 'KS-B');
select tests.sign_up('mk_agent', 'mk', 'agent', 'MK-A');

create temporary table made (name text primary key, id uuid not null);
create temporary table plans as select tenant_id, tier, id from public.membership_plans;
grant select, insert on made to public;
grant select on plans to public;

create function pg_temp.plan(tier text, tenant text default 'ks')
returns uuid
language sql
as $$
  select id from plans where plans.tier = $1 and tenant_id = tenant
$$;
create function pg_temp.id_of(name text)
returns uuid
language sql
as $$
  select id from made where made.name = $1
$$;
create function pg_temp.lead(name text, email text default null)
returns void
language sql
as $$
  insert into made
  select lead.name, private.create_lead(
    'Arta', 'Berisha', coalesce(lead.email, lead.name || '@lead.test'), null, 'sq', null, null
  )
$$;
create function pg_temp.pay(name text, tier text default 'standard', proof uuid default null)
returns void
language sql
as $$
  insert into made
  select 'pay ' || pay.name, private.record_cash(
    pg_temp.id_of(pay.name), pg_temp.plan(pay.tier), '17/A', now() - interval '1 hour', proof, null
  )
$$;
create function pg_temp.approve(name text)
returns uuid
language sql
as $$
  select private.approve_cash(pg_temp.id_of('pay ' || $1))
$$;
create function pg_temp.member(name text)
returns uuid
language sql
security definer
as $$
  select converted_user_id from public.member_leads
  where id = (select id from made where made.name = $1)
$$;
create function pg_temp.state(name text)
returns text
language sql
security definer
as $$
  select lead.status || ' ' || coalesce(attempt.status, '-')
  from public.member_leads as lead
  left join public.lead_payment_attempts as attempt
    on attempt.id = (select id from made where made.name = 'pay ' || $1)
  where lead.id = (select id from made where made.name = $1)
$$;

grant execute on all functions in schema pg_temp to public;

-- Handing in ----------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select pg_temp.lead(name) from unnest('{one,two,three,four,five}'::text[]) as name;
select tests.act_as('ks_second_agent');
select throws_ok($$ select pg_temp.pay('one') $$, 'PT404', null, 'not for another agent''s lead');
select tests.act_as('ks_admin');
select throws_ok($$ select pg_temp.pay('one') $$, 'PT404', null, 'nor by an administrator');
select tests.act_as('ks_agent');
select throws_ok(
  $$ select private.record_cash(pg_temp.id_of('one'), pg_temp.plan('standard', 'mk'), null, now(), null) $$,
  '23503', null, 'not for another country''s plan'
);
select throws_ok(
  $$ select private.record_cash(pg_temp.id_of('one'), pg_temp.plan('standard'), null, now() + interval '1 day', null) $$,
  '23514', null, 'not for tomorrow'
);
select throws_ok(
  $$ select private.record_cash(pg_temp.id_of('one'), pg_temp.plan('standard'), null, now() - interval '61 days', null) $$,
  '23514', null, 'nor for long ago'
);
select pg_temp.pay('one');
select is(pg_temp.state('one'), 'payment_pending pending', 'the lead waits with its payment');
select results_eq(
  $$ select amount_cents, currency::text from public.lead_payment_attempts $$,
  $$ values (2000, 'EUR') $$, 'the amount is the price of the plan'
);
select throws_like(
  $$ select pg_temp.pay('one') $$, 'a payment of this lead waits already', 'one at a time'
);
select throws_like(
  $$ select private.move_lead(pg_temp.id_of('one'), 'lost', 'no') $$, 'a payment of this lead waits',
  'and the lead is not lost meanwhile'
);
select throws_ok(
  $$ insert into public.lead_payment_attempts (tenant_id) values ('ks') $$, '42501', null,
  'nobody writes to the table'
);
select throws_ok(
  $$ update public.lead_payment_attempts set status = 'succeeded' where true $$, '42501', null,
  'nor changes it'
);
select tests.act_as_owner();
select throws_ok(
  format(
    $$ insert into public.lead_payment_attempts
        (tenant_id, lead_id, method, plan_id, amount_cents, currency, received_at, created_by)
      values ('ks', %L, 'cash', %L, 1, 'EUR', now(), %L) $$,
    pg_temp.id_of('two'), pg_temp.plan('standard'), tests.id_of('ks_agent')
  ),
  '23514', null, 'not even the owner gives another price'
);
select throws_ok(
  $$ update public.lead_payment_attempts set amount_cents = 1 where true $$, '23001', null,
  'or changes it afterwards'
);

-- Receipts ------------------------------------------------------------------------------------------

select tests.act_as_owner();
create function pg_temp.receipt(name text, content text, lead text default 'two')
returns uuid
language plpgsql
security definer
as $$
declare
  proof record;
begin
  select * into proof
  from private.announce_proof((select id from made where made.name = lead), 'a/b/' || receipt.name, 'image/jpeg', 1000);
  insert into storage.objects (bucket_id, name, metadata)
  values (proof.bucket, proof.file_path, '{"size": 1000, "mimetype": "image/jpeg"}');
  perform private.confirm_proof(proof.id, tests.id_of('ks_agent'), repeat(content, 64));
  insert into made values (receipt.name, proof.id);
  return proof.id;
end
$$;
grant execute on function pg_temp.receipt(text, text, text) to public;

select tests.act_as('ks_second_agent');
select throws_ok(
  $$ select private.announce_proof(pg_temp.id_of('two'), 'x.jpg', 'image/jpeg', 10) $$, 'PT404', null,
  'nobody uploads a receipt for another agent''s lead'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select private.announce_proof(pg_temp.id_of('two'), 'x.exe', 'application/x-msdownload', 10) $$,
  '23514', null, 'only photos and papers'
);
select isnt(pg_temp.receipt('first', 'a'), null, 'a receipt is uploaded');
select is(
  (select file_name from public.payment_proofs where id = pg_temp.id_of('first')), 'first',
  'its name has no folders'
);
select throws_like(
  $$ select pg_temp.pay('three', 'standard', pg_temp.id_of('first')) $$, 'this receipt is not there',
  'it belongs to its lead'
);
select pg_temp.pay('two', 'family', pg_temp.id_of('first'));
select isnt(pg_temp.receipt('same again', 'a', 'three'), null, 'the same photo for another lead');
select pg_temp.pay('three', 'business', pg_temp.id_of('same again'));
select is_empty(
  $$ select * from private.attempt_warnings(pg_temp.id_of('pay three')) $$,
  'the agent is not told what stands out'
);
select tests.act_as('ks_manager');
select results_eq(
  $$ select * from private.attempt_warnings(pg_temp.id_of('pay three')) $$,
  $$ values (true, true) $$, 'who checks it is: the same file, and the same number'
);
select is(
  (select count(*) from public.payment_proofs), 2::bigint, 'the manager of the branch sees both'
);
select tests.act_as('ks_second_manager');
select is((select count(*) from public.payment_proofs), 0::bigint, 'that of another does not');
select tests.act_as('ks_staff');
select is((select count(*) from public.payment_proofs), 0::bigint, 'nor do staff');
select tests.act_as('mk_admin');
select is((select count(*) from public.payment_proofs), 0::bigint, 'nor another country');
select tests.act_as('ks_second_agent');
select is((select count(*) from public.payment_proofs), 0::bigint, 'nor another agent');
select is(
  (select count(*) from storage.objects where bucket_id = 'payment-proofs'), 0::bigint,
  'the files are as hidden'
);
select tests.act_as('ks_admin');
select is(
  (select count(*) from storage.objects where bucket_id = 'payment-proofs'), 2::bigint,
  'and as open to who checks them'
);
select throws_ok(
  $$ insert into storage.objects (bucket_id, name) values ('payment-proofs', 'tenants/ks/leads/x/y') $$,
  '42501', null, 'nobody puts a file there that was not announced'
);

-- Who decides ---------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select throws_like(
  $$ select pg_temp.approve('one') $$, 'nobody verifies a payment of their own lead',
  'not the lead''s agent'
);
select throws_like(
  $$ select private.reject_cash(pg_temp.id_of('pay one'), 'x') $$,
  'nobody verifies a payment of their own lead', 'against it neither'
);
select tests.act_as('ks_second_agent');
select throws_ok($$ select pg_temp.approve('one') $$, 'PT404', null, 'no other agent');
select tests.act_as('ks_staff');
select throws_ok($$ select pg_temp.approve('one') $$, 'PT404', null, 'not staff');
select tests.act_as('ks_member');
select throws_ok($$ select pg_temp.approve('one') $$, 'PT404', null, 'no member');
select tests.act_as('ks_second_manager');
select throws_ok($$ select pg_temp.approve('one') $$, 'PT404', null, 'no manager of another branch');
select tests.act_as('mk_admin');
select throws_ok($$ select pg_temp.approve('one') $$, 'PT404', null, 'nobody of another country');
select tests.act_as_role('anon');
select throws_ok($$ select pg_temp.approve('one') $$, '42501', null, 'no visitor');
-- Who was the agent and is an administrator now is still no stranger to it.
select tests.act_as_owner();
update public.profiles set role = 'tenant_admin' where id = tests.id_of('ks_agent');
select tests.act_as('ks_agent');
select throws_like(
  $$ select pg_temp.approve('one') $$, 'nobody verifies a payment of their own lead',
  'an agent who became an administrator is not either'
);
select tests.act_as_owner();
update public.profiles set role = 'agent' where id = tests.id_of('ks_agent');

-- Asking and rejecting --------------------------------------------------------------------------------

select tests.act_as('ks_manager');
select throws_like(
  $$ select private.ask_about_cash(pg_temp.id_of('pay one'), ' ') $$, 'this needs a note', 'a question has words'
);
select throws_like(
  $$ select private.reject_cash(pg_temp.id_of('pay one'), null) $$, 'this needs a note', 'so has a no'
);
select private.ask_about_cash(pg_temp.id_of('pay one'), 'Whose hand is this?');
select private.ask_about_cash(pg_temp.id_of('pay one'), 'Whose hand is this?');
select is(pg_temp.state('one'), 'payment_pending needs_info', 'the agent is asked');
select tests.act_as('ks_second_agent');
select throws_ok(
  $$ select private.resubmit_cash(pg_temp.id_of('pay one'), null, now(), null) $$, 'PT404', null,
  'no other agent answers'
);
select tests.act_as('ks_agent');
select private.resubmit_cash(pg_temp.id_of('pay one'), '18/A', now() - interval '1 hour', null, 'Hers.');
select is(pg_temp.state('one'), 'payment_pending pending', 'the agent answers');
select throws_like(
  $$ select private.resubmit_cash(pg_temp.id_of('pay one'), null, now(), null) $$, '%moved on', 'once'
);
select tests.act_as('ks_admin');
select private.reject_cash(pg_temp.id_of('pay one'), 'No such receipt');
select private.reject_cash(pg_temp.id_of('pay one'), 'No such receipt');
select is(pg_temp.state('one'), 'contacted rejected', 'a no opens the lead again');
select throws_like($$ select pg_temp.approve('one') $$, '%moved on', 'and stays');
select tests.act_as('ks_manager');
select throws_like(
  $$ select private.reject_cash(pg_temp.id_of('pay one'), 'me too') $$, '%moved on',
  'somebody else was faster'
);
select tests.act_as_owner();
select results_eq(
  $$
    select action, count(*), bool_or(metadata::text ~ 'hand|receipt|Arta')
    from public.audit_log where entity_id = pg_temp.id_of('pay one')::text
    group by action order by action
  $$,
  $$ values ('PAYMENT_RESUBMITTED', 1::bigint, false), ('VERIFY_PAYMENT_NEEDS_INFO', 1, false),
      ('VERIFY_PAYMENT_REJECT', 1, false), ('lead.payment_recorded', 1, false) $$,
  'each act is on the log once, without words'
);

-- Approving -----------------------------------------------------------------------------------------

select tests.act_as('ks_manager');
select isnt(pg_temp.approve('two'), null, 'the manager of the branch approves');
select is(pg_temp.approve('two'), pg_temp.member('two'), 'again, it is the same member');
select tests.act_as('ks_admin');
select is(pg_temp.approve('two'), pg_temp.member('two'), 'whoever asks');
select tests.act_as_owner();
select is(pg_temp.state('two'), 'converted succeeded', 'lead and payment say so');
select results_eq(
  $$
    select account.email::text, account.encrypted_password::text, account.email_confirmed_at is null,
      identity.provider::text, identity.provider_id::text = account.id::text,
      identity.identity_data ->> 'email'
    from auth.users as account join auth.identities as identity on identity.user_id = account.id
    where account.id = pg_temp.member('two')
  $$,
  $$ values ('two@lead.test', '', true, 'email', true, 'two@lead.test') $$,
  'there is an account, without a password and not confirmed'
);
select results_eq(
  $$
    select tenant_id, role, agent_id, branch_id, full_name, locale, member_number ~ '^MEM-'
    from public.profiles where id = pg_temp.member('two')
  $$,
  $$ values ('ks', 'member', tests.id_of('ks_agent'), tests.branch('KS-A'), 'Arta Berisha', 'sq', true) $$,
  'a member with a number, an agent and a branch'
);
select results_eq(
  $$
    select provider, provider_subscription_id = 'cash_' || pg_temp.id_of('pay two'), status,
      plan_id = pg_temp.plan('family'), started_at = now(), current_period_end = now() + interval '1 year',
      cancel_at_period_end
    from public.subscriptions where user_id = pg_temp.member('two')
  $$,
  $$ values ('cash', true, 'active', true, true, true, true) $$, 'with a membership for a year'
);
select is(public.membership_access(pg_temp.member('two')), 'active', 'that gives access');
select results_eq(
  $$
    select provider, amount_cents, subtotal_cents, tax_cents, number, status, origin,
      (select sum(amount_cents) from public.billing_ledger_entries where invoice_id = invoice.id)
    from public.billing_invoices as invoice where user_id = pg_temp.member('two')
  $$,
  $$ values ('cash', 3500::bigint, 2966::bigint, 534::bigint, '17/A', 'paid', 'cash', 3500::numeric) $$,
  'an invoice with the tax that is in the price, in the ledger'
);
select results_eq(
  $$
    select type, status, agent_id, rate_percent, base_cents, amount_cents, source_transaction_id
    from public.agent_commissions where member_id = pg_temp.member('two')
  $$,
  $$ values ('new_membership', 'pending', tests.id_of('ks_agent'), 20.00, 2966::bigint, 593::bigint,
      'cash_' || pg_temp.id_of('pay two')) $$,
  'a commission of a fifth of the price without tax'
);
select results_eq(
  $$
    select status, card_number ~ '^KS-[0-9]{4}-[0-9]{6}$', expires_at = now() + interval '1 year'
    from public.membership_cards where user_id = pg_temp.member('two')
  $$,
  $$ values ('active', true, true) $$, 'a card'
);
select results_eq(
  $$
    select template_key, status from public.engagement_email_sends
    where user_id = pg_temp.member('two')
  $$,
  $$ values ('member_welcome', 'pending') $$, 'and one mail that is due'
);
select results_eq(
  $$
    select action, count(*) from public.audit_log
    where action in ('VERIFY_PAYMENT_APPROVE', 'billing.invoice.posted', 'commission.created')
      and created_at = now()
    group by action order by action
  $$,
  $$ values ('VERIFY_PAYMENT_APPROVE', 1::bigint), ('billing.invoice.posted', 1), ('commission.created', 1) $$,
  'on the log once'
);
select throws_ok(
  $$ update public.member_leads set status = 'contacted' where id = pg_temp.id_of('two') $$,
  '23001', null, 'nobody undoes it'
);
select throws_ok(
  $$ update public.lead_payment_attempts set status = 'rejected' where id = pg_temp.id_of('pay two') $$,
  '23001', null, 'nor the payment'
);
select tests.act_as('ks_admin');
select isnt(pg_temp.approve('three'), null, 'an administrator approves too');
select tests.act_as_owner();
select results_eq(
  $$ select type, rate_percent, amount_cents from public.agent_commissions
    where member_id = pg_temp.member('three') $$,
  $$ values ('b2b', 25.00, 2013::bigint) $$, 'business earns a quarter'
);

-- Addresses that are somebody's ---------------------------------------------------------------------

select tests.sign_up('known', 'ks', 'member', 'KS-B');
update auth.users set encrypted_password = 'x' where id = tests.id_of('known');
select tests.subscribe('ks_other_member', 'active');
select tests.act_as('ks_agent');
select pg_temp.lead('known', 'known@example.test');
select pg_temp.lead('active', 'ks_other_member@example.test');
select pg_temp.lead('abroad', 'mk_member@example.test');
select pg_temp.lead('staffed', 'ks_staff@example.test');
select pg_temp.pay(name) from unnest('{known,active,abroad,staffed,four}'::text[]) as name;
select tests.act_as('ks_admin');
select throws_like(
  $$ select pg_temp.approve('active') $$, 'this person has a membership', 'not two memberships'
);
select throws_like(
  $$ select pg_temp.approve('abroad') $$, 'the address belongs to another country', 'not another country''s'
);
select throws_like(
  $$ select pg_temp.approve('staffed') $$, 'the address belongs to somebody with a role', 'not staff'
);
select is(
  pg_temp.state('active') || ', ' || pg_temp.state('abroad'),
  'payment_pending pending, payment_pending pending', 'nothing came of it'
);
select is(pg_temp.approve('known'), tests.id_of('known'), 'who has an account gets the membership');
select tests.act_as_owner();
select results_eq(
  $$
    select person.branch_id, person.agent_id, mail.template_key
    from public.profiles as person
    join public.engagement_email_sends as mail on mail.user_id = person.id
    where person.id = tests.id_of('known')
  $$,
  $$ values (tests.branch('KS-B'), tests.id_of('ks_agent'), 'welcome') $$,
  'keeps the branch, gets the agent, and is welcomed without a link'
);

-- An agent who is gone --------------------------------------------------------------------------------

update public.profiles set is_active = false where id = tests.id_of('ks_agent');
select tests.act_as('ks_admin');
select isnt(pg_temp.approve('four'), null, 'money that was taken is a membership all the same');
select tests.act_as_owner();
select is_empty(
  $$ select from public.agent_commissions where member_id = pg_temp.member('four') $$,
  'nobody earns on it'
);
update public.profiles set is_active = true where id = tests.id_of('ks_agent');

-- Taking back -----------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select pg_temp.pay('five');
select private.cancel_cash(pg_temp.id_of('pay five'));
select private.cancel_cash(pg_temp.id_of('pay five'));
select is(pg_temp.state('five'), 'contacted canceled', 'the agent takes a mistake back');
select tests.act_as('ks_admin');
select throws_like($$ select pg_temp.approve('five') $$, '%moved on', 'nobody approves it then');
select tests.act_as_owner();

-- It ends by itself -----------------------------------------------------------------------------------

select throws_ok(
  $$ update public.subscriptions set status = 'past_due' where user_id = pg_temp.member('two') $$,
  '23514', null, 'nothing is ever owed for it'
);
select throws_ok(
  $$ update public.subscriptions set provider = 'paddle' where user_id = pg_temp.member('two') $$,
  '23001', null, 'and it is never Paddle''s'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  $$ update public.subscriptions set cancel_at_period_end = true
    where provider_subscription_id like 'cash%' $$,
  '42501', null, 'webhooks leave it alone'
);
select tests.act_as_owner();
select is(
  private.membership_access_at(pg_temp.member('two'), now() + interval '1 year'), 'none',
  'access ends on the day, whether or not a job was here'
);
select is(
  private.membership_access_at(pg_temp.member('two'), now() + interval '1 year' - interval '1 second'),
  'active', 'and not before'
);
select is(private.renews(pg_temp.member('two')), false, 'it does not renew');
select is(
  (select memberships from private.sweep_sales(now() + interval '1 year')), 4::bigint,
  'the job marks them ended'
);
select results_eq(
  $$ select membership.status, card.status from public.subscriptions as membership
    join public.membership_cards as card on card.subscription_id = membership.id
    where membership.user_id = pg_temp.member('two') $$,
  $$ values ('expired', 'expired') $$, 'with their cards'
);
select is_empty(
  $$ select from public.subscriptions where provider = 'cash' and dunning_due_at is not null $$,
  'and nobody is asked for money'
);
select tests.act_as('ks_agent');
select private.create_lead('Arta', 'Berisha', 'two@lead.test', null, 'sq', null, null);
insert into made select 'year two', id from public.member_leads where email = 'two@lead.test' and is_open;
select pg_temp.pay('year two');
select tests.act_as('ks_admin');
select is(pg_temp.approve('year two'), pg_temp.member('two'), 'the next year is paid by the same member');

select * from finish();
rollback;
