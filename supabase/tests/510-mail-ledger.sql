-- The ledger of mails: the jobs enqueue, send and note; what was sent stays sent, whoever tries.
begin;
set local search_path = public, extensions;

select plan(58);

select tests.populate();
select tests.subscribe('ks_member');

create function pg_temp.enqueue(template text, key text default null, handle text default 'ks_member')
returns void
language sql
as $$
  insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key, next_attempt_at)
  values (
    'ks', tests.id_of(handle), template, coalesce(key, 'mail:' || template), now()
  )
  on conflict (dedupe_key) do nothing
$$;
create function pg_temp.status_of(key text)
returns text
language sql
security definer
as $$
  select status from public.engagement_email_sends where dedupe_key = key
$$;
grant execute on function pg_temp.enqueue(text, text, text), pg_temp.status_of(text) to public;

-- Who sends what ------------------------------------------------------------------------------------

select tests.act_as_role('service_cron');
select lives_ok(format('select pg_temp.enqueue(%L)', key), 'jobs enqueue ' || key)
from public.mail_templates
where kind <> 'transactional';
select throws_ok(
  format('select pg_temp.enqueue(%L)', template), '42501', null, 'but not ' || template
)
from unnest(array['welcome', 'password_reset', 'invitation', 'claim_message']) as template;
select throws_ok(
  $$ select pg_temp.enqueue('no_such_mail') $$, '42501', null, 'nor one that there is not'
);
select throws_ok(
  format(
    $$
      insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key, %s)
      values ('ks', tests.id_of('ks_member'), 'nps_v1', 'nps:x', null)
    $$,
    forbidden
  ),
  '42501', null, 'nor one with ' || forbidden
)
from unnest(array['status', 'sent_at', 'facts', 'delivered_at']) as forbidden;

select tests.act_as_role('service_auth');
select lives_ok(
  $$ select pg_temp.enqueue('password_reset', 'reset:1') $$, 'auth enqueues a mail about a password'
);
select throws_ok(
  $$ select pg_temp.enqueue('nps_v1', 'nps:auth') $$, '42501', null, 'and no other'
);
select results_eq(
  'select dedupe_key from public.engagement_email_sends', array['reset:1'], 'and sees no other'
);
select is_empty(
  $$
    update public.engagement_email_sends set status = 'skipped'
    where template_key = 'nps_v1' returning id
  $$,
  'nor changes one'
);
select results_eq(
  $$
    update public.engagement_email_sends set status = 'sent', sent_at = now(), attempts = 1
    where dedupe_key = 'reset:1' returning status
  $$,
  array['sent'], 'and notes that its own was sent'
);
select throws_ok(
  'select facts from public.engagement_email_sends', '42501', null, 'it reads nobody''s mail'
);

-- On its way ------------------------------------------------------------------------------------------

select tests.act_as_role('service_cron');
select lives_ok(
  $$
    insert into public.mail_batches (id, next_attempt_at) values
      ('00000000-0000-4000-8000-000000000001', now()),
      ('00000000-0000-4000-8000-000000000002', now())
  $$,
  'a job makes a batch'
);
select lives_ok(
  $$
    update public.engagement_email_sends
    set batch_id = '00000000-0000-4000-8000-000000000001', batch_position = 0,
      facts = '{"template": "nps_v1"}', unsubscribe_hash = repeat('a', 64)
    where dedupe_key = 'mail:nps_v1'
  $$,
  'and puts a mail in it'
);
select throws_ok(
  $$
    update public.engagement_email_sends
    set batch_id = '00000000-0000-4000-8000-000000000001', batch_position = 0
    where dedupe_key = 'mail:onboarding_day_7'
  $$,
  '23505', null, 'at a place of its own'
);
select throws_ok(
  $$
    update public.engagement_email_sends set batch_position = 100
    where dedupe_key = 'mail:onboarding_day_7'
  $$,
  '23514', null, 'of a hundred'
);
select throws_ok(
  $$
    update public.engagement_email_sends set facts = '{"template": "other"}'
    where dedupe_key = 'mail:nps_v1'
  $$,
  'what a mail says stays as it was when it was first tried', 'on a second try it says the same'
);
select throws_ok(
  $$ update public.engagement_email_sends set facts = null where dedupe_key = 'mail:nps_v1' $$,
  '23001', null, 'and does not forget it'
);
select throws_ok(
  $$
    update public.engagement_email_sends set unsubscribe_hash = repeat('b', 64)
    where dedupe_key = 'mail:nps_v1'
  $$,
  'a link to unsubscribe stays valid', 'with the same link'
);
select lives_ok(
  $$
    update public.engagement_email_sends
    set batch_id = '00000000-0000-4000-8000-000000000002'
    where dedupe_key = 'mail:nps_v1'
  $$,
  'it may move to a batch of its own'
);
select lives_ok(
  $$
    update public.engagement_email_sends set batch_id = null, batch_position = null
    where dedupe_key = 'mail:nps_v1';
    update public.engagement_email_sends
    set facts = '{"template": "nps_v1", "locale": "en"}', unsubscribe_hash = repeat('c', 64)
    where dedupe_key = 'mail:nps_v1'
  $$,
  'taken out of a batch that was not accepted it starts afresh'
);
select lives_ok(
  $$
    update public.engagement_email_sends
    set batch_id = '00000000-0000-4000-8000-000000000002', batch_position = 0
    where dedupe_key = 'mail:nps_v1';
    update public.engagement_email_sends
    set status = 'sent', sent_at = now(), provider_message_id = 'msg_1', attempts = 1
    where dedupe_key = 'mail:nps_v1'
  $$,
  'a job notes that it was sent'
);
select lives_ok(
  $$ update public.mail_batches set state = 'sent' where id = '00000000-0000-4000-8000-000000000002' $$,
  'and that the batch was'
);
select throws_ok(
  $$ update public.mail_batches set state = 'open' where state = 'sent' $$,
  'a batch that is done with stays so', 'which is not sent again'
);
select throws_ok(
  'delete from public.mail_batches where true', '42501', null, 'nor deleted'
);

