----------------------------------------------------------------------------------------------------
-- Billing: what can be bought, who bought it, what was paid. Paddle is the seller and keeps the
-- money side; these tables follow its events. People read here and never write.
----------------------------------------------------------------------------------------------------

create table public.membership_plans (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id),
  tier text not null check (tier in ('standard', 'family', 'business')),
  name text not null check (char_length(name) between 1 and 80),
  price_cents integer not null check (price_cents > 0),
  currency char(3) not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  interval text not null default 'year' check (interval = 'year'),
  paddle_product_id text not null check (paddle_product_id ~ '^pro_[a-z0-9]{26}$'),
  paddle_price_id text not null unique check (paddle_price_id ~ '^pri_[a-z0-9]{26}$'),
  is_self_serve boolean not null default true,
  sort integer not null default 0,
  features jsonb not null default '[]' check (jsonb_typeof(features) = 'array'),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id)
);

create index membership_plans_tenant_idx on public.membership_plans (tenant_id, sort);

comment on table public.membership_plans is
  'Memberships on offer, per country. Public: the pricing page shows the active ones.';
comment on column public.membership_plans.id is 'Made by the database.';
comment on column public.membership_plans.tenant_id is 'Country in which the plan is sold. Never changes.';
comment on column public.membership_plans.tier is 'Kind of plan: standard, family or business.';
comment on column public.membership_plans.name is 'Name of the plan as members see it.';
comment on column public.membership_plans.price_cents is
  'Price for one period in cents, 2000 is 20.00. Must equal the price in Paddle.';
comment on column public.membership_plans.currency is 'Currency of the price, three capital letters.';
comment on column public.membership_plans.interval is 'Length of one period; always a year.';
comment on column public.membership_plans.paddle_product_id is 'Id of the product in Paddle (pro_…).';
comment on column public.membership_plans.paddle_price_id is
  'Id of the price in Paddle (pri_…). Events are matched to the plan by it.';
comment on column public.membership_plans.is_self_serve is
  'Yes if people buy it on the site; no if they are asked to get in touch.';
comment on column public.membership_plans.sort is 'Place on the pricing page, smallest first.';
comment on column public.membership_plans.features is
  'What is included: a list of text keys from the language files, in order.';
comment on column public.membership_plans.is_active is
  'No takes the plan off the pricing page. Memberships already bought go on.';
comment on column public.membership_plans.created_at is 'When the row was made. Set by the database.';
comment on column public.membership_plans.updated_at is 'When the row last changed. Set by the database.';

create table public.subscriptions (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  plan_id uuid,
  provider text not null default 'paddle' check (provider = 'paddle'),
  provider_subscription_id text not null unique,
  provider_customer_id text,
  status text not null
    check (status in ('trialing', 'active', 'past_due', 'paused', 'canceled', 'expired')),
  started_at timestamptz,
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at_period_end boolean not null default false,
  canceled_at timestamptz,
  paused_at timestamptz,
  past_due_at timestamptz,
  grace_period_ends_at timestamptz,
  dunning_attempt_count integer not null default 0 check (dunning_attempt_count >= 0),
  last_dunning_at timestamptz,
  suspended_at timestamptz,
  last_event_at timestamptz,
  last_event_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (plan_id, tenant_id) references public.membership_plans (id, tenant_id),
  check (current_period_end >= current_period_start),
  check (grace_period_ends_at >= past_due_at)
);

create index subscriptions_user_idx on public.subscriptions (user_id, tenant_id);
create index subscriptions_plan_idx on public.subscriptions (plan_id, tenant_id);
create index subscriptions_tenant_idx on public.subscriptions (tenant_id, status);
create index subscriptions_customer_idx on public.subscriptions (provider_customer_id);
create index subscriptions_grace_idx on public.subscriptions (grace_period_ends_at)
  where status = 'past_due' and suspended_at is null;

comment on table public.subscriptions is
  'Memberships that were bought: one row per subscription in Paddle. A person may have several over time. Follows Paddle''s events; change it in Paddle, not here.';
comment on column public.subscriptions.id is 'Made by the database.';
comment on column public.subscriptions.tenant_id is 'Country of the member. Never changes.';
comment on column public.subscriptions.user_id is 'The member (see profiles).';
comment on column public.subscriptions.plan_id is
  'The plan (see membership_plans); empty if the price in Paddle belongs to none of ours.';
