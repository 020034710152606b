-- Cards, and the link by which a new member chooses a password: whose they are, and that a key that is
-- not known opens nothing.
begin;
set local search_path = public, extensions;

select plan(36);

select tests.populate();
select tests.sign_up('ks_second_agent', 'ks', 'agent', 'KS-B');
select tests.subscribe('ks_member', 'active', '{"current_period_end": "2040-01-01"}');
select tests.subscribe('mk_member', 'active');
create temporary table kept as
select user_id, id, token_hash from public.membership_cards;
grant select on kept to public;

create function pg_temp.card(handle text default 'ks_member')
returns uuid
language sql
as $$
  select id from kept where user_id = tests.id_of(handle)
$$;
create function pg_temp.hash(words text)
returns text
language sql
as $$
  select encode(sha256(convert_to(words, 'UTF8')), 'hex')
$$;
create function pg_temp.valid()
returns boolean
language sql
as $$
  select private.verify_card((select token_hash from kept where user_id = tests.id_of('ks_member')))
$$;
grant execute on all functions in schema pg_temp to public;

-- Cards ---------------------------------------------------------------------------------------------

select results_eq(
  $$ select status, card_number ~ '^KS-[0-9]{4}-[0-9]{6}$', expires_at = '2040-01-01'
    from public.membership_cards where id = pg_temp.card() $$,
  $$ values ('active', true, true) $$, 'every membership has a card'
);
select tests.act_as('ks_member');
select is(
  pg_temp.hash(private.card_token(pg_temp.card())),
  (select token_hash from kept where id = pg_temp.card()), 'the member can show its code'
);
select matches(private.card_token(pg_temp.card()), '^[A-Za-z0-9_-]{43}$', 'which nobody can guess');
select is(private.card_token(pg_temp.card('mk_member')), null, 'nobody else''s');
select throws_ok(
  'select token_hash from public.membership_cards', '42501', null, 'the hash is shown to nobody'
);
select tests.act_as('ks_agent');
select is((select count(*) from public.membership_cards), 1::bigint, 'the agent sees the card');
select is(private.card_token(pg_temp.card()), null, 'and cannot show it');
select is(private.replace_card(pg_temp.card()), false, 'nor replace it');
select tests.act_as('ks_second_agent');
select is((select count(*) from public.membership_cards), 0::bigint, 'another agent sees none');
select tests.act_as('ks_staff');
select isnt(private.card_token(pg_temp.card()), null, 'staff can print it');
select tests.act_as('mk_staff');
select is(private.card_token(pg_temp.card()), null, 'those of another country cannot');

select tests.act_as_role('anon');
select is(pg_temp.valid(), true, 'whoever has the code learns that it is valid');
select is(private.verify_card(pg_temp.hash('x')), false, 'another code is not');
select is(private.verify_card(null), false, 'nor is none');
select tests.act_as_owner();
update public.subscriptions set status = 'past_due', past_due_at = now(),
  grace_period_ends_at = now() + interval '1 day' where user_id = tests.id_of('ks_member');
select is(pg_temp.valid(), true, 'it is in grace');
update public.subscriptions set grace_period_ends_at = now() where user_id = tests.id_of('ks_member');
select is(pg_temp.valid(), false, 'it is not after grace');
update public.subscriptions set status = 'active' where user_id = tests.id_of('ks_member');
update public.profiles set is_active = false where id = tests.id_of('ks_member');
select is(pg_temp.valid(), false, 'nor of somebody who is locked');
update public.profiles set is_active = true where id = tests.id_of('ks_member');
update public.subscriptions set status = 'expired' where user_id = tests.id_of('ks_member');
select is(
  (select status from public.membership_cards where id = pg_temp.card()), 'expired',
  'it goes with the membership'
);
update public.subscriptions set status = 'active' where user_id = tests.id_of('ks_member');
select is(pg_temp.valid(), true, 'and comes with it');
select tests.act_as('ks_member');
select is(private.replace_card(pg_temp.card()), true, 'a lost card gets another code');
select is(pg_temp.valid(), false, 'the lost one is worth nothing');
select is(
  private.verify_card(pg_temp.hash(private.card_token(pg_temp.card()))), true, 'the new one is'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.membership_cards set user_id = tests.id_of('mk_member') where id = pg_temp.card() $$,
  '23001', null, 'a card stays with its member'
);

-- The welcome -----------------------------------------------------------------------------------------

update public.subscriptions
set provider_subscription_id = provider_subscription_id where false;
insert into public.subscriptions
  (tenant_id, user_id, provider, provider_subscription_id, status, started_at, current_period_start,
   current_period_end, cancel_at_period_end)
values ('ks', tests.id_of('ks_other_member'), 'cash', 'cash_1', 'active', now(), now(),
  now() + interval '1 year', true);
select is_empty(
  $$ select from public.engagement_email_sends where user_id = tests.id_of('ks_other_member') $$,
  'a membership by hand has no welcome but that of its approval'
);
insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key, status, sent_at)
values ('ks', tests.id_of('ks_other_member'), 'member_welcome', 'w', 'sent', now());
insert into public.welcome_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
select 'ks', user_id, id, pg_temp.hash('link'), now() + interval '1 day'
from public.engagement_email_sends where dedupe_key = 'w';
select tests.act_as_role('anon');
select results_eq(
  $$ select state, tenant_id from private.welcome_state(pg_temp.hash('link')) $$,
  $$ values ('open', 'ks') $$, 'the link is open'
);
select results_eq(
  $$ select state, tenant_id from private.welcome_state(pg_temp.hash('other')) $$,
  $$ values ('unknown', null::text) $$, 'another is nobody''s'
);
select throws_ok(
  $$ select private.claim_account(pg_temp.hash('link'), 'a long password') $$, '42501', null,
  'visitors go through the function'
);
select tests.act_as('ks_admin');
select throws_ok(
  $$ select private.claim_account(pg_temp.hash('link'), 'a long password') $$, '42501', null,
  'so do administrators'
);
select throws_ok('select * from public.welcome_tokens', '42501', null, 'the links are for nobody''s eyes');
select is(private.welcome_progress(tests.id_of('ks_other_member')), 'sent', 'who looks after them sees how far it is');
select tests.act_as('ks_second_agent');
select is(private.welcome_progress(tests.id_of('ks_other_member')), null, 'nobody else does');
select throws_ok(
  $$ select private.resend_welcome(tests.id_of('ks_other_member')) $$, 'PT404', null,
  'or sends it again'
);
select tests.act_as('ks_staff');
select private.resend_welcome(tests.id_of('ks_other_member'));
select private.resend_welcome(tests.id_of('ks_other_member'));
select tests.act_as_owner();
select is(
  (select count(*) from public.engagement_email_sends
    where user_id = tests.id_of('ks_other_member') and status = 'pending'), 1::bigint,
  'sent again it is one mail'
);
select tests.act_as_role('service_auth');
select is(
  (select state from private.claim_account(pg_temp.hash('link'), 'a long password')), 'claimed',
  'the function gives the password'
);
select is(
  (select state from private.claim_account(pg_temp.hash('link'), 'another password')), 'used', 'once'
);
select tests.act_as('ks_staff');
select throws_like(
  $$ select private.resend_welcome(tests.id_of('ks_other_member')) $$, '%moved on', 'then nothing is sent'
);

select * from finish();
rollback;
