-- A read-only site is one by every way in, for the country it is switched for and no other.
begin;
set local search_path = public, extensions;

select plan(31);

select tests.populate();
select tests.subscribe('ks_member');
delete from public.feature_flags where true;

-- Nothing that people may change is left out ------------------------------------------------------

create temporary view may_change as
select distinct c.relname::text as name, lower(held.privilege_type) as act
from pg_class as c
cross join lateral (
  select grantee, privilege_type from aclexplode(c.relacl)
  union
  select acl.grantee, acl.privilege_type
  from pg_attribute as a cross join lateral aclexplode(a.attacl) as acl
  where a.attrelid = c.oid
) as held
join pg_roles as r on r.oid = held.grantee
where c.relnamespace = 'public'::regnamespace and r.rolname in ('anon', 'authenticated')
  and held.privilege_type in ('INSERT', 'UPDATE', 'DELETE');

create temporary view refuses as
select
  t.tgrelid::regclass::text as name,
  case t.tgname when 'a_read_only_insert' then 'insert' when 'a_read_only_change' then 'update' end as act
from pg_trigger as t
where t.tgfoid = 'private.refuse_while_read_only'::regproc and t.tgenabled = 'O'
  and pg_get_triggerdef(t.oid) like '%anon%authenticated%';

select bag_eq(
  $$ select name, act from may_change except select name, act from refuses $$,
  $$ values ('notifications', 'update') $$,
  'what the Data API lets people change is refused, but for the mark "read"'
);
select is(
  (
    select count(*) from pg_trigger where tgfoid = 'private.refuse_while_read_only'::regproc
      and (tgtype & 1) = 0
  ),
  0::bigint, 'each row is asked for its own country'
);

-- The country of the row counts -------------------------------------------------------------------

insert into public.engagement_email_sends (id, tenant_id, user_id, template_key, dedupe_key)
select
  ('00000000-0000-4000-8000-00000000000' || n)::uuid, tenant, tests.id_of(handle), 'nps_v1', 'nps:' || n
from (values (1, 'ks', 'ks_member'), (3, 'mk', 'mk_member')) as mail (n, tenant, handle);
insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
values
  ('ks', tests.id_of('ks_member'), '00000000-0000-4000-8000-000000000001', repeat('1', 64), now() + interval '1 day'),
  ('mk', tests.id_of('mk_member'), '00000000-0000-4000-8000-000000000003', repeat('3', 64), now() + interval '1 day');
select tests.send(1, 'ks_member');
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
values (tests.document(9), tests.claim(1), 'a.pdf', 'application/pdf', 10, tests.id_of('ks_member'));
select tests.attach(8, 1, 'ks_member');

select tests.act_as('ks_member');
select public.create_tracking_link(tests.claim(1), repeat('9', 64)) is not null as made;
select isnt_empty('select private.my_open_uploads()', 'a file that was announced may be sent');
select tests.act_as('ks_other_member');
select lives_ok($$ select public.request_deletion(null) $$, 'somebody asks to be forgotten');
select tests.act_as_owner();
select private.set_flag('read_only', 'ks', true, 'drill');

select tests.act_as_role('anon');
select throws_ok(
  $$ select private.answer_nps(repeat('1', 64), 9, null) $$, '25006', null,
  'an answer of one country is refused, though nobody is signed in'
);
select lives_ok($$ select private.answer_nps(repeat('3', 64), 9, null) $$, 'of another it is taken');
select tests.act_as_owner();
select is(
  (select used_at from public.nps_survey_tokens where token_hash = repeat('1', 64)), null,
  'and the refused one may be given later'
);

