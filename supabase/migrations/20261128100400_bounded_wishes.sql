----------------------------------------------------------------------------------------------------
-- What an attacker found: links to a former address, mails without end, wishes that block others.
----------------------------------------------------------------------------------------------------

-- Auth empties these when a link is used; not when the address becomes another one, and whoever has the
-- former mailbox could take the account for another hour.
create function private.end_reset_links()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  new.recovery_token := '';
  -- What Auth keeps differs by version.
  if to_regclass('auth.one_time_tokens') is not null then
    execute $delete$
      delete from auth.one_time_tokens
      where user_id::text = $1 and token_type::text = 'recovery_token'
    $delete$ using new.id::text;
  end if;
  return new;
end
$$;
comment on function private.end_reset_links() is
  'Takes links for a new password away when the address or the password becomes another one.';
revoke all on function private.end_reset_links() from public;

create trigger end_reset_links before update of email, encrypted_password on auth.users
for each row when (
  old.email is distinct from new.email
  or old.encrypted_password is distinct from new.encrypted_password
)
execute function private.end_reset_links();

create or replace function private.request_deletion(reason text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
  request public.privacy_requests;
begin
  select * into me from public.profiles where id = private.my_id() for update;
  if not found then
    raise exception 'nobody is signed in' using errcode = 'insufficient_privilege';
  end if;
  if me.role <> 'member' then
    raise exception 'only members ask for deletion here' using
      errcode = 'insufficient_privilege', hint = 'An administrator ends the account of staff.';
  end if;
  if private.renews(me.id) then
    raise exception 'a membership still renews' using errcode = 'check_violation',
      hint = 'Let it end first; what was paid for can be used until the day of the deletion.';
  end if;
  if exists (
    select from public.privacy_requests
    where user_id = me.id and kind = 'deletion' and status = 'pending'
  ) then
    raise exception 'deletion is already requested' using errcode = 'unique_violation';
  end if;
  -- Each is a mail, and may be taken back at once.
  if not (
    select taken.allowed
    from private.take_rate_limit('deletion requests', me.id::text, 5, '1 day') as taken
  ) then
    raise exception 'asked too often' using errcode = 'PT429';
  end if;
  insert into public.privacy_requests (tenant_id, user_id, kind, status, due_at, note)
  values (
    me.tenant_id, me.id, 'deletion', 'pending', now() + interval '30 days',
    nullif(left(trim(reason), 1000), '')
  )
  returning * into request;
  insert into public.engagement_email_sends
    (tenant_id, user_id, template_key, dedupe_key, params, send_until)
  values (
    me.tenant_id, me.id, 'deletion_requested', 'deletion_requested:' || request.id,
    jsonb_build_object('dueAt', private.instant_text(request.due_at)), request.due_at
  );
  perform private.record_audit(
    me.tenant_id, 'privacy.data_deletion_requested', 'privacy_request', request.id::text,
    jsonb_build_object('due_at', request.due_at)
  );
  return request.id;
end
$$;

create or replace function private.due_deletions(at timestamptz, max_rows integer default 100)
returns table (request_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
  select request.id
  from public.privacy_requests as request
  where request.kind = 'deletion' and request.status = 'pending' and request.due_at <= at
    -- Whoever works here by now is not forgotten by this; nor do they keep others waiting.
    and exists (
      select from public.profiles where id = request.user_id and role = 'member'
    )
    -- Would be charged on by Paddle: they took it up again, and will be forgotten when it ends.
    and not private.renews(request.user_id)
    -- A mail is on its way this minute; it comes to an end first.
    and not exists (
      select from public.engagement_email_sends as mail
      where mail.user_id = request.user_id and mail.status = 'pending' and mail.batch_id is not null
    )
  order by request.due_at, request.id
  limit max_rows
$$;
