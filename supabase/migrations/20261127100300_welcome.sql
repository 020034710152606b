----------------------------------------------------------------------------------------------------
-- The welcome of somebody who became a member without having an account: a link by which they choose
-- a password, once. The mail is in the ledger; its code is made when it is first tried (ADR 0019).
----------------------------------------------------------------------------------------------------

insert into public.mail_templates (key, kind, is_optional, description)
values (
  'member_welcome', 'transactional', false,
  'Somebody became a member through an agent and chooses a password.'
);

create table public.welcome_tokens (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  send_id uuid not null unique,
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (send_id, tenant_id) references public.engagement_email_sends (id, tenant_id)
);

create index welcome_tokens_user_idx on public.welcome_tokens (user_id, tenant_id);
create index welcome_tokens_send_idx on public.welcome_tokens (send_id, tenant_id);
create index welcome_tokens_tenant_idx on public.welcome_tokens (tenant_id, created_at);

comment on table public.welcome_tokens is
  'Links by which new members choose their first password: one row per mail that has one.';
comment on column public.welcome_tokens.id is 'Made by the database.';
comment on column public.welcome_tokens.tenant_id is 'Country of the member. Never changes.';
comment on column public.welcome_tokens.user_id is 'Who was written to (see profiles).';
comment on column public.welcome_tokens.send_id is 'The mail (see engagement_email_sends).';
comment on column public.welcome_tokens.token_hash is
  'SHA-256 of the code in the link. The code itself is not kept.';
comment on column public.welcome_tokens.expires_at is 'Until when it works: 30 days.';
comment on column public.welcome_tokens.used_at is 'When a password was chosen by it; empty if none was.';
comment on column public.welcome_tokens.created_at is 'When the row was made. Set by the database.';

create function private.guard_welcome()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.user_id, new.send_id, new.created_at)
    is distinct from (old.id, old.user_id, old.send_id, old.created_at)
    or (
      old.used_at is not null
      and (new.used_at, new.token_hash, new.expires_at)
        is distinct from (old.used_at, old.token_hash, old.expires_at)
    )
  then
    raise exception 'whose link it is never changes, nor one that was used'
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_welcome() is
  'Keeps a link with whom it was sent to, and used once it is.';

create trigger a_guard_welcome before update on public.welcome_tokens
for each row execute function private.guard_welcome();
create trigger b_keep_tenant before update on public.welcome_tokens
for each row execute function private.keep_tenant();

