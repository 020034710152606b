----------------------------------------------------------------------------------------------------
-- Mails: one ledger for every mail that we send, whatever it is about.
--
-- A row is made where the reason for the mail arises, under a key that makes it be there once. The
-- jobs take what is due in batches; a batch is one call to Resend, and its id is the key under which
-- Resend takes it once, however often the call is repeated.
----------------------------------------------------------------------------------------------------

create table public.mail_templates (
  key text primary key check (key ~ '^[a-z][a-z0-9_]{1,59}$'),
  kind text not null check (kind in ('dunning', 'engagement', 'nps', 'transactional')),
  is_optional boolean not null,
  description text not null
);

comment on table public.mail_templates is
  'The mails that there are. The texts are in the language files of the site, not here.';
comment on column public.mail_templates.key is 'Name of the mail, used in the ledger of mails.';
comment on column public.mail_templates.kind is
  'dunning: about a failed payment. engagement: helpful mails of the first months. nps: the survey. transactional: the answer to something that the person did.';
comment on column public.mail_templates.is_optional is
  'Yes if people may do without it: it is not sent to those who unsubscribed, and has a link to do so.';
comment on column public.mail_templates.description is 'When it is sent.';

insert into public.mail_templates (key, kind, is_optional, description)
values
  ('dunning_day_0', 'dunning', false, 'A payment failed.'),
  ('dunning_day_7', 'dunning', false, 'A week after a payment failed.'),
  ('dunning_final', 'dunning', false, 'The day before the grace period ends.'),
  ('dunning_suspended', 'dunning', false, 'The grace period is over.'),
  ('dunning_recovered', 'dunning', false, 'What was owed is paid, after a mail said that it was not.'),
  ('onboarding_day_7', 'engagement', true, 'A week after the membership began.'),
  ('checkin_day_14', 'engagement', true, 'Two weeks after the membership began.'),
  ('retention_day_30', 'engagement', true, 'A month after the membership began.'),
  ('retention_day_60', 'engagement', true, 'Two months after the membership began.'),
  ('retention_day_90', 'engagement', true, 'Three months after the membership began.'),
  ('nps_v1', 'nps', true, 'The survey, 45 days after the membership began.'),
  ('welcome', 'transactional', false, 'A membership began.'),
  ('password_reset', 'transactional', false, 'Somebody asked for a new password.'),
  ('password_changed', 'transactional', false, 'A password was changed.'),
  ('invitation', 'transactional', false, 'Somebody is invited to work with us.'),
  ('claim_submitted', 'transactional', false, 'A claim was handed in.'),
  ('claim_status_changed', 'transactional', false, 'A claim moved on.'),
  ('claim_message', 'transactional', false, 'Somebody wrote in a claim.'),
  ('claim_document_requested', 'transactional', false, 'A claim needs a document.');

alter table public.mail_templates enable row level security;
alter table public.mail_templates force row level security;

grant select on public.mail_templates to authenticated, service_cron;

create policy "Admins see which mails there are" on public.mail_templates
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Jobs see which mails there are" on public.mail_templates
  for select to service_cron
  using (true);

----------------------------------------------------------------------------------------------------
-- Batches
----------------------------------------------------------------------------------------------------

