-- Sets up what the other files use: pgTAP, and the schema `tests` with people to act as.
-- Run the files in the order of their names, each in a session of its own, as `postgres`.

set client_min_messages = warning;

create schema if not exists extensions;
create extension if not exists pgtap with schema extensions;

drop schema if exists tests cascade;
create schema tests;
grant usage on schema tests to public;

grant usage on schema extensions
to service_webhooks, service_cron, service_auth, service_documents;

create table tests.known_people (handle text primary key, user_id uuid not null);
grant select on tests.known_people to public;

create function tests.id_of(handle text)
returns uuid
language sql
stable
as $$
  select user_id from tests.known_people where known_people.handle = $1
$$;

create function tests.branch(code text)
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select id from public.branches where branches.code = $1
$$;

-- Signs a person up as Auth does, then gives them what only staff can give.
create function tests.sign_up(
  handle text,
  tenant text default 'ks',
  role text default 'member',
  branch text default null,
  agent text default null,
  metadata jsonb default '{}'
)
returns void
language plpgsql
as $$
declare
  person uuid := gen_random_uuid();
begin
  insert into auth.users (id, aud, role, email, raw_user_meta_data)
  values (
    person, 'authenticated', 'authenticated', sign_up.handle || '@example.test',
    sign_up.metadata || jsonb_build_object('tenant', sign_up.tenant)
  );
  if (sign_up.role, sign_up.branch, sign_up.agent) is distinct from ('member', null, null) then
    update public.profiles
    set
      role = sign_up.role,
      branch_id = tests.branch(sign_up.branch),
      agent_id = tests.id_of(sign_up.agent)
    where id = person;
  end if;
  insert into tests.known_people values (sign_up.handle, person);
end
$$;

-- A session with a token of any content.
create function tests.act_with(claims jsonb)
returns void
language plpgsql
as $$
begin
  perform
    set_config('role', 'authenticated', true),
    set_config('request.jwt.claim.sub', coalesce(claims ->> 'sub', ''), true),
    set_config('request.jwt.claim.role', 'authenticated', true),
    set_config('request.jwt.claims', claims::text, true);
end
$$;

create function tests.act_as(handle text, claims jsonb default '{}')
returns void
language plpgsql
as $$
begin
  if tests.id_of(handle) is null then
    raise exception 'nobody here is called %', handle;
  end if;
  perform tests.act_with(
    claims || jsonb_build_object('sub', tests.id_of(handle), 'role', 'authenticated')
  );
end
$$;

-- anon, or one of the service roles.
create function tests.act_as_role(name text)
returns void
language plpgsql
as $$
begin
  perform
    set_config('role', name, true),
    set_config('request.jwt.claim.sub', '', true),
    set_config('request.jwt.claim.role', name, true),
    set_config('request.jwt.claims', json_build_object('role', name)::text, true);
end
$$;

-- Back to the owner, who prepares data and looks at what truly is stored.
create function tests.act_as_owner()
returns void
language plpgsql
as $$
begin
  perform
    set_config('role', 'none', true),
    set_config('request.jwt.claim.sub', '', true),
    set_config('request.jwt.claim.role', '', true),
    set_config('request.jwt.claims', '', true);
end
$$;

-- A membership of somebody, as a webhook would have stored it.
create function tests.subscribe(handle text, status text default 'active', details jsonb default '{}')
returns void
language plpgsql
as $$
declare
  made public.subscriptions;
begin
  made := jsonb_populate_record(
    null::public.subscriptions,
    jsonb_build_object(
      'id', gen_random_uuid(),
      'provider', 'paddle',
      'provider_subscription_id', 'sub_' || gen_random_uuid(),
      'user_id', tests.id_of(subscribe.handle),
      'tenant_id', (select tenant_id from public.profiles where id = tests.id_of(subscribe.handle)),
      'status', subscribe.status,
      'cancel_at_period_end', false,
      'dunning_attempt_count', 0,
      'created_at', now(),
      'updated_at', now()
    ) || subscribe.details
  );
  insert into public.subscriptions select made.*;
end
$$;

-- Claims are known by a number each.
create function tests.claim(number integer)
returns uuid
language sql
immutable
as $$
  select ('c0000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid
$$;

create function tests.document(number integer)
returns uuid
language sql
immutable
as $$
  select ('d0000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid
$$;

-- A draft that says enough to be sent.
create function tests.draft(number integer, handle text)
returns uuid
language sql
as $$
  insert into public.claims
    (id, tenant_id, member_id, title, company, description, category, amount_cents)
  select
    tests.claim(number), tenant_id, id, 'Flight delayed', 'Air Example',
    'The flight came nine hours late.', 'travel', 25000
  from public.profiles where id = tests.id_of(handle)
  returning id
$$;

-- A claim that its member, who needs a membership, has sent.
create function tests.send(number integer, handle text)
returns uuid
language plpgsql
as $$
begin
  perform tests.draft(number, handle);
  perform tests.act_as(handle);
  perform public.submit_claim(tests.claim(number));
  perform tests.act_as_owner();
  return tests.claim(number);
end
$$;

-- A document whose file is there and was found to be what it was said to be.
create function tests.attach(number integer, claim integer, handle text, size integer default 1000)
returns uuid
language plpgsql
as $$
begin
  insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
  values (
    tests.document(number), tests.claim(claim), format('paper-%s.pdf', number), 'application/pdf',
    size, tests.id_of(handle)
  );
  insert into storage.objects (bucket_id, name, metadata)
  select bucket, file_path, jsonb_build_object('size', file_size, 'mimetype', file_type)
  from public.claim_documents where id = tests.document(number);
  perform private.confirm_document(
    tests.document(number), tests.id_of(handle), '', 'application/pdf', repeat('ab', 32)
  );
  return tests.document(number);
end
$$;

grant execute on function
  tests.claim(integer), tests.document(integer), tests.id_of(text), tests.branch(text), tests.act_with(jsonb), tests.act_as(text, jsonb),
  tests.act_as_role(text), tests.act_as_owner()
to public;

-- Seven people of Kosovo and three of Macedonia, the same in every file that wants them.
create function tests.populate()
returns void
language sql
as $$
  select tests.sign_up('ks_agent', 'ks', 'agent', 'KS-A');
  select tests.sign_up('ks_staff', 'ks', 'staff');
  select tests.sign_up('ks_manager', 'ks', 'branch_manager', 'KS-A');
  select tests.sign_up('ks_admin', 'ks', 'tenant_admin');
  select tests.sign_up('ks_member', 'ks', 'member', 'KS-A', 'ks_agent');
  select tests.sign_up('ks_other_member', 'ks', 'member', 'KS-B');
  select tests.sign_up('mk_member', 'mk', 'member', 'MK-A');
  select tests.sign_up('mk_staff', 'mk', 'staff');
  select tests.sign_up('mk_admin', 'mk', 'tenant_admin');
  select tests.sign_up('super', 'ks', 'super_admin');
$$;

-- Files go into the project's bucket, which the seed of Storage makes.
insert into storage.buckets (id, name, public) values ('claim-evidence', 'claim-evidence', false)
on conflict (id) do nothing;

select 'ready' as setup;
