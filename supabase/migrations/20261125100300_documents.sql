----------------------------------------------------------------------------------------------------
-- Documents: the papers and photos of a claim. The row comes first and says what will be uploaded;
-- Storage then takes exactly that file from exactly that person, for an hour; and nobody else reads
-- it before the function `documents` has looked at what it is.
----------------------------------------------------------------------------------------------------

do $$
begin
  create role service_documents nologin noinherit;
exception
  when duplicate_object or unique_violation then null;
end
$$;
comment on role service_documents is 'What the function documents may do.';
grant service_documents to app_functions;
grant service_documents to current_user;
grant usage on schema public, private to service_documents;

create table public.claim_documents (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  claim_id uuid not null,
  member_id uuid not null,
  bucket text not null default 'claim-evidence' check (bucket = 'claim-evidence'),
  file_path text not null unique,
  name text not null check (char_length(name) between 1 and 255 and name !~ '[/\\[:cntrl:]]'),
  file_type text not null
    check (
      file_type in (
        'image/jpeg', 'image/png', 'image/webp', 'image/heic', 'image/heif', 'application/pdf',
        'text/plain', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/wav', 'audio/webm', 'audio/aac'
      )
    ),
  -- 15 MB, as the bucket says.
  file_size bigint not null check (file_size between 1 and 15728640),
  category text not null default 'evidence'
    check (category in ('evidence', 'correspondence', 'contract', 'receipt', 'legal', 'other')),
  request_id uuid,
  -- No foreign keys to who uploads or deletes: a super admin who does is of another tenant.
  uploaded_by uuid not null,
  uploaded_by_role text not null,
  uploaded_by_name text not null default '',
  upload_expires_at timestamptz not null default now() + interval '1 hour',
  confirmed_at timestamptz,
  detected_type text check (char_length(detected_type) <= 100),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  object_version text,
  refused_at timestamptz,
  refused_reason text check (char_length(refused_reason) <= 100),
  deleted_at timestamptz,
  deleted_by uuid,
  delete_reason text check (char_length(delete_reason) between 1 and 500),
  is_readable boolean not null generated always as (
    confirmed_at is not null and deleted_at is null
  ) stored,
  is_pending boolean not null generated always as (
    confirmed_at is null and refused_at is null and deleted_at is null
  ) stored,
  is_deleted boolean not null generated always as (deleted_at is not null) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (request_id, tenant_id) references public.claim_messages (id, tenant_id),
  check (file_path = 'tenants/' || tenant_id || '/claims/' || claim_id || '/' || id),
  check (confirmed_at is null or refused_at is null)
);

create index claim_documents_claim_idx on public.claim_documents (claim_id, tenant_id, created_at, id);
create index claim_documents_member_idx on public.claim_documents (member_id, tenant_id);
create index claim_documents_uploader_idx on public.claim_documents (uploaded_by);
create index claim_documents_tenant_idx on public.claim_documents (tenant_id, created_at);
create index claim_documents_request_idx on public.claim_documents (request_id, tenant_id);
create index claim_documents_pending_idx on public.claim_documents (upload_expires_at)
  where confirmed_at is null;
create index claim_documents_deleted_idx on public.claim_documents (deleted_at)
  where deleted_at is not null;

comment on table public.claim_documents is
  'Files of claims: announced, then uploaded, then looked at and confirmed. Only confirmed ones that are not deleted are read.';
comment on column public.claim_documents.id is 'Made by the uploader''s browser or the database.';
comment on column public.claim_documents.tenant_id is 'Country of the claim. Never changes.';
comment on column public.claim_documents.claim_id is 'The claim.';
comment on column public.claim_documents.member_id is 'Whose claim it is.';
comment on column public.claim_documents.bucket is 'Bucket in Storage.';
comment on column public.claim_documents.file_path is
  'Where it lies in the bucket: tenants/<country>/claims/<claim>/<document>.';
