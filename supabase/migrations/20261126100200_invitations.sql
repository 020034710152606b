----------------------------------------------------------------------------------------------------
-- Invitations: how people come to a role without anybody typing one for them. Whoever invites fixes
-- country, role, branch and agent; the person accepts, signed in with the address that was invited.
--
-- The link's key is in the mail and nowhere else; the row has its SHA-256.
----------------------------------------------------------------------------------------------------

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id),
  email text not null check (
    email = lower(email) and char_length(email) between 3 and 254 and email ~ '^[^\s@]+@[^\s@]+$'
  ),
  role text not null
    check (role in ('member', 'agent', 'staff', 'branch_manager', 'tenant_admin', 'super_admin')),
  branch_id uuid,
  agent_id uuid,
  full_name text not null default '' check (char_length(full_name) <= 120),
  locale text not null check (locale in ('sq', 'en', 'mk', 'sr')),
  -- A super admin invites into every country, so this cannot carry the tenant.
  invited_by uuid references auth.users (id) on delete set null,
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  accepted_by uuid references auth.users (id) on delete set null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (branch_id, tenant_id) references public.branches (id, tenant_id),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id)
    on delete set null (agent_id),
  check (accepted_at is null or revoked_at is null),
  check (accepted_by is null or accepted_at is not null),
  check (branch_id is not null or role not in ('agent', 'branch_manager')),
  check (agent_id is null or role = 'member')
);

create unique index invitations_open_idx on public.invitations (tenant_id, email)
  where accepted_at is null and revoked_at is null and email <> 'erased@invalid';
create index invitations_tenant_idx on public.invitations (tenant_id, created_at desc, id desc);
create index invitations_branch_idx on public.invitations (branch_id, tenant_id);
create index invitations_agent_idx on public.invitations (agent_id, tenant_id);
create index invitations_invited_by_idx on public.invitations (invited_by);
create index invitations_accepted_by_idx on public.invitations (accepted_by);
create index invitations_ended_idx on public.invitations (expires_at)
  where email <> 'erased@invalid';

comment on table public.invitations is
  'People who were invited: with which role, until when, and what became of it. One open invitation for an address and country.';
comment on column public.invitations.id is 'Made by the database.';
comment on column public.invitations.tenant_id is 'Country that the person is invited to. Never changes.';
comment on column public.invitations.email is
  'Address that is invited, in small letters; only an account with it can accept. Erased 90 days after the invitation ended.';
comment on column public.invitations.role is 'Role that the person gets by accepting. Never changes.';
comment on column public.invitations.branch_id is
  'Branch that the person gets; needed for agents and branch managers. Never changes.';
comment on column public.invitations.agent_id is
  'The agent who invites a member and will look after them; empty otherwise. Never changes.';
comment on column public.invitations.full_name is
  'Name as whoever invites knows it, at most 120 characters. Erased with the address.';
comment on column public.invitations.locale is 'Language of the invitation: sq, en, mk or sr.';
comment on column public.invitations.invited_by is 'Who invited, or sent the invitation again.';
comment on column public.invitations.token_hash is
  'SHA-256 of the code in the link. The code itself is not kept.';
comment on column public.invitations.expires_at is
  'When the link ends: seven days after it was sent, or sent again.';
comment on column public.invitations.accepted_at is 'When the person accepted; empty if they have not.';
comment on column public.invitations.accepted_by is 'Who accepted.';
comment on column public.invitations.revoked_at is 'When the invitation was taken back; empty if it was not.';
comment on column public.invitations.created_at is 'When the person was first invited. Set by the database.';
comment on column public.invitations.updated_at is 'When the row last changed. Set by the database.';

-- Holds for everyone, staff in Studio included.
create function private.guard_invitation()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.role, new.branch_id, new.locale, new.created_at)
      is distinct from (old.id, old.role, old.branch_id, old.locale, old.created_at)
    -- The agent may be gone, and what is personal erased.
    or (new.agent_id is not null and new.agent_id is distinct from old.agent_id)
    or (new.email <> old.email and new.email <> 'erased@invalid')
    or (new.full_name <> old.full_name and new.full_name <> '')
  then
    raise exception 'what an invitation gives to whom never changes'
      using errcode = 'restrict_violation', hint = 'Take it back and make another one.';
  end if;
  if (old.accepted_at is not null or old.revoked_at is not null)
    and (new.accepted_at, new.revoked_at, new.token_hash, new.expires_at)
      is distinct from (old.accepted_at, old.revoked_at, old.token_hash, old.expires_at)
  then
    raise exception 'an invitation that was accepted or taken back stays so'
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_invitation() is
  'Keeps who is invited to what, and how it ended.';

