-- Makes a bare PostgreSQL look like a Supabase project, before the migrations run.
--
-- Run as the superuser `postgres`, at every start: each statement may be repeated. What Supabase's
-- own Auth and Storage need (the tables of the schemas `auth` and `storage`, `auth.uid()` …) is made
-- by those services themselves right after this file.
-- On hosted Supabase and under `supabase start` this file is not used: all of it is there already.

----------------------------------------------------------------------------------------------------
-- Roles
----------------------------------------------------------------------------------------------------

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit')
    ) as role (name, options)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.options);
    end if;
  end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;
grant usage on schema public to anon, authenticated, service_role;

----------------------------------------------------------------------------------------------------
-- Schemas of the platform, and who may use what is made in them
----------------------------------------------------------------------------------------------------

create schema if not exists extensions;
grant usage on schema extensions to public;
-- The migrations take the default "everyone may run a new function" away; extensions keep it.
alter default privileges in schema extensions grant execute on functions to public;

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role;
alter default privileges in schema auth grant execute on functions to public;

-- Storage's tables are guarded by row level security, as they are on Supabase.
create schema if not exists storage;
grant usage on schema storage to anon, authenticated, service_role;
alter default privileges in schema storage
  grant select, insert, update, delete on tables to anon, authenticated, service_role;
alter default privileges in schema storage grant execute on functions to public;
grant select, insert, update, delete on all tables in schema storage
to anon, authenticated, service_role;

----------------------------------------------------------------------------------------------------
-- Vault: the functions and the view of `supabase_vault`. Values are not encrypted here; only the
-- superuser may read them.
----------------------------------------------------------------------------------------------------

create schema if not exists vault;
revoke all on schema vault from public;

create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text unique,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea,
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);

create or replace view vault.decrypted_secrets as
select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
from vault.secrets;

create or replace function vault.create_secret(
  new_secret text,
  new_name text default null,
  new_description text default '',
  new_key_id uuid default null
)
returns uuid
language sql
set search_path = ''
as $$
  insert into vault.secrets (secret, name, description, key_id)
  values (new_secret, new_name, new_description, new_key_id)
  returning id
$$;

create or replace function vault.update_secret(
  secret_id uuid,
  new_secret text default null,
  new_name text default null,
  new_description text default null,
  new_key_id uuid default null
)
returns void
language sql
set search_path = ''
as $$
  update vault.secrets
  set
    secret = coalesce(new_secret, secret),
    name = coalesce(new_name, name),
    description = coalesce(new_description, description),
    key_id = coalesce(new_key_id, key_id),
    updated_at = current_timestamp
  where id = secret_id
$$;

revoke all on all tables in schema vault from public;
revoke execute on all functions in schema vault from public;

----------------------------------------------------------------------------------------------------
-- pg_net: its functions and tables. A worker outside of the database drains `http_request_queue`
-- and writes `_http_response`; it listens on the channel `pg_net`.
----------------------------------------------------------------------------------------------------

create schema if not exists net;
revoke all on schema net from public;

do $$
begin
  if to_regtype('net.http_method') is null then
    create domain net.http_method as text check (upper(value) in ('GET', 'POST', 'DELETE'));
  end if;
end
$$;

create unlogged table if not exists net.http_request_queue (
  id bigserial primary key,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table if not exists net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);

create index if not exists _http_response_created_idx on net._http_response (created);
-- The real worker keeps answers for six hours.
delete from net._http_response where created < now() - interval '6 hours';

create or replace function net.wake()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('pg_net', '');
  return null;
end
$$;

create or replace trigger wake_worker
after insert on net.http_request_queue
for each statement execute function net.wake();

-- Percent-encodes everything but the unreserved characters of RFC 3986.
create or replace function net._urlencode_string(string text)
returns text
language sql
immutable
strict
set search_path = ''
as $$
  select coalesce(
    string_agg(
      case
        when chr(byte) ~ '[A-Za-z0-9._~-]' then chr(byte)
        else '%' || upper(lpad(to_hex(byte), 2, '0'))
      end,
      '' order by position
    ),
    ''
  )
  from (
    select position, get_byte(convert_to(string, 'UTF8'), position) as byte
    from generate_series(0, octet_length(convert_to(string, 'UTF8')) - 1) as position
  ) as bytes
$$;

create or replace function net._url_with_params(url text, params jsonb)
returns text
language sql
stable
set search_path = ''
as $$
  select url || coalesce(
    case when strpos(url, '?') > 0 then '&' else '?' end
      || string_agg(net._urlencode_string(key) || '=' || net._urlencode_string(value), '&'),
    ''
  )
  from jsonb_each_text(params)
$$;

create or replace function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds integer default 2000
)
returns bigint
language sql
strict
set search_path = ''
as $$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._url_with_params(url, params), headers, timeout_milliseconds)
  returning id
$$;

create or replace function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds integer default 2000
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  content_type text;
  request_id bigint;
begin
  select value into content_type
  from jsonb_each_text(coalesce(headers, '{}'::jsonb))
  where lower(key) = 'content-type'
  limit 1;
  if content_type is null then
    headers := coalesce(headers, '{}'::jsonb) || '{"Content-Type": "application/json"}'::jsonb;
  elsif content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST',
    net._url_with_params(url, params),
    headers,
    convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id into request_id;
  return request_id;
end
$$;

create or replace function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds integer default 2000,
  body jsonb default null
)
returns bigint
language sql
set search_path = ''
as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE',
    net._url_with_params(url, params),
    headers,
    convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id
$$;
