-- Documents: announced, uploaded, looked at, confirmed; then read by those who may, and it is known
-- who did.
begin;
set local search_path = public, extensions;

select plan(98);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'ks_other_member') is not null as sent;
select tests.send(3, 'mk_member') is not null as sent;
select tests.draft(4, 'ks_member') is not null as begun;

create temporary view papers with (security_invoker) as
select right(id::text, 2)::integer as number from public.claim_documents order by id;
grant select on papers to public;

-- Storage puts a file by the rights of the person.
create function pg_temp.upload(path text, size integer, type text default 'application/pdf')
returns void
language sql
as $$
  insert into storage.objects (bucket_id, name, owner_id, metadata)
  values (
    'claim-evidence', path, auth.uid()::text, jsonb_build_object('size', size, 'mimetype', type)
  )
$$;
grant execute on function pg_temp.upload(text, integer, text) to public;
create temporary view files with (security_invoker) as
select right(name, 2)::integer as number from storage.objects
where bucket_id = 'claim-evidence' order by name;
grant select on files to public;

-- Announcing --------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq(
  $$
    insert into public.claim_documents (id, claim_id, name, file_type, file_size)
    values (tests.document(1), tests.claim(1), '../../etc/ticket​.pdf', 'application/pdf', 1000)
    returning file_path, name, uploaded_by, is_pending, is_readable
  $$,
  $$
    values (
      format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 'ticket.pdf',
      tests.id_of('ks_member'), true, false
    )
  $$,
  'a member announces a document; where it will lie is the database''s'
);
select lives_ok(
  $$
    insert into public.claim_documents (id, claim_id, name, file_type, file_size)
    values (tests.document(2), tests.claim(4), 'photo.heic', 'image/heic', 15728640)
  $$,
  'for a draft too'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'big.pdf', 'application/pdf', 15728641)
  $$,
  '23514', null, 'more than 15 MB is refused'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'nothing.pdf', 'application/pdf', 0)
  $$,
  '23514', null, 'so is nothing'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'page.html', 'text/html', 100)
  $$,
  '23514', null, 'a page'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), repeat('n', 10000), 'application/pdf', 100)
  $$,
  '23514', null, 'a name without end'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'folder/', 'application/pdf', 100)
  $$,
  '23514', null, 'and no name'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size, file_path)
    values (tests.claim(1), 'a.pdf', 'application/pdf', 100, 'tenants/mk/claims/x/y')
  $$,
  '42501', null, 'nobody chooses a path'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size, confirmed_at)
    values (tests.claim(1), 'a.pdf', 'application/pdf', 100, now())
  $$,
  '42501', null, 'nor confirms what is not there'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(2), 'a.pdf', 'application/pdf', 100)
  $$,
  '42501', null, 'nor adds to the claim of somebody else'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(3), 'a.pdf', 'application/pdf', 100)
  $$,
  '42501', null, 'nor abroad'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (gen_random_uuid(), 'a.pdf', 'application/pdf', 100)
  $$,
  'PT404', 'claim not found', 'nor to none'
);
select tests.act_as('ks_agent');
select lives_ok(
  $$
    insert into public.claim_documents (id, claim_id, name, file_type, file_size)
    values (tests.document(3), tests.claim(1), 'from-agent.txt', 'text/plain', 10)
  $$,
  'an agent adds to a claim of an own member'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(4), 'a.pdf', 'application/pdf', 100)
  $$,
  'PT404', 'claim not found', 'not to a draft'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(2), 'a.pdf', 'application/pdf', 100)
  $$,
  '42501', null, 'not to any other'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'a.pdf', 'application/pdf', 100)
  $$,
  '42501', null, 'a branch manager adds nothing'
);
select tests.act_as('ks_staff');
select lives_ok(
  $$
    insert into public.claim_documents (id, claim_id, name, file_type, file_size, category)
    values (tests.document(4), tests.claim(1), 'letter.pdf', 'application/pdf', 500, 'correspondence')
  $$,
  'staff add'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(4), 'a.pdf', 'application/pdf', 100)
  $$,
  'PT404', 'claim not found', 'not to a draft'
);
select tests.act_as_role('anon');
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(1), 'a.pdf', 'application/pdf', 100)
  $$,
  '42501', null, 'a visitor adds nothing'
);
select throws_ok('select id from public.claim_documents', '42501', null, 'and sees none');

-- Storage -------------------------------------------------------------------------------------------

