----------------------------------------------------------------------------------------------------
-- Privacy: what people agreed to, a copy of all that is kept about them, and the wish to be
-- forgotten. What becomes of that wish is in the next section.
----------------------------------------------------------------------------------------------------

create table public.consents (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  kind text not null check (kind in ('terms', 'privacy', 'marketing')),
  version text not null check (version ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$'),
  given boolean not null,
  at timestamptz not null default now(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id) on delete cascade
);

create index consents_user_idx on public.consents (user_id, tenant_id, at);
create index consents_tenant_idx on public.consents (tenant_id, at);

comment on table public.consents is
  'What people agreed to and took back, each time they did. Rows are only ever added.';
comment on column public.consents.id is 'Made by the database.';
comment on column public.consents.tenant_id is 'Country of the person. Never changes.';
comment on column public.consents.user_id is 'Who (see profiles).';
comment on column public.consents.kind is
  'To what: terms (of the membership), privacy (the notice was read) or marketing (helpful mails and surveys).';
comment on column public.consents.version is 'Which version of the text, for example 2026-11.';
comment on column public.consents.given is 'Yes if they agreed, no if they took it back or declined.';
comment on column public.consents.at is 'When. Set by the database.';

create trigger refuse_change before update on public.consents
for each row execute function private.refuse_change();

create table public.privacy_requests (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  kind text not null check (kind in ('export', 'deletion')),
  status text not null
    check (status in ('pending', 'ready', 'completed', 'cancelled', 'expired')),
  requested_at timestamptz not null default now(),
  due_at timestamptz,
  ready_at timestamptz,
  expires_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  note text check (char_length(note) between 1 and 1000),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  check ((kind = 'deletion') = (due_at is not null)),
  check ((kind = 'export') = (expires_at is not null)),
  check (kind = 'export' or status <> 'ready'),
  check ((status = 'cancelled') = (cancelled_at is not null)),
  check (status <> 'completed' or completed_at is not null)
);

create unique index privacy_requests_open_idx on public.privacy_requests (user_id, kind)
  where status in ('pending', 'ready');
create index privacy_requests_user_idx
  on public.privacy_requests (user_id, tenant_id, requested_at);
create index privacy_requests_tenant_idx on public.privacy_requests (tenant_id, requested_at);
create index privacy_requests_due_idx on public.privacy_requests (due_at)
  where status = 'pending';
create index privacy_requests_expiring_idx on public.privacy_requests (expires_at)
  where status = 'ready';

comment on table public.privacy_requests is
  'Who asked for a copy of their data or to be forgotten, and what became of it.';
comment on column public.privacy_requests.id is 'Made by the database.';
comment on column public.privacy_requests.tenant_id is 'Country of the person. Never changes.';
comment on column public.privacy_requests.user_id is 'Who asks (see profiles).';
comment on column public.privacy_requests.kind is 'export: a copy of all their data. deletion: to be forgotten.';
comment on column public.privacy_requests.status is
  'pending: waits for its day. ready: may be downloaded. completed, cancelled (by the person) or expired.';
comment on column public.privacy_requests.requested_at is 'When. Set by the database.';
comment on column public.privacy_requests.due_at is
  'Of a deletion: the day on which it is carried out, 30 days after it was asked for; until then the person may take it back.';
comment on column public.privacy_requests.ready_at is 'Of an export: since when it may be downloaded.';
comment on column public.privacy_requests.expires_at is 'Of an export: until when, seven days.';
comment on column public.privacy_requests.completed_at is
  'When it was carried out; of an export, when it was first downloaded.';
comment on column public.privacy_requests.cancelled_at is 'When the person took it back; empty otherwise.';
comment on column public.privacy_requests.note is
  'Why, in the words of the person; empty if they said nothing. Erased with the person.';

create trigger b_keep_tenant before update on public.privacy_requests
for each row execute function private.keep_tenant();

alter table public.profiles add column erased_at timestamptz;
comment on column public.profiles.erased_at is
  'When the person was forgotten, as they had asked: name, address and words are gone, the number stays for what was paid. Never taken back.';

create function private.guard_erased()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.erased_at, new.email, new.full_name, new.phone, new.is_active, new.role)
    is distinct from (old.erased_at, old.email, old.full_name, old.phone, old.is_active, old.role)
  then
    raise exception 'a person who was forgotten stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_erased() is
  'Keeps anybody from giving a name, an address or access back to a person who was forgotten.';

