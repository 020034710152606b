----------------------------------------------------------------------------------------------------
-- Money by hand: an agent takes cash and shows the receipt, somebody else checks it.
----------------------------------------------------------------------------------------------------

alter table public.tenants
  add column tax_percent numeric(5, 2) not null default 18
    check (tax_percent >= 0 and tax_percent <= 50);
comment on column public.tenants.tax_percent is
  'Value added tax that is in our prices, in percent. For money that we take ourselves; Paddle reckons its own.';

create table public.lead_payment_attempts (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  lead_id uuid not null,
  method text not null check (method in ('cash', 'card')),
  status text not null default 'pending'
    check (
      status in ('pending', 'succeeded', 'failed', 'canceled', 'rejected', 'needs_info')
    ),
  plan_id uuid not null,
  amount_cents integer not null check (amount_cents > 0),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  receipt_number text check (char_length(receipt_number) between 1 and 60),
  received_at timestamptz not null,
  proof_id uuid,
  note text check (char_length(note) between 1 and 1000),
  is_resubmission boolean not null default false,
  resubmitted_at timestamptz,
  -- A super admin who checks is of another tenant, so this cannot carry it.
  verified_by uuid references auth.users (id) on delete set null,
  verified_at timestamptz,
  verification_note text check (char_length(verification_note) between 1 and 1000),
  subscription_id uuid unique,
  created_by uuid not null,
  is_waiting boolean not null generated always as (status in ('pending', 'needs_info')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (lead_id, tenant_id) references public.member_leads (id, tenant_id),
  foreign key (plan_id, tenant_id) references public.membership_plans (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id),
  foreign key (created_by, tenant_id) references public.profiles (id, tenant_id),
  check ((status = 'succeeded') = (subscription_id is not null))
);

create table public.payment_proofs (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  lead_id uuid not null,
  attempt_id uuid,
  uploaded_by uuid not null,
  bucket text not null default 'payment-proofs' check (bucket = 'payment-proofs'),
  file_path text not null unique,
  file_name text not null check (char_length(file_name) between 1 and 255),
  file_type text not null
    check (
      file_type in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp', 'image/heic')
    ),
  -- 15 MB, as the bucket says.
  file_size integer not null check (file_size between 1 and 15728640),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  object_version text,
  confirmed_at timestamptz,
  erased_at timestamptz,
  is_readable boolean not null generated always as (
    confirmed_at is not null and erased_at is null
  ) stored,
  created_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (lead_id, tenant_id) references public.member_leads (id, tenant_id),
  foreign key (attempt_id, tenant_id) references public.lead_payment_attempts (id, tenant_id),
  foreign key (uploaded_by, tenant_id) references public.profiles (id, tenant_id),
  check (file_path = 'tenants/' || tenant_id || '/leads/' || lead_id || '/' || id)
);

alter table public.lead_payment_attempts
  add foreign key (proof_id, tenant_id) references public.payment_proofs (id, tenant_id);

create unique index lead_payment_attempts_open_key on public.lead_payment_attempts (lead_id)
  where status in ('pending', 'needs_info');
create index lead_payment_attempts_lead_idx on public.lead_payment_attempts (lead_id, tenant_id);
create index lead_payment_attempts_plan_idx on public.lead_payment_attempts (plan_id, tenant_id);
create index lead_payment_attempts_proof_idx on public.lead_payment_attempts (proof_id, tenant_id);
create index lead_payment_attempts_subscription_idx
  on public.lead_payment_attempts (subscription_id, tenant_id);
create index lead_payment_attempts_created_by_idx
  on public.lead_payment_attempts (created_by, tenant_id);
create index lead_payment_attempts_verified_by_idx on public.lead_payment_attempts (verified_by);
create index lead_payment_attempts_tenant_idx
  on public.lead_payment_attempts (tenant_id, created_at desc, id desc);
create index lead_payment_attempts_receipt_idx
  on public.lead_payment_attempts (tenant_id, receipt_number) where receipt_number is not null;
create index payment_proofs_lead_idx on public.payment_proofs (lead_id, tenant_id);
create index payment_proofs_attempt_idx on public.payment_proofs (attempt_id, tenant_id);
create index payment_proofs_uploaded_by_idx on public.payment_proofs (uploaded_by, tenant_id);
create index payment_proofs_tenant_idx on public.payment_proofs (tenant_id, sha256);
create index payment_proofs_loose_idx on public.payment_proofs (created_at)
  where attempt_id is null;

comment on table public.lead_payment_attempts is
  'Payments of leads that are to be checked, and what became of each. The amount is the price of the plan.';
comment on column public.lead_payment_attempts.id is 'Made by the database.';
comment on column public.lead_payment_attempts.tenant_id is 'Country of the lead. Never changes.';
comment on column public.lead_payment_attempts.lead_id is 'Who paid (see member_leads).';
comment on column public.lead_payment_attempts.method is 'cash, or card.';
comment on column public.lead_payment_attempts.status is
  'pending: waits to be checked. needs_info: the agent was asked. succeeded, rejected, canceled (by the agent) or failed.';
comment on column public.lead_payment_attempts.plan_id is 'What was bought (see membership_plans).';
comment on column public.lead_payment_attempts.amount_cents is
  'What was paid, tax included, in cents: the price of the plan on that day. Set by the database.';
comment on column public.lead_payment_attempts.currency is 'Currency, three capital letters. Set by the database.';
comment on column public.lead_payment_attempts.receipt_number is 'Number of the paper receipt, if there is one.';
comment on column public.lead_payment_attempts.received_at is 'When the agent took the money.';
comment on column public.lead_payment_attempts.proof_id is 'Photo or scan of the receipt (see payment_proofs).';
comment on column public.lead_payment_attempts.note is 'What the agent says about it.';
comment on column public.lead_payment_attempts.is_resubmission is 'Yes if it was handed in again after a question.';
comment on column public.lead_payment_attempts.resubmitted_at is 'When it was last handed in again.';
comment on column public.lead_payment_attempts.verified_by is 'Who decided, or asked.';
comment on column public.lead_payment_attempts.verified_at is 'When.';
comment on column public.lead_payment_attempts.verification_note is
  'Why it was rejected, or what was asked.';
comment on column public.lead_payment_attempts.subscription_id is
  'The membership that came of it (see subscriptions).';
comment on column public.lead_payment_attempts.created_by is 'Who handed it in (see profiles).';
comment on column public.lead_payment_attempts.is_waiting is 'Whether it is undecided. Set by the database.';
comment on column public.lead_payment_attempts.created_at is 'When it was handed in. Set by the database.';
comment on column public.lead_payment_attempts.updated_at is 'When the row last changed. Set by the database.';

comment on table public.payment_proofs is
  'Photos and scans of receipts. Put there by the function documents, after it looked at what they are.';
comment on column public.payment_proofs.id is 'Made by the database.';
comment on column public.payment_proofs.tenant_id is 'Country of the lead. Never changes.';
comment on column public.payment_proofs.lead_id is 'Whose payment it shows (see member_leads).';
comment on column public.payment_proofs.attempt_id is
  'The payment it was handed in with; empty if the form was never finished, then it is removed after a day.';
comment on column public.payment_proofs.uploaded_by is 'Who uploaded it (see profiles).';
comment on column public.payment_proofs.bucket is 'Bucket in Storage.';
comment on column public.payment_proofs.file_path is
  'Where it lies in the bucket: tenants/<country>/leads/<lead>/<proof>.';
comment on column public.payment_proofs.file_name is 'Name of the file as the uploader had it.';
comment on column public.payment_proofs.file_type is 'Kind of file by its content.';
comment on column public.payment_proofs.file_size is 'Size in bytes; at most 15 MB.';
comment on column public.payment_proofs.sha256 is
  'Fingerprint of the content (SHA-256, hexadecimal): by it one sees that the same receipt was handed in twice.';
comment on column public.payment_proofs.object_version is
  'Storage''s name for the upload that was looked at. A file that was replaced since is not read.';
comment on column public.payment_proofs.confirmed_at is 'When the file was found to be there; empty until then.';
comment on column public.payment_proofs.erased_at is
  'When it was taken out, because the person asked to be forgotten; the file is removed.';
comment on column public.payment_proofs.is_readable is 'Whether it may be read. Set by the database.';
comment on column public.payment_proofs.created_at is 'When it was uploaded. Set by the database.';

----------------------------------------------------------------------------------------------------
-- What a payment is, whoever writes it
----------------------------------------------------------------------------------------------------

create function private.price_attempt()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  plan public.membership_plans;
begin
  select * into plan from public.membership_plans
  where id = new.plan_id and tenant_id = new.tenant_id and is_active;
  if not found then
    raise exception 'the plan is not on offer' using errcode = 'foreign_key_violation';
  end if;
  if (new.amount_cents, new.currency) is distinct from (plan.price_cents, plan.currency)
    and num_nonnulls(new.amount_cents, new.currency) > 0
  then
    raise exception 'the amount is the price of the plan' using errcode = 'check_violation';
  end if;
  new.amount_cents := plan.price_cents;
  new.currency := plan.currency;
  return new;
end
$$;
comment on function private.price_attempt() is
  'Gives a payment the price of its plan, and refuses another one.';

create function private.guard_attempt()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.lead_id, new.method, new.plan_id, new.amount_cents, new.currency, new.created_by,
      new.created_at
    ) is distinct from (
      old.id, old.lead_id, old.method, old.plan_id, old.amount_cents, old.currency, old.created_by,
      old.created_at
    )
  then
    raise exception 'who paid what never changes' using errcode = 'restrict_violation';
  end if;
  if new.status <> old.status and (old.status, new.status) not in (
    ('pending', 'succeeded'), ('pending', 'rejected'), ('pending', 'needs_info'),
    ('pending', 'canceled'), ('pending', 'failed'),
    ('needs_info', 'pending'), ('needs_info', 'succeeded'), ('needs_info', 'rejected'),
    ('needs_info', 'canceled')
  ) then
    raise exception 'a payment does not go from % to %', old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  if not old.is_waiting
    and (
      new.receipt_number, new.received_at, new.proof_id, new.verified_at, new.subscription_id
    ) is distinct from (
      old.receipt_number, old.received_at, old.proof_id, old.verified_at, old.subscription_id
    )
  then
    raise exception 'a payment that was decided stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_attempt() is
  'Keeps who paid what, the way of a payment, and what was decided.';