comment on column public.claim_documents.name is 'Name of the file as the uploader had it.';
comment on column public.claim_documents.file_type is 'Kind of file that was announced, for example image/jpeg.';
comment on column public.claim_documents.file_size is 'Size in bytes that was announced; at most 15 MB.';
comment on column public.claim_documents.category is
  'evidence, correspondence, contract, receipt, legal or other.';
comment on column public.claim_documents.request_id is
  'Request of the staff that it answers (see claim_messages); empty for none.';
comment on column public.claim_documents.uploaded_by is 'Who uploads it (see profiles).';
comment on column public.claim_documents.uploaded_by_role is 'As what.';
comment on column public.claim_documents.uploaded_by_name is 'Name of the uploader at that time.';
comment on column public.claim_documents.upload_expires_at is 'Until when Storage takes the file.';
comment on column public.claim_documents.confirmed_at is
  'When the file was there and found to be what was announced; empty until then.';
comment on column public.claim_documents.detected_type is 'Kind of file by its content.';
comment on column public.claim_documents.sha256 is 'Fingerprint of the content (SHA-256, hexadecimal).';
comment on column public.claim_documents.object_version is
  'Storage''s name for the upload that was looked at. A file that was replaced since is not read.';
comment on column public.claim_documents.refused_at is 'When it was refused; empty if it was not.';
comment on column public.claim_documents.refused_reason is 'Why, for example wrong_type.';
comment on column public.claim_documents.deleted_at is
  'When it was deleted. Nobody reads it from then on, and the file is removed.';
comment on column public.claim_documents.deleted_by is 'Who deleted it.';
comment on column public.claim_documents.delete_reason is 'Why, if staff did.';
comment on column public.claim_documents.is_readable is 'Whether it may be read: confirmed, not deleted.';
comment on column public.claim_documents.is_pending is 'Whether its upload is awaited.';
comment on column public.claim_documents.is_deleted is 'Whether it was deleted.';
comment on column public.claim_documents.created_at is 'When it was announced. Set by the database.';
comment on column public.claim_documents.updated_at is 'When the row last changed. Set by the database.';

----------------------------------------------------------------------------------------------------
-- Announcing
----------------------------------------------------------------------------------------------------

create function private.announce_document()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
  acting uuid := (select auth.uid());
  uploader public.profiles;
begin
  -- Two announcements on one claim wait for each other here, so that both are counted.
  select * into claim from public.claims where id = new.claim_id for no key update;
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  new.tenant_id := claim.tenant_id;
  new.member_id := claim.member_id;
  new.file_path := format('tenants/%s/claims/%s/%s', new.tenant_id, new.claim_id, new.id);
  new.uploaded_by := coalesce(acting, new.uploaded_by);
  if not claim.is_submitted and claim.member_id <> new.uploaded_by then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  select * into uploader from public.profiles where id = new.uploaded_by;
  new.uploaded_by_role := case when new.uploaded_by = claim.member_id then 'member' else uploader.role end;
  new.uploaded_by_name := uploader.full_name;
  -- A name is for reading: no folders, nothing that cannot be seen.
  new.name := regexp_replace(new.name, '^.*[/\\]', '');
  new.name := regexp_replace(
    new.name,
    '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]',
    '', 'g'
  );
  new.name := trim(new.name);
  if new.request_id is not null and not exists (
    select from public.claim_messages
    where id = new.request_id and claim_id = new.claim_id and is_document_request
  ) then
    raise exception 'nobody asked for this document' using errcode = 'check_violation';
  end if;
  if acting is not null and (
    select count(*) from public.claim_documents
    where claim_id = new.claim_id
      and (is_readable or (is_pending and upload_expires_at > now()))
      and id <> new.id
  ) >= 20 then
    raise exception 'a claim has at most 20 documents' using errcode = 'program_limit_exceeded';
  end if;
  return new;
end
$$;
comment on function private.announce_document() is
  'Fills in whose document it is and where its file will lie, and counts: at most 20 a claim.';

