-- Lists of claims are read from an index, with every policy in place, the first page and the last
-- alike: no plan sorts, none reads the table through.
begin;
set local search_path = public, extensions;

select plan(14);

select tests.populate();

-- Twenty thousand claims that nobody sent, past the triggers.
set local session_replication_role = replica;
insert into public.claims
  (tenant_id, claim_number, member_id, agent_id, branch_id, assigned_to, assigned_at, title, company,
   category, status, submitted_at, closed_at, triage_due_at, triaged_at, update_due_at, created_at)
select
  case when n % 5 = 0 then 'mk' else 'ks' end, 'CLM-X-2026-' || 100000 + n,
  tests.id_of(case when n % 50 = 0 then 'ks_member' else 'ks_other_member' end), null,
  tests.branch(case when n % 4 = 0 then 'KS-A' else 'KS-B' end),
  case when n % 3 = 0 then tests.id_of('ks_staff') end, case when n % 3 = 0 then now() end,
  'Claim ' || n, 'Company ' || n % 100, (array['vehicle', 'property', 'injury'])[1 + n % 3], status,
  now(), case when status in ('resolved', 'rejected') then now() end,
  now() + n * interval '1 minute', case when n % 2 = 0 then now() end,
  case when n % 4 = 0 then now() + n * interval '2 minutes' end, now() - n * interval '1 minute'
from (
  select
    n,
    (array['submitted', 'verification', 'evaluation', 'court', 'resolved', 'rejected'])[1 + n % 6]
      as status
  from generate_series(1, 20000) as n
) as numbered;
insert into private.claim_search (claim_id, tenant_id, submitted_at, words)
select id, tenant_id, submitted_at, private.fold(title || ' ' || company || ' ' || id) from public.claims;
set local session_replication_role = origin;
analyze public.claims;
analyze private.claim_search;

-- The scans and sorts of a plan that touch claims.
create function pg_temp.plan_of(query text)
returns text
language plpgsql
as $$
declare
  line text;
  found text[] := '{}';
begin
  for line in execute 'explain (costs off) ' || query loop
    if line ~ 'Sort|Scan.*\mclaims\M|Bitmap Index Scan' then
      found := found || trim(regexp_replace(line, '^[ >-]+', ''));
    end if;
  end loop;
  return array_to_string(found, '; ');
end
$$;
grant execute on function pg_temp.plan_of(text) to public;

create function pg_temp.page_of(filter text)
returns text
language sql
as $$
  select pg_temp.plan_of(format(
    'select id, claim_number, due_in from public.claim_queue where %s order by queue_at, id limit 50',
    filter
  ))
$$;
grant execute on function pg_temp.page_of(text) to public;

select tests.act_as('ks_staff');
select is(
  pg_temp.page_of($$ tenant_id = 'ks' $$), 'Index Scan using claims_queue_idx on claims claim',
  'the queue'
);
select is(
  pg_temp.page_of(
    $$ tenant_id = 'ks' and (queue_at, id) > (now() + interval '9 days', tests.claim(1)) $$
  ),
  'Index Scan using claims_queue_idx on claims claim', 'a page far down'
);
select is(
  pg_temp.page_of($$ tenant_id = 'ks' and assigned_to is null $$),
  'Index Scan using claims_queue_unassigned_idx on claims claim', 'what is nobody''s'
);
select is(
  pg_temp.page_of(format($$ assigned_to = %L $$, tests.id_of('ks_staff'))),
  'Index Scan using claims_queue_assignee_idx on claims claim', 'what is mine'
);
select is(
  pg_temp.page_of($$ tenant_id = 'ks' and status = 'court' $$),
  'Index Scan using claims_queue_status_idx on claims claim', 'of one status'
);
select is(
  pg_temp.page_of($$ tenant_id = 'ks' and category = 'injury' $$),
  'Index Scan using claims_queue_category_idx on claims claim', 'of one category'
);
select is(
  pg_temp.plan_of(
    $$ select id from public.claims where tenant_id = 'ks' order by created_at desc, id desc limit 50 $$
  ),
  'Index Scan Backward using claims_tenant_idx on claims', 'all claims, the newest first'
);
select is(
  pg_temp.plan_of(
    $$
      select id from public.claims
      where tenant_id = 'ks' and status = 'resolved' and (created_at, id) < (now(), tests.claim(1))
      order by created_at desc, id desc limit 50
    $$
  ),
  'Index Scan Backward using claims_status_idx on claims', 'of one status'
);
select matches(
  pg_temp.plan_of(
    $$ select id from public.claims where id = any (array(select public.search_claims('4711'))) $$
  ),
  'Index Scan.* claims_(pkey|id_tenant_id_key)', 'what was searched for'
);
select is((select count(*) from search_claims('claim 4711')), 1::bigint, 'and it is found');
select is((select count(*) from search_claims('claim')), 500::bigint, 'a common word ends at 500');

select tests.act_as('ks_manager');
select is(
  pg_temp.page_of(format($$ branch_id = %L $$, tests.branch('KS-A'))),
  'Index Scan using claims_queue_branch_idx on claims claim', 'a branch''s queue'
);
select tests.act_as('ks_member');
select is(
  pg_temp.plan_of(format(
    $$
      select id from public.claims where member_id = %L and tenant_id = 'ks'
      order by created_at desc, id desc limit 20
    $$,
    tests.id_of('ks_member')
  )),
  'Index Scan Backward using claims_member_idx on claims', 'a member''s claims'
);
select tests.act_as_owner();
select is(
  pg_temp.plan_of(
    $$
      select id from public.claims
      where tenant_id = 'ks' and is_open and sla_told <> 'breached' and queue_at <= now()
      order by queue_at limit 1000 for update skip locked
    $$
  ),
  'Index Scan using claims_sla_idx on claims', 'what the job looks for'
);

select * from finish();
rollback;
