----------------------------------------------------------------------------------------------------
-- Notifications: what a person should hear of, behind the bell. Written by triggers in the
-- transaction of what they tell of; words come from the language files.
----------------------------------------------------------------------------------------------------

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  type text not null check (type ~ '^[a-z]+(_[a-z]+)*$' and char_length(type) <= 60),
  title_key text not null generated always as ('notification.' || type) stored,
  params jsonb not null default '{}' check (jsonb_typeof(params) = 'object'),
  action_path text not null check (action_path ~ '^/[a-z]' and char_length(action_path) <= 200),
  claim_id uuid,
  dedupe_key text not null unique check (char_length(dedupe_key) between 1 and 200),
  read_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id)
);

create index notifications_user_idx on public.notifications (user_id, tenant_id, created_at, id);
create index notifications_unread_idx on public.notifications (user_id, claim_id)
  where read_at is null;
create index notifications_claim_idx on public.notifications (claim_id, tenant_id);
create index notifications_tenant_idx on public.notifications (tenant_id);
create index notifications_created_idx on public.notifications (created_at);

comment on table public.notifications is 'What people are told behind the bell. Kept for a year.';
comment on column public.notifications.id is 'Made by the database.';
comment on column public.notifications.tenant_id is 'Country of the person. Never changes.';
comment on column public.notifications.user_id is 'Who is told (see profiles).';
comment on column public.notifications.type is 'Of what kind, for example claim_status_changed.';
comment on column public.notifications.title_key is 'Key of its words in the language files.';
comment on column public.notifications.params is 'What the words are filled in with.';
comment on column public.notifications.action_path is
  'Where it leads, without the language: /member/claims/…';
comment on column public.notifications.claim_id is 'The claim it is about; empty for none.';
comment on column public.notifications.dedupe_key is 'Makes a person be told once, whatever happens.';
comment on column public.notifications.read_at is 'When it was read; empty until then.';
comment on column public.notifications.created_at is 'When it was written. Set by the database.';

create table public.notification_preferences (
  user_id uuid primary key default auth.uid(),
  tenant_id text not null default private.my_tenant(),
  email_claim_updates boolean not null default true,
  email_messages boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id) on delete cascade
);

create index notification_preferences_user_idx
  on public.notification_preferences (user_id, tenant_id);
create index notification_preferences_tenant_idx on public.notification_preferences (tenant_id);

comment on table public.notification_preferences is
  'By which mails a person wants to be told of what they find behind the bell anyway. No row means all.';
comment on column public.notification_preferences.user_id is 'The person (see profiles).';
comment on column public.notification_preferences.tenant_id is 'Country of the person. Never changes.';
comment on column public.notification_preferences.email_claim_updates is
  'Mails about a claim that was sent or moved.';
comment on column public.notification_preferences.email_messages is
  'Mails about new messages and documents asked for.';
comment on column public.notification_preferences.created_at is 'When the row was made. Set by the database.';
comment on column public.notification_preferences.updated_at is
  'When the row last changed. Set by the database.';

create function private.guard_notification()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- title_key is computed after this.
  if to_jsonb(new) - '{read_at,title_key}'::text[]
    is distinct from to_jsonb(old) - '{read_at,title_key}'::text[]
  then
    raise exception 'a notification is read and otherwise not changed'
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_notification() is 'Lets a notification be read and not be changed.';

create trigger a_guard_notification before update on public.notifications
for each row execute function private.guard_notification();
create trigger b_keep_tenant before update on public.notifications
for each row execute function private.keep_tenant();
create trigger b_keep_tenant before update on public.notification_preferences
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.notification_preferences
for each row execute function private.touch_updated_at();

create function private.notify(
  person uuid,
  kind text,
  claim public.claims,
  details jsonb,
  dedupe text
)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.notifications
    (tenant_id, user_id, type, params, action_path, claim_id, dedupe_key)
  select
    profile.tenant_id, profile.id, kind,
    jsonb_build_object('claim_number', (claim).claim_number, 'title', (claim).title) || details,
    case
      when profile.id = (claim).member_id then '/member/claims/'
      when profile.role = 'agent' then '/agent/claims/'
      else '/staff/claims/'
    end || (claim).id,
    (claim).id, dedupe || ':' || profile.id
  from public.profiles as profile
  where profile.id = person and profile.tenant_id = (claim).tenant_id and profile.is_active
  on conflict (dedupe_key) do nothing
$$;
comment on function private.notify(uuid, text, public.claims, jsonb, text) is
  'Tells a person something about a claim, once.';

create function private.notify_claim_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  acting uuid := (select auth.uid());
begin
  if new.status is distinct from old.status and new.is_submitted then
    if acting is distinct from new.member_id or new.status = 'submitted' then
      perform private.notify(
        new.member_id,
        case
          when old.status = 'draft' then 'claim_submitted'
          else 'claim_status_changed'
        end,
        new,
        jsonb_build_object('before', old.status, 'after', new.status),
        format('claim_status:%s:%s', new.id, gen_random_uuid())
      );
    end if;
    if new.assigned_to is distinct from acting and new.assigned_to is not distinct from old.assigned_to
    then
      perform private.notify(
        new.assigned_to, 'claim_status_changed', new,
        jsonb_build_object('before', old.status, 'after', new.status),
        format('claim_status:%s:%s', new.id, gen_random_uuid())
      );
    end if;
  end if;
  if new.assigned_to is distinct from old.assigned_to and new.assigned_to is distinct from acting then
    perform private.notify(
      new.assigned_to, 'claim_assigned', new, '{}',
      format('claim_assigned:%s:%s', new.id, gen_random_uuid())
    );
  end if;
  return null;