select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'Storage takes no file from a visitor'
);
select tests.act_as('ks_other_member');
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'nor from whoever did not announce it'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'staff included'
);
select tests.act_as('ks_member');
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), gen_random_uuid()), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'nor to a place that was not announced'
);
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s/x', tests.claim(1), tests.document(1)), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'nor beneath one that was'
);
select throws_ok(
  $$
    insert into storage.objects (bucket_id, name)
    values ('another', format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)))
  $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'nor into another bucket'
);
select set_config('request.headers', '{"x-upsert":"true"}', true) as headers;
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  '42501', 'new row violates row-level security policy for table "objects"',
  'nor by an address that may be used twice'
);
select set_config('request.headers', '{"x-upsert":"false"}', true) as headers;
select lives_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  'it takes what was announced, where it was announced'
);
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000) $$,
  '23505', null, 'once'
);
select results_eq('select number from files', array[1], 'the uploader reads it back');
select is_empty(
  $$ update storage.objects set metadata = '{"size": 1}' where bucket_id = 'claim-evidence' returning id $$,
  'nobody replaces a file'
);
select is_empty(
  $$ delete from storage.objects where bucket_id = 'claim-evidence' returning id $$,
  'nor removes one'
);
select tests.act_as('ks_staff');
select is_empty('select number from files', 'before it is confirmed nobody else reads it');
select results_eq(
  'select number from papers', array[4], 'or hears of it'
);

-- Confirming ----------------------------------------------------------------------------------------

select throws_ok(
  $$ select private.confirm_document(tests.document(1), tests.id_of('ks_member'), '', 'application/pdf', repeat('ab', 32)) $$,
  '42501', null, 'nobody confirms by hand'
);
select throws_ok(
  $$ update public.claim_documents set confirmed_at = now() where true $$, '42501', null, 'by any way'
);
select tests.act_as_role('service_documents');
select throws_ok('select id from public.claim_documents', '42501', null, 'the function reads no table');
select is(
  private.confirm_document(tests.document(2), tests.id_of('ks_member'), '', 'image/heic', repeat('ab', 32)),
  'not_uploaded', 'what is not there is not confirmed'
);
select is(
  private.confirm_document(tests.document(1), tests.id_of('ks_staff'), '', 'application/pdf', repeat('ab', 32)),
  'not_found', 'nor what somebody else uploads'
);
select results_eq(
  $$ select file_type, file_size, object_version from private.find_upload(tests.document(1), tests.id_of('ks_member')) $$,
  $$ values ('application/pdf', 1000::bigint, '') $$, 'the function finds what is to be looked at'
);
select is_empty(
  $$ select bucket from private.find_upload(tests.document(1), tests.id_of('ks_staff')) $$,
  'of whoever uploads it'
);
select is(
  private.confirm_document(tests.document(1), tests.id_of('ks_member'), '', 'application/pdf', repeat('ab', 32)),
  'confirmed', 'what is there as announced is'
);
select is(
  private.confirm_document(tests.document(1), tests.id_of('ks_member'), '', 'application/x-dosexec', repeat('cd', 32)),
  'confirmed', 'for good'
);
select tests.act_as_owner();
select results_eq(
  $$ select detected_type, sha256 from public.claim_documents where id = tests.document(1) $$,
  $$ values ('application/pdf', repeat('ab', 32)) $$, 'with what was found in it'
);
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
select tests.document(n), tests.claim(1), 'bad.pdf', 'application/pdf', 1000, tests.id_of('ks_member')
from generate_series(11, 14) as n;
insert into storage.objects (bucket_id, name, metadata)
select
  bucket, file_path,
  case id
    when tests.document(11) then '{"size": 999, "mimetype": "application/pdf"}'::jsonb
    when tests.document(12) then '{"size": 1000, "mimetype": "text/html"}'
    else '{"size": 1000, "mimetype": "application/pdf"}'
  end