select tests.act_as('ks_member');
select is_empty('select private.my_open_uploads()', 'Storage takes no file that was announced before');
select tests.act_as('ks_staff');
select throws_ok(
  format($$ select public.delete_document(%L, 'wrong claim') $$, tests.document(8)), '25006', null,
  'no document goes'
);
select tests.act_as('ks_other_member');
select throws_ok($$ select public.cancel_deletion() $$, '25006', null, 'no request is taken back');
select tests.act_as('ks_member');
select throws_ok(
  $$ select public.record_consent('terms', 'v2', true) $$, '25006', null, 'nothing is agreed to'
);
select throws_ok(
  $$ update public.claim_tracking_tokens set revoked_at = now() where true $$, '25006', null,
  'no link is taken back'
);
select throws_ok(
  $$
    insert into public.notification_preferences (tenant_id, user_id, email_messages)
    values ('ks', tests.id_of('ks_member'), false)
  $$,
  '25006', null, 'no preference is kept'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'x') $$, '25006', null,
  'no message is sent, though its country is filled in later'
);
select throws_ok(
  $$ insert into public.claims (tenant_id, member_id, title) values ('ks', tests.id_of('ks_member'), 'x') $$,
  '25006', null, 'no claim is begun'
);
select throws_ok(
  $$ insert into public.claims (tenant_id, member_id, title) values ('mk', tests.id_of('ks_member'), 'x') $$,
  '42501', null, 'and saying another country does not help'
);
select lives_ok($$ select public.mark_notifications_read(null) $$, 'what was read is noted');
select lives_ok($$ select public.my_privacy() $$, 'everything is shown');

select tests.act_as('ks_admin');
select throws_ok(
  $$ update public.tenant_service_times set triage_hours = 9 where tenant_id = 'ks' $$, '25006', null,
  'hours are not changed'
);
select throws_ok(
  $$ select private.create_branch('ks', 'KS-Z', 'Z') $$, '25006', null, 'no branch is opened'
);
select lives_ok($$ select private.set_flag('pause_nps', 'ks', true, null) $$, 'switches are turned');

-- The super admin is of Kosovo, and may work in Macedonia.
select tests.act_as('super');
select lives_ok(
  $$ select private.create_branch('mk', 'MK-Z', 'Z') $$, 'who is of that country changes another one'
);
select throws_ok(
  $$ select private.create_branch('ks', 'KS-Z', 'Z') $$, '25006', null, 'and not the one that is switched'
);
select tests.act_as('mk_member');
select lives_ok(
  $$
    insert into public.notification_preferences (tenant_id, user_id, email_messages)
    values ('mk', tests.id_of('mk_member'), false)
  $$,
  'the other country goes on'
);
select tests.act_as_role('service_documents');
select lives_ok(
  format(
    $$ select private.confirm_document(%L, %L, '', 'application/pdf', %L) $$, tests.document(9),
    tests.id_of('ks_member'), repeat('ab', 32)
  ),
  'what jobs and functions have in hand they finish'
);

-- Files -------------------------------------------------------------------------------------------

select tests.act_as_owner();
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
values (tests.document(7), tests.claim(1), 'b.pdf', 'application/pdf', 10, tests.id_of('ks_member'));
select private.set_flag('read_only', 'ks', false, null);
select tests.act_as('ks_member');
select isnt_empty('select private.my_open_uploads()', 'after the switch all is as before');
select tests.act_as_owner();
select private.set_flag('stop_uploads', 'ks', true, null);
select tests.act_as('ks_member');
select is_empty('select private.my_open_uploads()', 'while files are stopped Storage takes none');
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'c.pdf', 'application/pdf', 10)
  $$,
  '55000', null, 'and none is announced, though its country is filled in later'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'c.pdf', 'application/pdf', 10)
  $$,
  '55000', null, 'nor by staff'
);
select tests.act_as_owner();
select private.set_flag('stop_uploads', 'ks', false, null);
select private.set_flag('stop_uploads', 'mk', true, null);
select tests.act_as('ks_member');
select isnt_empty('select private.my_open_uploads()', 'those of another country are none of ours');
select lives_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'd.pdf', 'application/pdf', 10)
  $$,
  'and files are announced here'
);

select * from finish();
rollback;
