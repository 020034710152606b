----------------------------------------------------------------------------------------------------
-- Claims: what happened to a member, and who pursues it.
--
-- A claim begins as the member's draft, under an id that the browser may make, so that a click that
-- comes twice makes one claim. What may become of it is said in the next section.
----------------------------------------------------------------------------------------------------

create extension if not exists pg_trgm with schema extensions;
create extension if not exists unaccent with schema extensions;

create table public.claims (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null default private.my_tenant(),
  claim_number text unique check (claim_number ~ '^CLM-[A-Z][A-Z0-9_-]*-[0-9]{4}-[0-9]{6,}$'),
  member_id uuid not null default auth.uid(),
  agent_id uuid,
  branch_id uuid,
  assigned_to uuid,
  assigned_at timestamptz,
  title text not null default '' check (char_length(title) <= 200),
  company text not null default '' check (char_length(company) <= 200),
  description text not null default '' check (char_length(description) <= 10000),
  category text check (category in ('vehicle', 'property', 'injury', 'travel', 'other')),
  incident_date date check (incident_date between '1900-01-01' and '2999-12-31'),
  amount_cents bigint check (amount_cents between 0 and 100000000000),
  currency char(3) not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  status text not null default 'draft'
    check (
      status in (
        'draft', 'submitted', 'verification', 'evaluation', 'negotiation', 'court', 'resolved',
        'rejected'
      )
    ),
  status_reason text check (char_length(status_reason) between 1 and 2000),
  status_changed_at timestamptz not null default now(),
  submitted_at timestamptz,
  closed_at timestamptz,
  is_submitted boolean not null generated always as (submitted_at is not null) stored,
  is_open boolean not null generated always as (
    status in ('submitted', 'verification', 'evaluation', 'negotiation', 'court')
  ) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (branch_id, tenant_id) references public.branches (id, tenant_id),
  foreign key (assigned_to, tenant_id) references public.profiles (id, tenant_id),
  check ((claim_number is null) = (submitted_at is null)),
  check (status <> 'draft' or submitted_at is null),
  check (status in ('draft', 'rejected') or submitted_at is not null),
  check ((closed_at is not null) = (status in ('resolved', 'rejected'))),
  check ((assigned_to is null) = (assigned_at is null))
);

-- Lists begin with whose they are and end with the id, so that any page of them is read from the
-- index alone: `where (created_at, id) < (…) order by created_at desc, id desc`.
create index claims_member_idx on public.claims (member_id, tenant_id, created_at, id);
create index claims_agent_idx on public.claims (agent_id, tenant_id, created_at, id);
create index claims_branch_idx on public.claims (branch_id, tenant_id, created_at, id);
create index claims_assignee_idx on public.claims (assigned_to, tenant_id, created_at, id);
create index claims_tenant_idx on public.claims (tenant_id, created_at, id);
create index claims_status_idx on public.claims (tenant_id, status, created_at, id);

comment on table public.claims is
  'What members want help with: one row per claim, drafts included. Its status follows the graph in claim_status_transitions, whoever changes it.';
comment on column public.claims.id is 'Made by the member''s browser or the database.';
comment on column public.claims.tenant_id is 'Country of the member. Never changes.';
comment on column public.claims.claim_number is
  'CLM-country-year-number, given when the claim is sent. Never changes. Empty for what was never sent.';
comment on column public.claims.member_id is 'Whose claim it is (see profiles). Never changes.';
comment on column public.claims.agent_id is
  'Agent who looked after the member when the claim was sent; empty for nobody. Who looks after them now is in profiles.';
comment on column public.claims.branch_id is
  'Office of the member, else of the agent, when the claim was sent.';
comment on column public.claims.assigned_to is
  'Who of the staff pursues it (see profiles); empty for nobody yet. The first of the staff who acts takes it.';
comment on column public.claims.assigned_at is 'Since when. Set by the database.';
comment on column public.claims.title is 'What it is about, in a few words; at least 5 letters to be sent.';
comment on column public.claims.company is 'Against whom; at least 2 letters to be sent.';
comment on column public.claims.description is 'What happened; at least 20 letters to be sent.';
comment on column public.claims.category is
  'vehicle, property, injury, travel or other. Needed to be sent.';
comment on column public.claims.incident_date is 'Day on which it happened; empty if not told.';
comment on column public.claims.amount_cents is 'What the member asks for, in cents; empty if not told.';
comment on column public.claims.currency is 'Currency of the amount, three capital letters.';
comment on column public.claims.status is
  'draft, submitted, verification, evaluation, negotiation, court, resolved or rejected.';
comment on column public.claims.status_reason is
  'Why the claim came to this status, as the member reads it. Write it in the same change as the status; the next change empties it.';
comment on column public.claims.status_changed_at is 'Since when it has this status. Set by the database.';
comment on column public.claims.submitted_at is 'When the member sent it. Set by the database, once.';
comment on column public.claims.closed_at is
  'When it was resolved or rejected; empty while it is not. Set by the database.';
