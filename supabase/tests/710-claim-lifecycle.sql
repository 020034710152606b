-- The life of a claim: sent once, moved along the graph and no other way, by those who may; everything
-- written down.
begin;
set local search_path = public, extensions;

select plan(77);

select tests.populate();
select tests.sign_up('ks_lapsed', 'ks');
select tests.sign_up('ks_grace', 'ks');
select tests.sign_up('ks_staff2', 'ks', 'staff');
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.subscribe('mk_member');
select tests.subscribe(
  'ks_lapsed', 'past_due',
  jsonb_build_object('past_due_at', now() - interval '20 days', 'grace_period_ends_at', now() - interval '6 days')
);
select tests.subscribe(
  'ks_grace', 'past_due',
  jsonb_build_object('past_due_at', now() - interval '2 days', 'grace_period_ends_at', now() + interval '12 days')
);

-- Brings a claim to a status by the owner's hand, along the graph.
create function pg_temp.bring(number integer, path text[])
returns void
language plpgsql
as $$
declare
  next_status text;
begin
  foreach next_status in array path loop
    update public.claims
    set status = next_status, status_reason = case next_status when 'rejected' then 'Too late.' end
    where id = tests.claim(number);
  end loop;
end
$$;

-- The graph ---------------------------------------------------------------------------------------

select results_eq(
  $$
    select from_status || ' > ' || string_agg(to_status, ' ' order by to_status collate "C")
    from public.claim_status_transitions group by from_status order by from_status collate "C"
  $$,
  $$
    values
      ('court > negotiation rejected resolved'),
      ('draft > rejected submitted'),
      ('evaluation > negotiation rejected resolved verification'),
      ('negotiation > court evaluation rejected resolved'),
      ('rejected > evaluation submitted'),
      ('resolved > evaluation negotiation'),
      ('submitted > evaluation rejected verification'),
      ('verification > evaluation rejected submitted')
  $$,
  'the moves that there are'
);
select results_eq(
  $$ select distinct to_status from public.claim_status_transitions where needs_reason $$,
  array['rejected'], 'rejecting needs a reason'
);
select tests.act_as('ks_admin');
select throws_ok(
  $$ insert into public.claim_status_transitions values ('draft', 'resolved') $$, '42501', null,
  'nobody adds a move'
);
select throws_ok(
  $$ update public.claim_status_transitions set needs_reason = false where true $$, '42501', null,
  'nor eases one'
);

-- Sending -----------------------------------------------------------------------------------------

select tests.act_as_owner();
select tests.draft(1, 'ks_member') is not null as begun;
select tests.draft(2, 'ks_lapsed') is not null as begun;
select tests.draft(3, 'ks_grace') is not null as begun;
select tests.draft(4, 'mk_member') is not null as begun;
insert into public.claims (id, tenant_id, member_id, title)
values (tests.claim(5), 'ks', tests.id_of('ks_member'), 'Fl');

select tests.act_as('ks_member');
select throws_ok(
  $$ select submit_claim(tests.claim(5)) $$,
  '23514', 'claim is incomplete: title, company, description, category',
  'a draft says enough before it is sent'
);
select results_eq(
  $$ select status, claim_number ~ format('^CLM-KS-%s-[0-9]{6}$', extract(year from now() at time zone 'UTC')), submitted_at = now() from submit_claim(tests.claim(1)) $$,
  $$ values ('submitted', true, true) $$, 'a member sends a draft and gets a number'
);
select results_eq(
  $$ select (submit_claim(tests.claim(1))).claim_number $$,
  $$ select claim_number from public.claims where id = tests.claim(1) $$,
  'sent twice it is the same claim with the same number'
);
select tests.act_as_owner();
select is(
  (select last_number from private.claim_counters where tenant_id = 'ks'), 1,
  'and one number was taken'
);
select results_eq(
  $$ select agent_id, branch_id from public.claims where id = tests.claim(1) $$,
  $$ values (tests.id_of('ks_agent'), tests.branch('KS-A')) $$,
  'agent and branch are the member''s'
);
select tests.act_as('ks_lapsed');
select throws_ok(
  $$ select submit_claim(tests.claim(2)) $$,
  '42501', 'sending a claim needs an active membership', 'whose membership is over sends nothing'
);
select throws_ok(
  $$ update public.claims set status = 'submitted' where id = tests.claim(2) $$,
  '42501', 'sending a claim needs an active membership', 'by no way'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claims set status = 'submitted' where id = tests.claim(2) $$,
  '42501', 'sending a claim needs an active membership', 'not even by the owner''s hand'
);
select is(
  (select status from public.claims where id = tests.claim(2)), 'draft', 'it stays a draft'
);
select tests.act_as('ks_grace');
select is((submit_claim(tests.claim(3))).status, 'submitted', 'in the grace period it is sent');
select tests.act_as('mk_member');
select matches(
  (submit_claim(tests.claim(4))).claim_number, '^CLM-MK-[0-9]{4}-000001$',
  'each country counts for itself'
);
select throws_ok(
  $$ select submit_claim(tests.claim(1)) $$, 'PT404', 'claim not found', 'nobody sends another''s'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ select submit_claim(tests.claim(5)) $$, 'PT404', 'claim not found', 'nor do staff'
);
select throws_ok(
  $$ update public.claims set status = 'submitted' where id = tests.claim(5) $$,
  '42501', 'only the member sends or cancels a draft', 'by no way'
);
select throws_ok(
  $$ update public.claims set claim_number = 'CLM-KS-2020-000001' where id = tests.claim(1) $$,
  '42501', null, 'a number is given by nobody'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claims set claim_number = 'CLM-KS-2020-000001' where id = tests.claim(1) $$,
  '23001', 'claim_number never changes', 'and changed by nobody'
);

