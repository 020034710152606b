----------------------------------------------------------------------------------------------------
-- Leads: people whom an agent talks to about a membership, from the first word to the member.
--
-- People read here and write by functions alone. The way of a lead is a graph that a trigger keeps,
-- whoever writes; "converted" is given by the approval of a payment and by nothing else.
----------------------------------------------------------------------------------------------------

create table public.member_leads (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id),
  branch_id uuid,
  agent_id uuid not null,
  created_by uuid not null,
  first_name text not null check (char_length(first_name) <= 60),
  last_name text not null check (char_length(last_name) <= 60),
  email text not null check (
    email = lower(email) and char_length(email) between 3 and 254 and email ~ '^[^\s@]+@[^\s@]+$'
  ),
  phone text check (char_length(phone) between 1 and 40),
  locale text not null check (locale in ('sq', 'en', 'mk', 'sr')),
  plan_id uuid,
  status text not null default 'new'
    check (
      status in (
        'new', 'contacted', 'payment_pending', 'converted', 'lost', 'disqualified', 'expired'
      )
    ),
  lost_reason text check (char_length(lost_reason) between 1 and 500),
  source text not null default 'agent' check (source ~ '^[a-z_]{1,40}$'),
  note text check (char_length(note) between 1 and 2000),
  last_act_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  converted_user_id uuid,
  converted_at timestamptz,
  erased_at timestamptz,
  is_open boolean not null generated always as (
    status in ('new', 'contacted', 'payment_pending')
  ) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (branch_id, tenant_id) references public.branches (id, tenant_id),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (created_by, tenant_id) references public.profiles (id, tenant_id),
  foreign key (plan_id, tenant_id) references public.membership_plans (id, tenant_id),
  foreign key (converted_user_id, tenant_id) references public.profiles (id, tenant_id),
  check ((status = 'converted') = (converted_user_id is not null and converted_at is not null)),
  check (lost_reason is null or status in ('lost', 'disqualified')),
  check (erased_at is not null or (first_name <> '' and last_name <> ''))
);

-- One open lead for an address and country. Words that are gone are nobody's address.
create unique index member_leads_open_key on public.member_leads (tenant_id, email)
  where status in ('new', 'contacted', 'payment_pending');
create index member_leads_agent_idx on public.member_leads (agent_id, tenant_id, status);
create index member_leads_branch_idx on public.member_leads (branch_id, tenant_id);
create index member_leads_created_by_idx on public.member_leads (created_by, tenant_id);
create index member_leads_plan_idx on public.member_leads (plan_id, tenant_id);
create index member_leads_converted_idx on public.member_leads (converted_user_id, tenant_id);
create index member_leads_tenant_idx on public.member_leads (tenant_id, created_at desc, id desc);
create index member_leads_email_idx on public.member_leads (email, tenant_id);
create index member_leads_expiring_idx on public.member_leads (expires_at)
  where status in ('new', 'contacted');
create index member_leads_ended_idx on public.member_leads (last_act_at)
  where status in ('lost', 'disqualified', 'expired') and erased_at is null;

comment on table public.member_leads is
  'People whom an agent talks to about a membership: who they are, how far it is, and what became of it.';
comment on column public.member_leads.id is 'Made by the database.';
comment on column public.member_leads.tenant_id is 'Country. Never changes.';
comment on column public.member_leads.branch_id is 'Office of the agent when the lead was taken up.';
comment on column public.member_leads.agent_id is 'The agent whose lead it is, and who earns on it (see profiles).';
comment on column public.member_leads.created_by is 'Who wrote it down. Never changes.';
comment on column public.member_leads.first_name is 'First name. Erased half a year after the lead ended without a membership.';
comment on column public.member_leads.last_name is 'Last name. Erased likewise.';
comment on column public.member_leads.email is
  'E-mail address in small letters; the member will sign in with it. Erased likewise.';
comment on column public.member_leads.phone is 'Telephone number, if known. Erased likewise.';
comment on column public.member_leads.locale is 'Language of the person: sq, en, mk or sr.';
comment on column public.member_leads.plan_id is 'The membership that was talked about (see membership_plans).';
comment on column public.member_leads.status is
  'new, contacted, payment_pending (a payment waits to be checked), converted (is a member now), lost, disqualified, or expired (nothing happened for 30 days).';
comment on column public.member_leads.lost_reason is 'Why it was lost or no lead at all, in the words of the agent.';
comment on column public.member_leads.source is 'Where it came from; agent if the agent wrote it down.';
comment on column public.member_leads.note is 'What the agent wants to remember. Erased with the name.';
comment on column public.member_leads.last_act_at is 'When something last happened with it. Set by the database.';
comment on column public.member_leads.expires_at is
  'When it expires unless something happens: 30 days after the last act. Set by the database.';
