----------------------------------------------------------------------------------------------------
-- Roles: who may give which, by a list. Nobody gives or takes a role above their own, and nobody
-- changes their own role, branch, agent or lock.
--
-- The rules hold for whoever is signed in, by whichever way: a function, the Data API, an UPDATE.
-- The owner and staff in Studio are bound by no list; what they do is in the audit log as well.
----------------------------------------------------------------------------------------------------

create table public.role_grants_allowed (
  granter_role text not null,
  target_role text not null,
  by_invitation_only boolean not null default false,
  primary key (granter_role, target_role),
  check (
    array_position(
      '{member,agent,staff,branch_manager,tenant_admin,super_admin}'::text[], target_role
    )
    <= array_position(
      '{member,agent,staff,branch_manager,tenant_admin,super_admin}'::text[], granter_role
    )
  ),
  check (
    num_nulls(
      array_position(
        '{member,agent,staff,branch_manager,tenant_admin,super_admin}'::text[], target_role
      ),
      array_position(
        '{member,agent,staff,branch_manager,tenant_admin,super_admin}'::text[], granter_role
      )
    ) = 0
  )
);

comment on table public.role_grants_allowed is
  'Which role may give and take which: both the role that a person has and the one that they get must be in the list of whoever changes it.';
comment on column public.role_grants_allowed.granter_role is 'Role of the person who gives or takes.';
comment on column public.role_grants_allowed.target_role is
  'Role that is given or taken; never above the granter''s own.';
comment on column public.role_grants_allowed.by_invitation_only is
  'Yes if it may only be given by an invitation that the person accepts.';

insert into public.role_grants_allowed (granter_role, target_role, by_invitation_only)
values
  ('super_admin', 'super_admin', false),
  ('super_admin', 'tenant_admin', false),
  ('super_admin', 'branch_manager', false),
  ('super_admin', 'staff', false),
  ('super_admin', 'agent', false),
  ('super_admin', 'member', false),
  ('tenant_admin', 'tenant_admin', false),
  ('tenant_admin', 'branch_manager', false),
  ('tenant_admin', 'staff', false),
  ('tenant_admin', 'agent', false),
  ('tenant_admin', 'member', false),
  ('agent', 'member', true);

alter table public.role_grants_allowed enable row level security;
alter table public.role_grants_allowed force row level security;
grant select on public.role_grants_allowed to authenticated;

create policy "Whoever is signed in sees who may give which role" on public.role_grants_allowed
  for select to authenticated
  using ((select private.my_role()) is not null);

create function private.my_grantable_roles()
returns setof text
language sql
stable
security definer
rows 5
set search_path = ''
as $$
  select target_role
  from public.role_grants_allowed
  where granter_role = (select private.my_role()) and not by_invitation_only
$$;
comment on function private.my_grantable_roles() is
  'Roles that the signed-in person may give and take; none for most people.';

----------------------------------------------------------------------------------------------------
-- What may change in a profile
----------------------------------------------------------------------------------------------------

-- Runs with the rights of whoever changes the row, so that current_user tells who that is. The
-- column grants below say the same; this holds even where a tool hands out wider table rights.
create or replace function private.guard_profile()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_user not in ('anon', 'authenticated') then
    return new;
  end if;
  if (
      new.id, new.tenant_id, new.email, new.member_number, new.referral_code, new.created_at,
      new.email_undeliverable_at, new.email_undeliverable_reason
    ) is distinct from (
      old.id, old.tenant_id, old.email, old.member_number, old.referral_code, old.created_at,
      old.email_undeliverable_at, old.email_undeliverable_reason
    )
    or (
      (select auth.uid()) is distinct from old.id
      and (new.full_name, new.phone, new.locale, new.marketing_opt_out_at)
        is distinct from (old.full_name, old.phone, old.locale, old.marketing_opt_out_at)
    )
    -- Without a person there is nobody whose list of roles could be asked.
    or (
      (select auth.uid()) is null
      and (new.role, new.branch_id, new.agent_id, new.is_active)
        is distinct from (old.role, old.branch_id, old.agent_id, old.is_active)
    )
  then
    raise exception 'people change only their own contact details and preferences'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_profile() is
  'Refuses a change of what nobody signed in may change, and of other people''s contact details.';

