-- What was tried against claims and does not work: reasons without moves, words put into the member's
-- mouth, claims left with people who are gone, messages that say nothing.
begin;
set local search_path = public, extensions;

select plan(29);

select tests.populate();
select tests.sign_up('ks_staff2', 'ks', 'staff');
select tests.subscribe('ks_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'ks_member') is not null as sent;
select tests.send(3, 'ks_member') is not null as sent;
select tests.draft(4, 'ks_member') is not null as begun;

create function pg_temp.reason_of(number integer)
returns text
language sql
as $$
  select status_reason from public.claims where id = tests.claim(number)
$$;
create function pg_temp.assignee_of(number integer)
returns uuid
language sql
as $$
  select assigned_to from public.claims where id = tests.claim(number)
$$;
grant execute on function pg_temp.reason_of(integer), pg_temp.assignee_of(integer) to public;

-- Reasons -----------------------------------------------------------------------------------------

select tests.act_as('ks_staff');
select lives_ok(
  $$ select move_claim(tests.claim(1), 'evaluation', 'The insurer answered no.') $$,
  'staff move a claim and say why'
);
select throws_ok(
  $$ update public.claims set status_reason = 'Paid in full.' where id = tests.claim(1) $$,
  '42501', 'a reason comes with a move', 'what was said stands'
);
select tests.act_as('ks_admin');
select throws_ok(
  $$ update public.claims set status_reason = null where id = tests.claim(1) $$,
  '42501', 'a reason comes with a move', 'for administrators too'
);
select tests.act_as('ks_member');
select throws_ok(
  $$ update public.claims set status_reason = 'We owe you 9,000 EUR.' where id = tests.claim(1) $$,
  '42501', 'a reason comes with a move', 'a member writes no reason of ours'
);
select throws_ok(
  $$ update public.claims set status_reason = 'We owe you 9,000 EUR.' where id = tests.claim(4) $$,
  '42501', 'a reason comes with a move', 'nor into a draft'
);
select lives_ok(
  $$ update public.claims set title = 'Flight cancelled', status_reason = null
     where id = tests.claim(4) $$,
  'a statement that names the reason and leaves it is none'
);
select is(pg_temp.reason_of(1), 'The insurer answered no.', 'it says what it said');

select tests.act_as('ks_staff');
select lives_ok(
  $$ select move_claim(tests.claim(1), 'rejected', 'The insurer answered no.') $$,
  'the words of the last move are a reason for the next'
);
select is(pg_temp.reason_of(1), 'The insurer answered no.', 'which the member reads');
select results_eq(
  $$ select to_status, note from public.claim_stage_history
     where claim_id = tests.claim(1) and is_public and from_status <> 'draft' order by created_at $$,
  $$ values
     ('evaluation', 'The insurer answered no.'), ('rejected', 'The insurer answered no.') $$,
  'and finds in the history'
);
select lives_ok(
  $$ update public.claims set status = 'evaluation' where id = tests.claim(1) $$, 'opened again'
);
select is(pg_temp.reason_of(1), null, 'without a reason there is none');
select throws_ok(
  $$ update public.claims set status = 'rejected' where id = tests.claim(1) $$,
  '23514', 'a move to rejected needs a reason', 'a rejection without one is refused as before'
);

select throws_ok(
  $$ select move_claim(tests.claim(2), 'rejected', ' Cancelled by member ') $$,
  '23514', 'only the member cancels', 'staff do not say that the member cancelled'
);
select tests.act_as('ks_member');
select lives_ok($$ select cancel_claim(tests.claim(2)) $$, 'the member does');
select is(pg_temp.reason_of(2), 'cancelled by member', 'and that is what it says');
select tests.act_as_owner();
select lives_ok(
  $$ update public.claims set status_reason = 'The insurer said no.' where id = tests.claim(2) $$,
  'in the SQL editor a slip is corrected'
);

-- People who are gone -----------------------------------------------------------------------------

update public.claims set assigned_to = tests.id_of('ks_staff2')
where id in (tests.claim(1), tests.claim(2), tests.claim(3));
update public.profiles set full_name = 'Agim R.' where id = tests.id_of('ks_staff2');
select is(pg_temp.assignee_of(3), tests.id_of('ks_staff2'), 'whoever is renamed keeps their claims');
update public.profiles set is_active = false where id = tests.id_of('ks_staff2');
select is(pg_temp.assignee_of(3), null, 'whoever is switched off gives them back');
select is(pg_temp.assignee_of(2), tests.id_of('ks_staff2'), 'those that are closed stay told of them');
select is(
  (
    select count(*) from public.claim_stage_history
    where claim_id = tests.claim(3) and is_assignment and assigned_to is null
      and assigned_from = tests.id_of('ks_staff2') and not is_public
  ),
  1::bigint, 'the history tells it to staff'
);
select throws_ok(
  $$ update public.claims set assigned_to = tests.id_of('ks_staff2') where id = tests.claim(3) $$,
  '23514', 'a claim is assigned to active staff of its tenant', 'nobody gives them another'
);
select tests.act_as('ks_admin');
select lives_ok(
  $$ select move_claim(tests.claim(2), 'evaluation') $$, 'one of theirs is opened again'
);
select is(pg_temp.assignee_of(2), null, 'and is nobody''s');

select tests.act_as_owner();
update public.claims set assigned_to = tests.id_of('ks_staff')
where id in (tests.claim(2), tests.claim(3));
update public.profiles set role = 'member' where id = tests.id_of('ks_staff');
select is(
  (select count(*) from public.claims where assigned_to = tests.id_of('ks_staff') and is_open),
  0::bigint, 'nor does anybody keep claims who is no staff any more'
);

-- Messages ----------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok(
  format(
    $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), %L) $$,
    U&'\200B\00A0 \FEFF'
  ),
  '23514', 'a message says something', 'what nobody sees is no message'
);
select lives_ok(
  format(
    $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), %L) $$,
    U&'\200B?'
  ),
  'one letter is one'
);
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), '👍🏽') $$,
  'so is a picture'
);
select lives_ok(
  $$ insert into public.claim_messages (claim_id, body) values (tests.claim(3), 'Ѐ') $$,
  'in any script'
);

select * from finish();
rollback;
