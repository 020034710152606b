----------------------------------------------------------------------------------------------------
-- Documents and their links, tightened where somebody could lean on them.
----------------------------------------------------------------------------------------------------

----------------------------------------------------------------------------------------------------
-- Storage asks whether the sign-in still counts: a token outlives its session by up to an hour.
----------------------------------------------------------------------------------------------------

create function private.sign_in_counts()
returns boolean
language sql
stable
set search_path = ''
as $$
  select
    (select auth.jwt()) ->> 'session_id' is null
    or private.session_lives(((select auth.jwt()) ->> 'session_id')::uuid)
$$;
comment on function private.sign_in_counts() is
  'Whether the session that the token names was not ended. Tokens of Supabase Auth all name one; claims that were set by hand, in the SQL editor, may not.';
revoke all on function private.sign_in_counts() from public;
grant execute on function private.sign_in_counts() to authenticated;

drop policy "Uploaders put the file that they announced" on storage.objects;
create policy "Uploaders put the file that they announced" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'claim-evidence'
    and (select private.sign_in_counts())
    and name = any (array(select private.my_open_uploads()))
    -- An upload address that may be used twice is not given out.
    and coalesce(current_setting('request.headers', true), '') !~* '"x-upsert": ?"true"'
  );

drop policy "Readers of a document read its file" on storage.objects;
-- The uploader reads it back while it is looked at; everyone else once it is confirmed.
create policy "Readers of a document read its file" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'claim-evidence'
    and (select private.sign_in_counts())
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

----------------------------------------------------------------------------------------------------
-- The database computes a PIN's hash at each try, for whoever has the link. What members put there
-- through the Data API may not be slower to compute than what create_share_pack does.
----------------------------------------------------------------------------------------------------

alter table public.share_packs drop constraint share_packs_pin_hash_check;
alter table public.share_packs
  add constraint share_packs_pin_hash_check check (pin_hash ~ '^\$2a\$09\$[./A-Za-z0-9]{53}$');

----------------------------------------------------------------------------------------------------
-- A link hands out what its maker may read now, not what they might once.
----------------------------------------------------------------------------------------------------

create or replace function private.check_share_pack(token_hash text, pin text)
returns table (outcome text, pack public.share_packs)
language plpgsql
security definer
set search_path = ''
as $$
declare
  found_pack public.share_packs;
begin
  select candidate.* into found_pack
  from public.share_packs as candidate
  join public.profiles as creator on creator.id = candidate.created_by and creator.is_active
  where candidate.token_hash = check_share_pack.token_hash
    and candidate.revoked_at is null
    and candidate.expires_at > now()
    and (
      creator.id = candidate.member_id
      or creator.role = 'super_admin'
      or (creator.role in ('staff', 'tenant_admin') and creator.tenant_id = candidate.tenant_id)
    )
  -- Guesses of the PIN wait for each other, so that all of them are counted.
  for update of candidate;
  if not found then
    return query select 'gone', null::public.share_packs;
  elsif found_pack.pin_hash is null then
    return query select 'ok', found_pack;
  elsif found_pack.pin_failures >= 5 then
    return query select 'locked', null::public.share_packs;
  elsif nullif(pin, '') is null then
    return query select 'pin_required', null::public.share_packs;
  elsif extensions.crypt(pin, found_pack.pin_hash) = found_pack.pin_hash then
    update public.share_packs set pin_failures = 0 where id = found_pack.id and pin_failures > 0;
    return query select 'ok', found_pack;
  else
    update public.share_packs set pin_failures = pin_failures + 1 where id = found_pack.id;
    insert into public.share_pack_accesses (tenant_id, pack_id, action)
    values (found_pack.tenant_id, found_pack.id, 'wrong_pin');
    return query select
      case when found_pack.pin_failures >= 4 then 'locked' else 'wrong_pin' end,
      null::public.share_packs;
  end if;
end
$$;
comment on function private.check_share_pack(text, text) is
  'The link of a token and PIN: ok, gone (unknown, over, taken back, or its maker may not read the documents any more), pin_required, wrong_pin or locked (five wrong PINs).';

----------------------------------------------------------------------------------------------------
-- Who asks is asked inside, whichever way they came.
----------------------------------------------------------------------------------------------------

create or replace function private.write_document_access(document_id uuid, action text, details jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  document public.claim_documents;
  acting uuid := (select auth.uid());
  my_role text := private.my_role();
begin
  if action not in ('document.download', 'document.view', 'document.signed_url_issued') then
    raise exception 'not an access to a document: %', action using errcode = 'check_violation';
  end if;
  -- As the policies of claim_documents say.
  select * into document from public.claim_documents as candidate
  where candidate.id = write_document_access.document_id and candidate.is_readable
    and candidate.tenant_id = any (array(select private.my_tenant_ids()))
    and (
      acting in (candidate.uploaded_by, candidate.member_id)
      or my_role in ('staff', 'tenant_admin', 'super_admin')
      or (
        my_role = 'branch_manager'
        and exists (
          select from public.claims
          where claims.id = candidate.claim_id and claims.branch_id = private.my_branch()
        )
      )
    );
  if not found then
    raise exception 'document not found' using errcode = 'no_data_found';
  end if;
  perform private.record_audit(
    document.tenant_id, action, 'document', document.id::text,
    coalesce(details, '{}') || jsonb_build_object('claim_id', document.claim_id)
  );
end
$$;
comment on function private.write_document_access(uuid, text, jsonb) is
  'Writes to the audit log that the signed-in person opened a document which they may read.';

create or replace function private.document_accesses(document_id uuid)
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
    and document.tenant_id = any (array(select private.my_tenant_ids()))
    and (
      document.member_id = (select auth.uid())
      or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    )
    and entry.action in (
      'document.download', 'document.view', 'document.signed_url_issued', 'document.share_opened'
    )
  order by entry.created_at desc
  limit 500
$$;
comment on function private.document_accesses(uuid) is
  'Who opened a document and when, newest first, for the member whose claim it belongs to and for staff.';

-- The policies of claim_documents say besides that it is there to be read.
create or replace function public.document_accesses(document_id uuid)
returns table (accessed_at timestamptz, action text, accessed_by_role text, accessed_by_name text, is_me boolean)
language sql
stable
set search_path = ''
as $$
  select access.*
  from public.claim_documents as document
  cross join lateral private.document_accesses(document.id) as access
  where document.id = document_accesses.document_id
$$;

----------------------------------------------------------------------------------------------------
-- Files that nobody will read again are swept however late: a sweep may have failed for weeks.
----------------------------------------------------------------------------------------------------

create or replace function private.document_orphans(at timestamptz, max_rows integer default 500)
returns table (bucket text, file_path text)
language sql
stable
security definer
set search_path = ''
as $$
  -- A signed upload address lives for two hours, so what is a week old is left to the last part.
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
  -- Whatever else lies there for longer than a day and is not read: what a week of sweeps missed, and
  -- files without a row, which nobody can put there but an operator by hand.
  (
    select object.bucket_id, object.name
    from storage.objects as object
    where object.bucket_id = 'claim-evidence' and object.created_at < at - interval '1 day'
      and not exists (
        select from public.claim_documents as document
        where document.file_path = object.name
          and (
            document.is_readable
            or document.deleted_at > at - interval '7 days'
            or (document.confirmed_at is null and document.upload_expires_at > at - interval '7 days')
          )
      )
    limit max_rows
  )
$$;
