----------------------------------------------------------------------------------------------------
-- Ledger: every movement of money, only ever added to. Its sum explains every invoice.
--
-- It holds by construction: an invoice posts its own first entry, and what comes later (a refund, a
-- chargeback) is added to the ledger, from where the invoice takes its refunded amount and status.
----------------------------------------------------------------------------------------------------

alter table public.billing_invoices
  add column refunded_cents bigint not null default 0,
  add column provider_subscription_id text check (char_length(provider_subscription_id) <= 100),
  add column origin text check (char_length(origin) <= 100),
  add column event_id text check (char_length(event_id) <= 100);

comment on column public.billing_invoices.refunded_cents is
  'What went back to the member, tax included, in cents. Kept by the ledger.';
comment on column public.billing_invoices.status is
  'paid, partially_refunded, refunded, or charged_back (the bank took the money back). Kept by the ledger.';
comment on column public.billing_invoices.provider_subscription_id is
  'Id of the subscription in Paddle (sub_…) that it was for.';
comment on column public.billing_invoices.origin is
  'How the payment came about, as Paddle says, for example web, subscription_recurring or subscription_update.';
comment on column public.billing_invoices.event_id is 'Paddle event that told of it (evt_…).';

create index billing_invoices_provider_subscription_idx
  on public.billing_invoices (provider_subscription_id);

create table public.billing_ledger_entries (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  invoice_id uuid not null,
  provider_transaction_id text not null,
  provider_adjustment_id text check (char_length(provider_adjustment_id) <= 100),
  entry_type text not null
    check (
      entry_type in (
        'invoice.posted', 'refund', 'refund_reversed', 'credit', 'credit_reversed',
        'chargeback', 'chargeback_reversed'
      )
    ),
  amount_cents bigint not null,
  tax_cents bigint not null default 0,
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  occurred_at timestamptz not null,
  event_id text check (char_length(event_id) <= 100),
  created_at timestamptz not null default now(),
  foreign key (invoice_id, tenant_id) references public.billing_invoices (id, tenant_id),
  check ((entry_type = 'invoice.posted') = (provider_adjustment_id is null)),
  check (
    case
      when entry_type in ('refund', 'credit', 'chargeback')
        then amount_cents <= 0 and tax_cents <= 0
      else amount_cents >= 0 and tax_cents >= 0
    end
  )
);

create unique index billing_ledger_entries_posted_key
  on public.billing_ledger_entries (tenant_id, provider_transaction_id)
  where entry_type = 'invoice.posted';
create unique index billing_ledger_entries_adjustment_key
  on public.billing_ledger_entries (tenant_id, provider_adjustment_id, entry_type)
  where provider_adjustment_id is not null;
create index billing_ledger_entries_invoice_idx
  on public.billing_ledger_entries (invoice_id, tenant_id);
create index billing_ledger_entries_tenant_idx
  on public.billing_ledger_entries (tenant_id, occurred_at);

comment on table public.billing_ledger_entries is
  'Every movement of money: one row for each payment, refund, credit and chargeback. Rows are only ever added; nobody can change or delete one.';
comment on column public.billing_ledger_entries.id is 'Made by the database.';
comment on column public.billing_ledger_entries.tenant_id is 'Country of the member. Never changes.';
comment on column public.billing_ledger_entries.invoice_id is
  'The invoice that it belongs to (see billing_invoices).';
comment on column public.billing_ledger_entries.provider_transaction_id is
  'Id of the payment in Paddle (txn_…).';
comment on column public.billing_ledger_entries.provider_adjustment_id is
  'Id of the refund, credit or chargeback in Paddle (adj_…); empty for the payment itself.';
comment on column public.billing_ledger_entries.entry_type is
  'invoice.posted is the payment. refund, credit, chargeback: money went back. …_reversed: it came again.';
comment on column public.billing_ledger_entries.amount_cents is
  'Money received, tax included, in cents; below nought if it went back to the member.';