create function private.guard_document()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.claim_id, new.member_id, new.bucket, new.file_path, new.name, new.file_type,
      new.file_size, new.uploaded_by, new.created_at
    ) is distinct from (
      old.id, old.claim_id, old.member_id, old.bucket, old.file_path, old.name, old.file_type,
      old.file_size, old.uploaded_by, old.created_at
    )
    or (old.confirmed_at is not null and (new.confirmed_at, new.detected_type, new.sha256, new.object_version)
      is distinct from (old.confirmed_at, old.detected_type, old.sha256, old.object_version))
    or (old.refused_at is not null and new.refused_at is distinct from old.refused_at)
    or (old.deleted_at is not null and new.deleted_at is distinct from old.deleted_at)
  then
    raise exception 'what a document is never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_document() is
  'Keeps what was announced and found; what was deleted stays deleted.';

create function private.record_document()
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
      jsonb_build_object('claim_id', new.claim_id, 'reason', new.delete_reason)
    );
  end if;
  perform pg_notify('claim_changed', new.claim_id::text);
  return null;
end
$$;
comment on function private.record_document() is
  'Writes to the audit log that a document came, was refused or deleted, marks the request that it answers, and tells open pages.';

create trigger a_announce_document before insert on public.claim_documents
for each row execute function private.announce_document();
create trigger a_guard_document before update on public.claim_documents
for each row execute function private.guard_document();
create trigger b_keep_tenant before update on public.claim_documents
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.claim_documents
for each row execute function private.touch_updated_at();
create trigger record_document
after update of confirmed_at, refused_at, deleted_at on public.claim_documents
for each row when (
  (new.is_readable, new.refused_at, new.is_deleted)
    is distinct from (old.is_readable, old.refused_at, old.is_deleted)
)
execute function private.record_document();

----------------------------------------------------------------------------------------------------
-- Confirming and deleting
----------------------------------------------------------------------------------------------------

-- Which upload is looked at is noted first and compared at the end: whoever has an address that lets
-- them upload twice gains nothing by replacing the file in between.
create function private.find_upload(document_id uuid, uploader uuid)
returns table (bucket text, file_path text, file_type text, file_size bigint, object_version text)
language sql
stable
security definer
set search_path = ''
as $$
  select
    document.bucket, document.file_path, document.file_type, document.file_size,
    coalesce(object.version, '')
  from public.claim_documents as document
  join storage.objects as object
    on object.bucket_id = document.bucket and object.name = document.file_path
  where document.id = find_upload.document_id
    and document.uploaded_by = uploader
    and document.is_pending
$$;
comment on function private.find_upload(uuid, uuid) is
  'The uploaded file that is to be looked at; no row if none is there or none is awaited.';

create function private.confirm_document(
  document_id uuid,
  uploader uuid,
  looked_at text,
  found_type text,
  fingerprint text
)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  document public.claim_documents;
  stored record;
  problem text;
begin
  select * into document from public.claim_documents
  where id = confirm_document.document_id and uploaded_by = uploader and not is_deleted
  for update;
  if not found then
    return 'not_found';
  elsif document.confirmed_at is not null then
    return 'confirmed';
  elsif document.refused_at is not null then
    return document.refused_reason;
  end if;
  select metadata, coalesce(version, '') as version into stored from storage.objects
  where bucket_id = document.bucket and name = document.file_path;
  if not found then
    return case when document.upload_expires_at <= now() then 'expired' else 'not_uploaded' end;
  end if;
  problem := case
    when stored.version is distinct from looked_at then 'changed'
    when coalesce((stored.metadata ->> 'size')::bigint, -1) <> document.file_size then 'wrong_size'
    when split_part(coalesce(stored.metadata ->> 'mimetype', ''), ';', 1) <> document.file_type
      or found_type is distinct from document.file_type then 'wrong_type'
  end;
  update public.claim_documents
  set
    detected_type = found_type,
    sha256 = fingerprint,
    object_version = stored.version,
    confirmed_at = case when problem is null then now() end,
    refused_at = case when problem is not null then now() end,
    refused_reason = problem
  where id = document.id;
  return coalesce(problem, 'confirmed');
