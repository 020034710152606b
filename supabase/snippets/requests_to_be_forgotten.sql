-- Requests to be forgotten that are late
--
-- Members who asked to be forgotten and whose thirty days are over by more than a day.
--
-- What to do: the job `privacy` carries them out; look why it does not (jobs_that_are_late.sql). A law
-- counts the days: tell the administrator in charge.
select
  request.tenant_id as country,
  profile.member_number,
  request.requested_at,
  request.due_at,
  request.status
from public.privacy_requests as request
left join public.profiles as profile on profile.id = request.user_id
where request.kind = 'deletion'
  and request.completed_at is null and request.cancelled_at is null
  and request.due_at < now() - interval '1 day'
order by request.due_at;
