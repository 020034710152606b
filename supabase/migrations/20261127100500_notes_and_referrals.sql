----------------------------------------------------------------------------------------------------
-- What those who look after a member write down, and what comes of an agent's link.
----------------------------------------------------------------------------------------------------

create table public.member_notes (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  member_id uuid not null,
  -- No foreign key: a super admin who writes is of another tenant.
  author_id uuid not null,
  author_name text not null default '',
  type text not null
    check (type in ('call', 'meeting', 'email', 'general', 'follow_up', 'issue')),
  body text not null check (char_length(body) between 1 and 4000),
  is_pinned boolean not null default false,
  follow_up_at timestamptz,
  done_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id)
);
create index member_notes_member_idx on public.member_notes (member_id, tenant_id, created_at);
create index member_notes_author_idx on public.member_notes (author_id, follow_up_at);
create index member_notes_tenant_idx on public.member_notes (tenant_id);

comment on table public.member_notes is
  'What agents and staff write down about a member, for themselves. Members never see it here; it is in the copy of their data.';
comment on column public.member_notes.id is 'Made by the database.';
comment on column public.member_notes.tenant_id is 'Country of the member. Never changes.';
comment on column public.member_notes.member_id is 'About whom (see profiles).';
comment on column public.member_notes.author_id is 'Who wrote it (see profiles).';
comment on column public.member_notes.author_name is 'Name of the author at that time.';
comment on column public.member_notes.type is 'call, meeting, email, general, follow_up or issue.';
comment on column public.member_notes.body is 'What it says, at most 4000 characters.';
comment on column public.member_notes.is_pinned is 'Yes if it stands above the others.';
comment on column public.member_notes.follow_up_at is 'When the author wants to come back to it.';
comment on column public.member_notes.done_at is 'When that was done; empty if it was not.';
comment on column public.member_notes.created_at is 'When it was written. Set by the database.';
comment on column public.member_notes.updated_at is 'When the row last changed. Set by the database.';

create table public.member_activities (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  member_id uuid not null,
  author_id uuid not null,
  author_name text not null default '',
  kind text not null check (kind in ('call', 'email', 'meeting', 'note', 'other')),
  happened_at timestamptz not null,
  summary text not null check (char_length(summary) between 1 and 1000),
  created_at timestamptz not null default now(),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id)
);
create index member_activities_member_idx
  on public.member_activities (member_id, tenant_id, happened_at);
create index member_activities_author_idx on public.member_activities (author_id);
create index member_activities_tenant_idx on public.member_activities (tenant_id);

comment on table public.member_activities is
  'What was done with a member: calls, mails, meetings. Rows are only ever added.';
comment on column public.member_activities.id is 'Made by the database.';
comment on column public.member_activities.tenant_id is 'Country of the member. Never changes.';
comment on column public.member_activities.member_id is 'With whom (see profiles).';
comment on column public.member_activities.author_id is 'Who did it (see profiles).';
comment on column public.member_activities.author_name is 'Name of the author at that time.';
comment on column public.member_activities.kind is 'call, email, meeting, note or other.';
comment on column public.member_activities.happened_at is 'When.';
comment on column public.member_activities.summary is 'What came of it, at most 1000 characters.';
comment on column public.member_activities.created_at is 'When it was written down. Set by the database.';

create trigger b_keep_tenant before update on public.member_notes
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.member_notes
for each row execute function private.touch_updated_at();
create trigger refuse_change before update on public.member_activities
for each row execute function private.refuse_change();

-- Whose it is to write about a member: the agent of the member, staff, the manager of the branch.
create function private.begin_note(member uuid)
returns public.profiles
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  person public.profiles;
  my_role text := private.my_role();
begin
  select * into person from public.profiles
  where id = begin_note.member and role = 'member' and erased_at is null
    and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      my_role in ('staff', 'tenant_admin', 'super_admin')
      or (my_role = 'agent' and agent_id = (select auth.uid()))
      or (my_role = 'branch_manager' and branch_id = private.my_branch())
    );
  if not found then
    raise exception 'member not found' using errcode = 'no_data_found';
  end if;
  return person;
