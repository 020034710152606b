-- Who wants helpful mails: said in the settings, by the link in a mail, or by a complaint.
begin;
set local search_path = public, extensions;

select plan(55);

select tests.populate();

insert into public.engagement_email_sends
  (tenant_id, user_id, template_key, dedupe_key, unsubscribe_hash)
values
  ('ks', tests.id_of('ks_member'), 'onboarding_day_7', 'pref:1', repeat('a', 64)),
  ('mk', tests.id_of('mk_member'), 'onboarding_day_7', 'pref:2', repeat('b', 64));

create function pg_temp.preference(handle text)
returns table (opted_out boolean, by text)
language sql
security definer
as $$
  select marketing_opt_out_at is not null, marketing_opt_out_by
  from public.profiles where id = tests.id_of(handle)
$$;
create function pg_temp.audited(handle text)
returns setof jsonb
language sql
security definer
as $$
  select metadata from public.audit_log
  where action = 'user.settings_updated'
    and entity_id = tests.id_of(handle)::text
    -- Not what `tests.populate()` did.
    and not metadata ? 'before'
  order by seq
$$;
grant execute on function pg_temp.preference(text), pg_temp.audited(text) to public;

-- In the settings -----------------------------------------------------------------------------------

select tests.act_as('ks_other_member');
update public.profiles set marketing_opt_out_at = '2000-01-01'
where id = tests.id_of('ks_other_member');
select results_eq(
  $$
    select marketing_opt_out_at, marketing_opt_out_by
    from public.profiles where id = tests.id_of('ks_other_member')
  $$,
  $$ values (now(), 'member') $$, 'a member wants none, from now on'
);
update public.profiles set marketing_opt_out_at = null where id = tests.id_of('ks_other_member');
select results_eq(
  $$ select * from pg_temp.preference('ks_other_member') $$, $$ values (false, null::text) $$,
  'and wants them again'
);
select results_eq(
  $$ select * from pg_temp.audited('ks_other_member') $$,
  $$ values ('{"marketing": false, "by": "member"}'::jsonb), ('{"marketing": true}'::jsonb) $$,
  'both are written down'
);
select throws_ok(
  format('update public.profiles set %s where id = tests.id_of(%L)', change, 'ks_other_member'),
  '42501', null, 'a member cannot set ' || change
)
from unnest(array[
  'marketing_opt_out_by = ''staff''', 'email_undeliverable_at = null',
  'email_undeliverable_reason = ''none'''
]) as change;
select is_empty(
  $$
    update public.profiles set marketing_opt_out_at = now()
    where id <> tests.id_of('ks_other_member') returning id
  $$,
  'nor decide for anybody else'
);

-- By the link in a mail -----------------------------------------------------------------------------

select tests.act_as_role('anon');
select results_eq(
  'select * from private.unsubscribe_state(repeat(''a'', 64))',
  $$ values ('subscribed', 'sq', 'ks') $$, 'the link knows whose it is'
);
select results_eq(
  format('select * from private.%s(%L)', operation, 'nobody''s'),
  $$ values ('unknown', null::text, null::text) $$, operation || ' by a link that leads nowhere'
)
from unnest(array['unsubscribe_state', 'unsubscribe', 'resubscribe']) as operation;
select results_eq(
  format('select * from private.%s(null)', operation),
  $$ values ('unknown', null::text, null::text) $$, operation || ' without one'
)
from unnest(array['unsubscribe_state', 'unsubscribe', 'resubscribe']) as operation;
select results_eq(
  $$ select * from pg_temp.preference('ks_member') $$, $$ values (false, null::text) $$,
  'asking changes nothing'
);
select results_eq(
  'select * from private.unsubscribe(repeat(''a'', 64))', $$ values ('unsubscribed', 'sq', 'ks') $$,
  'doing it ends the mails'
);
select results_eq(
  'select * from private.unsubscribe(repeat(''a'', 64))', $$ values ('unsubscribed', 'sq', 'ks') $$,
  'and may be repeated'
);
select results_eq(
  $$ select * from pg_temp.preference('ks_member') $$, $$ values (true, 'unsubscribe') $$,
  'of this person'
);
select results_eq(
  $$ select * from pg_temp.preference('mk_member') $$, $$ values (false, null::text) $$, 'and no other'
);
select results_eq(
  'select * from private.resubscribe(repeat(''a'', 64))', $$ values ('subscribed', 'sq', 'ks') $$,
  'it was a mistake'
);
select results_eq(
  $$ select * from pg_temp.audited('ks_member') $$,
  $$ values ('{"marketing": false, "by": "unsubscribe"}'::jsonb), ('{"marketing": true}'::jsonb) $$,
  'each is written down once'
);
select throws_ok(
  'select marketing_opt_out_at from public.profiles', '42501', null, 'a visitor sees no preference'
);
select throws_ok(
  'select unsubscribe_hash from public.engagement_email_sends', '42501', null, 'and no link'
);

