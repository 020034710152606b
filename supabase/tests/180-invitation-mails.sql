-- Mails to people who are invited, and mails that nobody can send a second time.
begin;
set local search_path = public, extensions;

select plan(25);

select tests.populate();
select tests.act_as('ks_admin');
create temporary table made as
select private.create_invitation(
  'new@example.test', 'staff', null, 'Somebody New', 'mk', repeat('ab', 32)
) as id;
grant select on made to public;

-- Whom auth writes to -------------------------------------------------------------------------------

select tests.act_as_role('service_auth');
select results_eq(
  'select told.* from made, private.invitation_to_mail(made.id) as told',
  $$
    values (
      'ks', 'new@example.test', 'Somebody New', 'mk', 'staff', null::text, now() + interval '7 days'
    )
  $$,
  'auth learns whom an invitation is for'
);
select is_empty(
  'select from private.invitation_to_mail(gen_random_uuid())', 'not what there is not'
);
select throws_ok('select from public.invitations', '42501', null, 'and reads no list');
select throws_ok(
  'select from made, private.invitation_to_mail(made.id)', '42501', null, who || ' does not ask'
)
from unnest('{anon,service_cron,service_webhooks}'::text[]) as who, lateral tests.act_as_role(who);
select tests.act_as('super');
select throws_ok(
  'select from made, private.invitation_to_mail(made.id)', '42501', null, 'nor does who is signed in'
);

-- The ledger ----------------------------------------------------------------------------------------

select tests.act_as_role('service_auth');
select lives_ok(
  $$
    insert into public.engagement_email_sends
      (tenant_id, invitation_id, template_key, dedupe_key, next_attempt_at)
    select 'ks', id, 'invitation', 'invitation:1', null from made
  $$,
  'auth writes the mail of an invitation into the ledger'
);
select throws_ok(
  format(
    'insert into public.engagement_email_sends (tenant_id, user_id, invitation_id, template_key, dedupe_key)
    select %L, %s, %s, %L, %L from made', tenant, person, invitation, template, 'x'
  ),
  state, null, 'but no ' || template || ' to ' || what
)
from (values
  ('ks', 'null', 'null', 'invitation', '23514', 'nobody'),
  ('ks', 'tests.id_of(''ks_member'')', 'id', 'invitation', '23514', 'two at once'),
  ('ks', 'tests.id_of(''ks_member'')', 'null', 'invitation', '23514', 'a person without one'),
  ('ks', 'null', 'id', 'password_reset', '23514', 'somebody who has no account'),
  ('mk', 'null', 'id', 'invitation', '23503', 'somebody in another country'),
  ('ks', 'null', 'gen_random_uuid()', 'invitation', '23503', 'somebody who was not invited'),
  ('ks', 'tests.id_of(''ks_member'')', 'null', 'welcome', '42501', 'a person')
) as wrong (tenant, person, invitation, template, state, what);
select lives_ok(
  format(
    'insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key)
    values (%L, tests.id_of(%L), %L, %L)', 'ks', 'ks_member', template, template
  ),
  'auth writes ' || template
)
from unnest('{password_reset,password_changed,confirm_signup,email_change,email_changed}'::text[])
  as template;
select tests.act_as_owner();
select throws_ok(
  $$ update public.engagement_email_sends set invitation_id = null where invitation_id is not null $$,
  '23001', 'which mail it is and to whom never changes', 'whom a mail is for stays'
);

-- Not again -----------------------------------------------------------------------------------------

update public.engagement_email_sends set status = 'error', error = 'refused'
where template_key in ('invitation', 'password_reset', 'password_changed');
select tests.act_as('ks_admin');
select results_eq(
  $$
    select template_key, private.retry_mail(id)
    from public.engagement_email_sends where status = 'error' order by template_key
  $$,
  $$
    values ('invitation', 'too_late'), ('password_changed', 'retried'), ('password_reset', 'too_late')
  $$,
  'a mail whose link nobody knows any more is not sent again'
);
select results_eq(
  $$ select user_id from public.engagement_email_sends where invitation_id is not null $$,
  array[null::uuid], 'admins see it in the ledger'
);
select tests.act_as('mk_admin');
select is_empty('select from public.engagement_email_sends', 'those of other countries do not');

-- What becomes of it --------------------------------------------------------------------------------

select tests.act_as_role('service_webhooks');
select is(
  private.record_mail_event(
    'evt_1', 'email.bounced', now(), 'msg_1',
    (select id from public.engagement_email_sends where dedupe_key = 'invitation:1'),
    'new@example.test', 'bounced', '{}'
  ),
  'stored', 'an invitation that comes back is noted'
);

select * from finish();
rollback;