create trigger a_guard_erased before update on public.profiles
for each row when (old.erased_at is not null)
execute function private.guard_erased();

----------------------------------------------------------------------------------------------------
-- Consents
----------------------------------------------------------------------------------------------------

create function private.note_signup_consents()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.consents (tenant_id, user_id, kind, version, given)
  select person.tenant_id, person.id, told.kind, told.version, true
  from public.profiles as person
  cross join (
    values
      ('terms', new.raw_user_meta_data ->> 'terms_version'),
      ('privacy', new.raw_user_meta_data ->> 'privacy_version')
  ) as told (kind, version)
  where person.id = new.id and told.version ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$';
  return null;
end
$$;
comment on function private.note_signup_consents() is
  'Notes to which texts somebody agreed who signs up: terms_version and privacy_version of what the form sends.';

-- Fires after the one that makes the profile.
create trigger note_signup_consents
after insert on auth.users
for each row execute function private.note_signup_consents();

create function private.note_marketing_consent()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.consents (tenant_id, user_id, kind, version, given)
  values (new.tenant_id, new.id, 'marketing', '1', new.marketing_opt_out_at is null);
  return null;
end
$$;
comment on function private.note_marketing_consent() is
  'Notes each change of whether somebody wants helpful mails, whoever brings it about.';

create trigger note_marketing_consent
after update of marketing_opt_out_at on public.profiles
for each row when ((new.marketing_opt_out_at is null) <> (old.marketing_opt_out_at is null))
execute function private.note_marketing_consent();