comment on column public.billing_ledger_entries.tax_cents is 'The tax in it, in cents, with the same sign.';
comment on column public.billing_ledger_entries.currency is 'Currency of the amounts, three capital letters.';
comment on column public.billing_ledger_entries.occurred_at is 'When it happened, as Paddle says.';
comment on column public.billing_ledger_entries.event_id is 'Paddle event that told of it (evt_…).';
comment on column public.billing_ledger_entries.created_at is 'When the row was made. Set by the database.';

create function private.refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
comment on function private.refuse_change() is 'Refuses every change of a table that is only added to.';

create trigger refuse_change before update or delete on public.billing_ledger_entries
for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.billing_ledger_entries
for each statement execute function private.refuse_change();
-- Also while replication or a restore tool has ordinary triggers switched off.
alter table public.billing_ledger_entries enable always trigger refuse_change;
alter table public.billing_ledger_entries enable always trigger refuse_truncate;

----------------------------------------------------------------------------------------------------
-- Invoice and ledger keep each other
----------------------------------------------------------------------------------------------------

create function private.post_invoice()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.billing_ledger_entries
    (tenant_id, invoice_id, provider_transaction_id, entry_type, amount_cents, tax_cents, currency,
     occurred_at, event_id)
  values
    (new.tenant_id, new.id, new.provider_transaction_id, 'invoice.posted', new.amount_cents,
     new.tax_cents, new.currency, coalesce(new.billed_at, now()), new.event_id);
  return null;
end
$$;
comment on function private.post_invoice() is 'Writes the first ledger entry of a new invoice.';

create function private.settle_invoice()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Two adjustments of one invoice wait for each other here; the sums below then see both.
  perform from public.billing_invoices
  where id = new.invoice_id
    and provider_transaction_id = new.provider_transaction_id
    and currency = new.currency
  for update;
  if not found then
    raise exception 'a ledger entry has the transaction and the currency of its invoice'
      using errcode = 'check_violation';
  end if;
  update public.billing_invoices as invoice
  set
    refunded_cents = ledger.refunded,
    status = case
      when ledger.charged_back > 0 then 'charged_back'
      when ledger.refunded > 0 and ledger.refunded >= invoice.amount_cents then 'refunded'
      when ledger.refunded > 0 then 'partially_refunded'
      else 'paid'
    end
  from (
    select
      -sum(amount_cents) as refunded,
      coalesce(
        -sum(amount_cents) filter (where entry_type in ('chargeback', 'chargeback_reversed')), 0
      ) as charged_back
    from public.billing_ledger_entries
    where invoice_id = new.invoice_id and entry_type <> 'invoice.posted'
  ) as ledger
  where invoice.id = new.invoice_id;
  return null;
end
$$;
comment on function private.settle_invoice() is
  'Gives an invoice its refunded amount and its status from all of its ledger entries.';

create function private.guard_invoice()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (
      new.id, new.user_id, new.provider_transaction_id, new.currency, new.subtotal_cents,
      new.discount_cents, new.tax_cents, new.amount_cents, new.event_id
    ) is distinct from (
      old.id, old.user_id, old.provider_transaction_id, old.currency, old.subtotal_cents,
      old.discount_cents, old.tax_cents, old.amount_cents, old.event_id
    )
  then
    raise exception 'what an invoice says never changes'
      using errcode = 'restrict_violation', hint = 'Add a ledger entry.';
  end if;
  return new;
end
$$;
comment on function private.guard_invoice() is 'Refuses to change who paid what on an invoice.';

-- The last word, at the end of the transaction, whoever wrote and however.
create function private.check_ledger()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from public.billing_invoices as invoice
    where invoice.id = new.id
      and invoice.amount_cents - invoice.refunded_cents is distinct from (
        select sum(amount_cents) from public.billing_ledger_entries where invoice_id = invoice.id
      )
  ) then
    raise exception 'the ledger does not explain invoice %', new.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;
comment on function private.check_ledger() is
  'Refuses a transaction after which an invoice is not the sum of its ledger entries.';

