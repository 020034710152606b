----------------------------------------------------------------------------------------------------
-- What is kept of people in the tables of sales: in the copy of their data, in forgetting them, and
-- taken out by itself where nothing came of it.
----------------------------------------------------------------------------------------------------

insert into private.personal_data
  (table_name, person_columns, exported_where, hidden, erased, kept, rows_deleted, why)
values
  ('public.member_leads', '{agent_id,created_by,converted_user_id}', 'converted_user_id = $1',
   '{agent_id,created_by,branch_id}', '{first_name,last_name,email,phone,note,lost_reason}',
   '{locale,status,source}', false,
   'How a membership came about, for the books; who it was is gone. Leads of which nothing came lose their names after half a year.'),
  ('public.lead_payment_attempts', '{verified_by,created_by}',
   'lead_id in (select id from public.member_leads where converted_user_id = $1)',
   '{verified_by,created_by}', '{note,verification_note}',
   '{method,status,receipt_number}', false,
   'What was paid by hand belongs to the books. Number and amount stay, words go.'),
  ('public.payment_proofs', '{uploaded_by}',
   'lead_id in (select id from public.member_leads where converted_user_id = $1)',
   '{uploaded_by,object_version}', '{file_name,sha256}', '{bucket,file_path,file_type,object_version}',
   false,
   'Photos of receipts have names on them: the file is removed from Storage. That there was one stays.'),
  ('public.membership_cards', '{user_id}', 'user_id = $1', '{token_hash,generation}', '{}',
   '{card_number,status,token_hash}', false, 'Taken back, and worth nothing without the person.'),
  ('public.welcome_tokens', '{user_id}', 'user_id = $1', '{token_hash}', '{}', '{token_hash}', false,
   'Links that lead nowhere once the account is gone.'),
  ('public.member_notes', '{member_id,author_id}', 'member_id = $1', '{author_id,author_name}', '{}',
   '{type,body,author_name}', true,
   'What was written about the person is in their copy, and goes with them.'),
  ('public.member_activities', '{member_id,author_id}', 'member_id = $1', '{author_id,author_name}',
   '{}', '{kind,summary,author_name}', true, 'Likewise.'),
  ('public.referral_clicks', '{agent_id}', 'agent_id = $1', '{}', '{}', '{}', false,
   'Counts of an agent''s link; nothing of who came.');
update private.personal_data
set
  person_columns = person_columns || '{approved_by,paid_by}', hidden = hidden || '{approved_by,paid_by}',
  kept = kept || '{payout_reference}'
where table_name = 'public.agent_commissions';
update private.personal_data set kept = kept || '{provider}'
where table_name = 'public.billing_invoices';

create function private.erase_leads(lead_ids uuid[])
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  done bigint;
begin
  update public.lead_payment_attempts set note = null, verification_note = null
  where lead_id = any (lead_ids) and num_nonnulls(note, verification_note) > 0;
  update public.payment_proofs set erased_at = now(), file_name = 'erased', sha256 = null
  where lead_id = any (lead_ids) and erased_at is null;
  update public.member_leads
  set
    first_name = '', last_name = '', email = 'erased@invalid', phone = null, note = null,
    lost_reason = null, erased_at = now()
  where id = any (lead_ids) and erased_at is null;
  get diagnostics done = row_count;
  return done;
end
$$;
comment on function private.erase_leads(uuid[]) is
  'Takes names, addresses, words and receipts out of leads. Returns how many.';

create function private.erase_sales(person uuid, address text, tenant text)
returns table (step text, done bigint)
language plpgsql
security definer
set search_path = ''
as $$
declare
  lead_ids uuid[] := array(
    select id from public.member_leads
    where converted_user_id = person or (tenant_id = tenant and email = lower(address))
  );
begin
  -- Nobody goes on with somebody who wants to be forgotten.
  update public.lead_payment_attempts set status = 'canceled'
  where lead_id = any (lead_ids) and is_waiting;
  update public.member_leads set status = 'contacted'
  where id = any (lead_ids) and status = 'payment_pending';
  update public.member_leads set status = 'expired'
  where id = any (lead_ids) and status in ('new', 'contacted');
  done := private.erase_leads(lead_ids);
  step := 'leads';
  return next;
  delete from public.member_notes where member_id = person;
  get diagnostics done = row_count;
  step := 'notes';
  return next;
  delete from public.member_activities where member_id = person;
  get diagnostics done = row_count;
  step := 'activities';
  return next;
  update public.membership_cards set status = 'revoked', revoked_at = now()
  where user_id = person and status <> 'revoked';
  get diagnostics done = row_count;
  step := 'cards';
  return next;
end
$$;
comment on function private.erase_sales(uuid, text, text) is
  'Takes a person out of leads, notes and activities, and takes their cards back.';