create trigger a_guard_invitation before update on public.invitations
for each row execute function private.guard_invitation();
create trigger b_keep_tenant before update on public.invitations
for each row execute function private.keep_tenant();
create trigger d_keep_name_visible before insert on public.invitations
for each row execute function private.keep_name_visible();
create trigger z_touch_updated_at before update on public.invitations
for each row execute function private.touch_updated_at();

create function private.audit_invitation()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE'
    and (new.accepted_at, new.revoked_at, new.token_hash)
      is not distinct from (old.accepted_at, old.revoked_at, old.token_hash)
  then
    return null;
  end if;
  perform private.record_audit(
    new.tenant_id,
    case
      when tg_op = 'INSERT' then 'invitation.created'
      when new.accepted_at is distinct from old.accepted_at then 'invitation.accepted'
      when new.revoked_at is distinct from old.revoked_at then 'invitation.revoked'
      else 'invitation.renewed'
    end,
    'invitation', new.id::text,
    -- Never the address: nothing is ever erased from the log.
    jsonb_strip_nulls(jsonb_build_object(
      'role', new.role, 'branch_id', new.branch_id, 'agent_id', new.agent_id,
      'invited_by', new.invited_by, 'accepted_by', new.accepted_by,
      'expires_at', case when new.accepted_at is null and new.revoked_at is null then new.expires_at end
    ))
  );
  return null;
end
$$;
comment on function private.audit_invitation() is
  'Writes to the audit log that somebody was invited, again, no longer, or accepted.';

create trigger audit_invitation after insert or update on public.invitations
for each row execute function private.audit_invitation();

----------------------------------------------------------------------------------------------------
-- Inviting
----------------------------------------------------------------------------------------------------

-- Locks the profile of whoever invites: a role that is taken from them at the same time is either
-- gone already, or whoever takes it finds this invitation and revokes it.
create function private.begin_inviting(tenant text, invited_role text, inviting_agent uuid)
returns public.profiles
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
begin
  select * into me from public.profiles
  where id = (select auth.uid()) and is_active
  for share;
  if me.id is null
    or tenant is null
    or tenant <> all (array(select private.my_tenant_ids()))
    or not exists (
      select from public.role_grants_allowed
      where granter_role = me.role and target_role = invited_role
        and (not by_invitation_only or inviting_agent = me.id)
    )
  then
    raise exception 'this role is not yours to give' using errcode = 'insufficient_privilege';
  end if;
  return me;
end
$$;
comment on function private.begin_inviting(text, text, uuid) is
  'The profile of whoever invites, if they may give that role in that country: agents to members of their own, others by the list of roles.';

create function private.count_invitation(me public.profiles)
returns void
language plpgsql
set search_path = ''
as $$
declare
  allowed boolean;
begin
  select taken.allowed into allowed
  from private.take_rate_limit(
    'invitations', me.id::text, case when me.role = 'agent' then 50 else 200 end, '1 day'
  ) as taken;
  if not allowed then
    raise exception 'too many invitations' using errcode = 'program_limit_exceeded';
  end if;
end
$$;
comment on function private.count_invitation(public.profiles) is
  'Refuses more invitations in a day than anybody needs: each is a mail to a stranger.';

