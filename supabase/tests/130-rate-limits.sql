-- A door may be tried so many times in a span of time.
begin;
set local search_path = public, extensions;

select plan(13);

select tests.act_as_role('service_webhooks');
select results_eq(
  $$ select allowed, remaining from private.take_rate_limit('door', '10.0.0.1', 2, '1 minute') $$,
  $$ values (true, 1) $$, 'the first try passes'
);
select results_eq(
  $$ select allowed, remaining, retry_after_seconds from private.take_rate_limit('door', '10.0.0.1', 2, '1 minute') $$,
  $$ values (true, 0, 0) $$, 'the last one that is allowed passes'
);
select results_eq(
  $$ select allowed, remaining from private.take_rate_limit('door', '10.0.0.1', 2, '1 minute') $$,
  $$ values (false, 0) $$, 'the next one does not'
);
select ok(
  (select retry_after_seconds between 1 and 60 from private.take_rate_limit('door', '10.0.0.1', 2, '1 minute')),
  'and is told when to come back'
);
select ok(
  (select allowed from private.take_rate_limit('door', '10.0.0.2', 2, '1 minute')),
  'somebody else is not held up'
);
select ok(
  (select allowed from private.take_rate_limit('window', '10.0.0.1', 2, '1 minute')),
  'nor is another door'
);
select tests.act_as_role('anon');
select ok(
  (select allowed from private.take_rate_limit('site', '10.0.0.1', 2, '1 minute')),
  'the site counts visitors too'
);
select throws_ok('select * from public.rate_limits', '42501', null, 'who cannot see the counts');
select throws_ok('delete from public.rate_limits', '42501', null, 'nor clear them');

select tests.act_as_owner();
select is(
  (select count from public.rate_limits where bucket = 'door' and key_hash = sha256('10.0.0.1')), 4,
  'refused tries are counted'
);
select is_empty(
  $$ select from public.rate_limits where encode(key_hash, 'escape') like '%10.0.0%' $$,
  'addresses are not kept'
);

-- The next span, and cleaning up --------------------------------------------------------------------

update public.rate_limits set window_start = window_start - interval '2 days' where bucket = 'door';
select ok(
  (select allowed from private.take_rate_limit('door', '10.0.0.1', 2, '1 minute')),
  'in the next span the count starts again'
);
select tests.act_as_role('service_cron');
delete from public.rate_limits where true;
select tests.act_as_owner();
select results_eq(
  $$ select bucket from public.rate_limits where bucket in ('door', 'site', 'window') order by bucket $$,
  array['door', 'site', 'window'],
  'the clean-up job deletes only spans that are over'
);

select * from finish();
rollback;
