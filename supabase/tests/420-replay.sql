-- An administrator has failed events tried again: those of the own tenant, a bounded number, each
-- written to the audit log.
begin;
set local search_path = public, extensions;

select plan(22);

select tests.populate();

insert into public.webhook_events
  (dedupe_key, event_id, event_type, tenant_id, signature_valid, payload, payload_hash,
   processing_result, attempts, received_at)
values
  ('e1', 'evt_failed', 'subscription.updated', 'ks', true, '{}', repeat('a', 64), 'error', 3, now()),
  ('e2', 'evt_given_up', 'subscription.updated', 'ks', true, '{}', repeat('a', 64), 'error', 20, now()),
  ('e3', 'evt_open', 'subscription.updated', 'ks', true, '{}', repeat('a', 64), null, 0, now()),
  ('e4', 'evt_done', 'subscription.updated', 'ks', true, '{}', repeat('a', 64), 'ok', 1, now()),
  ('e5', 'evt_ignored', 'customer.updated', 'ks', true, '{}', repeat('a', 64), 'ignored', 1, now()),
  ('e6', 'evt_pruned', 'subscription.updated', 'ks', true, null, repeat('a', 64), 'error', 20, now()),
  ('e7', 'evt_mk', 'subscription.updated', 'mk', true, '{}', repeat('a', 64), 'error', 3, now()),
  ('e8', 'evt_nobody', 'subscription.updated', null, true, '{}', repeat('a', 64), 'error', 3, now()),
  ('e9', null, null, null, false, null, repeat('a', 64), 'ignored', 1, now());

create function pg_temp.ids(variadic events text[])
returns uuid[]
language sql
security definer
set search_path = ''
as $$
  select array_agg(id) from public.webhook_events
  where event_id = any (events) or (dedupe_key = 'e9' and 'forged' = any (events))
$$;
create function pg_temp.everything()
returns uuid[]
language sql
security definer
set search_path = ''
as $$
  select array_agg(id) from public.webhook_events where dedupe_key ~ '^e[1-9]$'
$$;
create function pg_temp.replayed(ids uuid[])
returns setof text
language sql
as $$
  select event.event_id
  from public.replay_webhook_events(ids) as replayed (id)
  join public.webhook_events as event using (id)
  order by event.event_id
$$;
grant execute on function
  pg_temp.ids(text[]), pg_temp.everything(), pg_temp.replayed(uuid[])
to public;

-- Who may not -----------------------------------------------------------------------------------------

select throws_ok(
  'select public.replay_webhook_events(''{}'')', '42501', 'only administrators replay events',
  who || ' may not'
)
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager']) as who,
  lateral tests.act_as(who);
select tests.act_as_role('anon');
select throws_ok('select public.replay_webhook_events(''{}'')', '42501', null, 'a visitor may not');
select tests.act_as_role('service_webhooks');
select throws_ok(
  'select public.replay_webhook_events(''{}'')', '42501', null, 'nor the webhooks'' function itself'
);
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_admin');
select tests.act_as('ks_admin');
select throws_ok(
  'select public.replay_webhook_events(''{}'')', '42501', null, 'nor an administrator who is locked'
);
select tests.act_as_owner();
update public.profiles set is_active = true where id = tests.id_of('ks_admin');

-- A tenant admin --------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select results_eq(
  $$ select pg_temp.replayed(pg_temp.ids('evt_failed')) $$, array['evt_failed'],
  'an administrator replays one'
);
select is(
  (select next_attempt_at from public.webhook_events where event_id = 'evt_failed'), now(),
  'which is due at once'
);
select results_eq(
  $$
    select actor_id, actor_role, tenant_id, entity_type, metadata
    from public.audit_log
    where action = 'webhook.replayed' and entity_id = (pg_temp.ids('evt_failed'))[1]::text
  $$,
  $$
    values (
      tests.id_of('ks_admin'), 'tenant_admin', 'ks', 'webhook_event',
      '{"event_id": "evt_failed", "event_type": "subscription.updated", "attempts": 3}'::jsonb
    )
  $$,
  'and written with who did it'
);
select results_eq(
  $$ select pg_temp.replayed(pg_temp.everything()) $$,
  array['evt_failed', 'evt_given_up', 'evt_open'],
  'of a whole list those of the tenant that are not done with and can still be read'
);
select results_eq(
  $$ select gave_up_at is null, attempts from public.webhook_events where event_id = 'evt_given_up' $$,
  $$ values (true, 20) $$, 'one that was given up has another chance'
);
select results_eq(
  $$ select count(*) from public.audit_log where action = 'webhook.replayed' $$,
  array[4::bigint], 'each is written, each time'
);
select is_empty(
  $$ select pg_temp.replayed(pg_temp.ids('evt_mk')) $$, 'another tenant''s event is not replayed'
);
select throws_ok(
  $$
    select public.replay_webhook_events(array_agg(gen_random_uuid()))
    from generate_series(1, 501)
  $$,
  '54000', 'at most 500 events are replayed at once', 'there is a bound'
);
select lives_ok(
  $$
    select public.replay_webhook_events(array_agg(gen_random_uuid()))
    from generate_series(1, 500)
  $$,
  'and what is unknown is passed over'
);
select throws_ok(
  $$ update public.webhook_events set next_attempt_at = now() where true $$, '42501', null,
  'there is no other way to do it'
);
select tests.act_as_owner();
select results_eq(
  $$
    select event_id, next_attempt_at is null or next_attempt_at > now()
    from public.webhook_events where dedupe_key in ('e4', 'e5', 'e6', 'e7', 'e8') order by dedupe_key
  $$,
  $$
    values
      ('evt_done', true), ('evt_ignored', true), ('evt_pruned', true), ('evt_mk', true),
      ('evt_nobody', true)
  $$,
  'nothing else became due'
);

-- One more failure is the end again ---------------------------------------------------------------------

update public.webhook_events set attempts = attempts + 1 where event_id = 'evt_given_up';
select results_eq(
  $$
    select gave_up_at is not null, next_attempt_at is null
    from public.webhook_events where event_id = 'evt_given_up'
  $$,
  $$ values (true, true) $$, 'a replay of what was given up is one attempt, not twenty'
);

-- A super admin ---------------------------------------------------------------------------------------

select tests.act_as('super');
select results_eq(
  $$ select pg_temp.replayed(pg_temp.everything()) $$,
  array['evt_failed', 'evt_given_up', 'evt_mk', 'evt_nobody', 'evt_open'],
  'a super admin replays every tenant''s, and those of nobody known'
);
select is_empty(
  $$ select pg_temp.replayed(pg_temp.ids('forged')) $$, 'but never a forgery'
);
select results_eq(
  $$
    select tenant_id, actor_role from public.audit_log
    where action = 'webhook.replayed' and metadata ->> 'event_id' = 'evt_mk'
  $$,
  $$ values ('mk', 'super_admin') $$, 'written where it concerns'
);

select * from finish();
rollback;