end
$$;
comment on function private.confirm_document(uuid, uuid, text, text, text) is
  'Confirms a document whose file is there, is the one that was looked at, and has the size and, by its content too, the type that were announced; refuses it otherwise. Returns confirmed, not_uploaded, expired, changed, wrong_size, wrong_type, not_found, or why it was refused before.';

create function private.refuse_document(document_id uuid, uploader uuid, reason text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.claim_documents
  set refused_at = now(), refused_reason = reason
  where id = refuse_document.document_id and uploaded_by = uploader and is_pending;
  return found;
end
$$;
comment on function private.refuse_document(uuid, uuid, text) is
  'Refuses an upload, for example because its content is dangerous. Its file is swept.';

create function private.delete_document(document_id uuid, reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  document public.claim_documents;
  acting uuid := (select auth.uid());
  is_staff boolean := private.my_role() in ('staff', 'tenant_admin', 'super_admin');
  is_draft boolean;
begin
  select * into document from public.claim_documents
  where id = delete_document.document_id and not is_deleted
    and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      uploaded_by = acting
      or (is_readable and (member_id = acting or is_staff))
    )
  for update;
  if not found then
    raise exception 'document not found' using errcode = 'no_data_found';
  end if;
  select not is_submitted into is_draft from public.claims where id = document.claim_id;
  if document.uploaded_by = acting and (is_draft or not document.is_readable) then
    update public.claim_documents set deleted_at = now(), deleted_by = acting
    where id = document.id;
    return;
  end if;
  if is_staff is not true or document.member_id = acting then
    raise exception 'only staff delete documents of a claim that was sent'
      using errcode = 'insufficient_privilege';
  end if;
  if nullif(trim(reason), '') is null then
    raise exception 'deleting a document needs a reason' using errcode = 'check_violation';
  end if;
  update public.claim_documents
  set deleted_at = now(), deleted_by = acting, delete_reason = left(trim(reason), 500)
  where id = document.id;
end
$$;
comment on function private.delete_document(uuid, text) is
  'Deletes a document for those who may.';

create function public.delete_document(document_id uuid, reason text default null)
returns void
language sql
set search_path = ''
as $$
  select private.delete_document(document_id, reason)
$$;
comment on function public.delete_document(uuid, text) is
  'Deletes a document: its uploader while the claim is a draft or the upload not done, staff afterwards with a reason.';

create function private.document_orphans(at timestamptz, max_rows integer default 500)
returns table (bucket text, file_path text)
language sql
stable
security definer
set search_path = ''
as $$
  -- A signed upload address lives for two hours; a week leaves room for sweeps that failed.
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.confirmed_at is null
      and document.upload_expires_at between at - interval '7 days' and at
    limit max_rows
  )
  union
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.deleted_at between at - interval '7 days' and at
    limit max_rows
  )
  union
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.confirmed_at is null and document.refused_at <= at
      and document.upload_expires_at > at
    limit max_rows
  )
  union
  -- Files without a row: nobody can put them there but an operator by hand.
  (
    select object.bucket_id, object.name
    from storage.objects as object
    where object.bucket_id = 'claim-evidence' and object.created_at < at - interval '1 day'
      and not exists (
        select from public.claim_documents as document where document.file_path = object.name
      )
    limit max_rows
  )
$$;
comment on function private.document_orphans(timestamptz, integer) is
  'Files that nobody will read again: never confirmed in time, refused, deleted, or without a row. For the sweep, which removes them from Storage.';

----------------------------------------------------------------------------------------------------
-- Opening
----------------------------------------------------------------------------------------------------

create function private.note_refusal(document_id uuid)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  document public.claim_documents;
  outcome text := 'not_found';