comment on column public.claims.is_submitted is 'Whether it was ever sent.';
comment on column public.claims.is_open is 'Whether staff have it to pursue: sent, not resolved or rejected.';
comment on column public.claims.created_at is 'When the draft was begun. Set by the database.';
comment on column public.claims.updated_at is 'When the row last changed. Set by the database.';

----------------------------------------------------------------------------------------------------
-- Search: what a claim is found by, folded to small letters without accents. Kept apart, because
-- row level security keeps a search for a part of a word away from an index.
----------------------------------------------------------------------------------------------------

create table private.claim_search (
  claim_id uuid primary key,
  tenant_id text not null,
  submitted_at timestamptz not null,
  words text not null,
  foreign key (claim_id, tenant_id) references public.claims (id, tenant_id) on delete cascade
);
create index claim_search_claim_idx on private.claim_search (claim_id, tenant_id);
create index claim_search_tenant_idx on private.claim_search (tenant_id, submitted_at);
create index claim_search_words_idx on private.claim_search
  using gin (words extensions.gin_trgm_ops);

comment on table private.claim_search is
  'By what claims that were sent are found. Kept by the database.';
comment on column private.claim_search.claim_id is 'The claim.';
comment on column private.claim_search.tenant_id is 'Country of the claim. Never changes.';
comment on column private.claim_search.submitted_at is 'When it was sent.';
comment on column private.claim_search.words is
  'Number, title, company, name and number of the member, and the description, in small letters without accents.';

create function private.fold(words text)
returns text
language sql
stable
set search_path = ''
as $$
  select lower(extensions.unaccent('extensions.unaccent'::regdictionary, words))
$$;
comment on function private.fold(text) is 'Small letters, without accents.';

create function private.index_claims(ids uuid[])
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.claim_search (claim_id, tenant_id, submitted_at, words)
  select
    claim.id, claim.tenant_id, claim.submitted_at,
    private.fold(
      concat_ws(
        E'\n', claim.claim_number, claim.title, claim.company, member.full_name,
        member.member_number, left(claim.description, 2000)
      )
    )
  from public.claims as claim
  join public.profiles as member on member.id = claim.member_id
  where claim.id = any (ids) and claim.is_submitted
  on conflict (claim_id) do update set words = excluded.words
$$;
comment on function private.index_claims(uuid[]) is 'Notes by what these claims are found.';

create function private.index_claim()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.index_claims(array[new.id]);
  return null;
end
$$;
comment on function private.index_claim() is 'Notes by what a claim is found that was sent or corrected.';

create function private.index_member()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.index_claims(array(select id from public.claims where member_id = new.id));
  return null;
end
$$;
comment on function private.index_member() is 'Finds a member''s claims by the new name.';

create trigger index_claim
after update on public.claims
for each row when (
  new.is_submitted
  and (new.claim_number, new.title, new.company, new.description)
    is distinct from (old.claim_number, old.title, old.company, old.description)
)
execute function private.index_claim();
create trigger index_member
after update of full_name, member_number on public.profiles
for each row when (
  (new.full_name, new.member_number) is distinct from (old.full_name, old.member_number)
)
execute function private.index_member();

-- Planned for each word: a rare one is looked up, a common one is read off the newest claims. Among
-- 200,000 claims a word in all of them took 1,450 ms by one plan for all, and takes 5 ms by this.
create function private.search_claims(term text, max_rows integer)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if char_length(trim(term)) not between 2 and 100
    or coalesce(private.my_role() = 'member', true)
  then
    return;
  end if;
  return query execute
    'select found.claim_id
    from unnest($1) as tenant
    cross join lateral (
      select claim_id, submitted_at
      from private.claim_search
      where tenant_id = tenant and words like $2
      order by submitted_at desc
      limit $3
    ) as found
    order by found.submitted_at desc, found.claim_id
    limit $3'
  using
    array(select private.my_tenant_ids()),
    '%' || regexp_replace(private.fold(trim(term)), '([\\%_])', '\\\1', 'g') || '%',
    least(max_rows, 1000);
end
$$;
comment on function private.search_claims(text, integer) is
  'Ids of the claims of the person''s tenants that a word is found in, newest first.';

-- What a caller may not see is taken out here, by the policies of `claims`.
create function public.search_claims(term text, max_rows integer default 500)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select id from public.claims
  where id = any (array(select private.search_claims(term, max_rows)))
$$;
comment on function public.search_claims(text, integer) is
  'Ids of claims that were sent and whose number, title, company, member''s name or number, or description has this word (2 to 100 letters), the newest at most 1000. For agents, staff and administrators, each within what they see.';

----------------------------------------------------------------------------------------------------
-- Beginning and editing
----------------------------------------------------------------------------------------------------

create function private.begin_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.status <> 'draft' then
    raise exception 'a claim begins as a draft' using errcode = 'check_violation';
  end if;
  if (new.claim_number, new.submitted_at, new.assigned_to, new.agent_id, new.branch_id)
    is distinct from (null, null, null, null, null)
  then
    raise exception 'a draft has no number, agent, branch or assignee yet'
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;
comment on function private.begin_claim() is 'Lets claims begin as drafts only.';