comment on column public.member_leads.converted_user_id is 'The member it became (see profiles).';
comment on column public.member_leads.converted_at is 'When it became a member.';
comment on column public.member_leads.erased_at is 'When name and address were taken out; empty if they are there.';
comment on column public.member_leads.is_open is 'Whether there is something to do: new, contacted or payment_pending. Set by the database.';
comment on column public.member_leads.created_at is 'When it was written down. Set by the database.';
comment on column public.member_leads.updated_at is 'When the row last changed. Set by the database.';

-- Text of people without what cannot be seen, on one line; null if nothing is left.
create function private.plain_line(words text)
returns text
language sql
immutable
set search_path = ''
as $$
  select nullif(
    trim(
      regexp_replace(
        regexp_replace(
          regexp_replace(words, '\s+', ' ', 'g'),
          '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]',
          '', 'g'
        ),
        ' {2,}', ' ', 'g'
      )
    ),
    ''
  )
$$;
comment on function private.plain_line(text) is
  'A text on one line without what cannot be seen; null if nothing is left.';

create function private.plain_text(words text)
returns text
language sql
immutable
set search_path = ''
as $$
  select nullif(
    trim(
      e' \t\n' from regexp_replace(
        replace(words, e'\r\n', e'\n'),
        '[\u0001-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]',
        '', 'g'
      )
    ),
    ''
  )
$$;
comment on function private.plain_text(text) is
  'A text of several lines without what cannot be seen; null if nothing is left.';

-- Holds for everyone, staff in Studio included.
create function private.guard_lead()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.created_by, new.created_at, new.source)
    is distinct from (old.id, old.created_by, old.created_at, old.source)
  then
    raise exception 'who wrote a lead down never changes' using errcode = 'restrict_violation';
  end if;
  if new.status <> old.status and (old.status, new.status) not in (
    ('new', 'contacted'), ('new', 'payment_pending'), ('new', 'lost'), ('new', 'disqualified'),
    ('new', 'expired'),
    ('contacted', 'payment_pending'), ('contacted', 'lost'), ('contacted', 'disqualified'),
    ('contacted', 'expired'),
    ('payment_pending', 'contacted'), ('payment_pending', 'converted'),
    ('lost', 'contacted'), ('expired', 'contacted')
  ) then
    raise exception 'a lead does not go from % to %', old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  if old.status = 'converted' and (new.converted_user_id, new.converted_at)
    is distinct from (old.converted_user_id, old.converted_at)
  then
    raise exception 'who a lead became never changes' using errcode = 'restrict_violation';
  end if;
  if old.erased_at is not null and new.status <> old.status then
    raise exception 'a lead whose name is gone stays as it is' using errcode = 'restrict_violation';
  end if;
  -- What the clock does is no act.
  if new.status not in ('expired', old.status)
    or (
      new.erased_at is null
      and (new.first_name, new.last_name, new.email, new.phone, new.plan_id, new.note, new.agent_id)
        is distinct from
        (old.first_name, old.last_name, old.email, old.phone, old.plan_id, old.note, old.agent_id)
    )
  then
    new.last_act_at := now();
    new.expires_at := now() + interval '30 days';
  end if;
  return new;
end
$$;
comment on function private.guard_lead() is
  'Keeps a lead on its way, and counts its thirty days anew when something happens with it.';

create function private.audit_lead()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  changed text[];
begin
  -- Never a name, an address or words: nothing is ever erased from the log.
  if tg_op = 'INSERT' then
    perform private.record_audit(
      new.tenant_id, 'lead.created', 'member_lead', new.id::text,
      jsonb_build_object('agent_id', new.agent_id, 'branch_id', new.branch_id)
    );
    return null;
  end if;
  if new.agent_id <> old.agent_id then
    perform private.record_audit(
      new.tenant_id, 'lead.reassigned', 'member_lead', new.id::text,
      jsonb_build_object('before', old.agent_id, 'after', new.agent_id)
    );
  end if;
  if new.status <> old.status then
    perform private.record_audit(
      new.tenant_id, 'lead.status_changed', 'member_lead', new.id::text,
      jsonb_strip_nulls(jsonb_build_object(
        'before', old.status, 'after', new.status, 'member_id', new.converted_user_id
      ))
    );
    return null;
  end if;
  select array_agg(field.key order by field.key) into changed
  from jsonb_each(to_jsonb(new)) as field
  where field.key in ('first_name', 'last_name', 'email', 'phone', 'locale', 'plan_id', 'note')
    and to_jsonb(old) -> field.key is distinct from field.value;
  if changed is not null and new.erased_at is null then
    perform private.record_audit(
      new.tenant_id, 'lead.updated', 'member_lead', new.id::text,
      jsonb_build_object('changed', to_jsonb(changed))
    );
  end if;
  return null;
