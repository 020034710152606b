-- What operators look at: figures of every part, and no row of anybody.
begin;
set local search_path = public, extensions;

select plan(26);

select tests.populate();

select tests.act_as_role('service_cron');
select lives_ok('select private.operations_report()', 'the functions ask for it');
select is(
  (select array_agg(key order by key) from jsonb_object_keys(private.operations_report()) as key),
  array[
    'audit', 'database', 'default_tenant', 'default_tenant_active', 'documents', 'flags', 'jobs',
    'mails', 'migrations', 'open_tables', 'schedule', 'slos', 'tables', 'vault', 'webhooks'
  ],
  'it tells of every part'
);
select is(private.operations_report() -> 'open_tables', '[]', 'no table is open');
select is(private.operations_report() ->> 'default_tenant', 'ks', 'the country of who names none');
select is(
  jsonb_array_length(private.operations_report() -> 'jobs'),
  (select count(*)::integer from public.cron_jobs), 'each job is told of'
);
select is(
  jsonb_array_length(private.operations_report() -> 'slos'), 3, 'each promise is told of'
);
select unalike(
  private.operations_report()::text, '%@%', 'and nobody''s address'
);
select cmp_ok(private.probe_write(), '>', now() - interval '1 minute', 'the database can be written to');
select is(private.missing_buckets(), '{}', 'every bucket is there');

-- Since when -------------------------------------------------------------------------------------

create function pg_temp.noted(by text, state text, cause text) returns timestamptz language sql as $$
  select (private.note_checks(
    by, jsonb_build_array(jsonb_build_object('id', 'a-check', 'state', state, 'cause', cause))
  ) ->> 'a-check')::timestamptz
$$;
select is(pg_temp.noted('doctor', 'fail', 'resend_key'), now(), 'what is found is noted');
select tests.act_as_owner();
update private.check_states set since = now() - interval '2 hours' where id = 'a-check';
select tests.act_as_role('service_cron');
select is(
  pg_temp.noted('doctor', 'fail', 'resend_key'), now() - interval '2 hours',
  'while it is so it is so since then'
);
select is(pg_temp.noted('functions', 'fail', 'resend_key'), now(), 'each observer knows for itself');
select is(pg_temp.noted('doctor', 'fail', 'resend_away'), now(), 'another cause is another story');
select tests.act_as_owner();
update private.check_states set since = now() - interval '1 hour' where id = 'a-check';
select tests.act_as_role('service_cron');
select is(pg_temp.noted('doctor', 'ok', null), now(), 'and so is being well again');
select throws_ok(
  $$ select pg_temp.noted('somebody', 'ok', null) $$, '23514', null, 'there are no other observers'
);
select cmp_ok(private.written_at(), '>', now() - interval '1 minute', 'the last write is known');
select throws_ok(
  $$ select private.note_checks('doctor', '[]') $$, '42501', null, 'nobody else notes anything'
)
from tests.act_as_role('anon');

select tests.act_as_owner();
alter table storage.objects disable trigger all;
delete from storage.objects where bucket_id = 'audit-heads';
delete from storage.buckets where id = 'audit-heads';
select is(private.missing_buckets(), '{audit-heads}', 'or is named');
alter table public.claims no force row level security;
select tests.act_as_role('service_cron');
select is(
  private.operations_report() -> 'open_tables', '["public.claims"]', 'a table that lost its protection is named'
);
select tests.act_as_owner();
alter table public.claims force row level security;
update cron.job set active = false where jobname = 'mails';
select tests.act_as_role('service_cron');
select is(
  (
    select job ->> 'active' from jsonb_array_elements(private.operations_report() -> 'schedule') as job
    where job ->> 'calls' = 'mails'
  ),
  'false', 'a job that is switched off is seen'
);
select throws_ok('select private.probe_write()', '42501', null, who || ' writes no probe')
from unnest(array['anon', 'service_webhooks']) as who, lateral tests.act_as_role(who);
select throws_ok('select private.operations_report()', '42501', null, who || ' asks for nothing')
from unnest(array['anon', 'service_webhooks', 'service_auth']) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok(
  'select private.operations_report()', '42501', null,
  'nor does who is signed in: the function asks in their stead, after looking at who they are'
);

select * from finish();
rollback;
