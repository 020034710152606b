----------------------------------------------------------------------------------------------------
-- Webhooks that failed: when each is tried again, when that ends, how an operator has it tried now,
-- and what is kept of an event after 90 days.
----------------------------------------------------------------------------------------------------

alter table public.webhook_events
  add column delivery_count integer not null default 1 check (delivery_count >= 1),
  -- No foreign key, for the reason that tenant_id has none.
  add column member_id uuid,
  -- A row whose processing dies before it says anything is due after a minute.
  add column next_attempt_at timestamptz default now() + interval '1 minute',
  add column gave_up_at timestamptz,
  add column summary jsonb;

comment on column public.webhook_events.delivery_count is
  'How often it arrived. Paddle repeats what it got no answer to.';
comment on column public.webhook_events.member_id is
  'The member that it is about (see profiles); empty until known.';
comment on column public.webhook_events.next_attempt_at is
  'When it is tried again by itself; empty if it is done with or given up. Set by the database.';
comment on column public.webhook_events.gave_up_at is
  'When it was given up after 20 attempts; someone has to look at it and replay it. Set by the database.';
comment on column public.webhook_events.summary is
  'What accounting needs of the message, kept when the message itself is deleted after 90 days: ids, status, period, amounts.';
comment on column public.webhook_events.payload is
  'The message itself; empty for a forged one, and after 90 days, see summary.';
comment on column public.webhook_events.reason is
  'Why it was ignored. For a forgery: what was wrong with it.';

-- The sweep reads what is due and nothing else; an event that is done with is not in here.
create index webhook_events_due_idx on public.webhook_events (next_attempt_at)
  where next_attempt_at is not null;
create index webhook_events_member_idx on public.webhook_events (member_id, received_at)
  where member_id is not null;
create index webhook_events_type_idx on public.webhook_events (event_type, received_at);
-- An event is found by its dedupe key, which is made of this id.
drop index public.webhook_events_event_idx;
-- What is old is pruned from its oldest end.
create index webhook_events_unpruned_idx on public.webhook_events (received_at)
  where payload is not null;
create index webhook_events_refused_idx on public.webhook_events (received_at)
  where event_id is null;

----------------------------------------------------------------------------------------------------
-- The next attempt
----------------------------------------------------------------------------------------------------

create function private.retry_pause(attempts integer)
returns interval
language sql
immutable
set search_path = ''
as $$
  -- 1, 2, 4 … minutes; nine doublings are more than six hours.
  select least(interval '1 minute' * 2 ^ least(greatest(attempts - 1, 0), 9), interval '6 hours')
$$;
comment on function private.retry_pause(integer) is
  'How long to wait after so many failed attempts: a minute, doubled each time, at most six hours.';

create function private.plan_next_attempt()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.signature_valid and new.payload is not null and new.processing_result = 'error' then
    if new.attempts >= 20 then
      new.next_attempt_at := null;
      new.gave_up_at := coalesce(new.gave_up_at, now());
    else
      new.next_attempt_at := now() + private.retry_pause(new.attempts);
    end if;
  else
    new.next_attempt_at := null;
    new.gave_up_at := null;
  end if;
  return new;
end
$$;
comment on function private.plan_next_attempt() is
  'Says when an event that failed is tried again: after growing pauses, and no more after 20 attempts.';

create trigger plan_next_attempt before insert on public.webhook_events
for each row when (new.processing_result is not null)
execute function private.plan_next_attempt();
create trigger plan_next_attempt_again before update on public.webhook_events
for each row when (
  new.processing_result is not null
  and (new.processing_result, new.attempts)
    is distinct from (old.processing_result, old.attempts)
)
execute function private.plan_next_attempt();

update public.webhook_events
set next_attempt_at = null
where not signature_valid or payload is null or processing_result in ('ok', 'ignored');

alter table public.webhook_events
  add check (signature_valid or next_attempt_at is null);

grant update (delivery_count, member_id, next_attempt_at)
on public.webhook_events to service_webhooks;