create function private.guard_proof()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.lead_id, new.uploaded_by, new.bucket, new.file_path, new.file_type, new.file_size,
      new.created_at
    ) is distinct from (
      old.id, old.lead_id, old.uploaded_by, old.bucket, old.file_path, old.file_type, old.file_size,
      old.created_at
    )
    or (old.attempt_id is not null and new.attempt_id is distinct from old.attempt_id)
    or (
      old.confirmed_at is not null
      and (new.confirmed_at, new.object_version)
        is distinct from (old.confirmed_at, old.object_version)
    )
    or (old.sha256 is not null and new.sha256 is distinct from old.sha256 and new.erased_at is null)
    or (new.file_name <> old.file_name and new.file_name <> 'erased')
    or (old.erased_at is not null and new.erased_at is distinct from old.erased_at)
  then
    raise exception 'what a receipt is never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_proof() is 'Keeps what was uploaded, and that it was erased.';

create trigger a_price_attempt before insert on public.lead_payment_attempts
for each row execute function private.price_attempt();
create trigger a_guard_attempt before update on public.lead_payment_attempts
for each row execute function private.guard_attempt();
create trigger b_keep_tenant before update on public.lead_payment_attempts
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.lead_payment_attempts
for each row execute function private.touch_updated_at();
create trigger a_guard_proof before update on public.payment_proofs
for each row execute function private.guard_proof();
create trigger b_keep_tenant before update on public.payment_proofs
for each row execute function private.keep_tenant();