create function private.has_password(person uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(encrypted_password, '') <> '' from auth.users where id = person
$$;
comment on function private.has_password(uuid) is
  'Whether somebody ever chose a password. For functions of the database.';

create function private.welcome_state(token_hash text)
returns table (state text, locale text, tenant_id text)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select
    case
      when token.id is null or not person.is_active then 'unknown'
      when token.used_at is not null or private.has_password(token.user_id) then 'used'
      when token.expires_at <= now() then 'expired'
      else 'open'
    end,
    person.locale,
    token.tenant_id
  from (values (token_hash)) as asked (hash)
  left join public.welcome_tokens as token on token.token_hash = asked.hash
  left join public.profiles as person on person.id = token.user_id
$$;
comment on function private.welcome_state(text) is
  'Whether a password may be chosen by a link: open, used (there is one), expired or unknown; and the member''s language. Takes the SHA-256 of the link''s code and changes nothing.';

create function private.owner_of_welcome(token_hash text)
returns table (email text, full_name text)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select person.email, person.full_name
  from public.welcome_tokens as token
  join public.profiles as person on person.id = token.user_id and person.is_active
  where token.token_hash = owner_of_welcome.token_hash
    and token.used_at is null and token.expires_at > now()
$$;
comment on function private.owner_of_welcome(text) is
  'Address and name of the person whose first password a link chooses, so that it is not made of them. Uses nothing up.';

-- One statement: of two at once the second waits, and finds that there is a password.
create function private.claim_account(token_hash text, password text)
returns table (state text, user_id uuid, email text)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  claimed record;
begin
  if octet_length(password) not between 8 and 72 then
    raise exception 'the password is too short or too long' using errcode = 'check_violation';
  end if;
  with used as (
    update public.welcome_tokens as token
    set used_at = now()
    from public.profiles as person
    where token.token_hash = claim_account.token_hash
      and token.used_at is null
      and token.expires_at > now()
      and person.id = token.user_id
      and person.is_active
      and not private.has_password(token.user_id)
    returning token.user_id, token.tenant_id
  )
  update auth.users as account
  set
    -- As Auth itself keeps it, so that Auth takes it from here.
    encrypted_password = extensions.crypt(claim_account.password, extensions.gen_salt('bf', 10)),
    -- Whoever has the link reads the address.
    email_confirmed_at = coalesce(account.email_confirmed_at, now()),
    updated_at = now()
  from used
  where account.id = used.user_id and coalesce(account.encrypted_password, '') = ''
  returning account.id, account.email, used.tenant_id into claimed;
  if claimed.id is null then
    return query select told.state, null::uuid, null::text
    from private.welcome_state(claim_account.token_hash) as told;
    return;
  end if;
  insert into public.audit_log
    (tenant_id, actor_id, actor_role, action, entity_type, entity_id)
  values (
    claimed.tenant_id, claimed.id, 'service_auth', 'auth.account_claimed', 'profile',
    claimed.id::text
  );
  return query select 'claimed', claimed.id::uuid, claimed.email::text;
end
$$;
comment on function private.claim_account(text, text) is
  'Gives a new member their first password, by the link of the mail, once. Says claimed, or why not: used, expired or unknown.';

create function private.resend_welcome(member uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  person public.profiles;
  membership public.subscriptions;
  allowed boolean;
begin
  select * into person from public.profiles
  where id = resend_welcome.member and tenant_id = any (array(select private.my_tenant_ids()))
    and role = 'member' and is_active
    and (
      (agent_id = private.my_id() and private.my_role() = 'agent')
      or (branch_id = private.my_branch() and private.my_role() = 'branch_manager')
      or private.my_role() in ('staff', 'tenant_admin', 'super_admin')
    );
  if not found then
    raise exception 'member not found' using errcode = 'no_data_found';
  end if;
  select * into membership from public.subscriptions
  where user_id = person.id and provider = 'cash' and status = 'active'
  order by created_at desc limit 1;
  if membership.id is null or private.has_password(person.id) then
    raise exception 'the account has moved on' using errcode = 'object_not_in_prerequisite_state';
  end if;
  select taken.allowed into allowed
  from private.take_rate_limit('welcome mails', person.id::text, 3, '1 day') as taken;
  if not allowed then
    raise exception 'too many mails' using errcode = 'program_limit_exceeded';
  end if;
  -- One that waits to be sent is enough.
  insert into public.engagement_email_sends
    (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
  select
    person.tenant_id, person.id, membership.id, 'member_welcome',
    format('member_welcome:%s:%s', membership.id, gen_random_uuid()), now() + interval '7 days'
  where not exists (
    select from public.engagement_email_sends
    where user_id = person.id and template_key = 'member_welcome' and status = 'pending'
  );
  perform private.record_audit(
    person.tenant_id, 'member.welcome_resent', 'profile', person.id::text, '{}'
  );
end
$$;
comment on function private.resend_welcome(uuid) is
  'Has the welcome of a member sent again who has no password yet, for those who look after them. Three times a day.';

create function private.welcome_progress(member uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when mail.id is null then 'none'
    when private.has_password(person.id) then 'claimed'
    when mail.status = 'pending' then 'waiting'
    when mail.status <> 'sent' then 'failed'
    when exists (
      select from public.welcome_tokens
      where user_id = person.id and used_at is null and expires_at > now()
    ) then 'sent'
    else 'expired'
  end
  from public.profiles as person
  left join lateral (
    select id, status from public.engagement_email_sends
    where user_id = person.id and template_key = 'member_welcome'
    order by created_at desc limit 1
  ) as mail on true
  where person.id = welcome_progress.member
    and person.tenant_id = any (array(select private.my_tenant_ids()))
    and (
      (person.agent_id = private.my_id() and private.my_role() = 'agent')
      or (person.branch_id = private.my_branch() and private.my_role() = 'branch_manager')
      or private.my_role() in ('staff', 'tenant_admin', 'super_admin')
    )
$$;
comment on function private.welcome_progress(uuid) is
  'How far a new member''s account is, for those who look after them: none, waiting, failed, sent, expired or claimed.';

revoke all on function
  private.has_password(uuid), private.welcome_state(text), private.owner_of_welcome(text),
  private.claim_account(text, text), private.resend_welcome(uuid), private.welcome_progress(uuid)
from public;
grant execute on function private.welcome_state(text) to anon, authenticated;
grant execute on function private.owner_of_welcome(text), private.claim_account(text, text)
to service_auth;
grant execute on function private.resend_welcome(uuid), private.welcome_progress(uuid)
to authenticated;

alter table public.welcome_tokens enable row level security;
alter table public.welcome_tokens force row level security;

grant select on public.welcome_tokens to service_cron;
grant insert (id, tenant_id, user_id, send_id, token_hash, expires_at)
on public.welcome_tokens to service_cron;
grant update (token_hash, expires_at) on public.welcome_tokens to service_cron;

create policy "Links stay inside their tenant" on public.welcome_tokens
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Jobs see the links" on public.welcome_tokens
  for select to service_cron
  using (true);
create policy "Jobs make the links of mails" on public.welcome_tokens
  for insert to service_cron
  with check (true);
create policy "Jobs make a link anew that was never sent" on public.welcome_tokens
  for update to service_cron
  using (true)
  with check (true);

select private.watch_by_hand('public.welcome_tokens');
