-- A door may be tried so many times in a span of time.
begin;
set local search_path = public, extensions;

select plan(21);

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
insert into public.rate_limits (bucket, key_hash, window_start, count)
select 'flood', sha256(nr::text::bytea), now() - interval '25 hours', 1 from generate_series(1, 30) as nr;
select throws_ok(
  'select from private.sweep_identity()', '42501', null, 'nobody cleans up by hand: ' || who
)
from unnest('{anon,service_cron}'::text[]) as who, lateral tests.act_as_role(who);
select tests.act_as_owner();
select is((select limits from private.sweep_identity(max_rows => 20)), 20::bigint, 'the job cleans up in portions');
select cmp_ok((select limits from private.sweep_identity()), '>=', 11::bigint, 'all of it in the end');
select results_eq(
  $$ select bucket from public.rate_limits where bucket in ('door', 'flood', 'site', 'window') order by bucket $$,
  array['door', 'site', 'window'],
  'and only spans that are over'
);
select is((select limits from private.sweep_identity()), 0::bigint, 'then there is nothing to do');
delete from public.cron_runs where job = 'identity-sweep';
select private.run_sweep_identity();
select results_eq(
  $$ select result, counts from public.cron_runs where job = 'identity-sweep' $$,
  $$ values ('ok', '{"limits": 0, "invitations": 0, "sessions": 0, "refused_hours": 0}'::jsonb) $$,
  'which it writes down'
);

-- The other things that it cleans up: whom was invited and never came -----------------------------------

insert into public.invitations (tenant_id, email, full_name, role, locale, token_hash, expires_at)
select
  'ks', format('guest-%s@example.test', days), 'A Guest', 'member', 'sq',
  encode(sha256(days::text::bytea), 'hex'), now() - make_interval(days => days)
from unnest('{-1,89,91,92}'::integer[]) as days;
select is(
  (select invitations from private.sweep_identity()), 2::bigint,
  'addresses of invitations are kept for 90 days after their end'
);
select results_eq(
  'select email, full_name from public.invitations order by email collate "C"',
  $$
    values
      ('erased@invalid', ''), ('erased@invalid', ''), ('guest--1@example.test', 'A Guest'),
      ('guest-89@example.test', 'A Guest')
  $$,
  'then it is not known any more who was invited'
);

select * from finish();
rollback;