----------------------------------------------------------------------------------------------------
-- The files
----------------------------------------------------------------------------------------------------

create function private.announce_proof(lead uuid, name text, file_type text, file_size integer)
returns table (id uuid, bucket text, file_path text)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  of_lead public.member_leads := private.find_lead(announce_proof.lead);
  made uuid := gen_random_uuid();
begin
  if of_lead.agent_id is distinct from private.my_id() then
    raise exception 'lead not found' using errcode = 'no_data_found';
  elsif not of_lead.is_open then
    raise exception 'the lead is over' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if (
    select count(*) from public.payment_proofs
    where lead_id = of_lead.id and tenant_id = of_lead.tenant_id and attempt_id is null
  ) >= 20 then
    raise exception 'too many files' using errcode = 'program_limit_exceeded';
  end if;
  return query
  insert into public.payment_proofs
    (id, tenant_id, lead_id, uploaded_by, file_path, file_name, file_type, file_size)
  values (
    made, of_lead.tenant_id, of_lead.id, of_lead.agent_id,
    format('tenants/%s/leads/%s/%s', of_lead.tenant_id, of_lead.id, made),
    coalesce(
      left(private.plain_line(regexp_replace(announce_proof.name, '^.*[/\\]', '')), 255), 'file'
    ),
    announce_proof.file_type, announce_proof.file_size
  )
  returning payment_proofs.id, payment_proofs.bucket, payment_proofs.file_path;