select tests.act_as('ks_member');
update public.profiles set marketing_opt_out_at = now() where id = tests.id_of('ks_member');
select tests.act_as_role('anon');
select results_eq(
  'select * from private.resubscribe(repeat(''a'', 64))', $$ values ('unsubscribed', 'sq', 'ks') $$,
  'what was said in the settings an old link does not undo'
);
select results_eq(
  'select * from private.unsubscribe(repeat(''a'', 64))', $$ values ('unsubscribed', 'sq', 'ks') $$,
  'nor does unsubscribing'
);
select results_eq(
  $$ select * from pg_temp.preference('ks_member') $$, $$ values (true, 'member') $$,
  'change who said it'
);
select tests.act_as_role('service_cron');
select throws_ok(
  'select * from private.unsubscribe(repeat(''a'', 64))', '42501', null,
  'the jobs unsubscribe nobody'
);

-- By staff, in Studio -------------------------------------------------------------------------------

select tests.act_as_owner();
update public.profiles set marketing_opt_out_at = '2026-01-01' where id = tests.id_of('ks_agent');
select results_eq(
  $$
    select marketing_opt_out_at, marketing_opt_out_by
    from public.profiles where id = tests.id_of('ks_agent')
  $$,
  $$ values (timestamptz '2026-01-01', 'staff') $$, 'staff may note it for somebody'
);
update public.profiles set marketing_opt_out_at = now() where id = tests.id_of('ks_agent');
select results_eq(
  $$ select marketing_opt_out_at from public.profiles where id = tests.id_of('ks_agent') $$,
  $$ values (timestamptz '2026-01-01') $$, 'since when does not move'
);
select throws_ok(
  $$
    update public.profiles set marketing_opt_out_at = now(), marketing_opt_out_by = 'nobody'
    where id = tests.id_of('ks_staff')
  $$,
  '23514', null, 'it came about in one of the known ways'
);

-- An address that refuses mails -----------------------------------------------------------------------

select tests.act_as_role('service_cron');
select lives_ok(
  $$
    update public.profiles
    set email_undeliverable_at = now(), email_undeliverable_reason = 'no such mailbox'
    where id = tests.id_of('ks_member')
  $$,
  'a job notes an address that refuses mails'
);
select throws_ok(
  format('update public.profiles set %s where true', change), '42501', null,
  'a job does not set ' || change
)
from unnest(array[
  'email = ''x@example.test''', 'locale = ''en''', 'marketing_opt_out_at = now()', 'is_active = false'
]) as change;
select tests.act_as_role('service_auth');
select lives_ok(
  $$
    update public.profiles set email_undeliverable_at = now() where id = tests.id_of('ks_agent')
  $$,
  'so does auth'
);
select throws_ok(
  $$ update public.profiles set email = 'x@example.test' where true $$, '42501', null,
  'which changes none either'
);
select tests.act_as('ks_member');
select results_eq(
  $$
    select email_undeliverable_reason from public.profiles where id = tests.id_of('ks_member')
  $$,
  array['no such mailbox'], 'the member is told'
);
select throws_ok(
  $$ select public.trust_address(tests.id_of('ks_member')) $$, '42501',
  'only administrators say that an address is right', who || ' does not say that it is right'
)
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager', 'mk_staff']) as who,
  lateral tests.act_as(who);
select throws_ok(
  $$ select public.trust_address(tests.id_of('ks_member')) $$, '42501', null, who || ' does not'
)
from unnest(array['anon', 'service_cron', 'service_auth', 'service_webhooks']) as who,
  lateral tests.act_as_role(who);
select tests.act_as('mk_admin');
select is(
  public.trust_address(tests.id_of('ks_member')), 'not_marked', 'nor another tenant''s admin'
);
select tests.act_as('ks_admin');
select is(
  public.trust_address(tests.id_of('ks_agent')) || ', ' || public.trust_address(tests.id_of('ks_agent')),
  'trusted, not_marked', 'the tenant''s does'
);
select tests.act_as_owner();
select is_empty(
  $$
    select id from public.profiles
    where id = tests.id_of('ks_agent')
      and (email_undeliverable_at is not null or email_undeliverable_reason is not null)
  $$,
  'and mails go out to it again'
);
select is_empty(
  $$ select id from public.profiles where id = tests.id_of('ks_member') and email_undeliverable_at is null $$,
  'to nobody else'
);
select results_eq(
  $$
    select actor_id, metadata from public.audit_log
    where entity_id = tests.id_of('ks_agent')::text and metadata @> '{"email_deliverable": true}'
  $$,
  $$ values (tests.id_of('ks_admin'), '{"email_deliverable": true}'::jsonb) $$,
  'which is in the log, with who said so'
);
select tests.act_as_owner();
update auth.users set email = 'new@example.test' where id = tests.id_of('ks_member');
select results_eq(
  $$
    select email, email_undeliverable_at, email_undeliverable_reason
    from public.profiles where id = tests.id_of('ks_member')
  $$,
  $$ values ('new@example.test', null::timestamptz, null::text) $$,
  'a new address has a new start'
);
select is_empty(
  $$
    select metadata from pg_temp.audited('ks_member') as metadata
    where metadata::text like '%mailbox%'
  $$,
  'what a mail server says is not in the log'
);
select results_eq(
  $$
    select metadata from pg_temp.audited('ks_member') as metadata
    where metadata ? 'email_deliverable'
  $$,
  $$ values ('{"email_deliverable": false}'::jsonb), ('{"email_deliverable": true}'::jsonb) $$,
  'but that it refuses is'
);

select * from finish();
rollback;