begin
  select * into document from public.claim_documents
  where id = note_refusal.document_id and is_readable;
  if found and document.tenant_id = any (array(select private.my_tenant_ids())) then
    outcome := 'forbidden';
  end if;
  perform private.record_audit(
    coalesce(document.tenant_id, private.my_tenant()), 'document.forbidden', 'document',
    note_refusal.document_id::text,
    jsonb_build_object(
      'claim_id', document.claim_id, 'outcome', outcome, 'actor_tenant', private.my_tenant()
    )
  );
  return outcome;
end
$$;
comment on function private.note_refusal(uuid) is
  'Writes to the audit log that somebody asked for a document that is not for them, and says whether they may know that it is there.';

-- Reads by the caller's own rights: what the policies hide is refused.
create function private.find_document(document_id uuid)
returns table (
  outcome text, id uuid, tenant_id text, claim_id uuid, bucket text, file_path text, name text,
  file_type text, file_size bigint
)
language plpgsql
set search_path = ''
as $$
begin
  return query
  select
    'ok', document.id, document.tenant_id, document.claim_id, document.bucket, document.file_path,
    document.name, document.file_type, document.file_size
  from public.claim_documents as document
  where document.id = find_document.document_id and document.is_readable;
  if not found then
    return query
    select
      private.note_refusal(find_document.document_id), find_document.document_id, null::text,
      null::uuid, null::text, null::text, null::text, null::text, null::bigint;
  end if;
end
$$;
comment on function private.find_document(uuid) is
  'The document if the person may read it (outcome ok), else outcome forbidden (of their own country) or not_found, which is audited.';

