----------------------------------------------------------------------------------------------------
-- Identity: tenants (countries), branches, people, and the limits on how often a door may be tried.
--
-- Rights come from the row in `profiles` and from nothing else: not from token claims, not from
-- user metadata. A change of that row counts at the next statement.
----------------------------------------------------------------------------------------------------

-- Foreign keys between tenant-owned tables carry the tenant, so a row cannot point across. They put
-- the id first: one index then serves the key and the policies that ask by id alone.

create table public.tenants (
  id text primary key check (id ~ '^[a-z][a-z0-9_-]{1,30}$'),
  name text not null,
  legal_name text not null,
  country_code char(2) not null check (country_code ~ '^[A-Z]{2}$'),
  currency char(3) not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  default_locale text not null default 'sq' check (default_locale in ('sq', 'en', 'mk', 'sr')),
  hosts text[] not null default '{}',
  support_email text not null,
  support_phone text not null,
  time_zone text not null default 'Europe/Belgrade',
  is_default boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index tenants_one_default_idx on public.tenants (is_default) where is_default;

comment on table public.tenants is
  'One row per country that we work in. Everything in this table is public: the site shows it to visitors.';
comment on column public.tenants.id is 'Short code used everywhere, for example ks or mk. Never changes.';
comment on column public.tenants.name is 'Name of the brand in this country, as visitors see it.';
comment on column public.tenants.legal_name is 'Registered name of the company, for the imprint and invoices.';
comment on column public.tenants.country_code is 'Country, two capital letters (ISO 3166; Kosovo is XK).';
comment on column public.tenants.currency is 'Currency of prices, three capital letters (ISO 4217).';
comment on column public.tenants.default_locale is
  'Language of people who chose none: sq Albanian, en English, mk Macedonian, sr Serbian.';
comment on column public.tenants.hosts is
  'Web addresses (host names without https://) that belong to this country.';
comment on column public.tenants.support_email is 'Address that visitors and members may write to.';
comment on column public.tenants.support_phone is 'Telephone number for help, with country prefix.';
comment on column public.tenants.time_zone is 'Time zone in which dates are shown, for example Europe/Belgrade.';
comment on column public.tenants.is_default is
  'Yes for the one country that takes sign-ups naming no country. At most one row may say yes.';
comment on column public.tenants.is_active is
  'No hides the country from visitors and closes it to sign-ups. Existing members keep their access.';
comment on column public.tenants.created_at is 'When the row was made. Set by the database.';
comment on column public.tenants.updated_at is 'When the row last changed. Set by the database.';

create table public.branches (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id),
  code text not null check (code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'),
  name text not null check (char_length(name) between 1 and 120),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  unique (tenant_id, code)
);

comment on table public.branches is 'Offices of a country. Agents and branch managers belong to one.';
comment on column public.branches.id is 'Made by the database.';
comment on column public.branches.tenant_id is 'Country of the office. Never changes.';
comment on column public.branches.code is 'Short code used in lists, for example KS-A. One per office of a country.';
comment on column public.branches.name is 'Name of the office as people see it.';
comment on column public.branches.is_active is 'No when the office is closed; its history stays.';
comment on column public.branches.created_at is 'When the row was made. Set by the database.';
comment on column public.branches.updated_at is 'When the row last changed. Set by the database.';

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  tenant_id text not null references public.tenants (id),
  role text not null default 'member'
    check (role in ('member', 'agent', 'staff', 'branch_manager', 'tenant_admin', 'super_admin')),
  branch_id uuid,
  email text not null,
  full_name text not null default '' check (char_length(full_name) <= 120),
  phone text check (char_length(phone) <= 40),
  locale text not null check (locale in ('sq', 'en', 'mk', 'sr')),
  member_number text unique check (member_number ~ '^MEM-[0-9]{4}-[0-9]{6,}$'),
  referral_code text unique check (referral_code ~ '^[A-Z0-9]{4,20}$'),
  agent_id uuid check (agent_id <> id),
  marketing_opt_in boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (branch_id, tenant_id) references public.branches (id, tenant_id),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id)
);

create index profiles_branch_idx on public.profiles (branch_id, tenant_id);
create index profiles_agent_idx on public.profiles (agent_id, tenant_id);
create index profiles_tenant_idx on public.profiles (tenant_id, role);
create index profiles_email_idx on public.profiles (lower(email));

