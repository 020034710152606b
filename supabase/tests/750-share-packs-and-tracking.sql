-- Links for people who do not sign in: chosen documents, and how far a claim is.
begin;
set local search_path = public, extensions;

select plan(68);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'ks_other_member') is not null as sent;
select tests.send(3, 'mk_member') is not null as sent;
select tests.draft(4, 'ks_member') is not null as begun;
select tests.attach(1, 1, 'ks_member') is not null as attached;
select tests.attach(2, 1, 'ks_staff') is not null as attached;
select tests.attach(3, 2, 'ks_other_member') is not null as attached;
select tests.attach(4, 1, 'ks_agent') is not null as attached;

-- The hash of a link's secret.
create function pg_temp.hash(secret text)
returns text
language sql
as $$
  select encode(sha256(convert_to(secret, 'UTF8')), 'hex')
$$;
grant execute on function pg_temp.hash(text) to public;

-- Making --------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select lives_ok(
  $$
    select create_share_pack(
      tests.claim(1), array[tests.document(2), tests.document(1), tests.document(2)],
      pg_temp.hash('one'), now() + interval '7 days', null, 'My lawyer'
    )
  $$,
  'a member shares documents of an own claim'
);
select lives_ok(
  $$
    select create_share_pack(
      tests.claim(1), array[tests.document(1)], pg_temp.hash('two'), now() + interval '30 days', '4711'
    )
  $$,
  'with a PIN if they want'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(2), array[tests.document(3)], pg_temp.hash('x'), now() + interval '1 day') $$,
  '42501', null, 'not of somebody else''s claim'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(3)], pg_temp.hash('x'), now() + interval '1 day') $$,
  'PT404', 'document not found', 'nor somebody else''s document in an own pack'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(4), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day') $$,
  'PT404', 'claim not found', 'nor of a draft'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[]::uuid[], pg_temp.hash('x'), now() + interval '1 day') $$,
  '23514', 'a share pack has 1 to 20 documents', 'nor nothing'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '31 days') $$,
  '23514', null, 'nor for longer than 30 days'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() - interval '1 day') $$,
  '23514', null, 'nor for a time that is over'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day', '12') $$,
  '23514', 'a PIN has 4 to 12 digits', 'a PIN is no joke'
);
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], 'secret', now() + interval '1 day') $$,
  '23514', null, 'a secret is not kept, its hash is'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day') $$,
  '42501', null, 'an agent shares nothing'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day') $$,
  '42501', null, 'nor does a branch manager'
);
select tests.act_as('mk_staff');
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day') $$,
  '42501', null, 'nor staff abroad'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ select create_share_pack(tests.claim(1), array[tests.document(1)], pg_temp.hash('x'), now() + interval '1 day') $$,
  '42501', null, 'nor a visitor'
);
select tests.act_as('ks_staff');
select lives_ok(
  $$ select create_share_pack(tests.claim(2), array[tests.document(3)], pg_temp.hash('three'), now() + interval '1 day') $$,
  'staff share what they may read'
);

-- Who sees what was shared --------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq(
  $$ select recipient, has_pin from public.share_packs order by has_pin $$,
  $$ values ('My lawyer', false), (null::text, true) $$, 'a member sees the own links'
);
select results_eq(
  $$
    select document_id, position from public.share_pack_documents
    where pack_id = (select id from public.share_packs where not has_pin) order by position
  $$,
  $$ values (tests.document(2), 1::smallint), (tests.document(1), 2::smallint) $$,
  'and what is in them, each document once, in the order chosen'
);
select throws_ok('select token_hash from public.share_packs', '42501', null, 'nobody reads a hash');
select throws_ok('select pin_hash from public.share_packs', '42501', null, 'nor that of a PIN');
select throws_ok(
  $$ insert into public.share_pack_documents (pack_id, document_id, position)
    select id, tests.document(3), 9 from public.share_packs where not has_pin $$,
  'PT404', 'document not found', 'nothing of others is slipped in later'
);
select throws_ok(
  $$ update public.share_packs set expires_at = now() + interval '29 days' where true $$, '42501', null,
  'a link is not made to last longer'
);
select tests.act_as('ks_other_member');
select is((select count(*) from (select id from public.share_packs) as seen), 1::bigint, 'a member sees what staff shared of the own claim');
select throws_ok(
  $$
    insert into public.share_pack_documents (pack_id, document_id, position)
    select id, tests.document(3), 2 from public.share_packs
  $$,
  '42501', null, 'but adds nothing to it'
);
select tests.act_as('ks_staff');
select is((select count(id) from public.share_packs), 3::bigint, 'staff see those of their tenant');
select tests.act_as('mk_staff');
select is((select count(id) from public.share_packs), 0::bigint, 'staff abroad none');
select is_empty('select pack_id from public.share_pack_documents', 'nor what is in them');
select tests.act_as('ks_agent');
select is((select count(id) from public.share_packs), 0::bigint, 'nor the agent');
select tests.act_as_role('anon');
select throws_ok('select id from public.share_packs', '42501', null, 'nor a visitor');

