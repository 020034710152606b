-- Counts of requests by minute, and whether our promises are kept by them.
begin;
set local search_path = public, extensions;

select plan(23);

delete from private.request_minutes where true;
delete from public.webhook_events where true;

create function pg_temp.minute(at timestamptz, route text, status integer, n bigint, place integer)
returns void
language sql
as $$
  insert into private.request_minutes (minute, part, route, status_class, requests, buckets)
  values (
    date_trunc('minute', at, 'UTC'), 'site', route, status, n,
    array_fill(0::bigint, array[place - 1]) || n || array_fill(0::bigint, array[15 - place])
  )
$$;

-- Counting ----------------------------------------------------------------------------------------

select tests.act_as_role('anon');
create function pg_temp.rows(n integer, ago interval default '0') returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object(
    'minute', date_trunc('minute', now() - ago, 'UTC'), 'part', 'site', 'route', '/api/claims',
    'status_class', 2, 'requests', n, 'buckets', array_fill(0, array[14]) || n
  ))
$$;
select lives_ok($$ select private.add_request_minutes(pg_temp.rows(3)) $$, 'the site hands counts in');
select tests.act_as_role('service_cron');
select lives_ok($$ select private.add_request_minutes(pg_temp.rows(2)) $$, 'so do the functions');
select lives_ok(
  $$ select private.add_request_minutes(pg_temp.rows(9, '1 day')) $$, 'nobody writes history'
);
select throws_ok(
  $$ select private.add_request_minutes('[{"minute": "now", "part": "x", "route": "/", "status_class": 2, "requests": 1, "buckets": [1]}]') $$,
  '23514', null, 'or something else than counts'
);
select tests.act_as_owner();
select results_eq(
  'select requests, buckets[15] from private.request_minutes',
  'values (5::bigint, 5::bigint)', 'counts of one minute are added up'
);
select throws_ok(
  'select * from private.request_minutes', '42501', null, who || ' reads none of it'
)
from unnest(array['anon', 'service_cron', 'service_webhooks']) as who, lateral tests.act_as_role(who);
select tests.act_as_owner();
select tests.populate();
select tests.act_as('super');
select throws_ok($$ select private.add_request_minutes('[]') $$, '42501', null, 'who is signed in adds none');
select tests.act_as_owner();
select pg_temp.minute(now() - interval '36 days', '/old', 2, 1, 1);
select pg_temp.minute(now() - interval '34 days', '/new', 2, 1, 1);
select tests.act_as_role('service_cron');
select is(private.prune_request_minutes(), 1::bigint, 'what is older than 35 days goes');

-- Promises ----------------------------------------------------------------------------------------

select tests.act_as_owner();
delete from private.request_minutes where true;
select pg_temp.minute(now() - interval '1 hour', '/api/claims', 2, 90, 4);
select pg_temp.minute(now() - interval '1 hour', '/api/claims', 4, 500, 15);
select pg_temp.minute(now() - interval '2 hours', '/api/claims', 2, 4, 9);
select pg_temp.minute(now() - interval '3 hours', '/api/claims', 2, 5, 10);
select pg_temp.minute(now() - interval '3 hours', '/api/claims', 5, 1, 1);
select pg_temp.minute(now() - interval '8 days', '/api/claims', 5, 100, 1);
select results_eq(
  $$ select good, total, success from private.slo_figures() where slo = 'claims' $$,
  'values (94::bigint, 100::bigint, 0.940000)',
  'lists of claims: within half a second and no failure, of all that were not refused'
);
select is(
  (select burn from private.slo_figures() where slo = 'claims'), 1.200,
  'six of a hundred where five may is 1.2 times too many'
);
select pg_temp.minute(now() - interval '1 hour', '/api/documents/:id/download', 2, 998, 4);
select pg_temp.minute(now() - interval '1 hour', '/api/documents/:id/download', 5, 2, 4);
select pg_temp.minute(now() - interval '1 hour', '/api/documents/:id/download', 4, 70, 4);
select pg_temp.minute(now() - interval '1 hour', '/api/documents/share/:token/:number', 2, 1000, 4);
select results_eq(
  $$ select good, total, burn from private.slo_figures() where slo = 'documents' $$,
  'values (1998::bigint, 2000::bigint, 1.000)', 'downloads: those that did not fail'
);
insert into public.webhook_events
  (dedupe_key, event_id, signature_valid, payload, payload_hash, received_at, processing_result, attempts)
select
  'paddle:event:slo' || n, 'evt_slo' || n, true, '{}', repeat('0', 64), now() - interval '30 minutes',
  case when n <= 3 then 'error' when n <= 10 then 'ignored' else 'ok' end,
  case when n = 11 then 2 else 1 end
from generate_series(1, 20) as n;
insert into public.webhook_events
  (dedupe_key, signature_valid, payload_hash, received_at, processing_result, attempts)
values ('paddle:forged:slo', false, repeat('1', 64), now() - interval '30 minutes', 'ignored', 1);
insert into public.webhook_events
  (dedupe_key, event_id, signature_valid, payload, payload_hash, received_at)
values
  ('paddle:event:slo-new', 'evt_new', true, '{}', repeat('0', 64), now() - interval '4 minutes'),
  ('paddle:event:slo-stuck', 'evt_stuck', true, '{}', repeat('0', 64), now() - interval '10 minutes');
select results_eq(
  $$ select good, total from private.slo_figures() where slo = 'webhooks' $$,
  'values (16::bigint, 21::bigint)',
  'events: applied at the first attempt; forgeries and what just came do not count'
);
select is(
  (select good from private.slo_figures('10 days') where slo = 'claims'), 94::bigint,
  'another time may be asked for'
);

-- Burn --------------------------------------------------------------------------------------------

insert into public.webhook_events
  (dedupe_key, event_id, signature_valid, payload, payload_hash, received_at, processing_result, attempts)
values ('paddle:event:now', 'evt_now', true, '{}', repeat('0', 64), now() - interval '1 minute', 'error', 1);
select is(
  (select alert from private.slo_burn() where slo = 'webhooks'), 'fast',
  'a fifth that fails now and for an hour is for somebody to look at now'
);
select is(
  (select alert from private.slo_burn() where slo = 'claims'), 'slow',
  'a little too much for days is for today'
);
select is(
  (select alert from private.slo_burn() where slo = 'documents'), null,
  'what just keeps the promise calls nobody'
);
select is(
  (select burn_5m from private.slo_burn() where slo = 'documents'), null,
  'where nothing was asked for nothing burns'
);
select is(
  (select p95_ms from private.slo_figures() where slo = 'claims'), 500.0,
  'the 95th of a hundred is the last within half a second'
);

-- Who asks ----------------------------------------------------------------------------------------

select throws_ok('select * from private.slo_figures()', '42501', null, who || ' asks for no figures')
from unnest(array['anon', 'service_webhooks']) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok('select * from private.slo_burn()', '42501', null, 'nor does who is signed in');

select * from finish();
rollback;
