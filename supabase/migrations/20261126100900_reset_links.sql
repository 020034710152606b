----------------------------------------------------------------------------------------------------
-- Links for a new password: whose they are, so that nobody chooses their own name or address. Auth
-- tells that only by using the link up.
----------------------------------------------------------------------------------------------------

create function private.owner_of_reset_link(token_hash text)
returns table (email text, full_name text)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select person.email, person.full_name
  from auth.users as account
  join public.profiles as person on person.id = account.id
  where account.recovery_token = owner_of_reset_link.token_hash
    and owner_of_reset_link.token_hash <> ''
    and account.recovery_sent_at > now() - interval '1 hour'
$$;
comment on function private.owner_of_reset_link(text) is
  'Address and name of the person whose password a link would change; nobody for a link that is too old. Uses nothing up.';
revoke all on function private.owner_of_reset_link(text) from public;
grant execute on function private.owner_of_reset_link(text) to service_auth;