from public.claim_documents where id between tests.document(11) and tests.document(14);
select is(
  private.confirm_document(tests.document(11), tests.id_of('ks_member'), '', 'application/pdf', null),
  'wrong_size', 'a file of another length is refused'
);
select is(
  private.confirm_document(tests.document(12), tests.id_of('ks_member'), '', 'application/pdf', null),
  'wrong_type', 'one that was uploaded as something else'
);
select is(
  private.confirm_document(tests.document(13), tests.id_of('ks_member'), '', 'application/x-dosexec', null),
  'wrong_type', 'one that is something else'
);
select ok(
  private.refuse_document(tests.document(14), tests.id_of('ks_member'), 'polyglot'),
  'one that is two things'
);
select is(
  private.confirm_document(tests.document(14), tests.id_of('ks_member'), '', 'application/pdf', null),
  'polyglot', 'and stays refused'
);
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
values (tests.document(15), tests.claim(1), 'two.pdf', 'application/pdf', 1000, tests.id_of('ks_member'));
insert into storage.objects (bucket_id, name, metadata, version)
select bucket, file_path, '{"size": 1000, "mimetype": "application/pdf"}', 'second'
from public.claim_documents where id = tests.document(15);
select is(
  private.confirm_document(tests.document(15), tests.id_of('ks_member'), 'first', 'application/pdf', null),
  'changed', 'one that was replaced while it was looked at'
);
select throws_ok(
  $$ update public.claim_documents set confirmed_at = now() where id = tests.document(13) $$,
  '23514', null, 'by every hand'
);
select throws_ok(
  $$ update public.claim_documents set file_size = 1 where id = tests.document(1) $$,
  '23001', 'what a document is never changes', 'what is announced is not changed'
);
select set_eq(
  $$ select right(file_path, 2)::integer from private.document_orphans(now()) $$,
  array[11, 12, 13, 14, 15], 'what was refused is swept'
);

-- Reading -------------------------------------------------------------------------------------------

insert into storage.objects (bucket_id, name, metadata)
select bucket, file_path, jsonb_build_object('size', file_size, 'mimetype', file_type)
from public.claim_documents where id in (tests.document(3), tests.document(4));
select private.confirm_document(tests.document(3), tests.id_of('ks_agent'), '', 'text/plain', null) as agents;
select private.confirm_document(tests.document(4), tests.id_of('ks_staff'), '', 'application/pdf', null) as staffs;
select tests.attach(5, 2, 'ks_other_member') is not null as attached;
select tests.attach(6, 3, 'mk_member') is not null as attached;

select tests.act_as('ks_member');
select results_eq(
  'select number from papers where number < 10', array[1, 2, 3, 4], 'a member has the papers of the own claims'
);
select results_eq('select number from files where number < 10', array[1, 3, 4], 'and reads the files');
select is_empty('select number from files where number > 10', 'none that were refused');
select tests.act_as('ks_agent');
select results_eq('select number from papers', array[3], 'an agent has what they uploaded');
select results_eq('select number from files', array[3], 'and reads no other file');
select tests.act_as('ks_manager');
select results_eq('select number from files', array[1, 3, 4], 'a branch manager reads those of the branch');
select tests.act_as('ks_staff');
select results_eq('select number from files', array[1, 3, 4, 5], 'staff those of their tenant');
select tests.act_as('ks_admin');
select results_eq('select number from files', array[1, 3, 4, 5], 'so do administrators');
select tests.act_as('ks_other_member');
select results_eq('select number from files', array[5], 'another member reads the own');
select tests.act_as('mk_staff');
select results_eq('select number from files', array[6], 'staff abroad theirs');
select tests.act_as_owner();
update storage.objects set version = 'another' where name like '%' || tests.document(6);
select tests.act_as('mk_staff');
select is_empty('select number from files', 'a file that was replaced after it was looked at is not read');
select tests.act_as_owner();
update storage.objects set version = null where name like '%' || tests.document(6);
select tests.act_as('super');
select results_eq('select number from files', array[1, 3, 4, 5, 6], 'a super admin all');
select tests.act_as_role('anon');
select is_empty('select number from files', 'a visitor none');

