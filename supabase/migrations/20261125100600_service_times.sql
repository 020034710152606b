----------------------------------------------------------------------------------------------------
-- Service times: by when staff are to act. One definition, here:
--
-- Triage: within 4 operating hours after a claim was sent, it is moved on or its member is answered.
-- Update: within 24 operating hours after triage, and after whatever the member sends once staff have
-- answered, the member gets to see something: a move, a message, a document.
--
-- The queue, its due-in and its warnings all read `claims.queue_at`.
----------------------------------------------------------------------------------------------------

create table public.tenant_service_times (
  tenant_id text primary key references public.tenants (id),
  opens_at time not null default '08:00',
  closes_at time not null default '17:00',
  time_zone text not null,
  triage_hours numeric(5, 2) not null default 4 check (triage_hours > 0),
  update_hours numeric(5, 2) not null default 24 check (update_hours > 0),
  triage_warning_hours numeric(5, 2) not null default 1 check (triage_warning_hours >= 0),
  update_warning_hours numeric(5, 2) not null default 4 check (update_warning_hours >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (closes_at > opens_at)
);

comment on table public.tenant_service_times is
  'When staff of a country work, every day of the week, and how soon they are to act.';
comment on column public.tenant_service_times.tenant_id is 'The country.';
comment on column public.tenant_service_times.opens_at is 'Begin of the working day, local time.';
comment on column public.tenant_service_times.closes_at is 'End of the working day, local time.';
-- The time zone database knows no Europe/Pristina; Kosovo's clock is in it as Europe/Belgrade.
comment on column public.tenant_service_times.time_zone is
  'Whose local time, a name that PostgreSQL knows. Prishtina''s is Europe/Belgrade.';
comment on column public.tenant_service_times.triage_hours is
  'Operating hours from sending to triage.';
comment on column public.tenant_service_times.update_hours is
  'Operating hours until the member gets to see something.';
comment on column public.tenant_service_times.triage_warning_hours is
  'How many operating hours before the end of triage time staff are warned.';
comment on column public.tenant_service_times.update_warning_hours is
  'How many operating hours before an update is due staff are warned.';
comment on column public.tenant_service_times.created_at is 'When the row was made. Set by the database.';
comment on column public.tenant_service_times.updated_at is
  'When the row last changed. Set by the database.';

create function private.check_service_times()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from pg_catalog.pg_timezone_names where name = new.time_zone) then
    raise exception 'there is no time zone %', new.time_zone using errcode = 'check_violation';
  end if;
  return new;
end
$$;
comment on function private.check_service_times() is 'Refuses a time zone that there is not.';

create function private.begin_service_times()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.tenant_service_times (tenant_id, time_zone)
  values (new.id, new.time_zone)
  on conflict (tenant_id) do nothing;
  return null;
end
$$;
comment on function private.begin_service_times() is 'Gives a new country the usual service times.';

create function private.audit_service_times()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.record_audit(
    new.tenant_id, 'settings.updated', 'tenant_service_times', new.tenant_id,
    jsonb_build_object('before', to_jsonb(old), 'after', to_jsonb(new))
  );
  return null;
end
$$;
comment on function private.audit_service_times() is 'Writes changed service times to the audit log.';

create trigger a_check_service_times before insert or update of time_zone
on public.tenant_service_times
for each row execute function private.check_service_times();
create trigger b_keep_tenant before update on public.tenant_service_times
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.tenant_service_times
for each row execute function private.touch_updated_at();
create trigger audit_service_times after update on public.tenant_service_times
for each row execute function private.audit_service_times();
create trigger begin_service_times after insert on public.tenants
for each row execute function private.begin_service_times();

insert into public.tenant_service_times (tenant_id, time_zone)
select id, time_zone from public.tenants;

