----------------------------------------------------------------------------------------------------
-- Links for people who do not sign in: share packs hand out chosen documents, tracking links tell
-- how far a claim is. Of a link only the SHA-256 of its 32 random bytes is kept.
----------------------------------------------------------------------------------------------------

create extension if not exists pgcrypto with schema extensions;

create table public.share_packs (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  claim_id uuid not null,
  member_id uuid not null,
  created_by uuid not null,
  recipient text check (char_length(recipient) <= 120),
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  pin_hash text check (pin_hash ~ '^\$2a\$'),
  has_pin boolean not null generated always as (pin_hash is not null) stored,
  pin_failures integer not null default 0 check (pin_failures >= 0),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  check (expires_at > created_at and expires_at <= created_at + interval '30 days 1 minute')
);

create index share_packs_claim_idx on public.share_packs (claim_id, tenant_id, created_at);
create index share_packs_member_idx on public.share_packs (member_id, tenant_id);
create index share_packs_creator_idx on public.share_packs (created_by, created_at);
create index share_packs_tenant_idx on public.share_packs (tenant_id, created_at);

comment on table public.share_packs is
  'Links by which somebody without an account reads chosen documents of a claim.';
comment on column public.share_packs.id is 'Made by the database.';
comment on column public.share_packs.tenant_id is 'Country of the claim. Never changes.';
comment on column public.share_packs.claim_id is 'The claim whose documents these are.';
comment on column public.share_packs.member_id is 'Whose claim it is.';
comment on column public.share_packs.created_by is 'Who made the link (see profiles).';
comment on column public.share_packs.recipient is 'For whom, in the creator''s words.';
comment on column public.share_packs.token_hash is 'SHA-256 of the secret in the link, hexadecimal.';
comment on column public.share_packs.pin_hash is 'The PIN, salted and hashed slowly; empty for none.';
comment on column public.share_packs.has_pin is 'Whether the link asks for a PIN.';
comment on column public.share_packs.pin_failures is
  'Wrong PINs since the last right one; five lock the link for good.';
comment on column public.share_packs.expires_at is 'Until when it works, at most 30 days.';
comment on column public.share_packs.revoked_at is 'When it was taken back; empty if it was not.';
comment on column public.share_packs.created_at is 'When it was made. Set by the database.';

create table public.share_pack_documents (
  pack_id uuid not null,
  tenant_id text not null,
  document_id uuid not null,
  position smallint not null check (position between 1 and 20),
  primary key (pack_id, position),
  unique (pack_id, document_id),
  foreign key (pack_id, tenant_id) references public.share_packs (id, tenant_id) on delete cascade,
  foreign key (document_id, tenant_id) references public.claim_documents (id, tenant_id)
);

create index share_pack_documents_pack_idx on public.share_pack_documents (pack_id, tenant_id);
create index share_pack_documents_document_idx
  on public.share_pack_documents (document_id, tenant_id);
create index share_pack_documents_tenant_idx on public.share_pack_documents (tenant_id);

comment on table public.share_pack_documents is 'Which documents a link hands out.';
comment on column public.share_pack_documents.pack_id is 'The link.';
comment on column public.share_pack_documents.tenant_id is 'Country of the claim. Never changes.';
comment on column public.share_pack_documents.document_id is 'The document.';
comment on column public.share_pack_documents.position is
  'Its place in the list, from 1; the recipient knows it by this.';

create table public.share_pack_accesses (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  pack_id uuid not null,
  document_id uuid,
  action text not null check (action in ('opened', 'viewed', 'downloaded', 'wrong_pin')),
  created_at timestamptz not null default now(),
  foreign key (pack_id, tenant_id) references public.share_packs (id, tenant_id) on delete cascade,
  foreign key (document_id, tenant_id) references public.claim_documents (id, tenant_id)
);

create index share_pack_accesses_pack_idx
  on public.share_pack_accesses (pack_id, tenant_id, created_at);
create index share_pack_accesses_document_idx
  on public.share_pack_accesses (document_id, tenant_id);
create index share_pack_accesses_tenant_idx on public.share_pack_accesses (tenant_id, created_at);

comment on table public.share_pack_accesses is 'What was done with a link, and when.';
comment on column public.share_pack_accesses.id is 'Made by the database.';
comment on column public.share_pack_accesses.tenant_id is 'Country of the claim. Never changes.';
comment on column public.share_pack_accesses.pack_id is 'The link.';
comment on column public.share_pack_accesses.document_id is 'Which document; empty for the list.';
comment on column public.share_pack_accesses.action is
  'opened (the list), viewed or downloaded (a document), or wrong_pin.';
