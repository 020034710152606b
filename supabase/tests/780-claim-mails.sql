-- Mails about claims: enqueued with what they tell of, once, for those who want them.
begin;
set local search_path = public, extensions;

select plan(13);

select tests.populate();
select tests.subscribe('ks_member');
create temporary view mails as
select template_key, user_id, params - '{claimId,claimNumber,title}'::text[] as params
from public.engagement_email_sends
where template_key like 'claim%'
order by created_at, template_key;

select tests.send(1, 'ks_member') is not null as sent;
select results_eq(
  'select template_key, user_id, params from mails',
  $$ values ('claim_submitted', tests.id_of('ks_member'), '{}'::jsonb) $$,
  'a member is mailed that the claim was sent'
);
select results_eq(
  $$
    select params ->> 'claimId', params ->> 'claimNumber', params ->> 'title'
    from public.engagement_email_sends
    where template_key = 'claim_submitted'
  $$,
  $$ select id::text, claim_number, title from public.claims where id = tests.claim(1) $$,
  'and which'
);
select tests.act_as('ks_member');
select public.submit_claim(tests.claim(1)) is null as again;
select tests.act_as_owner();
select is((select count(*) from mails), 1::bigint, 'once');

delete from public.engagement_email_sends where true;
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'evaluation') is null as moved;
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'One.');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Two.');
insert into public.claim_messages (claim_id, body, is_internal) values (tests.claim(1), 'Hm.', true);
insert into public.claim_messages (claim_id, body, is_document_request)
values (tests.claim(1), 'Your pass, please.', true);
select tests.act_as('ks_member');
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Here it is.');
select tests.act_as_owner();
select set_eq(
  'select template_key, params from mails',
  $$
    values
      ('claim_status_changed', '{"status": "evaluation", "note": null}'::jsonb),
      ('claim_message', '{}'), ('claim_document_requested', '{"note": "Your pass, please."}')
  $$,
  'of a move, of several messages in a row once, of a document asked for, of no note'
);
select is((select count(*) from mails), 3::bigint, 'each once');

delete from public.engagement_email_sends where true;
select tests.act_as('ks_member');
insert into public.notification_preferences (email_claim_updates, email_messages) values (true, false);
select tests.act_as('ks_staff');
insert into public.claim_messages (claim_id, body, is_document_request)
values (tests.claim(1), 'The other side too.', true);
select move_claim(tests.claim(1), 'rejected', 'Nobody was at fault.') is null as moved;
select tests.act_as_owner();
select results_eq(
  'select template_key, params from mails',
  $$
    values (
      'claim_status_changed', '{"status": "rejected", "note": "Nobody was at fault."}'::jsonb
    )
  $$,
  'who wants no mails about messages gets none'
);
update public.notification_preferences set email_claim_updates = false where true;
delete from public.engagement_email_sends where true;
select tests.act_as('ks_staff');
select move_claim(tests.claim(1), 'evaluation') is null as moved;
select tests.act_as_owner();
select is_empty('select template_key from mails', 'nor about claims who wants none');

update public.notification_preferences set email_claim_updates = true where true;
select tests.act_as('ks_member');
select cancel_claim(tests.claim(1)) is null as cancelled;
select tests.act_as_owner();
select is_empty('select template_key from mails', 'nobody is mailed what they did themselves');

select tests.act_as('ks_staff');
select throws_ok(
  $$ select private.enqueue_claim_mail('claim_message', tests.claim(1), tests.id_of('ks_member'), '{}', 'x') $$,
  '42501', null, 'nobody sends mails by hand'
);
select throws_ok(
  $$ select private.enqueue_claim_mail('claim_message', tests.claim(1), tests.id_of('ks_member'), '{}', 'x') $$,
  '42501', null, 'nor does ' || who
)
from unnest(array['service_cron', 'service_webhooks', 'service_auth', 'service_documents']) as who,
  lateral tests.act_as_role(who);
select tests.act_as_owner();

select * from finish();
rollback;
