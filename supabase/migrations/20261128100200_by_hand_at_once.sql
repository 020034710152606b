----------------------------------------------------------------------------------------------------
-- Edits by hand, told a statement at a time: the same rows of the audit log as before, without asking
-- for every row of a large one who acts, which columns may be told and what the key is.
----------------------------------------------------------------------------------------------------

create function private.audit_by_hand_at_once()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Columns whose change another trigger tells of, and those that follow from such a change.
  told text[] := coalesce(tg_argv[0], '{}');
  following text[] := coalesce(tg_argv[1], '{}');
  home text := case tg_table_name when 'tenants' then 'id' else 'tenant_id' end;
  by_whom text;
  asking uuid := (select auth.uid());
  plain text[];
  key text[];
begin
  -- Most statements of this kind change a row or none.
  if tg_op = 'DELETE' then
    if not exists (select from rows_before) then
      return null;
    end if;
  elsif not exists (select from rows_after) then
    return null;
  end if;
  by_whom := private.acting_role();
  plain := private.plain_columns(tg_relid);
  key := array(
    select a.attname
    from pg_index as i
    join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = tg_relid and i.indisprimary
    order by array_position(i.indkey::smallint[], a.attnum)
  );
  if tg_op = 'INSERT' then
    insert into public.audit_log
      (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
    select
      whole ->> home, asking, by_whom, 'row.inserted', tg_table_name,
      private.key_of(whole, key),
      jsonb_build_object('database_role', session_user, 'after', private.only(whole, plain))
    from (select to_jsonb(rows_after) as whole from rows_after) as changed;
  elsif tg_op = 'DELETE' then
    insert into public.audit_log
      (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
    select
      whole ->> home, asking, by_whom, 'row.deleted', tg_table_name,
      private.key_of(whole, key),
      jsonb_build_object('database_role', session_user, 'before', private.only(whole, plain))
    from (select to_jsonb(rows_before) as whole from rows_before) as changed;
  else
    -- A row is in the same place of both, also where its key was changed.
    insert into public.audit_log
      (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
    select
      is_now ->> home, asking, by_whom, 'row.updated', tg_table_name,
      private.key_of(is_now, key),
      jsonb_build_object(
        'database_role', session_user,
        'changed', to_jsonb(names),
        'before', private.only(was, array(select unnest(names) intersect select unnest(plain))),
        'after', private.only(is_now, array(select unnest(names) intersect select unnest(plain)))
      )
    from (
      select to_jsonb(rows_before) as was, row_number() over () as place from rows_before
    ) as before
    join (
      select to_jsonb(rows_after) as is_now, row_number() over () as place from rows_after
    ) as after using (place)
    cross join lateral (
      select array_agg(field.key order by field.key) as all_names
      from jsonb_each(is_now) as field
      where was -> field.key is distinct from field.value and field.key <> 'updated_at'
    ) as changed
    cross join lateral (
      select case
        when all_names && told then array(
          select name from unnest(all_names) as name
          where name <> all (told || following)
          order by name
        )
        else all_names
      end as names
    ) as kept
    where cardinality(names) > 0
    order by place;
  end if;
  return null;
end
$$;
comment on function private.audit_by_hand_at_once() is
  'Writes to the audit log what a statement changed by hand in Studio or SQL: for each row which columns, and the values of those that hold no words of people.';

create function private.plain_columns(relation oid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(a.attname::text), '{}')
  from pg_attribute as a
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
    and (
      a.atttypid in (
        'boolean'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype,
        'uuid'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'interval'::regtype,
        'character'::regtype
      )
      or a.attname in (
        'tenant_id', 'role', 'status', 'tier', 'type', 'kind', 'category', 'locale', 'code',
        'provider', 'processing_result', 'template_key', 'job', 'from_status', 'to_status',
        'granter_role', 'target_role', 'version'
      )
    )
$$;
comment on function private.plain_columns(oid) is
  'Columns of a table that hold ids, numbers, times or codes, and no words of people.';

create function private.only(whole jsonb, names text[])
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- What is taken away is fewer than what a row of JSON is put together from.
  others text[] := array(
    select field.key from jsonb_each(whole) as field
    where field.key <> all (names) or jsonb_typeof(field.value) = 'null'
  );
begin
  return whole - others;
end
$$;
comment on function private.only(jsonb, text[]) is
  'Of a row the values of some columns, without those that are empty.';

create function private.key_of(whole jsonb, key text[])
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if cardinality(key) = 1 then
    return left(whole ->> key[1], 200);
  end if;
  return left(
    (
      select string_agg(whole ->> part.name, ':' order by part.place)
      from unnest(key) with ordinality as part (name, place)
    ),
    200
  );
end
$$;
comment on function private.key_of(jsonb, text[]) is
  'The key of a row as one text.';

revoke all on function
  private.audit_by_hand_at_once(), private.plain_columns(oid), private.only(jsonb, text[]),
  private.key_of(jsonb, text[])
from public;

----------------------------------------------------------------------------------------------------
-- Where it is put
----------------------------------------------------------------------------------------------------

create or replace function private.watch_by_hand(
  watched regclass,
  told text[] default '{}',
  following text[] default '{}',
  inserts_told boolean default false
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  by_hand text := $condition$
    coalesce(current_setting('role', true), 'none') not in (
      'anon', 'authenticated', 'service_webhooks', 'service_cron', 'service_auth', 'service_documents'
    )
  $condition$;
begin
  if not pg_has_role(current_user, (select relowner from pg_class where oid = watched), 'usage') then
    raise exception 'only the owner of % has it watched', watched
      using errcode = 'insufficient_privilege';
  end if;
  if exists (
    select from unnest(told || following) as name
    where not exists (
      select from pg_attribute where attrelid = watched and attname = name and not attisdropped
    )
  ) then
    raise exception '% has not all of these columns', watched using errcode = 'undefined_column';
  end if;
  execute format(
    'drop trigger if exists x_insert_by_hand on %1$s;
    drop trigger if exists x_update_by_hand on %1$s;
    drop trigger if exists x_delete_by_hand on %1$s',
    watched
  );
  if not inserts_told then
    execute format(
      'create trigger x_insert_by_hand after insert on %1$s
      referencing new table as rows_after
      for each statement when (pg_trigger_depth() = 0 and %2$s)
      execute function private.audit_by_hand_at_once()',
      watched, by_hand
    );
  end if;
  execute format(
    'create trigger x_update_by_hand after update on %1$s
    referencing old table as rows_before new table as rows_after
    for each statement when (pg_trigger_depth() = 0 and %2$s)
    execute function private.audit_by_hand_at_once(%3$L, %4$L);
    create trigger x_delete_by_hand after delete on %1$s
    referencing old table as rows_before
    for each statement when (%2$s)
    execute function private.audit_by_hand_at_once();
    create or replace trigger x_truncate_by_hand after truncate on %1$s
    for each statement execute function private.audit_by_hand()',
    watched, by_hand, told, following
  );
end
$$;

-- Those that are there, with their lists of columns.
do $$
declare
  present record;
begin
  for present in
    select
      watching.tgrelid::regclass as watched, watching.tgname as name,
      pg_get_triggerdef(watching.oid) as definition,
      case watching.tgname
        when 'x_insert_by_hand' then 'REFERENCING NEW TABLE AS rows_after'
        when 'x_update_by_hand' then 'REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after'
        else 'REFERENCING OLD TABLE AS rows_before'
      end as referencing
    from pg_trigger as watching
    where watching.tgname in ('x_insert_by_hand', 'x_update_by_hand', 'x_delete_by_hand')
      and watching.tgfoid = 'private.audit_by_hand()'::regprocedure
  loop
    execute format('drop trigger %I on %s', present.name, present.watched);
    execute replace(
      replace(present.definition, 'FOR EACH ROW', present.referencing || ' FOR EACH STATEMENT'),
      'private.audit_by_hand(', 'private.audit_by_hand_at_once('
    );
  end loop;
end
$$;

-- Of single rows it tells no more; truncating is told by it still.
create or replace function private.audit_by_hand()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.record_audit(
    null, 'row.truncated', tg_table_name, null, jsonb_build_object('database_role', session_user)
  );
  return null;
end
$$;
comment on function private.audit_by_hand() is
  'Writes to the audit log that a table was emptied.';
drop function private.plain_values(jsonb, oid);
