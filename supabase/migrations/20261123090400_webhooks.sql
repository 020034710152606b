----------------------------------------------------------------------------------------------------
-- Webhooks: every delivery that reached us, and what became of it.
----------------------------------------------------------------------------------------------------

create table public.webhook_events (
  id uuid primary key default gen_random_uuid(),
  -- No foreign key: the tenant comes from the member's profile, and a hot insert locks no tenant.
  tenant_id text,
  provider text not null default 'paddle' check (provider = 'paddle'),
  dedupe_key text not null unique check (char_length(dedupe_key) between 1 and 200),
  event_id text check (char_length(event_id) <= 100),
  event_type text check (char_length(event_type) <= 100),
  subject_id text check (char_length(subject_id) <= 100),
  occurred_at timestamptz,
  signature_valid boolean not null,
  payload jsonb,
  payload_hash text not null check (payload_hash ~ '^[0-9a-f]{64}$'),
  received_at timestamptz not null default now(),
  attempts integer not null default 0 check (attempts >= 0),
  last_attempt_at timestamptz,
  processed_at timestamptz,
  processing_result text check (processing_result in ('ok', 'ignored', 'error')),
  reason text check (char_length(reason) <= 500),
  error text check (char_length(error) <= 2000),
  check (signature_valid or payload is null),
  check (signature_valid or processing_result is distinct from 'ok')
);

create index webhook_events_received_idx on public.webhook_events (received_at);
create index webhook_events_tenant_idx on public.webhook_events (tenant_id, received_at);
create index webhook_events_subject_idx
  on public.webhook_events (subject_id, occurred_at, event_id);
create index webhook_events_event_idx on public.webhook_events (event_id);
create index webhook_events_open_idx on public.webhook_events (received_at)
  where signature_valid and (processing_result is null or processing_result = 'error');

comment on table public.webhook_events is
  'Messages from Paddle: one row per event, however often it was delivered, with what became of it.';
comment on column public.webhook_events.id is 'Made by the database.';
comment on column public.webhook_events.tenant_id is
  'Country of the member that it is about; empty until known. Never changes once set.';
comment on column public.webhook_events.provider is 'Who sent it; always paddle.';
comment on column public.webhook_events.dedupe_key is
  'Makes an event count once. Forged deliveries get keys of their own and cannot stand in the way of a real one.';
comment on column public.webhook_events.event_id is 'Id of the event in Paddle (evt_…).';
comment on column public.webhook_events.event_type is 'What happened, for example subscription.activated.';
comment on column public.webhook_events.subject_id is
  'What it happened to: the subscription, else the transaction or customer in Paddle. Events of one subject are kept in order.';
comment on column public.webhook_events.occurred_at is 'When it happened, as Paddle says.';
comment on column public.webhook_events.signature_valid is
  'Yes if it truly came from Paddle. No is a forgery or a wrong secret; it changes nothing.';
comment on column public.webhook_events.payload is
  'The message itself; empty for a forged one and after 90 days.';
comment on column public.webhook_events.payload_hash is 'SHA-256 of the message as it arrived, in hexadecimal.';
comment on column public.webhook_events.received_at is 'When it first arrived.';
comment on column public.webhook_events.attempts is 'How often processing was tried.';
comment on column public.webhook_events.last_attempt_at is 'When it was last tried.';
comment on column public.webhook_events.processed_at is 'When it was done with.';
comment on column public.webhook_events.processing_result is
  'Empty: not done yet. ok: applied. ignored: nothing to do, see reason. error: failed, see error; it will be tried again.';
comment on column public.webhook_events.reason is 'Why it was ignored.';
comment on column public.webhook_events.error is 'Why it failed the last time.';

create trigger b_keep_tenant before update on public.webhook_events
for each row execute function private.keep_tenant();

----------------------------------------------------------------------------------------------------
-- Who sees and changes what. What arrived is never rewritten, only what became of it.
----------------------------------------------------------------------------------------------------

alter table public.webhook_events enable row level security;
alter table public.webhook_events force row level security;

grant select on public.webhook_events to authenticated, service_webhooks;
grant insert on public.webhook_events to service_webhooks;
grant update (
  tenant_id, attempts, last_attempt_at, processed_at, processing_result, reason, error
) on public.webhook_events to service_webhooks;

create policy "Webhook events stay inside their tenant" on public.webhook_events
  as restrictive for all to authenticated
  using (
    tenant_id = any (array(select private.my_tenant_ids()))
    or (tenant_id is null and (select private.my_role()) = 'super_admin')
  );
create policy "Admins see the webhook events of their tenant" on public.webhook_events
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks read events" on public.webhook_events
  for select to service_webhooks
  using (true);
create policy "Webhooks store events" on public.webhook_events
  for insert to service_webhooks
  with check (true);
create policy "Webhooks note what became of an event" on public.webhook_events
  for update to service_webhooks
  using (true)
  with check (true);
