-- An event that failed is tried again by itself, after growing pauses, and at last given up.
begin;
set local search_path = public, extensions;

select plan(30);

select tests.populate();

create function pg_temp.receive(event text, payload jsonb default '{"data": {}}')
returns void
language sql
as $$
  insert into public.webhook_events
    (dedupe_key, event_id, event_type, signature_valid, payload, payload_hash)
  values ('paddle:event:' || event, event, 'subscription.updated', true, payload, repeat('a', 64))
$$;

create function pg_temp.note(event text, result text)
returns void
language sql
as $$
  update public.webhook_events
  set
    processing_result = result, attempts = attempts + 1, last_attempt_at = now(),
    error = case when result = 'error' then 'no member' end
  where event_id = event
$$;

-- In how many minutes an event is due; -1 if it never is.
create function pg_temp.due_in(event text)
returns integer
language sql
as $$
  select coalesce(extract(epoch from next_attempt_at - now())::integer / 60, -1)
  from public.webhook_events
  where event_id = event
$$;

create temporary table pauses (attempt integer, minutes integer);
grant select, insert on pauses to public;
grant execute on function
  pg_temp.receive(text, jsonb), pg_temp.note(text, text), pg_temp.due_in(text)
to public;

select tests.act_as_role('service_webhooks');
select pg_temp.receive('evt_1');
select is(
  pg_temp.due_in('evt_1'), 1,
  'an event whose processing dies before it says anything is due after a minute'
);
select pg_temp.note('evt_1', 'ok');
select is(pg_temp.due_in('evt_1'), -1, 'one that is applied is never due again');
select pg_temp.receive('evt_2');
select pg_temp.note('evt_2', 'ignored');
select is(pg_temp.due_in('evt_2'), -1, 'nor is one that has nothing to do');

select pg_temp.receive('evt_3');
do $$
begin
  for attempt in 1 .. 11 loop
    perform pg_temp.note('evt_3', 'error');
    insert into pauses values (attempt, pg_temp.due_in('evt_3'));
  end loop;
end
$$;
select results_eq(
  'select minutes from pauses order by attempt',
  array[1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360],
  'one that failed is due after a minute, then twice as long each time, at most six hours'
);

-- Giving up -----------------------------------------------------------------------------------------

do $$
begin
  for attempt in 12 .. 19 loop
    perform pg_temp.note('evt_3', 'error');
  end loop;
end
$$;
select results_eq(
  $$ select attempts, gave_up_at is null from public.webhook_events where event_id = 'evt_3' $$,
  $$ values (19, true) $$, 'nineteen failures are not the end'
);
select pg_temp.note('evt_3', 'error');
select results_eq(
  $$
    select processing_result, gave_up_at = now(), next_attempt_at is null
    from public.webhook_events where event_id = 'evt_3'
  $$,
  $$ values ('error', true, true) $$, 'the twentieth is: it stays an error and is not due'
);
select results_eq(
  $$ select waiting, overdue, given_up from private.webhook_backlog() $$,
  $$ values (0::bigint, 0::bigint, 1::bigint) $$, 'and is counted for all to see'
);
select pg_temp.note('evt_3', 'ok');
select results_eq(
  $$ select gave_up_at is null from public.webhook_events where event_id = 'evt_3' $$,
  array[true], 'until it is applied after all'
);

-- What is never tried -------------------------------------------------------------------------------

select lives_ok(
  $$
    insert into public.webhook_events
      (dedupe_key, signature_valid, payload_hash, processing_result, reason)
    values ('paddle:forged:1', false, repeat('b', 64), 'ignored', 'wrong signature')
  $$,
  'a forged delivery is stored'
);
select lives_ok(
  $$
    insert into public.webhook_events
      (dedupe_key, signature_valid, payload_hash, processing_result, error, attempts)
    values ('paddle:malformed:1', true, repeat('c', 64), 'error', 'not JSON', 1)
  $$,
  'so is an unreadable one'
);
select is_empty(
  $$ select dedupe_key from public.webhook_events where next_attempt_at is not null $$,
  'neither is due ever'
);
select throws_ok(
  $$ update public.webhook_events set next_attempt_at = now() where not signature_valid $$,
  '23514', null, 'a forged one cannot be made due'
);

