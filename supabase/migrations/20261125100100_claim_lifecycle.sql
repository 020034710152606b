----------------------------------------------------------------------------------------------------
-- The life of a claim: by which moves it goes, who makes them, and what is written down.
--
-- The graph is a table, and triggers hold everyone to it: the site, the Data API and the SQL editor.
----------------------------------------------------------------------------------------------------

create table public.claim_status_transitions (
  from_status text not null,
  to_status text not null,
  needs_reason boolean not null default false,
  primary key (from_status, to_status),
  check (from_status <> to_status)
);

comment on table public.claim_status_transitions is 'The moves that a claim may make. Every other is refused.';
comment on column public.claim_status_transitions.from_status is 'From this status …';
comment on column public.claim_status_transitions.to_status is '… to this one.';
comment on column public.claim_status_transitions.needs_reason is
  'Whether the move must say why, for the member to read.';

insert into public.claim_status_transitions (from_status, to_status, needs_reason)
select from_status, to_status, to_status = 'rejected'
from (
  values
    ('draft', '{submitted,rejected}'::text[]),
    ('submitted', '{verification,evaluation,rejected}'),
    ('verification', '{evaluation,submitted,rejected}'),
    ('evaluation', '{negotiation,verification,rejected,resolved}'),
    ('negotiation', '{court,resolved,evaluation,rejected}'),
    ('court', '{resolved,rejected,negotiation}'),
    ('resolved', '{evaluation,negotiation}'),
    ('rejected', '{evaluation,submitted}')
) as graph (from_status, targets)
cross join unnest(targets) as to_status;

create table private.claim_counters (
  tenant_id text not null references public.tenants (id),
  year integer not null check (year between 2000 and 9999),
  last_number integer not null check (last_number > 0),
  primary key (tenant_id, year)
);
comment on table private.claim_counters is 'The last claim number given in each country and year.';
comment on column private.claim_counters.tenant_id is 'The country.';
comment on column private.claim_counters.year is 'Calendar year (UTC).';
comment on column private.claim_counters.last_number is 'Number given last. Only counts up.';

create table public.claim_stage_history (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  claim_id uuid not null,
  member_id uuid not null,
  from_status text not null,
  to_status text not null,
  assigned_from uuid,
  assigned_to uuid,
  is_assignment boolean not null default false,
  is_public boolean not null default true,
  note text check (char_length(note) between 1 and 2000),
  changed_by uuid,
  changed_by_role text not null check (char_length(changed_by_role) between 1 and 40),
  created_at timestamptz not null default clock_timestamp(),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  check (not (is_assignment and is_public)),
  check (is_assignment or (assigned_from, assigned_to) is not distinct from (null, null))
);

create index claim_stage_history_claim_idx
  on public.claim_stage_history (claim_id, tenant_id, created_at);
create index claim_stage_history_member_idx
  on public.claim_stage_history (member_id, tenant_id, created_at);
create index claim_stage_history_tenant_idx on public.claim_stage_history (tenant_id, created_at);

comment on table public.claim_stage_history is
  'How a claim came to where it is: one row per move that everyone on the claim reads, one per internal note or change of assignee that only staff read.';
comment on column public.claim_stage_history.id is 'Made by the database.';
comment on column public.claim_stage_history.tenant_id is 'Country of the claim. Never changes.';
comment on column public.claim_stage_history.claim_id is 'The claim.';
comment on column public.claim_stage_history.member_id is 'Whose claim it is.';
comment on column public.claim_stage_history.from_status is 'Status before.';
comment on column public.claim_stage_history.to_status is
  'Status after; the same for a change of assignee.';
comment on column public.claim_stage_history.assigned_from is 'Who had it before; empty for nobody.';
comment on column public.claim_stage_history.assigned_to is 'Who has it now; empty for nobody.';
comment on column public.claim_stage_history.is_assignment is
  'Whether the row tells of a change of assignee rather than of status.';
comment on column public.claim_stage_history.is_public is
  'Whether the member reads it. No for internal notes and assignments.';
