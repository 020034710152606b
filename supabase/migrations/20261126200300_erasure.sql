----------------------------------------------------------------------------------------------------
-- Forgetting: on the day, one transaction for each person takes out who they were and what they and
-- others wrote about them. Money, numbers and the audit log stay (ADR 0025). A job that is killed
-- leaves the person as they were, and the next one does it all.
----------------------------------------------------------------------------------------------------

-- What is never changed otherwise may be emptied, by nobody who is signed in.
create function private.guard_erasable()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  erasable text[] := tg_argv[0];
begin
  if (select auth.uid()) is not null
    or to_jsonb(new) - erasable is distinct from to_jsonb(old) - erasable
    or exists (
      select from unnest(erasable) as name
      where to_jsonb(new) -> name is distinct from to_jsonb(old) -> name
        and to_jsonb(new) -> name <> 'null'
    )
  then
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_erasable() is
  'Refuses every change but one: that words of people are taken out for good.';

drop trigger refuse_change on public.claim_stage_history;
create trigger a_guard_erasable before update on public.claim_stage_history
for each row execute function private.guard_erasable('{note}');
create trigger b_keep_tenant before update on public.claim_stage_history
for each row execute function private.keep_tenant();
drop trigger refuse_change on public.nps_survey_responses;
create trigger a_guard_erasable before update on public.nps_survey_responses
for each row execute function private.guard_erasable('{comment}');
create trigger b_keep_tenant before update on public.nps_survey_responses
for each row execute function private.keep_tenant();

create or replace function private.guard_document()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.claim_id, new.member_id, new.bucket, new.file_path, new.file_type, new.file_size,
      new.uploaded_by, new.created_at
    ) is distinct from (
      old.id, old.claim_id, old.member_id, old.bucket, old.file_path, old.file_type, old.file_size,
      old.uploaded_by, old.created_at
    )
    or (old.confirmed_at is not null and (new.confirmed_at, new.detected_type, new.object_version)
      is distinct from (old.confirmed_at, old.detected_type, old.object_version))
    or (old.refused_at is not null and new.refused_at is distinct from old.refused_at)
    or (old.deleted_at is not null and new.deleted_at is distinct from old.deleted_at)
    -- The name and the fingerprint of a document that is gone may be taken out.
    or (
      new.name <> old.name
      and (new.name <> 'erased' or new.deleted_at is null or (select auth.uid()) is not null)
    )
    or (
      old.confirmed_at is not null and new.sha256 is distinct from old.sha256
      and (new.sha256 is not null or new.name <> 'erased')
    )
  then
    raise exception 'what a document is never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

-- Why staff deleted a document is in their own words, and stands with the document. The audit log is
-- kept for good, so it does not repeat them.
create or replace function private.record_document()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.is_readable and not old.is_readable then
    perform private.record_audit(
      new.tenant_id, 'document.uploaded', 'document', new.id::text,
      jsonb_build_object(
        'claim_id', new.claim_id, 'uploaded_by', new.uploaded_by, 'type', new.detected_type,
        'size', new.file_size
      )
    );
    update public.claim_messages set fulfilled_at = now()
    where id = new.request_id and fulfilled_at is null and new.uploaded_by = new.member_id;
    if new.uploaded_by_role = 'staff' then
      update public.claims set assigned_to = new.uploaded_by
      where id = new.claim_id and assigned_to is null and is_submitted;
    end if;
  elsif new.refused_at is not null and old.refused_at is null then
    perform private.record_audit(
      new.tenant_id, 'document.refused', 'document', new.id::text,
      jsonb_build_object(
        'claim_id', new.claim_id, 'uploaded_by', new.uploaded_by, 'reason', new.refused_reason
      )
    );
  elsif new.is_deleted and not old.is_deleted then
    perform private.record_audit(
      new.tenant_id, 'document.deleted', 'document', new.id::text,
      jsonb_build_object('claim_id', new.claim_id)
    );
  end if;
  perform pg_notify('claim_changed', new.claim_id::text);
  return null;
end
$$;

create or replace function private.guard_link()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- has_pin is computed after this. For whom it was may be taken out.
  if to_jsonb(new) - '{revoked_at,pin_failures,has_pin,recipient}'::text[]
      is distinct from to_jsonb(old) - '{revoked_at,pin_failures,has_pin,recipient}'::text[]
    or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
    or (
      to_jsonb(new) -> 'recipient' is distinct from to_jsonb(old) -> 'recipient'
      and (to_jsonb(new) -> 'recipient' <> 'null' or (select auth.uid()) is not null)
    )
  then
    raise exception 'a link is taken back and otherwise not changed'
      using errcode = 'restrict_violation';
  end if;
  if new.revoked_at is not null then
    new.revoked_at := coalesce(old.revoked_at, now());
  end if;
  return new;
end
$$;

-- Paddle tells addresses whenever it likes.
create function private.keep_customer_erased()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select from public.profiles where id = new.user_id and erased_at is not null
  ) then
    new.email := null;
  end if;
  return new;