-- Whole days are counted, so a deadline in a month costs no more than one in an hour. A deadline that
-- falls on closing time is at closing time, not at the next opening.
create function private.operating_deadline(tenant text, from_at timestamptz, hours numeric)
returns timestamptz
language sql
stable
set search_path = ''
as $$
  with kept as (
    select
      time_zone, opens_at,
      extract(epoch from closes_at - opens_at) as day_length,
      from_at at time zone time_zone as began
    from public.tenant_service_times
    where tenant_id = tenant
  ), counted as (
    select
      *,
      hours * 3600
        + least(greatest(extract(epoch from began::time - opens_at), 0), day_length) as total
    from kept
  ), whole as (
    select *, greatest(ceil(total / day_length) - 1, 0)::integer as days from counted
  )
  select
    (
      began::date + days + opens_at + make_interval(secs => (total - days * day_length)::double precision)
    ) at time zone time_zone
  from whole
$$;
comment on function private.operating_deadline(text, timestamptz, numeric) is
  'The moment so many operating hours after another, in a country.';

----------------------------------------------------------------------------------------------------
-- What is due, kept with the claim
----------------------------------------------------------------------------------------------------

alter table public.claims
  add column triage_due_at timestamptz,
  add column triaged_at timestamptz,
  add column update_due_at timestamptz,
  add column last_update_at timestamptz,
  add column sla_told text not null default 'none'
    check (sla_told in ('none', 'warning', 'breached')),
  add column queue_at timestamptz not null generated always as (
    case
      when status in ('submitted', 'verification', 'evaluation', 'negotiation', 'court')
      then coalesce(case when triaged_at is null then triage_due_at else update_due_at end, 'infinity')
      else 'infinity'
    end
  ) stored;

comment on column public.claims.triage_due_at is
  'By when it is to be triaged. Stays, to be compared with triaged_at. Set by the database.';
comment on column public.claims.triaged_at is
  'When staff first moved it on or answered the member; empty until then. Set by the database.';
comment on column public.claims.update_due_at is
  'By when the member is to see something; empty while nothing is owed. Set by the database.';
comment on column public.claims.last_update_at is
  'When staff last let the member see something. Set by the database.';
comment on column public.claims.sla_told is
  'What staff were told about what is due now: none, warning, breached. Set by the database.';
comment on column public.claims.queue_at is
  'What is due next, triage or update; infinity if nothing is. Staff work in this order.';

-- The queue and its filters, each page read from one index: `where tenant_id = … and is_open and
-- (queue_at, id) > (…) order by queue_at, id`. With two filters at once the rest is looked through.
create index claims_queue_idx on public.claims (tenant_id, queue_at, id) where is_open;
create index claims_queue_unassigned_idx on public.claims (tenant_id, queue_at, id)
  where is_open and assigned_to is null;
create index claims_queue_assignee_idx on public.claims (assigned_to, queue_at, id) where is_open;
create index claims_queue_status_idx on public.claims (tenant_id, status, queue_at, id)
  where is_open;
create index claims_queue_category_idx on public.claims (tenant_id, category, queue_at, id)
  where is_open;
create index claims_queue_branch_idx on public.claims (branch_id, queue_at, id) where is_open;
create index claims_sla_idx on public.claims (tenant_id, queue_at)
  where is_open and sla_told <> 'breached';

create function private.keep_service_times()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  times public.tenant_service_times;
  by_staff boolean := (select auth.uid()) is distinct from new.member_id;
begin
  if new.status is distinct from old.status then
    select * into times from public.tenant_service_times where tenant_id = new.tenant_id;
    if new.status = 'submitted' and old.status in ('draft', 'rejected') then
      new.triage_due_at := private.operating_deadline(new.tenant_id, now(), times.triage_hours);
      new.triaged_at := null;
      new.update_due_at := null;
    elsif new.status in ('resolved', 'rejected') then
      new.triaged_at := coalesce(new.triaged_at, case when by_staff then now() end);
      new.update_due_at := null;
    elsif new.triaged_at is null or old.status in ('resolved', 'rejected') then
      new.triaged_at := coalesce(new.triaged_at, now());
      new.update_due_at := private.operating_deadline(new.tenant_id, now(), times.update_hours);
    else
      new.update_due_at := null;
    end if;
    if by_staff then
      new.last_update_at := now();
    end if;
  end if;
  if (new.triage_due_at, new.triaged_at, new.update_due_at)
    is distinct from (old.triage_due_at, old.triaged_at, old.update_due_at)
  then
    new.sla_told := 'none';
  end if;
  return new;