comment on column public.claim_stage_history.note is 'Why: the reason that the member reads, or the internal note.';
comment on column public.claim_stage_history.changed_by is
  'Who did it (see profiles); empty if it was done in the SQL editor.';
comment on column public.claim_stage_history.changed_by_role is 'As what.';
comment on column public.claim_stage_history.created_at is 'When. Set by the database.';

create trigger refuse_change before update on public.claim_stage_history
for each row execute function private.refuse_change();
create trigger b_keep_tenant before update on private.claim_counters
for each row execute function private.keep_tenant();

----------------------------------------------------------------------------------------------------
-- Moves
----------------------------------------------------------------------------------------------------

create function private.next_claim_number(tenant text, at timestamptz)
returns text
language plpgsql
set search_path = ''
as $$
declare
  claim_year integer := extract(year from at at time zone 'UTC');
  number text;
begin
  insert into private.claim_counters as counter (tenant_id, year, last_number)
  values (tenant, claim_year, 1)
  on conflict (tenant_id, year) do update set last_number = counter.last_number + 1
  returning last_number::text into number;
  return format('CLM-%s-%s-%s', upper(tenant), claim_year, lpad(number, greatest(6, length(number)), '0'));
end
$$;
comment on function private.next_claim_number(text, timestamptz) is
  'Takes the next claim number of the country and year. Two that are sent at once wait for each other here.';

create function private.missing_in_claim(claim public.claims)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select array_remove(
    array[
      case when char_length(trim(claim.title)) < 5 then 'title' end,
      case when char_length(trim(claim.company)) < 2 then 'company' end,
      case when char_length(trim(claim.description)) < 20 then 'description' end,
      case when claim.category is null then 'category' end
    ],
    null
  )
$$;
comment on function private.missing_in_claim(public.claims) is 'What a draft lacks to be sent.';

create function private.move_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  acting uuid := (select auth.uid());
  acting_role text := private.my_role();
  is_member boolean := acting is not null and acting = old.member_id;
  is_staff boolean := acting is not null and not is_member
    and acting_role in ('staff', 'tenant_admin', 'super_admin')
    and old.tenant_id = any (array(select private.my_tenant_ids()));
  move public.claim_status_transitions%rowtype;
  member public.profiles%rowtype;
begin
  if acting is not null and not (is_member and acting_role is not null) and not is_staff then
    raise exception 'only the member and staff move a claim' using errcode = 'insufficient_privilege';
  end if;
  select * into move from public.claim_status_transitions
  where from_status = old.status and to_status = new.status;
  if not found or (old.submitted_at is null and old.status <> 'draft') then
    raise exception 'a claim does not move from % to %', old.status, new.status
      using errcode = 'check_violation';
  end if;
  if is_member and new.status <> 'rejected' and old.status <> 'draft' then
    raise exception 'members send and cancel their claims, staff move them'
      using errcode = 'insufficient_privilege';
  end if;
  if is_staff and old.status = 'draft' then
    raise exception 'only the member sends or cancels a draft'
      using errcode = 'insufficient_privilege';
  end if;

  -- A reason belongs to the move that it came with.
  if new.status_reason is not distinct from old.status_reason then
    new.status_reason := null;
  end if;
  new.status_reason := nullif(trim(new.status_reason), '');
  if is_member then
    new.status_reason := case when new.status = 'rejected' then 'cancelled by member' end;
  end if;
  if move.needs_reason and new.status_reason is null then
    raise exception 'a move to % needs a reason', new.status using errcode = 'check_violation';
  end if;

  if old.status = 'draft' and new.status = 'submitted' then
    if cardinality(private.missing_in_claim(new)) > 0 then
      raise exception 'claim is incomplete: %', array_to_string(private.missing_in_claim(new), ', ')
        using errcode = 'check_violation';
    end if;
    if public.membership_access(new.member_id) not in ('active', 'grace') then
      raise exception 'sending a claim needs an active membership'
        using errcode = 'insufficient_privilege';
    end if;
    select * into member from public.profiles where id = new.member_id;
    new.agent_id := member.agent_id;
    new.branch_id := coalesce(
      member.branch_id, (select branch_id from public.profiles where id = member.agent_id)
    );
    new.submitted_at := now();
    new.claim_number := private.next_claim_number(new.tenant_id, now());
  end if;

  if acting_role = 'staff' and is_staff and new.assigned_to is null then
    new.assigned_to := acting;
  end if;
  new.status_changed_at := now();
  new.closed_at := case when new.status in ('resolved', 'rejected') then now() end;
  return new;