-- Opening, and who did ------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select results_eq(
  $$ select outcome, name, file_size from private.find_document(tests.document(1)) $$,
  $$ values ('ok', 'ticket.pdf', 1000::bigint) $$, 'staff find a document'
);
select ok(
  private.record_document_access(tests.document(1), 'document.view', '{"disposition": "inline"}'),
  'it is written down when it was opened'
);
select throws_ok(
  $$ select private.record_document_access(tests.document(1), 'claim.submitted') $$, '23514', null,
  'as that and nothing else'
);
select tests.act_as('ks_agent');
select results_eq(
  $$ select outcome, file_path from private.find_document(tests.document(1)) $$,
  $$ values ('forbidden', null::text) $$, 'an agent is told that it is not for them'
);
select ok(
  not private.record_document_access(tests.document(1), 'document.view'),
  'and is not written down as a reader'
);
select tests.act_as('mk_staff');
select results_eq(
  $$ select outcome from private.find_document(tests.document(1)) $$, array['not_found'],
  'abroad there is no such document'
);
select results_eq(
  $$ select outcome from private.find_document(gen_random_uuid()) $$, array['not_found'],
  'as there is none at all'
);
select tests.act_as('ks_staff');
select results_eq(
  $$ select outcome from private.find_document(tests.document(2)) $$, array['not_found'],
  'nor one that is on its way'
);
select tests.act_as_owner();
select results_eq(
  $$
    select actor_id, tenant_id, metadata ->> 'outcome' from public.audit_log
    where action = 'document.forbidden' and entity_id = tests.document(1)::text order by seq
  $$,
  $$
    values
      (tests.id_of('ks_agent'), 'ks', 'forbidden'), (tests.id_of('mk_staff'), 'ks', 'not_found')
  $$,
  'who was refused is written down where the document is'
);
select tests.act_as('ks_member');
select results_eq(
  $$
    select action, accessed_by_role, is_me from document_accesses(tests.document(1))
  $$,
  $$ values ('document.view', 'staff', false) $$, 'a member sees who opened the own document'
);
select tests.act_as('ks_manager');
select is_empty('select action from document_accesses(tests.document(1))', 'a branch manager does not');
select tests.act_as('ks_other_member');
select is_empty('select action from document_accesses(tests.document(1))', 'nor another member');
select tests.act_as('mk_staff');
select is_empty('select action from document_accesses(tests.document(1))', 'nor staff abroad');
select tests.act_as_role('anon');
select throws_ok('select document_accesses(tests.document(1))', '42501', null, 'nor a visitor');

-- Deleting ------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok(
  $$ select delete_document(tests.document(1), 'Mistake.') $$,
  '42501', 'only staff delete documents of a claim that was sent',
  'what was sent is not taken back by its member'
);
select lives_ok($$ select delete_document(tests.document(2)) $$, 'a draft''s is');
select throws_ok(
  $$ select delete_document(tests.document(2)) $$, 'PT404', 'document not found', 'once'
);
select lives_ok($$ select delete_document(tests.document(11)) $$, 'so is an upload that failed');
select tests.act_as('ks_other_member');
select throws_ok(
  $$ select delete_document(tests.document(1), 'Out.') $$, 'PT404', 'document not found',
  'nobody deletes somebody else''s'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select delete_document(tests.document(3), 'Out.') $$,
  '42501', 'only staff delete documents of a claim that was sent', 'nor an agent what is confirmed'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ select delete_document(tests.document(1), 'Out.') $$, 'PT404', 'document not found',
  'nor a branch manager'
);
select tests.act_as('mk_staff');
select throws_ok(
  $$ select delete_document(tests.document(1), 'Out.') $$, 'PT404', 'document not found',
  'nor staff abroad'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ select delete_document(tests.document(1)) $$, '23514', 'deleting a document needs a reason',
  'staff say why'
);
select lives_ok($$ select delete_document(tests.document(1), 'Of somebody else.') $$, 'and delete');
select results_eq('select number from files', array[3, 4, 5], 'it is gone for everyone');
select tests.act_as('ks_member');
select is_empty('select number from papers where number = 1', 'its uploader included');
select results_eq(
  $$ select outcome from private.find_document(tests.document(1)) $$, array['not_found'],
  'nobody finds it'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claim_documents set deleted_at = null where id = tests.document(1) $$,
  'what a document is never changes', 'it does not come back'
);
select results_eq(
  $$
    select action, actor_id from public.audit_log
    where entity_id = tests.document(1)::text and action ~ 'uploaded|deleted' order by seq
  $$,
  $$
    values ('document.uploaded', null::uuid), ('document.deleted', tests.id_of('ks_staff'))
  $$,
  'it is written down that it was there, and who deleted it'
);

-- The hour, and twenty ------------------------------------------------------------------------------

insert into public.claim_documents
  (id, claim_id, name, file_type, file_size, uploaded_by, upload_expires_at)
values (
  tests.document(20), tests.claim(2), 'late.pdf', 'application/pdf', 10,
  tests.id_of('ks_other_member'), now() - interval '1 second'
);
select tests.act_as('ks_other_member');
select throws_ok(
  $$ select pg_temp.upload(format('tenants/ks/claims/%s/%s', tests.claim(2), tests.document(20)), 10) $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'after an hour Storage takes it no more'
);
select lives_ok(
  $$
    insert into public.claim_documents (id, claim_id, name, file_type, file_size)
    select tests.document(30 + n), tests.claim(2), 'page.png', 'image/png', 10
    from generate_series(1, 19) as n
  $$,
  'up to twenty are announced, what expired not counted'
);
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size)
    values (tests.claim(2), 'page.png', 'image/png', 10)
  $$,
  '54000', 'a claim has at most 20 documents', 'and not one more'
);

select * from finish();
rollback;