comment on table public.profiles is
  'One row per person who can sign in, made at sign-up. This row alone decides what the person may see and do.';
comment on column public.profiles.id is 'The person''s id in Authentication > Users.';
comment on column public.profiles.tenant_id is 'Country that the person belongs to. Set at sign-up, never changes.';
comment on column public.profiles.role is
  'What the person is: member, agent, staff, branch_manager, tenant_admin or super_admin. Always member at sign-up; a change counts at once and is written to the audit log.';
comment on column public.profiles.branch_id is 'Office of the person. Needed for agents and branch managers.';
comment on column public.profiles.email is 'E-mail address, copied from Authentication. Change it there.';
comment on column public.profiles.full_name is 'First and last name as the person gave them, at most 120 characters. The person may change it.';
comment on column public.profiles.phone is 'Telephone number as the person gave it. The person may change it.';
comment on column public.profiles.locale is
  'Language of pages and mails: sq, en, mk or sr. The person may change it.';
comment on column public.profiles.member_number is
  'Member number MEM-year-number, given at sign-up. Never changes and is never used again.';
comment on column public.profiles.referral_code is
  'Code in an agent''s link (?ref=CODE). Given when a person becomes an agent.';
comment on column public.profiles.agent_id is
  'The agent who looks after this member; empty for nobody. Must be an agent of the same country.';
comment on column public.profiles.marketing_opt_in is
  'Yes if the person agreed to news and offers. Only the person changes it.';
comment on column public.profiles.is_active is
  'No locks the person out: they see nothing and may do nothing, at once. History stays.';
comment on column public.profiles.created_at is 'When the person signed up. Set by the database.';
comment on column public.profiles.updated_at is 'When the row last changed. Set by the database.';

create table private.member_counters (
  year integer primary key check (year between 2000 and 9999),
  last_number integer not null check (last_number > 0)
);
comment on table private.member_counters is 'The last member number given in each year.';
comment on column private.member_counters.year is 'Calendar year (UTC).';
comment on column private.member_counters.last_number is 'Number given last. Only counts up.';

create unlogged table public.rate_limits (
  bucket text not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  window_start timestamptz not null,
  count integer not null check (count > 0),
  primary key (bucket, key_hash, window_start)
);
create index rate_limits_window_start_idx on public.rate_limits (window_start);

comment on table public.rate_limits is
  'How often a door was tried lately, to slow down abuse. Emptied after a crash and by the clean-up job.';
comment on column public.rate_limits.bucket is 'Which door: the name of the endpoint.';
comment on column public.rate_limits.key_hash is
  'Who tried it: SHA-256 of an address or account, so that neither is kept.';
comment on column public.rate_limits.window_start is 'Begin of the span of time that is counted.';
comment on column public.rate_limits.count is 'Tries in that span, refused ones included.';

----------------------------------------------------------------------------------------------------
-- Who is asking. Each reads the caller's own profile once; use them as `(select private.my_role())`
-- or `= any (array(select private.my_tenant_ids()))`, so that a statement calls them once and not
-- once per row. An inactive person has no tenant, no role and no branch.
----------------------------------------------------------------------------------------------------

create function private.my_tenant_ids()
returns setof text
language sql
stable
security definer
rows 2
set search_path = ''
as $$
  select tenants.id
  from public.profiles as me
  join public.tenants on tenants.id = me.tenant_id or me.role = 'super_admin'
  where me.id = (select auth.uid()) and me.is_active
$$;
comment on function private.my_tenant_ids() is
  'Tenants whose rows the signed-in person may come near: the own one, for super admins all.';

create function private.my_tenant()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select tenant_id from public.profiles where id = (select auth.uid()) and is_active
$$;
comment on function private.my_tenant() is 'Tenant of the signed-in person, null if there is none.';

create function private.my_role()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select role from public.profiles where id = (select auth.uid()) and is_active
$$;
comment on function private.my_role() is 'Role of the signed-in person, null if there is none.';

create function private.my_branch()
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select branch_id from public.profiles where id = (select auth.uid()) and is_active
$$;
comment on function private.my_branch() is 'Branch of the signed-in person, null if there is none.';

revoke all on function
  private.my_tenant_ids(), private.my_tenant(), private.my_role(), private.my_branch()
from public;
grant execute on function
  private.my_tenant_ids(), private.my_tenant(), private.my_role(), private.my_branch()
to authenticated;

