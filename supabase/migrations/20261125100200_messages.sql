----------------------------------------------------------------------------------------------------
-- Messages: what member, staff and agent write to each other on a claim, and what staff note among
-- themselves. Nothing that was written is changed.
----------------------------------------------------------------------------------------------------

create table public.claim_messages (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  claim_id uuid not null,
  member_id uuid not null,
  -- No foreign key: a super admin who writes is of another tenant. Names outlive their people.
  sender_id uuid not null,
  sender_role text not null
    check (sender_role in ('member', 'agent', 'staff', 'tenant_admin', 'super_admin')),
  sender_name text not null default '',
  body text not null check (char_length(body) <= 5000 and body ~ '\S'),
  is_internal boolean not null default false,
  is_document_request boolean not null default false,
  fulfilled_at timestamptz,
  read_at timestamptz,
  staff_read_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  unique (id, tenant_id),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  check (not (is_internal and is_document_request)),
  check (fulfilled_at is null or is_document_request)
);

create index claim_messages_claim_idx
  on public.claim_messages (claim_id, tenant_id, created_at, id);
create index claim_messages_member_idx on public.claim_messages (member_id, tenant_id);
create index claim_messages_sender_idx on public.claim_messages (sender_id);
create index claim_messages_tenant_idx on public.claim_messages (tenant_id, created_at);
-- Unread ones are few: a count reads these and no more.
create index claim_messages_unread_by_member_idx on public.claim_messages (claim_id)
  where read_at is null and not is_internal and sender_role <> 'member';
create index claim_messages_unread_by_staff_idx on public.claim_messages (claim_id)
  where staff_read_at is null and not is_internal and sender_role in ('member', 'agent');
create index claim_messages_open_request_idx on public.claim_messages (claim_id)
  where is_document_request and fulfilled_at is null;

comment on table public.claim_messages is
  'The conversation on a claim: messages that member, staff and agent read, and notes that only staff read.';
comment on column public.claim_messages.id is
  'Made by the writer''s browser or the database; the same message twice is one.';
comment on column public.claim_messages.tenant_id is 'Country of the claim. Never changes.';
comment on column public.claim_messages.claim_id is 'The claim.';
comment on column public.claim_messages.member_id is 'Whose claim it is.';
comment on column public.claim_messages.sender_id is 'Who wrote it (see profiles).';
comment on column public.claim_messages.sender_role is 'As what: member, agent, staff or an administrator.';
comment on column public.claim_messages.sender_name is 'Name of the writer at that time.';
comment on column public.claim_messages.body is 'What was written, 1 to 5000 letters.';
comment on column public.claim_messages.is_internal is 'Yes for a note that only staff read.';
comment on column public.claim_messages.is_document_request is
  'Yes if staff ask the member for a document; the text says which.';
comment on column public.claim_messages.fulfilled_at is 'When the member sent the document asked for.';
comment on column public.claim_messages.read_at is
  'When its recipient first read it: the member, or staff if the member wrote it.';
comment on column public.claim_messages.staff_read_at is
  'When staff first read what a member or an agent wrote.';
comment on column public.claim_messages.created_at is 'When it was written. Set by the database.';

create function private.write_message()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
  acting uuid := (select auth.uid());
  sender public.profiles;
begin
  select * into claim from public.claims where id = new.claim_id;
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  new.tenant_id := claim.tenant_id;
  new.member_id := claim.member_id;
  new.sender_id := coalesce(acting, new.sender_id);
  select * into sender from public.profiles where id = new.sender_id;
  new.sender_role := sender.role;
  new.sender_name := sender.full_name;
  new.body := trim(E' \t\r\n' from new.body);
  -- Whoever is what else, on their own claim they are the member.
  if new.sender_id = claim.member_id then
    new.sender_role := 'member';
  end if;
  if new.sender_role in ('member', 'agent') and (new.is_internal or new.is_document_request) then
    raise exception 'only staff write notes and ask for documents'
      using errcode = 'insufficient_privilege';
  end if;
  -- Who may not see the claim is refused by the policies and learns nothing here.
  if not claim.is_submitted and claim.member_id = new.sender_id then
    raise exception 'a draft has no messages yet' using errcode = 'check_violation';
  end if;
  if not claim.is_submitted then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  return new;
end
$$;
comment on function private.write_message() is
  'Fills in who writes and on whose claim, and refuses messages on drafts and notes of who is not staff.';

create function private.guard_message()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.claim_id, new.member_id, new.sender_id, new.sender_role, new.is_internal,
      new.is_document_request, new.created_at
    ) is distinct from (
      old.id, old.claim_id, old.member_id, old.sender_id, old.sender_role, old.is_internal,
      old.is_document_request, old.created_at
    )
    or ((select auth.uid()) is not null and new.body <> old.body)
  then
    raise exception 'a message is not changed' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_message() is
  'Keeps messages as they were written. The owner may black out what must not be kept.';

