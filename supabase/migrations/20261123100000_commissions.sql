----------------------------------------------------------------------------------------------------
-- Commissions: what agents earn on money that was received, and what a refund takes back from them.
----------------------------------------------------------------------------------------------------

create table public.agent_commissions (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  agent_id uuid not null,
  member_id uuid not null,
  subscription_id uuid,
  provider_subscription_id text check (char_length(provider_subscription_id) <= 100),
  type text not null check (type in ('new_membership', 'renewal', 'upgrade', 'b2b')),
  status text not null default 'pending'
    check (status in ('pending', 'approved', 'paid', 'void')),
  amount_cents bigint not null,
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  rate_percent numeric(5, 2) not null check (rate_percent > 0 and rate_percent <= 100),
  base_cents bigint not null check (base_cents > 0),
  period_start timestamptz,
  source_transaction_id text not null check (char_length(source_transaction_id) <= 100),
  source_adjustment_id text check (char_length(source_adjustment_id) <= 100),
  clawback_of uuid,
  voided_at timestamptz,
  void_reason text check (char_length(void_reason) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (agent_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (member_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id),
  foreign key (clawback_of, tenant_id) references public.agent_commissions (id, tenant_id),
  -- Nobody earns on their own membership.
  check (agent_id <> member_id),
  check (case when clawback_of is null then amount_cents > 0 else amount_cents < 0 end),
  check ((clawback_of is null) = (source_adjustment_id is null)),
  check ((status = 'void') = (voided_at is not null)),
  check (void_reason is null or status = 'void'),
  -- Without both, "once per period" could not be kept.
  check (
    type <> 'renewal' or clawback_of is not null
    or (provider_subscription_id is not null and period_start is not null)
  )
);

create unique index agent_commissions_transaction_key
  on public.agent_commissions (tenant_id, source_transaction_id, type)
  where clawback_of is null;
create unique index agent_commissions_renewal_key
  on public.agent_commissions (tenant_id, provider_subscription_id, period_start)
  where type = 'renewal' and clawback_of is null;
create unique index agent_commissions_clawback_key
  on public.agent_commissions (clawback_of, source_adjustment_id)
  where clawback_of is not null and status <> 'void';
create index agent_commissions_agent_idx on public.agent_commissions (agent_id, tenant_id);
create index agent_commissions_member_idx on public.agent_commissions (member_id, tenant_id);
create index agent_commissions_subscription_idx
  on public.agent_commissions (subscription_id, tenant_id);
create index agent_commissions_clawback_idx on public.agent_commissions (clawback_of, tenant_id);
create index agent_commissions_tenant_idx on public.agent_commissions (tenant_id, created_at);

comment on table public.agent_commissions is
  'What agents earn: one row per payment that earned something, and one with a minus for what a refund took back.';
comment on column public.agent_commissions.id is 'Made by the database.';
comment on column public.agent_commissions.tenant_id is 'Country of agent and member. Never changes.';
comment on column public.agent_commissions.agent_id is 'Who earns it (see profiles).';
comment on column public.agent_commissions.member_id is 'Who paid (see profiles). Never the agent.';
comment on column public.agent_commissions.subscription_id is
  'The membership it is for (see subscriptions); empty while we know only Paddle''s id of it.';
comment on column public.agent_commissions.provider_subscription_id is
  'Id of that membership in Paddle (sub_…).';
comment on column public.agent_commissions.type is
  'new_membership, renewal (once per period), upgrade (on the difference), or b2b (business plan).';
comment on column public.agent_commissions.status is
  'pending, then approved, then paid. void if it is not owed after all; paid and void are final.';
comment on column public.agent_commissions.amount_cents is
  'What the agent gets, in cents; below nought in a row that takes something back.';
comment on column public.agent_commissions.currency is 'Currency of the payment, three capital letters.';
comment on column public.agent_commissions.rate_percent is 'Share of the base, in percent.';
comment on column public.agent_commissions.base_cents is
  'What the share is taken of: money received, less discount and without tax, in cents.';
comment on column public.agent_commissions.period_start is
  'Begin of the period that was paid; empty if the payment has none.';
comment on column public.agent_commissions.source_transaction_id is
  'The payment: id of the transaction in Paddle (txn_…).';
comment on column public.agent_commissions.source_adjustment_id is
  'The refund that takes it back: id of the adjustment in Paddle (adj_…).';
comment on column public.agent_commissions.clawback_of is
  'The commission that this row takes back, in part or whole; empty for a commission itself.';
comment on column public.agent_commissions.voided_at is 'When it became void.';
comment on column public.agent_commissions.void_reason is 'Why it became void.';
comment on column public.agent_commissions.created_at is 'When the row was made. Set by the database.';
comment on column public.agent_commissions.updated_at is 'When the row last changed. Set by the database.';

-- Runs with the rights of whoever changes the row.
create function private.guard_commission()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    if current_user = 'service_webhooks' and new.status not in ('pending', 'void') then
      raise exception 'a commission starts as pending' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (
      new.id, new.agent_id, new.member_id, new.provider_subscription_id, new.type,
      new.amount_cents, new.currency, new.rate_percent, new.base_cents, new.period_start,
      new.source_transaction_id, new.source_adjustment_id, new.clawback_of, new.created_at
    ) is distinct from (
      old.id, old.agent_id, old.member_id, old.provider_subscription_id, old.type,
      old.amount_cents, old.currency, old.rate_percent, old.base_cents, old.period_start,
      old.source_transaction_id, old.source_adjustment_id, old.clawback_of, old.created_at
    )
    or (old.subscription_id is not null and new.subscription_id is distinct from old.subscription_id)
  then
    raise exception 'what was earned never changes, only what becomes of it'
      using errcode = 'restrict_violation', hint = 'Add a row with clawback_of to take it back.';
  end if;
  if new.status <> old.status
    and (old.status, new.status) not in (
      ('pending', 'approved'), ('pending', 'void'), ('approved', 'paid'), ('approved', 'void')
    )
  then
    raise exception 'a commission does not go from % to %', old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_commission() is
  'Keeps what was earned as it is, and its status on the way pending, approved, paid, or void before it is paid.';

create function private.check_clawback()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  original public.agent_commissions%rowtype;
  taken_back bigint;
begin
  -- Two refunds of one payment wait for each other here; what follows sees the first one's row.
  select * into original from public.agent_commissions where id = new.clawback_of for update;
  if original.clawback_of is not null
    or original.status = 'void'
    or (original.agent_id, original.member_id, original.type, original.currency)
      is distinct from (new.agent_id, new.member_id, new.type, new.currency)
  then
    raise exception 'only a commission of the same agent, member, type and currency is taken back'
      using errcode = 'check_violation';
  end if;
  select coalesce(sum(amount_cents), 0) into taken_back
  from public.agent_commissions
  where clawback_of = new.clawback_of and status <> 'void';
  if original.amount_cents + taken_back + new.amount_cents < 0 then
    raise exception 'no more is taken back than was given' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
comment on function private.check_clawback() is
  'Checks that what is taken back belongs to the commission and is never more than it was.';

create trigger a_guard_commission before insert or update on public.agent_commissions
for each row execute function private.guard_commission();
create trigger b_keep_tenant before update on public.agent_commissions
for each row execute function private.keep_tenant();
create trigger c_check_clawback before insert on public.agent_commissions
for each row when (new.clawback_of is not null and new.status <> 'void')
execute function private.check_clawback();
create trigger z_touch_updated_at before update on public.agent_commissions
for each row execute function private.touch_updated_at();

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

alter table public.agent_commissions enable row level security;
alter table public.agent_commissions force row level security;

grant select on public.agent_commissions to authenticated, service_webhooks;
grant insert on public.agent_commissions to service_webhooks;
grant update (subscription_id, status, voided_at, void_reason)
on public.agent_commissions to service_webhooks;

create policy "Commissions stay inside their tenant" on public.agent_commissions
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Agents see their own commissions" on public.agent_commissions
  for select to authenticated
  using (agent_id = (select auth.uid()));
create policy "Admins see the commissions of their tenant" on public.agent_commissions
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks read commissions" on public.agent_commissions
  for select to service_webhooks
  using (true);
create policy "Webhooks add commissions" on public.agent_commissions
  for insert to service_webhooks
  with check (true);
create policy "Webhooks note what became of a commission" on public.agent_commissions
  for update to service_webhooks
  using (true)
  with check (true);