end
$$;
comment on function private.keep_service_times() is
  'Sets what is due when a claim moves: triage when it was sent, an update after triage, nothing when it is closed.';

create trigger e_keep_service_times before update on public.claims
for each row execute function private.keep_service_times();

-- What staff were told is no change of the claim.
drop trigger z_touch_updated_at on public.claims;
create trigger z_touch_updated_at before update on public.claims
for each row when (new.sla_told is not distinct from old.sla_told or new.status <> old.status)
execute function private.touch_updated_at();

create function private.note_contact(claim_id uuid, by_staff boolean)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.claims as claim
  set
    triaged_at = case when by_staff then coalesce(triaged_at, now()) else triaged_at end,
    last_update_at = case when by_staff then now() else last_update_at end,
    update_due_at = case
      when not is_open then null
      -- Answering is triage too; the update is due after that.
      when by_staff and triaged_at is null
      then private.operating_deadline(claim.tenant_id, now(), times.update_hours)
      when by_staff then null
      when triaged_at is not null
      then coalesce(update_due_at, private.operating_deadline(claim.tenant_id, now(), times.update_hours))
    end
  from public.tenant_service_times as times
  where claim.id = note_contact.claim_id and claim.is_submitted
    and times.tenant_id = claim.tenant_id
$$;
comment on function private.note_contact(uuid, boolean) is
  'Sets what is due after staff let the member see something, or the member sent something.';

create function private.note_message_contact()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not new.is_internal and new.sender_role <> 'agent' then
    perform private.note_contact(new.claim_id, new.sender_role <> 'member');
  end if;
  return null;
end
$$;
comment on function private.note_message_contact() is 'A message is a contact, a note is none.';

create function private.note_document_contact()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.uploaded_by_role <> 'agent' then
    perform private.note_contact(new.claim_id, new.uploaded_by_role <> 'member');
  end if;
  return null;
end
$$;
comment on function private.note_document_contact() is 'A document is a contact.';

create trigger s_note_message_contact after insert on public.claim_messages
for each row execute function private.note_message_contact();
create trigger s_note_document_contact after update of confirmed_at on public.claim_documents
for each row when (new.is_readable and not old.is_readable)
execute function private.note_document_contact();

----------------------------------------------------------------------------------------------------
-- The queue
----------------------------------------------------------------------------------------------------

create view public.claim_queue with (security_invoker = true) as
select
  claim.id, claim.tenant_id, claim.claim_number, claim.title, claim.company, claim.category,
  claim.status, claim.branch_id, claim.assigned_to, claim.member_id, claim.submitted_at,
  claim.status_changed_at, claim.updated_at, claim.queue_at,
  nullif(claim.queue_at, 'infinity') as due_at,
  case
    when claim.queue_at = 'infinity' then null
    when claim.triaged_at is null then 'triage'
    else 'update'
  end as due_kind,
  case when claim.queue_at <> 'infinity' then claim.queue_at - now() end as due_in,
  claim.queue_at < now() as is_overdue,
  (
    select member.full_name from public.profiles as member where member.id = claim.member_id
  ) as member_name,
  (
    select member.member_number from public.profiles as member where member.id = claim.member_id
  ) as member_number,
  (
    select assignee.full_name from public.profiles as assignee where assignee.id = claim.assigned_to
  ) as assignee_name,
  (
    select count(*)
    from public.claim_messages as message
    where message.claim_id = claim.id and message.staff_read_at is null
      and not message.is_internal and message.sender_role in ('member', 'agent')
  ) as unread
from public.claims as claim
where claim.is_open;

comment on view public.claim_queue is
  'Open claims as staff work on them: by what is due next. Bring tenant_id (or assigned_to, branch_id) and order by queue_at, id.';

----------------------------------------------------------------------------------------------------
-- Warnings
----------------------------------------------------------------------------------------------------

