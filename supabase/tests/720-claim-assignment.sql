-- Who has a claim: whoever acts first, whoever takes it, whoever is given it with a reason. Never two.
begin;
set local search_path = public, extensions;

select plan(30);

select tests.populate();
select tests.sign_up('ks_staff2', 'ks', 'staff');
select tests.subscribe('ks_member');
select tests.subscribe('mk_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'mk_member') is not null as sent;
select tests.draft(3, 'ks_member') is not null as begun;

-- Taking ------------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_agent')) $$,
  '42501', 'only staff assign claims', 'an agent takes no claim'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_manager')) $$,
  '42501', 'only staff assign claims', 'nor does a branch manager'
);
select tests.act_as('ks_member');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_staff')) $$,
  '42501', 'only staff assign claims', 'nor does a member choose'
);
select throws_ok(
  $$ update public.claims set assigned_to = tests.id_of('ks_staff') where id = tests.claim(1) $$,
  '42501', null, 'by any way'
);
select tests.act_as('mk_staff');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('mk_staff')) $$,
  'PT404', 'claim not found', 'staff abroad take none of ours'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_staff')) $$, '42501', null,
  'nor does a visitor'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ select claim_assign(tests.claim(3), tests.id_of('ks_staff')) $$,
  'PT404', 'claim not found', 'a draft is nobody''s work yet'
);
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_agent')) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'agents are given none'
);
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('mk_staff')) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'nor are staff abroad'
);
select throws_ok(
  $$ select claim_assign(tests.claim(1), gen_random_uuid()) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'nor is nobody at all'
);
select throws_ok(
  $$ update public.claims set assigned_to = tests.id_of('ks_staff') where id = tests.claim(1) $$,
  '42501', null, 'there is one way to take a claim'
);
select results_eq(
  $$
    select assigned_to, assigned_at = now(), status
    from claim_assign(tests.claim(1), tests.id_of('ks_staff'))
  $$,
  $$ values (tests.id_of('ks_staff'), true, 'submitted') $$, 'staff take a claim that is nobody''s'
);
select is(
  (select assigned_to from claim_assign(tests.claim(1), tests.id_of('ks_staff'))),
  tests.id_of('ks_staff'), 'twice is once'
);
select tests.act_as('ks_staff2');
select throws_ok(
  $$ select claim_assign(tests.claim(1), tests.id_of('ks_staff2')) $$,
  '55000', 'claim is assigned to somebody else by now', 'who comes second has lost'
);

-- Giving ------------------------------------------------------------------------------------------

select throws_ok(
  $$
    select claim_assign(
      tests.claim(1), tests.id_of('ks_staff2'), expected => tests.id_of('ks_staff')
    )
  $$,
  '23514', 'taking a claim from somebody needs a reason', 'reassigning needs a reason'
);
select throws_ok(
  $$
    select claim_assign(
      tests.claim(1), tests.id_of('ks_staff2'), 'On leave.', tests.id_of('ks_admin')
    )
  $$,
  '55000', 'claim is assigned to somebody else by now', 'and to know who has it'
);
select is(
  (
    select assigned_to
    from claim_assign(tests.claim(1), tests.id_of('ks_staff2'), 'On leave.', tests.id_of('ks_staff'))
  ),
  tests.id_of('ks_staff2'), 'with both it is reassigned'
);
select is(
  (
    select assigned_to
    from claim_assign(tests.claim(1), null, 'Back to the pile.', tests.id_of('ks_staff2'))
  ),
  null, 'or given back'
);
select tests.act_as('ks_admin');
select is(
  (select assigned_to from claim_assign(tests.claim(1), tests.id_of('ks_staff'))),
  tests.id_of('ks_staff'), 'a tenant admin assigns'
);
select tests.act_as('super');
select is(
  (select assigned_to from claim_assign(tests.claim(2), tests.id_of('mk_staff'))),
  tests.id_of('mk_staff'), 'a super admin in every tenant, to its own staff'
);

select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_staff2');
select tests.act_as('ks_staff');
select throws_ok(
  $$
    select claim_assign(
      tests.claim(1), tests.id_of('ks_staff2'), 'Please.', tests.id_of('ks_staff')
    )
  $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'who is locked is given none'
);

-- What is written down ----------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select assigned_from, assigned_to, note, is_public
    from public.claim_stage_history
    where claim_id = tests.claim(1) and is_assignment order by created_at
  $$,
  $$
    values
      (null::uuid, tests.id_of('ks_staff'), null::text, false),
      (tests.id_of('ks_staff'), tests.id_of('ks_staff2'), 'On leave.', false),
      (tests.id_of('ks_staff2'), null, 'Back to the pile.', false),
      (null, tests.id_of('ks_staff'), null, false)
  $$,
  'the history tells who had it, with the reasons, to staff'
);
select results_eq(
  $$
    select action, actor_id from public.audit_log
    where entity_id = tests.claim(1)::text and action like 'claim.%assigned' order by seq
  $$,
  $$
    values
      ('claim.assigned', tests.id_of('ks_staff')), ('claim.assigned', tests.id_of('ks_staff2')),
      ('claim.unassigned', tests.id_of('ks_staff2')), ('claim.assigned', tests.id_of('ks_admin'))
  $$,
  'and the audit log who did it'
);
select tests.act_as('ks_member');
select is_empty(
  $$ select id from public.claim_stage_history where is_assignment $$, 'the member hears of none'
);

-- Who acts first has it -----------------------------------------------------------------------------

select tests.act_as_owner();
select tests.send(4, 'ks_member') is not null as sent;
select tests.send(5, 'ks_member') is not null as sent;
select tests.send(6, 'ks_member') is not null as sent;
select tests.act_as('ks_staff');
insert into public.claim_messages (claim_id, body) values (tests.claim(4), 'Good morning.');
insert into public.claim_messages (claim_id, body, is_internal)
values (tests.claim(5), 'Looks familiar.', true);
select is(
  (select assigned_to from public.claims where id = tests.claim(4)), tests.id_of('ks_staff'),
  'who writes has the claim'
);
select is(
  (select assigned_to from public.claims where id = tests.claim(5)), tests.id_of('ks_staff'),
  'who notes something too'
);
select tests.act_as('ks_agent');
insert into public.claim_messages (claim_id, body) values (tests.claim(6), 'May I help?');
select tests.act_as('ks_admin');
insert into public.claim_messages (claim_id, body) values (tests.claim(6), 'Thank you.');
select is(
  (select assigned_to from public.claims where id = tests.claim(6)), null,
  'neither an agent nor an administrator'
);
select tests.act_as_owner();
select tests.attach(1, 6, 'ks_staff') is not null as attached;
select is(
  (select assigned_to from public.claims where id = tests.claim(6)), tests.id_of('ks_staff'),
  'who of the staff adds a document'
);

-- The owner's hand ------------------------------------------------------------------------------------

select throws_ok(
  $$ update public.claims set assigned_to = tests.id_of('ks_staff') where id = tests.claim(3) $$,
  '23514', 'a draft is assigned to nobody', 'nor does the owner assign a draft'
);
select throws_ok(
  $$ update public.claims set assigned_to = tests.id_of('mk_staff') where id = tests.claim(4) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'nor abroad'
);

select * from finish();
rollback;
