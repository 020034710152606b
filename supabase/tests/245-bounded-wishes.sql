-- Links for a new password end with the address and with the password; wishes to be forgotten are
-- bounded, and hold nobody up.
begin;
set local search_path = public, extensions;

select plan(9);

select tests.populate();

-- Links --------------------------------------------------------------------------------------------

update auth.users set recovery_token = 'the-code', recovery_sent_at = now()
where id = tests.id_of('ks_member');
update auth.users set recovery_token = 'other-code', recovery_sent_at = now()
where id = tests.id_of('ks_other_member');
select is(
  (select count(*) from private.owner_of_reset_link('other-code')), 1::bigint, 'the link works'
);
update auth.users set raw_user_meta_data = raw_user_meta_data || '{"a": 1}'
where id = tests.id_of('ks_member');
select is(
  (select recovery_token from auth.users where id = tests.id_of('ks_member')), 'the-code',
  'another change leaves it alone'
);
update auth.users set email = 'another@example.test' where id = tests.id_of('ks_member');
select is(
  (select recovery_token from auth.users where id = tests.id_of('ks_member')), '',
  'what was sent to the former address is over'
);
update auth.users set encrypted_password = 'another' where id = tests.id_of('ks_other_member');
select is_empty(
  $$ select private.owner_of_reset_link('other-code') $$, 'and what was sent before another password'
);

-- Wishes -------------------------------------------------------------------------------------------

update public.subscriptions set cancel_at_period_end = true
where user_id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select lives_ok(
  $$
    do $do$
    begin
      for turn in 1..5 loop
        perform public.request_deletion();
        perform public.cancel_deletion();
      end loop;
    end
    $do$
  $$,
  'a member may change their mind five times a day'
);
select throws_ok(
  'select public.request_deletion()', 'PT429', 'asked too often', 'and no more: each is a mail'
);
select tests.act_as_owner();
select is(
  (
    select count(*) from public.engagement_email_sends
    where user_id = tests.id_of('ks_member') and template_key = 'deletion_requested'
  ),
  5::bigint, 'the sixth sends none'
);

insert into public.privacy_requests (tenant_id, user_id, kind, status, due_at)
values ('ks', tests.id_of('ks_member'), 'deletion', 'pending', now() - interval '1 hour');
select isnt_empty(
  'select private.due_deletions(now())', 'a member whose day has come is due'
);
update public.profiles set role = 'staff' where id = tests.id_of('ks_member');
select is_empty(
  'select private.due_deletions(now())', 'who works here by then is not, and keeps nobody waiting'
);

select * from finish();
rollback;