create or replace function private.carry_out_deletion(request_id uuid, at timestamptz)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  request public.privacy_requests;
  person public.profiles;
  part record;
begin
  -- Whoever takes it back at this moment waits, and finds it done; or this finds it taken back.
  select * into request from public.privacy_requests
  where id = request_id and kind = 'deletion' and status = 'pending' and due_at <= at
  for update skip locked;
  if not found then
    return false;
  end if;
  select * into person from public.profiles where id = request.user_id for update;
  if private.renews(person.id) or person.role <> 'member' then
    return false;
  end if;
  -- First, so that what follows notifies and mails nobody who is being forgotten.
  update public.profiles set is_active = false where id = person.id;
  for part in
    select * from private.erase_claims(person.id)
    union all
    select * from private.erase_mails(person.id, person.email, person.tenant_id)
    union all
    select * from private.erase_sales(person.id, person.email, person.tenant_id)
    union all
    select * from private.erase_account(person.id)
  loop
    perform private.record_audit(
      request.tenant_id, 'privacy.data_erased', 'privacy_request', request.id::text,
      jsonb_build_object('step', part.step, 'count', part.done)
    );
  end loop;
  update public.privacy_requests set status = 'completed', completed_at = now(), note = null
  where id = request.id;
  update public.privacy_requests
  set status = case when status = 'ready' then 'expired' else status end, note = null
  where user_id = person.id and id <> request.id and (status = 'ready' or note is not null);
  perform private.record_audit(
    request.tenant_id, 'privacy.data_deletion_completed', 'privacy_request', request.id::text,
    jsonb_build_object('person', person.id)
  );
  return true;
end
$$;

----------------------------------------------------------------------------------------------------
-- The job: leads that expire, memberships by hand that end, and what is taken out.
----------------------------------------------------------------------------------------------------

create function private.sweep_sales(at timestamptz default now(), max_rows integer default 5000)
returns table (leads bigint, memberships bigint, cards bigint, erased bigint, receipts bigint)
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.member_leads set status = 'expired'
  where id in (
    select id from public.member_leads
    where status in ('new', 'contacted') and expires_at <= at
    order by expires_at
    limit max_rows
    for update skip locked
  );
  get diagnostics leads = row_count;
  with ended as (
    update public.subscriptions set status = 'expired'
    where id in (
      select id from public.subscriptions
      where provider = 'cash' and status = 'active' and current_period_end <= at
      order by current_period_end
      limit max_rows
      for update skip locked
    )
    returning id, tenant_id, user_id
  ), told as (
    insert into public.audit_log
      (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select
      tenant_id, 'sales-sweep', 'subscription.expired', 'subscription', id::text,
      jsonb_build_object('member_id', user_id)
    from ended
    returning 1
  )
  select count(*) into memberships from ended;
  update public.membership_cards as card
  set status = 'expired'
  from public.subscriptions as membership
  where membership.id = card.subscription_id and card.status = 'active'
    and card.expires_at <= at
    and membership.status in ('expired', 'canceled') and membership.current_period_end <= at;
  get diagnostics cards = row_count;
  erased := private.erase_leads(array(
    select id from public.member_leads
    where status in ('lost', 'disqualified', 'expired') and erased_at is null
      and last_act_at < at - interval '180 days'
    order by last_act_at
    limit max_rows
  ));
  -- The file goes with the sweep of files, by its row while there is one and without it afterwards.
  delete from public.payment_proofs
  where attempt_id is null and created_at < at - interval '2 days';
  get diagnostics receipts = row_count;
  return next;
end
$$;
comment on function private.sweep_sales(timestamptz, integer) is
  'Marks leads that expired and memberships by hand and cards that are over, takes names out of leads that ended half a year ago, and forgets receipts that were never handed in. Returns how many.';

create function private.run_sweep_sales()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  begun timestamptz := clock_timestamp();
  done record;
begin
  select * into done from private.sweep_sales();
  insert into public.cron_runs (job, started_at, finished_at, result, counts)
  values ('sales-sweep', begun, clock_timestamp(), 'ok', to_jsonb(done));
end
$$;
comment on function private.run_sweep_sales() is
  'Does what the clock does to leads, memberships by hand and cards, and writes down that it did. For pg_cron.';

revoke all on function
  private.erase_leads(uuid[]), private.erase_sales(uuid, text, text),
  private.sweep_sales(timestamptz, integer), private.run_sweep_sales()
from public;

insert into public.cron_jobs (job, every, description)
values (
  'sales-sweep', '1 hour',
  'Ends leads nobody works on and memberships that were paid by hand and are over; takes old names out.'
);

do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule('sales-sweep', '17 * * * *', $job$select private.run_sweep_sales()$job$);
end
$$;
