-- Jobs that are late
--
-- Scheduled jobs that have not succeeded for two of their intervals.
--
-- What to do: RUNBOOK.md, Cron jobs. First: does the last run have an error? No run at all: is the job
-- in cron.job, is it active, does Vault hold functions_url and cron_secret?
select
  freshness.job,
  job.description,
  job.every,
  freshness.last_success_at,
  last_run.started_at as last_started_at,
  coalesce(last_run.error, '') as last_error
from private.cron_freshness() as freshness
join public.cron_jobs as job on job.job = freshness.job
left join lateral (
  select run.started_at, run.error
  from public.cron_runs as run
  where run.job = freshness.job
  order by run.started_at desc
  limit 1
) as last_run on true
where freshness.late
order by freshness.job;