create trigger a_guard_invoice before update on public.billing_invoices
for each row execute function private.guard_invoice();
create trigger post_invoice after insert on public.billing_invoices
for each row execute function private.post_invoice();
-- A new invoice with nothing refunded is explained by the entry it posts.
create constraint trigger check_ledger_of_new_invoice after insert on public.billing_invoices
deferrable initially deferred
for each row when (new.refunded_cents <> 0)
execute function private.check_ledger();
create constraint trigger check_ledger after update on public.billing_invoices
deferrable initially deferred
for each row when (
  (new.amount_cents, new.refunded_cents) is distinct from (old.amount_cents, old.refunded_cents)
)
execute function private.check_ledger();
create trigger settle_invoice after insert on public.billing_ledger_entries
for each row when (new.entry_type <> 'invoice.posted')
execute function private.settle_invoice();

insert into public.billing_ledger_entries
  (tenant_id, invoice_id, provider_transaction_id, entry_type, amount_cents, tax_cents, currency,
   occurred_at)
select
  tenant_id, id, provider_transaction_id, 'invoice.posted', amount_cents, tax_cents, currency,
  coalesce(billed_at, created_at)
from public.billing_invoices;

-- Of an invoice the webhooks only ever learn later what it was for.
revoke update on public.billing_invoices from service_webhooks;
grant update (subscription_id) on public.billing_invoices to service_webhooks;

alter table public.billing_ledger_entries enable row level security;
alter table public.billing_ledger_entries force row level security;
revoke update, delete, truncate on public.billing_ledger_entries from service_role;

grant select on public.billing_ledger_entries to authenticated, service_webhooks;
grant insert (
  id, tenant_id, invoice_id, provider_transaction_id, provider_adjustment_id, entry_type,
  amount_cents, tax_cents, currency, occurred_at, event_id
) on public.billing_ledger_entries to service_webhooks;

create policy "Ledger entries stay inside their tenant" on public.billing_ledger_entries
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Who sees an invoice sees what explains it" on public.billing_ledger_entries
  for select to authenticated
  using (
    exists (select from public.billing_invoices where billing_invoices.id = invoice_id)
  );
create policy "Webhooks read the ledger" on public.billing_ledger_entries
  for select to service_webhooks
  using (true);
create policy "Webhooks add to the ledger" on public.billing_ledger_entries
  for insert to service_webhooks
  with check (true);

----------------------------------------------------------------------------------------------------
-- Customers and checkouts: how an event that names nobody is still told whose it is
----------------------------------------------------------------------------------------------------

-- Paddle has one customer per mail address. A family may share one, so a customer has a row for
-- each of our members who bought as it.
create table public.billing_customers (
  provider_customer_id text not null check (char_length(provider_customer_id) between 1 and 100),
  user_id uuid not null,
  tenant_id text not null,
  email text check (char_length(email) <= 320),
  last_event_at timestamptz,
  last_event_id text check (char_length(last_event_id) <= 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_customer_id, user_id),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id)
);

create index billing_customers_user_idx on public.billing_customers (user_id, tenant_id);
create index billing_customers_tenant_idx on public.billing_customers (tenant_id);

comment on table public.billing_customers is
  'Which customer in Paddle is which member. A customer that several members share has a row for each.';
comment on column public.billing_customers.provider_customer_id is 'Id of the customer in Paddle (ctm_…).';
comment on column public.billing_customers.user_id is 'The member (see profiles).';
comment on column public.billing_customers.tenant_id is 'Country of the member. Never changes.';
comment on column public.billing_customers.email is
  'Address to which Paddle sends its invoices. Used for nothing else; the member''s own address is in profiles.';
comment on column public.billing_customers.last_event_at is
  'Time of the newest Paddle event that is in this row. Older events change nothing.';
comment on column public.billing_customers.last_event_id is 'Id of that event (evt_…).';
comment on column public.billing_customers.created_at is 'When the row was made. Set by the database.';
comment on column public.billing_customers.updated_at is 'When the row last changed. Set by the database.';

create trigger b_keep_tenant before update on public.billing_customers
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.billing_customers
for each row execute function private.touch_updated_at();

insert into public.billing_customers (provider_customer_id, user_id, tenant_id)
select distinct provider_customer_id, user_id, tenant_id
from public.subscriptions
where provider_customer_id is not null;