end
$$;
comment on function private.audit_lead() is
  'Writes to the audit log that a lead was written down, changed, given to another agent or moved on.';

create trigger a_guard_lead before update on public.member_leads
for each row execute function private.guard_lead();
create trigger b_keep_tenant before update on public.member_leads
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.member_leads
for each row execute function private.touch_updated_at();
create trigger audit_lead after insert or update on public.member_leads
for each row execute function private.audit_lead();

----------------------------------------------------------------------------------------------------
-- Acts
----------------------------------------------------------------------------------------------------

-- Whose it is to work on a lead: its agent's, and an administrator's.
create function private.find_lead(lead uuid)
returns public.member_leads
language plpgsql
security definer
set search_path = ''
as $$
declare
  found_lead public.member_leads;
begin
  select * into found_lead from public.member_leads
  where id = find_lead.lead and erased_at is null
    and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent')
      or (select private.my_role()) = any ('{tenant_admin,super_admin}'::text[])
    )
  for update;
  if not found then
    raise exception 'lead not found' using errcode = 'no_data_found';
  end if;
  -- The job may not have been here yet.
  if found_lead.status in ('new', 'contacted') and found_lead.expires_at <= now() then
    update public.member_leads set status = 'expired' where id = found_lead.id
    returning * into found_lead;
  end if;
  return found_lead;
end
$$;
comment on function private.find_lead(uuid) is
  'A lead that whoever asks may work on, locked for a change.';

create function private.check_lead_plan(tenant text, plan uuid)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if plan is not null and not exists (
    select from public.membership_plans where id = plan and tenant_id = tenant and is_active
  ) then
    raise exception 'the plan is not on offer' using errcode = 'foreign_key_violation';
  end if;
end
$$;
comment on function private.check_lead_plan(text, uuid) is
  'Refuses a plan that is another country''s or not on offer.';

create function private.refuse_second_lead(tenant text, address text, but uuid)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  other public.member_leads;
begin
  select * into other from public.member_leads
  where tenant_id = tenant and email = address and is_open and id is distinct from but;
  if found then
    raise exception 'an open lead has this address'
      using errcode = 'unique_violation',
        detail = case when other.agent_id = (select auth.uid()) then other.id::text else '' end;
  end if;
end
$$;
comment on function private.refuse_second_lead(text, text, uuid) is
  'Refuses a second open lead for an address; names the first one to its own agent.';