create function private.mark_sla(at timestamptz, max_rows integer default 1000)
returns table (warned integer, breached integer)
language plpgsql
security definer
set search_path = ''
as $$
declare
  times public.tenant_service_times;
  triage_edge timestamptz;
  update_edge timestamptz;
  claim public.claims;
  is_late boolean;
begin
  warned := 0;
  breached := 0;
  for times in select * from public.tenant_service_times loop
    triage_edge := private.operating_deadline(times.tenant_id, at, times.triage_warning_hours);
    update_edge := private.operating_deadline(times.tenant_id, at, times.update_warning_hours);
    for claim in
      select * from public.claims
      where tenant_id = times.tenant_id and is_open and sla_told <> 'breached'
        and queue_at <= greatest(triage_edge, update_edge)
        and queue_at <= case when triaged_at is null then triage_edge else update_edge end
        and (sla_told = 'none' or queue_at <= at)
      order by queue_at
      limit max_rows
      for update skip locked
    loop
      is_late := claim.queue_at <= at;
      perform private.notify(
        person.id,
        case when is_late then 'sla_breached' else 'sla_warning' end,
        claim,
        jsonb_build_object(
          'due_at', claim.queue_at,
          'due_kind', case when claim.triaged_at is null then 'triage' else 'update' end
        ),
        format(
          '%s:%s:%s', case when is_late then 'sla_breached' else 'sla_warning' end, claim.id,
          extract(epoch from claim.queue_at)
        )
      )
      from public.profiles as person
      where person.tenant_id = claim.tenant_id and person.is_active
        and case
          when exists (
            select from public.profiles as assignee
            where assignee.id = claim.assigned_to and assignee.is_active
          ) then person.id = claim.assigned_to
          else person.role = 'staff'
        end;
      update public.claims set sla_told = case when is_late then 'breached' else 'warning' end
      where id = claim.id;
      if is_late then
        breached := breached + 1;
      else
        warned := warned + 1;
      end if;
    end loop;
  end loop;
  return next;
end
$$;
comment on function private.mark_sla(timestamptz, integer) is
  'Tells who has a claim, or else all staff of its country, that something is due soon or overdue, once each. Returns how many claims.';

create function private.run_mark_sla()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  begun timestamptz := clock_timestamp();
  done record;
begin
  select * into done from private.mark_sla(now());
  insert into public.cron_runs (job, started_at, finished_at, result, counts)
  values (
    'claims-sla', begun, clock_timestamp(), 'ok',
    jsonb_build_object('warned', done.warned, 'breached', done.breached)
  );
end
$$;
comment on function private.run_mark_sla() is
  'Looks after service times and writes down that it did. For pg_cron.';

insert into public.cron_jobs (job, every, description)
values
  ('claims-sla', '5 minutes', 'Tells staff of claims that are due soon or overdue.'),
  ('documents', '1 hour', 'Removes files that nobody may read again.');

do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    raise notice 'pg_cron is not here: nothing is scheduled';
    return;
  end if;
  perform cron.schedule('claims-sla', '*/5 * * * *', $job$select private.run_mark_sla()$job$);
  perform cron.schedule(
    'documents-sweep', '25 * * * *', $job$select private.call_cron('documents')$job$
  );
end
$$;

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

revoke all on function
  private.operating_deadline(text, timestamptz, numeric), private.note_contact(uuid, boolean),
  private.mark_sla(timestamptz, integer), private.run_mark_sla()
from public;
grant execute on function private.mark_sla(timestamptz, integer) to service_cron;

grant select on public.claim_queue to authenticated;

alter table public.tenant_service_times enable row level security;
alter table public.tenant_service_times force row level security;

grant select on public.tenant_service_times to authenticated;
grant update (
  opens_at, closes_at, time_zone, triage_hours, update_hours, triage_warning_hours,
  update_warning_hours
) on public.tenant_service_times to authenticated;

create policy "Service times stay inside their tenant" on public.tenant_service_times
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see the service times of their tenant" on public.tenant_service_times
  for select to authenticated
  using (true);
create policy "Admins change the service times of their tenant" on public.tenant_service_times
  for update to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]))
  with check ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
