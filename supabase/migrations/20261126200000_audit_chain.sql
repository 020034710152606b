----------------------------------------------------------------------------------------------------
-- The audit log sealed: a chain of hashes over its rows, made by a job after the rows are there, so
-- that nobody who writes one waits for anybody else. Whoever changes what was sealed breaks the
-- chain; whoever makes the chain anew, from there to its end, is found by its heads, which were
-- given to Storage and to the log before (ADR 0024).
----------------------------------------------------------------------------------------------------

create table public.audit_chain (
  position bigint primary key check (position > 0),
  seq bigint not null unique,
  row_id uuid not null,
  row_hash bytea not null check (octet_length(row_hash) = 32),
  chain_hash bytea not null check (octet_length(chain_hash) = 32),
  sealed_at timestamptz not null
);

comment on table public.audit_chain is
  'The seals of the audit log: one row for each of its rows, in the order of sealing. Rows are only ever added, by the job audit.';
comment on column public.audit_chain.position is 'Place in the chain: 1, 2, 3 and so on, none left out.';
comment on column public.audit_chain.seq is 'Which row of the audit log it seals: its seq.';
comment on column public.audit_chain.row_id is 'And its id, to tell a row that was moved from one that is gone.';
comment on column public.audit_chain.row_hash is 'SHA-256 of everything that the row says.';
comment on column public.audit_chain.chain_hash is
  'SHA-256 of the chain hash before and of this row: stands for the whole log up to here.';
comment on column public.audit_chain.sealed_at is 'When it was sealed.';

create table public.audit_heads (
  position bigint primary key,
  top_seq bigint not null,
  chain_hash bytea not null check (octet_length(chain_hash) = 32),
  is_complete boolean not null,
  sealed_at timestamptz not null,
  exported_at timestamptz
);

comment on table public.audit_heads is
  'Where each sealing ended. The newest is copied to Storage and to the log, out of this database.';
comment on column public.audit_heads.position is 'The last place of the chain that it reached.';
comment on column public.audit_heads.top_seq is 'The highest seq of the audit log that was sealed by then.';
comment on column public.audit_heads.chain_hash is 'The chain hash at that place.';
comment on column public.audit_heads.is_complete is
  'Whether every row was sealed that was there. No if there were more than fit into one go.';
comment on column public.audit_heads.sealed_at is 'When it was.';
comment on column public.audit_heads.exported_at is
  'When it was copied to Storage; empty if it was not yet, or a later one was in its place.';

create table private.audit_sealing (
  id boolean primary key default true check (id),
  floor_seq bigint not null default 0,
  position bigint not null default 0,
  chain_hash bytea not null default '',
  verified_position bigint not null default 0,
  verified_at timestamptz
);
insert into private.audit_sealing default values;

comment on table private.audit_sealing is 'How far sealing and checking have come. One row.';
comment on column private.audit_sealing.id is 'Always yes.';
comment on column private.audit_sealing.floor_seq is
  'Every row of the audit log up to this seq is sealed, but for those in audit_gaps.';
comment on column private.audit_sealing.position is 'The last place of the chain.';
comment on column private.audit_sealing.chain_hash is 'The chain hash there.';
comment on column private.audit_sealing.verified_position is
  'Up to which place the job has compared the chain with the log, in this round.';
comment on column private.audit_sealing.verified_at is 'When it last did.';

create table private.audit_gaps (
  first_seq bigint primary key,
  last_seq bigint not null,
  missed_at timestamptz not null default now(),
  check (last_seq >= first_seq)
);

comment on table private.audit_gaps is
  'Numbers that were not there when higher ones were sealed: of transactions that came to nothing, or are not over yet. Looked for again for a week.';
comment on column private.audit_gaps.first_seq is 'The first number that was left out.';
comment on column private.audit_gaps.last_seq is 'The last one in a row.';
comment on column private.audit_gaps.missed_at is 'When that was noticed.';

----------------------------------------------------------------------------------------------------
-- Only added to, by everyone. As for the log itself: whoever switches this off is found by the chain.
----------------------------------------------------------------------------------------------------

create function private.guard_audit_head()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if old.exported_at is not null
    or to_jsonb(new) - 'exported_at' is distinct from to_jsonb(old) - 'exported_at'
  then
    raise exception 'audit_heads is append-only' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_audit_head() is
  'Lets it be noted once that a head was exported, and nothing else be changed.';

