-- The conversation on a claim, and the notes that never leave staff.
begin;
set local search_path = public, extensions;

select plan(60);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'ks_other_member') is not null as sent;
select tests.send(3, 'mk_member') is not null as sent;
select tests.draft(4, 'ks_member') is not null as begun;

create temporary view heard with (security_invoker) as
select claim_id, body from public.claim_messages order by created_at;
grant select on heard to public;

-- Writing -----------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), E' Any news?\n') $$,
  'a member writes on an own claim'
);
select results_eq(
  $$
    select sender_id, sender_role, tenant_id, member_id, is_internal, body
    from public.claim_messages
  $$,
  $$
    values
      (tests.id_of('ks_member'), 'member', 'ks', tests.id_of('ks_member'), false, 'Any news?')
  $$,
  'the database says who wrote'
);
select lives_ok(
  $$
    insert into public.claim_messages (id, claim_id, body) values
      (tests.document(1), tests.claim(1), 'I sent this once.')
    on conflict (id) do nothing;
    insert into public.claim_messages (id, claim_id, body) values
      (tests.document(1), tests.claim(1), 'I sent this once.')
    on conflict (id) do nothing
  $$,
  'the same message twice'
);
select is((select count(*) from heard), 2::bigint, 'is one');
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(4), 'Hello?') $$,
  '23514', 'a draft has no messages yet', 'nobody writes on a draft'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(2), 'Hello?') $$,
  '42501', null, 'nor on the claim of somebody else'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), 'Hello?') $$,
  '42501', null, 'nor abroad'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (gen_random_uuid(), 'Hello?') $$,
  'PT404', 'claim not found', 'nor on none'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), E' \n\t ') $$,
  '23514', null, 'nothing is no message'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), repeat('x', 5001)) $$,
  '23514', null, 'and there is an end to one'
);
select throws_ok(
  $$
    insert into public.claim_messages (claim_id, body, is_internal)
    values (tests.claim(1), 'Psst.', true)
  $$,
  '42501', 'only staff write notes and ask for documents', 'a member writes no notes'
);
select throws_ok(
  $$
    insert into public.claim_messages (claim_id, body, is_document_request)
    values (tests.claim(1), 'Your files, please.', true)
  $$,
  '42501', 'only staff write notes and ask for documents', 'and asks for no documents'
);
select throws_ok(
  $$
    insert into public.claim_messages (claim_id, body, sender_id)
    values (tests.claim(1), 'I am staff.', tests.id_of('ks_staff'))
  $$,
  '42501', null, 'nobody writes as somebody else'
);
select tests.act_as('ks_agent');
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'I can help.') $$,
  'an agent writes on a claim of an own member'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(2), 'I can help.') $$,
  '42501', null, 'and on no other'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(4), 'I can help.') $$,
  'PT404', 'claim not found', 'knows of no draft'
);
select throws_ok(
  $$
    insert into public.claim_messages (claim_id, body, is_internal)
    values (tests.claim(1), 'Psst.', true)
  $$,
  '42501', 'only staff write notes and ask for documents', 'writes no notes'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Hurry.') $$,
  '42501', null, 'a branch manager writes nothing'
);
select tests.act_as('ks_staff');
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Soon.') $$,
  'staff answer'
);
select lives_ok(
  $$
    insert into public.claim_messages (claim_id, body, is_internal)
    values (tests.claim(1), 'Weak case.', true)
  $$,
  'note something among themselves'
);
select lives_ok(
  $$
    insert into public.claim_messages (id, claim_id, body, is_document_request)
    values (tests.document(2), tests.claim(1), 'Your boarding pass, please.', true)
  $$,
  'and ask for a document'
);
select throws_ok(
  $$
    insert into public.claim_messages (claim_id, body, is_internal, is_document_request)
    values (tests.claim(1), 'Hm.', true, true)
  $$,
  '23514', null, 'not secretly'
);
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), 'Hello.') $$,
  '42501', null, 'nor abroad'
);
select tests.act_as('super');
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), 'From above.') $$,
  'a super admin writes in every tenant'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Boo.') $$,
  '42501', null, 'a visitor does not'
);

-- Reading -----------------------------------------------------------------------------------------

select throws_ok('select id from public.claim_messages', '42501', null, 'nor reads');
select tests.act_as('ks_member');
select results_eq(
  'select body from heard',
  array['Any news?', 'I sent this once.', 'I can help.', 'Soon.', 'Your boarding pass, please.'],
  'a member reads the conversation without the notes'
);
select tests.act_as('ks_agent');
select results_eq(
  'select body from heard',
  array['Any news?', 'I sent this once.', 'I can help.', 'Soon.', 'Your boarding pass, please.'],
  'so does the member''s agent'
);
select tests.act_as('ks_staff');
select results_eq(
  'select body from heard',
  array[
    'Any news?', 'I sent this once.', 'I can help.', 'Soon.', 'Weak case.',
    'Your boarding pass, please.'
  ],
  'staff read the notes too'
);
select tests.act_as('ks_admin');
select is((select count(*) from heard), 6::bigint, 'and administrators');
select tests.act_as('ks_manager');
select is_empty('select body from heard', 'a branch manager reads none');
select tests.act_as('ks_other_member');
select is_empty('select body from heard', 'nor does another member');
select tests.act_as('mk_staff');
select results_eq('select body from heard', array['From above.'], 'staff abroad read theirs');
select tests.act_as('mk_member');
select results_eq('select body from heard', array['From above.'], 'and members theirs');
select tests.act_as_owner();
update public.profiles set agent_id = null where id = tests.id_of('ks_member');
select tests.act_as('ks_agent');
select is_empty('select body from heard', 'who was the agent reads no more');
select throws_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'Still here.') $$,
  '42501', null, 'and writes no more'
);
select tests.act_as_owner();
update public.profiles set agent_id = tests.id_of('ks_agent') where id = tests.id_of('ks_member');

