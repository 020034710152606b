-- Paddle's events that failed
--
-- Events that were correctly signed and could not be applied, and those that wait for longer than ten
-- minutes. Each is tried again by itself for three days; `given_up` waits for a person.
--
-- What to do: read `error`, mend the cause (mostly a member or a plan that does not exist here), then
-- replay it at /admin/webhooks. Replaying is safe: what was applied is not applied twice.
select
  event.tenant_id as country,
  event.event_type,
  event.event_id,
  event.subject_id,
  event.received_at,
  event.attempts,
  event.next_attempt_at,
  event.gave_up_at as given_up,
  coalesce(event.error, 'not tried yet') as error
from public.webhook_events as event
where event.signature_valid
  and (
    event.processing_result = 'error'
    or (event.processing_result is null and event.received_at < now() - interval '10 minutes')
  )
order by event.received_at;
