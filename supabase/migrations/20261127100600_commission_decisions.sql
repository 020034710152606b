----------------------------------------------------------------------------------------------------
-- What becomes of commissions: approved, paid or void, by administrators, never one's own; of many at
-- once all or none.
----------------------------------------------------------------------------------------------------

alter table public.agent_commissions
  -- A super admin who decides is of another tenant, so these cannot carry it.
  add column approved_by uuid references auth.users (id) on delete set null,
  add column approved_at timestamptz,
  add column paid_by uuid references auth.users (id) on delete set null,
  add column paid_at timestamptz,
  add column payout_reference text check (char_length(payout_reference) between 1 and 100),
  add check (paid_at is null or status = 'paid'),
  add check (payout_reference is null or paid_at is not null);
create index agent_commissions_approved_by_idx on public.agent_commissions (approved_by);
create index agent_commissions_paid_by_idx on public.agent_commissions (paid_by);

comment on column public.agent_commissions.approved_by is 'Who approved it.';
comment on column public.agent_commissions.approved_at is 'When it was approved.';
comment on column public.agent_commissions.paid_by is 'Who noted that it was paid.';
comment on column public.agent_commissions.paid_at is 'When it was noted as paid.';
comment on column public.agent_commissions.payout_reference is
  'By which the payment to the agent is found again, for example the number of a transfer.';
comment on column public.agent_commissions.source_transaction_id is
  'The payment: id of the transaction in Paddle (txn_…), or cash_… with the id of a payment by hand.';

create function private.commission_stands(member uuid, subscription uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select subscription is not null
    and private.membership_access_at(member, now(), subscription) in ('active', 'grace')
$$;
comment on function private.commission_stands(uuid, uuid) is
  'Whether the membership that a commission is for stands: running, in grace, or cancelled and still paid for. Reads with the caller''s rights.';

create function private.decide_commissions(
  ids uuid[],
  to_status text,
  reason text default null,
  reference text default null
)
returns table (changed integer, already integer)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wanted uuid[] := array(select distinct id from unnest(ids) as id where id is not null);
  me uuid := private.my_id();
  why text := left(private.plain_text(reason), 500);
  earned public.agent_commissions;
  seen integer := 0;
  home text;
begin
  changed := 0;
  already := 0;
  if private.my_role() is null or private.my_role() not in ('tenant_admin', 'super_admin') then
    raise exception 'only administrators decide about commissions'
      using errcode = 'insufficient_privilege';
  elsif to_status is null or to_status not in ('approved', 'paid', 'void') then
    raise exception 'a commission does not go to %', to_status using errcode = 'restrict_violation';
  elsif to_status = 'void' and why is null then
    raise exception 'voiding a commission needs a reason' using errcode = 'check_violation';
  elsif cardinality(wanted) > 1000 then
    raise exception 'at most a thousand at once' using errcode = 'program_limit_exceeded';
  end if;
  -- In one order, so that two who decide about the same ones wait and do not lock each other out.
  for earned in
    select * from public.agent_commissions
    where id = any (wanted) and tenant_id = any (array(select private.my_tenant_ids()))
    order by id
    for update
  loop
    seen := seen + 1;
    home := earned.tenant_id;
    if earned.agent_id = me then
      raise exception 'nobody decides about their own commission'
        using errcode = 'insufficient_privilege', detail = earned.id::text;
    elsif earned.status = to_status then
      already := already + 1;
      continue;
    elsif (earned.status, to_status) not in (
      ('pending', 'approved'), ('pending', 'void'), ('approved', 'paid'), ('approved', 'void')
    ) then
      raise exception 'a commission does not go from % to %', earned.status, to_status
        using errcode = 'restrict_violation', detail = earned.id::text;
    elsif to_status <> 'void' and earned.clawback_of is null
      and not private.commission_stands(earned.member_id, earned.subscription_id)
    then
      raise exception 'the membership of a commission does not stand'
        using errcode = 'object_not_in_prerequisite_state', detail = earned.id::text;
    end if;
    update public.agent_commissions
    set
      status = to_status,
      approved_by = case when to_status = 'approved' then me else approved_by end,
      approved_at = case when to_status = 'approved' then now() else approved_at end,
      paid_by = case when to_status = 'paid' then me end,
      paid_at = case when to_status = 'paid' then now() end,
      payout_reference = case
        when to_status = 'paid' then left(private.plain_line(reference), 100)
      end,
      voided_at = case when to_status = 'void' then now() end,
      void_reason = case when to_status = 'void' then why end
    where id = earned.id;
    perform private.record_audit(
      earned.tenant_id, 'commission.status_updated', 'commission', earned.id::text,
      jsonb_build_object(
        'before', earned.status, 'after', to_status, 'agent_id', earned.agent_id,
        'amount_cents', earned.amount_cents, 'currency', earned.currency
      )
    );
    changed := changed + 1;
  end loop;
  if seen <> cardinality(wanted) or seen = 0 then
    raise exception 'commission not found' using errcode = 'no_data_found';
  end if;
  if to_status = 'approved' and cardinality(wanted) > 1 and changed > 0 then
    perform private.record_audit(
      home, 'commission.bulk_approved', 'commission', null,
      jsonb_build_object('changed', changed, 'already', already)
    );
  end if;
  return next;
end
$$;
comment on function private.decide_commissions(uuid[], text, text, text) is
  'Approves, pays or voids commissions, all or none, for administrators: never their own, approved and paid only while the membership stands. Those that are there already are counted.';

revoke all on function
  private.commission_stands(uuid, uuid), private.decide_commissions(uuid[], text, text, text)
from public;
grant execute on function
  private.commission_stands(uuid, uuid), private.decide_commissions(uuid[], text, text, text)
to authenticated;