comment on column public.share_pack_accesses.created_at is 'When. Set by the database.';

create table public.claim_tracking_tokens (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  claim_id uuid not null,
  member_id uuid not null,
  created_by uuid not null,
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz not null default now() + interval '7 days',
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id)
);

create index claim_tracking_tokens_claim_idx on public.claim_tracking_tokens (claim_id, tenant_id);
create unique index claim_tracking_tokens_one_idx on public.claim_tracking_tokens (claim_id)
  where revoked_at is null;
create index claim_tracking_tokens_member_idx
  on public.claim_tracking_tokens (member_id, tenant_id);
create index claim_tracking_tokens_creator_idx on public.claim_tracking_tokens (created_by);
create index claim_tracking_tokens_tenant_idx on public.claim_tracking_tokens (tenant_id);

comment on table public.claim_tracking_tokens is
  'Links that tell how far a claim is, and nothing about whose it is. One works at a time.';
comment on column public.claim_tracking_tokens.id is 'Made by the database.';
comment on column public.claim_tracking_tokens.tenant_id is 'Country of the claim. Never changes.';
comment on column public.claim_tracking_tokens.claim_id is 'The claim.';
comment on column public.claim_tracking_tokens.member_id is 'Whose claim it is.';
comment on column public.claim_tracking_tokens.created_by is 'Who made the link (see profiles).';
comment on column public.claim_tracking_tokens.token_hash is 'SHA-256 of the secret in the link, hexadecimal.';
comment on column public.claim_tracking_tokens.expires_at is 'Until when it works: 7 days.';
comment on column public.claim_tracking_tokens.revoked_at is
  'When it was taken back, by hand or by a newer link; empty if it was not.';
comment on column public.claim_tracking_tokens.created_at is 'When it was made. Set by the database.';

----------------------------------------------------------------------------------------------------
-- Making and taking back
----------------------------------------------------------------------------------------------------

create function private.begin_link()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  claim public.claims;
begin
  -- Two links for one claim wait for each other here.
  select * into claim from public.claims where id = new.claim_id and is_submitted
  for no key update;
  if not found then
    raise exception 'claim not found' using errcode = 'no_data_found';
  end if;
  new.tenant_id := claim.tenant_id;
  new.member_id := claim.member_id;
  new.created_by := coalesce((select auth.uid()), new.created_by, claim.member_id);
  -- If the policies refuse the new link, this is undone with it.
  if tg_table_name = 'claim_tracking_tokens' then
    update public.claim_tracking_tokens set revoked_at = now()
    where claim_id = new.claim_id and revoked_at is null;
  end if;
  return new;
end
$$;
comment on function private.begin_link() is
  'Fills in whose claim a link is about; a new tracking link takes the old one back.';

create function private.begin_shared_document()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  select document.tenant_id into new.tenant_id
  from public.share_packs as pack
  join public.claim_documents as document on document.claim_id = pack.claim_id
  where pack.id = new.pack_id and document.id = new.document_id and document.is_readable;
  if not found then
    raise exception 'document not found' using errcode = 'no_data_found';
  end if;
  return new;
end
$$;
comment on function private.begin_shared_document() is
  'Lets a link hand out documents of its claim only, and none that was deleted.';

create function private.guard_link()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- has_pin is computed after this.
  if to_jsonb(new) - '{revoked_at,pin_failures,has_pin}'::text[]
      is distinct from to_jsonb(old) - '{revoked_at,pin_failures,has_pin}'::text[]
    or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
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
comment on function private.guard_link() is 'Lets a link be taken back, once, and not be changed.';

create function private.audit_link()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.record_audit(
    new.tenant_id,
    case tg_table_name when 'share_packs' then 'share_pack.' else 'tracking_link.' end
      || case when tg_op = 'INSERT' then 'created' else 'revoked' end,
    case tg_table_name when 'share_packs' then 'share_pack' else 'tracking_link' end,
    new.id::text,
    jsonb_build_object('claim_id', new.claim_id, 'expires_at', new.expires_at)
  );
  return null;
end
$$;
comment on function private.audit_link() is 'Writes to the audit log that a link was made or taken back.';

