----------------------------------------------------------------------------------------------------
-- Figures of the overview: each is defined here, once, and in the same words on the page (the texts
-- `figures.<name>.meaning` of the language files). A test counts each of them another way.
--
-- Who asks decides what is counted: a branch manager the own branch, a tenant admin the own country or
-- one of its branches, a super admin any country or all.
----------------------------------------------------------------------------------------------------

-- The people whom figures are about. Members are people with the role member who were not forgotten;
-- a member belongs to the branch in their profile.
create function private.figure_tenants(of_tenant text, of_branch uuid)
returns setof text
language plpgsql
stable
security definer
rows 2
set search_path = ''
as $$
declare
  my_role text := private.my_role();
begin
  if coalesce(my_role, '') not in ('branch_manager', 'tenant_admin', 'super_admin')
    or (of_tenant is null and my_role <> 'super_admin')
    or (of_tenant is not null and of_tenant <> all (array(select private.my_tenant_ids())))
    or (my_role = 'branch_manager' and of_branch is distinct from private.my_branch())
    -- A manager without a branch has no figures.
    or (my_role = 'branch_manager' and of_branch is null)
  then
    raise exception 'these figures are not yours to see' using errcode = 'insufficient_privilege';
  end if;
  return query
  select tenants.id from public.tenants where of_tenant is null or tenants.id = of_tenant;
end
$$;
comment on function private.figure_tenants(text, uuid) is
  'Countries that figures are about, if the signed-in person may see them; refuses others.';

create function private.figures(
  of_tenant text,
  of_branch uuid,
  since timestamptz,
  until timestamptz
)
returns table (figure text, part text, amount bigint)
language sql
stable
security definer
set search_path = ''
as $$
  with tenant as materialized (
    select id from private.figure_tenants(of_tenant, of_branch) as asked (id)
  ), member as materialized (
    select person.id, person.tenant_id
    from public.profiles as person
    where person.tenant_id = any (array(select id from tenant))
      and person.role = 'member' and person.erased_at is null
      and (of_branch is null or person.branch_id = of_branch)
  ), claim as materialized (
    -- Claims that were ever sent; a claim belongs to the branch that it was sent to.
    select claims.*
    from public.claims
    where tenant_id = any (array(select id from tenant)) and is_submitted
      and (of_branch is null or branch_id = of_branch)
  )

  -- members: members now, by what their memberships allow now. `none` had one once, `never` had none.
  select 'members', state, count(*)
  from (
    select
      case
        when not exists (select from public.subscriptions where user_id = member.id) then 'never'
        else private.membership_access_at(member.id, now())
      end as state
    from member
  ) as counted
  group by state

  -- begun: memberships that began in the period, renewals not among them.
  union all
  select 'begun', 'all', count(*)
  from public.subscriptions
  join member on member.id = subscriptions.user_id
  where started_at >= since and started_at < until

  -- received: what members paid in the period, tax included, by currency, in cents.
  -- returned: what went back to them in the period, less what came again, in cents below nought.
  union all
  select
    case when entry.entry_type = 'invoice.posted' then 'received' else 'returned' end,
    entry.currency, sum(entry.amount_cents)::bigint
  from public.billing_ledger_entries as entry
  join public.billing_invoices as invoice on invoice.id = entry.invoice_id
  join public.profiles as payer on payer.id = invoice.user_id
  where entry.tenant_id = any (array(select id from tenant))
    and (of_branch is null or payer.branch_id = of_branch)
    and entry.occurred_at >= since and entry.occurred_at < until
  group by 1, 2

  -- claims: open claims now, by status.
  union all
  select 'claims', status, count(*) from claim where is_open group by status

  -- claim_age: open claims now, by whole days since they were sent.
  union all
  select
    'claim_age',
    case
      when submitted_at > now() - interval '7 days' then 'week'
      when submitted_at > now() - interval '30 days' then 'month'
      when submitted_at > now() - interval '90 days' then 'quarter'
      else 'older'
    end,
    count(*)
  from claim
  where is_open
  group by 2

  -- claims_sent: claims that were sent for the first time in the period.
  union all
  select 'claims_sent', 'all', count(*)
  from claim
  where submitted_at >= since and submitted_at < until

  -- claims_closed: claims that were closed in the period and are closed now, by how they ended.
  union all
  select 'claims_closed', status, count(*)
  from claim
  where closed_at >= since and closed_at < until
  group by status

  -- triage: of the claims sent in the period, those first moved on or answered by staff in time, late
  -- (or not yet and too late), and those that still have time. What its member took back before is in
  -- none of these.
  union all
  select 'triage', outcome, count(*)
  from (
    select
      case
        when triaged_at <= triage_due_at then 'met'
        when triaged_at > triage_due_at then 'missed'
        when not is_open then null
        when triage_due_at < now() then 'missed'
        else 'running'
      end as outcome
    from claim
    where submitted_at >= since and submitted_at < until
  ) as judged
  where outcome is not null
  group by outcome

  -- overdue: open claims now of which something is due and late, by what.
  union all
  select 'overdue', case when triaged_at is null then 'triage' else 'update' end, count(*)
  from claim
  where is_open and queue_at < now()
  group by 2

  -- nps: answers to the survey in the period, by group: 9 and 10, 7 and 8, 0 to 6.
  union all
  select
    'nps',
    case when score >= 9 then 'promoters' when score >= 7 then 'passives' else 'detractors' end,
    count(*)
  from public.nps_survey_responses as answer
  join public.profiles as person on person.id = answer.user_id
  where answer.tenant_id = any (array(select id from tenant))
    and (of_branch is null or person.branch_id = of_branch)
    and answer.created_at >= since and answer.created_at < until
  group by 2

  -- agents: agents now who may sign in.
  union all
  select 'agents', 'all', count(*)
  from public.profiles as person
  where person.tenant_id = any (array(select id from tenant))
    and person.role = 'agent' and person.is_active
    and (of_branch is null or person.branch_id = of_branch)