-- Moving ------------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select results_eq(
  $$
    select status, status_reason, assigned_to
    from move_claim(tests.claim(1), 'verification', null, 'Looks sound.', 'submitted')
  $$,
  $$ values ('verification', null::text, tests.id_of('ks_staff')) $$,
  'staff move a claim on; the first who does has it'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'evaluation', null, null, 'submitted') $$,
  '55000', 'claim has moved on to verification', 'a page that is out of date moves nothing'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'court') $$,
  '23514', 'a claim does not move from verification to court', 'no step is skipped'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'verification') $$,
  '23514', 'a claim does not move from verification to verification', 'nor taken twice'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'lost') $$,
  '23514', 'a claim does not move from verification to lost', 'nor is there any other'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'rejected') $$,
  '23514', 'a move to rejected needs a reason', 'rejecting needs a reason'
);
select throws_ok(
  $$ select move_claim(tests.claim(1), 'rejected', '   ') $$,
  '23514', 'a move to rejected needs a reason', 'that says something'
);
select throws_ok(
  $$ update public.claims set status = 'rejected' where id = tests.claim(1) $$,
  '23514', 'a move to rejected needs a reason', 'by every way'
);
select results_eq(
  $$ select status, status_reason from move_claim(tests.claim(1), 'rejected', 'Nobody was at fault.') $$,
  $$ values ('rejected', 'Nobody was at fault.') $$, 'with one it is rejected'
);
select is(
  (select status_reason from move_claim(tests.claim(1), 'evaluation')), null,
  'reopened, the reason is gone'
);
select throws_ok(
  $$ update public.claims set status = 'rejected' where id = tests.claim(1) $$,
  '23514', 'a move to rejected needs a reason', 'and does not serve again'
);
select tests.act_as('ks_staff2');
select lives_ok(
  $$ update public.claims set status = 'negotiation' where id = tests.claim(1) $$,
  'staff may move it through the Data API as well'
);
select throws_ok(
  $$ update public.claims set status = 'submitted' where id = tests.claim(1) $$,
  '23514', 'a claim does not move from negotiation to submitted', 'along the same graph'
);
select tests.act_as('ks_admin');
select is(
  (select status from move_claim(tests.claim(1), 'court')), 'court', 'a tenant admin moves claims'
);
select is(
  (select assigned_to from public.claims where id = tests.claim(1)), tests.id_of('ks_staff'),
  'it stays with whom it is'
);
select tests.act_as('super');
select is(
  (select status from move_claim(tests.claim(4), 'evaluation')), 'evaluation',
  'a super admin moves claims of every tenant'
);
select is(
  (select assigned_to from public.claims where id = tests.claim(4)), null, 'and has none of them'
);

