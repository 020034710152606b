----------------------------------------------------------------------------------------------------
-- Approving a payment by hand: one statement, after which all of it is there or nothing is. Member,
-- membership, invoice, card, commission, mail, lead and payment; again, it answers the same member.
----------------------------------------------------------------------------------------------------

create function private.is_converting(before public.profiles, after public.profiles)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.member_leads
    where converted_user_id = after.id
      and converted_at = now()
      and tenant_id = after.tenant_id
      and (after.agent_id is not distinct from before.agent_id or after.agent_id = agent_id)
      and (after.branch_id is not distinct from before.branch_id or after.branch_id = branch_id)
  ) and (before.role, before.is_active) = (after.role, after.is_active)
$$;
comment on function private.is_converting(public.profiles, public.profiles) is
  'Whether what changes of a person''s branch and agent is what their lead gives that became a member in this transaction.';
revoke all on function private.is_converting(public.profiles, public.profiles) from public;

create or replace function private.guard_role()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  asking uuid := (select auth.uid());
begin
  if asking is null
    or (new.role, new.branch_id, new.agent_id, new.is_active)
      is not distinct from (old.role, old.branch_id, old.agent_id, old.is_active)
  then
    return new;
  end if;
  if asking = old.id then
    if private.is_accepting(old, new) then
      return new;
    end if;
    raise exception 'nobody changes their own role, branch, agent or lock'
      using errcode = 'insufficient_privilege';
  end if;
  if private.is_converting(old, new) then
    return new;
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('role grants', 0));
  if not exists (select from private.my_tenant_ids() as mine (id) where id = old.tenant_id)
    or not exists (select from private.my_grantable_roles() as given (role) where role = old.role)
    or not exists (select from private.my_grantable_roles() as given (role) where role = new.role)
  then
    raise exception 'this role is not yours to give' using errcode = 'insufficient_privilege';
  end if;
  if (new.role, new.branch_id) is distinct from (old.role, old.branch_id) then
    perform private.check_role_branch(new.tenant_id, new.role, new.branch_id, old.branch_id);
  end if;
  return new;
end
$$;