create function private.create_invitation(
  email text,
  role text,
  branch uuid,
  full_name text,
  locale text,
  token_hash text,
  tenant text default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me public.profiles;
  address text := lower(trim(create_invitation.email));
  home text := coalesce(create_invitation.tenant, private.my_tenant());
  by_agent boolean := (select private.my_role()) = 'agent';
  made uuid;
begin
  me := private.begin_inviting(
    home, create_invitation.role, case when by_agent then (select auth.uid()) end
  );
  if address = lower(me.email) then
    raise exception 'nobody changes their own role, branch, agent or lock'
      using errcode = 'insufficient_privilege';
  end if;
  if by_agent then
    branch := me.branch_id;
  else
    perform private.check_role_branch(home, create_invitation.role, branch, null);
    -- For an agent this would tell who has an account.
    if exists (
      select from public.profiles
      where lower(email) = address and tenant_id = home and role <> 'member'
    ) then
      raise exception 'this person has a role' using errcode = 'unique_violation';
    end if;
  end if;
  perform private.count_invitation(me);
  -- What ended by itself makes room.
  update public.invitations
  set revoked_at = now()
  where tenant_id = home and email = address
    and accepted_at is null and revoked_at is null and expires_at <= now();
  insert into public.invitations
    (tenant_id, email, role, branch_id, agent_id, full_name, locale, invited_by, token_hash)
  values (
    home, address, create_invitation.role, branch, case when by_agent then me.id end,
    coalesce(trim(create_invitation.full_name), ''), create_invitation.locale, me.id,
    create_invitation.token_hash
  )
  on conflict (tenant_id, email)
    where accepted_at is null and revoked_at is null and email <> 'erased@invalid'
    do nothing
  returning id into made;
  if made is null then
    raise exception 'an invitation is open'
      using errcode = 'unique_violation',
        detail = coalesce(
          (
            select id::text from public.invitations
            where tenant_id = home and email = address
              and accepted_at is null and revoked_at is null
              and (not by_agent or agent_id = me.id)
          ),
          ''
        );
  end if;
  return made;
end
$$;
comment on function private.create_invitation(text, text, uuid, text, text, text, text) is
  'Invites an address to a role, and a branch, for seven days: agents to be a member of theirs, administrators by the list of roles, super admins in any country. Returns the id; the key is whoever asks''s to make and to send.';

-- Whose it is to renew or revoke: those who see it, as long as they could make it now.
create function private.find_invitation(invitation_id uuid)
returns public.invitations
language plpgsql
security definer
set search_path = ''
as $$
declare
  invitation public.invitations;
begin
  select * into invitation
  from public.invitations
  where id = invitation_id
    and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent')
      or (select private.my_role()) = any ('{tenant_admin,super_admin}'::text[])
    )
  for update;
  if not found then
    raise exception 'invitation not found' using errcode = 'no_data_found';
  elsif invitation.accepted_at is not null then
    raise exception 'the invitation is accepted'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return invitation;
end
$$;
comment on function private.find_invitation(uuid) is
  'An invitation that whoever asks sees and that nobody accepted, locked for a change.';

create function private.renew_invitation(invitation_id uuid, token_hash text)
returns timestamptz
language plpgsql
security definer
set search_path = ''
as $$
declare
  invitation public.invitations := private.find_invitation(invitation_id);
  me public.profiles;
begin
  if invitation.revoked_at is not null then
    raise exception 'the invitation is revoked'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  me := private.begin_inviting(invitation.tenant_id, invitation.role, invitation.agent_id);
  perform private.count_invitation(me);
  update public.invitations
  set
    token_hash = renew_invitation.token_hash,
    expires_at = now() + interval '7 days',
    invited_by = me.id
  where id = invitation.id
  returning expires_at into invitation.expires_at;
  return invitation.expires_at;
end
$$;
comment on function private.renew_invitation(uuid, text) is
  'Gives an open invitation a new key and seven more days; the old link ends. Returns when the new one does.';