select tests.act_as('ks_agent');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$, 'PT404', 'claim not found',
  'an agent moves nothing'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$, 'PT404', 'claim not found',
  'nor does a branch manager'
);
select tests.act_as('mk_staff');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$, 'PT404', 'claim not found',
  'nor do staff of another tenant'
);
select tests.act_as('ks_member');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$,
  '42501', 'members send and cancel their claims, staff move them', 'nor does the member'
);
select throws_ok(
  $$ update public.claims set status = 'resolved' where id = tests.claim(1) $$,
  '42501', 'members send and cancel their claims, staff move them', 'by no way'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$, '42501', null, 'nor does a visitor'
);
select tests.act_as_role('service_cron');
select throws_ok(
  $$ update public.claims set status = 'resolved' where true $$, '42501', null, 'nor do jobs'
);
select tests.act_as_owner();
select is(
  (select status from public.claims where id = tests.claim(1)), 'court', 'it is where it was'
);

-- Every pair that is not in the graph is refused in the SQL editor too ------------------------------

select tests.send(20, 'ks_member') is not null as sent;
select tests.send(21, 'ks_member') is not null as sent;
select pg_temp.bring(21, '{verification}');
select tests.send(22, 'ks_member') is not null as sent;
select pg_temp.bring(22, '{evaluation}');
select tests.send(23, 'ks_member') is not null as sent;
select pg_temp.bring(23, '{evaluation,negotiation}');
select tests.send(24, 'ks_member') is not null as sent;
select pg_temp.bring(24, '{evaluation,negotiation,court}');
select tests.send(25, 'ks_member') is not null as sent;
select pg_temp.bring(25, '{evaluation,resolved}');
select tests.send(26, 'ks_member') is not null as sent;
select pg_temp.bring(26, '{rejected}');
select tests.draft(27, 'ks_member') is not null as begun;

create function pg_temp.allowed_moves()
returns setof text
language plpgsql
as $$
declare
  claim record;
  target text;
begin
  for claim in
    select id, status from public.claims
    where id between tests.claim(20) and tests.claim(27) order by id
  loop
    foreach target in array
      '{draft,submitted,verification,evaluation,negotiation,court,resolved,rejected}'::text[]
    loop
      continue when target = claim.status;
      begin
        update public.claims set status = target, status_reason = 'Because.' where id = claim.id;
        raise exception 'undo' using errcode = 'P9999';
      exception
        when sqlstate 'P9999' then return next claim.status || ' > ' || target;
        when check_violation then null;
      end;
    end loop;
  end loop;
end
$$;
select set_eq(
  'select pg_temp.allowed_moves()',
  $$ select from_status || ' > ' || to_status from public.claim_status_transitions $$,
  'of all 56 pairs exactly the 23 of the graph can be moved along'
);

-- Cancelling --------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select results_eq(
  $$ select status, status_reason from cancel_claim(tests.claim(24)) $$,
  $$ values ('rejected', 'cancelled by member') $$, 'a member cancels an own open claim'
);
select is(
  (select status from cancel_claim(tests.claim(24))), 'rejected', 'cancelled twice is cancelled'
);
select is((select status from cancel_claim(tests.claim(27))), 'rejected', 'a draft too');
select throws_ok(
  $$ select cancel_claim(tests.claim(25)) $$,
  '23514', 'a claim does not move from resolved to rejected', 'not what is resolved'
);
select throws_ok(
  $$ select submit_claim(tests.claim(27)) $$,
  '23514', 'a claim does not move from rejected to submitted', 'what was cancelled is not sent'
);
select throws_ok(
  $$ update public.claims set status = 'submitted' where id = tests.claim(24) $$,
  '42501', 'members send and cancel their claims, staff move them', 'nor reopened by its member'
);
select tests.act_as('ks_other_member');
select throws_ok(
  $$ select cancel_claim(tests.claim(20)) $$, 'PT404', 'claim not found', 'nobody cancels another''s'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select cancel_claim(tests.claim(20)) $$, 'PT404', 'claim not found', 'nor does the agent'
);
select tests.act_as('ks_staff');
select is(
  (select status from move_claim(tests.claim(24), 'submitted')), 'submitted',
  'staff reopen what a member cancelled'
);
select throws_ok(
  $$ select move_claim(tests.claim(27), 'submitted') $$,
  '23514', 'a claim does not move from rejected to submitted', 'not a draft that was never sent'
);
select is((select status from move_claim(tests.claim(25), 'negotiation')), 'negotiation', 'staff reopen what was resolved');
select is(
  (select closed_at from public.claims where id = tests.claim(25)), null, 'it is open again'
);

