----------------------------------------------------------------------------------------------------
-- Who wants which mails, and whom no mail reaches: preferences, unsubscribing, and what Resend tells
-- about mails on their way.
----------------------------------------------------------------------------------------------------

-- A right on a column outlives the column in the catalogue.
revoke update (marketing_opt_in) on public.profiles from authenticated;
alter table public.profiles
  drop column marketing_opt_in,
  add column marketing_opt_out_at timestamptz,
  add column marketing_opt_out_by text
    check (marketing_opt_out_by in ('member', 'unsubscribe', 'complaint', 'staff')),
  add column email_undeliverable_at timestamptz,
  add column email_undeliverable_reason text check (char_length(email_undeliverable_reason) <= 500),
  add check ((marketing_opt_out_at is null) = (marketing_opt_out_by is null)),
  add check (email_undeliverable_at is not null or email_undeliverable_reason is null);

comment on column public.profiles.marketing_opt_out_at is
  'Since when the person wants no helpful mails and no surveys; empty if they get them. Mails about payments and claims are sent all the same. The person may change it.';
comment on column public.profiles.marketing_opt_out_by is
  'How that came about: member (in the settings), unsubscribe (by the link in a mail), complaint (marked a mail as spam) or staff. Set by the database.';
comment on column public.profiles.email_undeliverable_at is
  'Since when no mail is sent because the address refuses them; empty if it is well. Emptied when the address changes.';
comment on column public.profiles.email_undeliverable_reason is 'Why, as the mail server said.';

----------------------------------------------------------------------------------------------------
-- What may change in a profile, by anyone
----------------------------------------------------------------------------------------------------

create or replace function private.guard_profile()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_user in ('anon', 'authenticated')
    and (
      new.id, new.tenant_id, new.role, new.branch_id, new.email, new.member_number,
      new.referral_code, new.agent_id, new.is_active, new.created_at, new.email_undeliverable_at,
      new.email_undeliverable_reason
    ) is distinct from (
      old.id, old.tenant_id, old.role, old.branch_id, old.email, old.member_number,
      old.referral_code, old.agent_id, old.is_active, old.created_at, old.email_undeliverable_at,
      old.email_undeliverable_reason
    )
  then
    raise exception 'people change only their own contact details and preferences'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

-- Runs with the rights of whoever changes the row. The functions below say themselves how it came
-- about; everyone else is the member, or staff in Studio.
create function private.keep_mail_preference()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.email is distinct from old.email then
    new.email_undeliverable_at := null;
    new.email_undeliverable_reason := null;
  end if;
  if new.marketing_opt_out_at is null then
    new.marketing_opt_out_by := null;
  elsif old.marketing_opt_out_at is not null then
    -- Since when somebody is left alone does not move.
    new.marketing_opt_out_at := old.marketing_opt_out_at;
    new.marketing_opt_out_by := old.marketing_opt_out_by;
  elsif current_user in ('anon', 'authenticated') then
    new.marketing_opt_out_at := now();
    new.marketing_opt_out_by := 'member';
  else
    new.marketing_opt_out_by := coalesce(new.marketing_opt_out_by, 'staff');
  end if;
  return new;
end
$$;
comment on function private.keep_mail_preference() is
  'Notes how somebody came to want no helpful mails, and gives a new address a new start.';

create trigger e_keep_mail_preference
before update of email, marketing_opt_out_at, marketing_opt_out_by on public.profiles
for each row execute function private.keep_mail_preference();