create function private.write_document_access(document_id uuid, action text, details jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  document public.claim_documents;
begin
  if action not in ('document.download', 'document.view', 'document.signed_url_issued') then
    raise exception 'not an access to a document: %', action using errcode = 'check_violation';
  end if;
  select * into document from public.claim_documents where id = write_document_access.document_id;
  perform private.record_audit(
    document.tenant_id, action, 'document', document.id::text,
    coalesce(details, '{}') || jsonb_build_object('claim_id', document.claim_id)
  );
end
$$;
comment on function private.write_document_access(uuid, text, jsonb) is
  'Writes an access to a document to the audit log.';

create function private.record_document_access(document_id uuid, action text, details jsonb default '{}')
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if not exists (
    select from public.claim_documents
    where id = record_document_access.document_id and is_readable
  ) then
    return false;
  end if;
  perform private.write_document_access(document_id, action, details);
  return true;
end
$$;
comment on function private.record_document_access(uuid, text, jsonb) is
  'Writes that the person opened a document: document.download, document.view or document.signed_url_issued. Call it when it succeeded. False if it is not theirs to read.';

create function private.document_accesses(document_id uuid)
returns table (accessed_at timestamptz, action text, accessed_by_role text, accessed_by_name text, is_me boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select
    entry.created_at, entry.action, entry.actor_role, person.full_name,
    coalesce(entry.actor_id = (select auth.uid()), false)
  from public.claim_documents as document
  join public.audit_log as entry
    on entry.entity_type = 'document' and entry.entity_id = document.id::text
  left join public.profiles as person on person.id = entry.actor_id
  where document.id = document_accesses.document_id
    and entry.action in (
      'document.download', 'document.view', 'document.signed_url_issued', 'document.share_opened'
    )
  order by entry.created_at desc
  limit 500
$$;
comment on function private.document_accesses(uuid) is 'Who opened a document and when.';

create function public.document_accesses(document_id uuid)
returns table (accessed_at timestamptz, action text, accessed_by_role text, accessed_by_name text, is_me boolean)
language sql
stable
set search_path = ''
as $$
  select access.*
  from public.claim_documents as document
  cross join lateral private.document_accesses(document.id) as access
  where document.id = document_accesses.document_id
    and (
      document.member_id = (select auth.uid())
      or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    )
$$;
comment on function public.document_accesses(uuid) is
  'Who opened a document and when, newest first, for the member whose claim it belongs to and for staff. Who opened it by a shared link has the role share_pack and no name.';

----------------------------------------------------------------------------------------------------
-- Who sees and announces what
----------------------------------------------------------------------------------------------------

create function private.my_open_uploads()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file_path
  from public.claim_documents
  where uploaded_by = (select auth.uid())
    and is_pending
    and upload_expires_at > now()
    and exists (select private.my_tenant_ids())
$$;
comment on function private.my_open_uploads() is
  'Paths that Storage takes a file for from the signed-in person.';

revoke all on function
  private.find_upload(uuid, uuid), private.confirm_document(uuid, uuid, text, text, text),
  private.refuse_document(uuid, uuid, text),
  private.delete_document(uuid, text), public.delete_document(uuid, text),
  private.document_orphans(timestamptz, integer), private.note_refusal(uuid),
  private.find_document(uuid), private.write_document_access(uuid, text, jsonb),
  private.record_document_access(uuid, text, jsonb), private.document_accesses(uuid),
  public.document_accesses(uuid), private.my_open_uploads()
from public;
grant execute on function
  private.find_upload(uuid, uuid), private.confirm_document(uuid, uuid, text, text, text),
  private.refuse_document(uuid, uuid, text)
to service_documents;
grant execute on function private.document_orphans(timestamptz, integer) to service_cron;
grant execute on function
  private.delete_document(uuid, text), public.delete_document(uuid, text),
  private.note_refusal(uuid), private.find_document(uuid),
  private.write_document_access(uuid, text, jsonb),
  private.record_document_access(uuid, text, jsonb), private.document_accesses(uuid),
  public.document_accesses(uuid), private.my_open_uploads()
to authenticated;

alter table public.claim_documents enable row level security;
alter table public.claim_documents force row level security;

grant select on public.claim_documents to authenticated;
grant insert (id, claim_id, name, file_type, file_size, category, request_id)
on public.claim_documents to authenticated;

create policy "Documents stay inside their tenant" on public.claim_documents
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see the documents that they uploaded" on public.claim_documents
  for select to authenticated
  using (uploaded_by = (select auth.uid()) and not is_deleted);
create policy "Members see the documents of their claims" on public.claim_documents
  for select to authenticated
  using (member_id = (select auth.uid()) and is_readable);
create policy "Branch managers see the documents of their branch's claims"
  on public.claim_documents
  for select to authenticated
  using (
    (select private.my_role()) = 'branch_manager'
    and is_readable
    and exists (select from public.claims where claims.id = claim_documents.claim_id)
  );
create policy "Staff and admins see the documents of their tenant" on public.claim_documents
  for select to authenticated
  using (
    (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]) and is_readable
  );
create policy "Members announce documents of their claims" on public.claim_documents
  for insert to authenticated
  with check (member_id = (select auth.uid()) and uploaded_by = (select auth.uid()));
create policy "Agents announce documents of their members' claims" on public.claim_documents
  for insert to authenticated
  with check (
    (select private.my_role()) = 'agent'
    and uploaded_by = (select auth.uid())
    and member_id = any (array(select private.my_members()))
  );
create policy "Staff and admins announce documents" on public.claim_documents
  for insert to authenticated
  with check (
    (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    and uploaded_by = (select auth.uid())
  );

----------------------------------------------------------------------------------------------------
-- Storage. Files are put once and never replaced, moved or deleted by people: there is no policy to
-- change or delete one. Another bucket's policies are not touched by these.
----------------------------------------------------------------------------------------------------

create policy "Uploaders put the file that they announced" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'claim-evidence'
    and name = any (array(select private.my_open_uploads()))
    -- An upload address that may be used twice is not given out.
    and coalesce(current_setting('request.headers', true), '') !~* '"x-upsert": ?"true"'
  );
-- The uploader reads it back while it is looked at; everyone else once it is confirmed.
create policy "Readers of a document read its file" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'claim-evidence'
    and exists (
      select from public.claim_documents as document
      where document.file_path = objects.name
        and document.bucket = objects.bucket_id
        and (
          (document.is_readable and document.object_version = coalesce(objects.version, ''))
          or (document.is_pending and document.uploaded_by = (select auth.uid()))
        )
    )
  );
