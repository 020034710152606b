----------------------------------------------------------------------------------------------------
-- Mails about claims: enqueued in the transaction of what they tell of, each at most once. The words
-- are the mail templates'; here are the facts, exactly those that the template takes: one more or less,
-- and the mail could not be made.
----------------------------------------------------------------------------------------------------

create function private.enqueue_claim_mail(
  template text,
  claim_id uuid,
  user_id uuid,
  details jsonb,
  dedupe_key text
)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key, params)
  select
    claim.tenant_id, person.id, template, enqueue_claim_mail.dedupe_key,
    jsonb_build_object(
      'claimId', claim.id, 'claimNumber', claim.claim_number, 'title', claim.title
    ) || details
  from public.claims as claim
  join public.profiles as person
    on person.id = enqueue_claim_mail.user_id and person.tenant_id = claim.tenant_id
      and person.is_active
  left join public.notification_preferences as wanted on wanted.user_id = person.id
  where claim.id = enqueue_claim_mail.claim_id
    and coalesce(
      case
        when template in ('claim_message', 'claim_document_requested') then wanted.email_messages
        else wanted.email_claim_updates
      end,
      true
    )
  on conflict (dedupe_key) do nothing
$$;
comment on function private.enqueue_claim_mail(text, uuid, uuid, jsonb, text) is
  'Enqueues a mail about a claim, once, if the person wants mails of its kind. The details have the names by which the mail knows them.';
revoke all on function private.enqueue_claim_mail(text, uuid, uuid, jsonb, text) from public;

create function private.mail_claim_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if old.status = 'draft' and new.status = 'submitted' then
    perform private.enqueue_claim_mail(
      'claim_submitted', new.id, new.member_id, '{}', format('claim_submitted:%s', new.id)
    );
  elsif new.is_submitted and (select auth.uid()) is distinct from new.member_id then
    perform private.enqueue_claim_mail(
      'claim_status_changed', new.id, new.member_id,
      jsonb_build_object('status', new.status, 'note', new.status_reason),
      format('claim_status:%s:%s', new.id, gen_random_uuid())
    );
  end if;
  return null;
end
$$;
comment on function private.mail_claim_change() is
  'Mails the member that the claim was sent, and every move that somebody else made.';

create function private.mail_message()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.is_internal or new.sender_role = 'member' then
    return null;
  end if;
  -- One mail tells of several messages in a row; after a day unread, the next one is mailed again.
  if new.is_document_request or not exists (
    select from public.claim_messages
    where claim_id = new.claim_id and id <> new.id and read_at is null and not is_internal
      and sender_role <> 'member' and created_at > new.created_at - interval '1 day'
  ) then
    perform private.enqueue_claim_mail(
      case when new.is_document_request then 'claim_document_requested' else 'claim_message' end,
      new.claim_id, new.member_id,
      case
        when new.is_document_request then jsonb_build_object('note', left(new.body, 1000))
        else '{}'
      end,
      format('claim_message:%s', new.id)
    );
  end if;
  return null;
end
$$;
comment on function private.mail_message() is
  'Mails the member that staff or the agent wrote, or ask for a document.';

create trigger u_mail_claim_change after update on public.claims
for each row when (new.status is distinct from old.status)
execute function private.mail_claim_change();
create trigger u_mail_message after insert on public.claim_messages
for each row execute function private.mail_message();