end
$$;
comment on function private.move_status() is
  'Lets a claim move along the graph only, with a reason where one is needed, by those who may. A draft that is sent gets its number.';

create function private.check_assignee()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.assigned_to is not distinct from old.assigned_to then
    return new;
  end if;
  new.assigned_at := case when new.assigned_to is not null then now() end;
  if new.assigned_to is null then
    return new;
  end if;
  if new.submitted_at is null then
    raise exception 'a draft is assigned to nobody' using errcode = 'check_violation';
  end if;
  if new.assigned_to = new.member_id or not exists (
    select from public.profiles
    where id = new.assigned_to and tenant_id = new.tenant_id and is_active
      and role in ('staff', 'tenant_admin')
  ) then
    raise exception 'a claim is assigned to active staff of its tenant'
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;
comment on function private.check_assignee() is
  'Lets claims be assigned to active staff of their country only, and never to the member.';

create trigger c_move_status before update of status on public.claims
for each row when (new.status is distinct from old.status)
execute function private.move_status();
-- Fires after the one above, which may assign.
create trigger d_check_assignee before update on public.claims
for each row execute function private.check_assignee();

-- An internal note travels beside the change that it belongs to and is used up by it.
create function private.take_internal_note()
returns text
language plpgsql
set search_path = ''
as $$
declare
  note text := nullif(trim(current_setting('claims.internal_note', true)), '');
begin
  perform set_config('claims.internal_note', '', true);
  return note;
end
$$;
comment on function private.take_internal_note() is
  'The internal note of the change at work, which is thereby used up.';

create function private.record_claim_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  acting uuid := (select auth.uid());
  acting_role text := coalesce(private.my_role(), 'owner');
  internal_note text := private.take_internal_note();
begin
  if new.status is distinct from old.status then
    insert into public.claim_stage_history
      (tenant_id, claim_id, member_id, from_status, to_status, note, changed_by, changed_by_role)
    values
      (new.tenant_id, new.id, new.member_id, old.status, new.status, new.status_reason, acting,
       acting_role);
    if internal_note is not null then
      insert into public.claim_stage_history
        (tenant_id, claim_id, member_id, from_status, to_status, is_public, note, changed_by,
         changed_by_role)
      values
        (new.tenant_id, new.id, new.member_id, old.status, new.status, false, internal_note, acting,
         acting_role);
    end if;
    perform private.record_audit(
      new.tenant_id,
      case
        when old.status = 'draft' and new.status = 'submitted' then 'claim.submitted'
        when new.status = 'rejected' and acting = new.member_id then 'claim.cancelled'
        else 'claim.status_changed'
      end,
      'claim', new.id::text,
      jsonb_build_object('before', old.status, 'after', new.status)
    );
  end if;
  if new.assigned_to is distinct from old.assigned_to then
    insert into public.claim_stage_history
      (tenant_id, claim_id, member_id, from_status, to_status, is_assignment, is_public,
       assigned_from, assigned_to, note, changed_by, changed_by_role)
    values
      (new.tenant_id, new.id, new.member_id, new.status, new.status, true, false, old.assigned_to,
       new.assigned_to, case when new.status = old.status then internal_note end, acting,
       acting_role);
    perform private.record_audit(
      new.tenant_id,
      case when new.assigned_to is null then 'claim.unassigned' else 'claim.assigned' end,
      'claim', new.id::text,
      jsonb_build_object('before', old.assigned_to, 'after', new.assigned_to)
    );
  end if;
  -- Pages that show the claim ask again; what they may see is decided then.
  perform pg_notify('claim_changed', new.id::text);
  return null;
