-- Documents and their links in hostile hands: tokens of ended sessions, makers of links who are not
-- what they were, doors behind the doors, and what a sweep must not forget.
begin;
set local search_path = public, extensions;

select plan(31);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('mk_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'mk_member') is not null as sent;
select tests.attach(1, 1, 'ks_member') is not null as attached;
select tests.attach(2, 2, 'mk_member') is not null as attached;
select tests.attach(3, 1, 'ks_agent') is not null as attached;

create function pg_temp.hash(secret text)
returns text
language sql
as $$
  select encode(sha256(convert_to(secret, 'UTF8')), 'hex')
$$;
grant execute on function pg_temp.hash(text) to public;

create temporary view files with (security_invoker) as
select right(name, 2)::integer as number from storage.objects
where bucket_id = 'claim-evidence' and name like '%/d0000000-%' order by name;
grant select on files to public;

-- Sessions ----------------------------------------------------------------------------------------

create temporary table sessions (handle text primary key, id uuid not null default gen_random_uuid());
insert into sessions (handle) values ('ks_member'), ('ks_staff');
insert into auth.sessions (id, user_id) select id, tests.id_of(handle) from sessions;
grant select on sessions to public;
create function pg_temp.sign_in(handle text)
returns void
language sql
as $$
  select tests.act_as(
    handle, (select jsonb_build_object('session_id', id) from sessions where sessions.handle = $1)
  )
$$;
grant execute on function pg_temp.sign_in(text) to public;

select pg_temp.sign_in('ks_member');
select results_eq('select number from files', array[1, 3], 'whoever is signed in reads their files');
insert into public.claim_documents (id, claim_id, name, file_type, file_size)
values (tests.document(4), tests.claim(1), 'a.pdf', 'application/pdf', 1000);
select tests.act_as_owner();
delete from auth.sessions where user_id = tests.id_of('ks_member');
select pg_temp.sign_in('ks_member');
select is_empty('select number from files', 'the token of a session that was ended reads none');
select throws_ok(
  $$
    insert into storage.objects (bucket_id, name)
    values ('claim-evidence', format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(4)))
  $$,
  '42501', 'new row violates row-level security policy for table "objects"', 'and puts none'
);
select pg_temp.sign_in('ks_staff');
select results_eq('select number from files', array[1, 3], 'others are not signed out by it');
select tests.act_as('ks_staff', jsonb_build_object('session_id', gen_random_uuid()));
select is_empty('select number from files', 'a session that never was reads none');
select tests.act_as_owner();
update auth.users set banned_until = now() + interval '1 day' where id = tests.id_of('ks_staff');
select pg_temp.sign_in('ks_staff');
select is_empty('select number from files', 'nor does that of somebody who was banned');
select tests.act_as_owner();
update auth.users set banned_until = null where id = tests.id_of('ks_staff');
update public.profiles set is_active = false where id = tests.id_of('ks_staff');
select pg_temp.sign_in('ks_staff');
select is_empty('select number from files', 'nor that of somebody who was switched off');
select tests.act_as_owner();
update public.profiles set is_active = true where id = tests.id_of('ks_staff');

-- Makers of links ------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select create_share_pack(
  tests.claim(1), array[tests.document(1)], pg_temp.hash('staff'), now() + interval '1 day'
) is not null as made;
select tests.act_as('super');
select create_share_pack(
  tests.claim(2), array[tests.document(2)], pg_temp.hash('super'), now() + interval '1 day'
) is not null as made;
select tests.act_as('ks_member');
select create_share_pack(
  tests.claim(1), array[tests.document(1)], pg_temp.hash('member'), now() + interval '1 day', '4711'
) is not null as made;
create function pg_temp.outcomes()
returns text
language sql
as $$
  select string_agg(opened.outcome, ' ' order by secret)
  from unnest('{member,staff,super}'::text[]) as secret,
    lateral private.open_share_pack(pg_temp.hash(secret), '4711') as opened