$$;
comment on function private.figures(text, uuid, timestamptz, timestamptz) is
  'The figures of the overview, of a country or all, of a branch or all, in a period. Each is defined in the text of this function.';

create function private.figures_by_month(
  of_tenant text,
  of_branch uuid,
  until timestamptz,
  zone text
)
returns table (month text, begun bigint, sent bigint, received bigint)
language sql
stable
security definer
set search_path = ''
as $$
  with tenant as materialized (
    select id from private.figure_tenants(of_tenant, of_branch) as asked (id)
  ), span as materialized (
    select
      first_day,
      first_day at time zone zone as begins,
      (first_day + interval '1 month') at time zone zone as ends
    from generate_series(
      date_trunc('month', until at time zone zone) - interval '11 months',
      date_trunc('month', until at time zone zone),
      interval '1 month'
    ) as first (first_day)
  )
  -- As in `figures`, where each is defined.
  select
    to_char(span.first_day, 'YYYY-MM'),
    (
      select count(*)
      from public.subscriptions
      join public.profiles as person on person.id = subscriptions.user_id
      where subscriptions.tenant_id = any (array(select id from tenant))
        and person.role = 'member' and person.erased_at is null
        and (of_branch is null or person.branch_id = of_branch)
        and started_at >= span.begins and started_at < span.ends
    ),
    (
      select count(*)
      from public.claims
      where tenant_id = any (array(select id from tenant)) and is_submitted
        and (of_branch is null or branch_id = of_branch)
        and submitted_at >= span.begins and submitted_at < span.ends
    ),
    (
      select coalesce(sum(entry.amount_cents), 0)::bigint
      from public.billing_ledger_entries as entry
      join public.billing_invoices as invoice on invoice.id = entry.invoice_id
      join public.profiles as payer on payer.id = invoice.user_id
      where entry.tenant_id = any (array(select id from tenant))
        and (of_branch is null or payer.branch_id = of_branch)
        and entry.entry_type = 'invoice.posted'
        and entry.occurred_at >= span.begins and entry.occurred_at < span.ends
    )
  from span
  order by span.first_day
$$;
comment on function private.figures_by_month(text, uuid, timestamptz, text) is
  'Memberships begun, claims sent and money received in each of twelve months of a time zone, the current one last.';

create function private.figures_by_agent(
  of_tenant text,
  of_branch uuid,
  since timestamptz,
  until timestamptz
)
returns table (
  agent_id uuid, agent_name text, branch_name text, members bigint, active bigint, begun bigint,
  open_claims bigint
)
language sql
stable
security definer
set search_path = ''
as $$
  with tenant as materialized (
    select id from private.figure_tenants(of_tenant, of_branch) as asked (id)
  )
  select
    agent.id,
    coalesce(nullif(agent.full_name, ''), agent.email),
    branch.name,
    (
      select count(*) from public.profiles as member
      where member.agent_id = agent.id and member.role = 'member' and member.erased_at is null
    ),
    (
      select count(*) from public.profiles as member
      where member.agent_id = agent.id and member.role = 'member' and member.erased_at is null
        and private.membership_access_at(member.id, now()) in ('active', 'grace')
    ),
    (
      select count(*)
      from public.subscriptions
      join public.profiles as member on member.id = subscriptions.user_id
      where member.agent_id = agent.id and member.role = 'member' and member.erased_at is null
        and started_at >= since and started_at < until
    ),
    (select count(*) from public.claims where claims.agent_id = agent.id and is_open)
  from public.profiles as agent
  left join public.branches as branch on branch.id = agent.branch_id
  where agent.tenant_id = any (array(select id from tenant))
    and agent.role = 'agent' and agent.is_active
    and (of_branch is null or agent.branch_id = of_branch)
  order by 5 desc, 2
  limit 200
$$;
comment on function private.figures_by_agent(text, uuid, timestamptz, timestamptz) is
  'Of each agent the members, those with access, memberships begun in a period, and open claims.';

revoke all on function
  private.figure_tenants(text, uuid), private.figures(text, uuid, timestamptz, timestamptz),
  private.figures_by_month(text, uuid, timestamptz, text),
  private.figures_by_agent(text, uuid, timestamptz, timestamptz)
from public;
grant execute on function
  private.figures(text, uuid, timestamptz, timestamptz),
  private.figures_by_month(text, uuid, timestamptz, text),
  private.figures_by_agent(text, uuid, timestamptz, timestamptz)
to authenticated;