end
$$;
comment on function private.begin_note(uuid) is
  'A member about whom whoever asks may write.';

create function private.my_name()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select full_name from public.profiles where id = private.my_id()
$$;
comment on function private.my_name() is 'Name of the signed-in person. For functions of the database.';

create function private.add_member_note(
  member uuid,
  type text,
  body text,
  follow_up_at timestamptz default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  person public.profiles := private.begin_note(member);
  made uuid;
begin
  insert into public.member_notes
    (tenant_id, member_id, author_id, author_name, type, body, follow_up_at)
  values (
    person.tenant_id, person.id, private.my_id(), private.my_name(), add_member_note.type,
    private.plain_text(add_member_note.body), add_member_note.follow_up_at
  )
  returning id into made;
  perform private.record_audit(
    person.tenant_id, 'member_note.created', 'member_note', made::text,
    jsonb_build_object('member_id', person.id, 'type', add_member_note.type)
  );
  return made;
end
$$;
comment on function private.add_member_note(uuid, text, text, timestamptz) is
  'Writes a note about a member, for those who look after them.';

-- A note is changed by its author, while the member is theirs to write about.
create function private.find_note(note uuid, by_admins boolean)
returns public.member_notes
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.member_notes;
begin
  select * into kept from public.member_notes
  where id = find_note.note and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      author_id = private.my_id()
      or (by_admins and private.my_role() in ('tenant_admin', 'super_admin'))
    )
  for update;
  if not found then
    raise exception 'note not found' using errcode = 'no_data_found';
  end if;
  perform private.begin_note(kept.member_id);
  return kept;
end
$$;
comment on function private.find_note(uuid, boolean) is
  'A note that whoever asks wrote, or administrators may delete, locked for a change.';