$$;
grant execute on function pg_temp.outcomes() to public;
select tests.act_as_role('anon');
select is(pg_temp.outcomes(), 'ok ok ok', 'links work while their makers may read the documents');
select tests.act_as_owner();
update public.profiles set role = 'tenant_admin' where id = tests.id_of('ks_staff');
select tests.act_as_role('anon');
select is(pg_temp.outcomes(), 'ok ok ok', 'in another role that may, too');
select tests.act_as_owner();
update public.profiles set role = 'agent' where id = tests.id_of('ks_staff');
update public.profiles set role = 'staff' where id = tests.id_of('super');
select tests.act_as_role('anon');
select is(pg_temp.outcomes(), 'ok gone gone', 'and no longer');
select tests.act_as_role('service_documents');
select results_eq(
  $$
    select outcome, file_path from private.open_share_pack_document(pg_temp.hash('staff'), null, 1)
  $$,
  $$ values ('gone', null::text) $$, 'nor do they hand out a file'
);
select tests.act_as_owner();
update public.profiles set role = 'staff' where id = tests.id_of('ks_staff');
update public.profiles set role = 'super_admin' where id = tests.id_of('super');

-- A PIN's hash is as slow as ours and no slower: each try is computed by the database.
select tests.act_as('ks_member');
select throws_ok(
  format(
    $$ insert into public.share_packs (claim_id, token_hash, pin_hash, expires_at)
       values (tests.claim(1), pg_temp.hash(%1$L), %1$L, now() + interval '1 day') $$,
    hash
  ),
  '23514', null, 'a hash like ' || left(hash, 10) || ' is refused'
)
from unnest(array[
  '$2a$31$' || repeat('a', 53), '$2a$12$' || repeat('a', 53), '$2a$09$' || repeat('a', 52),
  '$2a$09$' || repeat('a', 54), '$2a$09$' || repeat(' ', 53)
]) as hash;

-- Doors behind the doors ---------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select ok(
  private.record_document_access(tests.document(1), 'document.view', '{}'), 'staff opens a document'
);
select lives_ok(
  $$ select private.write_document_access(tests.document(1), 'document.view', '{}') $$,
  'which whoever may read it may write down'
);
select tests.act_as('ks_member');
select results_eq(
  $$ select count(*) from private.document_accesses(tests.document(1)) $$, array[2::bigint],
  'the member sees who opened it'
);
select tests.act_as('ks_other_member');
select is_empty(
  $$ select action from private.document_accesses(tests.document(1)) $$, 'another member does not'
);
select throws_ok(
  $$ select private.write_document_access(tests.document(1), 'document.view', '{}') $$,
  'PT404', 'document not found', 'nor writes that they did'
);
select tests.act_as('mk_staff');
select is_empty(
  $$ select action from private.document_accesses(tests.document(1)) $$,
  'nor do staff of another country'
);
select throws_ok(
  $$ select private.write_document_access(tests.document(1), 'document.view', '{}') $$,
  'PT404', 'document not found', 'who write nothing either'
);
select tests.act_as('ks_agent');
select is_empty(
  $$ select action from private.document_accesses(tests.document(3)) $$,
  'an agent does not even see who opened what they uploaded'
);
select ok(
  private.record_document_access(tests.document(3), 'document.view', '{}'),
  'though they open it'
);
select tests.act_as('ks_manager');
select ok(
  private.record_document_access(tests.document(1), 'document.view', '{}'),
  'branch managers open the documents of their branch'
);
select tests.act_as_owner();
update public.profiles set branch_id = tests.branch('KS-B') where id = tests.id_of('ks_manager');
select tests.act_as('ks_manager');
select throws_ok(
  $$ select private.write_document_access(tests.document(1), 'document.view', '{}') $$,
  'PT404', 'document not found', 'and of no other'
);

-- What a sweep must not forget ------------------------------------------------------------------------------

select tests.act_as_owner();
create function pg_temp.due(later interval)
returns setof integer
language sql
as $$
  select right(file_path, 2)::integer from private.document_orphans(now() + later)
  where file_path like '%/d0000000-%' order by 1
$$;
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
select tests.document(n), tests.claim(1), 'a.pdf', 'application/pdf', 1000, tests.id_of('ks_member')
from generate_series(5, 6) as n;
insert into storage.objects (bucket_id, name)
select bucket, file_path from public.claim_documents
where id in (tests.document(5), tests.document(6));
update public.claim_documents set deleted_at = now() where id = tests.document(1);
select is(
  private.refuse_document(tests.document(6), tests.id_of('ks_member'), 'archive'), true, 'one is refused'
);
select is_empty($$ select pg_temp.due('-1 minute') $$, 'nothing is due before its time');
select results_eq(
  $$ select pg_temp.due('2 hours') $$, array[1, 5, 6],
  'what was deleted, refused or never confirmed is due'
);
select results_eq(
  $$ select pg_temp.due('2 years') $$, array[1, 5, 6],
  'however long nobody swept; what is read stays'
);

select * from finish();
rollback;