create function private.record_consent(kind text, version text, given boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
begin
  select * into me from public.profiles where id = private.my_id();
  if not found then
    raise exception 'nobody is signed in' using errcode = 'insufficient_privilege';
  end if;
  if record_consent.kind = 'marketing' then
    -- The trigger notes it, if it is a change.
    update public.profiles as person
    set
      marketing_opt_out_at = case when not record_consent.given then now() end,
      marketing_opt_out_by = case when not record_consent.given then 'member' end
    where person.id = me.id
      and (person.marketing_opt_out_at is null) <> record_consent.given;
  else
    insert into public.consents (tenant_id, user_id, kind, version, given)
    values (
      me.tenant_id, me.id, record_consent.kind, record_consent.version, record_consent.given
    );
  end if;
end
$$;
comment on function private.record_consent(text, text, boolean) is
  'Notes what the signed-in person agrees to or takes back.';

create function public.record_consent(kind text, version text, given boolean)
returns void
language sql
set search_path = ''
as $$
  select private.record_consent(kind, version, given)
$$;
comment on function public.record_consent(text, text, boolean) is
  'Notes that the signed-in person agrees to (or takes back) terms, privacy or marketing, of that version of the text.';

----------------------------------------------------------------------------------------------------
-- Where personal data is: every table that knows a person has a row here, which says how it is
-- exported and erased. A test compares it with the catalogue and fails on a table or a column that is
-- not in it.
----------------------------------------------------------------------------------------------------

create table private.personal_data (
  table_name text primary key,
  person_columns text[] not null,
  exported_where text,
  hidden text[] not null default '{}',
  erased text[] not null default '{}',
  kept text[] not null default '{}',
  rows_deleted boolean not null default false,
  why text not null
);

comment on table private.personal_data is
  'Every table that knows people: what of it they get a copy of, what is erased when they ask to be forgotten, what is kept and why.';
comment on column private.personal_data.table_name is 'The table.';
comment on column private.personal_data.person_columns is 'Its columns that say which person.';
comment on column private.personal_data.exported_where is
  'Which rows the person of id $1 gets a copy of; empty for none, see why.';
comment on column private.personal_data.hidden is
  'Columns that are left out of the copy: of other people, of the machine, or keys.';
comment on column private.personal_data.erased is 'Columns that are emptied when the person is forgotten.';
comment on column private.personal_data.kept is
  'Columns of text that stay: codes, ids and hashes that say nothing without the person''s name.';
comment on column private.personal_data.rows_deleted is 'Yes if the rows themselves go.';
comment on column private.personal_data.why is 'Why it is so, in words.';

alter table private.personal_data enable row level security;
alter table private.personal_data force row level security;

insert into private.personal_data
  (table_name, person_columns, exported_where, hidden, erased, kept, rows_deleted, why)
values
  ('public.profiles', '{id,agent_id}', 'id = $1', '{}',
   '{email,full_name,phone,email_undeliverable_reason}',
   '{role,locale,member_number,referral_code,marketing_opt_out_by}', false,
   'The number stays, because invoices and the log are told apart by it.'),
  ('public.consents', '{user_id}', 'user_id = $1', '{}', '{}', '{kind,version}', false,
   'That somebody agreed has to be shown as long as it matters; it names nobody.'),
  ('public.privacy_requests', '{user_id}', 'user_id = $1', '{}', '{note}', '{kind,status}', false,
   'That somebody asked, and when it was done, has to be shown.'),
  ('public.notification_preferences', '{user_id}', 'user_id = $1', '{}', '{}', '{}', true,
   'Of no use without the person.'),
  ('public.notifications', '{user_id}', 'user_id = $1', '{dedupe_key}', '{}',
   '{type,title_key,params,action_path,dedupe_key}', true,
   'They quote claims and names; those to staff about the person''s claims go too.'),
  ('public.subscriptions', '{user_id}', 'user_id = $1',
   '{lifecycle_due_at,dunning_due_at,last_event_id,last_event_at}', '{}',
   '{provider,provider_subscription_id,provider_customer_id,status,last_event_id}', false,
   'What was bought and paid belongs to the books.'),
  ('public.billing_customers', '{user_id}', 'user_id = $1', '{last_event_id,last_event_at}', '{email}',
   '{provider_customer_id,last_event_id}', false,
   'Ties payments to the number. The seller of record, Paddle, keeps its own books.'),
  ('public.billing_checkouts', '{user_id}', 'user_id = $1', '{}', '{}',
   '{provider_transaction_id,ref_code}', false, 'Which checkout led to which payment: the books.'),
  ('public.billing_invoices', '{user_id}', 'user_id = $1', '{event_id}', '{}',
   '{provider_transaction_id,number,status,provider_subscription_id,origin,event_id}', false,
   'Invoices are kept as long as books have to be.'),
  ('public.agent_commissions', '{agent_id,member_id}', 'agent_id = $1', '{}', '{}',
   '{provider_subscription_id,type,status,source_transaction_id,source_adjustment_id,void_reason}',
   false, 'What an agent earned is the agent''s, and belongs to the books.'),
  ('public.webhook_events', '{member_id}', null, '{}', '{payload}',
   '{provider,dedupe_key,event_id,event_type,subject_id,payload_hash,processing_result,reason,error,
     summary}', false,
   'Paddle''s messages: what they brought about is exported with memberships and invoices. Taken down to amounts and ids at once, those not tied to a person after 90 days.'),
  ('public.claims', '{member_id,agent_id,assigned_to}', 'member_id = $1',
   '{assigned_to,sla_told,queue_at}',
   '{title,company,description,incident_date,amount_cents,status_reason}',
   '{claim_number,category,status,sla_told}', false,
   'That there was a claim of that kind is counted; what it said is gone.'),
  ('private.claim_search', '{}', null, '{}', '{words}', '{}', false,
   'An index of claims, written anew when they are emptied.'),
  ('public.claim_messages', '{member_id,sender_id}',
   'member_id = $1 and not is_internal or sender_id = $1', '{staff_read_at}', '{body,sender_name}',
   '{sender_role}', false,
   'All that was written on the person''s claims goes, by whomever. What they wrote on claims of others stays with those, without their name.'),
  ('public.claim_stage_history', '{member_id,assigned_from,assigned_to,changed_by}',
   'member_id = $1 and is_public', '{assigned_from,assigned_to,changed_by}', '{note}',
   '{from_status,to_status,changed_by_role}', false, 'When a claim moved is counted; why it did is gone.'),
  ('public.claim_documents', '{member_id,uploaded_by,deleted_by}',
   '(member_id = $1 or uploaded_by = $1) and confirmed_at is not null',
   '{object_version,deleted_by,is_pending}', '{name,uploaded_by_name,sha256,delete_reason}',
   '{bucket,file_path,file_type,category,uploaded_by_role,detected_type,object_version,
     refused_reason}', false,
   'The files are removed from Storage; that there were some stays with the claim.'),
  ('public.share_packs', '{member_id,created_by}', 'member_id = $1 or created_by = $1',
   '{token_hash,pin_hash,pin_failures}', '{recipient}', '{token_hash,pin_hash}', false,
   'Links are taken back. Hashes of keys say nothing.'),
  ('public.claim_tracking_tokens', '{member_id,created_by}', 'member_id = $1 or created_by = $1',
   '{token_hash}', '{}', '{token_hash}', false, 'Links are taken back.'),
  ('public.engagement_email_sends', '{user_id}', 'user_id = $1',
   '{unsubscribe_hash,batch_id,batch_position,dedupe_key,next_attempt_at,attempts}',
   '{params,facts}',
   '{template_key,dedupe_key,status,provider_message_id,error,unsubscribe_hash}', false,
   'That a mail was sent is kept; what it said and to which address is gone.'),
  ('public.mail_events', '{}', null, '{}', '{}', '{id,provider_message_id,type,detail}', true,
   'What Resend said about mails to the person, kept for 90 days otherwise. In the copy by the mail''s dates.'),
  ('public.nps_survey_tokens', '{user_id}', 'user_id = $1', '{token_hash}', '{}', '{token_hash}', false,
   'Who was asked, by number.'),
  ('public.nps_survey_responses', '{user_id}', 'user_id = $1', '{}', '{comment}', '{}', false,
   'The figure counts; the words are gone.'),
  ('public.invitations', '{agent_id,invited_by,accepted_by}', 'accepted_by = $1',
   '{token_hash,invited_by}', '{email,full_name}', '{role,locale,token_hash}', false,
   'That somebody was invited stays; whom is gone.'),
  ('private.session_devices', '{}', null, '{}', '{}', '{user_agent,address}', true,
   'In the copy under sign_ins. Go with the sessions.'),
  ('public.audit_log', '{actor_id}', 'actor_id = $1', '{metadata,event_id}', '{}',
   '{actor_role,action,entity_type,entity_id,metadata,event_id}', false,
   'Kept whole, or it would prove nothing. It has ids and no names.');