create or replace function private.audit_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.role is distinct from old.role then
    perform private.record_audit(
      new.tenant_id,
      case when new.role = 'member' then 'user.role_revoked' else 'user.role_granted' end,
      'profile', new.id::text,
      jsonb_build_object('before', old.role, 'after', new.role)
    );
  end if;
  if new.agent_id is distinct from old.agent_id then
    perform private.record_audit(
      new.tenant_id, 'user.agent_updated', 'profile', new.id::text,
      jsonb_build_object('before', old.agent_id, 'after', new.agent_id)
    );
  end if;
  if (new.branch_id, new.is_active) is distinct from (old.branch_id, old.is_active) then
    perform private.record_audit(
      new.tenant_id, 'user.settings_updated', 'profile', new.id::text,
      jsonb_build_object(
        'before', jsonb_build_object('branch_id', old.branch_id, 'is_active', old.is_active),
        'after', jsonb_build_object('branch_id', new.branch_id, 'is_active', new.is_active)
      )
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
comment on function private.audit_profile() is
  'Writes changes of role, agent, branch, lock and mail preferences of a person to the audit log.';

drop trigger audit_profile on public.profiles;
create trigger audit_profile
after update of
  role, agent_id, branch_id, is_active, email, marketing_opt_out_at, email_undeliverable_at
on public.profiles
for each row execute function private.audit_profile();

grant update (marketing_opt_out_at) on public.profiles to authenticated;

grant select (
  id, tenant_id, email, full_name, locale, member_number, is_active, marketing_opt_out_at,
  email_undeliverable_at
) on public.profiles to service_cron;
grant update (email_undeliverable_at, email_undeliverable_reason)
on public.profiles to service_cron;
grant select (member_number, email_undeliverable_at) on public.profiles to service_auth;
grant update (email_undeliverable_at, email_undeliverable_reason)
on public.profiles to service_auth;

create policy "Jobs find the person a mail is for" on public.profiles
  for select to service_cron
  using (true);
create policy "Jobs note an address that refuses mails" on public.profiles
  for update to service_cron
  using (true)
  with check (true);
create policy "Auth notes an address that refuses mails" on public.profiles
  for update to service_auth
  using (true)
  with check (true);

----------------------------------------------------------------------------------------------------
-- Unsubscribing by the link in a mail. Whoever has the link may: it was sent to the person alone.
-- Opening it asks, only the second step does something, since scanners of mails follow links.
----------------------------------------------------------------------------------------------------

create function private.unsubscribe_state(hash text)
returns table (state text, locale text, tenant_id text)
language sql
stable
security definer
set search_path = ''
as $$
  select
    case
      when person.id is null then 'unknown'
      when person.marketing_opt_out_at is null then 'subscribed'
      else 'unsubscribed'
    end,
    person.locale,
    person.tenant_id
  from (values (hash)) as asked (hash)
  left join public.engagement_email_sends as mail on mail.unsubscribe_hash = asked.hash
  left join public.profiles as person on person.id = mail.user_id
$$;
comment on function private.unsubscribe_state(text) is
  'Whether the person to whom a link to unsubscribe was sent gets helpful mails: subscribed, unsubscribed or unknown. Takes the SHA-256 of the link''s code.';

create function private.unsubscribe(hash text)
returns table (state text, locale text, tenant_id text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.profiles as person
  set marketing_opt_out_at = now(), marketing_opt_out_by = 'unsubscribe'
  from public.engagement_email_sends as mail
  where mail.unsubscribe_hash = hash
    and person.id = mail.user_id
    and person.marketing_opt_out_at is null;
  return query select * from private.unsubscribe_state(hash);
end
$$;
comment on function private.unsubscribe(text) is
  'Ends the helpful mails of the person to whom the link was sent. May be repeated. Says unsubscribed or unknown.';

create function private.resubscribe(hash text)
returns table (state text, locale text, tenant_id text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- What the person set while signed in, or by a complaint, a link in an old mail does not undo.
  update public.profiles as person
  set marketing_opt_out_at = null
  from public.engagement_email_sends as mail
  where mail.unsubscribe_hash = hash
    and person.id = mail.user_id
    and person.marketing_opt_out_by = 'unsubscribe';
  return query select * from private.unsubscribe_state(hash);
end
$$;
comment on function private.resubscribe(text) is
  'Takes back what the link in a mail did. Says subscribed, unsubscribed (by other means) or unknown.';

revoke all on function
  private.unsubscribe_state(text), private.unsubscribe(text), private.resubscribe(text)
from public;
grant execute on function
  private.unsubscribe_state(text), private.unsubscribe(text), private.resubscribe(text)
to anon, authenticated;

----------------------------------------------------------------------------------------------------
-- What Resend tells about mails on their way
----------------------------------------------------------------------------------------------------

create table public.mail_events (
  id text primary key check (char_length(id) between 1 and 200),
  tenant_id text,
  send_id uuid,
  provider_message_id text check (char_length(provider_message_id) <= 200),
  type text not null check (char_length(type) between 1 and 80),
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
  foreign key (send_id, tenant_id) references public.engagement_email_sends (id, tenant_id),
  check ((send_id is null) = (tenant_id is null))
);

create index mail_events_send_idx on public.mail_events (send_id, tenant_id);
create index mail_events_tenant_idx on public.mail_events (tenant_id, received_at);
create index mail_events_received_idx on public.mail_events (received_at);

comment on table public.mail_events is
  'What Resend told about mails: delivered, bounced, complained about and the like. Kept for 90 days.';
comment on column public.mail_events.id is 'Id of Resend''s message. One that comes twice is stored once.';
comment on column public.mail_events.tenant_id is 'Country of the mail; empty if we know no such mail.';
comment on column public.mail_events.send_id is
  'Which mail (see engagement_email_sends); empty if we know no such mail.';
comment on column public.mail_events.provider_message_id is 'Id of the mail at Resend.';
comment on column public.mail_events.type is 'What happened, for example email.delivered.';
comment on column public.mail_events.occurred_at is 'When it happened, as Resend says.';
comment on column public.mail_events.received_at is 'When it was told. Set by the database.';
comment on column public.mail_events.detail is
  'What Resend said about it, for example why a mail bounced.';

create trigger refuse_change before update on public.mail_events
for each row execute function private.refuse_change();

-- One statement for the webhook, so that it needs no right on any of these tables. The mail is known
-- by the id that we gave it as a tag: an event may be here before our own note of Resend's id is.
create function private.record_mail_event(
  event_id text,
  event_type text,
  happened_at timestamptz,
  message_id text,
  mail_id uuid,
  recipient text,
  suppress text,
  event_detail jsonb
)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  mail public.engagement_email_sends%rowtype;
begin
  if suppress not in ('bounced', 'complained') then
    raise exception 'suppress is bounced, complained or null' using errcode = 'check_violation';
  end if;
  select * into mail from public.engagement_email_sends where id = mail_id;
  if not found then
    select * into mail
    from public.engagement_email_sends
    where provider_message_id = message_id
    order by created_at desc
    limit 1;
  end if;
  insert into public.mail_events
    (id, tenant_id, send_id, provider_message_id, type, occurred_at, detail)
  values
    (event_id, mail.tenant_id, mail.id, message_id, event_type, happened_at,
     coalesce(event_detail, '{}'))
  on conflict (id) do nothing;
  if not found then
    return 'duplicate';
  elsif mail.id is null then
    return 'unknown_mail';
  end if;
  update public.engagement_email_sends
  set
    delivered_at = case
      when event_type = 'email.delivered' then coalesce(delivered_at, happened_at)
      else delivered_at
    end,
    -- This mail did not arrive, whether or not the address is given up; unless it did later.
    bounced_at = case
      when event_type = 'email.delivered' and bounced_at <= happened_at then null
      when suppress = 'bounced' then coalesce(bounced_at, happened_at)
      when event_type in ('email.bounced', 'email.failed') and delivered_at is null
        then coalesce(bounced_at, happened_at)
      else bounced_at
    end,
    complained_at = case
      when suppress = 'complained' then coalesce(complained_at, happened_at) else complained_at
    end
  where id = mail.id
    and (
      event_type in ('email.delivered', 'email.bounced', 'email.failed') or suppress is not null
    );
  -- The answer that never came: Resend has it after all.
  update public.engagement_email_sends
  set
    status = 'sent', sent_at = happened_at, error = null,
    provider_message_id = coalesce(provider_message_id, message_id)
  where id = mail.id and may_have_arrived;
  if suppress = 'bounced' then
    -- Only the address that bounced: the person may have given another one since.
    update public.profiles
    set
      email_undeliverable_at = happened_at,
      email_undeliverable_reason = left(coalesce(event_detail ->> 'reason', 'bounced'), 500)
    where id = mail.user_id
      and email_undeliverable_at is null
      and lower(email) = lower(recipient);
  elsif suppress = 'complained' then
    update public.profiles
    set marketing_opt_out_at = now(), marketing_opt_out_by = 'complaint'
    where id = mail.user_id and marketing_opt_out_at is null;
  end if;
  return 'stored';
end
$$;
comment on function private.record_mail_event(
  text, text, timestamptz, text, uuid, text, text, jsonb
) is
  'Stores what Resend tells about a mail, once, notes it in the ledger (one that may have arrived was sent), and stops mails to an address that bounced, or helpful mails to a person who complained. Says stored, duplicate or unknown_mail.';
revoke all on function private.record_mail_event(
  text, text, timestamptz, text, uuid, text, text, jsonb
) from public;
grant execute on function private.record_mail_event(
  text, text, timestamptz, text, uuid, text, text, jsonb
) to service_webhooks;

-- The mailbox was full for long, or Resend's own list of addresses was put right: nothing of ours
-- would ever find out, since nothing is sent.
create function private.trust_address(person_id uuid)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking text := private.my_role();
begin
  if asking is null or asking not in ('tenant_admin', 'super_admin') then
    raise exception 'only administrators say that an address is right'
      using errcode = 'insufficient_privilege';
  end if;
  -- Who says so is noted by the trigger that audits profiles.
  update public.profiles
  set email_undeliverable_at = null, email_undeliverable_reason = null
  where id = person_id
    and tenant_id = any (array(select private.my_tenant_ids()))
    and email_undeliverable_at is not null;
  return case when found then 'trusted' else 'not_marked' end;
end
$$;
comment on function private.trust_address(uuid) is
  'Has mails sent again to an address that refused them, for administrators, audited. Says trusted, or not_marked if it refused none or there is no such person in the tenant.';

create function public.trust_address(person_id uuid)
returns text
language sql
set search_path = ''
as $$
  select private.trust_address(person_id)
$$;
comment on function public.trust_address(uuid) is
  'Has mails sent again to an address that refused them, because it is right after all. For administrators; audited. Says trusted or not_marked.';
revoke all on function private.trust_address(uuid), public.trust_address(uuid) from public;
grant execute on function private.trust_address(uuid), public.trust_address(uuid) to authenticated;

alter table public.mail_events enable row level security;
alter table public.mail_events force row level security;

grant select on public.mail_events to authenticated;
grant select (send_id, type, occurred_at) on public.mail_events to service_cron;

create policy "Mail events stay inside their tenant" on public.mail_events
  as restrictive for all to authenticated
  using (
    tenant_id = any (array(select private.my_tenant_ids()))
    or (tenant_id is null and (select private.my_role()) = 'super_admin')
  );
create policy "Admins see what became of the mails of their tenant" on public.mail_events
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Jobs see whether Resend knows a mail" on public.mail_events
  for select to service_cron
  using (true);

----------------------------------------------------------------------------------------------------
-- The ledger as administrators page through it
----------------------------------------------------------------------------------------------------

drop index public.engagement_email_sends_tenant_idx;
create index engagement_email_sends_tenant_idx
  on public.engagement_email_sends (tenant_id, created_at desc, id desc);
create index engagement_email_sends_open_idx on public.engagement_email_sends (tenant_id, status)
  where status in ('pending', 'error');
create index engagement_email_sends_returned_idx on public.engagement_email_sends (tenant_id)
  where bounced_at is not null or complained_at is not null;