-- Nothing is changed ------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select throws_ok(
  $$ update public.claim_messages set body = 'Never.' where true $$, '42501', null,
  'nobody writes anew what was written'
);
select throws_ok(
  $$ update public.claim_messages set is_internal = false where true $$, '42501', null,
  'nor makes a note public'
);
select throws_ok(
  $$ delete from public.claim_messages where true $$, '42501', null, 'nor takes it away'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claim_messages set is_internal = false where is_internal $$,
  'a message is not changed', 'nor the owner by mistake'
);
select throws_ok(
  $$ update public.claim_messages set sender_id = member_id where true $$,
  'a message is not changed', 'who said it stays who said it'
);
select lives_ok(
  $$ update public.claim_messages set body = '[removed]' where body = 'Weak case.' $$,
  'the owner may black out what must not be kept'
);

-- Unread --------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq(
  $$ select unread from unread_messages(array[tests.claim(1), tests.claim(2)]) $$,
  array[3::bigint], 'a member has what agent and staff wrote to read'
);
select tests.act_as('ks_staff');
select results_eq(
  $$ select claim_id, unread from unread_messages(array[tests.claim(1), tests.claim(3)]) $$,
  $$ values (tests.claim(1), 3::bigint) $$, 'staff what member and agent wrote'
);
select is(mark_messages_read(tests.claim(1)), 3, 'staff read');
select is(mark_messages_read(tests.claim(1)), 0, 'once');
select is_empty($$ select unread from unread_messages(array[tests.claim(1)]) $$, 'nothing is left');
select tests.act_as('ks_member');
select results_eq(
  $$ select unread from unread_messages(array[tests.claim(1)]) $$, array[3::bigint],
  'the member''s are as unread as before'
);
select is(
  (select read_at from public.claim_messages where body = 'Any news?'), now(),
  'the member sees that the question was read'
);
select is(mark_messages_read(tests.claim(1)), 3, 'the member reads');
select is_empty($$ select unread from unread_messages(array[tests.claim(1)]) $$, 'nothing is left');
select tests.act_as('ks_agent');
select is(mark_messages_read(tests.claim(1)), 0, 'an agent''s reading tells nobody anything');
select tests.act_as('ks_other_member');
select is(mark_messages_read(tests.claim(1)), 0, 'nobody reads for somebody else');
select tests.act_as('mk_staff');
select is(mark_messages_read(tests.claim(1)), 0, 'nor staff abroad');
select tests.act_as_role('anon');
select throws_ok($$ select mark_messages_read(tests.claim(1)) $$, '42501', null, 'nor a visitor');

-- What is written down ------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select actor_id, metadata - 'message_id' from public.audit_log
    where action = 'claim.message_sent' and entity_id = tests.claim(1)::text order by seq limit 1
  $$,
  $$
    values (
      tests.id_of('ks_member'), '{"length": 9, "internal": false, "document_request": false}'::jsonb
    )
  $$,
  'the audit log says that a message was sent'
);
select is_empty(
  $$
    select id from public.audit_log
    where action = 'claim.message_sent' and metadata::text ~ 'news|boarding|Weak'
  $$,
  'not what it says'
);

-- A request that is answered ------------------------------------------------------------------------

select tests.act_as('ks_member');
insert into public.claim_documents (id, claim_id, name, file_type, file_size, request_id)
values (tests.document(7), tests.claim(1), 'pass.pdf', 'application/pdf', 1000, tests.document(2));
select throws_ok(
  $$
    insert into public.claim_documents (claim_id, name, file_type, file_size, request_id)
    values (tests.claim(1), 'pass.pdf', 'application/pdf', 1000, tests.document(1))
  $$,
  '23514', 'nobody asked for this document', 'a message that asks for nothing is answered by nothing'
);
select tests.act_as_owner();
insert into storage.objects (bucket_id, name, metadata)
select bucket, file_path, '{"size": 1000, "mimetype": "application/pdf"}'
from public.claim_documents where id = tests.document(7);
select is(
  private.confirm_document(
    tests.document(7), tests.id_of('ks_member'), '', 'application/pdf', repeat('ab', 32)
  ),
  'confirmed', 'the member sends what was asked for'
);
select isnt(
  (select fulfilled_at from public.claim_messages where id = tests.document(2)), null,
  'and the request is fulfilled'
);

select * from finish();
rollback;
