----------------------------------------------------------------------------------------------------
-- Refused deliveries count as unanswered only until one comes through again; buckets are looked for by
-- their own name; and uploads are refused before any other trigger of theirs has worked.
----------------------------------------------------------------------------------------------------

create or replace function private.missing_buckets()
returns text[]
language sql
stable
security definer
set search_path = ''
as $$
  select array(
    select wanted.id
    from unnest('{claim-evidence,payment-proofs,audit-heads}'::text[]) as wanted (id)
    where not exists (select from storage.buckets as bucket where bucket.id = wanted.id)
  )
$$;

create or replace function private.operations_report()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'database', jsonb_build_object(
      'version', current_setting('server_version'),
      'now', clock_timestamp(),
      'started_at', pg_postmaster_start_time(),
      'read_only', current_setting('transaction_read_only') = 'on',
      'in_recovery', pg_is_in_recovery(),
      'bytes', pg_database_size(current_database()),
      'connections', (select count(*) from pg_stat_activity where datname is not null),
      'max_connections', current_setting('max_connections')::integer,
      'longest_transaction_s', (
        select coalesce(extract(epoch from max(now() - xact_start)), 0)::integer
        from pg_stat_activity
        where state <> 'idle' and pid <> pg_backend_pid() and backend_type = 'client backend'
      )
    ),
    'migrations', private.applied_migrations(),
    'open_tables', (
      select coalesce(jsonb_agg(n.nspname || '.' || c.relname order by 1), '[]')
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')
        and not (c.relrowsecurity and c.relforcerowsecurity)
    ),
    'tables', (
      select count(*) from pg_class
      where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
    ),
    'default_tenant', (select id from public.tenants where is_default),
    'default_tenant_active', (select is_active from public.tenants where is_default),
    'webhooks', (
      select jsonb_build_object(
        'waiting', backlog.waiting, 'overdue', backlog.overdue, 'given_up', backlog.given_up,
        'oldest_at', backlog.oldest_at,
        'failed', (
          select count(*) from public.webhook_events
          where signature_valid and processing_result = 'error'
        ),
        'failed_since', (
          select min(received_at) from public.webhook_events
          where signature_valid and processing_result = 'error'
        ),
        'accepted_at', accepted.at,
        'refused', refused.n, 'refused_since_then', refused.unanswered,
        'refused_since', refused.oldest, 'refused_for', refused.reasons
      )
      from private.webhook_backlog() as backlog
      cross join lateral (
        select max(received_at) as at from public.webhook_events
        where signature_valid and event_id is not null
          and received_at > now() - interval '30 days'
      ) as accepted
      -- Refused since one came through for the last time: of those nobody knows yet that all is well.
      cross join lateral (
        select
          count(*) as n,
          count(*) filter (where forged.is_unanswered) as unanswered,
          min(forged.received_at) filter (where forged.is_unanswered) as oldest,
          coalesce(
            jsonb_agg(distinct forged.reason) filter (where forged.is_unanswered), '[]'
          ) as reasons
        from (
          select
            received_at, reason, received_at > coalesce(accepted.at, '-infinity') as is_unanswered
          from public.webhook_events
          where not signature_valid and received_at > now() - interval '1 day'
        ) as forged
      ) as refused
    ),
    'mails', (
      select jsonb_build_object(
        'waiting', backlog.waiting, 'overdue', backlog.overdue, 'failed', backlog.failed,
        'held_until', backlog.held_until,
        'oldest_at', (
          select min(next_attempt_at) from public.engagement_email_sends where status = 'pending'
        )
      )
      from private.mail_backlog() as backlog
    ),
    'schedule', private.scheduled_jobs(),
    'vault', (
      select coalesce(jsonb_agg(name order by name), '[]') from vault.decrypted_secrets
      where name in ('functions_url', 'cron_secret') and decrypted_secret <> ''
    ),
    'jobs', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'job', fresh.job, 'watched', expected.is_watched, 'late', fresh.late,
        'every_s', extract(epoch from expected.every)::integer,
        'last_success_at', fresh.last_success_at,
        'failed_at', failed.started_at, 'error', failed.error
      ) order by fresh.job), '[]')
      from private.cron_freshness() as fresh
      join public.cron_jobs as expected on expected.job = fresh.job
      left join lateral (
        select run.started_at, left(run.error, 200) as error
        from public.cron_runs as run
        where run.job = fresh.job and run.result = 'error'
          and run.started_at > coalesce(fresh.last_success_at, '-infinity')
        order by run.started_at desc
        limit 1
      ) as failed on true
    ),
    'audit', (
      select jsonb_build_object(
        'position', sealing.position,
        'sealed_at', (select max(sealed_at) from public.audit_heads),
        'unsealed', (select count(*) from public.audit_log where seq > sealing.floor_seq),
        'unsealed_since', (select min(created_at) from public.audit_log where seq > sealing.floor_seq),
        'verified_position', sealing.verified_position,
        'verified_at', sealing.verified_at
      )
      from private.audit_sealing as sealing
    ),
    'documents', (
      select jsonb_build_object(
        'looked_at', count(*),
        'without_file', count(*) filter (where object.id is null),
        'since', min(recent.confirmed_at) filter (where object.id is null)
      )
      from (
        select bucket, file_path, confirmed_at from public.claim_documents
        where is_readable
        order by confirmed_at desc
        limit 1000
      ) as recent
      left join storage.objects as object
        on object.bucket_id = recent.bucket and object.name = recent.file_path
    ),
    'slos', (
      select jsonb_agg(jsonb_build_object(
        'slo', figures.slo, 'target', figures.target, 'good', figures.good, 'total', figures.total,
        'success', figures.success, 'burn', figures.burn, 'p95_ms', figures.p95_ms,
        'burn_5m', burn.burn_5m, 'burn_1h', burn.burn_1h, 'burn_6h', burn.burn_6h,
        'burn_3d', burn.burn_3d, 'alert', burn.alert
      ))
      from private.slo_figures() as figures
      join private.slo_burn() as burn on burn.slo = figures.slo
    ),
    'flags', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'key', key, 'tenant_id', tenant_id, 'since', updated_at
      ) order by key, tenant_id), '[]')
      from public.feature_flags where enabled
    )
  )
$$;

do $all$
declare
  name text;
begin
  foreach name in array array['claim_documents', 'payment_proofs'] loop
    execute format('alter trigger a_refuse_uploads on public.%I rename to a__refuse_uploads', name);
  end loop;
end
$all$;
