-- What uses the owner's rights asks itself who is calling, whichever way they came.
begin;
set local search_path = public, extensions;

select plan(28);

select tests.populate();
select tests.subscribe('ks_member');
select tests.send(1, 'ks_member');
select tests.attach(1, 1, 'ks_member');

-- Who opened a document ---------------------------------------------------------------------------

select tests.act_as('ks_staff');
select ok(
  private.record_document_access(tests.document(1), 'document.view'), 'staff note that they looked'
);
select isnt_empty('select * from private.document_accesses(tests.document(1))', 'and see who did');
select tests.act_as('ks_member');
select isnt_empty('select * from private.document_accesses(tests.document(1))', 'so does the member');

create temporary view strangers as
select unnest('{ks_other_member,ks_agent,mk_member,mk_staff,mk_admin}'::text[]) as handle;
grant select on strangers to public;

create function pg_temp.asks(handle text) returns text language plpgsql as $$
declare
  told bigint;
begin
  perform tests.act_as(handle);
  select count(*) into told from private.document_accesses(tests.document(1));
  begin
    perform private.write_document_access(tests.document(1), 'document.view', '{}');
    return handle || ' forged an access';
  exception
    when sqlstate 'PT404' then return handle || ' sees ' || told;
  end;
end
$$;
grant execute on function pg_temp.asks(text) to public;

select is(pg_temp.asks('ks_other_member'), 'ks_other_member sees 0', 'another member has no part in it');
select is(pg_temp.asks('ks_agent'), 'ks_agent sees 0', 'nor the agent, who reads no documents');
select is(pg_temp.asks('mk_member'), 'mk_member sees 0', 'nor a member abroad');
select is(pg_temp.asks('mk_staff'), 'mk_staff sees 0', 'nor staff abroad');
select is(pg_temp.asks('mk_admin'), 'mk_admin sees 0', 'nor an admin abroad');

select tests.act_as('ks_manager');
select ok(
  private.record_document_access(tests.document(1), 'document.view'),
  'a branch manager notes that they looked at a document of the branch'
);
select is_empty(
  'select * from private.document_accesses(tests.document(1))', 'and does not see who else did'
);
select tests.act_as('super');
select lives_ok(
  $$ select private.write_document_access(tests.document(1), 'document.view', '{}') $$,
  'a super admin reads everywhere'
);
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_staff');
select is(pg_temp.asks('ks_staff'), 'ks_staff sees 0', 'whoever is locked out is a stranger');
select tests.act_as_owner();

-- The reason of a move ----------------------------------------------------------------------------

select tests.act_as('ks_admin');
select lives_ok(
  $$ select move_claim(tests.claim(1), 'rejected', 'Nobody was at fault.') $$, 'a claim is rejected'
);
select throws_ok(
  $$ update public.claims set status_reason = 'They lied.' where id = tests.claim(1) $$, '42501',
  'a reason comes with a move', 'the reason stays'
);
select tests.act_as('ks_member');
select throws_ok(
  $$ update public.claims set status_reason = 'They admit it.' where id = tests.claim(1) $$, '42501',
  'a reason comes with a move', 'the member writes no other either'
);
select is(
  (select status_reason from public.claims where id = tests.claim(1)), 'Nobody was at fault.',
  'it is what was said'
);
select tests.act_as_owner();
select lives_ok(
  $$ update public.claims set status_reason = 'Corrected.' where id = tests.claim(1) $$,
  'the owner may correct it'
);

-- A token that outlived its session, or its person's lock ------------------------------------------

select tests.sign_up('leaver');
insert into auth.sessions (id, user_id)
values ('5e550000-0000-4000-8000-000000000001', tests.id_of('leaver'));
select tests.act_as('leaver');
select isnt(private.request_export(), null, 'a person asks for a copy of their data');
select isnt(private.request_deletion(null), null, 'and to be forgotten');
select tests.act_as_owner();
insert into public.invitations (tenant_id, email, role, locale, token_hash)
values ('ks', 'leaver@example.test', 'staff', 'sq', repeat('a1', 32));

create function pg_temp.tries() returns text[] language plpgsql as $$
declare
  told text[] := '{}';
  act text;
begin
  foreach act in array array[
    'select private.cancel_deletion()::text',
    'select private.open_export()::text',
    'select deletion_id::text from private.my_privacy()',
    'select private.end_session(''5e550000-0000-4000-8000-000000000001'')::text',
    'select private.end_all_sessions()::text',
    'select private.record_consent(''terms'', ''2'', true)::text',
    'select private.request_deletion(null)::text',
    'select private.request_export()::text',
    'select private.accept_invitation(repeat(''a1'', 32))'
  ] loop
    declare
      answer text;
    begin
      execute act into answer;
      told := told || coalesce(answer, 'nothing');
    exception
      when insufficient_privilege then told := told || 'refused'::text;
    end;
  end loop;
  return told;
end
$$;
grant execute on function pg_temp.tries() to public;

select tests.act_as('leaver', '{"session_id": "5e550000-0000-4000-8000-00000000dead"}');
select is(
  pg_temp.tries(),
  '{false,nothing,nothing,false,0,refused,refused,refused,refused}'::text[],
  'the token of an ended session does nothing with them any more'
);
select tests.act_as_owner();
select isnt_empty(
  $$ select from auth.sessions where user_id = tests.id_of('leaver') $$, 'nor ends the sessions that live'
);
update public.profiles set is_active = false where id = tests.id_of('leaver');
select tests.act_as('leaver');
select is(
  pg_temp.tries(),
  '{false,nothing,nothing,false,0,refused,refused,refused,refused}'::text[],
  'nor does somebody who was locked'
);
select tests.act_as_owner();
select is(
  (select role from public.profiles where id = tests.id_of('leaver')), 'member', 'and no role came of it'
);
select is(
  (select status from public.privacy_requests where user_id = tests.id_of('leaver') and kind = 'deletion'),
  'pending', 'what was asked for stays so'
);
select is_empty(
  $$
    select completed_at from public.privacy_requests
    where user_id = tests.id_of('leaver') and completed_at is not null
  $$,
  'no copy was handed out'
);
update public.profiles set is_active = true where id = tests.id_of('leaver');
insert into auth.sessions (id, user_id)
values ('5e550000-0000-4000-8000-000000000002', tests.id_of('leaver'));
select tests.act_as('leaver', '{"session_id": "5e550000-0000-4000-8000-000000000002"}');
select ok(private.cancel_deletion(), 'with a session that lives they take it back');
select is(private.accept_invitation(repeat('a1', 32)), 'staff', 'accept an invitation');
select is(private.end_all_sessions(), 1, 'and end their sessions');

select * from finish();
rollback;
