-- By when staff are to act: operating hours, what moves them, the queue, and warnings once each.
begin;
set local search_path = public, extensions;

select plan(58);

select tests.populate();
select tests.sign_up('ks_staff2', 'ks', 'staff');
select tests.subscribe('ks_member');
select tests.subscribe('mk_member');

-- Operating hours ---------------------------------------------------------------------------------------

select results_eq(
  $$
    select tenant_id, opens_at, closes_at, time_zone, triage_hours, update_hours
    from public.tenant_service_times order by tenant_id
  $$,
  $$
    values
      ('ks', '08:00'::time, '17:00'::time, 'Europe/Belgrade', 4::numeric, 24::numeric),
      ('mk', '08:00', '17:00', 'Europe/Skopje', 4, 24)
  $$,
  'every tenant has service times'
);

create function pg_temp.due(from_at text, hours numeric)
returns text
language sql
as $$
  select to_char(
    private.operating_deadline('ks', (from_at || ' Europe/Belgrade')::timestamptz, hours)
      at time zone 'Europe/Belgrade',
    'YYYY-MM-DD HH24:MI'
  )
$$;
select is(pg_temp.due('2026-06-10 09:30', 4), '2026-06-10 13:30', 'within a day');
select is(pg_temp.due('2026-06-10 16:00', 4), '2026-06-11 11:00', 'over night');
select is(pg_temp.due('2026-06-10 13:00', 4), '2026-06-10 17:00', 'up to closing time');
select is(pg_temp.due('2026-06-10 13:01', 4), '2026-06-11 08:01', 'and past it');
select is(pg_temp.due('2026-06-10 03:00', 4), '2026-06-10 12:00', 'sent before opening');
select is(pg_temp.due('2026-06-10 08:00', 4), '2026-06-10 12:00', 'at opening');
select is(pg_temp.due('2026-06-10 17:00', 4), '2026-06-11 12:00', 'at closing');
select is(pg_temp.due('2026-06-10 22:15', 4), '2026-06-11 12:00', 'after closing');
select is(pg_temp.due('2026-06-13 16:30', 4), '2026-06-14 11:30', 'on a Sunday as on every day');
select is(pg_temp.due('2026-06-10 10:00', 24), '2026-06-12 16:00', 'over days');
select is(pg_temp.due('2026-06-10 08:00', 27), '2026-06-12 17:00', 'whole days end at closing');
select is(pg_temp.due('2026-12-31 16:00', 4), '2027-01-01 11:00', 'into another year');
select is(pg_temp.due('2026-03-28 16:00', 4), '2026-03-29 11:00', 'across the clock''s spring');
select is(pg_temp.due('2026-10-24 16:00', 4), '2026-10-25 11:00', 'and its fall');
select is(pg_temp.due('2026-06-10 10:00', 0), '2026-06-10 10:00', 'no hours are now');
select is(pg_temp.due('2026-06-10 10:00', 0.5), '2026-06-10 10:30', 'half an hour');
select is(
  private.operating_deadline('ks', '2026-06-10 10:00+02', 9000),
  '2029-03-06 09:00+00'::timestamptz, 'a thousand days are as quick'
);

insert into public.tenants (id, name, legal_name, country_code, support_email, support_phone, time_zone)
values ('al', 'Shqiperia', 'Shqiperia', 'AL', 'a@example.test', '+355 4 000 000', 'Europe/Tirane');
select is(
  (select time_zone from public.tenant_service_times where tenant_id = 'al'), 'Europe/Tirane',
  'a new tenant has them from the start'
);

-- Who changes them -----------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select is_empty(
  $$ update public.tenant_service_times set triage_hours = 8 where true returning tenant_id $$,
  'staff do not give themselves more time'
);
select results_eq(
  'select tenant_id from public.tenant_service_times', array['ks'], 'they see those of their tenant'
);
select tests.act_as('ks_admin');
select results_eq(
  $$ update public.tenant_service_times set triage_warning_hours = 2 where true returning tenant_id $$,
  array['ks'], 'a tenant admin changes those of the own tenant'
);
select throws_ok(
  $$ update public.tenant_service_times set time_zone = 'Europe/Pristina' where true $$,
  '23514', 'there is no time zone Europe/Pristina', 'to what there is'
);
select throws_ok(
  $$ update public.tenant_service_times set closes_at = '07:00' where true $$, '23514', null,
  'a day ends after it began'
);
select tests.act_as_role('anon');
select throws_ok('select tenant_id from public.tenant_service_times', '42501', null, 'a visitor sees none');
select tests.act_as_owner();
update public.tenant_service_times set triage_warning_hours = 1 where true;
select is(
  (select count(*) from public.audit_log where action = 'settings.updated' and entity_id = 'ks'),
  2::bigint, 'a change is audited'
);