create function private.create_lead(
  first_name text,
  last_name text,
  email text,
  phone text,
  locale text,
  plan uuid,
  note text
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me public.profiles;
  address text := lower(trim(create_lead.email));
  allowed boolean;
  made uuid;
begin
  select * into me from public.profiles where id = private.my_id() and role = 'agent' for share;
  if not found then
    raise exception 'only agents write leads down' using errcode = 'insufficient_privilege';
  end if;
  select taken.allowed into allowed
  from private.take_rate_limit('leads', me.id::text, 100, '1 day') as taken;
  if not allowed then
    raise exception 'too many leads' using errcode = 'program_limit_exceeded';
  end if;
  perform private.check_lead_plan(me.tenant_id, plan);
  -- What expired by itself makes room.
  update public.member_leads set status = 'expired'
  where tenant_id = me.tenant_id and member_leads.email = address
    and status in ('new', 'contacted') and expires_at <= now();
  perform private.refuse_second_lead(me.tenant_id, address, null);
  insert into public.member_leads
    (tenant_id, branch_id, agent_id, created_by, first_name, last_name, email, phone, locale, plan_id,
     note)
  values (
    me.tenant_id, me.branch_id, me.id, me.id,
    coalesce(private.plain_line(create_lead.first_name), ''),
    coalesce(private.plain_line(create_lead.last_name), ''),
    address, private.plain_line(create_lead.phone), create_lead.locale, plan,
    private.plain_text(create_lead.note)
  )
  on conflict (tenant_id, email) where status in ('new', 'contacted', 'payment_pending') do nothing
  returning id into made;
  if made is null then
    -- Written down at the same moment.
    raise exception 'an open lead has this address' using errcode = 'unique_violation', detail = '';
  end if;
  return made;
end
$$;
comment on function private.create_lead(text, text, text, text, text, uuid, text) is
  'Writes a lead of the signed-in agent down. One open lead for an address.';

create function private.edit_lead(
  lead uuid,
  first_name text,
  last_name text,
  email text,
  phone text,
  locale text,
  plan uuid,
  note text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  now_is public.member_leads := private.find_lead(lead);
  address text := lower(trim(edit_lead.email));
begin
  if now_is.status = 'converted' then
    raise exception 'the lead is over' using errcode = 'object_not_in_prerequisite_state';
  end if;
  -- What is being checked stays what it was when it was handed in.
  if now_is.status = 'payment_pending'
    and (address, edit_lead.plan) is distinct from (now_is.email, now_is.plan_id)
  then
    raise exception 'a payment of this lead waits' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if plan is distinct from now_is.plan_id then
    perform private.check_lead_plan(now_is.tenant_id, plan);
  end if;
  if now_is.is_open then
    perform private.refuse_second_lead(now_is.tenant_id, address, now_is.id);
  end if;
  update public.member_leads
  set
    first_name = coalesce(private.plain_line(edit_lead.first_name), ''),
    last_name = coalesce(private.plain_line(edit_lead.last_name), ''),
    email = address,
    phone = private.plain_line(edit_lead.phone),
    locale = edit_lead.locale,
    plan_id = edit_lead.plan,
    note = private.plain_text(edit_lead.note)
  where id = now_is.id;
end
$$;
comment on function private.edit_lead(uuid, text, text, text, text, text, uuid, text) is
  'Changes what is known of a lead; not the address and the plan while a payment waits.';

create function private.move_lead(lead uuid, to_status text, reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  now_is public.member_leads := private.find_lead(lead);
  why text := private.plain_text(reason);
begin
  if to_status is null or to_status not in ('contacted', 'lost', 'disqualified') then
    raise exception 'a lead does not go from % to %', now_is.status, to_status
      using errcode = 'restrict_violation';
  elsif to_status = now_is.status then
    return;
  elsif now_is.status = 'payment_pending' then
    raise exception 'a payment of this lead waits' using errcode = 'object_not_in_prerequisite_state';
  elsif to_status <> 'contacted' and why is null then
    raise exception 'losing a lead needs a reason' using errcode = 'check_violation';
  end if;
  if to_status = 'contacted' and not now_is.is_open then
    perform private.refuse_second_lead(now_is.tenant_id, now_is.email, now_is.id);
  end if;
  update public.member_leads
  set status = to_status, lost_reason = case when to_status <> 'contacted' then left(why, 500) end
  where id = now_is.id;
end
$$;
comment on function private.move_lead(uuid, text, text) is
  'Moves a lead on: contacted (also taken up again), lost or disqualified, which need a reason.';

create function private.reassign_lead(lead uuid, agent uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  now_is public.member_leads := private.find_lead(lead);
  person public.profiles;
begin
  if private.my_role() = 'agent' then
    raise exception 'administrators give leads to agents' using errcode = 'insufficient_privilege';
  end if;
  if not now_is.is_open then
    raise exception 'the lead is over' using errcode = 'object_not_in_prerequisite_state';
  elsif now_is.status = 'payment_pending' then
    raise exception 'a payment of this lead waits' using errcode = 'object_not_in_prerequisite_state';
  end if;
  select * into person from public.profiles
  where id = agent and tenant_id = now_is.tenant_id and role = 'agent' and is_active
  for share;
  if not found then
    raise exception 'not an active agent of the country' using errcode = 'foreign_key_violation';
  end if;
  update public.member_leads set agent_id = person.id, branch_id = person.branch_id
  where id = now_is.id and agent_id <> person.id;
end
$$;
comment on function private.reassign_lead(uuid, uuid) is
  'Gives a lead to another active agent of the country, for administrators.';

----------------------------------------------------------------------------------------------------
-- Who sees what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.plain_line(text), private.plain_text(text), private.find_lead(uuid),
  private.check_lead_plan(text, uuid), private.refuse_second_lead(text, text, uuid),
  private.create_lead(text, text, text, text, text, uuid, text),
  private.edit_lead(uuid, text, text, text, text, text, uuid, text),
  private.move_lead(uuid, text, text), private.reassign_lead(uuid, uuid)
from public;
grant execute on function
  private.create_lead(text, text, text, text, text, uuid, text),
  private.edit_lead(uuid, text, text, text, text, text, uuid, text),
  private.move_lead(uuid, text, text), private.reassign_lead(uuid, uuid)
to authenticated;

alter table public.member_leads enable row level security;
alter table public.member_leads force row level security;

grant select on public.member_leads to authenticated;

create policy "Leads stay inside their tenant" on public.member_leads
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see their own leads" on public.member_leads
  for select to authenticated
  using (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent');
create policy "Branch managers see the leads of their branch" on public.member_leads
  for select to authenticated
  using (
    branch_id = (select private.my_branch()) and (select private.my_role()) = 'branch_manager'
  );
create policy "Admins see the leads of their tenant" on public.member_leads
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));

select private.watch_by_hand(
  'public.member_leads',
  '{status,agent_id,first_name,last_name,email,phone,locale,plan_id,note}',
  '{lost_reason,last_act_at,expires_at,converted_user_id,converted_at,erased_at,is_open,branch_id}',
  inserts_told => true
);