create trigger a_begin_link before insert on public.share_packs
for each row execute function private.begin_link();
create trigger a_begin_link before insert on public.claim_tracking_tokens
for each row execute function private.begin_link();
create trigger a_begin_shared_document before insert on public.share_pack_documents
for each row execute function private.begin_shared_document();
create trigger a_guard_link before update on public.share_packs
for each row execute function private.guard_link();
create trigger a_guard_link before update on public.claim_tracking_tokens
for each row execute function private.guard_link();
create trigger b_keep_tenant before update on public.share_packs
for each row execute function private.keep_tenant();
create trigger b_keep_tenant before update on public.claim_tracking_tokens
for each row execute function private.keep_tenant();
create trigger refuse_change before update on public.share_pack_documents
for each row execute function private.refuse_change();
create trigger refuse_change before update on public.share_pack_accesses
for each row execute function private.refuse_change();
create trigger audit_link_made after insert on public.share_packs
for each row execute function private.audit_link();
create trigger audit_link_made after insert on public.claim_tracking_tokens
for each row execute function private.audit_link();
create trigger audit_link_revoked after update of revoked_at on public.share_packs
for each row when (new.revoked_at is distinct from old.revoked_at)
execute function private.audit_link();
create trigger audit_link_revoked after update of revoked_at on public.claim_tracking_tokens
for each row when (new.revoked_at is distinct from old.revoked_at)
execute function private.audit_link();

create function public.create_share_pack(
  claim_id uuid,
  document_ids uuid[],
  token_hash text,
  expires_at timestamptz,
  pin text default null,
  recipient text default null
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  pack uuid;
begin
  if coalesce(cardinality(document_ids), 0) not between 1 and 20 then
    raise exception 'a share pack has 1 to 20 documents' using errcode = 'check_violation';
  end if;
  if pin is not null and pin !~ '^[0-9]{4,12}$' then
    raise exception 'a PIN has 4 to 12 digits' using errcode = 'check_violation';
  end if;
  insert into public.share_packs (claim_id, token_hash, pin_hash, expires_at, recipient)
  values (
    create_share_pack.claim_id, create_share_pack.token_hash,
    extensions.crypt(pin, extensions.gen_salt('bf', 9)),
    create_share_pack.expires_at, nullif(trim(create_share_pack.recipient), '')
  )
  returning id into pack;
  insert into public.share_pack_documents (pack_id, document_id, position)
  select pack, chosen.id, row_number() over (order by chosen.place)
  from (
    select id, min(place) as place
    from unnest(document_ids) with ordinality as listed (id, place)
    group by id
  ) as chosen;
  return pack;
end
$$;
comment on function public.create_share_pack(uuid, uuid[], text, timestamptz, text, text) is
  'Makes a link that hands out documents of a claim which the person may read, for at most 30 days, with a PIN of 4 to 12 digits if wanted. Returns its id.';

create function public.revoke_share_pack(pack_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update public.share_packs set revoked_at = now()
  where id = revoke_share_pack.pack_id and revoked_at is null;
  return found;
end
$$;
comment on function public.revoke_share_pack(uuid) is
  'Takes a link back: its creator, the member whose claim it is about, or staff. False if there is nothing to take back.';

create function public.create_tracking_link(claim_id uuid, token_hash text)
returns timestamptz
language sql
set search_path = ''
as $$
  insert into public.claim_tracking_tokens (claim_id, token_hash)
  values (create_tracking_link.claim_id, create_tracking_link.token_hash)
  returning expires_at
$$;
comment on function public.create_tracking_link(uuid, text) is
  'Makes a link that tells how far a claim is, for 7 days, and takes the old one back. For the member and staff. Returns when it ends.';

create function public.revoke_tracking_link(claim_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update public.claim_tracking_tokens as link set revoked_at = now()
  where link.claim_id = revoke_tracking_link.claim_id and revoked_at is null;
  return found;
end
$$;
comment on function public.revoke_tracking_link(uuid) is
  'Takes the tracking link of a claim back. False if there is none.';

----------------------------------------------------------------------------------------------------
-- Opening, without signing in
----------------------------------------------------------------------------------------------------

create function private.check_share_pack(token_hash text, pin text)
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
  'The link of a token and PIN: ok, gone (unknown, over, taken back), pin_required, wrong_pin or locked (five wrong PINs).';

create function private.open_share_pack(token_hash text, pin text default null)
returns table (outcome text, sender_name text, recipient text, expires_at timestamptz, documents jsonb)
language plpgsql
security definer
set search_path = ''
as $$
declare
  checked record;
begin
  select * into checked from private.check_share_pack(open_share_pack.token_hash, open_share_pack.pin);
  if checked.outcome <> 'ok' then
    return query select checked.outcome::text, null::text, null::text, null::timestamptz, null::jsonb;
    return;
  end if;
  insert into public.share_pack_accesses (tenant_id, pack_id, action)
  values ((checked.pack).tenant_id, (checked.pack).id, 'opened');
  return query
  select
    'ok', creator.full_name, (checked.pack).recipient, (checked.pack).expires_at,
    coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'position', chosen.position, 'name', document.name, 'file_type', document.file_type,
            'file_size', document.file_size
          )
          order by chosen.position
        )
        from public.share_pack_documents as chosen
        join public.claim_documents as document on document.id = chosen.document_id
        where chosen.pack_id = (checked.pack).id and document.is_readable
      ),
      '[]'
    )
  from public.profiles as creator
  where creator.id = (checked.pack).created_by;
