----------------------------------------------------------------------------------------------------
-- Audit: who did what to what, written in the transaction of the change, never altered afterwards.
----------------------------------------------------------------------------------------------------

create table public.audit_log (
  id uuid primary key default gen_random_uuid(),
  seq bigint not null generated always as identity unique,
  -- No foreign keys: the log outlives what it tells of, and a hot insert locks no other row.
  tenant_id text,
  actor_id uuid,
  actor_role text not null check (char_length(actor_role) between 1 and 40),
  action text not null check (action ~ '^[A-Za-z_]+(\.[a-z_]+)*$' and char_length(action) <= 80),
  entity_type text check (char_length(entity_type) <= 60),
  entity_id text check (char_length(entity_id) <= 200),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz not null default now()
);

create index audit_log_tenant_idx on public.audit_log (tenant_id, created_at);
create index audit_log_entity_idx on public.audit_log (entity_type, entity_id, created_at);
create index audit_log_action_idx on public.audit_log (action, created_at);
create index audit_log_actor_idx on public.audit_log (actor_id, created_at) where actor_id is not null;

comment on table public.audit_log is
  'What happened: one row per act, refused ones included. Rows are only ever added; nobody can change or delete one.';
comment on column public.audit_log.id is 'Made by the database.';
comment on column public.audit_log.seq is 'Order in which rows were written; a number may be left out.';
comment on column public.audit_log.tenant_id is 'Country concerned; empty where none is known.';
comment on column public.audit_log.actor_id is
  'Person who acted (see profiles); empty where a program did.';
comment on column public.audit_log.actor_role is
  'Role of the person at that time, or the name of the program, for example service_webhooks.';
comment on column public.audit_log.action is 'What was done, for example subscription.updated.';
comment on column public.audit_log.entity_type is 'Kind of thing it was done to, for example subscription.';
comment on column public.audit_log.entity_id is 'Which one: its id.';
comment on column public.audit_log.metadata is
  'Details, for example the values before and after. Ids rather than personal data.';
comment on column public.audit_log.created_at is 'When it happened. Set by the database.';

create function private.refuse_audit_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'audit_log is append-only' using errcode = 'restrict_violation';
end
$$;
comment on function private.refuse_audit_change() is 'Refuses every change of what the audit log says.';

create trigger refuse_change before update or delete on public.audit_log
for each row execute function private.refuse_audit_change();
create trigger refuse_truncate before truncate on public.audit_log
for each statement execute function private.refuse_audit_change();
-- Also while replication or a restore tool has ordinary triggers switched off.
alter table public.audit_log enable always trigger refuse_change;
alter table public.audit_log enable always trigger refuse_truncate;

create function private.record_audit(
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
    coalesce(private.my_role(), nullif(current_setting('role', true), 'none'), session_user),
    audit_action,
    audit_entity_type,
    audit_entity_id,
    coalesce(audit_metadata, '{}'::jsonb)
  )
$$;
comment on function private.record_audit(text, text, text, text, jsonb) is
  'Writes an audit row from a trigger. The actor is whoever is signed in, else the role at work.';
revoke all on function private.record_audit(text, text, text, text, jsonb) from public;

----------------------------------------------------------------------------------------------------
-- Who a person is counts as much as what they do: changes of role, branch, agent and lock are
-- written whoever makes them, staff in Studio included.
----------------------------------------------------------------------------------------------------

create function private.audit_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.role is distinct from old.role then
    perform private.record_audit(
      new.tenant_id,
      case when new.role = 'member' then 'user.role_revoked' else 'user.role_granted' end,
      'profile', new.id::text,
      jsonb_build_object('before', old.role, 'after', new.role)
    );
  end if;
  if new.agent_id is distinct from old.agent_id then
    perform private.record_audit(
      new.tenant_id, 'user.agent_updated', 'profile', new.id::text,
      jsonb_build_object('before', old.agent_id, 'after', new.agent_id)
    );
  end if;
  if (new.branch_id, new.is_active) is distinct from (old.branch_id, old.is_active) then
    perform private.record_audit(
      new.tenant_id, 'user.settings_updated', 'profile', new.id::text,
      jsonb_build_object(
        'before', jsonb_build_object('branch_id', old.branch_id, 'is_active', old.is_active),
        'after', jsonb_build_object('branch_id', new.branch_id, 'is_active', new.is_active)
      )
    );
  end if;
  return null;
end
$$;
comment on function private.audit_profile() is
  'Writes changes of role, agent, branch and lock of a person to the audit log.';

create trigger audit_profile
after update of role, agent_id, branch_id, is_active on public.profiles
for each row execute function private.audit_profile();

----------------------------------------------------------------------------------------------------
-- Who sees and writes it. Programs give the facts; id, order and time are the database's.
----------------------------------------------------------------------------------------------------

alter table public.audit_log enable row level security;
alter table public.audit_log force row level security;
revoke update, delete, truncate on public.audit_log from service_role;

grant select on public.audit_log to authenticated;
grant insert (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
on public.audit_log to service_webhooks, service_cron, service_auth;

create policy "Audit rows stay inside their tenant" on public.audit_log
  as restrictive for all to authenticated
  using (
    tenant_id = any (array(select private.my_tenant_ids()))
    or (tenant_id is null and (select private.my_role()) = 'super_admin')
  );
create policy "Admins read the audit log of their tenant" on public.audit_log
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "The functions add audit rows" on public.audit_log
  for insert to service_webhooks, service_cron, service_auth
  with check (true);
