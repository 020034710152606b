-- Switches for bad days: who turns them, what the database itself refuses, and what is written down.
begin;
set local search_path = public, extensions;

select plan(37);

select tests.populate();
delete from public.feature_flags where true;
create temporary table mark as select coalesce(max(seq), 0) as seq from public.audit_log;
grant select on mark to public;

-- Who turns them ----------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select lives_ok(
  $$ select private.set_flag('pause_nps', 'ks', true, '  wrong text ') $$,
  'an administrator turns a switch of their own country'
);
select throws_ok(
  $$ select private.set_flag('pause_nps', 'mk', true, null) $$, '42501', null, 'not of another'
);
select throws_ok(
  $$ select private.set_flag('pause_nps', null, true, null) $$, '42501', null, 'and not for all'
);
select throws_ok(
  $$ insert into public.feature_flags (key, tenant_id, enabled) values ('read_only', 'ks', true) $$,
  '42501', null, 'nor past the function'
);
select throws_ok(
  $$ update public.feature_flags set enabled = false where true $$, '42501', null,
  'nor by changing the row'
);
select results_eq(
  'select key, tenant_id, enabled, note, updated_by from public.feature_flags',
  $$ values ('pause_nps', 'ks', true, 'wrong text', tests.id_of('ks_admin')) $$,
  'they see what is on, why, and by whom'
);
select tests.act_as('super');
select lives_ok($$ select private.set_flag('read_only', null, true, null) $$, 'a super admin for all');
select lives_ok($$ select private.set_flag('stop_checkout', 'mk', true, null) $$, 'and for one');
select throws_ok(
  $$ select private.set_flag('hold_webhooks', 'ks', true, null) $$, '23514', null,
  'events are held for all countries or for none'
);
select throws_ok(
  $$ select private.set_flag('coffee', null, true, null) $$, '23514', null,
  'there are no other switches'
);
select throws_ok(
  $$ select private.set_flag('read_only', 'xx', true, null) $$, '23503', null, 'nor other countries'
);
select tests.act_as('mk_admin');
select set_eq(
  'select key from public.feature_flags', array['read_only', 'stop_checkout'],
  'an administrator sees those of their country and those for all'
);
select throws_ok(
  $$ select private.set_flag('stop_checkout', null, false, null) $$, '42501', null,
  'and cannot turn off what is on for all'
);
select throws_ok(
  $$ select private.set_flag('read_only', 'ks', true, null) $$, '42501', null, who || ' turns none'
)
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager']) as who, lateral tests.act_as(who);
select throws_ok(
  $$ select private.set_flag('read_only', null, true, null) $$, '42501', null, who || ' turns none'
)
from unnest(array['anon', 'service_cron', 'service_webhooks', 'service_auth', 'service_documents']) as who,
  lateral tests.act_as_role(who);
select tests.act_as('ks_staff');
select is_empty('select key from public.feature_flags', 'those who turn none see none');
select tests.act_as_role('anon');
select set_eq(
  'select key, tenant_id from private.active_flags()',
  $$ values ('pause_nps', 'ks'), ('read_only', null), ('stop_checkout', 'mk') $$,
  'whoever has to obey hears which are on'
);

-- What is written down ----------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select tenant_id, actor_role, entity_id, metadata
    from public.audit_log, mark
    where action = 'flag.changed' and audit_log.seq > mark.seq
    order by audit_log.seq limit 1
  $$,
  $$
    values (
      'ks', 'tenant_admin', 'pause_nps',
      '{"before": false, "after": true, "note": "wrong text"}'::jsonb
    )
  $$,
  'a change is on the audit log: who, what and why'
);
select lives_ok(
  $$ select private.set_flag('pause_nps', 'ks', true, 'wrong text') $$,
  'the owner of the database turns switches too'
);
select is(
  (
    select count(*) from public.audit_log, mark
    where action = 'flag.changed' and audit_log.seq > mark.seq
  ),
  3::bigint, 'what was on already is not told again'
);
update public.feature_flags set enabled = false where key = 'stop_checkout';
select is(
  (
    select metadata - 'note' from public.audit_log
    where action = 'flag.changed' and entity_id = 'stop_checkout' order by seq desc limit 1
  ),
  '{"before": true, "after": false}', 'a change by hand is told like any other'
);

-- What the database refuses -----------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok(
  $$ update public.profiles set phone = '+383 44 111 222' where id = auth.uid() $$, '25006', null,
  'while the site is read-only people change nothing, by whichever way'
);
select tests.act_as_owner();
select lives_ok(
  $$ update public.profiles set phone = '+383 44 111 222' where id = tests.id_of('ks_member') $$,
  'the owner does'
);
select private.set_flag('read_only', null, false, null);
select private.set_flag('read_only', 'mk', true, null);
select tests.act_as('ks_member');
select lives_ok(
  $$ update public.profiles set phone = '+383 44 111 223' where id = auth.uid() $$,
  'a switch of one country leaves the other alone'
);
select tests.act_as('mk_member');
select throws_ok(
  $$ update public.profiles set phone = '+389 70 111 222' where id = auth.uid() $$, '25006', null,
  'and stops its own'
);
select tests.act_as_owner();
select private.set_flag('stop_uploads', null, true, null);
select throws_ok(
  format('insert into public.%I (tenant_id) values (%L)', name, 'ks'), '55000', null,
  'while files are stopped none is announced: ' || name
)
from unnest('{claim_documents,payment_proofs}'::text[]) as name;
select private.set_flag('stop_uploads', null, false, null);
select throws_ok(
  $$ insert into public.claim_documents (tenant_id) values ('ks') $$, 'PT404', null,
  'afterwards they are looked at as ever'
);
select private.set_flag('hold_webhooks', null, true, null);
insert into public.webhook_events
  (dedupe_key, event_id, signature_valid, payload, payload_hash, next_attempt_at)
values ('paddle:event:held', 'evt_held', true, '{}', repeat('0', 64), now() - interval '1 hour');
select is(
  (select overdue from private.webhook_backlog()), 0::bigint, 'events that are held are not late'
);
select private.set_flag('hold_webhooks', null, false, null);
select cmp_ok(
  (select overdue from private.webhook_backlog())::integer, '>', 0,
  'once they are not held any more they are'
);

select * from finish();
rollback;
