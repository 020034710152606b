-- Claims past their time
--
-- Open claims that nobody looked at, or about which the member heard nothing, within the times that
-- tenant_service_times promises (working hours only).
--
-- What to do: the oldest first. /staff/claims shows the same order; a branch manager gives what
-- nobody holds to somebody.
select
  claim.tenant_id as country,
  claim.claim_number,
  claim.status,
  claim.queue_at as was_due_at,
  case when claim.triaged_at is null then 'nobody has looked at it' else 'the member waits for news' end
    as what_is_late,
  date_trunc('minute', now() - claim.queue_at) as late_by,
  coalesce(branch.code, '-') as branch,
  coalesce(holder.full_name, 'nobody') as held_by
from public.claims as claim
left join public.branches as branch on branch.id = claim.branch_id
left join public.profiles as holder on holder.id = claim.assigned_to
where claim.is_open and claim.queue_at < now()
order by claim.queue_at;
