----------------------------------------------------------------------------------------------------
-- Mails to people who have no account yet, and mails that cannot be sent again because nothing but
-- the mail itself has their link.
----------------------------------------------------------------------------------------------------

alter table public.mail_templates add column holds_secret boolean not null default false;
comment on column public.mail_templates.holds_secret is
  'Yes if it holds a link that no table keeps: it is never sent again, the person asks for another one.';

insert into public.mail_templates (key, kind, is_optional, description, holds_secret)
values
  ('confirm_signup', 'transactional', false, 'Somebody signed up and confirms the address.', true),
  ('email_change', 'transactional', false, 'Somebody confirms a new address.', true),
  ('email_changed', 'transactional', false, 'An address was changed; goes to the old one.', false);
update public.mail_templates set holds_secret = true where key in ('password_reset', 'invitation');

alter table public.engagement_email_sends
  alter column user_id drop not null,
  add column invitation_id uuid,
  add foreign key (invitation_id, tenant_id) references public.invitations (id, tenant_id),
  add check (num_nonnulls(user_id, invitation_id) = 1),
  add check ((template_key = 'invitation') = (invitation_id is not null));
create index engagement_email_sends_invitation_idx
  on public.engagement_email_sends (invitation_id, tenant_id);

comment on column public.engagement_email_sends.user_id is
  'Who gets it (see profiles); empty if it goes to somebody who is invited.';
comment on column public.engagement_email_sends.invitation_id is
  'Which invitation it is (see invitations); empty for all other mails.';

create or replace function private.guard_enqueued_mail()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_user = 'service_webhooks' then
    if new.template_key <> 'dunning_day_0' then
      raise exception 'webhooks enqueue the mail about a failed payment and no other'
        using errcode = 'insufficient_privilege';
    end if;
  elsif current_user = 'service_auth' then
    if new.template_key not in (
      'password_reset', 'password_changed', 'invitation', 'confirm_signup', 'email_change',
      'email_changed'
    ) then
      raise exception 'auth sends mails about accounts and no other'
        using errcode = 'insufficient_privilege';
    end if;
  elsif not exists (
    select from public.mail_templates
    where key = new.template_key and kind in ('dunning', 'engagement', 'nps')
  ) then
    raise exception 'jobs enqueue mails about a membership and no other'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

create or replace function private.guard_mail()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.user_id, new.invitation_id, new.subscription_id, new.template_key,
      new.dedupe_key, new.created_at
    ) is distinct from (
      old.id, old.user_id, old.invitation_id, old.subscription_id, old.template_key,
      old.dedupe_key, old.created_at
    )
  then
    raise exception 'which mail it is and to whom never changes'
      using errcode = 'restrict_violation';
  end if;
  if new.status <> old.status
    and (old.status, new.status) not in (
      ('pending', 'sent'), ('pending', 'skipped'), ('pending', 'error'),
      -- Tried again by an administrator, or found to have arrived after all.
      ('error', 'pending'), ('error', 'sent')
    )
  then
    raise exception 'a mail that is % does not become %', old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  if old.status = 'error' and new.status = 'pending' then
    if old.may_have_arrived or current_user = 'service_cron' then
      raise exception 'a mail that failed is sent again by an administrator, and never if it may have arrived'
        using errcode = 'restrict_violation';
    end if;
  elsif old.facts is not null
    and new.facts is distinct from old.facts
    -- Taken out of a batch that Resend surely did not take, it starts afresh.
    and (old.batch_id is not null or old.status <> 'pending')
    and (new.facts is not null or new.status = 'pending')
  then
    raise exception 'what a mail says stays as it was when it was first tried'
      using errcode = 'restrict_violation';
  end if;
  if old.unsubscribe_hash is not null
    and new.unsubscribe_hash is distinct from old.unsubscribe_hash
    and (old.batch_id is not null or old.status <> 'pending')
  then
    raise exception 'a link to unsubscribe stays valid' using errcode = 'restrict_violation';
  end if;
  if old.status = 'sent'
    and (new.sent_at, new.provider_message_id, new.batch_position)
      is distinct from (old.sent_at, old.provider_message_id, old.batch_position)
  then
    raise exception 'when and as what a mail was sent never changes'
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create or replace function private.retry_mail(mail_id uuid)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking text := private.my_role();
  failed public.engagement_email_sends%rowtype;
begin
  if asking is null or asking not in ('tenant_admin', 'super_admin') then
    raise exception 'only administrators send mails again' using errcode = 'insufficient_privilege';
  end if;
  select * into failed
  from public.engagement_email_sends
  where id = mail_id and tenant_id = any (array(select private.my_tenant_ids()))
  for update;
  if not found then
    return 'unknown';
  elsif failed.status <> 'error' then
    return 'not_failed';
  elsif failed.may_have_arrived
    or coalesce(failed.delivered_at, failed.bounced_at, failed.complained_at) is not null
  then
    return 'may_have_arrived';
  elsif failed.send_until <= now()
    -- Nobody has its link any more.
    or exists (select from public.mail_templates where key = failed.template_key and holds_secret)
  then
    return 'too_late';
  end if;
  update public.engagement_email_sends
  set
    status = 'pending', next_attempt_at = now(), error = null, facts = null, batch_id = null,
    batch_position = null
  where id = mail_id;
  perform private.record_audit(
    failed.tenant_id, 'email.retried', 'mail', mail_id::text,
    jsonb_build_object(
      'template', failed.template_key, 'attempts', failed.attempts, 'error', failed.error
    )
  );
  return 'retried';
end
$$;

create function private.invitation_to_mail(invitation_id uuid)
returns table (
  tenant_id text,
  email text,
  full_name text,
  locale text,
  role text,
  invited_by_name text,
  expires_at timestamptz
)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select
    invitation.tenant_id, invitation.email, invitation.full_name, invitation.locale,
    invitation.role, nullif(inviter.full_name, ''), invitation.expires_at
  from public.invitations as invitation
  left join public.profiles as inviter on inviter.id = invitation.invited_by
  where invitation.id = invitation_to_mail.invitation_id
    and private.invitation_state(invitation) = 'open'
$$;
comment on function private.invitation_to_mail(uuid) is
  'What the mail of an open invitation says, and to whom.';
revoke all on function private.invitation_to_mail(uuid) from public;
grant execute on function private.invitation_to_mail(uuid) to service_auth;

grant insert (invitation_id), select (invitation_id) on public.engagement_email_sends to service_auth;

drop policy "Auth sees the mails about passwords" on public.engagement_email_sends;
drop policy "Auth enqueues mails about passwords" on public.engagement_email_sends;
drop policy "Auth notes what became of a mail about a password" on public.engagement_email_sends;
create policy "Auth sees the mails about accounts" on public.engagement_email_sends
  for select to service_auth
  using (
    template_key = any (
      '{password_reset,password_changed,invitation,confirm_signup,email_change,email_changed}'::text[]
    )
  );
create policy "Auth enqueues mails about accounts" on public.engagement_email_sends
  for insert to service_auth
  with check (
    template_key = any (
      '{password_reset,password_changed,invitation,confirm_signup,email_change,email_changed}'::text[]
    )
  );
create policy "Auth notes what became of a mail about an account" on public.engagement_email_sends
  for update to service_auth
  using (
    template_key = any (
      '{password_reset,password_changed,invitation,confirm_signup,email_change,email_changed}'::text[]
    )
  )
  with check (
    template_key = any (
      '{password_reset,password_changed,invitation,confirm_signup,email_change,email_changed}'::text[]
    )
  );
