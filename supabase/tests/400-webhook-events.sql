-- What Paddle told us: stored by the webhooks' function, read by admins, never rewritten.
begin;
set local search_path = public, extensions;

select plan(24);

select tests.populate();

-- Storing -----------------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    insert into public.webhook_events
      (dedupe_key, event_id, event_type, subject_id, occurred_at, signature_valid, payload, payload_hash)
    values (
      'paddle:event:evt_1', 'evt_1', 'subscription.created', 'sub_1', now(), true, '{"a": 1}',
      repeat('a', 64)
    )
  $$,
  'a delivery is stored'
);
select is_empty(
  $$
    insert into public.webhook_events (dedupe_key, signature_valid, payload_hash)
    values ('paddle:event:evt_1', true, repeat('a', 64))
    on conflict (dedupe_key) do nothing
    returning id
  $$,
  'a second one of the same event is not'
);
select lives_ok(
  $$
    insert into public.webhook_events
      (dedupe_key, signature_valid, payload_hash, processing_result, reason)
    values ('paddle:forged:' || repeat('a', 64), false, repeat('a', 64), 'ignored', 'wrong signature')
  $$,
  'a forged one stands apart'
);
select throws_ok(
  $$
    insert into public.webhook_events (dedupe_key, signature_valid, payload_hash, payload)
    values ('paddle:forged:2', false, repeat('b', 64), '{"evil": true}')
  $$,
  '23514', null, 'without what it says'
);
select throws_ok(
  $$ update public.webhook_events set processing_result = 'ok' where not signature_valid $$,
  '23514', null, 'and can never count as applied'
);
select throws_ok(
  $$
    insert into public.webhook_events (dedupe_key, signature_valid, payload_hash)
    values ('paddle:event:evt_2', true, 'not a hash')
  $$,
  '23514', null, 'a hash is a hash'
);

-- What became of it ---------------------------------------------------------------------------------

select lives_ok(
  $$ select id from public.webhook_events where dedupe_key = 'paddle:event:evt_1' for update $$,
  'the function takes an event'
);
select lives_ok(
  $$
    update public.webhook_events
    set processing_result = 'error', error = 'no member', attempts = attempts + 1, last_attempt_at = now()
    where dedupe_key = 'paddle:event:evt_1'
  $$,
  'notes a failure'
);
select results_eq(
  $$
    update public.webhook_events
    set
      processing_result = 'ok', error = null, attempts = attempts + 1, last_attempt_at = now(),
      processed_at = now(), tenant_id = 'ks'
    where dedupe_key = 'paddle:event:evt_1'
    returning attempts
  $$,
  array[2], 'and a success, with the tenant it turned out to concern'
);
select throws_ok(
  $$ update public.webhook_events set tenant_id = 'mk' where dedupe_key = 'paddle:event:evt_1' $$,
  'tenant_id of public.webhook_events never changes', 'which stays'
);
select throws_ok(
  $$ update public.webhook_events set tenant_id = null where dedupe_key = 'paddle:event:evt_1' $$,
  'tenant_id of public.webhook_events never changes', 'and is not taken back'
);
select throws_ok(
  format('update public.webhook_events set %s where true', change),
  '42501', null, 'what arrived is not rewritten: ' || change
)
from unnest(array[
  'payload = ''{}''', 'signature_valid = true', 'dedupe_key = ''x''', 'occurred_at = now()'
]) as change;
select throws_ok(
  'delete from public.webhook_events where true', '42501', null, 'nor deleted'
);

-- Reading -----------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select throws_ok('select id from public.webhook_events', '42501', null, 'a visitor sees none');
select throws_ok(
  $$
    insert into public.webhook_events (dedupe_key, signature_valid, payload_hash)
    values ('paddle:event:evt_3', true, repeat('a', 64))
  $$,
  '42501', null, 'and stores none'
);
select tests.act_as('ks_member');
select is_empty('select id from public.webhook_events', 'a member sees none');
select throws_ok(
  $$ update public.webhook_events set processing_result = 'error' where true $$, '42501', null,
  'and changes none'
);
select tests.act_as('ks_staff');
select is_empty('select id from public.webhook_events', 'staff see none');
select tests.act_as('ks_admin');
select results_eq(
  'select event_id from public.webhook_events', array['evt_1'], 'a tenant admin sees the tenant''s'
);
select tests.act_as('mk_admin');
select is_empty('select id from public.webhook_events', 'and no other''s');
select tests.act_as('super');
select is(
  (select count(*) from public.webhook_events where dedupe_key like 'paddle:%:' || repeat('a', 64) or event_id = 'evt_1'),
  2::bigint, 'a super admin sees those without a tenant, too'
);

select * from finish();
rollback;
