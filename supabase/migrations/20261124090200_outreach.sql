----------------------------------------------------------------------------------------------------
-- Outreach: which memberships a job has to look at, and the mails that follow from a change of one.
--
-- Each membership points to the time when the next mail could be due. The jobs read what is due by
-- these pointers, and nothing else, however many memberships there are.
----------------------------------------------------------------------------------------------------

-- Memberships that are there already are looked at once, by the first run.
alter table public.subscriptions
  add column lifecycle_due_at timestamptz default '-infinity',
  add column dunning_due_at timestamptz;
alter table public.subscriptions alter column lifecycle_due_at drop default;

-- Rows that were set to past_due by hand and are without dates: as by the trigger below, but counted
-- from when it was done.
update public.subscriptions
set past_due_at = coalesce(past_due_at, last_dunning_at, updated_at),
  grace_period_ends_at = coalesce(
    grace_period_ends_at,
    coalesce(past_due_at, last_dunning_at, updated_at) + interval '336 hours'
  )
where status = 'past_due' and (past_due_at is null or grace_period_ends_at is null);
update public.subscriptions set dunning_due_at = '-infinity' where status = 'past_due';

comment on column public.subscriptions.lifecycle_due_at is
  'When the next helpful mail or survey could be due; -infinity: look at the next run; empty: none is to come. Set by the database and the jobs.';
comment on column public.subscriptions.dunning_due_at is
  'When the next mail about the failed payment could be due; -infinity: look at the next run; empty: none is to come. Set by the database and the jobs.';

create index subscriptions_lifecycle_due_idx on public.subscriptions (lifecycle_due_at)
  where lifecycle_due_at is not null;
create index subscriptions_dunning_due_idx on public.subscriptions (dunning_due_at)
  where dunning_due_at is not null;
-- The end of a grace period is found by the pointer.
drop index public.subscriptions_grace_idx;

-- What staff set by hand has the dates that Paddle's events would have brought: one rule for access,
-- the pages and the mails. Days have 24 hours, as for the jobs.
create function private.give_grace()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.past_due_at := coalesce(new.past_due_at, now());
  new.grace_period_ends_at := coalesce(
    new.grace_period_ends_at, new.past_due_at + interval '336 hours'
  );
  return new;
end
$$;
comment on function private.give_grace() is
  'Writes down since when a payment is owed, and 14 days of grace, where whoever says past_due does not.';

create function private.move_grace()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.past_due_at is distinct from old.past_due_at
    and new.grace_period_ends_at = old.grace_period_ends_at
    and old.grace_period_ends_at = old.past_due_at + interval '336 hours'
  then
    new.grace_period_ends_at := new.past_due_at + interval '336 hours';
  end if;
  if new.suspended_at < new.grace_period_ends_at then
    new.suspended_at := null;
  end if;
  return new;
end
$$;
comment on function private.move_grace() is
  'Has the 14 days of grace follow when somebody moves past_due_at alone; grace that was given by hand stays. Whoever has grace is not suspended.';

create function private.end_dunning()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.past_due_at := null;
  new.grace_period_ends_at := null;
  new.dunning_attempt_count := 0;
  new.last_dunning_at := null;
  new.suspended_at := null;
  return new;
end
$$;
comment on function private.end_dunning() is
  'A membership that becomes active owes nothing, whoever makes it so.';

create trigger c_give_grace before insert or update on public.subscriptions
for each row when (
  new.status = 'past_due' and (new.past_due_at is null or new.grace_period_ends_at is null)
)
execute function private.give_grace();
create trigger c_move_grace before update on public.subscriptions
for each row when (
  new.status = 'past_due'
  and (
    (
      new.past_due_at is distinct from old.past_due_at
      and new.grace_period_ends_at = old.grace_period_ends_at
    )
    or new.suspended_at < new.grace_period_ends_at
  )
)
execute function private.move_grace();
create trigger c_end_dunning before update on public.subscriptions
for each row when (
  new.status in ('active', 'trialing') and old.status not in ('active', 'trialing')
)
execute function private.end_dunning();

