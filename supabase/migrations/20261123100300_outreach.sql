----------------------------------------------------------------------------------------------------
-- Outreach: mails that are to be sent, each at most once.
----------------------------------------------------------------------------------------------------

create table public.engagement_email_sends (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  subscription_id uuid,
  template_key text not null
    check (
      template_key in (
        'dunning_day_0', 'dunning_day_7', 'dunning_final', 'dunning_suspended',
        'onboarding_day_7', 'checkin_day_14', 'retention_day_30', 'retention_day_60',
        'retention_day_90', 'nps_v1'
      )
    ),
  dedupe_key text not null unique check (char_length(dedupe_key) between 1 and 200),
  status text not null default 'pending' check (status in ('pending', 'sent', 'skipped', 'error')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz default now(),
  provider_message_id text check (char_length(provider_message_id) <= 200),
  error text check (char_length(error) <= 2000),
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id),
  check ((status = 'sent') = (sent_at is not null))
);

create index engagement_email_sends_user_idx on public.engagement_email_sends (user_id, tenant_id);
create index engagement_email_sends_subscription_idx
  on public.engagement_email_sends (subscription_id, tenant_id);
create index engagement_email_sends_tenant_idx
  on public.engagement_email_sends (tenant_id, created_at);
create index engagement_email_sends_due_idx on public.engagement_email_sends (next_attempt_at)
  where status = 'pending';

comment on table public.engagement_email_sends is
  'Mails about a membership: to be sent, sent, or not sent and why. Each is there once.';
comment on column public.engagement_email_sends.id is 'Made by the database.';
comment on column public.engagement_email_sends.tenant_id is 'Country of the member. Never changes.';
comment on column public.engagement_email_sends.user_id is 'To whom (see profiles).';
comment on column public.engagement_email_sends.subscription_id is
  'About which membership (see subscriptions).';
comment on column public.engagement_email_sends.template_key is
  'Which mail, for example dunning_day_0: a payment failed.';
comment on column public.engagement_email_sends.dedupe_key is
  'Makes a mail be sent once, whatever happens.';
comment on column public.engagement_email_sends.status is
  'pending: to be sent. sent. skipped: no longer wanted, or unsubscribed. error: refused, see error.';
comment on column public.engagement_email_sends.attempts is 'How often sending was tried.';
comment on column public.engagement_email_sends.next_attempt_at is 'When it is tried, or tried again.';
comment on column public.engagement_email_sends.provider_message_id is
  'Id of the mail at Resend, who sends it.';
comment on column public.engagement_email_sends.error is 'Why it could not be sent the last time.';
comment on column public.engagement_email_sends.sent_at is 'When it was sent.';
comment on column public.engagement_email_sends.created_at is 'When the row was made. Set by the database.';
comment on column public.engagement_email_sends.updated_at is
  'When the row last changed. Set by the database.';

create trigger b_keep_tenant before update on public.engagement_email_sends
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.engagement_email_sends
for each row execute function private.touch_updated_at();

create function private.guard_enqueued_mail()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.template_key <> 'dunning_day_0' then
    raise exception 'webhooks enqueue the mail about a failed payment and no other'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_enqueued_mail() is
  'Refuses a mail that a Paddle event has no business to send.';

create trigger a_guard_enqueued_mail before insert on public.engagement_email_sends
for each row when (current_user = 'service_webhooks')
execute function private.guard_enqueued_mail();

alter table public.engagement_email_sends enable row level security;
alter table public.engagement_email_sends force row level security;

grant select on public.engagement_email_sends to authenticated;
grant select (id, subscription_id, template_key, dedupe_key, status)
on public.engagement_email_sends to service_webhooks;
grant insert (id, tenant_id, user_id, subscription_id, template_key, dedupe_key)
on public.engagement_email_sends to service_webhooks;

create policy "Mails stay inside their tenant" on public.engagement_email_sends
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Admins see the mails of their tenant" on public.engagement_email_sends
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks see which mails are enqueued" on public.engagement_email_sends
  for select to service_webhooks
  using (true);
create policy "Webhooks enqueue the mail about a failed payment" on public.engagement_email_sends
  for insert to service_webhooks
  with check (true);