-- History -----------------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select from_status, to_status, is_public, is_assignment, note, changed_by_role
    from public.claim_stage_history where claim_id = tests.claim(1) order by created_at
  $$,
  $$
    values
      ('draft', 'submitted', true, false, null::text, 'member'),
      ('submitted', 'verification', true, false, null, 'staff'),
      ('submitted', 'verification', false, false, 'Looks sound.', 'staff'),
      ('verification', 'verification', false, true, null, 'staff'),
      ('verification', 'rejected', true, false, 'Nobody was at fault.', 'staff'),
      ('rejected', 'evaluation', true, false, null, 'staff'),
      ('evaluation', 'negotiation', true, false, null, 'staff'),
      ('negotiation', 'court', true, false, null, 'tenant_admin')
  $$,
  'every move is written down, with who made it as what'
);
select tests.act_as('ks_member');
select results_eq(
  $$
    select to_status, note from public.claim_stage_history
    where claim_id = tests.claim(1) order by created_at
  $$,
  $$
    values
      ('submitted', null::text), ('verification', null), ('rejected', 'Nobody was at fault.'),
      ('evaluation', null), ('negotiation', null), ('court', null)
  $$,
  'its member reads the moves and no internal note'
);
select is_empty(
  $$ select id from public.claim_stage_history where not is_public $$, 'of no claim'
);
select tests.act_as('ks_agent');
select is(
  (select count(*) from public.claim_stage_history where claim_id = tests.claim(1)), 6::bigint,
  'so does the member''s agent'
);
select tests.act_as('ks_manager');
select is(
  (select count(*) from public.claim_stage_history where claim_id = tests.claim(1)), 6::bigint,
  'and the branch manager'
);
select is_empty($$ select id from public.claim_stage_history where not is_public $$, 'without notes');
select tests.act_as('ks_staff2');
select is(
  (select count(*) from public.claim_stage_history where claim_id = tests.claim(1)), 8::bigint,
  'staff read all of it'
);
select tests.act_as('ks_other_member');
select is_empty('select id from public.claim_stage_history', 'another member reads none');
select tests.act_as('mk_staff');
select is_empty(
  $$ select id from public.claim_stage_history where tenant_id = 'ks' $$, 'nor do staff abroad'
);
select tests.act_as('ks_staff');
select throws_ok(
  $$ delete from public.claim_stage_history where true $$, '42501', null, 'nobody takes history away'
);
select throws_ok(
  $$ update public.claim_stage_history set note = 'Nothing' where true $$, '42501', null,
  'nor writes it anew'
);
select throws_ok(
  $$
    insert into public.claim_stage_history (tenant_id, claim_id, member_id, from_status, to_status, changed_by_role)
    values ('ks', tests.claim(1), tests.id_of('ks_member'), 'court', 'resolved', 'staff')
  $$,
  '42501', null, 'nor invents some'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claim_stage_history set note = 'Nothing' where true $$,
  'claim_stage_history is append-only', 'nor the owner by mistake'
);
select tests.act_as_role('anon');
select throws_ok('select id from public.claim_stage_history', '42501', null, 'a visitor sees none');

-- The audit log -------------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select action, actor_id, metadata ->> 'before', metadata ->> 'after'
    from public.audit_log
    where entity_type = 'claim' and entity_id = tests.claim(1)::text
      and action not in ('claim.created', 'claim.assigned')
    order by seq
  $$,
  $$
    values
      ('claim.submitted', tests.id_of('ks_member'), 'draft', 'submitted'),
      ('claim.status_changed', tests.id_of('ks_staff'), 'submitted', 'verification'),
      ('claim.status_changed', tests.id_of('ks_staff'), 'verification', 'rejected'),
      ('claim.status_changed', tests.id_of('ks_staff'), 'rejected', 'evaluation'),
      ('claim.status_changed', tests.id_of('ks_staff2'), 'evaluation', 'negotiation'),
      ('claim.status_changed', tests.id_of('ks_admin'), 'negotiation', 'court')
  $$,
  'every move is audited with who made it'
);
select is(
  (select count(*) from public.audit_log where action = 'claim.cancelled'), 2::bigint,
  'and what members cancelled'
);

-- Who works for us and was a member ------------------------------------------------------------------

update public.profiles set role = 'staff' where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select throws_ok(
  $$ select move_claim(tests.claim(1), 'resolved') $$,
  '42501', 'members send and cancel their claims, staff move them', 'nobody decides on an own claim'
);
select is_empty(
  $$ select id from public.claim_stage_history where claim_id = tests.claim(1) and not is_public $$,
  'nor reads the notes about it'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.claims set assigned_to = member_id where id = tests.claim(1) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'nor is given it'
);

select * from finish();
rollback;