create function private.plan_outreach()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'INSERT'
    or (new.status, new.started_at, new.access_revoked_at)
      is distinct from (old.status, old.started_at, old.access_revoked_at)
  then
    new.lifecycle_due_at := case when new.started_at is not null then '-infinity' end;
  end if;
  if tg_op = 'INSERT'
    or (new.status, new.past_due_at, new.grace_period_ends_at)
      is distinct from (old.status, old.past_due_at, old.grace_period_ends_at)
  then
    new.dunning_due_at := case
      when new.past_due_at is not null and new.status = 'past_due' then '-infinity'
    end;
  end if;
  return new;
end
$$;
comment on function private.plan_outreach() is
  'Has the jobs look at a membership at their next run when something changed that mails depend on, whoever changed it.';

create trigger d_plan_outreach before insert or update on public.subscriptions
for each row execute function private.plan_outreach();

create function private.guard_subscription_by_job()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.suspended_at is distinct from old.suspended_at
    and (
      old.suspended_at is not null
      or new.suspended_at is null
      or new.status <> 'past_due'
      or new.suspended_at < new.grace_period_ends_at
    )
  then
    raise exception 'jobs suspend a membership at the end of its grace period and never else'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_subscription_by_job() is
  'Refuses a suspension for which it is not time, and that a job takes one back.';

create trigger a_guard_subscription_by_job before update on public.subscriptions
for each row when (current_user = 'service_cron')
execute function private.guard_subscription_by_job();

grant select on public.subscriptions to service_cron;
grant update (lifecycle_due_at, dunning_due_at, suspended_at) on public.subscriptions to service_cron;
grant select on public.membership_plans to service_cron;

create policy "Jobs see the subscriptions" on public.subscriptions
  for select to service_cron
  using (true);
create policy "Jobs note when to look again, and the end of grace" on public.subscriptions
  for update to service_cron
  using (true)
  with check (true);
create policy "Jobs see what a plan is called" on public.membership_plans
  for select to service_cron
  using (true);

----------------------------------------------------------------------------------------------------
-- Access at any time, for jobs whose clock is not the database's
----------------------------------------------------------------------------------------------------

create function private.membership_access_at(
  user_id uuid,
  at timestamptz,
  subscription_id uuid default null
)
returns text
language sql
stable
set search_path = ''
as $$
  select case min(
      case
        when status in ('trialing', 'active') and access_revoked_at is null then 1
        when status = 'canceled' and access_revoked_at is null and at < current_period_end then 1
        when status = 'past_due' and access_revoked_at is null and at < grace_period_ends_at then 2
        when status in ('trialing', 'active', 'past_due') then 3
      end
    )
    when 1 then 'active'
    when 2 then 'grace'
    when 3 then 'suspended'
    else 'none'
  end
  from public.subscriptions
  where subscriptions.user_id = $1 and ($3 is null or subscriptions.id = $3)
$$;
comment on function private.membership_access_at(uuid, timestamptz, uuid) is
  'What a person''s memberships allow at a time, the best of them or one alone: active, grace, suspended or none.';

