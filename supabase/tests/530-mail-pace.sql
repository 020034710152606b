-- Calls to Resend: so many a second, all processes together; none while Resend asked to wait. And how
-- much waits to be sent.
begin;
set local search_path = public, extensions;

select plan(17);

select tests.populate();
delete from private.mail_pace where true;

select tests.act_as_role('service_cron');
select is(private.take_mail_slot(2, '2026-01-01 00:00:00Z'), 0, 'the first call is made at once');
select is(private.take_mail_slot(2, '2026-01-01 00:00:00Z'), 500, 'the next waits its turn');
select is(private.take_mail_slot(2, '2026-01-01 00:00:00.2Z'), 800, 'the third the turn after that');
select is(private.take_mail_slot(2, '2026-01-01 00:00:05Z'), 0, 'who comes later waits for nobody');
select is(private.take_mail_slot(4, '2026-01-01 00:00:05.5Z'), 0, 'nor at another pace');
select is(private.take_mail_slot(4, '2026-01-01 00:00:05.5Z'), 250, 'which then counts');
select is(
  private.take_mail_slot(2, '2025-01-01 00:00:00Z'), 0, 'a clock that was set back holds up nobody'
);
select private.hold_mails(30000, '2025-01-01 00:00:10Z');
select is(private.take_mail_slot(2, '2025-01-01 00:00:20Z'), 20000, 'Resend asked to wait: all do');
select private.hold_mails(1000, '2025-01-01 00:00:20Z');
select is(
  private.take_mail_slot(2, '2025-01-01 00:00:30Z'), 10000, 'a shorter wait does not end a longer one'
);
select is(private.take_mail_slot(2, '2025-01-01 00:00:41Z'), 0, 'when it is over calls go on');
select lives_ok('select private.take_mail_slot(2)', 'by the clock on the wall if none is given');

select tests.act_as_role('service_webhooks');
select throws_ok('select private.take_mail_slot(2)', '42501', null, 'webhooks send no mails');
select tests.act_as('super');
select throws_ok(
  'select private.hold_mails(3600000)', '42501', null, 'nobody who is signed in holds them up'
);
select tests.act_as_role('anon');
select throws_ok('select * from private.mail_backlog()', '42501', null, 'a visitor asks in vain');

-- What waits ----------------------------------------------------------------------------------------

select tests.act_as_owner();
delete from private.mail_pace where true;
insert into public.engagement_email_sends
  (tenant_id, user_id, template_key, dedupe_key, status, next_attempt_at)
select 'ks', tests.id_of('ks_member'), 'welcome', 'backlog:' || n, status, at
from (values
  (1, 'pending', now()),
  (2, 'pending', now() - interval '61 minutes'),
  (3, 'pending', now() + interval '1 minute'),
  (4, 'pending', null),
  (5, 'error', now() - interval '2 hours'),
  (6, 'skipped', now() - interval '2 hours')
) as mail (n, status, at);
select tests.act_as_role('service_cron');
select results_eq(
  'select waiting, overdue, failed, held_until from private.mail_backlog()',
  $$ values (2::bigint, 1::bigint, 1::bigint, null::timestamptz) $$,
  'due mails wait, for more than an hour is too long, and failures are counted'
);
select private.hold_mails(60000);
select ok(
  (select held_until > now() from private.mail_backlog()), 'it says that Resend asked to wait'
);
select tests.act_as_owner();
select throws_ok(
  $$ insert into private.mail_pace (id, next_at) values (false, now()) $$, '23514', null,
  'there is one pace'
);

select * from finish();
rollback;