-- Sent is sent ------------------------------------------------------------------------------------------

select throws_ok(
  format(
    $$
      update public.engagement_email_sends set status = %L, sent_at = null
      where dedupe_key = 'mail:nps_v1'
    $$,
    status
  ),
  '23001', null, 'a job cannot make a mail that was sent ' || status
)
from unnest(array['pending', 'skipped', 'error']) as status;
select throws_ok(
  format(
    'update public.engagement_email_sends set %s where dedupe_key = %L', change, 'mail:nps_v1'
  ),
  '23001', null, 'nor set its ' || change
)
from unnest(array[
  'sent_at = sent_at + interval ''1 day''', 'provider_message_id = ''msg_2''', 'batch_position = 1'
]) as change;
select throws_ok(
  format('update public.engagement_email_sends set %s where true', change), '42501', null,
  'of no mail a job sets ' || change
)
from unnest(array[
  'dedupe_key = dedupe_key || ''x''', 'user_id = null', 'template_key = ''nps_v1''', 'params = ''{}''',
  'delivered_at = now()'
]) as change;

select tests.act_as_owner();
select throws_ok(
  format(
    'update public.engagement_email_sends set %s where dedupe_key = %L', change, 'mail:nps_v1'
  ),
  '23001', null, 'not even the owner sets ' || change
)
from unnest(array[
  'status = ''pending'', sent_at = null', 'dedupe_key = ''again''', 'template_key = ''welcome''',
  'user_id = tests.id_of(''ks_other_member'')'
]) as change;

-- Skipped and failed ------------------------------------------------------------------------------------

select tests.act_as_role('service_cron');
update public.engagement_email_sends set status = 'skipped', error = 'unsubscribed'
where dedupe_key = 'mail:onboarding_day_7';
update public.engagement_email_sends set status = 'error', error = 'refused: no'
where dedupe_key = 'mail:checkin_day_14';
update public.engagement_email_sends set status = 'error', error = 'unknown_outcome: no answer'
where dedupe_key = 'mail:retention_day_30';
select throws_ok(
  $$ update public.engagement_email_sends set status = 'pending' where status = 'skipped' $$,
  'a mail that is skipped does not become pending', 'what was skipped stays so'
);
select throws_ok(
  $$ update public.engagement_email_sends set status = 'pending' where error = 'refused: no' $$,
  '23001', null, 'what failed a job does not take up again'
);
select results_eq(
  $$
    select dedupe_key, may_have_arrived from public.engagement_email_sends
    where status = 'error' order by dedupe_key
  $$,
  $$ values ('mail:checkin_day_14', false), ('mail:retention_day_30', true) $$,
  'one that Resend never answered for may have arrived'
);
select lives_ok(
  $$
    update public.engagement_email_sends set status = 'sent', sent_at = now()
    where dedupe_key = 'mail:retention_day_30'
  $$,
  'and may turn out to have'
);

select * from finish();
rollback;