create trigger refuse_change before update or delete on public.audit_chain
for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.audit_chain
for each statement execute function private.refuse_change();
create trigger a_guard_audit_head before update on public.audit_heads
for each row execute function private.guard_audit_head();
create trigger refuse_change before delete on public.audit_heads
for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.audit_heads
for each statement execute function private.refuse_change();
alter table public.audit_chain enable always trigger refuse_change;
alter table public.audit_chain enable always trigger refuse_truncate;
alter table public.audit_heads enable always trigger a_guard_audit_head;
alter table public.audit_heads enable always trigger refuse_change;
alter table public.audit_heads enable always trigger refuse_truncate;

----------------------------------------------------------------------------------------------------
-- What is hashed
----------------------------------------------------------------------------------------------------

-- As JSON, so that no two rows read alike: texts are quoted, what is empty is null. `event_id` is
-- computed from the metadata. In PL/pgSQL, which runs an expression as such: in SQL, where a function
-- with a setting is never inlined, a row took three times as long.
create function private.audit_row_hash(entry public.audit_log)
returns bytea
language plpgsql
stable
set search_path = ''
as $$
begin
  return sha256(
    convert_to(
      jsonb_build_array(
        'v1', entry.id, entry.seq, entry.tenant_id, entry.actor_id, entry.actor_role, entry.action,
        entry.entity_type, entry.entity_id, entry.metadata,
        to_char(entry.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      )::text,
      'UTF8'
    )
  );
end
$$;
comment on function private.audit_row_hash(public.audit_log) is
  'SHA-256 of everything that a row of the audit log says.';

create function private.audit_link_hash(
  prior bytea,
  place bigint,
  seq bigint,
  row_id uuid,
  row_hash bytea,
  sealed_at timestamptz
)
returns bytea
language plpgsql
stable
set search_path = ''
as $$
begin
  return sha256(
    prior || int8send(place) || int8send(seq) || uuid_send(row_id) || row_hash
      || timestamptz_send(sealed_at)
  );
end
$$;
comment on function private.audit_link_hash(bytea, bigint, bigint, uuid, bytea, timestamptz) is
  'The chain hash at a place, from the one before.';

----------------------------------------------------------------------------------------------------
-- Sealing. Reads what is committed and locks nothing that a writer wants. Numbers are given out
-- before rows are committed, so a lower one may come later than a higher one: it is noted as a gap,
-- looked for again, and sealed when it is there, at the place where the chain is then.
----------------------------------------------------------------------------------------------------

create function private.seal_audit(max_rows integer default 5000)
returns table (sealed bigint, "position" bigint, chain_hash text, sealed_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  state private.audit_sealing;
  entry public.audit_log;
  began bigint;
  was_floor bigint;
  hash bytea;
  complete boolean;
  at timestamptz := clock_timestamp();
begin
  -- Two at once would both continue the same chain. The second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtext('private.seal_audit')) then
    return query
    select 0::bigint, kept.position, encode(kept.chain_hash, 'hex'), null::timestamptz
    from private.audit_sealing as kept;
    return;
  end if;
  select * into state from private.audit_sealing;
  began := state.position;
  was_floor := state.floor_seq;
  for entry in
    select found.*
    from (
      (
        select log.*
        from private.audit_gaps as gap
        join public.audit_log as log on log.seq between gap.first_seq and gap.last_seq
        where not exists (select from public.audit_chain as kept where kept.seq = log.seq)
        order by log.seq
        limit max_rows
      )
      union all
      (select * from public.audit_log where seq > was_floor order by seq limit max_rows)
    ) as found
    order by found.seq
    limit max_rows
  loop
    if entry.seq > state.floor_seq then
      if entry.seq > state.floor_seq + 1 then
        insert into private.audit_gaps (first_seq, last_seq)
        values (state.floor_seq + 1, entry.seq - 1);
      end if;
      state.floor_seq := entry.seq;
    end if;
    state.position := state.position + 1;
    hash := private.audit_row_hash(entry);
    state.chain_hash := private.audit_link_hash(
      state.chain_hash, state.position, entry.seq, entry.id, hash, at
    );
    insert into public.audit_chain (position, seq, row_id, row_hash, chain_hash, sealed_at)
    values (state.position, entry.seq, entry.id, hash, state.chain_hash, at);
  end loop;
  if state.position > began then
    complete := state.position - began < max_rows;
    insert into public.audit_heads (position, top_seq, chain_hash, is_complete, sealed_at)
    values (state.position, state.floor_seq, state.chain_hash, complete, at);
    update private.audit_sealing as kept
    set floor_seq = state.floor_seq, position = state.position, chain_hash = state.chain_hash
    where kept.id;
  end if;
  -- No transaction of ours lives for a week; what comes after that is reported as put in between.
  delete from private.audit_gaps as gap where gap.missed_at < now() - interval '7 days';
  return query
  select
    state.position - began, state.position, encode(state.chain_hash, 'hex'),
    case when state.position > began then at end;
end
$$;
comment on function private.seal_audit(integer) is
  'Seals rows of the audit log that are not sealed yet, at most so many. Returns how many and where the chain ends; 0 while another one is at it.';

create function private.head_to_export()
returns table ("position" bigint, chain_hash text, sealed_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select newest.position, encode(newest.chain_hash, 'hex'), newest.sealed_at
  from (select * from public.audit_heads order by position desc limit 1) as newest
  where newest.exported_at is null
$$;
comment on function private.head_to_export() is
  'The newest head of the chain, if it was not copied out of the database yet.';

create function private.note_head_exported(head_position bigint)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.audit_heads set exported_at = now()
  where position = head_position and exported_at is null;
  return found;
end
$$;
comment on function private.note_head_exported(bigint) is
  'Notes that a head of the chain was copied out of the database.';

----------------------------------------------------------------------------------------------------
-- Verifying. One pass over the chain in the order of sealing; nothing is kept but the hash before.
----------------------------------------------------------------------------------------------------

create function private.verify_audit(
  heads jsonb default '[]',
  after_position bigint default 0,
  max_rows bigint default null
)
returns table ("position" bigint, seq bigint, row_id uuid, problem text)
language plpgsql
stable
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  state private.audit_sealing;
  item record;
  place bigint := after_position;
  until_position bigint := after_position + max_rows;
  prior bytea := '\x'::bytea;
  -- The highest seq so far, and when everything was sealed that was there.
  top bigint := 0;
  complete_at timestamptz;
begin
  if current_setting('role', true) in ('anon', 'authenticated')
    and private.my_role() is distinct from 'super_admin'
  then
    raise exception 'only super admins verify the audit log' using errcode = 'insufficient_privilege';
  end if;
  select * into state from private.audit_sealing;
  if after_position > 0 then
    select link.chain_hash, link.seq into prior, top from public.audit_chain as link
    where link.position = after_position;
    if not found then
      return query select after_position, null::bigint, null::uuid, 'cut'::text;
      return;
    end if;
    select greatest(top, max(head.top_seq)), max(head.sealed_at) filter (where head.is_complete)
    into top, complete_at
    from public.audit_heads as head where head.position <= after_position;
  end if;

  for item in
    select
      link.position, link.seq, link.row_id, link.row_hash, link.chain_hash, link.sealed_at,
      log.id, log.created_at,
      case when log.id is not null then private.audit_row_hash(log.*) end as hash_now,
      kept.chain_hash as kept_hash, kept.is_complete, kept.sealed_at as kept_at,
      decode(given.chain_hash, 'hex') as given_hash
    from public.audit_chain as link
    left join public.audit_log as log on log.seq = link.seq
    left join public.audit_heads as kept on kept.position = link.position
    left join (
      select distinct on (position) position, chain_hash
      from jsonb_to_recordset(heads) as head (position bigint, chain_hash text)
    ) as given on given.position = link.position
    where link.position > after_position
      and (until_position is null or link.position <= until_position)
    order by link.position
  loop
    place := place + 1;
    if item.position <> place then
      return query select place, null::bigint, null::uuid, 'chain_altered'::text;
      return;
    end if;
    position := place;
    seq := item.seq;
    row_id := item.row_id;
    problem := case
      when item.id is distinct from item.row_id then
        case
          when exists (select from public.audit_log as log where log.id = item.row_id)
          then 'reordered'
          else 'deleted'
        end
      when item.hash_now <> item.row_hash then 'edited'
      when private.audit_link_hash(
        prior, place, item.seq, item.row_id, item.row_hash, item.sealed_at
      ) <> item.chain_hash then 'chain_altered'
      when item.kept_hash <> item.chain_hash or item.given_hash <> item.chain_hash
        or (place = state.position and item.chain_hash <> state.chain_hash)
      then 'rewritten'
      -- A number below one that was sealed already, in a row that began after that sealing.
      when item.seq < top and exists (
        select from public.audit_chain as earlier
        where earlier.seq > item.seq and earlier.position < place
          and earlier.sealed_at < item.created_at
      ) then 'inserted'
      -- Said to be older than a sealing that took in all there was, by more than anything takes.
      when item.created_at < complete_at - interval '1 day' then 'inserted'
    end;
    if problem is not null then
      return next;
      return;
    end if;
    prior := item.chain_hash;
    top := greatest(top, item.seq);
    if item.is_complete then
      complete_at := item.kept_at;
    end if;
  end loop;
  if until_position < state.position then
    return;
  end if;

  -- The end: nothing is missing that was there once, and nothing stands between what was sealed.
  if place < greatest(
    state.position,
    (select max(head.position) from public.audit_heads as head),
    (select max(head.position) from jsonb_to_recordset(heads) as head (position bigint))
  ) then
    return query select place + 1, null::bigint, null::uuid, 'cut'::text;
    return;
  end if;
  return query
  select null::bigint, log.seq, log.id, 'inserted'::text
  from public.audit_log as log
  where log.seq <= state.floor_seq
    and not exists (select from public.audit_chain as link where link.seq = log.seq)
    and not exists (
      select from private.audit_gaps as gap where log.seq between gap.first_seq and gap.last_seq
    )
  order by log.seq
  limit 1;
end
$$;
comment on function private.verify_audit(jsonb, bigint, bigint) is
  'Compares the audit log with its chain, and the chain with heads that were copied out of the database ([{"position", "chain_hash"}]): the first row that is not as it was sealed, or none. The problem is edited, deleted, reordered, inserted, chain_altered (the chain itself was changed), cut (its end is missing) or rewritten (made anew). From a place on, and so many rows, if wanted.';

create function public.verify_audit_log()
returns table ("position" bigint, seq bigint, row_id uuid, problem text)
language sql
stable
set search_path = ''
as $$
  select * from private.verify_audit()
$$;
comment on function public.verify_audit_log() is
  'Whether the audit log is as it was sealed: the first row that is not, or no row. For super admins. Against heads that were copied out of the database: deno task audit:verify.';

create function private.verify_next(max_rows bigint default 20000)
returns table (verified_to bigint, "position" bigint, seq bigint, row_id uuid, problem text)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  state private.audit_sealing;
  broken record;
  reached bigint;
begin
  select * into state from private.audit_sealing;
  if state.verified_position >= state.position then
    state.verified_position := 0;
  end if;
  reached := least(state.verified_position + max_rows, state.position);
  select * into broken from private.verify_audit('[]', state.verified_position, max_rows);
  if not found then
    update private.audit_sealing as kept set verified_position = reached, verified_at = now()
    where kept.id;
  end if;
  return query select reached, broken.position, broken.seq, broken.row_id, broken.problem;
end
$$;
comment on function private.verify_next(bigint) is
  'Compares the next part of the chain with the log, beginning anew at the end: what is wrong, or null. What is wrong is reported again until it is put right.';

----------------------------------------------------------------------------------------------------
-- Who may
----------------------------------------------------------------------------------------------------

revoke all on function
  private.audit_row_hash(public.audit_log),
  private.audit_link_hash(bytea, bigint, bigint, uuid, bytea, timestamptz),
  private.seal_audit(integer), private.head_to_export(), private.note_head_exported(bigint),
  private.verify_audit(jsonb, bigint, bigint), public.verify_audit_log(), private.verify_next(bigint)
from public;
grant execute on function
  private.seal_audit(integer), private.head_to_export(), private.note_head_exported(bigint),
  private.verify_next(bigint)
to service_cron;
grant execute on function private.verify_audit(jsonb, bigint, bigint), public.verify_audit_log()
to authenticated, service_cron;

alter table public.audit_chain enable row level security;
alter table public.audit_chain force row level security;
alter table public.audit_heads enable row level security;
alter table public.audit_heads force row level security;
alter table private.audit_sealing enable row level security;
alter table private.audit_sealing force row level security;
alter table private.audit_gaps enable row level security;
alter table private.audit_gaps force row level security;

revoke insert, update, delete, truncate on public.audit_chain, public.audit_heads from service_role;
grant select on public.audit_chain, public.audit_heads to authenticated, service_cron;

create policy "Super admins see the seals" on public.audit_chain
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "The job sees the seals" on public.audit_chain
  for select to service_cron
  using (true);
create policy "Super admins see where sealings ended" on public.audit_heads
  for select to authenticated
  using ((select private.my_role()) = 'super_admin');
create policy "The job sees where sealings ended" on public.audit_heads
  for select to service_cron
  using (true);