-- What is due ------------------------------------------------------------------------------------------------

create temporary view due with (security_invoker) as
select
  right(id::text, 2)::integer as number,
  triage_due_at = private.operating_deadline(tenant_id, now(), 4) as triage_in_4,
  triaged_at is not null as triaged,
  update_due_at = private.operating_deadline(tenant_id, now(), 24) as update_in_24,
  queue_at = case when triaged_at is null then triage_due_at else coalesce(update_due_at, 'infinity') end as queued,
  queue_at = 'infinity' as nothing_due
from public.claims order by id;

select tests.send(1, 'ks_member') is not null as sent;
select results_eq(
  'select triage_in_4, triaged, update_in_24, queued, nothing_due from due where number = 1',
  $$ values (true, false, null::boolean, true, false) $$, 'triage is due when a claim was sent'
);
select tests.act_as('ks_member');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Hello?');
select tests.act_as('ks_staff');
insert into public.claim_messages (claim_id, body, is_internal) values (tests.claim(1), 'Hm.', true);
select tests.act_as('ks_agent');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Patience.');
select tests.act_as_owner();
select results_eq(
  'select triaged, update_in_24, nothing_due from due where number = 1',
  $$ values (false, null::boolean, false) $$, 'neither the member nor an agent nor a note is triage'
);
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'verification') is null as moved;
select tests.act_as_owner();
select results_eq(
  'select triaged, update_in_24, queued from due where number = 1',
  $$ values (true, true, true) $$, 'moving it on is, and an update is due from then'
);
select tests.act_as('ks_staff');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'We are at it.');
select tests.act_as_owner();
select results_eq(
  'select update_in_24, nothing_due from due where number = 1',
  $$ values (null::boolean, true) $$, 'a message to the member is the update'
);
select tests.act_as('ks_member');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'And now?');
select tests.act_as_owner();
select is(
  (select update_in_24 from due where number = 1), true, 'a member who writes is answered in that time'
);
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'evaluation') is null as moved;
select tests.act_as_owner();
select is((select nothing_due from due where number = 1), true, 'a move is an answer');
select tests.attach(1, 1, 'ks_member') is not null as attached;
select is((select update_in_24 from due where number = 1), true, 'so is it when the member sends a document');
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'resolved') is null as moved;
select tests.act_as_owner();
select results_eq(
  'select update_in_24, nothing_due from due where number = 1',
  $$ values (null::boolean, true) $$, 'nothing is due on what is resolved'
);
select tests.act_as('ks_member');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Thank you!');
select tests.act_as_owner();
select is((select nothing_due from due where number = 1), true, 'thanks included');
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'evaluation') is null as moved;
select tests.act_as_owner();
select is((select update_in_24 from due where number = 1), true, 'reopened, an update is due');
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'rejected', 'Too late.') is null as moved;
select move_claim(tests.claim(1), 'submitted') is null as moved;
select tests.act_as_owner();
select results_eq(
  'select triaged, triage_in_4, queued from due where number = 1',
  $$ values (false, true, true) $$, 'and back at the start triage is due'
);
select tests.send(2, 'ks_member') is not null as sent;
select tests.act_as('ks_staff2');
insert into public.claim_messages (claim_id, body) values (tests.claim(2), 'We have it.');
select tests.act_as_owner();
select results_eq(
  'select triaged, update_in_24 from due where number = 2',
  $$ values (true, true) $$, 'answering the member is triage too'
);
select throws_ok(
  $$ update public.claims set queue_at = now() where id = tests.claim(2) $$, '428C9', null,
  'what is due is nobody''s choice'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ update public.claims set triage_due_at = now() + interval '9 days' where id = tests.claim(1) $$,
  '42501', null, 'nor staff''s'
);

-- The queue ------------------------------------------------------------------------------------------------

