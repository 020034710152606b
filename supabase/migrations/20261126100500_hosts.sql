----------------------------------------------------------------------------------------------------
-- Hosts: a web address belongs to one country. Were it in two rows, visitors would come to whichever
-- is read first, and its mails would lead to the other's pages.
----------------------------------------------------------------------------------------------------

create function private.check_hosts()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  bad text;
begin
  select host into bad from unnest(new.hosts) as host
  where host is null or host !~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' or char_length(host) > 253
  limit 1;
  if found then
    raise exception 'a host is written in small letters, without https://, port or path: %', bad
      using errcode = 'check_violation';
  end if;
  select id into bad from public.tenants where id <> new.id and hosts && new.hosts limit 1;
  if found then
    raise exception 'a host belongs to % already', bad using errcode = 'unique_violation';
  end if;
  return new;
end
$$;
comment on function private.check_hosts() is
  'Refuses a web address that is another country''s, or not written as browsers send it.';
revoke all on function private.check_hosts() from public;

create trigger a_check_hosts before insert or update of hosts on public.tenants
for each row execute function private.check_hosts();