create function private.webhook_backlog()
returns table (waiting bigint, overdue bigint, given_up bigint, oldest_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select
    count(*) filter (where next_attempt_at is not null),
    count(*) filter (where next_attempt_at < now() - interval '5 minutes'),
    count(*) filter (where gave_up_at is not null),
    min(received_at)
  from public.webhook_events
  where signature_valid and (processing_result is null or processing_result = 'error')
$$;
comment on function private.webhook_backlog() is
  'How many events wait for an attempt, how many of them longer than the sweep should take, how many were given up, and how old the oldest is.';
revoke all on function private.webhook_backlog() from public;
grant execute on function private.webhook_backlog() to service_cron, service_webhooks;

----------------------------------------------------------------------------------------------------
-- Replay by an administrator
----------------------------------------------------------------------------------------------------

create function private.replay_webhook_events(ids uuid[])
returns setof uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking text := private.my_role();
begin
  if asking is null or asking not in ('tenant_admin', 'super_admin') then
    raise exception 'only administrators replay events' using errcode = 'insufficient_privilege';
  end if;
  if cardinality(ids) > 500 then
    raise exception 'at most 500 events are replayed at once'
      using errcode = 'program_limit_exceeded';
  end if;
  return query
  with due as (
    update public.webhook_events as event
    set next_attempt_at = now(), gave_up_at = null
    where event.id = any (ids)
      and event.signature_valid
      and event.payload is not null
      and (event.processing_result is null or event.processing_result = 'error')
      and (
        event.tenant_id = any (array(select private.my_tenant_ids()))
        or (event.tenant_id is null and asking = 'super_admin')
      )
    returning event.id, event.tenant_id, event.event_id, event.event_type, event.attempts
  ), written as (
    insert into public.audit_log
      (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
    select
      due.tenant_id, (select auth.uid()), asking, 'webhook.replayed', 'webhook_event',
      due.id::text,
      jsonb_build_object(
        'event_id', due.event_id, 'event_type', due.event_type, 'attempts', due.attempts
      )
    from due
  )
  select due.id from due;
end
$$;
comment on function private.replay_webhook_events(uuid[]) is
  'Makes events that are not done with due at once, for administrators, each audited. Returns those that it was done for.';

create function public.replay_webhook_events(ids uuid[])
returns setof uuid
language sql
set search_path = ''
as $$
  select private.replay_webhook_events(ids)
$$;
comment on function public.replay_webhook_events(uuid[]) is
  'Has events that failed tried again by the next sweep, at most 500 at once. For administrators; every one is audited. Returns the ids of those that were waiting for it.';
revoke all on function
  private.replay_webhook_events(uuid[]), public.replay_webhook_events(uuid[])
from public;
grant execute on function
  private.replay_webhook_events(uuid[]), public.replay_webhook_events(uuid[])
to authenticated;

----------------------------------------------------------------------------------------------------
-- What an event changed: found in the audit log by the event's id
----------------------------------------------------------------------------------------------------

-- A column and not an index over metadata: policies keep an expression like `->>` away from an index.
alter table public.audit_log
  add column event_id text generated always as (
    case when entity_type <> 'webhook_event' then metadata ->> 'event_id' end
  ) stored;
comment on column public.audit_log.event_id is
  'Paddle event that brought the change about (evt_…); empty otherwise. Taken from metadata.';
create index audit_log_event_idx on public.audit_log (event_id) where event_id is not null;

----------------------------------------------------------------------------------------------------
-- Retention
----------------------------------------------------------------------------------------------------

create function private.accounting_summary(payload jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'event_id', payload -> 'event_id',
    'event_type', payload -> 'event_type',
    'occurred_at', payload -> 'occurred_at',
    'data', coalesce(
      (
        select jsonb_object_agg(
          key,
          case
            when key = 'custom_data' and jsonb_typeof(value) = 'object' then (
              select coalesce(jsonb_object_agg(custom.key, custom.value), '{}')
              from jsonb_each(value) as custom
              where custom.key in ('user_id', 'tenant_id', 'ref_code')
            )
            when key = 'details' then jsonb_build_object('totals', value -> 'totals')
            when key = 'items' and jsonb_typeof(value) = 'array' then (
              select coalesce(
                jsonb_agg(
                  item - 'product' || case
                    when item ? 'price' then jsonb_build_object(
                      'price',
                      jsonb_build_object(
                        'id', item -> 'price' -> 'id',
                        'unit_price', item -> 'price' -> 'unit_price'
                      )
                    )
                    else '{}'
                  end
                  order by place
                ),
                '[]'
              )
              from jsonb_array_elements(value) with ordinality as listed (item, place)
              where jsonb_typeof(item) = 'object'
            )
            else value
          end
        )
        from jsonb_each(payload -> 'data')
        where jsonb_typeof(payload -> 'data') = 'object'
          and key = any (
            '{id,status,customer_id,subscription_id,transaction_id,invoice_id,invoice_number,
              origin,action,type,reason,currency_code,collection_mode,custom_data,items,details,
              totals,billing_period,current_billing_period,scheduled_change,next_billed_at,
              started_at,first_billed_at,paused_at,canceled_at,billed_at,created_at,updated_at}'::text[]
          )
      ),
      '{}'
    )
  )
$$;
comment on function private.accounting_summary(jsonb) is
  'What accounting needs of one of Paddle''s messages, in the same shape: ids, status, periods, prices and amounts; no names, addresses, cards.';

create function private.prune_webhook_events(max_rows integer)
returns table (pruned bigint, deleted bigint)
language sql
security definer
set search_path = ''
as $$
  with old as (
    select id
    from public.webhook_events
    where received_at < now() - interval '90 days'
      and payload is not null
      and (processing_result in ('ok', 'ignored') or gave_up_at is not null)
    order by received_at
    limit max_rows
    for update skip locked
  ), stripped as (
    update public.webhook_events as event
    set summary = private.accounting_summary(payload), payload = null
    from old
    where event.id = old.id
    returning event.id
  ), refused as (
    delete from public.webhook_events
    where id in (
      select id
      from public.webhook_events
      where received_at < now() - interval '90 days' and event_id is null
      order by received_at
      limit max_rows
      for update skip locked
    )
    returning id
  )
  select (select count(*) from stripped), (select count(*) from refused)
$$;
comment on function private.prune_webhook_events(integer) is
  'Takes events older than 90 days that are done with down to what accounting needs, and deletes forged and unreadable deliveries of that age; at most so many of each. Call it until it returns noughts.';
revoke all on function
  private.retry_pause(integer), private.accounting_summary(jsonb),
  private.prune_webhook_events(integer)
from public;
-- The triggers run with the rights of whoever notes a failure.
grant execute on function private.retry_pause(integer) to service_webhooks;
grant execute on function private.prune_webhook_events(integer) to service_cron;