create function private.export_my_data()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  me uuid := (select auth.uid());
  listed private.personal_data;
  part jsonb;
  everything jsonb;
begin
  if private.my_role() is null then
    raise exception 'nobody is signed in' using errcode = 'insufficient_privilege';
  end if;
  select jsonb_build_object(
    'exported_at', private.instant_text(now()),
    'account', (
      select jsonb_build_object(
        'id', person.id, 'email', person.email, 'phone', person.phone,
        'created_at', person.created_at, 'last_sign_in_at', person.last_sign_in_at,
        'told_at_sign_up', person.raw_user_meta_data
      )
      from auth.users as person where person.id = me
    ),
    'sign_ins', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'created_at', session.created_at, 'refreshed_at', session.refreshed_at,
        'user_agent', coalesce(device.user_agent, session.user_agent),
        'address', coalesce(device.address, session.ip)
      ) order by session.created_at), '[]')
      from auth.sessions as session
      left join private.session_devices as device on device.session_id = session.id
      where session.user_id = me
    )
  ) into everything;
  -- The words below are those of the table above, which migrations alone write.
  for listed in
    select * from private.personal_data where exported_where is not null order by table_name
  loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(kept) - $2), ''[]'') from (select * from %s where %s) as kept',
      listed.table_name, listed.exported_where
    ) into part using me, listed.hidden;
    everything := everything
      || jsonb_build_object(split_part(listed.table_name, '.', 2), part);
  end loop;
  return everything;
end
$$;
comment on function private.export_my_data() is
  'Everything that is kept about the signed-in person, by table (see private.personal_data). Reached through private.open_export, which asks for a request and is audited.';

----------------------------------------------------------------------------------------------------
-- Asking
----------------------------------------------------------------------------------------------------

insert into public.mail_templates (key, kind, is_optional, description)
values
  ('export_ready', 'transactional', false, 'The copy of the person''s data can be downloaded.'),
  ('deletion_requested', 'transactional', false, 'Somebody asked to be forgotten, and until when they may take it back.');

create function private.request_export()
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
  request public.privacy_requests;
begin
  -- Two clicks wait for each other here.
  select * into me from public.profiles where id = private.my_id() for update;
  if not found then
    raise exception 'nobody is signed in' using errcode = 'insufficient_privilege';
  end if;
  select * into request from public.privacy_requests
  where user_id = me.id and kind = 'export' and status = 'ready';
  if found and request.expires_at > now() then
    return request.id;
  elsif found then
    update public.privacy_requests set status = 'expired' where id = request.id;
  end if;
  insert into public.privacy_requests
    (tenant_id, user_id, kind, status, ready_at, expires_at)
  values (me.tenant_id, me.id, 'export', 'ready', now(), now() + interval '7 days')
  returning * into request;
  -- The mail is news to whoever did not ask for it.
  insert into public.engagement_email_sends
    (tenant_id, user_id, template_key, dedupe_key, params, send_until)
  values (
    me.tenant_id, me.id, 'export_ready', 'export_ready:' || request.id,
    jsonb_build_object('expiresAt', private.instant_text(request.expires_at)), request.expires_at
  );
  perform private.record_audit(
    me.tenant_id, 'privacy.export_requested', 'privacy_request', request.id::text, '{}'
  );
  return request.id;
