----------------------------------------------------------------------------------------------------
-- Claims, tightened: reasons come with moves, nothing stays with people who are gone, and a message
-- says something.
----------------------------------------------------------------------------------------------------

create function private.guard_reason()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  acting uuid := (select auth.uid());
begin
  -- An owner in the SQL editor may correct a slip.
  if new.status = old.status then
    if acting is not null and new.status_reason is distinct from old.status_reason then
      raise exception 'a reason comes with a move' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  if acting is not null and acting <> old.member_id
    and lower(trim(new.status_reason)) = 'cancelled by member'
  then
    raise exception 'only the member cancels' using errcode = 'check_violation';
  end if;
  -- Given once more in the same words it is a new reason. The blank goes where the move is checked,
  -- which takes a reason that did not change for the last move's.
  if new.status_reason = old.status_reason then
    new.status_reason := new.status_reason || ' ';
  end if;
  return new;
end
$$;
comment on function private.guard_reason() is
  'Lets the reason of a status change with the status only, keeps the words for a member''s own cancelling to the member, and takes a reason that is given twice as given.';

-- Fires when a statement names the column, whether or not it changes.
create trigger b_guard_reason before update of status_reason on public.claims
for each row execute function private.guard_reason();

----------------------------------------------------------------------------------------------------
-- Who is gone has nothing to pursue
----------------------------------------------------------------------------------------------------

create function private.takes_claims(person public.profiles)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select person.is_active and person.role in ('staff', 'tenant_admin')
$$;
comment on function private.takes_claims(public.profiles) is 'Whether a person may have claims to pursue.';

create or replace function private.check_assignee()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  person public.profiles;
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
  -- Shared, so that whoever is switched off at this moment gets no claim that nobody takes back.
  select * into person from public.profiles
  where id = new.assigned_to and tenant_id = new.tenant_id
  for share;
  if not found or new.assigned_to = new.member_id or not private.takes_claims(person) then
    raise exception 'a claim is assigned to active staff of its tenant'
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create function private.leave_gone_assignee()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.assigned_to = old.assigned_to and new.status not in ('resolved', 'rejected')
    and not exists (
      select from public.profiles as person
      where person.id = new.assigned_to and private.takes_claims(person)
    )
  then
    new.assigned_to := null;
  end if;
  return new;
end
$$;
comment on function private.leave_gone_assignee() is
  'Opens a claim again without the assignee who is gone; the one of the staff who opens it takes it.';

create trigger b_leave_gone_assignee before update of status on public.claims
for each row when (old.status in ('resolved', 'rejected'))
execute function private.leave_gone_assignee();

create function private.release_claims()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.claims set assigned_to = null where assigned_to = new.id and is_open;
  return null;
end
$$;
comment on function private.release_claims() is
  'Gives the open claims of somebody who takes none any more back to the queue.';

create trigger release_claims after update of is_active, role on public.profiles
for each row when (
  old.is_active and old.role in ('staff', 'tenant_admin')
  and not (new.is_active and new.role in ('staff', 'tenant_admin'))
)
execute function private.release_claims();

update public.claims as claim set assigned_to = null
where claim.is_open and exists (
  select from public.profiles as person
  where person.id = claim.assigned_to and not private.takes_claims(person)
);

----------------------------------------------------------------------------------------------------
-- Messages
----------------------------------------------------------------------------------------------------

create function private.refuse_blank_message()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Blanks, soft hyphens, joiners, marks of direction and other things that nobody sees.
  if new.body !~ '[^\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff]'
  then
    raise exception 'a message says something' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
comment on function private.refuse_blank_message() is
  'Refuses a message that consists of letters that nobody sees.';

create trigger b_refuse_blank_message before insert on public.claim_messages
for each row execute function private.refuse_blank_message();

revoke all on function private.takes_claims(public.profiles) from public;