-- Auth's tables have more columns on a hosted project than in the local stack; what is there is filled.
create function private.insert_into_auth(relation regclass, facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  columns text;
begin
  if relation not in ('auth.users'::regclass, 'auth.identities'::regclass) then
    raise exception 'not a table of accounts' using errcode = 'insufficient_privilege';
  end if;
  select string_agg(quote_ident(attname), ', ' order by attnum) into columns
  from pg_catalog.pg_attribute
  where attrelid = relation and attnum > 0 and not attisdropped and attgenerated = ''
    and facts ? attname;
  execute format(
    'insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1)', relation, columns
  ) using facts;
end
$$;
comment on function private.insert_into_auth(regclass, jsonb) is
  'Adds a row to a table of Auth, in the columns that it has.';
revoke all on function private.insert_into_auth(regclass, jsonb) from public;

create function private.make_account(lead public.member_leads)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  person uuid := gen_random_uuid();
begin
  -- As Auth writes it at a sign-up: texts are empty and never null, or Auth could not read the row.
  -- Nobody signs in with an empty password; it is chosen by the link of the mail.
  perform private.insert_into_auth('auth.users', jsonb_build_object(
    'id', person, 'instance_id', '00000000-0000-0000-0000-000000000000',
    'aud', 'authenticated', 'role', 'authenticated', 'email', (lead).email,
    'encrypted_password', '', 'confirmation_token', '', 'recovery_token', '', 'email_change', '',
    'email_change_token_new', '', 'email_change_token_current', '', 'phone_change', '',
    'phone_change_token', '', 'reauthentication_token', '', 'email_change_confirm_status', 0,
    'is_sso_user', false, 'is_anonymous', false,
    'raw_app_meta_data', '{"provider": "email", "providers": ["email"]}'::jsonb,
    'raw_user_meta_data', jsonb_build_object(
      'tenant', (lead).tenant_id, 'locale', (lead).locale,
      'full_name', concat_ws(' ', (lead).first_name, (lead).last_name)
    ),
    'created_at', now(), 'updated_at', now()
  ));
  perform private.insert_into_auth('auth.identities', jsonb_build_object(
    'id', gen_random_uuid(), 'user_id', person, 'provider', 'email', 'provider_id', person::text,
    'identity_data', jsonb_build_object(
      'sub', person, 'email', (lead).email, 'email_verified', false, 'phone_verified', false
    ),
    'created_at', now(), 'updated_at', now()
  ));
  return person;
end
$$;
comment on function private.make_account(public.member_leads) is
  'Makes an account for a lead''s address, without a password. The profile comes with it.';

create function private.check_account(person public.profiles, tenant text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if (person).tenant_id <> tenant then
    raise exception 'the address belongs to another country' using errcode = 'check_violation';
  elsif (person).role <> 'member' then
    raise exception 'the address belongs to somebody with a role' using errcode = 'check_violation';
  elsif not (person).is_active then
    raise exception 'the account is locked' using errcode = 'check_violation';
  elsif exists (
    select from public.subscriptions
    where user_id = (person).id
      and (
        (
          status in ('trialing', 'active', 'past_due', 'paused')
          and (provider = 'paddle' or current_period_end > now())
        )
        or (status = 'canceled' and current_period_end > now() and access_revoked_at is null)
      )
  ) then
    raise exception 'this person has a membership' using errcode = 'check_violation';
  end if;
end
$$;
comment on function private.check_account(public.profiles, text) is
  'Refuses to sell a membership to somebody of another country, with a role, locked, or with one that runs or that Paddle would go on to charge for.';

create function private.approve_cash(attempt uuid)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  payment public.lead_payment_attempts := private.begin_verifying(attempt);
  lead public.member_leads;
  plan public.membership_plans;
  person public.profiles;
  agent public.profiles;
  mark text := 'cash_' || attempt;
  membership uuid;
  is_new boolean := false;
  tax_percent numeric;
  net_cents integer;
  rate numeric;
  earned bigint;
  commission uuid;
begin
  select * into lead from public.member_leads where id = payment.lead_id;
  if payment.status = 'succeeded' then
    return lead.converted_user_id;
  elsif not payment.is_waiting or lead.status <> 'payment_pending' or payment.method <> 'cash' then
    raise exception 'the payment has moved on' using errcode = 'object_not_in_prerequisite_state';
  end if;
  select * into plan from public.membership_plans where id = payment.plan_id;
  select tenants.tax_percent into tax_percent from public.tenants where id = lead.tenant_id;

  -- Two leads of one address in two countries wait for each other here.
  perform pg_catalog.pg_advisory_xact_lock(
    pg_catalog.hashtextextended('account of ' || lead.email, 0)
  );
  select * into person from public.profiles where lower(email) = lead.email for update;
  if found then
    perform private.check_account(person, lead.tenant_id);
  else
    is_new := true;
    person.id := private.make_account(lead);
    select * into person from public.profiles where id = person.id;
    if person.tenant_id is distinct from lead.tenant_id then
      raise exception 'the country takes no members' using errcode = 'check_violation';
    end if;
  end if;

  update public.member_leads
  set status = 'converted', converted_user_id = person.id, converted_at = now()
  where id = lead.id;
  select * into agent from public.profiles
  where id = lead.agent_id and role = 'agent' and is_active and tenant_id = lead.tenant_id
  for share;
  -- The guard of roles finds the lead converted in this transaction.
  update public.profiles
  set
    agent_id = coalesce(profiles.agent_id, agent.id),
    branch_id = coalesce(profiles.branch_id, lead.branch_id),
    phone = coalesce(profiles.phone, lead.phone)
  where id = person.id;

  insert into public.subscriptions
    (tenant_id, user_id, plan_id, provider, provider_subscription_id, status, started_at,
     current_period_start, current_period_end, cancel_at_period_end)
  values (
    lead.tenant_id, person.id, payment.plan_id, 'cash', mark, 'active', now(), now(),
    now() + interval '1 year', true
  )
  returning id into membership;

  -- The tax is in the price.
  net_cents := round(payment.amount_cents / (1 + tax_percent / 100));
  insert into public.billing_invoices
    (tenant_id, user_id, subscription_id, provider, provider_transaction_id,
     provider_subscription_id, origin, number, status, currency, subtotal_cents, tax_cents,
     amount_cents, billed_at, period_start, period_end)
  values (
    lead.tenant_id, person.id, membership, 'cash', mark, mark, 'cash', payment.receipt_number,
    'paid', payment.currency, net_cents, payment.amount_cents - net_cents, payment.amount_cents,
    payment.received_at, now(), now() + interval '1 year'
  );

  if agent.id is not null and agent.id <> person.id then
    rate := case plan.tier when 'business' then 25 else 20 end;
    -- Half a cent is rounded up, as everywhere.
    earned := floor((2 * net_cents * rate + 100) / 200);
    if earned > 0 then
      insert into public.agent_commissions
        (tenant_id, agent_id, member_id, subscription_id, provider_subscription_id, type,
         amount_cents, currency, rate_percent, base_cents, period_start, source_transaction_id)
      values (
        lead.tenant_id, agent.id, person.id, membership, mark,
        case plan.tier when 'business' then 'b2b' else 'new_membership' end,
        earned, payment.currency, rate, net_cents, now(), mark
      )
      returning id into commission;
    end if;
  end if;

  insert into public.engagement_email_sends
    (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
  values (
    lead.tenant_id, person.id, membership,
    case when private.has_password(person.id) then 'welcome' else 'member_welcome' end,
    'welcome:' || membership, now() + interval '7 days'
  );

  update public.lead_payment_attempts
  set
    status = 'succeeded', subscription_id = membership, verified_by = private.my_id(),
    verified_at = now(), verification_note = null
  where id = payment.id;

  perform private.record_audit(
    lead.tenant_id, 'billing.invoice.posted', 'subscription', membership::text,
    jsonb_build_object(
      'transaction', mark, 'amount_cents', payment.amount_cents, 'currency', payment.currency
    )
  );
  if commission is not null then
    perform private.record_audit(
      lead.tenant_id, 'commission.created', 'commission', commission::text,
      jsonb_build_object(
        'agent_id', agent.id, 'amount_cents', earned, 'currency', payment.currency,
        'transaction', mark
      )
    );
  end if;
  perform private.record_audit(
    lead.tenant_id, 'VERIFY_PAYMENT_APPROVE', 'lead_payment_attempt', payment.id::text,
    jsonb_build_object(
      'lead_id', lead.id, 'member_id', person.id, 'subscription_id', membership,
      'plan_id', payment.plan_id, 'amount_cents', payment.amount_cents,
      'currency', payment.currency, 'agent_id', agent.id, 'is_new_account', is_new
    )
  );
  return person.id;
end
$$;
comment on function private.approve_cash(uuid) is
  'Approves a payment by hand and makes the member all at once: account without a password, number, membership for a year, invoice, card, commission and welcome mail. Again, it answers the same member. For administrators and the manager of the branch, never on their own lead.';

revoke all on function
  private.make_account(public.member_leads), private.check_account(public.profiles, text),
  private.approve_cash(uuid)
from public;
grant execute on function private.approve_cash(uuid) to authenticated;
