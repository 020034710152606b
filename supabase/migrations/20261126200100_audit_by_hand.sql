----------------------------------------------------------------------------------------------------
-- What is done by hand, in Studio or in an SQL shell, is on the audit log too. Where another trigger
-- tells of a change already, it is not told twice.
----------------------------------------------------------------------------------------------------

create function private.acting_role()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    private.my_role(),
    nullif(
      case
        -- Studio's own login may have taken another role.
        when current_setting('role', true) not in ('none', 'postgres', 'supabase_admin')
        then current_setting('role', true)
      end,
      ''
    ),
    case
      when current_setting('application_name', true) ~* '(dashboard|studio|postgres-meta)'
        or current_query() ~ 'source: dashboard'
      then 'studio'
      when exists (
        select from pg_stat_activity
        where pid = pg_backend_pid()
          and (application_name like 'pg\_cron%' or backend_type like 'pg\_cron%')
      ) then 'pg_cron'
    end,
    session_user
  )
$$;
comment on function private.acting_role() is
  'As what somebody acts: the role of the signed-in person, else the service role at work, else studio or pg_cron, else the login of the database.';

create or replace function private.record_audit(
  audit_tenant text,
  audit_action text,
  audit_entity_type text,
  audit_entity_id text,
  audit_metadata jsonb
)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.audit_log
    (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
  values (
    audit_tenant,
    (select auth.uid()),
    private.acting_role(),
    audit_action,
    audit_entity_type,
    audit_entity_id,
    coalesce(audit_metadata, '{}'::jsonb)
  )
$$;

----------------------------------------------------------------------------------------------------
-- The trigger. Values are told only of columns that hold no words of people: the log is kept for good,
-- and what it said could not be taken out of it when somebody asks to be forgotten.
----------------------------------------------------------------------------------------------------

create function private.plain_values(row_now jsonb, relation oid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(field.key, field.value), '{}')
  from jsonb_each(row_now) as field
  join pg_attribute as a on a.attrelid = relation and a.attname = field.key
  where a.atttypid in (
      'boolean'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype,
      'uuid'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'interval'::regtype,
      'character'::regtype
    )
    or a.attname in (
      'tenant_id', 'role', 'status', 'tier', 'type', 'kind', 'category', 'locale', 'code', 'provider',
      'processing_result', 'template_key', 'job', 'from_status', 'to_status', 'granter_role',
      'target_role', 'version'
    )
$$;
comment on function private.plain_values(jsonb, oid) is
  'Of a row the values that are ids, numbers, times or codes, and no words of people.';

create function private.audit_by_hand()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Columns whose change another trigger tells of, and those that follow from such a change.
  told text[] := coalesce(tg_argv[0], '{}');
  following text[] := coalesce(tg_argv[1], '{}');
  was jsonb;
  is_now jsonb;
  changed text[];
  whole jsonb;
  key text;
begin
  if tg_op = 'TRUNCATE' then
    perform private.record_audit(
      null, 'row.truncated', tg_table_name, null, jsonb_build_object('database_role', session_user)
    );
    return null;
  end if;
  if tg_op <> 'INSERT' then
    was := to_jsonb(old);
  end if;
  if tg_op <> 'DELETE' then
    is_now := to_jsonb(new);
  end if;
  whole := coalesce(is_now, was);
  if tg_op = 'UPDATE' then
    select array_agg(field.key order by field.key) into changed
    from jsonb_each(is_now) as field
    where was -> field.key is distinct from field.value and field.key <> 'updated_at';
    if changed && told then
      select array_agg(name order by name) into changed
      from unnest(changed) as name where name <> all (told || following);
    end if;
    if coalesce(cardinality(changed), 0) = 0 then
      return null;
    end if;
    was := private.plain_values(
      (select jsonb_object_agg(name, was -> name) from unnest(changed) as name), tg_relid
    );
    is_now := private.plain_values(
      (select jsonb_object_agg(name, is_now -> name) from unnest(changed) as name), tg_relid
    );
  else
    was := private.plain_values(was, tg_relid);
    is_now := private.plain_values(is_now, tg_relid);
  end if;
  select string_agg(whole ->> a.attname, ':' order by array_position(i.indkey::smallint[], a.attnum))
  into key
  from pg_index as i
  join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = tg_relid and i.indisprimary;
  perform private.record_audit(
    case tg_table_name when 'tenants' then whole ->> 'id' else whole ->> 'tenant_id' end,
    case tg_op
      when 'INSERT' then 'row.inserted'
      when 'UPDATE' then 'row.updated'
      else 'row.deleted'
    end,
    tg_table_name, left(key, 200),
    jsonb_strip_nulls(
      jsonb_build_object(
        'database_role', session_user,
        'changed', to_jsonb(changed),
        'before', case when tg_op <> 'INSERT' then was end,
        'after', case when tg_op <> 'DELETE' then is_now end
      )
    )
  );
  return null;
end
$$;
comment on function private.audit_by_hand() is
  'Writes to the audit log what was changed by hand in Studio or SQL: which columns, and the values of those that hold no words of people.';

-- A session of the site, of the functions or of the Data API has one of these roles throughout, also
-- inside of functions that have their owner's rights; what it does is told by those who do it. What a
-- trigger does follows from something that is told. A removal is told whatever brought it about.
create function private.watch_by_hand(
  watched regclass,
  told text[] default '{}',
  following text[] default '{}',
  inserts_told boolean default false
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  by_hand text := $condition$
    coalesce(current_setting('role', true), 'none') not in (
      'anon', 'authenticated', 'service_webhooks', 'service_cron', 'service_auth', 'service_documents'
    )
  $condition$;
begin
  if not pg_has_role(current_user, (select relowner from pg_class where oid = watched), 'usage') then
    raise exception 'only the owner of % has it watched', watched
      using errcode = 'insufficient_privilege';
  end if;
  if exists (
    select from unnest(told || following) as name
    where not exists (
      select from pg_attribute where attrelid = watched and attname = name and not attisdropped
    )
  ) then
    raise exception '% has not all of these columns', watched using errcode = 'undefined_column';
  end if;
  if not inserts_told then
    execute format(
      'create or replace trigger x_insert_by_hand after insert on %1$s
      for each row when (pg_trigger_depth() = 0 and %2$s)
      execute function private.audit_by_hand()',
      watched, by_hand
    );
  end if;
  execute format(
    'create or replace trigger x_update_by_hand after update on %1$s
    for each row when (pg_trigger_depth() = 0 and %2$s)
    execute function private.audit_by_hand(%3$L, %4$L);
    create or replace trigger x_delete_by_hand after delete on %1$s
    for each row when (%2$s)
    execute function private.audit_by_hand();
    create or replace trigger x_truncate_by_hand after truncate on %1$s
    for each statement execute function private.audit_by_hand()',
    watched, by_hand, told, following
  );
end
$$;
comment on function private.watch_by_hand(regclass, text[], text[], boolean) is
  'Has changes by hand of a table written to the audit log. Of the columns in the first list another trigger tells, those in the second follow from them; it may tell of new rows too. For migrations.';

revoke all on function
  private.acting_role(), private.plain_values(jsonb, oid),
  private.watch_by_hand(regclass, text[], text[], boolean)
from public;

----------------------------------------------------------------------------------------------------
-- What is watched
----------------------------------------------------------------------------------------------------

select private.watch_by_hand(
  'public.profiles',
  '{role,agent_id,branch_id,is_active,marketing_opt_out_at,email_undeliverable_at}',
  '{marketing_opt_out_by,email_undeliverable_reason,referral_code}'
);
select private.watch_by_hand(
  'public.claims',
  -- What staff were told of a deadline is the job's note and no change of the claim.
  '{status,assigned_to,title,company,description,category,incident_date,amount_cents,currency,
    sla_told}',
  '{status_reason,status_changed_at,assigned_at,submitted_at,closed_at,claim_number,agent_id,
    branch_id,is_submitted,is_open,triage_due_at,triaged_at,update_due_at,last_update_at,queue_at}',
  inserts_told => true
);
select private.watch_by_hand('public.claim_messages', inserts_told => true);
select private.watch_by_hand(
  'public.claim_documents',
  '{confirmed_at,refused_at,deleted_at}',
  '{detected_type,sha256,object_version,refused_reason,deleted_by,delete_reason,is_readable,
    is_pending,is_deleted}'
);
select private.watch_by_hand('public.share_packs', '{revoked_at}', inserts_told => true);
select private.watch_by_hand('public.claim_tracking_tokens', '{revoked_at}', inserts_told => true);
select private.watch_by_hand(
  'public.invitations', '{accepted_at,revoked_at,token_hash}', '{accepted_by,expires_at}',
  inserts_told => true
);
select private.watch_by_hand(
  'public.tenant_service_times',
  '{opens_at,closes_at,time_zone,triage_hours,update_hours,triage_warning_hours,
    update_warning_hours}'
);
select private.watch_by_hand(watched)
from unnest(
  array[
    'public.tenants', 'public.branches', 'public.membership_plans', 'public.subscriptions',
    'public.agent_commissions', 'public.billing_invoices', 'public.billing_ledger_entries',
    'public.billing_customers', 'public.billing_checkouts', 'public.webhook_events',
    'public.claim_stage_history', 'public.claim_status_transitions',
    'public.engagement_email_sends', 'public.mail_templates', 'public.notification_preferences',
    'public.nps_survey_tokens', 'public.nps_survey_responses', 'public.cron_jobs',
    'public.role_grants_allowed'
  ]::regclass[]
) as watched;