----------------------------------------------------------------------------------------------------
-- Sign-up
----------------------------------------------------------------------------------------------------

create function private.default_tenant()
returns text
language sql
stable
set search_path = ''
as $$
  select id from public.tenants where is_default and is_active
$$;
comment on function private.default_tenant() is 'Tenant of people who sign up without naming one.';

create function private.next_member_number(at timestamptz)
returns text
language plpgsql
set search_path = ''
as $$
declare
  join_year integer := extract(year from at at time zone 'UTC');
  number text;
begin
  insert into private.member_counters as counter (year, last_number)
  values (join_year, 1)
  on conflict (year) do update set last_number = counter.last_number + 1
  returning last_number::text into number;
  return format('MEM-%s-%s', join_year, lpad(number, greatest(6, length(number)), '0'));
end
$$;
comment on function private.next_member_number(timestamptz) is
  'Takes the next member number of the year. Two sign-ups at once wait for each other here.';

create function private.make_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  told jsonb := coalesce(new.raw_user_meta_data, '{}'::jsonb);
  home public.tenants%rowtype;
begin
  select * into home from public.tenants where id = told ->> 'tenant' and is_active;
  if not found then
    select * into home from public.tenants where id = private.default_tenant();
  end if;
  if home.id is null then
    raise exception 'no tenant takes sign-ups' using hint = 'Set is_default on an active tenant.';
  end if;
  -- Of what the person told us only contact details are taken. Never role, branch or agent.
  insert into public.profiles (id, tenant_id, email, full_name, locale, member_number)
  values (
    new.id,
    home.id,
    new.email,
    left(trim(coalesce(told ->> 'full_name', '')), 120),
    case
      when told ->> 'locale' in ('sq', 'en', 'mk', 'sr') then told ->> 'locale'
      else home.default_locale
    end,
    private.next_member_number(now())
  );
  return new;
end
$$;
comment on function private.make_profile() is
  'Makes the profile of a person who signs up: always a member, in the tenant they named if it is active, else in the default one.';

create trigger make_profile
after insert on auth.users
for each row execute function private.make_profile();

create function private.follow_email()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.profiles set email = new.email where id = new.id;
  return new;
end
$$;
comment on function private.follow_email() is 'Copies a changed e-mail address from Authentication to the profile.';

create trigger follow_email
after update of email on auth.users
for each row when (new.email is distinct from old.email)
execute function private.follow_email();

----------------------------------------------------------------------------------------------------
-- What may change in a profile, by anyone
----------------------------------------------------------------------------------------------------

create function private.check_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and old.member_number is not null
    and new.member_number is distinct from old.member_number
  then
    raise exception 'member_number never changes' using errcode = 'restrict_violation';
  end if;
  if new.agent_id is not null
    and (tg_op = 'INSERT' or new.agent_id is distinct from old.agent_id)
    and not exists (
      select from public.profiles
      where id = new.agent_id and tenant_id = new.tenant_id and role = 'agent'
    )
  then
    raise exception 'agent_id must be an agent of the same tenant' using errcode = 'check_violation';
  end if;
  if new.role = 'agent' and new.referral_code is null then
    loop
      new.referral_code := upper(left(replace(gen_random_uuid()::text, '-', ''), 8));
      exit when not exists (
        select from public.profiles where referral_code = new.referral_code
      );
    end loop;
  end if;
  return new;
end
$$;
comment on function private.check_profile() is
  'Keeps member numbers, checks that an agent is one, and gives a new agent a referral code.';

-- Runs with the rights of whoever changes the row, so that current_user tells who that is. The
-- column grants below say the same; this holds even where a tool hands out wider table rights.
create function private.guard_profile()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_user in ('anon', 'authenticated')
    and (
      new.id, new.tenant_id, new.role, new.branch_id, new.email, new.member_number,
      new.referral_code, new.agent_id, new.is_active, new.created_at
    ) is distinct from (
      old.id, old.tenant_id, old.role, old.branch_id, old.email, old.member_number,
      old.referral_code, old.agent_id, old.is_active, old.created_at
    )
  then
    raise exception 'people change only their own contact details and preferences'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_profile() is
  'Refuses a change of role, branch, agent and the like that comes from a signed-in person.';