comment on column public.subscriptions.provider is 'Who takes the money; always paddle.';
comment on column public.subscriptions.provider_subscription_id is 'Id of the subscription in Paddle (sub_…).';
comment on column public.subscriptions.provider_customer_id is 'Id of the customer in Paddle (ctm_…).';
comment on column public.subscriptions.status is
  'As Paddle says: trialing, active, past_due (a payment failed), paused, canceled, or expired.';
comment on column public.subscriptions.started_at is
  'When the membership began, as Paddle says. Welcome mails count from here.';
comment on column public.subscriptions.current_period_start is 'Begin of the paid period.';
comment on column public.subscriptions.current_period_end is
  'End of the paid period: next payment, or end of membership if it is canceled.';
comment on column public.subscriptions.cancel_at_period_end is
  'Yes if the member canceled and the membership runs out at the end of the period.';
comment on column public.subscriptions.canceled_at is 'When the cancellation took effect.';
comment on column public.subscriptions.paused_at is 'When it was paused; empty if it is not.';
comment on column public.subscriptions.past_due_at is
  'When the first payment failed; empty when all is paid. Set once, cleared by payment.';
comment on column public.subscriptions.grace_period_ends_at is
  'Until when the member keeps access though a payment failed: 14 days after past_due_at.';
comment on column public.subscriptions.dunning_attempt_count is
  'How many failed payments Paddle told us of since past_due_at.';
comment on column public.subscriptions.last_dunning_at is 'When Paddle last told us of a failed payment.';
comment on column public.subscriptions.suspended_at is
  'When access ended because grace ran out; empty otherwise. Set by the dunning job.';
comment on column public.subscriptions.last_event_at is
  'Time of the newest Paddle event that is in this row. Older events change nothing.';
comment on column public.subscriptions.last_event_id is
  'Id of that event (evt_…); decides between two events of the same time.';
comment on column public.subscriptions.created_at is 'When the row was made. Set by the database.';
comment on column public.subscriptions.updated_at is 'When the row last changed. Set by the database.';

create table public.billing_invoices (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  subscription_id uuid,
  provider_transaction_id text not null,
  number text,
  status text not null default 'paid'
    check (status in ('paid', 'partially_refunded', 'refunded', 'charged_back')),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  subtotal_cents bigint not null check (subtotal_cents >= 0),
  discount_cents bigint not null default 0 check (discount_cents >= 0),
  tax_cents bigint not null default 0 check (tax_cents >= 0),
  amount_cents bigint not null check (amount_cents >= 0),
  billed_at timestamptz,
  period_start timestamptz,
  period_end timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  unique (tenant_id, provider_transaction_id),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id)
);

create index billing_invoices_user_idx on public.billing_invoices (user_id, tenant_id);
create index billing_invoices_subscription_idx
  on public.billing_invoices (subscription_id, tenant_id);

comment on table public.billing_invoices is
  'Payments received: one row per completed transaction in Paddle, which issues the invoice itself.';
comment on column public.billing_invoices.id is 'Made by the database.';
comment on column public.billing_invoices.tenant_id is 'Country of the member. Never changes.';
comment on column public.billing_invoices.user_id is 'Who paid (see profiles).';
comment on column public.billing_invoices.subscription_id is
  'What it was for (see subscriptions); empty for a single payment.';
comment on column public.billing_invoices.provider_transaction_id is 'Id of the transaction in Paddle (txn_…).';
comment on column public.billing_invoices.number is 'Invoice number given by Paddle.';
comment on column public.billing_invoices.status is
  'paid, partially_refunded, refunded, or charged_back (the bank took the money back).';
comment on column public.billing_invoices.currency is 'Currency of the amounts, three capital letters.';
comment on column public.billing_invoices.subtotal_cents is 'Price before discount and tax, in cents.';
comment on column public.billing_invoices.discount_cents is 'Discount given, in cents.';
comment on column public.billing_invoices.tax_cents is 'Tax that Paddle collected, in cents.';
comment on column public.billing_invoices.amount_cents is 'What the member paid, tax included, in cents.';
comment on column public.billing_invoices.billed_at is 'When Paddle billed it.';
comment on column public.billing_invoices.period_start is 'Begin of the period that was paid.';
comment on column public.billing_invoices.period_end is 'End of the period that was paid.';
comment on column public.billing_invoices.created_at is 'When the row was made. Set by the database.';
comment on column public.billing_invoices.updated_at is 'When the row last changed. Set by the database.';