alter table public.billing_customers enable row level security;
alter table public.billing_customers force row level security;

grant select on public.billing_customers to authenticated, service_webhooks;
grant insert on public.billing_customers to service_webhooks;
grant update (email, last_event_at, last_event_id) on public.billing_customers to service_webhooks;

create policy "Customers stay inside their tenant" on public.billing_customers
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see which customer they are" on public.billing_customers
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "Admins see the customers of their tenant" on public.billing_customers
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks read customers" on public.billing_customers
  for select to service_webhooks
  using (true);
create policy "Webhooks add customers" on public.billing_customers
  for insert to service_webhooks
  with check (true);
create policy "Webhooks follow a changed mail address" on public.billing_customers
  for update to service_webhooks
  using (true)
  with check (true);

create table public.billing_checkouts (
  provider_transaction_id text primary key
    check (provider_transaction_id ~ '^txn_[a-z0-9_]{1,60}$'),
  tenant_id text not null,
  user_id uuid not null,
  plan_id uuid not null,
  ref_code text check (char_length(ref_code) <= 20),
  created_at timestamptz not null default now(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (plan_id, tenant_id) references public.membership_plans (id, tenant_id)
);

create index billing_checkouts_user_idx on public.billing_checkouts (user_id, tenant_id);
create index billing_checkouts_plan_idx on public.billing_checkouts (plan_id, tenant_id);
create index billing_checkouts_tenant_idx on public.billing_checkouts (tenant_id, created_at);

comment on table public.billing_checkouts is
  'Checkouts that members opened: whose payment it is, should Paddle''s message not say so.';
comment on column public.billing_checkouts.provider_transaction_id is
  'The payment to be: id of the transaction in Paddle (txn_…).';
comment on column public.billing_checkouts.tenant_id is 'Country of the member. Never changes.';
comment on column public.billing_checkouts.user_id is 'Who opened it (see profiles).';
comment on column public.billing_checkouts.plan_id is 'What they chose (see membership_plans).';
comment on column public.billing_checkouts.ref_code is
  'Code of the agent whose link brought them; empty if none did. Taken as given, may lead nowhere.';
comment on column public.billing_checkouts.created_at is 'When it was opened. Set by the database.';

create trigger refuse_change before update on public.billing_checkouts
for each row execute function private.refuse_change();

alter table public.billing_checkouts enable row level security;
alter table public.billing_checkouts force row level security;

grant select on public.billing_checkouts to authenticated, service_webhooks;
grant insert (provider_transaction_id, tenant_id, user_id, plan_id, ref_code)
on public.billing_checkouts to authenticated;

create policy "Checkouts stay inside their tenant" on public.billing_checkouts
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "People see the checkouts that they opened" on public.billing_checkouts
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "People open checkouts for themselves" on public.billing_checkouts
  for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy "Admins see the checkouts of their tenant" on public.billing_checkouts
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks find whose checkout it was" on public.billing_checkouts
  for select to service_webhooks
  using (true);

----------------------------------------------------------------------------------------------------
-- Access ends when the money is taken back
----------------------------------------------------------------------------------------------------

alter table public.subscriptions add column access_revoked_at timestamptz;
comment on column public.subscriptions.access_revoked_at is
  'When access was taken away because the payment for this period went back (refund or chargeback); empty otherwise.';

create or replace function public.membership_access(user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case min(
      case
        when status in ('trialing', 'active') and access_revoked_at is null then 1
        when status = 'canceled' and access_revoked_at is null and now() < current_period_end
          then 1
        when status = 'past_due' and access_revoked_at is null and now() < grace_period_ends_at
          then 2
        when status in ('trialing', 'active', 'past_due') then 3
      end
    )
    when 1 then 'active'
    when 2 then 'grace'
    when 3 then 'suspended'
    else 'none'
  end
  from public.subscriptions
  where subscriptions.user_id = $1
$$;
comment on function public.membership_access(uuid) is
  'What a person''s memberships allow now, the best of them: active, grace (a payment failed, access goes on for 14 days), suspended (grace is over, or the payment was taken back) or none.';