-- Opening -------------------------------------------------------------------------------------------

select results_eq(
  $$
    select outcome, sender_name, recipient, documents
    from private.open_share_pack(pg_temp.hash('one'))
  $$,
  $$
    values (
      'ok', '', 'My lawyer',
      '[
        {"position": 1, "name": "paper-2.pdf", "file_type": "application/pdf", "file_size": 1000},
        {"position": 2, "name": "paper-1.pdf", "file_type": "application/pdf", "file_size": 1000}
      ]'::jsonb
    )
  $$,
  'a stranger with the link sees what was shared'
);
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('none')) $$, array['gone'],
  'without it nothing'
);
select throws_ok(
  $$ select private.open_share_pack_document(pg_temp.hash('one'), null, 1) $$, '42501', null,
  'where a file lies is for the function to know'
);
select tests.act_as_role('service_documents');
select results_eq(
  $$
    select outcome, file_path, file_size
    from private.open_share_pack_document(pg_temp.hash('one'), null, 2)
  $$,
  $$
    values (
      'ok', format('tenants/ks/claims/%s/%s', tests.claim(1), tests.document(1)), 1000::bigint
    )
  $$,
  'which hands it out'
);
select results_eq(
  $$ select outcome from private.open_share_pack_document(pg_temp.hash('one'), null, 3) $$,
  array['gone'], 'and nothing that was not shared'
);
select lives_ok(
  $$ select private.record_share_pack_access(pg_temp.hash('one'), 2, 'downloaded') $$,
  'it is written down that it was'
);
select tests.act_as('ks_member');
select results_eq(
  $$ select action, document_id from public.share_pack_accesses order by created_at, action desc $$,
  $$ values ('opened', null::uuid), ('downloaded', tests.document(1)) $$,
  'the member sees when the link was used'
);
select results_eq(
  $$ select action, accessed_by_role, accessed_by_name from document_accesses(tests.document(1)) $$,
  $$ values ('document.share_opened', 'share_pack', null::text) $$, 'and by whom the document was read'
);

-- The PIN -------------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select results_eq(
  $$ select outcome, documents from private.open_share_pack(pg_temp.hash('two')) $$,
  $$ values ('pin_required', null::jsonb) $$, 'a PIN is asked for'
);
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('two'), '0000') $$, array['wrong_pin'],
  'a wrong one opens nothing'
);
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('two'), '4711') $$, array['ok'],
  'the right one does'
);
select results_eq(
  $$
    select outcome
    from generate_series(1, 5) as n
    cross join lateral private.open_share_pack(pg_temp.hash('two'), n::text)
  $$,
  array['wrong_pin', 'wrong_pin', 'wrong_pin', 'wrong_pin', 'locked'], 'five wrong ones lock the link'
);
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('two'), '4711') $$, array['locked'],
  'for the right one too'
);
select tests.act_as_role('service_documents');
select results_eq(
  $$ select outcome from private.open_share_pack_document(pg_temp.hash('two'), '4711', 1) $$,
  array['locked'], 'and for its documents'
);
select tests.act_as_owner();
select matches(
  (select pin_hash from public.share_packs where has_pin), '^\$2a\$09\$', 'a PIN is hashed slowly'
);
select is(
  (select count(*) from public.share_pack_accesses where action = 'wrong_pin'), 6::bigint,
  'guesses are written down'
);

-- Taking back -----------------------------------------------------------------------------------------