-- The sweep -----------------------------------------------------------------------------------------

select pg_temp.receive('evt_4');
select lives_ok(
  $$ update public.webhook_events set next_attempt_at = now() where event_id = 'evt_4' $$,
  'webhooks make an event due'
);
select results_eq(
  $$
    select event_id from public.webhook_events
    where next_attempt_at <= now() order by next_attempt_at limit 10 for update skip locked
  $$,
  array['evt_4'], 'and take what is due'
);
select lives_ok(
  $$
    update public.webhook_events
    set delivery_count = delivery_count + 1, member_id = tests.id_of('ks_member'), tenant_id = 'ks'
    where event_id = 'evt_4'
  $$,
  'note another delivery, and whose event it is'
);
select is(pg_temp.due_in('evt_4'), 0, 'which does not put it off');
select throws_ok(
  $$ update public.webhook_events set gave_up_at = null where true $$, '42501', null,
  'giving up is the database''s decision'
);
select throws_ok(
  $$ update public.webhook_events set summary = '{}' where true $$, '42501', null,
  'and what is kept is not rewritten'
);
select tests.act_as_role('service_cron');
select lives_ok('select * from private.webhook_backlog()', 'cron counts what waits');
select throws_ok('select id from public.webhook_events', '42501', null, 'but reads no event');
select tests.act_as('ks_admin');
select throws_ok(
  'select * from private.webhook_backlog()', '42501', null, 'an administrator cannot count every tenant''s'
);

-- What an event changed -------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
values
  ('ks', 'service_webhooks', 'webhook.processed', 'webhook_event', 'x', '{"event_id": "evt_4"}'),
  ('ks', 'service_webhooks', 'subscription.updated', 'subscription', 'y', '{"event_id": "evt_4"}'),
  ('mk', 'service_webhooks', 'subscription.updated', 'subscription', 'z', '{"event_id": "evt_4"}'),
  ('ks', 'service_webhooks', 'subscription.updated', 'subscription', 'v', '{}');
select throws_ok(
  $$
    insert into public.audit_log (actor_role, action, event_id)
    values ('service_webhooks', 'webhook.processed', 'evt_4')
  $$,
  '428C9', null, 'the event of an audit row is taken from what the row says'
);
select tests.act_as('ks_admin');
select results_eq(
  $$ select entity_id from public.audit_log where event_id = 'evt_4' $$, array['y'],
  'an administrator finds what an event changed in their tenant'
);
select tests.act_as('ks_member');
select is_empty($$ select 1 from public.audit_log where event_id = 'evt_4' $$, 'a member finds nothing');

-- The rules themselves --------------------------------------------------------------------------------

select tests.act_as_owner();
select throws_ok(
  $$ update public.webhook_events set delivery_count = 0 where event_id = 'evt_4' $$, '23514', null,
  'what is here arrived at least once'
);
select is(private.retry_pause(0), interval '1 minute', 'no pause is shorter than a minute');
select is(private.retry_pause(1000000), interval '6 hours', 'and none longer than six hours');
select tests.act_as('ks_member');
select throws_ok(
  'select private.retry_pause(1)', '42501', null, 'which is nobody''s business but the functions'''
);
select tests.act_as('ks_admin');
select results_eq(
  $$ select event_id from public.webhook_events where member_id = tests.id_of('ks_member') $$,
  array['evt_4'], 'an administrator finds a member''s events'
);
select tests.act_as('mk_admin');
select is_empty(
  $$ select event_id from public.webhook_events where member_id = tests.id_of('ks_member') $$,
  'of another tenant none'
);

select * from finish();
rollback;
