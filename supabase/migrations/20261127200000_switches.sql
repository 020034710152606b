----------------------------------------------------------------------------------------------------
-- Switches for bad days: what each of them stops is stopped within seconds, without a deployment, and
-- goes on when it is switched off. Every change is on the audit log.
----------------------------------------------------------------------------------------------------

create table public.feature_flags (
  id uuid primary key default gen_random_uuid(),
  key text not null check (
    key in (
      'pause_dunning', 'pause_engagement', 'pause_nps', 'stop_checkout', 'stop_uploads',
      'hold_webhooks', 'read_only', 'maintenance'
    )
  ),
  tenant_id text references public.tenants (id),
  enabled boolean not null,
  note text check (char_length(note) <= 500),
  -- No foreign key: whoever switched may be of another tenant, and the log tells of them.
  updated_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (key, tenant_id),
  -- Whose event it is becomes known by applying it.
  check (key <> 'hold_webhooks' or tenant_id is null)
);

create index feature_flags_tenant_idx on public.feature_flags (tenant_id);

comment on table public.feature_flags is
  'Switches that stop a part of the system while something is wrong with it. Changed on the page Operations or by deno task flag; in force within five seconds.';
comment on column public.feature_flags.id is 'Made by the database.';
comment on column public.feature_flags.key is
  'pause_dunning, pause_engagement, pause_nps: these mails wait. stop_checkout: nobody can buy. stop_uploads: no new files. hold_webhooks: Paddle''s events are stored and applied later. read_only: nothing can be changed on the site. maintenance: the site shows a page that says so.';
comment on column public.feature_flags.tenant_id is 'The country it is for; empty for all of them.';
comment on column public.feature_flags.enabled is 'Yes while it is in force.';
comment on column public.feature_flags.note is 'Why, for whoever finds it later.';
comment on column public.feature_flags.updated_by is
  'Who changed it last (see profiles); empty if a task or Studio did.';
comment on column public.feature_flags.created_at is 'When it was used for the first time. Set by the database.';
comment on column public.feature_flags.updated_at is 'Since when it is on or off. Set by the database.';

create trigger a_touch_updated_at before update on public.feature_flags
for each row execute function private.touch_updated_at();
create trigger b_keep_tenant before update on public.feature_flags
for each row execute function private.keep_tenant();

create function private.audit_flag()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.feature_flags;
  is_now public.feature_flags;
begin
  if tg_op <> 'INSERT' then
    was := old;
  end if;
  if tg_op <> 'DELETE' then
    is_now := new;
  end if;
  if (was.enabled, was.note) is distinct from (is_now.enabled, is_now.note) then
    perform private.record_audit(
      coalesce(is_now.tenant_id, was.tenant_id), 'flag.changed', 'feature_flag',
      coalesce(is_now.key, was.key),
      jsonb_build_object(
        'before', coalesce(was.enabled, false), 'after', coalesce(is_now.enabled, false),
        'note', is_now.note
      )
    );
  end if;
  return null;
end
$$;
comment on function private.audit_flag() is 'Writes every change of a switch to the audit log.';
revoke all on function private.audit_flag() from public;

create trigger audit_flag after insert or update or delete on public.feature_flags
for each row execute function private.audit_flag();
select private.watch_by_hand('public.feature_flags', '{enabled,note}', '{updated_by}', true);

insert into private.personal_data
  (table_name, person_columns, exported_where, hidden, erased, kept, rows_deleted, why)
values
  ('public.feature_flags', '{updated_by}', null, '{}', '{}', '{key,note}', false,
   'Who switched last, by id. The note is about the system.');

alter table public.feature_flags enable row level security;
alter table public.feature_flags force row level security;

grant select on public.feature_flags to authenticated;

create policy "Switches stay inside their tenant" on public.feature_flags
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())) or tenant_id is null);
create policy "Administrators see the switches" on public.feature_flags
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));

----------------------------------------------------------------------------------------------------
-- Reading and switching
----------------------------------------------------------------------------------------------------

create function private.active_flags()
returns table (key text, tenant_id text)
language sql
stable
security definer
set search_path = ''
as $$
  select flag.key, flag.tenant_id from public.feature_flags as flag where flag.enabled
$$;
comment on function private.active_flags() is
  'Which switches are on, and for which country (null for all). For everyone, as the site and the functions obey them.';

create function private.is_flagged(flag text, tenant text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.feature_flags as known
    where known.key = flag and known.enabled
      and (known.tenant_id is null or known.tenant_id = tenant)
  )
$$;
comment on function private.is_flagged(text, text) is 'Whether a switch is on for a country.';

