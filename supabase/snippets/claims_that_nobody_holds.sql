-- Claims that nobody holds
--
-- Open claims that were sent more than a working day ago and are given to nobody, or to somebody who
-- is locked or has another role by now.
--
-- What to do: give them to somebody at /staff/claims.
select
  claim.tenant_id as country,
  claim.claim_number,
  claim.status,
  claim.submitted_at,
  coalesce(branch.code, '-') as branch,
  case
    when claim.assigned_to is null then 'given to nobody'
    when holder.is_active then 'given to ' || holder.full_name || ', who is ' || holder.role
    else 'given to ' || holder.full_name || ', who is locked'
  end as why
from public.claims as claim
left join public.branches as branch on branch.id = claim.branch_id
left join public.profiles as holder on holder.id = claim.assigned_to
where claim.is_open
  and (
    (claim.assigned_to is null and claim.submitted_at < now() - interval '24 hours')
    or not holder.is_active
    or holder.role not in ('staff', 'branch_manager', 'tenant_admin')
  )
order by claim.submitted_at;