select tests.act_as('ks_other_member');
select ok(
  not revoke_share_pack((select id from public.share_packs where recipient = 'My lawyer')),
  'nobody takes somebody else''s link back'
);
select tests.act_as('ks_staff');
select delete_document(tests.document(2), 'Not to be shared.');
select tests.act_as_role('anon');
select results_eq(
  $$ select jsonb_array_length(documents) from private.open_share_pack(pg_temp.hash('one')) $$,
  array[1], 'what was deleted is not handed out'
);
select tests.act_as('ks_member');
select ok(
  revoke_share_pack((select id from public.share_packs where recipient = 'My lawyer')),
  'a member takes a link back'
);
select throws_ok(
  $$ update public.share_packs set revoked_at = null where true $$, '23001', null, 'for good'
);
select tests.act_as_role('anon');
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('one')) $$, array['gone'],
  'it works no more'
);
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_staff');
select tests.act_as_role('anon');
select results_eq(
  $$ select outcome from private.open_share_pack(pg_temp.hash('three')) $$, array['gone'],
  'nor does that of somebody who is locked'
);
select tests.act_as_owner();
update public.profiles set is_active = true where id = tests.id_of('ks_staff');
select results_eq(
  $$
    select action, count(*) from public.audit_log where action ~ '^share_pack' group by action order by action
  $$,
  $$ values ('share_pack.created', 3::bigint), ('share_pack.revoked', 1::bigint) $$,
  'links are in the audit log'
);

-- Tracking --------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select is(
  create_tracking_link(tests.claim(1), pg_temp.hash('track 1')), now() + interval '7 days',
  'a member makes a tracking link for a week'
);
select throws_ok(
  $$ select create_tracking_link(tests.claim(4), pg_temp.hash('x')) $$, 'PT404', 'claim not found',
  'not for a draft'
);
select throws_ok(
  $$ select create_tracking_link(tests.claim(2), pg_temp.hash('x')) $$, '42501', null,
  'nor for somebody else''s claim'
);
select throws_ok(
  'select token_hash from public.claim_tracking_tokens', '42501', null, 'nobody reads a hash'
);
select tests.act_as_role('anon');
select results_eq(
  $$ select status, submitted_at = now(), last_update_at = now() from private.track_claim(pg_temp.hash('track 1')) $$,
  $$ values ('submitted', true, true) $$, 'whoever has it sees how far the claim is'
);
select is_empty(
  $$ select status from private.track_claim(pg_temp.hash('x')) $$, 'whoever has not, nothing'
);
select throws_ok(
  $$ select create_tracking_link(tests.claim(1), pg_temp.hash('x')) $$, '42501', null,
  'a visitor makes none'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select create_tracking_link(tests.claim(1), pg_temp.hash('x')) $$, '42501', null,
  'nor does an agent'
);
select tests.act_as('mk_staff');
select throws_ok(
  $$ select create_tracking_link(tests.claim(1), pg_temp.hash('x')) $$, '42501', null,
  'nor staff abroad'
);
select tests.act_as_role('anon');
select isnt_empty(
  $$ select status from private.track_claim(pg_temp.hash('track 1')) $$,
  'and none of them takes the member''s away'
);
select tests.act_as('ks_staff');
select lives_ok(
  $$ select create_tracking_link(tests.claim(1), pg_temp.hash('track 2')) $$, 'staff make one'
);
select tests.act_as_role('anon');
select is_empty(
  $$ select status from private.track_claim(pg_temp.hash('track 1')) $$, 'which ends the old one'
);
select isnt_empty($$ select status from private.track_claim(pg_temp.hash('track 2')) $$, 'and works');
select tests.act_as('ks_other_member');
select ok(not revoke_tracking_link(tests.claim(1)), 'nobody takes somebody else''s back');
select tests.act_as('ks_member');
select ok(revoke_tracking_link(tests.claim(1)), 'the member takes it back');
select tests.act_as_role('anon');
select is_empty($$ select status from private.track_claim(pg_temp.hash('track 2')) $$, 'it is gone');
select tests.act_as_owner();
insert into public.claim_tracking_tokens (claim_id, token_hash, expires_at)
values (tests.claim(2), pg_temp.hash('old'), now());
select tests.act_as_role('anon');
select is_empty(
  $$ select status from private.track_claim(pg_temp.hash('old')) $$, 'as is one whose week is over'
);

select * from finish();
rollback;