create function private.revoke_invitation(invitation_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  invitation public.invitations := private.find_invitation(invitation_id);
begin
  if invitation.revoked_at is not null then
    return false;
  end if;
  perform private.begin_inviting(invitation.tenant_id, invitation.role, invitation.agent_id);
  update public.invitations set revoked_at = now() where id = invitation.id;
  return true;
end
$$;
comment on function private.revoke_invitation(uuid) is
  'Takes an open invitation back. False if it was taken back already.';

-- A role that is taken from somebody takes with it what they could not invite to any more.
create function private.revoke_stale_invitations()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.invitations as invitation
  set revoked_at = now()
  where accepted_at is null and revoked_at is null
    and (
      (agent_id = new.id and (not new.is_active or new.role <> 'agent'))
      or (
        invited_by = new.id
        and (
          not new.is_active
          or (new.role <> 'super_admin' and tenant_id <> new.tenant_id)
          or not exists (
            select from public.role_grants_allowed
            where granter_role = new.role and target_role = invitation.role
              and (not by_invitation_only or invitation.agent_id = new.id)
          )
        )
      )
    );
  return null;
end
$$;
comment on function private.revoke_stale_invitations() is
  'Takes back the open invitations of a person who is locked or lost the role that allowed them.';

create trigger revoke_stale_invitations after update of role, is_active on public.profiles
for each row when (
  old.role is distinct from new.role or (old.is_active and not new.is_active)
)
execute function private.revoke_stale_invitations();

----------------------------------------------------------------------------------------------------
-- Accepting
----------------------------------------------------------------------------------------------------

create function private.invitation_state(invitation public.invitations)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when invitation.id is null then 'unknown'
    when invitation.accepted_at is not null then 'accepted'
    when invitation.revoked_at is not null then 'revoked'
    when invitation.expires_at <= now() then 'expired'
    else 'open'
  end
$$;
comment on function private.invitation_state(public.invitations) is
  'Where an invitation stands: open, expired, revoked, accepted or unknown.';

create function private.invitation_by_token(token_hash text)
returns table (
  state text,
  tenant_id text,
  role text,
  email text,
  full_name text,
  locale text,
  invited_by_name text,
  expires_at timestamptz,
  is_mine boolean
)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select
    told.state, invitation.tenant_id, invitation.role,
    case when told.state = 'open' then invitation.email end,
    case when told.state = 'open' then invitation.full_name end,
    invitation.locale, nullif(inviter.full_name, ''), invitation.expires_at,
    case when (select auth.uid()) is not null and invitation.id is not null then
      coalesce(
        case
          when told.state = 'accepted' then invitation.accepted_by = me.id
          else lower(me.email) = invitation.email and me.tenant_id = invitation.tenant_id
        end,
        false
      )
    end
  from (select) as once
  left join public.invitations as invitation
    on invitation.token_hash = invitation_by_token.token_hash
  left join public.profiles as inviter on inviter.id = invitation.invited_by
  left join public.profiles as me on me.id = (select private.my_id())
  cross join lateral (select private.invitation_state(invitation)) as told (state)
$$;
comment on function private.invitation_by_token(text) is
  'What an invitation offers and whether it is open, for whoever has its link; looking takes nothing. Address and name only while it is open.';

create function private.accept_invitation(token_hash text)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  invitation public.invitations;
  me public.profiles;
  state text;
begin
  -- Of many at once, one goes on and the others wait here and find it accepted.
  select * into invitation from public.invitations
  where invitations.token_hash = accept_invitation.token_hash
  for update;
  select * into me from public.profiles where id = private.my_id() for update;
  state := private.invitation_state(invitation);
  if state = 'unknown' then
    raise exception 'invitation not found' using errcode = 'no_data_found';
  elsif me.id is null then
    raise exception 'the account is locked' using errcode = 'insufficient_privilege';
  elsif state = 'accepted' and invitation.accepted_by = me.id then
    return me.role;
  elsif state <> 'open' then
    raise exception 'the invitation is %', state
      using errcode = 'object_not_in_prerequisite_state';
  elsif lower(me.email) <> invitation.email then
    raise exception 'the invitation is for another address'
      using errcode = 'insufficient_privilege';
  elsif me.tenant_id <> invitation.tenant_id then
    raise exception 'the invitation is for another country'
      using errcode = 'insufficient_privilege';
  elsif me.role not in ('member', invitation.role) then
    raise exception 'this person has a role' using errcode = 'unique_violation';
  elsif me.agent_id <> invitation.agent_id then
    raise exception 'this person has an agent' using errcode = 'unique_violation';
  end if;
  update public.invitations
  set accepted_at = now(), accepted_by = me.id
  where id = invitation.id and accepted_at is null and revoked_at is null and expires_at > now();
  perform set_config('identity.invitation', invitation.id::text, true);
  -- The guard of roles finds the invitation accepted in this transaction.
  update public.profiles
  set
    role = invitation.role,
    branch_id = coalesce(invitation.branch_id, branch_id),
    agent_id = coalesce(invitation.agent_id, agent_id)
  where id = me.id;
  perform set_config('identity.invitation', '', true);
  return invitation.role;
end
$$;
comment on function private.accept_invitation(text) is
  'Gives the signed-in person what they are invited to: once, with the invited address, in the country that they belong to, and never instead of another role than member. Returns their role.';

create function private.is_accepting(before public.profiles, after public.profiles)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from public.invitations
    where accepted_by = after.id
      and accepted_at = now()
      and tenant_id = after.tenant_id
      and role = after.role
      and coalesce(branch_id, before.branch_id) is not distinct from after.branch_id
      and coalesce(agent_id, before.agent_id) is not distinct from after.agent_id
  ) and before.is_active = after.is_active
