-- A claim begins as its member's draft. Who sees which claim, and who writes what in one.
begin;
set local search_path = public, extensions;

select plan(51);

select tests.populate();
select tests.sign_up('ks_new', 'ks');
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');

create temporary view seen with (security_invoker) as
select right(id::text, 2)::integer as number from public.claims order by 1;
grant select on seen to public;

-- Beginning ---------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select lives_ok(
  $$ insert into public.claims (id, title) values (tests.claim(1), 'Fl') $$,
  'a member begins a draft that says little'
);
select results_eq(
  $$
    select tenant_id, member_id = tests.id_of('ks_member'), status, claim_number, is_open
    from public.claims
  $$,
  $$ values ('ks', true, 'draft', null::text, false) $$,
  'it is the member''s own, a draft without a number'
);
select lives_ok(
  $$
    insert into public.claims (id, title) values (tests.claim(1), 'A second click')
    on conflict (id) do nothing
  $$,
  'the same click twice'
);
select results_eq('select title from public.claims', array['Fl'], 'makes one draft');
select tests.act_as('ks_new');
select lives_ok(
  $$ insert into public.claims (id, title) values (tests.claim(9), 'Not a member yet') $$,
  'a draft needs no membership'
);
select lives_ok(
  $$
    insert into public.claims (id, title) values (tests.claim(1), 'Taken over')
    on conflict (id) do nothing
  $$,
  'somebody else''s id'
);
select results_eq('select number from seen', array[9], 'is no way to their draft');
select throws_ok(
  $$
    insert into public.claims (id, member_id, title)
    values (tests.claim(10), tests.id_of('ks_member'), 'For you')
  $$,
  '42501', null, 'nobody begins a draft for somebody else'
);
select throws_ok(
  $$ insert into public.claims (id, tenant_id, title) values (tests.claim(10), 'mk', 'Abroad') $$,
  '42501', null, 'nor in another tenant'
);
select throws_ok(
  $$ insert into public.claims (id, status) values (tests.claim(10), 'submitted') $$,
  '42501', null, 'nor one that is past being a draft'
);
select throws_ok(
  $$ insert into public.claims (id, claim_number) values (tests.claim(10), 'CLM-KS-2026-000001') $$,
  '42501', null, 'nor one with a number'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ insert into public.claims (id, title) values (tests.claim(10), 'Mine') $$,
  '42501', null, 'an agent begins none'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ insert into public.claims (id, title) values (tests.claim(10), 'Mine') $$,
  '42501', null, 'nor do staff'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ insert into public.claims (id, title) values (tests.claim(10), 'Mine') $$,
  '42501', null, 'nor a visitor'
);
select throws_ok('select id from public.claims', '42501', null, 'who sees none either');
select tests.act_as_role('service_cron');
select throws_ok('select id from public.claims', '42501', null, 'nor do jobs');
select tests.act_as_owner();
select throws_ok(
  $$
    insert into public.claims (tenant_id, member_id, status)
    values ('ks', tests.id_of('ks_member'), 'resolved')
  $$,
  '23514', 'a claim begins as a draft', 'nor does the owner begin one further on'
);

-- Editing -----------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select lives_ok(
  $$
    update public.claims
    set title = 'Flight delayed', company = 'Air Example', category = 'travel',
      description = 'The flight came nine hours late.', amount_cents = 25000
    where id = tests.claim(1)
  $$,
  'a member goes on writing'
);
select throws_ok(
  $$ update public.claims set member_id = tests.id_of('ks_new') where id = tests.claim(1) $$,
  '42501', null, 'gives it to nobody'
);
select throws_ok(
  $$ update public.claims set amount_cents = -1 where id = tests.claim(1) $$,
  '23514', null, 'asks for no less than nothing'
);
select throws_ok(
  $$ update public.claims set category = 'flight' where id = tests.claim(1) $$,
  '23514', null, 'a category is one of the known ones'
);
select throws_ok(
  $$ update public.claims set description = repeat('x', 10001) where id = tests.claim(1) $$,
  '23514', null, 'there is an end to a description'
);
select throws_ok(
  $$ delete from public.claims where id = tests.claim(1) $$, '42501', null, 'nothing is deleted'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ update public.claims set title = 'Better' where id = tests.claim(1) $$,
  '42501', 'only drafts are edited, by the member who wrote them', 'staff do not write for a member'
);
select tests.act_as('ks_other_member');
select is_empty(
  $$ update public.claims set title = 'Better' where id = tests.claim(1) returning id $$,
  'nor does another member'
);
select tests.act_as_owner();
select results_eq(
  $$ select title from public.claims where id = tests.claim(1) $$,
  array['Flight delayed'], 'it says what its member wrote'
);
select throws_ok(
  $$ update public.claims set tenant_id = 'mk' where id = tests.claim(1) $$,
  'tenant_id of public.claims never changes', 'a claim stays in its tenant'
);
select throws_ok(
  $$ update public.claims set member_id = tests.id_of('ks_new') where id = tests.claim(1) $$,
  'whose claim it is never changes', 'and with its member, whoever wants it otherwise'
);