create function private.set_flag(flag text, for_tenant text, turned_on boolean, why text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking text := private.my_role();
begin
  -- The database's owner, by task or in Studio, needs no leave; nobody else may run this at all.
  if current_setting('role', true) = 'authenticated' then
    if asking is null or asking not in ('tenant_admin', 'super_admin')
      or (asking = 'tenant_admin' and for_tenant is distinct from private.my_tenant())
    then
      raise exception 'only administrators switch, each for their own country'
        using errcode = 'insufficient_privilege';
    end if;
  end if;
  insert into public.feature_flags as known (key, tenant_id, enabled, note, updated_by)
  values (flag, for_tenant, turned_on, nullif(btrim(why), ''), (select auth.uid()))
  on conflict (key, tenant_id) do update
  set enabled = excluded.enabled, note = excluded.note, updated_by = excluded.updated_by
  where (known.enabled, known.note) is distinct from (excluded.enabled, excluded.note);
end
$$;
comment on function private.set_flag(text, text, boolean, text) is
  'Switches something on or off, for a country or (null) for all: tenant admins for their own, super admins everywhere. What is as wanted already stays as it is, and is not audited again.';

revoke all on function
  private.active_flags(), private.is_flagged(text, text),
  private.set_flag(text, text, boolean, text)
from public;
grant execute on function private.active_flags()
to anon, authenticated, service_webhooks, service_cron, service_auth, service_documents;
grant execute on function private.set_flag(text, text, boolean, text) to authenticated;

----------------------------------------------------------------------------------------------------
-- What the database itself refuses, whoever asks and by whichever way
----------------------------------------------------------------------------------------------------

create function private.refuse_uploads()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if private.is_flagged('stop_uploads', new.tenant_id) then
    raise exception 'no files are taken at the moment'
      using errcode = 'object_not_in_prerequisite_state', hint = 'uploads_stopped';
  end if;
  return new;
end
$$;
comment on function private.refuse_uploads() is 'Refuses new files while the switch stop_uploads is on.';

create function private.refuse_while_read_only()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if private.is_flagged('read_only', private.my_tenant()) then
    raise exception 'nothing can be changed at the moment'
      using errcode = 'read_only_sql_transaction', hint = 'read_only';
  end if;
  return null;
end
$$;
comment on function private.refuse_while_read_only() is
  'Refuses changes by people while the switch read_only is on. Jobs and webhooks go on.';
revoke all on function private.refuse_uploads(), private.refuse_while_read_only() from public;

-- Of what people change, the tables that matter. Marks such as "read" go on, or no page could be seen.
do $$
declare
  name text;
begin
  foreach name in array array['claim_documents', 'payment_proofs'] loop
    if to_regclass('public.' || name) is not null then
      execute format(
        'create trigger a_refuse_uploads before insert on public.%I
         for each row execute function private.refuse_uploads()', name
      );
    end if;
  end loop;
  foreach name in array array[
    'claims', 'claim_messages', 'claim_documents', 'share_packs', 'claim_tracking_tokens',
    'nps_survey_responses', 'invitations', 'privacy_requests', 'billing_checkouts', 'member_leads',
    'lead_payment_attempts', 'payment_proofs', 'member_notes', 'member_activities',
    'agent_commissions'
  ] loop
    if to_regclass('public.' || name) is not null then
      execute format(
        'create trigger a_read_only_insert before insert on public.%I for each statement
         when (current_setting(''role'', true) = any (''{anon,authenticated}''::text[]))
         execute function private.refuse_while_read_only()', name
      );
    end if;
  end loop;
  foreach name in array array[
    'claims', 'profiles', 'branches', 'membership_plans', 'tenants', 'member_leads',
    'lead_payment_attempts', 'member_notes', 'agent_commissions', 'invitations'
  ] loop
    if to_regclass('public.' || name) is not null then
      execute format(
        'create trigger a_read_only_change before update or delete on public.%I for each statement
         when (current_setting(''role'', true) = any (''{anon,authenticated}''::text[]))
         execute function private.refuse_while_read_only()', name
      );
    end if;
  end loop;
end
$$;

----------------------------------------------------------------------------------------------------
-- What waits because a switch says so is no trouble
----------------------------------------------------------------------------------------------------

create or replace function private.webhook_backlog()
returns table (waiting bigint, overdue bigint, given_up bigint, oldest_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select
    count(*) filter (where next_attempt_at is not null),
    count(*) filter (
      where next_attempt_at < now() - interval '5 minutes'
        and not private.is_flagged('hold_webhooks', null)
    ),
    count(*) filter (where gave_up_at is not null),
    min(received_at)
  from public.webhook_events
  where signature_valid and (processing_result is null or processing_result = 'error')
$$;
comment on function private.webhook_backlog() is
  'How many events wait for an attempt, how many of them longer than the sweep should take (none while they are held), how many were given up, and how old the oldest is.';

create or replace function private.mail_backlog()
returns table (waiting bigint, overdue bigint, failed bigint, held_until timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select
    count(*) filter (where mail.status = 'pending' and mail.next_attempt_at <= now()),
    count(*) filter (
      where mail.status = 'pending' and mail.next_attempt_at < now() - interval '1 hour'
        and not exists (
          select
          from public.feature_flags as flag
          join public.mail_templates as template on flag.key = 'pause_' || template.kind
          where template.key = mail.template_key and flag.enabled
            and (flag.tenant_id is null or flag.tenant_id = mail.tenant_id)
        )
    ),
    count(*) filter (where mail.status = 'error'),
    (select pace.held_until from private.mail_pace as pace where pace.held_until > now())
  from public.engagement_email_sends as mail
  where mail.status = 'pending' or (mail.status = 'error' and mail.updated_at > now() - interval '1 day')
$$;
comment on function private.mail_backlog() is
  'How many mails are due, how many of them for more than an hour (paused ones left out), how many failed within a day, and until when Resend asked to wait.';