create function private.edit_member_note(
  note uuid,
  type text,
  body text,
  follow_up_at timestamptz default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.member_notes := private.find_note(note, false);
begin
  update public.member_notes as changed
  set
    type = edit_member_note.type,
    body = private.plain_text(edit_member_note.body),
    follow_up_at = edit_member_note.follow_up_at,
    -- Another day is another task.
    done_at = case
      when changed.follow_up_at is not distinct from edit_member_note.follow_up_at
      then changed.done_at
    end
  where id = kept.id;
  perform private.record_audit(
    kept.tenant_id, 'member_note.updated', 'member_note', kept.id::text,
    jsonb_build_object('member_id', kept.member_id)
  );
end
$$;
comment on function private.edit_member_note(uuid, text, text, timestamptz) is
  'Changes what a note says, for its author.';

create function private.pin_member_note(note uuid, pinned boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.member_notes := private.find_note(note, false);
begin
  if kept.is_pinned = pinned then
    return;
  end if;
  update public.member_notes set is_pinned = pinned where id = kept.id;
  perform private.record_audit(
    kept.tenant_id, 'member_note.pin_toggled', 'member_note', kept.id::text,
    jsonb_build_object('member_id', kept.member_id, 'is_pinned', pinned)
  );
end
$$;
comment on function private.pin_member_note(uuid, boolean) is
  'Puts a note above the others or takes it from there, for its author.';

create function private.finish_member_note(note uuid, done boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.member_notes := private.find_note(note, false);
begin
  if (kept.done_at is not null) = done then
    return;
  end if;
  update public.member_notes set done_at = case when done then now() end where id = kept.id;
  perform private.record_audit(
    kept.tenant_id, 'member_note.updated', 'member_note', kept.id::text,
    jsonb_build_object('member_id', kept.member_id, 'is_done', done)
  );
end
$$;
comment on function private.finish_member_note(uuid, boolean) is
  'Says that what a note reminds of was done, or was not, for its author.';

create function private.delete_member_note(note uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.member_notes := private.find_note(note, true);
begin
  delete from public.member_notes where id = kept.id;
  perform private.record_audit(
    kept.tenant_id, 'member_note.deleted', 'member_note', kept.id::text,
    jsonb_build_object('member_id', kept.member_id, 'author_id', kept.author_id)
  );
end
$$;
comment on function private.delete_member_note(uuid) is
  'Deletes a note, for its author and for administrators.';

create function private.add_member_activity(
  member uuid,
  kind text,
  happened_at timestamptz,
  summary text
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  person public.profiles := private.begin_note(member);
  made uuid;
begin
  if happened_at > now() + interval '10 minutes' then
    raise exception 'what was done is in the past' using errcode = 'check_violation';
  end if;
  insert into public.member_activities
    (tenant_id, member_id, author_id, author_name, kind, happened_at, summary)
  values (
    person.tenant_id, person.id, private.my_id(), private.my_name(), add_member_activity.kind,
    add_member_activity.happened_at, private.plain_text(add_member_activity.summary)
  )
  returning id into made;
  perform private.record_audit(
    person.tenant_id, 'member_activity.created', 'member_activity', made::text,
    jsonb_build_object('member_id', person.id, 'kind', add_member_activity.kind)
  );
  return made;
end
$$;
comment on function private.add_member_activity(uuid, text, timestamptz, text) is
  'Writes down what was done with a member, for those who look after them.';

----------------------------------------------------------------------------------------------------
-- Links of agents
----------------------------------------------------------------------------------------------------

create table public.referral_clicks (
  tenant_id text not null,
  agent_id uuid not null,
  day date not null,
  clicks integer not null check (clicks > 0),
  primary key (agent_id, day),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id)
);
create index referral_clicks_agent_idx on public.referral_clicks (agent_id, tenant_id);
create index referral_clicks_tenant_idx on public.referral_clicks (tenant_id, day);

comment on table public.referral_clicks is
  'How often somebody came to the site by an agent''s link, day by day. Nothing is kept of who came.';
comment on column public.referral_clicks.tenant_id is 'Country of the agent. Never changes.';
comment on column public.referral_clicks.agent_id is 'Whose link it was (see profiles).';
comment on column public.referral_clicks.day is 'Day in UTC.';
comment on column public.referral_clicks.clicks is 'Browsers that came with the link for the first time in thirty days.';

create trigger b_keep_tenant before update on public.referral_clicks
for each row execute function private.keep_tenant();

create function private.count_referral_click(code text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.referral_clicks as counted (tenant_id, agent_id, day, clicks)
  select tenant_id, id, (now() at time zone 'UTC')::date, 1
  from public.profiles
  where referral_code = upper(btrim(code)) and role = 'agent' and is_active
  on conflict (agent_id, day) do update set clicks = counted.clicks + 1
$$;
comment on function private.count_referral_click(text) is
  'Counts a visit by an active agent''s link; any other code is passed over, and nobody learns which it was.';

create function private.referral_figures(agent uuid)
returns table (clicks bigint, sign_ups bigint, members bigint)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  with asked as (
    select person.id, person.tenant_id, person.referral_code
    from public.profiles as person
    where person.id = referral_figures.agent
      and person.tenant_id = any (array(select private.my_tenant_ids()))
      and (
        person.id = (select private.my_id())
        or (select private.my_role()) = any ('{tenant_admin,super_admin}'::text[])
        or (
          (select private.my_role()) = 'branch_manager'
          and person.branch_id = (select private.my_branch())
        )
      )
  ), brought as (
    select member.id
    from asked
    join public.profiles as member
      on member.agent_id = asked.id and member.tenant_id = asked.tenant_id and member.role = 'member'
    union
    select checkout.user_id
    from asked
    join public.billing_checkouts as checkout
      on checkout.tenant_id = asked.tenant_id
      and upper(btrim(checkout.ref_code)) = asked.referral_code
    where checkout.user_id <> asked.id
    union
    select earned.member_id
    from asked
    join public.agent_commissions as earned
      on earned.agent_id = asked.id and earned.tenant_id = asked.tenant_id
  )
  select
    (
      select coalesce(sum(counted.clicks), 0)::bigint
      from asked join public.referral_clicks as counted on counted.agent_id = asked.id
    ),
    (select count(*) from brought),
    (
      select count(*) from brought
      where private.membership_access_at(brought.id, now()) in ('active', 'grace')
    )
  from asked
$$;
comment on function private.referral_figures(uuid) is
  'What came of an agent''s link: visits; people who opened a checkout with it, have the agent or brought a commission; and those of them who are members now. For the agent, the manager of the branch and administrators; no row for others.';

----------------------------------------------------------------------------------------------------
-- Who sees what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.begin_note(uuid), private.my_name(), private.find_note(uuid, boolean),
  private.add_member_note(uuid, text, text, timestamptz),
  private.edit_member_note(uuid, text, text, timestamptz), private.pin_member_note(uuid, boolean),
  private.finish_member_note(uuid, boolean), private.delete_member_note(uuid),
  private.add_member_activity(uuid, text, timestamptz, text), private.count_referral_click(text),
  private.referral_figures(uuid)
from public;
grant execute on function
  private.add_member_note(uuid, text, text, timestamptz),
  private.edit_member_note(uuid, text, text, timestamptz), private.pin_member_note(uuid, boolean),
  private.finish_member_note(uuid, boolean), private.delete_member_note(uuid),
  private.add_member_activity(uuid, text, timestamptz, text), private.referral_figures(uuid)
to authenticated;
grant execute on function private.count_referral_click(text) to anon, authenticated;

alter table public.member_notes enable row level security;
alter table public.member_notes force row level security;
alter table public.member_activities enable row level security;
alter table public.member_activities force row level security;
alter table public.referral_clicks enable row level security;
alter table public.referral_clicks force row level security;

grant select on public.member_notes, public.member_activities, public.referral_clicks
to authenticated;

create policy "Notes stay inside their tenant" on public.member_notes
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see what they wrote about their members" on public.member_notes
  for select to authenticated
  using (
    (select private.my_role()) = 'agent'
    and author_id = (select auth.uid())
    and member_id = any (array(select private.my_members()))
  );
create policy "Branch managers see the notes about their branch's members" on public.member_notes
  for select to authenticated
  using (
    (select private.my_role()) = 'branch_manager'
    and exists (select from public.profiles where profiles.id = member_notes.member_id)
  );
create policy "Staff and admins see the notes of their tenant" on public.member_notes
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));

create policy "Activities stay inside their tenant" on public.member_activities
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see what they did with their members" on public.member_activities
  for select to authenticated
  using (
    (select private.my_role()) = 'agent'
    and author_id = (select auth.uid())
    and member_id = any (array(select private.my_members()))
  );
create policy "Branch managers see what was done with their branch's members"
  on public.member_activities
  for select to authenticated
  using (
    (select private.my_role()) = 'branch_manager'
    and exists (select from public.profiles where profiles.id = member_activities.member_id)
  );
create policy "Staff and admins see the activities of their tenant" on public.member_activities
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));

create policy "Clicks stay inside their tenant" on public.referral_clicks
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see the clicks on their own link" on public.referral_clicks
  for select to authenticated
  using (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent');
create policy "Branch managers see the clicks of their branch's agents" on public.referral_clicks
  for select to authenticated
  using (
    (select private.my_role()) = 'branch_manager'
    and exists (select from public.profiles where profiles.id = referral_clicks.agent_id)
  );
create policy "Admins see the clicks of their tenant" on public.referral_clicks
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));

select private.watch_by_hand('public.member_notes');
select private.watch_by_hand('public.member_activities');
