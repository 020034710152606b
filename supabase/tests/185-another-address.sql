-- Another mail address: the profile follows, Paddle is told, the log says that it changed.
begin;
set local search_path = public, extensions;

select plan(18);

select tests.populate();
create temporary table mark as select coalesce(max(seq), 0) as seq from public.audit_log;

insert into public.billing_customers (provider_customer_id, user_id, tenant_id, email)
select customer, tests.id_of(handle), 'ks', email
from (values
  ('ctm_same', 'ks_member', null),
  ('ctm_other', 'ks_member', 'office@example.test'),
  ('ctm_not_theirs', 'ks_other_member', null)
) as one (customer, handle, told)
cross join lateral (
  select coalesce(told, upper((select email from public.profiles where id = tests.id_of(handle)))) as email
) as address;
update auth.users
set
  email_change = 'new@example.test', email_change_token_new = 'the-code',
  email_change_sent_at = now() - interval '59 minutes'
where id = tests.id_of('ks_member');

-- Whose link it is --------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok(
  $$ select private.owner_of_address_link('the-code') $$, '42501', null, 'people do not ask whose link it is'
);
select throws_ok('select private.addresses_for_paddle()', '42501', null, 'nor for the addresses');
select throws_ok(
  $$ update public.profiles set email = 'new@example.test' where id = auth.uid() $$, '42501', null,
  'or change their address past Auth'
);
select throws_ok(
  $$ update public.billing_customers set address_due_at = null $$, '42501', null, 'or what Paddle is told'
);
select tests.act_as_role('service_auth');
select results_eq(
  $$ select user_id, email from private.owner_of_address_link('the-code') $$,
  $$ select id, email from public.profiles where id = tests.id_of('ks_member') $$,
  'the function auth learns whose link it is, and the present address'
);
select is_empty($$ select from private.owner_of_address_link('guess') $$, 'by the code alone');
select is_empty($$ select from private.owner_of_address_link('') $$, 'never by none');
select tests.act_as_owner();
update auth.users set email_change_sent_at = now() - interval '61 minutes'
where id = tests.id_of('ks_member');
select is_empty(
  $$ select from private.owner_of_address_link('the-code') $$, 'and for an hour'
);

-- What follows ------------------------------------------------------------------------------------------

update public.profiles
set email_undeliverable_at = now(), email_undeliverable_reason = 'bounced'
where id = tests.id_of('ks_member');
update auth.users set email = 'new@example.test' where id = tests.id_of('ks_member');
select results_eq(
  $$ select email, email_undeliverable_at from public.profiles where id = tests.id_of('ks_member') $$,
  $$ values ('new@example.test', null::timestamptz) $$,
  'the profile follows, and mails are sent again'
);
select results_eq(
  $$
    select action, tenant_id, entity_id, metadata::text from public.audit_log
    where seq > (select seq from mark) and action = 'auth.email_changed'
  $$,
  $$ values ('auth.email_changed', 'ks', tests.id_of('ks_member')::text, '{}') $$,
  'it is on the log that it changed, without an address'
);
select results_eq(
  $$ select provider_customer_id from public.billing_customers where address_due_at is not null $$,
  array['ctm_same'],
  'Paddle is told where invoices went to the former address, and nowhere else'
);
select tests.act_as_role('service_webhooks');
select results_eq(
  'select provider_customer_id, user_id, email from private.addresses_for_paddle()',
  $$ values ('ctm_same', tests.id_of('ks_member'), 'new@example.test') $$,
  'the new one'
);
select lives_ok(
  $$ update public.billing_customers set address_due_at = null where provider_customer_id = 'ctm_same' $$,
  'told once'
);
select is_empty('select from private.addresses_for_paddle()', 'it is not told again');
select tests.act_as_owner();

-- Who is forgotten ---------------------------------------------------------------------------------------

update public.billing_customers set email = 'new@example.test' where provider_customer_id = 'ctm_same';
update mark set seq = (select max(seq) from public.audit_log);
update auth.users set email = 'erased-1@invalid' where id = tests.id_of('ks_member');
select is_empty(
  $$
    select from public.audit_log
    where seq > (select seq from mark) and action = 'auth.email_changed'
  $$,
  'an address that is erased is no new address'
);
select is_empty(
  'select from public.billing_customers where address_due_at is not null', 'nobody is told'
);
update auth.users set email = email where id = tests.id_of('ks_other_member');
select is_empty(
  $$
    select from public.audit_log
    where seq > (select seq from mark) and action = 'auth.email_changed'
  $$,
  'the same address is no change'
);
select is(
  (select count(*) from public.audit_log
    where seq > (select seq from mark) and metadata::text like '%@%'),
  0::bigint, 'no address is ever on the log'
);

select * from finish();
rollback;