end
$$;
comment on function private.open_share_pack(text, text) is
  'What the recipient of a link sees: outcome ok with who shared it and the documents by their place in the list, or gone, pin_required, wrong_pin, locked. Opening is noted.';

create function private.open_share_pack_document(token_hash text, pin text, place integer)
returns table (
  outcome text, bucket text, file_path text, name text, file_type text, file_size bigint
)
language plpgsql
security definer
set search_path = ''
as $$
declare
  checked record;
begin
  select * into checked
  from private.check_share_pack(open_share_pack_document.token_hash, open_share_pack_document.pin);
  if checked.outcome = 'ok' then
    return query
    select
      'ok', document.bucket, document.file_path, document.name, document.file_type,
      document.file_size
    from public.share_pack_documents as chosen
    join public.claim_documents as document on document.id = chosen.document_id
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
      and coalesce(object.version, '') = document.object_version
    where chosen.pack_id = (checked.pack).id and chosen.position = place and document.is_readable;
    if found then
      return;
    end if;
    checked.outcome := 'gone';
  end if;
  return query
  select checked.outcome::text, null::text, null::text, null::text, null::text, null::bigint;
end
$$;
comment on function private.open_share_pack_document(text, text, integer) is
  'Where the file of a shared document lies, for the function that hands it to the recipient of a link. Note the access when it succeeded.';

create function private.record_share_pack_access(token_hash text, place integer, action text)
returns void
language sql
security definer
set search_path = ''
as $$
  with noted as (
    insert into public.share_pack_accesses (tenant_id, pack_id, document_id, action)
    select chosen.tenant_id, pack.id, chosen.document_id, record_share_pack_access.action
    from public.share_packs as pack
    join public.share_pack_documents as chosen on chosen.pack_id = pack.id
    where pack.token_hash = record_share_pack_access.token_hash and chosen.position = place
      and record_share_pack_access.action in ('viewed', 'downloaded')
    returning tenant_id, pack_id, document_id
  )
  insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
  select
    tenant_id, 'share_pack', 'document.share_opened', 'document', document_id::text,
    jsonb_build_object('share_pack_id', pack_id, 'how', record_share_pack_access.action)
  from noted
$$;
comment on function private.record_share_pack_access(text, integer, text) is
  'Writes that the recipient of a link viewed or downloaded a document, to its accesses and the audit log.';