create table public.mail_batches (
  id uuid primary key default gen_random_uuid(),
  state text not null default 'open' check (state in ('open', 'sent', 'failed', 'split')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  first_attempt_at timestamptz,
  error text check (char_length(error) <= 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index mail_batches_due_idx on public.mail_batches (next_attempt_at) where state = 'open';
create index mail_batches_created_idx on public.mail_batches (created_at);

comment on table public.mail_batches is
  'Mails that are handed to Resend in one call, at most 100. The call is repeated until there is an answer.';
comment on column public.mail_batches.id is
  'Made by the database. Resend takes a batch of one id once, however often it is sent.';
comment on column public.mail_batches.state is
  'open: not answered yet. sent: Resend took it. failed: refused, or given up; its mails say why. split: refused as a whole and tried again mail by mail.';
comment on column public.mail_batches.attempts is 'How often it was sent.';
comment on column public.mail_batches.next_attempt_at is
  'When it is sent, or sent again, while it is open; in the near future while somebody is at it.';
comment on column public.mail_batches.first_attempt_at is
  'When it was first sent without an answer that says it was not taken. Resend remembers a batch for 24 hours from here, so it is not repeated later.';
comment on column public.mail_batches.error is 'Why Resend did not take it the last time.';
comment on column public.mail_batches.created_at is 'When the row was made. Set by the database.';
comment on column public.mail_batches.updated_at is 'When the row last changed. Set by the database.';

create function private.guard_mail_batch()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if old.state <> 'open' and new.state is distinct from old.state then
    raise exception 'a batch that is done with stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_mail_batch() is
  'Keeps a batch that was answered from being sent again.';

create trigger a_guard_mail_batch before update on public.mail_batches
for each row execute function private.guard_mail_batch();
create trigger z_touch_updated_at before update on public.mail_batches
for each row execute function private.touch_updated_at();

alter table public.mail_batches enable row level security;
alter table public.mail_batches force row level security;

grant select on public.mail_batches to authenticated, service_cron;
grant insert (id, state, attempts, next_attempt_at, first_attempt_at, error)
on public.mail_batches to service_cron;
grant update (state, attempts, next_attempt_at, first_attempt_at, error)
on public.mail_batches to service_cron;

create policy "Super admins see the batches" on public.mail_batches
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "Jobs see the batches" on public.mail_batches
  for select to service_cron
  using (true);
create policy "Jobs make batches" on public.mail_batches
  for insert to service_cron
  with check (true);
create policy "Jobs note what became of a batch" on public.mail_batches
  for update to service_cron
  using (true)
  with check (true);

----------------------------------------------------------------------------------------------------
-- The ledger
----------------------------------------------------------------------------------------------------

-- A new kind of mail is a new row of `mail_templates`, not a new constraint.
alter table public.engagement_email_sends
  drop constraint engagement_email_sends_template_key_check,
  add foreign key (template_key) references public.mail_templates (key),
  add unique (id, tenant_id),
  add column params jsonb not null default '{}' check (jsonb_typeof(params) = 'object'),
  add column facts jsonb check (jsonb_typeof(facts) = 'object'),
  add column send_until timestamptz,
  add column batch_id uuid references public.mail_batches (id) on delete set null,
  add column batch_position integer check (batch_position between 0 and 99),
  add column unsubscribe_hash text unique check (unsubscribe_hash ~ '^[0-9a-f]{64}$'),
  add column may_have_arrived boolean not null generated always as (
    status = 'error' and starts_with(coalesce(error, ''), 'unknown_outcome')
  ) stored,
  add column delivered_at timestamptz,
  add column bounced_at timestamptz,
  add column complained_at timestamptz,
  add unique (batch_id, batch_position);

comment on table public.engagement_email_sends is
  'Every mail that we send: to be sent, sent, or not sent and why. Each is there once.';
comment on column public.engagement_email_sends.tenant_id is 'Country of the person. Never changes.';
comment on column public.engagement_email_sends.subscription_id is
  'About which membership (see subscriptions); empty if it is about none.';
comment on column public.engagement_email_sends.template_key is
  'Which mail (see mail_templates), for example dunning_day_0: a payment failed.';
comment on column public.engagement_email_sends.status is
  'pending: to be sent. sent: Resend took it. skipped: no longer wanted, see error. error: refused or given up, see error.';
comment on column public.engagement_email_sends.error is
  'Why it was not sent, or could not be sent the last time.';
comment on column public.engagement_email_sends.next_attempt_at is
  'From when on it may be sent. While it is in a batch the batch says when it is tried again.';
comment on column public.engagement_email_sends.params is
  'What the mail has to say that is not in other tables, for example the number of a claim. No secrets. Emptied 30 days after it was done with.';
comment on column public.engagement_email_sends.facts is
  'All that the mail says, as it was when it was first tried; a second try says the same. No secrets. Emptied 30 days after it was done with.';
comment on column public.engagement_email_sends.send_until is
  'Until when it makes sense; not sent by then, it is skipped. Empty for no end.';
comment on column public.engagement_email_sends.batch_id is
  'With which other mails it is handed to Resend (see mail_batches); empty before it is tried.';
comment on column public.engagement_email_sends.batch_position is 'Its place in the batch, from 0.';
comment on column public.engagement_email_sends.unsubscribe_hash is
  'SHA-256 of the code in its link to unsubscribe; empty if it has none. The code itself is not kept.';
comment on column public.engagement_email_sends.may_have_arrived is
  'Yes if it was handed to Resend and the answer never came (unknown_outcome). Such a mail is not sent again. Set by the database.';
comment on column public.engagement_email_sends.delivered_at is
  'When the receiving mail server took it, as Resend says.';
comment on column public.engagement_email_sends.bounced_at is
  'When the receiving mail server refused it, or Resend could not send it, as Resend says. Empty if it arrived at a later try.';
comment on column public.engagement_email_sends.complained_at is
  'When the reader marked it as spam, as Resend says.';

-- What is due and in no batch yet; what is in one is found through the batch.
drop index public.engagement_email_sends_due_idx;
create index engagement_email_sends_due_idx on public.engagement_email_sends (next_attempt_at)
  where status = 'pending' and batch_id is null;
create index engagement_email_sends_template_idx
  on public.engagement_email_sends (template_key, created_at);
create index engagement_email_sends_message_idx
  on public.engagement_email_sends (provider_message_id) where provider_message_id is not null;
create index engagement_email_sends_error_idx on public.engagement_email_sends (updated_at)
  where status = 'error';
create index engagement_email_sends_facts_idx on public.engagement_email_sends (updated_at)
  where status <> 'pending' and (facts is not null or params <> '{}');

-- Who may send what. Runs with the rights of whoever inserts, so that current_user tells who it is.
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
    if new.template_key not in ('password_reset', 'password_changed') then
      raise exception 'auth sends mails about passwords and no other'
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
comment on function private.guard_enqueued_mail() is
  'Refuses a mail that the function at work has no business to send.';

drop trigger a_guard_enqueued_mail on public.engagement_email_sends;
create trigger a_guard_enqueued_mail before insert on public.engagement_email_sends
for each row when (current_user in ('service_webhooks', 'service_cron', 'service_auth'))
execute function private.guard_enqueued_mail();

-- Holds for everyone, staff in Studio included.
create function private.guard_mail()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.user_id, new.subscription_id, new.template_key, new.dedupe_key, new.created_at)
    is distinct from
    (old.id, old.user_id, old.subscription_id, old.template_key, old.dedupe_key, old.created_at)
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
comment on function private.guard_mail() is
  'Keeps a mail what it is: never sent a second time, never saying something else on a second try.';

create trigger a_guard_mail before update on public.engagement_email_sends
for each row execute function private.guard_mail();

-- The mail of day 0 is too late once the one of day 7 is due.
grant insert (send_until) on public.engagement_email_sends to service_webhooks;

grant select on public.engagement_email_sends to service_cron;
grant insert (
  id, tenant_id, user_id, subscription_id, template_key, dedupe_key, params, next_attempt_at,
  send_until
) on public.engagement_email_sends to service_cron;
grant update (
  status, attempts, next_attempt_at, provider_message_id, error, sent_at, facts, batch_id,
  batch_position, unsubscribe_hash
) on public.engagement_email_sends to service_cron;

create policy "Jobs see the mails" on public.engagement_email_sends
  for select to service_cron
  using (true);
create policy "Jobs enqueue mails" on public.engagement_email_sends
  for insert to service_cron
  with check (true);
create policy "Jobs note what became of a mail" on public.engagement_email_sends
  for update to service_cron
  using (true)
  with check (true);

-- Mails with a secret link are sent at once by whoever knows the link, never from the ledger.
grant select (id, user_id, template_key, dedupe_key, status)
on public.engagement_email_sends to service_auth;
grant insert (id, tenant_id, user_id, template_key, dedupe_key, next_attempt_at, send_until)
on public.engagement_email_sends to service_auth;
grant update (
  status, attempts, next_attempt_at, provider_message_id, error, sent_at
) on public.engagement_email_sends to service_auth;

create policy "Auth sees the mails about passwords" on public.engagement_email_sends
  for select to service_auth
  using (template_key = any ('{password_reset,password_changed}'::text[]));
create policy "Auth enqueues mails about passwords" on public.engagement_email_sends
  for insert to service_auth
  with check (template_key = any ('{password_reset,password_changed}'::text[]));
create policy "Auth notes what became of a mail about a password" on public.engagement_email_sends
  for update to service_auth
  using (template_key = any ('{password_reset,password_changed}'::text[]))
  with check (template_key = any ('{password_reset,password_changed}'::text[]));

----------------------------------------------------------------------------------------------------
-- The pace: one row that all processes share, so that Resend's limit holds however many there are
----------------------------------------------------------------------------------------------------

create unlogged table private.mail_pace (
  id boolean primary key default true check (id),
  next_at timestamptz not null,
  held_until timestamptz not null default '-infinity'
);
comment on table private.mail_pace is
  'When the next call to Resend may be made. Deleting the row lets it be made at once.';
comment on column private.mail_pace.id is 'Always yes: there is one row.';
comment on column private.mail_pace.next_at is 'When the next call may be made.';
comment on column private.mail_pace.held_until is
  'Until when no call may be made, because Resend said so.';

alter table private.mail_pace enable row level security;
alter table private.mail_pace force row level security;

-- By the clock on the wall: Resend knows no other.
create function private.take_mail_slot(rps numeric, at timestamptz default clock_timestamp())
returns integer
language sql
security definer
set search_path = ''
as $$
  insert into private.mail_pace as pace (id, next_at)
  values (true, at + interval '1 second' / rps::double precision)
  on conflict (id) do update
  set next_at = interval '1 second' / rps::double precision + case
    -- Further off than anybody waits: left over from a clock that was set back since.
    when pace.next_at > at + interval '1 minute' then at
    else greatest(pace.next_at, at)
  end
  returning ceil(
    1000 * greatest(
      extract(epoch from next_at - interval '1 second' / rps::double precision - at),
      extract(epoch from case when held_until > at then held_until - at else interval '0' end)
    )
  )::integer
$$;
comment on function private.take_mail_slot(numeric, timestamptz) is
  'Takes a turn to call Resend, so many a second, and says how many milliseconds to wait for it. Commit at once: others wait for it.';

create function private.hold_mails(milliseconds integer, at timestamptz default clock_timestamp())
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.mail_pace as pace (id, next_at, held_until)
  values (true, at, at + milliseconds * interval '1 millisecond')
  on conflict (id) do update set held_until = greatest(pace.held_until, excluded.held_until)
$$;
comment on function private.hold_mails(integer, timestamptz) is
  'Makes every process wait so long before it calls Resend again, which asked for it.';

create function private.mail_backlog()
returns table (waiting bigint, overdue bigint, failed bigint, held_until timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select
    count(*) filter (where status = 'pending' and next_attempt_at <= now()),
    count(*) filter (where status = 'pending' and next_attempt_at < now() - interval '1 hour'),
    count(*) filter (where status = 'error'),
    (select pace.held_until from private.mail_pace as pace where pace.held_until > now())
  from public.engagement_email_sends
  where status = 'pending' or (status = 'error' and updated_at > now() - interval '1 day')
$$;
comment on function private.mail_backlog() is
  'How many mails are due, how many of them for more than an hour, how many failed within a day, and until when Resend asked to wait.';

revoke all on function
  private.take_mail_slot(numeric, timestamptz), private.hold_mails(integer, timestamptz),
  private.mail_backlog()
from public;
grant execute on function
  private.take_mail_slot(numeric, timestamptz), private.hold_mails(integer, timestamptz)
to service_cron, service_auth;
grant execute on function private.mail_backlog() to service_cron;

----------------------------------------------------------------------------------------------------
-- Tried again by an administrator
----------------------------------------------------------------------------------------------------

create function private.retry_mail(mail_id uuid)
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
  elsif failed.send_until <= now() then
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
comment on function private.retry_mail(uuid) is
  'Has a mail that failed sent again, for administrators, audited. Says retried, or why not: unknown, not_failed, may_have_arrived or too_late.';

create function public.retry_mail(mail_id uuid)
returns text
language sql
set search_path = ''
as $$
  select private.retry_mail(mail_id)
$$;
comment on function public.retry_mail(uuid) is
  'Has a mail that failed sent again by the next run. For administrators; audited. Says retried, or why not: unknown, not_failed, may_have_arrived (then it is never sent again) or too_late.';
revoke all on function private.retry_mail(uuid), public.retry_mail(uuid) from public;
grant execute on function private.retry_mail(uuid), public.retry_mail(uuid) to authenticated;

----------------------------------------------------------------------------------------------------
-- Mails that have waited for the jobs to be built: of those that would come too late none is sent
----------------------------------------------------------------------------------------------------

update public.engagement_email_sends
set send_until = created_at + interval '7 days'
where status = 'pending' and template_key = 'dunning_day_0' and send_until is null;

----------------------------------------------------------------------------------------------------
-- Tenants: what stands in every mail. One wrong word here, and each mail of the tenant would be
-- refused or could not be made, one by one.
----------------------------------------------------------------------------------------------------

alter table public.tenants
  add constraint support_email_is_an_address check (
    support_email ~ '^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$'
    and char_length(support_email) <= 254
  ),
  add constraint support_phone_is_a_number check (support_phone ~ '^\+[1-9][0-9 ()/-]{4,28}[0-9]$'),
  add constraint time_zone_is_known check (
    time_zone ~ '^([A-Z][A-Za-z_]*(/[A-Z][A-Za-z_]*)+|UTC)$'
    and timestamptz 'epoch' at time zone time_zone is not null
  );
