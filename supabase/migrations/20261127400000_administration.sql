----------------------------------------------------------------------------------------------------
-- Administration: what tenant admins and super admins set. Branches, plans with their prices in
-- Paddle, the lines of support, the sender of mails about a failed payment, and the countries.
--
-- Each is one function that looks at who asks and writes to the audit log what changed; the tables
-- themselves stay closed to everyone. None of these rows holds a word about a person, so the log
-- keeps them as they were and as they are.
----------------------------------------------------------------------------------------------------

alter table public.tenants
  add column grace_sender_name text
    check (
      char_length(grace_sender_name) between 1 and 60
      and grace_sender_name !~ '[[:cntrl:]"<>@\\]'
      and grace_sender_name = btrim(grace_sender_name)
    );
comment on column public.tenants.grace_sender_name is
  'Name of the sender of mails about a failed payment, as readers see it; empty takes the name of the brand.';

create function private.must_administer(of_tenant text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if coalesce(private.my_role(), '') not in ('tenant_admin', 'super_admin')
    or of_tenant is null
    or of_tenant <> all (array(select private.my_tenant_ids()))
  then
    raise exception 'only administrators of this country may do this'
      using errcode = 'insufficient_privilege';
  end if;
end
$$;
comment on function private.must_administer(text) is
  'Refuses whoever is no administrator of a country.';

-- What changed, as the audit log tells it: the values of both sides that differ.
create function private.difference(was jsonb, is_now jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'before', coalesce(jsonb_object_agg(field.key, was -> field.key), '{}'),
    'after', coalesce(jsonb_object_agg(field.key, field.value), '{}')
  )
  from jsonb_each(is_now) as field
  where was -> field.key is distinct from field.value
    and field.key not in ('updated_at', 'created_at')
$$;
comment on function private.difference(jsonb, jsonb) is
  'Of two states of a row the values that differ, before and after.';

----------------------------------------------------------------------------------------------------
-- Branches
----------------------------------------------------------------------------------------------------

create function private.create_branch(of_tenant text, new_code text, new_name text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  made public.branches;
begin
  perform private.must_administer(of_tenant);
  insert into public.branches (tenant_id, code, name)
  values (of_tenant, upper(btrim(new_code)), btrim(new_name))
  returning * into made;
  perform private.record_audit(
    of_tenant, 'branch.created', 'branch', made.id::text,
    jsonb_build_object('code', made.code, 'name', made.name)
  );
  return made.id;
end
$$;
comment on function private.create_branch(text, text, text) is
  'Opens a branch, in the name of an administrator.';

create function private.rename_branch(branch uuid, new_code text, new_name text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.branches;
  is_now public.branches;
begin
  select * into was from public.branches where id = branch for update;
  if not found or was.tenant_id <> all (array(select private.my_tenant_ids())) then
    raise exception 'there is no such branch' using errcode = 'no_data_found';
  end if;
  perform private.must_administer(was.tenant_id);
  if (was.code, was.name) = (upper(btrim(new_code)), btrim(new_name)) then
    return;
  end if;
  update public.branches set code = upper(btrim(new_code)), name = btrim(new_name)
  where id = branch
  returning * into is_now;
  perform private.record_audit(
    was.tenant_id, 'branch.updated', 'branch', branch::text,
    private.difference(to_jsonb(was), to_jsonb(is_now))
  );
end
$$;
comment on function private.rename_branch(uuid, text, text) is
  'Gives a branch another code or name, in the name of an administrator.';

create function private.set_branch_active(branch uuid, active boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.branches;
  at_work integer;
begin
  select * into was from public.branches where id = branch for update;
  if not found or was.tenant_id <> all (array(select private.my_tenant_ids())) then
    raise exception 'there is no such branch' using errcode = 'no_data_found';
  end if;
  perform private.must_administer(was.tenant_id);
  if was.is_active = active then
    return;
  end if;
  if not active then
    -- Members stay where they are: their claims and figures go on. Who works here has to go first.
    select count(*) into at_work
    from public.profiles
    where branch_id = branch and role <> 'member' and is_active;
    if at_work > 0 then
      raise exception 'people work in this branch: %', at_work
        using errcode = 'restrict_violation', hint = 'Give them another branch first.';
    end if;
  end if;
  update public.branches set is_active = active where id = branch;
  perform private.record_audit(
    was.tenant_id, 'branch.updated', 'branch', branch::text,
    jsonb_build_object(
      'before', jsonb_build_object('is_active', was.is_active),
      'after', jsonb_build_object('is_active', active)
    )
  );
end
$$;
comment on function private.set_branch_active(uuid, boolean) is
  'Closes a branch in which nobody works any more, or opens it again, in the name of an administrator.';

----------------------------------------------------------------------------------------------------
-- Plans. What was sold stays what it was: the price of a plan that somebody has is the price of their
-- renewal at Paddle. Another price is another plan.
----------------------------------------------------------------------------------------------------

create function private.plan_is_sold(plan uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.subscriptions where plan_id = plan)
$$;
comment on function private.plan_is_sold(uuid) is 'Whether anybody has, or had, a plan.';

create function private.create_plan(
  of_tenant text,
  new_tier text,
  new_name text,
  new_price_cents integer,
  new_product_id text,
  new_price_id text,
  self_serve boolean,
  new_sort integer
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  made public.membership_plans;
begin
  perform private.must_administer(of_tenant);
  -- It includes what the plans of its kind include, and is off the page until somebody puts it there.
  insert into public.membership_plans (
    tenant_id, tier, name, price_cents, currency, paddle_product_id, paddle_price_id, is_self_serve,
    sort, features, is_active
  )
  select
    of_tenant, new_tier, btrim(new_name), new_price_cents, tenant.currency, new_product_id,
    new_price_id, self_serve, new_sort,
    coalesce(
      (
        select like_it.features
        from public.membership_plans as like_it
        where like_it.tenant_id = of_tenant and like_it.tier = new_tier
        order by like_it.is_active desc, like_it.created_at desc
        limit 1
      ),
      '[]'
    ),
    false
  from public.tenants as tenant
  where tenant.id = of_tenant
  returning * into made;
  perform private.record_audit(
    of_tenant, 'plan.created', 'membership_plan', made.id::text,
    to_jsonb(made) - '{id,tenant_id,features,created_at,updated_at}'::text[]
  );
  return made.id;
end
$$;
comment on function private.create_plan(text, text, text, integer, text, text, boolean, integer) is
  'Adds a plan that is not on offer yet, in the name of an administrator.';

create function private.change_plan(
  plan uuid,
  new_name text,
  new_price_cents integer,
  new_product_id text,
  new_price_id text,
  self_serve boolean,
  new_sort integer,
  active boolean
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.membership_plans;
  is_now public.membership_plans;
begin
  select * into was from public.membership_plans where id = plan for update;
  if not found or was.tenant_id <> all (array(select private.my_tenant_ids())) then
    raise exception 'there is no such plan' using errcode = 'no_data_found';
  end if;
  perform private.must_administer(was.tenant_id);
  if (new_price_cents, new_product_id, new_price_id)
    is distinct from (was.price_cents, was.paddle_product_id, was.paddle_price_id)
    and private.plan_is_sold(plan)
  then
    raise exception 'this plan was sold at its price'
      using errcode = 'restrict_violation', hint = 'Add a plan and take this one off the page.';
  end if;
  update public.membership_plans
  set
    name = btrim(new_name),
    price_cents = new_price_cents,
    paddle_product_id = new_product_id,
    paddle_price_id = new_price_id,
    is_self_serve = self_serve,
    sort = new_sort,
    is_active = active
  where id = plan
  returning * into is_now;
  if to_jsonb(was) - 'updated_at' = to_jsonb(is_now) - 'updated_at' then
    return;
  end if;
  perform private.record_audit(
    was.tenant_id, 'plan.updated', 'membership_plan', plan::text,
    private.difference(to_jsonb(was), to_jsonb(is_now))
  );
end
$$;
comment on function private.change_plan(uuid, text, integer, text, text, boolean, integer, boolean) is
  'Changes a plan, in the name of an administrator; its price only while nobody has bought it.';

----------------------------------------------------------------------------------------------------
-- Settings of a country. Its hours and service times are a table of their own that tells of itself.
----------------------------------------------------------------------------------------------------

create function private.save_support(
  of_tenant text,
  new_email text,
  new_phone text,
  new_grace_sender text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.tenants;
  is_now public.tenants;
begin
  perform private.must_administer(of_tenant);
  select * into was from public.tenants where id = of_tenant for update;
  update public.tenants
  set
    support_email = btrim(new_email),
    support_phone = btrim(new_phone),
    grace_sender_name = nullif(btrim(new_grace_sender), '')
  where id = of_tenant
  returning * into is_now;
  if to_jsonb(was) - 'updated_at' = to_jsonb(is_now) - 'updated_at' then
    return;
  end if;
  perform private.record_audit(
    of_tenant, 'settings.updated', 'tenant', of_tenant,
    private.difference(to_jsonb(was), to_jsonb(is_now))
  );
end
$$;
comment on function private.save_support(text, text, text, text) is
  'Changes how a country is reached and who its mails about failed payments come from, in the name of an administrator.';

----------------------------------------------------------------------------------------------------
-- Countries
----------------------------------------------------------------------------------------------------

create function private.must_be_super()
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if coalesce(private.my_role(), '') <> 'super_admin' then
    raise exception 'only super admins may do this' using errcode = 'insufficient_privilege';
  end if;
end
$$;
comment on function private.must_be_super() is 'Refuses whoever is no super admin.';

create function private.create_tenant(
  new_id text,
  new_name text,
  new_legal_name text,
  new_country text,
  new_locale text,
  new_time_zone text,
  new_hosts text[],
  new_email text,
  new_phone text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.must_be_super();
  -- Hidden until somebody opens it: without plans and people there is nothing to see.
  insert into public.tenants (
    id, name, legal_name, country_code, default_locale, time_zone, hosts, support_email,
    support_phone, is_active
  )
  values (
    new_id, btrim(new_name), btrim(new_legal_name), new_country, new_locale, new_time_zone, new_hosts,
    btrim(new_email), btrim(new_phone), false
  );
  perform private.record_audit(
    new_id, 'tenant.created', 'tenant', new_id,
    jsonb_build_object('name', btrim(new_name), 'country_code', new_country)
  );
end
$$;
comment on function private.create_tenant(text, text, text, text, text, text, text[], text, text) is
  'Adds a country, hidden at first, in the name of a super admin.';

create function private.change_tenant(
  of_tenant text,
  new_name text,
  new_legal_name text,
  new_locale text,
  new_time_zone text,
  new_hosts text[],
  active boolean
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  was public.tenants;
  is_now public.tenants;
begin
  perform private.must_be_super();
  select * into was from public.tenants where id = of_tenant for update;
  if not found then
    raise exception 'there is no such country' using errcode = 'no_data_found';
  end if;
  if was.is_default and not active then
    raise exception 'the country that takes sign-ups stays open'
      using errcode = 'restrict_violation', hint = 'Make another one the default first.';
  end if;
  update public.tenants
  set
    name = btrim(new_name),
    legal_name = btrim(new_legal_name),
    default_locale = new_locale,
    time_zone = new_time_zone,
    hosts = new_hosts,
    is_active = active
  where id = of_tenant
  returning * into is_now;
  if to_jsonb(was) - 'updated_at' = to_jsonb(is_now) - 'updated_at' then
    return;
  end if;
  perform private.record_audit(
    of_tenant, 'tenant.updated', 'tenant', of_tenant,
    private.difference(to_jsonb(was), to_jsonb(is_now))
  );
end
$$;
comment on function private.change_tenant(text, text, text, text, text, text[], boolean) is
  'Changes a country, or hides it, in the name of a super admin.';

revoke all on function
  private.must_administer(text), private.difference(jsonb, jsonb),
  private.create_branch(text, text, text), private.rename_branch(uuid, text, text),
  private.set_branch_active(uuid, boolean), private.plan_is_sold(uuid),
  private.create_plan(text, text, text, integer, text, text, boolean, integer),
  private.change_plan(uuid, text, integer, text, text, boolean, integer, boolean),
  private.save_support(text, text, text, text), private.must_be_super(),
  private.create_tenant(text, text, text, text, text, text, text[], text, text),
  private.change_tenant(text, text, text, text, text, text[], boolean)
from public;
grant execute on function
  private.create_branch(text, text, text), private.rename_branch(uuid, text, text),
  private.set_branch_active(uuid, boolean),
  private.create_plan(text, text, text, integer, text, text, boolean, integer),
  private.change_plan(uuid, text, integer, text, text, boolean, integer, boolean),
  private.save_support(text, text, text, text),
  private.create_tenant(text, text, text, text, text, text, text[], text, text),
  private.change_tenant(text, text, text, text, text, text[], boolean)
to authenticated;