end
$$;
comment on function private.record_claim_change() is
  'Writes a move or a change of assignee to the history and the audit log, and tells open pages that there is something new.';

create trigger record_claim_change
after update on public.claims
for each row when (
  (new.status, new.assigned_to) is distinct from (old.status, old.assigned_to)
)
execute function private.record_claim_change();

----------------------------------------------------------------------------------------------------
-- What pages call
----------------------------------------------------------------------------------------------------

create function public.submit_claim(claim_id uuid)
returns public.claims
language plpgsql
set search_path = ''
as $$
declare
  claim public.claims;
begin
  update public.claims set status = 'submitted'
  where id = submit_claim.claim_id and member_id = (select auth.uid()) and status = 'draft'
  returning * into claim;
  if found then
    return claim;
  end if;
  select * into claim from public.claims
  where id = submit_claim.claim_id and member_id = (select auth.uid());
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  if not claim.is_submitted then
    raise exception 'a claim does not move from % to submitted', claim.status
      using errcode = 'check_violation';
  end if;
  return claim;
end
$$;
comment on function public.submit_claim(uuid) is
  'Sends the person''s own draft; one that was sent already is returned as it is. Needs a membership and a complete draft.';

create function public.cancel_claim(claim_id uuid)
returns public.claims
language plpgsql
set search_path = ''
as $$
declare
  claim public.claims;
begin
  update public.claims set status = 'rejected'
  where id = cancel_claim.claim_id and member_id = (select auth.uid()) and status <> 'rejected'
  returning * into claim;
  if found then
    return claim;
  end if;
  select * into claim from public.claims
  where id = cancel_claim.claim_id and member_id = (select auth.uid());
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  return claim;
end
$$;
comment on function public.cancel_claim(uuid) is
  'Cancels the person''s own draft or open claim; one that is rejected already is returned as it is.';

create function public.move_claim(
  claim_id uuid,
  to_status text,
  reason text default null,
  internal_note text default null,
  expected_status text default null
)
returns public.claims
language plpgsql
set search_path = ''
as $$
declare
  claim public.claims;
begin
  select * into claim from public.claims where id = move_claim.claim_id for update;
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  if claim.status <> move_claim.expected_status then
    raise exception 'claim has moved on to %', claim.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if claim.status = move_claim.to_status then
    raise exception 'a claim does not move from % to %', claim.status, move_claim.to_status
      using errcode = 'check_violation';
  end if;
  -- The member has no internal notes.
  perform set_config(
    'claims.internal_note',
    case
      when claim.member_id is distinct from (select auth.uid())
      then coalesce(left(move_claim.internal_note, 2000), '')
      else ''
    end,
    true
  );
  update public.claims
  set status = move_claim.to_status, status_reason = move_claim.reason
  where id = move_claim.claim_id
  returning * into claim;
  return claim;
end
$$;
comment on function public.move_claim(uuid, text, text, text, text) is
  'Moves a claim, with a reason for the member and a note for staff. Give the status that the page showed, and a claim that moved on meanwhile is left alone.';

create function private.assign_claim(
  claim_id uuid,
  to_user uuid,
  reason text,
  expected uuid
)
returns public.claims
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
begin
  if coalesce(private.my_role() not in ('staff', 'tenant_admin', 'super_admin'), true) then
    raise exception 'only staff assign claims' using errcode = 'insufficient_privilege';
  end if;
  if expected is not null and nullif(trim(reason), '') is null then
    raise exception 'taking a claim from somebody needs a reason' using errcode = 'check_violation';
  end if;
  perform set_config('claims.internal_note', coalesce(left(reason, 2000), ''), true);
  -- Compare and swap: of many at once, the first finds what it expected.
  update public.claims
  set assigned_to = to_user
  where id = assign_claim.claim_id
    and tenant_id = any (array(select private.my_tenant_ids()))
    and is_submitted
    and assigned_to is not distinct from expected
    and assigned_to is distinct from to_user
  returning * into claim;
  if found then
    return claim;
  end if;
  perform private.take_internal_note();
  select * into claim from public.claims
  where id = assign_claim.claim_id and tenant_id = any (array(select private.my_tenant_ids()))
    and is_submitted;
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  if claim.assigned_to is distinct from to_user then
    raise exception 'claim is assigned to somebody else by now'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return claim;