$$;
comment on function private.is_accepting(public.profiles, public.profiles) is
  'Whether what changes of a person''s role, branch and agent is what an invitation gives that they accepted in this transaction.';

create or replace function private.guard_role()
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
    if private.is_accepting(old, new) then
      return new;
    end if;
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

-- Says by which invitation a role came, and why somebody was locked.
create or replace function private.audit_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  because jsonb := jsonb_strip_nulls(jsonb_build_object(
    'invitation_id', nullif(current_setting('identity.invitation', true), ''),
    'reason', nullif(current_setting('identity.reason', true), '')
  ));
begin
  if new.role is distinct from old.role then
    perform private.record_audit(
      new.tenant_id,
      case when new.role = 'member' then 'user.role_revoked' else 'user.role_granted' end,
      'profile', new.id::text,
      jsonb_build_object('before', old.role, 'after', new.role) || because
    );
  end if;
  if new.agent_id is distinct from old.agent_id then
    perform private.record_audit(
      new.tenant_id, 'user.agent_updated', 'profile', new.id::text,
      jsonb_build_object('before', old.agent_id, 'after', new.agent_id) || because
    );
  end if;
  if (new.branch_id, new.is_active) is distinct from (old.branch_id, old.is_active) then
    perform private.record_audit(
      new.tenant_id, 'user.settings_updated', 'profile', new.id::text,
      jsonb_build_object(
        'before', jsonb_build_object('branch_id', old.branch_id, 'is_active', old.is_active),
        'after', jsonb_build_object('branch_id', new.branch_id, 'is_active', new.is_active)
      ) || because
    );
  end if;
  if (new.marketing_opt_out_at is null) <> (old.marketing_opt_out_at is null) then
    perform private.record_audit(
      new.tenant_id, 'user.settings_updated', 'profile', new.id::text,
      jsonb_build_object('marketing', new.marketing_opt_out_at is null)
        || case
          when new.marketing_opt_out_by is null then '{}'::jsonb
          else jsonb_build_object('by', new.marketing_opt_out_by)
        end
    );
  end if;
  if (new.email_undeliverable_at is null) <> (old.email_undeliverable_at is null) then
    perform private.record_audit(
      new.tenant_id, 'user.settings_updated', 'profile', new.id::text,
      jsonb_build_object('email_deliverable', new.email_undeliverable_at is null)
    );
  end if;
  return null;
end
$$;

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.begin_inviting(text, text, uuid), private.count_invitation(public.profiles),
  private.create_invitation(text, text, uuid, text, text, text, text),
  private.find_invitation(uuid), private.renew_invitation(uuid, text),
  private.revoke_invitation(uuid), private.revoke_stale_invitations(),
  private.invitation_state(public.invitations), private.invitation_by_token(text),
  private.accept_invitation(text), private.is_accepting(public.profiles, public.profiles),
  private.audit_invitation()
from public;
grant execute on function
  private.create_invitation(text, text, uuid, text, text, text, text),
  private.renew_invitation(uuid, text), private.revoke_invitation(uuid),
  private.accept_invitation(text)
to authenticated;
grant execute on function private.invitation_by_token(text) to anon, authenticated;

alter table public.invitations enable row level security;
alter table public.invitations force row level security;

grant select (
  id, tenant_id, email, role, branch_id, agent_id, full_name, locale, invited_by, expires_at,
  accepted_at, accepted_by, revoked_at, created_at, updated_at
) on public.invitations to authenticated;

create policy "Invitations stay inside their tenant" on public.invitations
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see whom they invited" on public.invitations
  for select to authenticated
  using (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent');
create policy "Admins see who is invited to their tenant" on public.invitations
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