end
$$;
comment on function private.notify_claim_change() is
  'Tells the member of every move that somebody else made and that the claim was sent, and staff of what they were given.';

create function private.notify_message()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
  kind text := case when new.is_document_request then 'document_requested' else 'new_message' end;
  details jsonb := jsonb_build_object('sender_name', new.sender_name, 'sender_role', new.sender_role);
  reader uuid;
begin
  if new.is_internal then
    return null;
  end if;
  select * into claim from public.claims where id = new.claim_id;
  for reader in
    select distinct person
    from unnest(array[claim.member_id, claim.assigned_to]) as person
    where person is not null
    union
    -- The agent hears of a conversation that they take part in.
    select message.sender_id
    from public.claim_messages as message
    join public.profiles as member on member.id = claim.member_id
    where message.claim_id = claim.id and message.sender_role = 'agent'
      and message.sender_id = member.agent_id
  loop
    -- Several messages in a row are one piece of news until it is read.
    if reader <> new.sender_id and (
      new.is_document_request or not exists (
        select from public.notifications
        where user_id = reader and claim_id = claim.id and type = 'new_message' and read_at is null
      )
    ) then
      perform private.notify(
        reader, case when reader = claim.member_id then kind else 'new_message' end, claim,
        details, format('message:%s', new.id)
      );
    end if;
  end loop;
  return null;
end
$$;
comment on function private.notify_message() is
  'Tells the member, the one of the staff who has the claim, and an agent who takes part, of a new message.';

create function private.notify_document()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
  reader uuid;
begin
  select * into claim from public.claims where id = new.claim_id;
  if not claim.is_submitted then
    return null;
  end if;
  foreach reader in array array[claim.member_id, claim.assigned_to] loop
    if reader is not null and reader <> new.uploaded_by and not exists (
      select from public.notifications
      where user_id = reader and claim_id = claim.id and type = 'document_added'
        and read_at is null
    ) then
      perform private.notify(
        reader, 'document_added', claim,
        jsonb_build_object('sender_name', new.uploaded_by_name, 'sender_role', new.uploaded_by_role),
        format('document:%s', new.id)
      );
    end if;
  end loop;
  return null;
end
$$;
comment on function private.notify_document() is
  'Tells the member and the one of the staff who has the claim of a new document.';

create trigger t_notify_claim_change
after update on public.claims
for each row when (
  (new.status, new.assigned_to) is distinct from (old.status, old.assigned_to)
)
execute function private.notify_claim_change();
create trigger t_notify_message after insert on public.claim_messages
for each row execute function private.notify_message();
create trigger t_notify_document after update of confirmed_at on public.claim_documents
for each row when (new.is_readable and not old.is_readable)
execute function private.notify_document();

create function public.mark_notifications_read(ids uuid[] default null)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  marked integer;
begin
  update public.notifications set read_at = now()
  where user_id = (select auth.uid()) and read_at is null
    and (mark_notifications_read.ids is null or id = any (mark_notifications_read.ids));
  get diagnostics marked = row_count;
  return marked;
end
$$;
comment on function public.mark_notifications_read(uuid[]) is
  'Notes that the person read these of their notifications, or all of them. Returns how many were new.';

create function public.mark_claim_notifications_read(claim_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  marked integer;
begin
  update public.notifications as told set read_at = now()
  where user_id = (select auth.uid()) and read_at is null
    and told.claim_id = mark_claim_notifications_read.claim_id;
  get diagnostics marked = row_count;
  return marked;
end
$$;
comment on function public.mark_claim_notifications_read(uuid) is
  'Notes that the person read what they were told about a claim: its page was opened.';

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.notify(uuid, text, public.claims, jsonb, text), public.mark_notifications_read(uuid[]),
  public.mark_claim_notifications_read(uuid)
from public;
grant execute on function
  public.mark_notifications_read(uuid[]), public.mark_claim_notifications_read(uuid)
to authenticated;

alter table public.notifications enable row level security;
alter table public.notifications force row level security;
alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;

grant select on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
grant select (id, created_at), delete on public.notifications to service_cron;

create policy "Notifications stay inside their tenant" on public.notifications
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see what they were told" on public.notifications
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "People note that they read it" on public.notifications
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "The clean-up job sees and deletes what is older than a year" on public.notifications
  for all to service_cron
  using (created_at < now() - interval '1 year');

grant select on public.notification_preferences to authenticated;
grant insert (user_id, tenant_id, email_claim_updates, email_messages)
on public.notification_preferences to authenticated;
grant update (email_claim_updates, email_messages) on public.notification_preferences to authenticated;

create policy "Preferences stay inside their tenant" on public.notification_preferences
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see their own preferences" on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "People state their preferences" on public.notification_preferences
  for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy "People change their preferences" on public.notification_preferences
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