-- Two who take each other's role at once: the second waits here, and finds that theirs is gone.
create function private.guard_role()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking uuid := (select auth.uid());
begin
  if asking is null
    or (new.role, new.branch_id, new.agent_id, new.is_active)
      is not distinct from (old.role, old.branch_id, old.agent_id, old.is_active)
  then
    return new;
  end if;
  if asking = old.id then
    raise exception 'nobody changes their own role, branch, agent or lock'
      using errcode = 'insufficient_privilege';
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('role grants', 0));
  if not exists (select from private.my_tenant_ids() as mine (id) where id = old.tenant_id)
    or not exists (select from private.my_grantable_roles() as given (role) where role = old.role)
    or not exists (select from private.my_grantable_roles() as given (role) where role = new.role)
  then
    raise exception 'this role is not yours to give' using errcode = 'insufficient_privilege';
  end if;
  if (new.role, new.branch_id) is distinct from (old.role, old.branch_id) then
    perform private.check_role_branch(new.tenant_id, new.role, new.branch_id, old.branch_id);
  end if;
  return new;
end
$$;
comment on function private.guard_role() is
  'Lets signed-in people change the role, branch, agent and lock of others by the list of roles, one at a time, and nobody their own.';

create function private.check_role_branch(tenant text, role text, branch uuid, kept uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  open boolean;
begin
  if branch is null then
    if role in ('agent', 'branch_manager') then
      raise exception 'agents and branch managers need a branch' using errcode = 'check_violation';
    end if;
    return;
  end if;
  select is_active into open from public.branches where id = branch and tenant_id = tenant;
  if open is null then
    raise exception 'the branch is not one of the country'
      using errcode = 'foreign_key_violation';
  elsif not open and branch is distinct from kept then
    raise exception 'the branch is closed' using errcode = 'check_violation';
  end if;
end
$$;
comment on function private.check_role_branch(text, text, uuid, uuid) is
  'Refuses a role without the branch that it needs, and a branch that is another country''s or closed, unless the person was in it already.';

create trigger a_guard_role before update of role, branch_id, agent_id, is_active on public.profiles
for each row execute function private.guard_role();

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

-- Few people are more than members: the list of those, and what a policy asks for.
create index profiles_role_idx on public.profiles (role, tenant_id) where role <> 'member';

grant update (role, branch_id, agent_id, is_active) on public.profiles to authenticated;

drop policy "People change their own contact details" on public.profiles;
create policy "People change their own contact details, and stay what they are" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and role = (select private.my_role()));
create policy "Those who may give a role change who has it" on public.profiles
  for update to authenticated
  using (
    id <> (select auth.uid()) and role = any (array(select private.my_grantable_roles()))
  )
  with check (
    id <> (select auth.uid()) and role = any (array(select private.my_grantable_roles()))
  );

----------------------------------------------------------------------------------------------------
-- Acts, for the site
----------------------------------------------------------------------------------------------------

create function private.find_person(person uuid)
returns public.profiles
language plpgsql
security definer
set search_path = ''
as $$
declare
  found_person public.profiles;
begin
  if not exists (select from private.my_grantable_roles()) then
    raise exception 'this role is not yours to give' using errcode = 'insufficient_privilege';
  end if;
  select * into found_person
  from public.profiles
  where id = person and tenant_id = any (array(select private.my_tenant_ids()))
  for update;
  if not found then
    raise exception 'person not found' using errcode = 'no_data_found';
  end if;
  return found_person;
end
$$;
comment on function private.find_person(uuid) is
  'A person of a tenant of whoever asks, locked for a change, for those who may give roles.';

create function private.set_role(person uuid, role text, branch uuid default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.find_person(person);
  update public.profiles
  set role = set_role.role, branch_id = set_role.branch
  where id = person
    and (profiles.role, profiles.branch_id) is distinct from (set_role.role, set_role.branch);
end
$$;
comment on function private.set_role(uuid, text, uuid) is
  'Gives a person a role and a branch, or none. The list of roles decides; see role_grants_allowed.';

create function private.set_active(person uuid, active boolean, reason text default null)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  changed boolean;
begin
  perform private.find_person(person);
  perform set_config('identity.reason', coalesce(left(trim(reason), 500), ''), true);
  update public.profiles set is_active = active where id = person and is_active <> active;
  changed := found;
  perform set_config('identity.reason', '', true);
  return changed;
end
$$;
comment on function private.set_active(uuid, boolean, text) is
  'Locks a person out, at once and out of every session, or lets them in again to sign in anew. The list of roles decides. False if nothing changed.';

revoke all on function
  private.my_grantable_roles(), private.guard_role(), private.find_person(uuid),
  private.check_role_branch(text, text, uuid, uuid),
  private.set_role(uuid, text, uuid), private.set_active(uuid, boolean, text)
from public;
grant execute on function
  private.my_grantable_roles(), private.set_role(uuid, text, uuid),
  private.set_active(uuid, boolean, text)
to authenticated;