create function private.record_message()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.sender_role = 'staff' then
    perform private.take_unassigned(new.claim_id);
  end if;
  perform private.record_audit(
    new.tenant_id, 'claim.message_sent', 'claim', new.claim_id::text,
    jsonb_build_object(
      'message_id', new.id, 'length', char_length(new.body), 'internal', new.is_internal,
      'document_request', new.is_document_request
    )
  );
  perform pg_notify('claim_changed', new.claim_id::text);
  return null;
end
$$;
comment on function private.record_message() is
  'Writes to the audit log that a message was sent, not what it says; gives a claim that is nobody''s to the one of the staff who wrote; tells open pages.';

create trigger a_write_message before insert on public.claim_messages
for each row execute function private.write_message();
create trigger a_guard_message before update on public.claim_messages
for each row execute function private.guard_message();
create trigger b_keep_tenant before update on public.claim_messages
for each row execute function private.keep_tenant();
create trigger record_message after insert on public.claim_messages
for each row execute function private.record_message();

----------------------------------------------------------------------------------------------------
-- Reading
----------------------------------------------------------------------------------------------------

create function private.mark_messages_read(claim_id uuid)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  acting uuid := (select auth.uid());
  acting_role text := private.my_role();
  marked integer := 0;
begin
  if acting_role in ('staff', 'tenant_admin', 'super_admin') then
    update public.claim_messages as message
    set
      staff_read_at = now(),
      read_at = coalesce(read_at, case when sender_role = 'member' then now() end)
    where message.claim_id = mark_messages_read.claim_id
      and staff_read_at is null and not is_internal and sender_role in ('member', 'agent')
      and member_id <> acting
      and tenant_id = any (array(select private.my_tenant_ids()));
    get diagnostics marked = row_count;
  end if;
  if acting_role is not null and marked = 0 then
    update public.claim_messages as message
    set read_at = now()
    where message.claim_id = mark_messages_read.claim_id
      and read_at is null and not is_internal and sender_role <> 'member'
      and member_id = acting;
    get diagnostics marked = row_count;
  end if;
  return marked;
end
$$;
comment on function private.mark_messages_read(uuid) is
  'Notes that the person has read what was written to them on a claim.';

create function public.mark_messages_read(claim_id uuid)
returns integer
language sql
set search_path = ''
as $$
  select private.mark_messages_read(claim_id)
$$;
comment on function public.mark_messages_read(uuid) is
  'Notes that the member, or staff, read the messages to them on a claim. Returns how many were new; 0 for everyone else.';

-- Agents' unread messages are in their notifications.
create function public.unread_messages(claim_ids uuid[])
returns table (claim_id uuid, unread bigint)
language sql
stable
set search_path = ''
as $$
  select message.claim_id, count(*)
  from public.claim_messages as message
  where message.claim_id = any (claim_ids)
    and not message.is_internal
    and (
      (
        message.read_at is null and message.sender_role <> 'member'
        and message.member_id = (select auth.uid())
      )
      or (
        message.staff_read_at is null and message.sender_role in ('member', 'agent')
        and message.member_id <> (select auth.uid())
        and (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
      )
    )
  group by message.claim_id
$$;
comment on function public.unread_messages(uuid[]) is
  'How many messages on each of these claims the member, or staff, have not read. Claims without any are left out.';

----------------------------------------------------------------------------------------------------
-- Who sees and writes what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.mark_messages_read(uuid), public.mark_messages_read(uuid), public.unread_messages(uuid[])
from public;
grant execute on function
  private.mark_messages_read(uuid), public.mark_messages_read(uuid), public.unread_messages(uuid[])
to authenticated;

alter table public.claim_messages enable row level security;
alter table public.claim_messages force row level security;

grant select on public.claim_messages to authenticated;
grant insert (id, claim_id, body, is_internal, is_document_request)
on public.claim_messages to authenticated;

create policy "Messages stay inside their tenant" on public.claim_messages
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members read the messages on their claims" on public.claim_messages
  for select to authenticated
  using (member_id = (select auth.uid()) and not is_internal);
create policy "Agents read the messages on their members' claims" on public.claim_messages
  for select to authenticated
  using (
    (select private.my_role()) = 'agent'
    and not is_internal
    and member_id = any (array(select private.my_members()))
  );
create policy "Staff and admins read the messages and notes of their tenant"
  on public.claim_messages
  for select to authenticated
  using (
    (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    and (not is_internal or member_id <> (select auth.uid()))
  );
create policy "Members write on their claims" on public.claim_messages
  for insert to authenticated
  with check (
    member_id = (select auth.uid()) and sender_id = (select auth.uid()) and not is_internal
  );
create policy "Agents write on their members' claims" on public.claim_messages
  for insert to authenticated
  with check (
    (select private.my_role()) = 'agent'
    and sender_id = (select auth.uid())
    and not is_internal
    and member_id = any (array(select private.my_members()))
  );
create policy "Staff and admins write messages and notes" on public.claim_messages
  for insert to authenticated
  with check (
    (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    and sender_id = (select auth.uid())
    and (not is_internal or member_id <> (select auth.uid()))
  );