-- Triggers of one kind fire by name: first the guards, last the time stamp.
create trigger a_guard_profile before update on public.profiles
for each row execute function private.guard_profile();
create trigger b_keep_tenant before update on public.profiles
for each row execute function private.keep_tenant();
create trigger c_check_profile before insert or update on public.profiles
for each row execute function private.check_profile();
create trigger z_touch_updated_at before update on public.profiles
for each row execute function private.touch_updated_at();

create trigger b_keep_tenant before update on public.branches
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.branches
for each row execute function private.touch_updated_at();
create trigger z_touch_updated_at before update on public.tenants
for each row execute function private.touch_updated_at();

----------------------------------------------------------------------------------------------------
-- Rate limits
----------------------------------------------------------------------------------------------------

create function private.take_rate_limit(
  limit_bucket text,
  limit_key text,
  max_count integer,
  window_length interval
)
returns table (allowed boolean, remaining integer, retry_after_seconds integer)
language sql
security definer
set search_path = ''
as $$
  with taken as (
    insert into public.rate_limits as kept (bucket, key_hash, window_start, count)
    values (
      limit_bucket,
      sha256(convert_to(limit_key, 'UTF8')),
      date_bin(window_length, now(), timestamptz '2000-01-01 00:00:00+00'),
      1
    )
    on conflict (bucket, key_hash, window_start) do update set count = kept.count + 1
    returning count, window_start
  )
  select
    count <= max_count,
    greatest(max_count - count, 0),
    case
      when count <= max_count then 0
      else greatest(1, ceil(extract(epoch from window_start + window_length - now()))::integer)
    end
  from taken
$$;
comment on function private.take_rate_limit(text, text, integer, interval) is
  'Counts one try of a door and says whether it is allowed, how many are left, and after how many seconds to come back.';
revoke all on function private.take_rate_limit(text, text, integer, interval) from public;
grant execute on function private.take_rate_limit(text, text, integer, interval)
to anon, authenticated, service_webhooks, service_cron, service_auth;

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

alter table public.tenants enable row level security;
alter table public.tenants force row level security;
alter table public.branches enable row level security;
alter table public.branches force row level security;
alter table public.profiles enable row level security;
alter table public.profiles force row level security;
alter table public.rate_limits enable row level security;
alter table public.rate_limits force row level security;
alter table private.member_counters enable row level security;
alter table private.member_counters force row level security;

grant select on public.tenants to anon, authenticated, service_webhooks, service_cron, service_auth;

create policy "Everyone sees the active tenants" on public.tenants
  for select to anon, authenticated
  using (is_active);
create policy "Super admins see every tenant" on public.tenants
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "The functions see every tenant" on public.tenants
  for select to service_webhooks, service_cron, service_auth
  using (true);

grant select on public.branches to authenticated;

create policy "Branches stay inside their tenant" on public.branches
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see the branch they belong to" on public.branches
  for select to authenticated
  using (id = (select private.my_branch()));
create policy "Agents, staff and admins see the branches of their tenant" on public.branches
  for select to authenticated
  using (
    (select private.my_role())
      = any ('{agent,staff,branch_manager,tenant_admin,super_admin}'::text[])
  );

grant select on public.profiles to authenticated;
grant update (full_name, phone, locale, marketing_opt_in) on public.profiles to authenticated;
grant select (
  id, tenant_id, role, branch_id, agent_id, email, full_name, locale, member_number, referral_code,
  is_active
) on public.profiles to service_webhooks;
grant select (id, tenant_id, email, full_name, locale, is_active) on public.profiles to service_auth;

create policy "Profiles stay inside their tenant" on public.profiles
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see their own profile" on public.profiles
  for select to authenticated
  using (id = (select auth.uid()));
create policy "Agents see the members whom they look after" on public.profiles
  for select to authenticated
  using (agent_id = (select auth.uid()) and (select private.my_role()) = 'agent');
create policy "Branch managers see the people of their branch" on public.profiles
  for select to authenticated
  using (
    branch_id = (select private.my_branch()) and (select private.my_role()) = 'branch_manager'
  );
create policy "Staff and admins see the people of their tenant" on public.profiles
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));
create policy "People change their own contact details" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));
create policy "Webhooks find the person an event is about" on public.profiles
  for select to service_webhooks
  using (true);
create policy "Auth mails find their reader" on public.profiles
  for select to service_auth
  using (true);

grant select, delete on public.rate_limits to service_cron;

create policy "The clean-up job sees and deletes spans that are over" on public.rate_limits
  for all to service_cron
  using (window_start < now() - interval '1 day');
