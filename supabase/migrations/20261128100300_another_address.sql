----------------------------------------------------------------------------------------------------
-- Another mail address: what follows from it, whoever changed it. Auth keeps the address; the profile
-- follows already (follow_email).
----------------------------------------------------------------------------------------------------

alter table public.billing_customers add column address_due_at timestamptz;
comment on column public.billing_customers.address_due_at is
  'Since when Paddle should be told the member''s new address; empty if it knows. Only where invoices went to the member''s former one.';
create index billing_customers_address_due_idx on public.billing_customers (address_due_at)
  where address_due_at is not null;
grant update (address_due_at) on public.billing_customers to service_webhooks;

create or replace function private.follow_email()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  person public.profiles;
begin
  update public.profiles set email = new.email where id = new.id returning * into person;
  -- Who is forgotten has no address any more.
  if person.id is null or person.erased_at is not null or new.email like '%@invalid' then
    return new;
  end if;
  update public.billing_customers
  set address_due_at = now()
  where user_id = person.id and lower(email) = lower(old.email);
  -- Neither address: nothing is ever erased from the log.
  perform private.record_audit(
    person.tenant_id, 'auth.email_changed', 'profile', person.id::text, '{}'
  );
  return new;
end
$$;
comment on function private.follow_email() is
  'Copies a changed e-mail address from Authentication to the profile, has Paddle told, and writes to the audit log that it changed.';

create function private.owner_of_address_link(token_hash text)
returns table (user_id uuid, email text)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select account.id, account.email
  from auth.users as account
  where account.email_change_token_new = owner_of_address_link.token_hash
    and owner_of_address_link.token_hash <> ''
    and account.email_change_sent_at > now() - interval '1 hour'
$$;
comment on function private.owner_of_address_link(text) is
  'Who would have another address by a link, and the present one; nobody for a link that is too old. Uses nothing up.';

create function private.addresses_for_paddle(max_rows integer default 100)
returns table (provider_customer_id text, user_id uuid, email text, since timestamptz)
language sql
stable
security definer
rows 10
set search_path = ''
as $$
  select
    customer.provider_customer_id, customer.user_id, person.email, customer.address_due_at
  from public.billing_customers as customer
  join public.profiles as person on person.id = customer.user_id
  where customer.address_due_at is not null and person.erased_at is null
  order by customer.address_due_at
  limit max_rows
$$;
comment on function private.addresses_for_paddle(integer) is
  'Customers whose new address Paddle has to be told.';

revoke all on function
  private.owner_of_address_link(text), private.addresses_for_paddle(integer)
from public;
grant execute on function private.owner_of_address_link(text) to service_auth;
grant execute on function private.addresses_for_paddle(integer) to service_webhooks;
