----------------------------------------------------------------------------------------------------
-- A read-only site is one by every way in: whatever people may change is refused for the country whose
-- row it is, also where somebody changes another country's, or nobody is signed in. Storage takes no
-- file either while files are stopped.
----------------------------------------------------------------------------------------------------

do $$
declare
  held record;
begin
  for held in
    select tgname, tgrelid::regclass as relation from pg_trigger
    where tgname in ('a_read_only_insert', 'a_read_only_change')
  loop
    execute format('drop trigger %I on %s', held.tgname, held.relation);
  end loop;
end
$$;

create function private.country_of(added jsonb)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    added ->> 'tenant_id',
    (select claim.tenant_id from public.claims as claim where claim.id = (added ->> 'claim_id')::uuid),
    private.my_tenant()
  )
$$;
comment on function private.country_of(jsonb) is
  'The country of a row that is being added and may not know it yet: its claim''s, or else that of who adds it.';
revoke all on function private.country_of(jsonb) from public;

create or replace function private.refuse_while_read_only()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  this jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  whose text := case tg_table_name when 'tenants' then this ->> 'id' else private.country_of(this) end;
begin
  if private.is_flagged('read_only', whose) then
    raise exception 'nothing can be changed at the moment'
      using errcode = 'read_only_sql_transaction', hint = 'read_only';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function private.refuse_while_read_only() is
  'Refuses changes by people to rows of a country whose switch read_only is on. Jobs and webhooks go on.';

-- Everything that people change. What goes on: marks such as "read" and notes of who read what, or no
-- page could be seen; sessions, or nobody could sign in; counts; the switches and repairs of operators.
do $$
declare
  name text;
begin
  foreach name in array array[
    'agent_commissions', 'billing_checkouts', 'branches', 'claim_documents', 'claim_messages',
    'claim_tracking_tokens', 'claims', 'consents', 'invitations', 'lead_payment_attempts',
    'member_activities', 'member_leads', 'member_notes', 'membership_plans',
    'notification_preferences', 'nps_survey_responses', 'payment_proofs', 'privacy_requests',
    'share_pack_documents', 'share_packs', 'tenant_service_times', 'tenants'
  ] loop
    execute format(
      'create trigger a_read_only_insert before insert on public.%I for each row
       when (current_setting(''role'', true) = any (''{anon,authenticated}''::text[]))
       execute function private.refuse_while_read_only()', name
    );
  end loop;
  foreach name in array array[
    'agent_commissions', 'branches', 'claims', 'invitations', 'lead_payment_attempts',
    'member_leads', 'member_notes', 'membership_cards', 'membership_plans',
    'notification_preferences', 'profiles', 'tenant_service_times', 'tenants'
  ] loop
    execute format(
      'create trigger a_read_only_change before update or delete on public.%I for each row
       when (current_setting(''role'', true) = any (''{anon,authenticated}''::text[]))
       execute function private.refuse_while_read_only()', name
    );
  end loop;
end
$$;

-- Of these only what people decide: the rest is noted while they read.
create trigger a_read_only_change before update of deleted_at on public.claim_documents
for each row when (current_setting('role', true) = any ('{anon,authenticated}'::text[]))
execute function private.refuse_while_read_only();
create trigger a_read_only_change before update of revoked_at on public.claim_tracking_tokens
for each row when (current_setting('role', true) = any ('{anon,authenticated}'::text[]))
execute function private.refuse_while_read_only();
create trigger a_read_only_change before update of revoked_at on public.share_packs
for each row when (current_setting('role', true) = any ('{anon,authenticated}'::text[]))
execute function private.refuse_while_read_only();
create trigger a_read_only_change before update of status on public.privacy_requests
for each row when (current_setting('role', true) = any ('{anon,authenticated}'::text[]))
execute function private.refuse_while_read_only();

create or replace function private.refuse_uploads()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Nothing else has worked on the row yet: its country is filled in later.
  if private.is_flagged('stop_uploads', private.country_of(to_jsonb(new))) then
    raise exception 'no files are taken at the moment'
      using errcode = 'object_not_in_prerequisite_state', hint = 'uploads_stopped';
  end if;
  return new;
end
$$;

-- A file that was announced before the switch was turned is not taken after it.
create or replace function private.my_open_uploads()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file_path
  from public.claim_documents
  where uploaded_by = (select auth.uid())
    and is_pending
    and upload_expires_at > now()
    and exists (select private.my_tenant_ids())
    and not private.is_flagged('stop_uploads', tenant_id)
    and not private.is_flagged('read_only', tenant_id)
$$;

create or replace function private.my_open_proofs()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file_path
  from public.payment_proofs
  where uploaded_by = (select private.my_id())
    and confirmed_at is null
    and created_at > now() - interval '10 minutes'
    and not private.is_flagged('stop_uploads', tenant_id)
    and not private.is_flagged('read_only', tenant_id)
$$;
