----------------------------------------------------------------------------------------------------
-- Schedule of the sealing and of the forgetting.
----------------------------------------------------------------------------------------------------

insert into public.cron_jobs (job, every, description)
values
  ('audit', '10 minutes', 'Seals the audit log, copies the chain''s head out of the database, and compares log and chain.'),
  ('privacy', '1 hour', 'Forgets people who asked for it 30 days ago, and closes downloads that are over.');

do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule('audit', '4-59/10 * * * *', $job$select private.call_cron('audit')$job$);
  perform cron.schedule('privacy', '25 * * * *', $job$select private.call_cron('privacy')$job$);
end
$$;
