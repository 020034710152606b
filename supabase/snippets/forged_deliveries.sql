-- Deliveries with a wrong signature
--
-- More than ten deliveries in an hour that were not signed with our secret, in the last three days.
--
-- A few are somebody who tries. As many as Paddle sends events: the secret in Paddle and
-- PADDLE_WEBHOOK_SECRET_KEY are not the same one (RUNBOOK.md, Webhooks).
select
  date_trunc('hour', event.received_at) as hour,
  count(*) as deliveries,
  max(event.error) as what_was_wrong
from public.webhook_events as event
where not event.signature_valid and event.received_at > now() - interval '3 days'
group by 1
having count(*) > 10
order by 1;