end
$$;
comment on function private.request_export() is
  'Opens the download of the signed-in person''s data for seven days and mails them that it is.';

create function private.open_export()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  request public.privacy_requests;
begin
  select * into request from public.privacy_requests
  where user_id = private.my_id() and kind = 'export' and status = 'ready'
    and expires_at > now();
  if not found then
    return null;
  end if;
  update public.privacy_requests set completed_at = coalesce(completed_at, now())
  where id = request.id;
  perform private.record_audit(
    request.tenant_id, 'privacy.export_downloaded', 'privacy_request', request.id::text, '{}'
  );
  return private.export_my_data();
end
$$;
comment on function private.open_export() is
  'The data of the signed-in person for their download, which is audited; null if they did not ask for one or it is too late.';

-- By the caller's own rights: what the policies hide is not in it.
create function private.my_export_files()
returns table (
  id uuid, claim_id uuid, claim_number text, bucket text, file_path text, name text, file_type text,
  file_size bigint, created_at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select
    document.id, document.claim_id, claim.claim_number, document.bucket, document.file_path,
    document.name, document.file_type, document.file_size, document.created_at
  from public.claim_documents as document
  left join public.claims as claim on claim.id = document.claim_id
  where document.is_readable
    and (document.member_id = (select auth.uid()) or document.uploaded_by = (select auth.uid()))
  order by document.claim_id, document.created_at, document.id
$$;
comment on function private.my_export_files() is
  'The files that go with the signed-in person''s data: those of their claims and those they uploaded, as far as they may read them.';

create function private.request_deletion(reason text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
  request public.privacy_requests;
begin
  select * into me from public.profiles where id = private.my_id() for update;
  if not found then
    raise exception 'nobody is signed in' using errcode = 'insufficient_privilege';
  end if;
  if me.role <> 'member' then
    raise exception 'only members ask for deletion here' using
      errcode = 'insufficient_privilege', hint = 'An administrator ends the account of staff.';
  end if;
  if private.renews(me.id) then
    raise exception 'a membership still renews' using errcode = 'check_violation',
      hint = 'Let it end first; what was paid for can be used until the day of the deletion.';
  end if;
  if exists (
    select from public.privacy_requests
    where user_id = me.id and kind = 'deletion' and status = 'pending'
  ) then
    raise exception 'deletion is already requested' using errcode = 'unique_violation';
  end if;
  insert into public.privacy_requests (tenant_id, user_id, kind, status, due_at, note)
  values (
    me.tenant_id, me.id, 'deletion', 'pending', now() + interval '30 days',
    nullif(left(trim(reason), 1000), '')
  )
  returning * into request;
  insert into public.engagement_email_sends
    (tenant_id, user_id, template_key, dedupe_key, params, send_until)
  values (
    me.tenant_id, me.id, 'deletion_requested', 'deletion_requested:' || request.id,
    jsonb_build_object('dueAt', private.instant_text(request.due_at)), request.due_at
  );
  perform private.record_audit(
    me.tenant_id, 'privacy.data_deletion_requested', 'privacy_request', request.id::text,
    jsonb_build_object('due_at', request.due_at)
  );
  return request.id;
end
$$;
comment on function private.request_deletion(text) is
  'Notes that the signed-in member wants to be forgotten, in 30 days.';

create function private.renews(person uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.subscriptions
    where user_id = person
      and status in ('trialing', 'active', 'past_due', 'paused')
      and not cancel_at_period_end
  )
$$;
comment on function private.renews(uuid) is
  'Whether Paddle would go on to charge a person: a membership that is not set to end.';

create function private.cancel_deletion()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  request public.privacy_requests;
begin
  update public.privacy_requests set status = 'cancelled', cancelled_at = now()
  where user_id = private.my_id() and kind = 'deletion' and status = 'pending'
  returning * into request;
  if request.id is null then
    return false;
  end if;
  perform private.record_audit(
    request.tenant_id, 'privacy.data_deletion_cancelled', 'privacy_request', request.id::text, '{}'
  );
  return true;
end
$$;
comment on function private.cancel_deletion() is
  'Takes back the signed-in person''s wish to be forgotten. False if there is none.';

create function private.my_privacy()
returns table (
  deletion_id uuid, deletion_requested_at timestamptz, deletion_due_at timestamptz,
  export_id uuid, export_ready_at timestamptz, export_expires_at timestamptz,
  last_downloaded_at timestamptz, may_request_deletion boolean, renews boolean,
  membership_ends_at timestamptz, open_claims bigint
)
language sql
stable
security definer
set search_path = ''
as $$
  select
    deletion.id, deletion.requested_at, deletion.due_at,
    export.id, export.ready_at, export.expires_at, export.completed_at,
    me.role = 'member', private.renews(me.id),
    (
      select max(current_period_end) from public.subscriptions
      where user_id = me.id and current_period_end > now() and access_revoked_at is null
    ),
    (select count(*) from public.claims where member_id = me.id and is_open)
  from public.profiles as me
  left join public.privacy_requests as deletion
    on deletion.user_id = me.id and deletion.kind = 'deletion' and deletion.status = 'pending'
  left join public.privacy_requests as export
    on export.user_id = me.id and export.kind = 'export' and export.status = 'ready'
      and export.expires_at > now()
  where me.id = (select private.my_id())
$$;
comment on function private.my_privacy() is
  'What the page about their data tells the signed-in person: open requests, and what stands in the way.';

create function public.request_export()
returns uuid
language sql
set search_path = ''
as $$
  select private.request_export()
$$;
comment on function public.request_export() is
  'Opens the download of all the signed-in person''s data for seven days; while it is open, returns the same request.';

create function public.request_deletion(reason text default null)
returns uuid
language sql
set search_path = ''
as $$
  select private.request_deletion(reason)
$$;
comment on function public.request_deletion(text) is
  'Asks to be forgotten. Carried out in 30 days, until then it can be taken back. Refused while a membership renews.';

create function public.cancel_deletion()
returns boolean
language sql
set search_path = ''
as $$
  select private.cancel_deletion()
$$;
comment on function public.cancel_deletion() is
  'Takes back the wish to be forgotten. False if there is none.';

create function public.my_privacy()
returns table (
  deletion_id uuid, deletion_requested_at timestamptz, deletion_due_at timestamptz,
  export_id uuid, export_ready_at timestamptz, export_expires_at timestamptz,
  last_downloaded_at timestamptz, may_request_deletion boolean, renews boolean,
  membership_ends_at timestamptz, open_claims bigint
)
language sql
stable
set search_path = ''
as $$
  select * from private.my_privacy()
$$;
comment on function public.my_privacy() is
  'The signed-in person''s open requests about their data, whether a membership renews and until when it is paid, and how many of their claims are open.';

----------------------------------------------------------------------------------------------------
-- Who sees what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.record_consent(text, text, boolean), public.record_consent(text, text, boolean),
  private.export_my_data(), private.request_export(), public.request_export(),
  private.open_export(), private.my_export_files(), private.request_deletion(text),
  public.request_deletion(text), private.renews(uuid),
  private.cancel_deletion(), public.cancel_deletion(), private.my_privacy(), public.my_privacy()
from public;
grant execute on function
  private.record_consent(text, text, boolean), public.record_consent(text, text, boolean),
  private.request_export(), public.request_export(), private.open_export(),
  private.my_export_files(), private.request_deletion(text), public.request_deletion(text),
  private.cancel_deletion(), public.cancel_deletion(), private.my_privacy(), public.my_privacy()
to authenticated;

alter table public.consents enable row level security;
alter table public.consents force row level security;
alter table public.privacy_requests enable row level security;
alter table public.privacy_requests force row level security;

grant select on public.consents, public.privacy_requests to authenticated;

create policy "Consents stay inside their tenant" on public.consents
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see what they agreed to" on public.consents
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "Admins see what people of their tenant agreed to" on public.consents
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));

create policy "Requests stay inside their tenant" on public.privacy_requests
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see what they asked for" on public.privacy_requests
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "Admins see what people of their tenant asked for" on public.privacy_requests
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));

select private.watch_by_hand('public.consents');
select private.watch_by_hand('public.privacy_requests');
