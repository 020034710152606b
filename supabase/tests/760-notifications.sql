-- What people are told behind the bell, and that it is for them alone.
begin;
set local search_path = public, extensions;

select plan(36);

select tests.populate();
select tests.sign_up('ks_staff2', 'ks', 'staff');
select tests.subscribe('ks_member');
select tests.subscribe('mk_member');

create temporary view told with (security_invoker) as
select type, params - '{claim_number,title}'::text[] as params, action_path, read_at
from public.notifications order by created_at;
grant select on told to public;

-- Claims ----------------------------------------------------------------------------------------------

select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'mk_member') is not null as sent;

select tests.act_as('ks_member');
select results_eq(
  'select type, params, action_path from told',
  $$
    values (
      'claim_submitted', '{"before": "draft", "after": "submitted"}'::jsonb,
      '/member/claims/' || tests.claim(1)
    )
  $$,
  'a member is told that the claim was sent'
);
select results_eq(
  $$
    select title_key, params ->> 'claim_number', params ->> 'title' from public.notifications
  $$,
  $$
    select 'notification.claim_submitted', claim_number, title from public.claims
    where id = tests.claim(1)
  $$,
  'with what the words need'
);
select is(mark_notifications_read(), 1, 'and has read it');
select is(mark_notifications_read(), 0, 'once');

select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'verification') is not null as moved;
select is_empty('select type from told', 'who does something is not told of it');
select tests.act_as('ks_member');
select results_eq(
  'select type, params from told where read_at is null',
  $$ values ('claim_status_changed', '{"before": "submitted", "after": "verification"}'::jsonb) $$,
  'the member is told of the move'
);
select tests.act_as('ks_admin');
select claim_assign(tests.claim(1), tests.id_of('ks_staff2'), 'Workload.', tests.id_of('ks_staff'))
  is not null as assigned;
select tests.act_as('ks_staff2');
select results_eq(
  'select type, action_path from told',
  $$ values ('claim_assigned', '/staff/claims/' || tests.claim(1)) $$,
  'who is given a claim is told'
);

-- Messages ----------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select mark_notifications_read() as read;
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'One.');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Two.');
select is_empty('select type from told where read_at is null', 'who writes is not told');
select tests.act_as('ks_staff2');
select results_eq(
  $$ select type, params ->> 'sender_role' from told where type = 'new_message' $$,
  $$ values ('new_message', 'member') $$, 'who has the claim is told, once for several'
);
select mark_claim_notifications_read(tests.claim(1)) as read;
select is_empty('select type from told where read_at is null', 'until the page was opened');
insert into public.claim_messages (claim_id, body, is_internal) values (tests.claim(1), 'Hm.', true);
select tests.act_as('ks_member');
select is_empty('select type from told where read_at is null', 'a note tells the member nothing');
select tests.act_as('ks_agent');
select is_empty('select type from told', 'an agent who has said nothing is left in peace');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'I am with you.');
select tests.act_as('ks_staff2');
insert into public.claim_messages (claim_id, body, is_document_request)
values (tests.claim(1), 'Your pass, please.', true);
select tests.act_as('ks_agent');
select results_eq(
  'select type, action_path from told',
  $$ values ('new_message', '/agent/claims/' || tests.claim(1)) $$, 'who has is told what is said'
);
select tests.act_as('ks_member');
select results_eq(
  'select type from told where read_at is null', array['new_message', 'document_requested'],
  'the member is told of the message and of the document asked for'
);
select tests.act_as_owner();
select tests.attach(1, 1, 'ks_member') is not null as attached;
select tests.act_as('ks_staff2');
select results_eq(
  $$ select type from told where read_at is null order by type $$,
  array['document_added', 'new_message'], 'staff are told that it came'
);

-- For them alone ------------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select is_empty('select type from told', 'colleagues see none of it');
select tests.act_as('ks_admin');
select is_empty('select type from told', 'nor do administrators');
select tests.act_as('mk_member');
select results_eq('select type from told', array['claim_submitted'], 'everyone has their own');
select is_empty(
  $$ update public.notifications set read_at = now() where user_id <> (select auth.uid()) returning id $$,
  'and reads nobody else''s'
);
select is(
  mark_notifications_read(array(select id from public.notifications)), 1, 'by any way'
);
select throws_ok(
  $$ update public.notifications set params = '{}' where true $$, '42501', null, 'nothing is changed'
);
select throws_ok(
  $$ delete from public.notifications where true $$, '42501', null, 'nothing is deleted'
);
select throws_ok(
  $$
    insert into public.notifications (tenant_id, user_id, type, action_path, dedupe_key)
    values ('mk', tests.id_of('mk_member'), 'you_won', '/member', 'x')
  $$,
  '42501', null, 'nothing is invented'
);
select tests.act_as_role('anon');
select throws_ok('select id from public.notifications', '42501', null, 'a visitor sees none');
select tests.act_as_owner();
select throws_ok(
  $$ update public.notifications set type = 'you_won' where true $$,
  'a notification is read and otherwise not changed', 'nor does the owner by mistake'
);
update public.profiles set is_active = false where id = tests.id_of('mk_member');
select tests.act_as('mk_staff');
select move_claim(tests.claim(2), 'evaluation') is not null as moved;
select tests.act_as_owner();
select is(
  (select count(*) from public.notifications where user_id = tests.id_of('mk_member')), 1::bigint,
  'who is locked is told nothing'
);

-- After a year --------------------------------------------------------------------------------------------

select tests.act_as_owner();
insert into public.notifications (tenant_id, user_id, type, action_path, dedupe_key, created_at)
values
  ('ks', tests.id_of('ks_staff'), 'old_news', '/staff', 'old', now() - interval '366 days'),
  ('ks', tests.id_of('ks_staff'), 'old_news', '/staff', 'new', now() - interval '364 days');
select tests.act_as_role('service_cron');
select results_eq(
  'delete from public.notifications returning created_at', array[now() - interval '366 days'],
  'the clean-up job deletes what is older, and nothing else'
);
select throws_ok('select params from public.notifications', '42501', null, 'and reads none');

-- Preferences -----------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select lives_ok(
  $$
    insert into public.notification_preferences (email_messages) values (false)
    on conflict (user_id) do update set email_messages = excluded.email_messages
  $$,
  'a member wants no mails about messages'
);
select lives_ok(
  $$
    insert into public.notification_preferences (email_messages) values (true)
    on conflict (user_id) do update set email_messages = excluded.email_messages
  $$,
  'and wants them again'
);
select results_eq(
  'select user_id, tenant_id, email_claim_updates, email_messages from public.notification_preferences',
  $$ values (tests.id_of('ks_member'), 'ks', true, true) $$, 'it is written down for them'
);
select throws_ok(
  $$ insert into public.notification_preferences (user_id) values (tests.id_of('ks_staff')) $$,
  '42501', null, 'nobody decides for somebody else'
);
select tests.act_as('ks_staff');
select is_empty('select user_id from public.notification_preferences', 'nobody sees another''s');
select is_empty(
  'update public.notification_preferences set email_messages = false where true returning user_id',
  'or changes it'
);
select throws_ok(
  $$ insert into public.notification_preferences (user_id, tenant_id) values (tests.id_of('ks_staff'), 'mk') $$,
  '42501', null, 'nor states them abroad'
);
select tests.act_as_role('anon');
select throws_ok(
  'select user_id from public.notification_preferences', '42501', null, 'a visitor sees none'
);

select * from finish();
rollback;