end
$$;
comment on function private.keep_customer_erased() is
  'Takes in no address of somebody who was forgotten.';

create trigger e_keep_customer_erased before insert or update of email on public.billing_customers
for each row when (new.email is not null)
execute function private.keep_customer_erased();

----------------------------------------------------------------------------------------------------
-- Which
----------------------------------------------------------------------------------------------------

create function private.due_deletions(at timestamptz, max_rows integer default 100)
returns table (request_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
  select request.id
  from public.privacy_requests as request
  where request.kind = 'deletion' and request.status = 'pending' and request.due_at <= at
    -- Would be charged on by Paddle: they took it up again, and will be forgotten when it ends.
    and not private.renews(request.user_id)
    -- A mail is on its way this minute; it comes to an end first.
    and not exists (
      select from public.engagement_email_sends as mail
      where mail.user_id = request.user_id and mail.status = 'pending' and mail.batch_id is not null
    )
  order by request.due_at, request.id
  limit max_rows
$$;
comment on function private.due_deletions(timestamptz, integer) is
  'Requests to be forgotten whose day has come.';

----------------------------------------------------------------------------------------------------
-- Carrying out. Each step says how much it did.
----------------------------------------------------------------------------------------------------

create function private.erase_claims(person uuid)
returns table (step text, done bigint)
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim_ids uuid[] := array(select id from public.claims where member_id = person);
begin
  -- Nobody pursues a claim that nobody has any more.
  update public.claims set status = 'rejected', status_reason = 'member was forgotten'
  where id = any (claim_ids) and is_open;
  update public.claims
  set title = '', company = '', description = '', incident_date = null, amount_cents = null,
    status_reason = null
  where id = any (claim_ids);
  get diagnostics done = row_count;
  step := 'claims';
  return next;
  update public.claim_stage_history set note = null
  where claim_id = any (claim_ids) and note is not null;
  -- A message has words; these have none.
  update public.claim_messages
  set body = '—', sender_name = case when sender_id = person then '' else sender_name end
  where claim_id = any (claim_ids);
  get diagnostics done = row_count;
  update public.claim_messages set sender_name = ''
  where sender_id = person and sender_name <> '';
  step := 'messages';
  return next;
  -- Their files are removed from Storage by the job that removes those of deleted documents.
  update public.claim_documents
  set deleted_at = coalesce(deleted_at, now()), name = 'erased', sha256 = null, delete_reason = null,
    uploaded_by_name = case when uploaded_by = person then '' else uploaded_by_name end
  where claim_id = any (claim_ids);
  get diagnostics done = row_count;
  update public.claim_documents set uploaded_by_name = ''
  where uploaded_by = person and uploaded_by_name <> '';
  step := 'documents';
  return next;
  update public.share_packs set revoked_at = coalesce(revoked_at, now()), recipient = null
  where claim_id = any (claim_ids) or created_by = person;
  get diagnostics done = row_count;
  update public.claim_tracking_tokens set revoked_at = now()
  where claim_id = any (claim_ids) and revoked_at is null;
  step := 'links';
  return next;
  -- Those of others that say that the person wrote, too.
  delete from public.notifications as told
  where told.user_id = person or told.claim_id = any (claim_ids)
    or (
      told.claim_id in (
        select claim_id from public.claim_messages where sender_id = person
        union
        select claim_id from public.claim_documents where uploaded_by = person
      )
      and (
        exists (
          select from public.claim_messages as message
          where message.claim_id = told.claim_id and message.sender_id = person
            and starts_with(told.dedupe_key, format('message:%s:', message.id))
        )
        or exists (
          select from public.claim_documents as document
          where document.claim_id = told.claim_id and document.uploaded_by = person
            and starts_with(told.dedupe_key, format('document:%s:', document.id))
        )
      )
    );
  get diagnostics done = row_count;
  step := 'notifications';
  return next;
end
$$;
comment on function private.erase_claims(uuid) is
  'Takes out what a person''s claims say, and ends those that are open.';

create function private.erase_mails(person uuid, address text, tenant text)
returns table (step text, done bigint)
language plpgsql
security definer
set search_path = ''
as $$
declare
  invitation_ids uuid[] := array(
    select id from public.invitations
    where accepted_by = person or (tenant_id = tenant and email = lower(address))
  );
begin
  delete from public.mail_events
  where send_id in (
    select id from public.engagement_email_sends
    where user_id = person or invitation_id = any (invitation_ids)
  );
  update public.engagement_email_sends
  set
    status = case when status = 'pending' then 'skipped' else status end,
    error = case when status = 'pending' then 'account_inactive' else error end,
    params = '{}', facts = null
  where user_id = person or invitation_id = any (invitation_ids);
  get diagnostics done = row_count;
  step := 'mails';
  return next;
  update public.invitations set revoked_at = now()
  where id = any (invitation_ids) and accepted_at is null and revoked_at is null;
  update public.invitations set email = 'erased@invalid', full_name = ''
  where id = any (invitation_ids);
  get diagnostics done = row_count;
  step := 'invitations';
  return next;
  update public.nps_survey_responses set comment = null
  where user_id = person and comment is not null;
  get diagnostics done = row_count;
  step := 'survey';
  return next;
  update public.billing_customers set email = null where user_id = person;
  update public.webhook_events
  set summary = private.accounting_summary(payload), payload = null
  where member_id = person and payload is not null
    and (processing_result in ('ok', 'ignored') or gave_up_at is not null);
  get diagnostics done = row_count;
  step := 'payment messages';
  return next;
end
$$;
comment on function private.erase_mails(uuid, text, text) is
  'Takes out what mails to a person said, their address in invitations and at Paddle, and their words in surveys.';

create function private.erase_account(person uuid)
returns table (step text, done bigint)
language plpgsql
security definer
set search_path = ''
as $$
declare
  address text := format('erased-%s@erased.invalid', person);
  dependent text;
begin
  delete from public.notification_preferences where user_id = person;
  delete from auth.sessions where user_id = person;
  get diagnostics done = row_count;
  step := 'sessions';
  return next;
  -- What Auth keeps differs by version.
  foreach dependent in array array[
    'auth.identities', 'auth.refresh_tokens', 'auth.flow_state', 'auth.one_time_tokens',
    'auth.mfa_factors'
  ] loop
    if to_regclass(dependent) is not null then
      execute format('delete from %s where user_id::text = $1', dependent) using person::text;
    end if;
  end loop;
  delete from auth.audit_log_entries where payload ->> 'actor_id' = person::text;
  update auth.users
  set
    email = address, phone = null, raw_user_meta_data = '{}', encrypted_password = '',
    confirmation_token = '', recovery_token = '', email_change = '', email_change_token_new = '',
    email_change_token_current = '', phone_change = '', phone_change_token = '',
    reauthentication_token = '', banned_until = now() + interval '100 years'
  where id = person;
  update public.profiles
  set
    email = address, full_name = '', phone = null, is_active = false, agent_id = null,
    marketing_opt_out_at = coalesce(marketing_opt_out_at, now()),
    marketing_opt_out_by = coalesce(marketing_opt_out_by, 'member'),
    email_undeliverable_at = null, email_undeliverable_reason = null, erased_at = now()
  where id = person;
  get diagnostics done = row_count;
  step := 'account';
  return next;
end
$$;
comment on function private.erase_account(uuid) is
  'Takes a person''s name, address and ways to sign in out, here and in Authentication.';

create function private.carry_out_deletion(request_id uuid, at timestamptz)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  request public.privacy_requests;
  person public.profiles;
  part record;
begin
  -- Whoever takes it back at this moment waits, and finds it done; or this finds it taken back.
  select * into request from public.privacy_requests
  where id = request_id and kind = 'deletion' and status = 'pending' and due_at <= at
  for update skip locked;
  if not found then
    return false;
  end if;
  select * into person from public.profiles where id = request.user_id for update;
  if private.renews(person.id) or person.role <> 'member' then
    return false;
  end if;
  -- First, so that what follows notifies and mails nobody who is being forgotten.
  update public.profiles set is_active = false where id = person.id;
  for part in
    select * from private.erase_claims(person.id)
    union all
    select * from private.erase_mails(person.id, person.email, person.tenant_id)
    union all
    select * from private.erase_account(person.id)
  loop
    perform private.record_audit(
      request.tenant_id, 'privacy.data_erased', 'privacy_request', request.id::text,
      jsonb_build_object('step', part.step, 'count', part.done)
    );
  end loop;
  update public.privacy_requests set status = 'completed', completed_at = now(), note = null
  where id = request.id;
  update public.privacy_requests
  set status = case when status = 'ready' then 'expired' else status end, note = null
  where user_id = person.id and id <> request.id and (status = 'ready' or note is not null);
  perform private.record_audit(
    request.tenant_id, 'privacy.data_deletion_completed', 'privacy_request', request.id::text,
    jsonb_build_object('person', person.id)
  );
  return true;
end
$$;
comment on function private.carry_out_deletion(uuid, timestamptz) is
  'Forgets the person who asked for it, all at once. False if it is not due, was taken back, or another one is at it.';

create function private.expire_exports(at timestamptz)
returns bigint
language sql
security definer
set search_path = ''
as $$
  with expired as (
    update public.privacy_requests set status = 'expired'
    where status = 'ready' and expires_at <= at
    returning id
  )
  select count(*) from expired
$$;
comment on function private.expire_exports(timestamptz) is
  'Closes downloads whose seven days are over. Returns how many.';

revoke all on function
  private.due_deletions(timestamptz, integer), private.erase_claims(uuid),
  private.erase_mails(uuid, text, text), private.erase_account(uuid),
  private.carry_out_deletion(uuid, timestamptz), private.expire_exports(timestamptz)
from public;
grant execute on function
  private.due_deletions(timestamptz, integer), private.carry_out_deletion(uuid, timestamptz),
  private.expire_exports(timestamptz)
to service_cron;
