-- A word that is in more claims than are looked at: everybody finds the newest of their own.
begin;
set local search_path = public, extensions;

select plan(13);

select tests.populate();
select tests.subscribe('ks_member');
select tests.subscribe('ks_other_member');
select tests.send(1, 'ks_member') is not null as sent;
select tests.send(2, 'ks_member') is not null as sent;
update public.claims set branch_id = tests.branch('KS-A') where id in (tests.claim(1), tests.claim(2));
select tests.act_as('ks_staff');
select move_claim(tests.claim(2), 'evaluation') is not null as moved;
select tests.act_as_owner();

-- Twelve hundred newer ones of somebody else, past the triggers.
set local session_replication_role = replica;
insert into public.claims
  (tenant_id, claim_number, member_id, branch_id, title, company, category, status, submitted_at)
select
  'ks', 'CLM-X-2026-' || 200000 + n, tests.id_of('ks_other_member'), tests.branch('KS-B'),
  'Flight delayed', 'Air Example', 'vehicle', 'submitted', now() + n * interval '1 second'
from generate_series(1, 1200) as n;
insert into private.claim_search (claim_id, tenant_id, submitted_at, words)
select id, tenant_id, submitted_at, private.fold(title || ' ' || company)
from public.claims where claim_number like 'CLM-X-2026-2%';
set local session_replication_role = origin;

select tests.act_as('ks_staff');
select is(
  (select count(*) from search_claims('air example', 5000)), 1000::bigint,
  'a common word ends at a thousand'
);
select results_eq(
  $$ select search_claims('air example', 50, '{"status": "evaluation"}') $$,
  array[tests.claim(2)], 'of one status it finds all the same'
);
select results_eq(
  $$ select search_claims('air example', 50, '{"category": "travel", "assigned_to": null}') $$,
  array[tests.claim(1)], 'of one kind that are nobody''s'
);
select results_eq(
  format(
    $$ select search_claims('air example', 50, '{"is_open": true, "assigned_to": "%s"}') $$,
    tests.id_of('ks_staff')
  ),
  array[tests.claim(2)], 'or one''s own'
);
select set_eq(
  format(
    $$ select search_claims('air example', 50, '{"branch_id": "%s", "member_id": "%s"}') $$,
    tests.branch('KS-A'), tests.id_of('ks_member')
  ),
  array[tests.claim(1), tests.claim(2)], 'of a branch and a member'
);
select is_empty(
  $$ select search_claims('air example', 50, '{"is_open": false}') $$, 'nothing of it is closed'
);
select is_empty($$ select search_claims('air example', -1) $$, 'fewer than none is none');
select throws_ok(
  $$ select search_claims('air', 5, '{"description": "x"}') $$,
  '22023', 'claims are not searched by description', 'by what there is no list of, none is searched'
);
select throws_ok(
  $$ select search_claims('air', 5, '{"status'' or true --": "x"}') $$,
  '22023', null, 'nor by a piece of a statement'
);
select is_empty(
  $$ select search_claims('air', 5, '{"status": "'' or true --"}') $$, 'a value is a value'
);

select tests.act_as('ks_agent');
select set_eq(
  $$ select search_claims('air example') $$, array[tests.claim(1), tests.claim(2)],
  'an agent finds the claims of their members behind a thousand newer ones'
);
select tests.act_as('ks_manager');
select set_eq(
  $$ select search_claims('air example') $$, array[tests.claim(1), tests.claim(2)],
  'a branch manager those of the branch'
);
select tests.act_as('mk_staff');
select is_empty(
  $$ select search_claims('air example', 50, '{"status": "submitted"}') $$, 'staff abroad none'
);

select * from finish();
rollback;