create function private.track_claim(token_hash text)
returns table (status text, submitted_at timestamptz, last_update_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select
    claim.status, claim.submitted_at,
    greatest(
      claim.status_changed_at,
      (
        select max(message.created_at)
        from public.claim_messages as message
        where message.claim_id = claim.id and not message.is_internal
          and message.sender_role not in ('member', 'agent')
      )
    )
  from public.claim_tracking_tokens as link
  join public.claims as claim on claim.id = link.claim_id
  where link.token_hash = track_claim.token_hash
    and link.revoked_at is null
    and link.expires_at > now()
$$;
comment on function private.track_claim(text) is
  'How far a claim is, by a tracking link: status and times, no ids, nothing about the person. No row for a link that does not work.';

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

revoke all on function
  public.create_share_pack(uuid, uuid[], text, timestamptz, text, text),
  public.revoke_share_pack(uuid), public.create_tracking_link(uuid, text),
  public.revoke_tracking_link(uuid), private.check_share_pack(text, text),
  private.open_share_pack(text, text), private.open_share_pack_document(text, text, integer),
  private.record_share_pack_access(text, integer, text), private.track_claim(text)
from public;
grant execute on function
  public.create_share_pack(uuid, uuid[], text, timestamptz, text, text),
  public.revoke_share_pack(uuid), public.create_tracking_link(uuid, text),
  public.revoke_tracking_link(uuid)
to authenticated;
grant execute on function
  private.open_share_pack(text, text), private.track_claim(text)
to anon, authenticated;
grant execute on function
  private.open_share_pack(text, text), private.open_share_pack_document(text, text, integer),
  private.record_share_pack_access(text, integer, text)
to service_documents;

alter table public.share_packs enable row level security;
alter table public.share_packs force row level security;
alter table public.share_pack_documents enable row level security;
alter table public.share_pack_documents force row level security;
alter table public.share_pack_accesses enable row level security;
alter table public.share_pack_accesses force row level security;
alter table public.claim_tracking_tokens enable row level security;
alter table public.claim_tracking_tokens force row level security;

-- Nobody reads what a token or a PIN was made into.
grant select (
  id, tenant_id, claim_id, member_id, created_by, recipient, has_pin, pin_failures, expires_at,
  revoked_at, created_at
) on public.share_packs to authenticated;
grant insert (claim_id, token_hash, pin_hash, expires_at, recipient)
on public.share_packs to authenticated;
grant update (revoked_at) on public.share_packs to authenticated;

create policy "Share packs stay inside their tenant" on public.share_packs
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see the share packs that they made" on public.share_packs
  for select to authenticated
  using (created_by = (select auth.uid()));
create policy "Members see the share packs of their claims" on public.share_packs
  for select to authenticated
  using (member_id = (select auth.uid()));
create policy "Staff and admins see the share packs of their tenant" on public.share_packs
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));
create policy "Members and staff make share packs" on public.share_packs
  for insert to authenticated
  with check (
    created_by = (select auth.uid())
    and (
      member_id = (select auth.uid())
      or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    )
  );
create policy "Creators, members and staff take share packs back" on public.share_packs
  for update to authenticated
  using (
    created_by = (select auth.uid()) or member_id = (select auth.uid())
    or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
  )
  with check (
    created_by = (select auth.uid()) or member_id = (select auth.uid())
    or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
  );

grant select on public.share_pack_documents to authenticated;
grant insert (pack_id, document_id, position) on public.share_pack_documents to authenticated;

create policy "Shared documents stay inside their tenant" on public.share_pack_documents
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Whoever sees a share pack sees what is in it" on public.share_pack_documents
  for select to authenticated
  using (exists (select from public.share_packs where share_packs.id = share_pack_documents.pack_id));
create policy "Creators share documents that they may read" on public.share_pack_documents
  for insert to authenticated
  with check (
    exists (
      select from public.share_packs
      where share_packs.id = share_pack_documents.pack_id
        and share_packs.created_by = (select auth.uid())
    )
    and exists (
      select from public.claim_documents
      where claim_documents.id = share_pack_documents.document_id and claim_documents.is_readable
    )
  );

grant select on public.share_pack_accesses to authenticated;

create policy "Accesses stay inside their tenant" on public.share_pack_accesses
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Whoever sees a share pack sees who opened it" on public.share_pack_accesses
  for select to authenticated
  using (exists (select from public.share_packs where share_packs.id = share_pack_accesses.pack_id));

grant select (id, tenant_id, claim_id, member_id, created_by, expires_at, revoked_at, created_at)
on public.claim_tracking_tokens to authenticated;
grant insert (claim_id, token_hash) on public.claim_tracking_tokens to authenticated;
grant update (revoked_at) on public.claim_tracking_tokens to authenticated;

create policy "Tracking links stay inside their tenant" on public.claim_tracking_tokens
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members and staff see tracking links" on public.claim_tracking_tokens
  for select to authenticated
  using (
    member_id = (select auth.uid())
    or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
  );
create policy "Members and staff make tracking links" on public.claim_tracking_tokens
  for insert to authenticated
  with check (
    created_by = (select auth.uid())
    and (
      member_id = (select auth.uid())
      or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    )
  );
create policy "Members and staff take tracking links back" on public.claim_tracking_tokens
  for update to authenticated
  using (
    member_id = (select auth.uid())
    or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
  )
  with check (
    member_id = (select auth.uid())
    or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
  );