create function private.guard_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.member_id, new.created_at) is distinct from (old.id, old.member_id, old.created_at)
  then
    raise exception 'whose claim it is never changes' using errcode = 'restrict_violation';
  end if;
  if old.claim_number is not null
    and (new.claim_number, new.submitted_at) is distinct from (old.claim_number, old.submitted_at)
  then
    raise exception 'claim_number never changes' using errcode = 'restrict_violation';
  end if;
  -- An owner in the SQL editor may correct what a member cannot any more.
  if (select auth.uid()) is not null
    and (
      new.title, new.company, new.description, new.category, new.incident_date, new.amount_cents,
      new.currency
    ) is distinct from (
      old.title, old.company, old.description, old.category, old.incident_date, old.amount_cents,
      old.currency
    )
    and (old.status <> 'draft' or old.member_id <> (select auth.uid()))
  then
    raise exception 'only drafts are edited, by the member who wrote them'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_claim() is
  'Refuses to change whose claim it is, its number, and what it says once it was sent.';

create trigger a_begin_claim before insert on public.claims
for each row execute function private.begin_claim();
create trigger a_guard_claim before update on public.claims
for each row execute function private.guard_claim();
create trigger b_keep_tenant before update on public.claims
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.claims
for each row execute function private.touch_updated_at();
create trigger b_keep_tenant before update on private.claim_search
for each row execute function private.keep_tenant();

create function private.audit_claim_text()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.record_audit(
      new.tenant_id, 'claim.created', 'claim', new.id::text,
      jsonb_build_object('category', new.category)
    );
  else
    perform private.record_audit(
      new.tenant_id, 'claim.updated', 'claim', new.id::text,
      jsonb_build_object(
        'fields',
        (
          select jsonb_agg(field order by field)
          from jsonb_each(to_jsonb(new)) as written (field, value)
          where field = any (
              '{title,company,description,category,incident_date,amount_cents,currency}'::text[]
            )
            and to_jsonb(old) -> field is distinct from value
        )
      )
    );
  end if;
  return null;
end
$$;
comment on function private.audit_claim_text() is
  'Writes to the audit log that a claim was begun or edited, and which fields, not what they say.';

create trigger audit_claim_begun after insert on public.claims
for each row execute function private.audit_claim_text();
create trigger audit_claim_edited after update on public.claims
for each row when (
  (
    new.title, new.company, new.description, new.category, new.incident_date, new.amount_cents,
    new.currency
  ) is distinct from (
    old.title, old.company, old.description, old.category, old.incident_date, old.amount_cents,
    old.currency
  )
)
execute function private.audit_claim_text();

----------------------------------------------------------------------------------------------------
-- Who sees and changes what. Queries bring their own filter as well (`member_id = …`,
-- `tenant_id = …`); the policies are the guard and not the plan.
----------------------------------------------------------------------------------------------------

create function private.my_members()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.id
  from public.profiles as me
  join public.profiles as member on member.agent_id = me.id and member.tenant_id = me.tenant_id
  where me.id = (select auth.uid()) and me.is_active and me.role = 'agent'
$$;
comment on function private.my_members() is
  'Members whom the signed-in agent looks after; nobody for everyone else.';

revoke all on function
  private.fold(text), private.index_claims(uuid[]), private.search_claims(text, integer),
  public.search_claims(text, integer), private.my_members()
from public;
grant execute on function
  private.search_claims(text, integer), public.search_claims(text, integer), private.my_members()
to authenticated;

alter table public.claims enable row level security;
alter table public.claims force row level security;
alter table private.claim_search enable row level security;
alter table private.claim_search force row level security;

create policy "Search stays inside its tenant" on private.claim_search
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())));

grant select on public.claims to authenticated;
grant insert (
  id, tenant_id, member_id, title, company, description, category, incident_date, amount_cents,
  currency
) on public.claims to authenticated;
grant update (
  title, company, description, category, incident_date, amount_cents, currency, status,
  status_reason
) on public.claims to authenticated;

create policy "Claims stay inside their tenant" on public.claims
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see their own claims" on public.claims
  for select to authenticated
  using (member_id = (select auth.uid()));
create policy "Agents see the claims that their members sent" on public.claims
  for select to authenticated
  using (
    (select private.my_role()) = 'agent'
    and is_submitted
    and member_id = any (array(select private.my_members()))
  );
create policy "Branch managers see the claims of their branch" on public.claims
  for select to authenticated
  using (
    branch_id = (select private.my_branch()) and (select private.my_role()) = 'branch_manager'
  );
create policy "Staff and admins see the claims of their tenant" on public.claims
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));
create policy "Members begin claims of their own" on public.claims
  for insert to authenticated
  with check (
    member_id = (select auth.uid()) and (select private.my_role()) = 'member'
  );
-- What they may change, the triggers say.
create policy "Members edit, send and cancel their own claims" on public.claims
  for update to authenticated
  using (member_id = (select auth.uid()))
  with check (member_id = (select auth.uid()));
create policy "Staff and admins move the claims of their tenant" on public.claims
  for update to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]))
  with check ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));