end
$$;
comment on function private.assign_claim(uuid, uuid, text, uuid) is
  'Gives a claim to one of the staff if it is still where it was expected to be.';

create function public.claim_assign(
  claim_id uuid,
  to_user uuid,
  reason text default null,
  expected uuid default null
)
returns public.claims
language sql
set search_path = ''
as $$
  select private.assign_claim(claim_id, to_user, reason, expected)
$$;
comment on function public.claim_assign(uuid, uuid, text, uuid) is
  'For staff: takes a claim that is nobody''s (expected left out), or gives it from whom it was expected with to somebody else or, with to_user null, to nobody; that needs a reason. Of many who try at once, one wins.';

create function private.take_unassigned(claim_id uuid)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.claims
  set assigned_to = (select auth.uid())
  where id = take_unassigned.claim_id
    and assigned_to is null
    and is_submitted
    and member_id <> (select auth.uid())
    and tenant_id = private.my_tenant()
    and private.my_role() = 'staff'
$$;
comment on function private.take_unassigned(uuid) is
  'Gives a claim that is nobody''s to the one of the staff who acts on it.';

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.next_claim_number(text, timestamptz), private.missing_in_claim(public.claims),
  private.take_internal_note(), private.take_unassigned(uuid),
  private.assign_claim(uuid, uuid, text, uuid), public.submit_claim(uuid),
  public.cancel_claim(uuid), public.move_claim(uuid, text, text, text, text),
  public.claim_assign(uuid, uuid, text, uuid)
from public;
grant execute on function
  private.assign_claim(uuid, uuid, text, uuid), public.submit_claim(uuid),
  public.cancel_claim(uuid), public.move_claim(uuid, text, text, text, text),
  public.claim_assign(uuid, uuid, text, uuid)
to authenticated;

alter table public.claim_status_transitions enable row level security;
alter table public.claim_status_transitions force row level security;
alter table public.claim_stage_history enable row level security;
alter table public.claim_stage_history force row level security;
alter table private.claim_counters enable row level security;
alter table private.claim_counters force row level security;

create policy "Counters stay inside their tenant" on private.claim_counters
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())));

grant select on public.claim_status_transitions to authenticated;

create policy "Everyone who is signed in sees the graph" on public.claim_status_transitions
  for select to authenticated
  using (true);

grant select on public.claim_stage_history to authenticated;

create policy "History stays inside its tenant" on public.claim_stage_history
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see the public history of their claims" on public.claim_stage_history
  for select to authenticated
  using (member_id = (select auth.uid()) and is_public);
create policy "Agents see the public history of their members' claims"
  on public.claim_stage_history
  for select to authenticated
  using (
    (select private.my_role()) = 'agent'
    and is_public
    and member_id = any (array(select private.my_members()))
    and exists (select from public.claims where claims.id = claim_stage_history.claim_id)
  );
create policy "Branch managers see the public history of their branch's claims"
  on public.claim_stage_history
  for select to authenticated
  using (
    (select private.my_role()) = 'branch_manager'
    and is_public
    and exists (select from public.claims where claims.id = claim_stage_history.claim_id)
  );
create policy "Staff and admins see the history of their tenant's claims"
  on public.claim_stage_history
  for select to authenticated
  using (
    (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    -- Whoever of the staff was a member once reads no notes about their own claim.
    and (is_public or member_id <> (select auth.uid()))
  );