create or replace function public.membership_access(user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select private.membership_access_at(user_id, now())
$$;
revoke all on function private.membership_access_at(uuid, timestamptz, uuid) from public;
grant execute on function private.membership_access_at(uuid, timestamptz, uuid)
to authenticated, service_webhooks, service_cron;

----------------------------------------------------------------------------------------------------
-- Mails that follow from a change of a membership, whoever makes it
----------------------------------------------------------------------------------------------------

create function private.instant_text(at timestamptz)
returns text
language sql
stable
set search_path = ''
as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
comment on function private.instant_text(timestamptz) is
  'A time as it stands in dedupe keys: UTC with six decimals, so that texts compare as times do.';

create function private.enqueue_membership_mails()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  episode text;
begin
  -- Times are those of the event, if one brought the change: one that comes very late welcomes and
  -- thanks nobody.
  if new.status in ('active', 'trialing')
    and new.started_at > now() - interval '7 days'
    and (
      tg_op = 'INSERT' or (new.status, new.started_at) is distinct from (old.status, old.started_at)
    )
  then
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
    values
      (new.tenant_id, new.user_id, new.id, 'welcome', 'welcome:' || new.id,
       new.started_at + interval '7 days')
    on conflict (dedupe_key) do nothing;
  end if;
  if tg_op = 'UPDATE'
    and new.status = 'active' and new.past_due_at is null and old.past_due_at is not null
  then
    -- A late event may have moved past_due_at to an earlier time since the first mail; never later.
    episode := format('dunning:%s:%s', new.id, private.instant_text(old.past_due_at));
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
    select
      new.tenant_id, new.user_id, new.id, 'dunning_recovered', episode || ':recovered',
      case
        when (new.last_event_at, new.last_event_id)
          is distinct from (old.last_event_at, old.last_event_id)
        then coalesce(new.last_event_at, now())
        else now()
      end + interval '7 days'
    where exists (
      select
      from public.engagement_email_sends
      where subscription_id = new.id
        and dedupe_key like 'dunning:%'
        and dedupe_key collate "C" >= episode
        -- One that was not sent yet will not be.
        and (status = 'sent' or may_have_arrived or (status = 'pending' and batch_id is not null))
    )
    on conflict (dedupe_key) do nothing;
  end if;
  return null;
end
$$;
comment on function private.enqueue_membership_mails() is
  'Enqueues the welcome when a membership begins, and thanks when what was owed is paid after a mail said so.';
revoke all on function private.instant_text(timestamptz) from public;
grant execute on function private.instant_text(timestamptz) to service_cron;

create trigger enqueue_welcome after insert on public.subscriptions
for each row when (new.status in ('active', 'trialing'))
execute function private.enqueue_membership_mails();
create trigger enqueue_membership_mails after update on public.subscriptions
for each row when (
  new.status in ('active', 'trialing')
  and (new.status, new.started_at, new.past_due_at)
    is distinct from (old.status, old.started_at, old.past_due_at)
)
execute function private.enqueue_membership_mails();

----------------------------------------------------------------------------------------------------
-- Retention: what a mail said is personal; that it was sent is kept
----------------------------------------------------------------------------------------------------

create function private.prune_mails(max_rows integer, at timestamptz default now())
returns table (emptied bigint, events bigint, batches bigint)
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.engagement_email_sends
  set facts = null, params = '{}'
  where id in (
    select id
    from public.engagement_email_sends
    where status <> 'pending'
      and (facts is not null or params <> '{}')
      and updated_at < at - interval '30 days'
    order by updated_at
    limit max_rows
    for update skip locked
  );
  get diagnostics emptied = row_count;
  delete from public.mail_events
  where id in (
    select id
    from public.mail_events
    where received_at < at - interval '90 days'
    order by received_at
    limit max_rows
    for update skip locked
  );
  get diagnostics events = row_count;
  -- Each mail of a batch is told that it is gone, so their own turn comes first.
  delete from public.mail_batches
  where id in (
    select id
    from public.mail_batches as batch
    where created_at < at - interval '30 days'
      and state <> 'open'
      and not exists (
        select
        from public.engagement_email_sends
        where batch_id = batch.id and (facts is not null or params <> '{}')
      )
    order by created_at
    limit max_rows
    for update skip locked
  );
  get diagnostics batches = row_count;
  return next;
end
$$;
comment on function private.prune_mails(integer, timestamptz) is
  'Empties what mails said 30 days after they were done with, and deletes batches of that age and Resend''s messages older than 90 days; at most so many of each. Call it until it returns noughts.';
revoke all on function private.prune_mails(integer, timestamptz) from public;
grant execute on function private.prune_mails(integer, timestamptz) to service_cron;
