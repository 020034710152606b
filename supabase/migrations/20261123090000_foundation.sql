----------------------------------------------------------------------------------------------------
-- Foundation: extensions, the schema `private`, the roles of the site and of the functions.
--
-- The rule of this database: nobody has a right that is not granted by name. Tables get row level
-- security, enabled and forced; functions that look past it live in `private`, which the Data API
-- does not serve.
----------------------------------------------------------------------------------------------------

create schema if not exists extensions;

-- Extensions where this server has them. pg_cron works in one database of a cluster only.
do $$
begin
  if current_setting('cron.database_name', true) = current_database()
    and exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron')
  then
    create extension if not exists pg_cron with schema pg_catalog;
  end if;
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_net') then
    create extension if not exists pg_net with schema extensions;
  end if;
  if exists (select from pg_catalog.pg_available_extensions where name = 'supabase_vault') then
    create extension if not exists supabase_vault;
  end if;
end
$$;

create schema if not exists private;
comment on schema private is
  'Helpers of the row level security and the counters behind numbers. Not served by the Data API.';

-- Take back what Supabase projects hand out by default, for everything made from here on.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on functions from anon, authenticated, service_role;

-- `service_role` is Supabase's own all-powerful role, for the secret key. Nothing of ours takes it;
-- its rights are stated here so that they are the same on every server.
alter default privileges in schema public grant select, insert, update, delete on tables to service_role;
alter default privileges in schema public grant usage, select on sequences to service_role;
alter default privileges in schema public grant execute on functions to service_role;

-- Roles belong to the whole cluster and may be there already.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('app_site', 'login noinherit'),
      ('app_functions', 'login noinherit'),
      ('service_webhooks', 'nologin noinherit'),
      ('service_cron', 'nologin noinherit'),
      ('service_auth', 'nologin noinherit')
    ) as role (name, options)
  loop
    begin
      execute format('create role %I %s', wanted.name, wanted.options);
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$$;

comment on role app_site is
  'Login of the site. Has no rights of its own; may only become anon or authenticated.';
comment on role app_functions is
  'Login of the edge functions. Has no rights of its own; may only become anon, authenticated or a service role.';
comment on role service_webhooks is 'What the function paddle-webhook may do.';
comment on role service_cron is 'What the function cron may do.';
comment on role service_auth is 'What the function auth may do.';

grant anon, authenticated to app_site;
grant anon, authenticated, service_webhooks, service_cron, service_auth to app_functions;

-- A page or an event that takes longer than this has gone wrong.
alter role app_site set statement_timeout = '8s';
alter role app_site set lock_timeout = '4s';
alter role app_site set idle_in_transaction_session_timeout = '15s';
alter role app_functions set statement_timeout = '15s';
alter role app_functions set lock_timeout = '8s';
alter role app_functions set idle_in_transaction_session_timeout = '30s';

-- Policies make plans look dearer than they run; compiling them takes longer than running them.
alter role app_site set jit = off;
alter role app_functions set jit = off;

grant usage on schema public to service_webhooks, service_cron, service_auth;
grant usage on schema private to anon, authenticated, service_webhooks, service_cron, service_auth;

----------------------------------------------------------------------------------------------------
-- Triggers that many tables share
----------------------------------------------------------------------------------------------------

create function private.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function private.touch_updated_at() is 'Sets updated_at to now at every change of a row.';

create function private.keep_tenant()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if old.tenant_id is not null and new.tenant_id is distinct from old.tenant_id then
    raise exception 'tenant_id of %.% never changes', tg_table_schema, tg_table_name
      using errcode = 'restrict_violation',
        hint = 'Make a new row in the other tenant instead.';
  end if;
  return new;
end
$$;
comment on function private.keep_tenant() is
  'Refuses to move a row to another tenant. A row that had no tenant may be given one, once.';
