----------------------------------------------------------------------------------------------------
-- Since when a check finds what it finds: whoever makes the checks notes down what they found, so that
-- the next one knows how long it has been so.
----------------------------------------------------------------------------------------------------

create table private.check_states (
  seen_by text not null check (seen_by in ('doctor', 'functions')),
  id text not null check (char_length(id) between 1 and 60),
  state text not null check (state in ('ok', 'warn', 'fail')),
  cause text check (char_length(cause) <= 60),
  since timestamptz not null default now(),
  primary key (seen_by, id)
);
comment on table private.check_states is
  'What each check of the page Operations and of deno task doctor found last, and since when.';
comment on column private.check_states.seen_by is
  'Who looked: the functions, for the page, or deno task doctor, which has variables of its own.';
comment on column private.check_states.id is 'Which check.';
comment on column private.check_states.state is 'ok, warn or fail.';
comment on column private.check_states.cause is 'Why it is not ok, in one word.';
comment on column private.check_states.since is
  'When it was first found so. It may have been so before: nobody had looked.';
alter table private.check_states enable row level security;
alter table private.check_states force row level security;

create function private.note_checks(by_whom text, found jsonb)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  with noted as (
    insert into private.check_states as known (seen_by, id, state, cause)
    select by_whom, given.id, given.state, given.cause
    from jsonb_to_recordset(found) as given (id text, state text, cause text)
    order by given.id
    limit 200
    on conflict (seen_by, id) do update
    set
      state = excluded.state, cause = excluded.cause,
      since = case
        when (known.state, known.cause) is distinct from (excluded.state, excluded.cause) then now()
        else known.since
      end
    returning known.id, known.since
  )
  select coalesce(jsonb_object_agg(noted.id, noted.since), '{}') from noted
$$;
comment on function private.note_checks(text, jsonb) is
  'Notes what checks found; says of each since when it is so.';

create function private.written_at()
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
  select written_at from private.write_probe
$$;
comment on function private.written_at() is
  'When the database could be written to for the last time that somebody tried.';

revoke all on function private.note_checks(text, jsonb), private.written_at() from public;
grant execute on function private.note_checks(text, jsonb), private.written_at() to service_cron;