select tests.act_as_owner();
select tests.send(3, 'ks_member') is not null as sent;
update public.claims set triage_due_at = now() - interval '1 hour' where id = tests.claim(3);
select tests.send(4, 'ks_member') is not null as sent;
update public.claims set triage_due_at = now() + interval '1 minute' where id = tests.claim(4);
select tests.draft(5, 'ks_member') is not null as begun;
select tests.send(6, 'mk_member') is not null as sent;
select tests.act_as('ks_staff');
select results_eq(
  $$
    select id, due_kind, is_overdue, due_in, assignee_name
    from public.claim_queue
    where tenant_id = 'ks' and id in (tests.claim(3), tests.claim(4)) order by queue_at, id
  $$,
  $$
    values
      (tests.claim(3), 'triage', true, interval '-1 hour', null::text),
      (tests.claim(4), 'triage', false, interval '1 minute', null)
  $$,
  'staff see what needs them, the most urgent first'
);
select results_eq(
  $$ select id from public.claim_queue where tenant_id = 'ks' and id < tests.claim(9) order by id $$,
  array[tests.claim(1), tests.claim(2), tests.claim(3), tests.claim(4)],
  'open claims and no drafts'
);
select is(
  (select unread from public.claim_queue where id = tests.claim(1)), 4::bigint,
  'with what was not read'
);
select tests.act_as('ks_manager');
select is((select count(*) from public.claim_queue), 4::bigint, 'a branch manager sees that of the branch');
select is((select sum(unread) from public.claim_queue), 0::numeric, 'without messages');
select tests.act_as('mk_staff');
select results_eq('select id from public.claim_queue', array[tests.claim(6)], 'staff abroad theirs');
select tests.act_as_role('anon');
select throws_ok('select id from public.claim_queue', '42501', null, 'a visitor none');

-- Warnings ---------------------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select throws_ok('select private.mark_sla(now())', '42501', null, 'warnings are the job''s to give');
select tests.act_as_role('service_cron');
select results_eq(
  'select warned >= 1, breached from private.mark_sla(now())', $$ values (true, 1) $$,
  'the job finds what is overdue and what soon will be'
);
select results_eq(
  'select warned, breached from private.mark_sla(now())', $$ values (0, 0) $$, 'once'
);
select tests.act_as('ks_staff');
select results_eq(
  $$
    select type, claim_id, params ->> 'due_kind' from public.notifications
    where type ~ '^sla' and claim_id in (tests.claim(3), tests.claim(4)) order by type
  $$,
  $$
    values
      ('sla_breached', tests.claim(3), 'triage'), ('sla_warning', tests.claim(4), 'triage')
  $$,
  'what is nobody''s is everybody''s'
);
select tests.act_as('ks_staff2');
select is(
  (select count(*) from public.notifications where type ~ '^sla' and claim_id = tests.claim(3)),
  1::bigint, 'of all staff'
);
select claim_assign(tests.claim(4), tests.id_of('ks_staff2')) is null as taken;
select tests.act_as_role('service_cron');
select results_eq(
  $$ select breached >= 1 from private.mark_sla(now() + interval '2 minutes') $$, array[true],
  'what was warned of is overdue later'
);
select tests.act_as_owner();
select results_eq(
  $$
    select user_id from public.notifications
    where type = 'sla_breached' and claim_id = tests.claim(4)
  $$,
  array[tests.id_of('ks_staff2')], 'and only who has it is told'
);
select is_empty(
  $$
    select user_id, claim_id, type from public.notifications
    where type ~ '^sla' group by user_id, claim_id, type having count(*) > 1
  $$,
  'nobody is told anything twice'
);
select is_empty(
  $$
    select told.id from public.notifications as told
    join public.profiles as person on person.id = told.user_id
    where told.type ~ '^sla' and person.role <> 'staff'
  $$,
  'nor anybody but staff'
);
select lives_ok('select private.run_mark_sla()', 'pg_cron runs it');
-- The real one may come by meanwhile; it began outside of this transaction.
select isnt_empty(
  $$
    select id from public.cron_runs
    where job = 'claims-sla' and started_at >= now() and result = 'ok'
      and counts = '{"warned": 0, "breached": 0}'
  $$,
  'and it is written down that it ran'
);

select * from finish();
rollback;