create trigger b_keep_tenant before update on public.membership_plans
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.membership_plans
for each row execute function private.touch_updated_at();
create trigger b_keep_tenant before update on public.subscriptions
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.subscriptions
for each row execute function private.touch_updated_at();
create trigger b_keep_tenant before update on public.billing_invoices
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.billing_invoices
for each row execute function private.touch_updated_at();

----------------------------------------------------------------------------------------------------
-- Access
----------------------------------------------------------------------------------------------------

-- Sees what the caller may see: for somebody else's membership everyone else gets 'none'.
create function public.membership_access(user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case min(
      case
        when status in ('trialing', 'active') then 1
        when status = 'canceled' and now() < current_period_end then 1
        when status = 'past_due' and now() < grace_period_ends_at then 2
        when status = 'past_due' then 3
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
  'What a person''s memberships allow now, the best of them: active, grace (a payment failed, access goes on for 14 days), suspended (grace is over) or none.';
revoke all on function public.membership_access(uuid) from public;
grant execute on function public.membership_access(uuid)
to authenticated, service_webhooks;

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

alter table public.membership_plans enable row level security;
alter table public.membership_plans force row level security;
alter table public.subscriptions enable row level security;
alter table public.subscriptions force row level security;
alter table public.billing_invoices enable row level security;
alter table public.billing_invoices force row level security;

grant select on public.membership_plans to anon, authenticated, service_webhooks;

create policy "Plans stay inside their tenant" on public.membership_plans
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Visitors see the active plans of active tenants" on public.membership_plans
  for select to anon
  using (is_active and tenant_id = any (array(select id from public.tenants)));
create policy "People see the active plans" on public.membership_plans
  for select to authenticated
  using (is_active);
create policy "Members see the plans that they bought" on public.membership_plans
  for select to authenticated
  using (
    id = any (
      array(select plan_id from public.subscriptions where user_id = (select auth.uid()))
    )
  );
create policy "Agents, staff and admins see every plan of their tenant" on public.membership_plans
  for select to authenticated
  using (
    (select private.my_role())
      = any ('{agent,staff,branch_manager,tenant_admin,super_admin}'::text[])
  );
create policy "Webhooks find the plan of a price" on public.membership_plans
  for select to service_webhooks
  using (true);

grant select on public.subscriptions to authenticated, service_webhooks;
grant insert, update on public.subscriptions to service_webhooks;

create policy "Subscriptions stay inside their tenant" on public.subscriptions
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see their own subscriptions" on public.subscriptions
  for select to authenticated
  using (user_id = (select auth.uid()));
-- Whose members they are is said once, by the policies of `profiles`. To count a branch of 15,000
-- among 60,000 subscriptions this takes 70 ms; an array of the branch's ids took 2,800 ms.
create policy "Agents and branch managers see their members' subscriptions"
  on public.subscriptions
  for select to authenticated
  using (
    (select private.my_role()) = any ('{agent,branch_manager}'::text[])
    and exists (select from public.profiles where profiles.id = subscriptions.user_id)
  );
create policy "Staff and admins see the subscriptions of their tenant" on public.subscriptions
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));
create policy "Webhooks read subscriptions" on public.subscriptions
  for select to service_webhooks
  using (true);
create policy "Webhooks add subscriptions" on public.subscriptions
  for insert to service_webhooks
  with check (true);
create policy "Webhooks change subscriptions" on public.subscriptions
  for update to service_webhooks
  using (true)
  with check (true);

grant select on public.billing_invoices to authenticated, service_webhooks;
grant insert, update on public.billing_invoices to service_webhooks;

create policy "Invoices stay inside their tenant" on public.billing_invoices
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see their own invoices" on public.billing_invoices
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "Admins see the invoices of their tenant" on public.billing_invoices
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Webhooks read invoices" on public.billing_invoices
  for select to service_webhooks
  using (true);
create policy "Webhooks add invoices" on public.billing_invoices
  for insert to service_webhooks
  with check (true);
create policy "Webhooks change invoices" on public.billing_invoices
  for update to service_webhooks
  using (true)
  with check (true);