end
$$;
comment on function private.announce_proof(uuid, text, text, integer) is
  'Says that a receipt of a lead is to be uploaded, for the lead''s agent; Storage then takes it from them.';

create function private.confirm_proof(proof uuid, uploader uuid, fingerprint text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.payment_proofs as kept
  set confirmed_at = now(), sha256 = fingerprint, object_version = coalesce(object.version, '')
  from storage.objects as object
  where kept.id = confirm_proof.proof and kept.uploaded_by = uploader
    and kept.confirmed_at is null and kept.erased_at is null
    and object.bucket_id = kept.bucket and object.name = kept.file_path
    and (object.metadata ->> 'size')::bigint = kept.file_size;
  return found;
end
$$;
comment on function private.confirm_proof(uuid, uuid, text) is
  'Notes that an announced receipt is there, in the size that was looked at. False if it is not.';

create function private.my_open_proofs()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file_path
  from public.payment_proofs
  where uploaded_by = (select private.my_id())
    and confirmed_at is null
    and created_at > now() - interval '10 minutes'
$$;
comment on function private.my_open_proofs() is
  'Paths that Storage takes a receipt for from the signed-in person.';

-- Looks at all of the country: who checks payments of one branch must see the other branch's receipt too.
create function private.attempt_warnings(attempt uuid)
returns table (proof_used_before boolean, receipt_used_before boolean)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select
    exists (
      select
      from public.payment_proofs as own
      join public.payment_proofs as other
        on other.tenant_id = own.tenant_id and other.sha256 = own.sha256 and other.id <> own.id
      where own.id = payment.proof_id
        and other.attempt_id is not null and other.attempt_id <> payment.id
    ),
    exists (
      select
      from public.lead_payment_attempts as other
      where other.tenant_id = payment.tenant_id and other.receipt_number = payment.receipt_number
        and other.id <> payment.id and other.status in ('pending', 'needs_info', 'succeeded')
    )
  from public.lead_payment_attempts as payment
  where payment.id = attempt_warnings.attempt
    and payment.tenant_id = any (array(select private.my_tenant_ids()))
    and (select private.my_role()) = any ('{branch_manager,tenant_admin,super_admin}'::text[])
$$;
comment on function private.attempt_warnings(uuid) is
  'Whether the same file, or the same receipt number, was handed in with another payment. For those who check payments.';

-- Reads by the caller's own rights, and writes down that they did.
create function private.note_proof_access(proof uuid, action text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.payment_proofs;
  acting uuid := private.my_id();
  my_role text := private.my_role();
begin
  select * into kept from public.payment_proofs as candidate
  where candidate.id = note_proof_access.proof
    and candidate.tenant_id = any (array(select private.my_tenant_ids()));
  if kept.id is not null and kept.is_readable
    and action in ('document.view', 'document.download')
    and (
      kept.uploaded_by = acting
      or my_role in ('tenant_admin', 'super_admin')
      or (
        my_role = 'branch_manager'
        and exists (
          select from public.member_leads
          where member_leads.id = kept.lead_id and branch_id = private.my_branch()
        )
      )
    )
  then
    perform private.record_audit(
      kept.tenant_id, action, 'payment_proof', kept.id::text,
      jsonb_build_object('lead_id', kept.lead_id)
    );
  else
    perform private.record_audit(
      coalesce(kept.tenant_id, private.my_tenant()), 'document.forbidden', 'payment_proof',
      note_proof_access.proof::text,
      jsonb_build_object('outcome', case when kept.id is null then 'not_found' else 'forbidden' end)
    );
  end if;
end
$$;
comment on function private.note_proof_access(uuid, text) is
  'Writes to the audit log that the signed-in person opened a receipt, or was refused one.';

----------------------------------------------------------------------------------------------------
-- Handing in
----------------------------------------------------------------------------------------------------

create function private.check_cash(lead public.member_leads, received_at timestamptz)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (lead).agent_id is distinct from private.my_id() then
    raise exception 'lead not found' using errcode = 'no_data_found';
  elsif received_at is null or received_at > now() + interval '10 minutes'
    or received_at < now() - interval '60 days'
  then
    raise exception 'the money was taken in the last sixty days' using errcode = 'check_violation';
  end if;
end
$$;
comment on function private.check_cash(public.member_leads, timestamptz) is
  'Refuses a payment that is not the agent''s own to hand in, or not of the last sixty days.';

create function private.attach_proof(proof uuid, lead uuid, attempt uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  if proof is null then
    return;
  end if;
  update public.payment_proofs as kept set attempt_id = attempt
  where kept.id = proof and kept.lead_id = attach_proof.lead and kept.is_readable
    and kept.uploaded_by = private.my_id()
    and (kept.attempt_id is null or kept.attempt_id = attempt);
  if not found then
    raise exception 'this receipt is not there' using errcode = 'foreign_key_violation';
  end if;
end
$$;
comment on function private.attach_proof(uuid, uuid, uuid) is
  'Ties a receipt that the agent uploaded for this lead to its payment, once.';

create function private.record_cash(
  lead uuid,
  plan uuid,
  receipt text,
  received_at timestamptz,
  proof uuid,
  note text default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  of_lead public.member_leads := private.find_lead(lead);
  waiting uuid;
  made uuid := gen_random_uuid();
begin
  perform private.check_cash(of_lead, record_cash.received_at);
  select id into waiting from public.lead_payment_attempts
  where lead_id = of_lead.id and is_waiting;
  if found then
    raise exception 'a payment of this lead waits already'
      using errcode = 'unique_violation', detail = waiting::text;
  elsif not of_lead.is_open then
    raise exception 'the lead is over' using errcode = 'object_not_in_prerequisite_state';
  end if;
  insert into public.lead_payment_attempts
    (id, tenant_id, lead_id, method, plan_id, receipt_number, received_at, note, created_by)
  values (
    made, of_lead.tenant_id, of_lead.id, 'cash', plan,
    left(private.plain_line(receipt), 60), record_cash.received_at,
    left(private.plain_text(record_cash.note), 1000), of_lead.agent_id
  );
  perform private.attach_proof(proof, of_lead.id, made);
  update public.lead_payment_attempts set proof_id = proof where id = made and proof is not null;
  update public.member_leads set status = 'payment_pending', plan_id = plan where id = of_lead.id;
  perform private.record_audit(
    of_lead.tenant_id, 'lead.payment_recorded', 'lead_payment_attempt', made::text,
    jsonb_build_object('lead_id', of_lead.id, 'plan_id', plan, 'has_proof', proof is not null)
  );
  return made;
end
$$;
comment on function private.record_cash(uuid, uuid, text, timestamptz, uuid, text) is
  'Hands in cash that the agent took for a plan, to be checked by somebody else.';

create function private.resubmit_cash(
  attempt uuid,
  receipt text,
  received_at timestamptz,
  proof uuid,
  note text default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  of_lead public.member_leads;
  now_is public.lead_payment_attempts;
begin
  of_lead := private.find_lead(
    (select lead_id from public.lead_payment_attempts where id = resubmit_cash.attempt)
  );
  perform private.check_cash(of_lead, resubmit_cash.received_at);
  select * into now_is from public.lead_payment_attempts
  where id = resubmit_cash.attempt for update;
  if now_is.status <> 'needs_info' then
    raise exception 'the payment has moved on' using errcode = 'object_not_in_prerequisite_state';
  end if;
  perform private.attach_proof(proof, of_lead.id, now_is.id);
  update public.lead_payment_attempts
  set
    status = 'pending', is_resubmission = true, resubmitted_at = now(),
    receipt_number = left(private.plain_line(receipt), 60),
    received_at = resubmit_cash.received_at,
    proof_id = coalesce(proof, proof_id),
    note = left(private.plain_text(resubmit_cash.note), 1000)
  where id = now_is.id;
  update public.member_leads set last_act_at = now(), expires_at = now() + interval '30 days'
  where id = of_lead.id;
  perform private.record_audit(
    of_lead.tenant_id, 'PAYMENT_RESUBMITTED', 'lead_payment_attempt', now_is.id::text,
    jsonb_build_object('lead_id', of_lead.id, 'new_proof', proof is not null)
  );
end
$$;
comment on function private.resubmit_cash(uuid, text, timestamptz, uuid, text) is
  'Hands a payment in again after a question; without a new receipt the former one stays.';

create function private.cancel_cash(attempt uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  of_lead public.member_leads;
  now_is public.lead_payment_attempts;
begin
  of_lead := private.find_lead(
    (select lead_id from public.lead_payment_attempts where id = cancel_cash.attempt)
  );
  if of_lead.agent_id is distinct from private.my_id() then
    raise exception 'lead not found' using errcode = 'no_data_found';
  end if;
  select * into now_is from public.lead_payment_attempts where id = cancel_cash.attempt for update;
  if now_is.status = 'canceled' then
    return;
  elsif not now_is.is_waiting then
    raise exception 'the payment has moved on' using errcode = 'object_not_in_prerequisite_state';
  end if;
  update public.lead_payment_attempts set status = 'canceled' where id = now_is.id;
  update public.member_leads set status = 'contacted' where id = of_lead.id;
  perform private.record_audit(
    of_lead.tenant_id, 'lead.payment_canceled', 'lead_payment_attempt', now_is.id::text,
    jsonb_build_object('lead_id', of_lead.id)
  );
end
$$;
comment on function private.cancel_cash(uuid) is
  'Takes a payment back that the agent handed in by mistake, while it is undecided.';

----------------------------------------------------------------------------------------------------
-- Checking. The approval is in the section after the cards.
----------------------------------------------------------------------------------------------------

-- Lead first, then payment: in this order everybody locks them.
create function private.begin_verifying(attempt uuid)
returns public.lead_payment_attempts
language plpgsql
security definer
set search_path = ''
as $$
declare
  me public.profiles;
  of_lead public.member_leads;
  found_attempt public.lead_payment_attempts;
begin
  select * into me from public.profiles where id = private.my_id() for share;
  select lead.* into of_lead
  from public.lead_payment_attempts as candidate
  join public.member_leads as lead on lead.id = candidate.lead_id
  where candidate.id = begin_verifying.attempt
    and candidate.tenant_id = any (array(select private.my_tenant_ids()))
    and (
      me.role in ('tenant_admin', 'super_admin')
      or (me.role = 'branch_manager' and lead.branch_id = me.branch_id)
      or lead.agent_id = me.id
    )
  for update of lead;
  if not found then
    raise exception 'payment not found' using errcode = 'no_data_found';
  end if;
  select * into found_attempt from public.lead_payment_attempts
  where id = begin_verifying.attempt for update;
  if me.id in (of_lead.agent_id, of_lead.created_by, found_attempt.created_by) then
    raise exception 'nobody verifies a payment of their own lead'
      using errcode = 'insufficient_privilege';
  end if;
  return found_attempt;
end
$$;
comment on function private.begin_verifying(uuid) is
  'A payment that whoever asks may decide, locked with its lead: administrators of the country, the manager of the branch, and never on their own lead.';

create function private.decide_against(attempt uuid, to_status text, why text, act text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  now_is public.lead_payment_attempts := private.begin_verifying(attempt);
  reason text := left(private.plain_text(why), 1000);
begin
  if reason is null then
    raise exception 'this needs a note' using errcode = 'check_violation';
  elsif now_is.status = to_status and now_is.verified_by = private.my_id() then
    return;
  elsif not now_is.is_waiting or now_is.status = to_status then
    raise exception 'the payment has moved on' using errcode = 'object_not_in_prerequisite_state';
  end if;
  update public.lead_payment_attempts
  set
    status = to_status, verified_by = private.my_id(), verified_at = now(),
    verification_note = reason
  where id = now_is.id;
  if to_status = 'rejected' then
    update public.member_leads set status = 'contacted' where id = now_is.lead_id;
  end if;
  perform private.record_audit(
    now_is.tenant_id, act, 'lead_payment_attempt', now_is.id::text,
    jsonb_build_object(
      'lead_id', now_is.lead_id, 'amount_cents', now_is.amount_cents, 'currency', now_is.currency
    )
  );
end
$$;
comment on function private.decide_against(uuid, text, text, text) is
  'Rejects a payment or asks about it, with a note. Doing so twice changes nothing.';

create function private.reject_cash(attempt uuid, note text)
returns void
language sql
security definer
set search_path = ''
as $$
  select private.decide_against(attempt, 'rejected', note, 'VERIFY_PAYMENT_REJECT')
$$;
comment on function private.reject_cash(uuid, text) is
  'Rejects a payment, with the reason for the agent; the lead is open again.';

create function private.ask_about_cash(attempt uuid, note text)
returns void
language sql
security definer
set search_path = ''
as $$
  select private.decide_against(attempt, 'needs_info', note, 'VERIFY_PAYMENT_NEEDS_INFO')
$$;
comment on function private.ask_about_cash(uuid, text) is
  'Asks the agent about a payment; it waits until they hand it in again.';

----------------------------------------------------------------------------------------------------
-- Who sees what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.announce_proof(uuid, text, text, integer), private.confirm_proof(uuid, uuid, text),
  private.my_open_proofs(), private.note_proof_access(uuid, text), private.attempt_warnings(uuid),
  private.check_cash(public.member_leads, timestamptz), private.attach_proof(uuid, uuid, uuid),
  private.record_cash(uuid, uuid, text, timestamptz, uuid, text),
  private.resubmit_cash(uuid, text, timestamptz, uuid, text), private.cancel_cash(uuid),
  private.begin_verifying(uuid), private.decide_against(uuid, text, text, text),
  private.reject_cash(uuid, text), private.ask_about_cash(uuid, text)
from public;
grant execute on function
  private.announce_proof(uuid, text, text, integer), private.my_open_proofs(),
  private.note_proof_access(uuid, text), private.attempt_warnings(uuid),
  private.record_cash(uuid, uuid, text, timestamptz, uuid, text),
  private.resubmit_cash(uuid, text, timestamptz, uuid, text), private.cancel_cash(uuid),
  private.reject_cash(uuid, text), private.ask_about_cash(uuid, text)
to authenticated;
grant execute on function private.confirm_proof(uuid, uuid, text) to service_documents;

alter table public.lead_payment_attempts enable row level security;
alter table public.lead_payment_attempts force row level security;
alter table public.payment_proofs enable row level security;
alter table public.payment_proofs force row level security;

grant select on public.lead_payment_attempts, public.payment_proofs to authenticated;

create policy "Payments stay inside their tenant" on public.lead_payment_attempts
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Who sees a lead sees its payments" on public.lead_payment_attempts
  for select to authenticated
  using (exists (select from public.member_leads where member_leads.id = lead_id));

create policy "Receipts stay inside their tenant" on public.payment_proofs
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see the receipts that they uploaded" on public.payment_proofs
  for select to authenticated
  using (uploaded_by = (select auth.uid()));
create policy "Those who check payments see the receipts" on public.payment_proofs
  for select to authenticated
  using (
    (select private.my_role()) = any ('{branch_manager,tenant_admin,super_admin}'::text[])
    and exists (select from public.member_leads where member_leads.id = lead_id)
  );

drop policy "Uploaders put the file that they announced" on storage.objects;
create policy "Uploaders put the file that they announced" on storage.objects
  for insert to authenticated
  with check (
    (
      (bucket_id = 'claim-evidence' and name = any (array(select private.my_open_uploads())))
      or (bucket_id = 'payment-proofs' and name = any (array(select private.my_open_proofs())))
    )
    and (select private.sign_in_counts())
    -- An upload address that may be used twice is not given out.
    and coalesce(current_setting('request.headers', true), '') !~* '"x-upsert": ?"true"'
  );
create policy "Readers of a receipt read its file" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'payment-proofs'
    and (select private.sign_in_counts())
    and exists (
      select from public.payment_proofs as proof
      where proof.file_path = objects.name
        and proof.bucket = objects.bucket_id
        and (
          (proof.is_readable and proof.object_version = coalesce(objects.version, ''))
          or (proof.confirmed_at is null and proof.uploaded_by = (select auth.uid()))
        )
    )
  );

select private.watch_by_hand('public.lead_payment_attempts');
select private.watch_by_hand('public.payment_proofs');

-- The sweep of files knows the second bucket.
create or replace function private.document_orphans(at timestamptz, max_rows integer default 500)
returns table (bucket text, file_path text)
language sql
stable
security definer
set search_path = ''
as $$
  -- A signed upload address lives for two hours, so what is a week old is left to the last part.
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.confirmed_at is null
      and document.upload_expires_at between at - interval '7 days' and at
    limit max_rows
  )
  union
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.deleted_at between at - interval '7 days' and at
    limit max_rows
  )
  union
  (
    select document.bucket, document.file_path
    from public.claim_documents as document
    join storage.objects as object
      on object.bucket_id = document.bucket and object.name = document.file_path
    where document.confirmed_at is null and document.refused_at <= at
      and document.upload_expires_at > at
    limit max_rows
  )
  union
  -- Whatever else lies there for longer than a day and is not read: what a week of sweeps missed, and
  -- files without a row, which nobody can put there but an operator by hand.
  (
    select object.bucket_id, object.name
    from storage.objects as object
    where object.bucket_id = 'claim-evidence' and object.created_at < at - interval '1 day'
      and not exists (
        select from public.claim_documents as document
        where document.file_path = object.name
          and (
            document.is_readable
            or document.deleted_at > at - interval '7 days'
            or (document.confirmed_at is null and document.upload_expires_at > at - interval '7 days')
          )
      )
    limit max_rows
  )
  union
  -- Receipts of forms that were never finished, of people who were forgotten, and without a row.
  (
    select object.bucket_id, object.name
    from storage.objects as object
    left join public.payment_proofs as proof on proof.file_path = object.name
    where object.bucket_id = 'payment-proofs'
      and (
        proof.erased_at <= at
        or (
          object.created_at < at - interval '1 day'
          and (proof.id is null or proof.confirmed_at is null or proof.attempt_id is null)
        )
      )
    limit max_rows
  )
$$;