-- Seeing ------------------------------------------------------------------------------------------

select tests.send(2, 'ks_member') is not null as sent;
select tests.send(3, 'ks_other_member') is not null as sent;
select tests.send(4, 'mk_member') is not null as sent;

select tests.act_as('ks_member');
select results_eq('select number from seen', array[1, 2], 'a member sees the own claims');
select throws_ok(
  $$ update public.claims set title = 'Changed my mind' where id = tests.claim(2) $$,
  '42501', 'only drafts are edited, by the member who wrote them',
  'and edits none that was sent'
);
select tests.act_as('ks_agent');
select results_eq(
  'select number from seen', array[2], 'an agent sees what the own members sent, no drafts'
);
select is_empty(
  $$ update public.claims set status = 'evaluation' where id = tests.claim(2) returning id $$,
  'and changes nothing'
);
select tests.act_as('ks_manager');
select results_eq(
  'select number from seen', array[2], 'a branch manager sees the claims of the branch'
);
select is_empty(
  $$ update public.claims set status = 'evaluation' where id = tests.claim(2) returning id $$,
  'and changes nothing'
);
select tests.act_as('ks_staff');
select results_eq(
  'select number from seen', array[1, 2, 3, 9], 'staff see those of their tenant'
);
select tests.act_as('ks_admin');
select results_eq('select number from seen', array[1, 2, 3, 9], 'so does a tenant admin');
select tests.act_as('mk_staff');
select results_eq('select number from seen', array[4], 'staff abroad see theirs');
select is_empty(
  $$ update public.claims set status = 'evaluation' where id = tests.claim(2) returning id $$,
  'and change none of ours'
);
select tests.act_as('super');
select results_eq('select number from seen', array[1, 2, 3, 4, 9], 'a super admin sees all');

select tests.act_as_owner();
update public.profiles set agent_id = null where id = tests.id_of('ks_member');
select tests.act_as('ks_agent');
select is_empty('select number from seen', 'who no longer looks after a member sees nothing of theirs');
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_staff');
select tests.act_as('ks_staff');
select is_empty('select number from seen', 'who is locked sees nothing');
select tests.act_as_owner();
update public.profiles set is_active = true where id = tests.id_of('ks_staff');
update public.profiles set agent_id = tests.id_of('ks_agent') where id = tests.id_of('ks_member');

-- Finding -----------------------------------------------------------------------------------------

update public.profiles set full_name = 'Arta Gjërqeku' where id = tests.id_of('ks_member');
select tests.act_as('ks_staff');
select results_eq(
  $$ select search_claims('gjerqeku') $$, array[tests.claim(2)],
  'staff find a claim by its member''s name, without accents'
);
select set_eq(
  $$ select search_claims('nine hours') $$, array[tests.claim(2), tests.claim(3)],
  'by what it says, in their tenant only'
);
select is_empty($$ select search_claims('%') $$, 'a wild card is a letter like others');
select is_empty($$ select search_claims('_____') $$, 'so is the other');
select is_empty($$ select search_claims('Not a member') $$, 'drafts are not found');
select tests.act_as('ks_agent');
select results_eq(
  $$ select search_claims('AIR example') $$, array[tests.claim(2)], 'agents find what they see'
);
select tests.act_as('ks_other_member');
select is_empty($$ select search_claims('Air Example') $$, 'members search nothing');
select tests.act_as_role('anon');
select throws_ok($$ select search_claims('Air') $$, '42501', null, 'nor do visitors');

-- The audit log -----------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select action, metadata -> 'fields' from public.audit_log
    where entity_id = tests.claim(1)::text order by seq
  $$,
  $$
    values
      ('claim.created', null::jsonb),
      ('claim.updated', '["amount_cents", "category", "company", "description", "title"]'::jsonb)
  $$,
  'it is written down who began and edited, not what it says'
);
select is_empty(
  $$
    select id from public.audit_log
    where entity_type = 'claim' and metadata::text ~* 'flight|nine hours|air example'
  $$,
  'nothing of what a claim says is in the audit log'
);

select * from finish();
rollback;
