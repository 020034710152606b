-- The little world that the matrix is tried on: two tenants, their people, and rows of every kind.
-- Runs as the owner, inside a transaction that is rolled back.
--
-- matrix_people says who is who; matrix_rows says of each row whose it is, so that the test can work
-- out from "own", "care", "branch", "tenant" and "all" (access.txt) who should reach it.

set local search_path = public;
-- As for the logins of the site and the functions.
set local jit = off;
set constraints all immediate;

create temporary table matrix_people (
  name text primary key,
  id uuid not null,
  tenant text not null,
  role text not null,
  branch uuid,
  agent uuid
) on commit drop;

create temporary table matrix_rows (
  tbl text not null,
  kind text not null,
  -- The person, tenant or thing that it is of, for messages.
  whose text not null,
  own uuid,
  tenant text,
  branch uuid,
  care uuid,
  -- Finds the row; `false` if it is still to be made.
  place text not null,
  -- What statements about the row may name as {…}.
  facts jsonb not null default '{}'
) on commit drop;

-- An id that can be told again.
create function pg_temp.id(name text) returns uuid language sql immutable as $$
  select md5('matrix/' || name)::uuid
$$;

create function pg_temp.branch(code text) returns uuid language sql stable as $$
  select id from public.branches where branches.code = $1
$$;

create function pg_temp.hash(name text) returns text language sql immutable as $$
  select encode(sha256(convert_to(name, 'UTF8')), 'hex')
$$;

-- A row that belongs to a person, or to another one about whom nobody else needs to know.
create function pg_temp.row_of(
  tbl text, kind text, who text, place text, facts jsonb default '{}'
) returns void language sql as $$
  insert into matrix_rows
  select
    row_of.tbl, row_of.kind, who, person.id, person.tenant, person.branch, person.agent, row_of.place,
    jsonb_build_object('own', person.id, 'tenant', person.tenant) || row_of.facts
  from matrix_people as person
  where person.name = who
$$;

-- A row of a tenant, or of nobody.
create function pg_temp.row_in(
  tbl text, kind text, in_tenant text, place text, facts jsonb default '{}', of_branch uuid default null
) returns void language sql as $$
  insert into matrix_rows
  values (
    tbl, kind, coalesce(in_tenant, 'nobody'), null, in_tenant, of_branch, null, place,
    jsonb_build_object('tenant', in_tenant) || facts
  )
$$;

-- People ------------------------------------------------------------------------------------------

create function pg_temp.enrol(
  name text, tenant text, role text, branch text default null, agent text default null
) returns void language plpgsql as $$
declare
  person uuid := pg_temp.id('person/' || enrol.name);
begin
  insert into auth.users (id, aud, role, email, raw_user_meta_data)
  values (
    person, 'authenticated', 'authenticated', enrol.name || '@matrix.test',
    jsonb_build_object('tenant', enrol.tenant, 'full_name', initcap(replace(enrol.name, '_', ' ')))
  );
  update public.profiles
  set
    role = enrol.role,
    branch_id = pg_temp.branch(enrol.branch),
    agent_id = (select id from matrix_people where matrix_people.name = enrol.agent)
  where id = person;
  insert into matrix_people
  select enrol.name, id, tenant_id, profiles.role, branch_id, agent_id
  from public.profiles where id = person;
end
$$;

do $$
begin
  perform pg_temp.enrol('agent', 'ks', 'agent', 'KS-A');
  perform pg_temp.enrol('other_agent', 'ks', 'agent', 'KS-B');
  perform pg_temp.enrol('staff', 'ks', 'staff', 'KS-A');
  perform pg_temp.enrol('manager', 'ks', 'branch_manager', 'KS-A');
  perform pg_temp.enrol('admin', 'ks', 'tenant_admin');
  perform pg_temp.enrol('other_admin', 'ks', 'tenant_admin');
  perform pg_temp.enrol('super', 'ks', 'super_admin');
  perform pg_temp.enrol('member', 'ks', 'member', 'KS-A', 'agent');
  perform pg_temp.enrol('other_member', 'ks', 'member', 'KS-B', 'other_agent');
  perform pg_temp.enrol('lapsed', 'ks', 'member', 'KS-A', 'agent');
  perform pg_temp.enrol('locked', 'ks', 'member', 'KS-A', 'agent');
  -- Whose session was ended, while they keep its token.
  perform pg_temp.enrol('ended', 'ks', 'member', 'KS-A', 'agent');
  perform pg_temp.enrol('mk_agent', 'mk', 'agent', 'MK-A');
  perform pg_temp.enrol('mk_staff', 'mk', 'staff', 'MK-A');
  perform pg_temp.enrol('mk_manager', 'mk', 'branch_manager', 'MK-A');
  perform pg_temp.enrol('mk_admin', 'mk', 'tenant_admin');
  perform pg_temp.enrol('mk_member', 'mk', 'member', 'MK-A', 'mk_agent');
  perform pg_temp.enrol('mk_lapsed', 'mk', 'member', 'MK-B');
end
$$;

select pg_temp.row_of(
  'profiles',
  case role when 'tenant_admin' then 'admin' when 'super_admin' then 'super' when 'member' then 'member'
    else 'other' end,
  name, format('id = %L', id),
  jsonb_build_object('branch', pg_temp.branch(case tenant when 'ks' then 'KS-C' else 'MK-E' end))
) from matrix_people;

-- Tenants -----------------------------------------------------------------------------------------

insert into public.tenants (id, name, legal_name, country_code, support_email, support_phone, is_active)
values ('closed', 'Closed', 'Closed LLC', 'AL', 'help@closed.test', '+355 4 000 000', false);

do $$
declare
  home record;
begin
  for home in select id from public.tenants where id in ('ks', 'mk') loop
    perform pg_temp.row_in('tenants', 'active', home.id, format('id = %L', home.id));
    perform pg_temp.row_in(
      'tenant_service_times', 'row', home.id, format('tenant_id = %L', home.id)
    );
  end loop;
  perform pg_temp.row_in('tenants', 'inactive', null, 'id = ''closed''');
end
$$;
select pg_temp.row_in('branches', 'row', tenant_id, format('id = %L', id), '{}', id)
from public.branches where code in ('KS-A', 'KS-B', 'MK-A');

-- Memberships and money ---------------------------------------------------------------------------

insert into public.membership_plans
  (id, tenant_id, tier, name, price_cents, paddle_product_id, paddle_price_id, is_active)
select
  pg_temp.id('plan/' || kind || home), home, 'standard', 'Plan', 2000,
  'pro_' || rpad(left(pg_temp.hash(kind || home), 20), 26, '0'),
  'pri_' || rpad(left(pg_temp.hash(kind || home), 20), 26, '0'), kind = 'active'
from unnest('{active,retired}'::text[]) as kind, unnest('{ks,mk}'::text[]) as home;

create temporary view members as
select name, id, tenant, branch, agent from matrix_people where role = 'member';

do $$
declare
  member record;
begin
  for member in select * from members loop
    insert into public.subscriptions
      (id, tenant_id, user_id, plan_id, provider_subscription_id, provider_customer_id, status,
       started_at, current_period_end)
    values (
      pg_temp.id('subscription/' || member.name), member.tenant, member.id,
      pg_temp.id('plan/active' || member.tenant), 'sub_' || member.name, 'ctm_' || member.name,
      'active', now() - interval '400 days', now() + interval '100 days'
    );
    insert into public.billing_customers (provider_customer_id, user_id, tenant_id, email)
    values ('ctm_' || member.name, member.id, member.tenant, member.name || '@matrix.test');
    insert into public.billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
    values (
      'txn_' || member.name, member.tenant, member.id, pg_temp.id('plan/active' || member.tenant)
    );
    insert into public.billing_invoices
      (id, tenant_id, user_id, subscription_id, provider_transaction_id, currency, subtotal_cents,
       amount_cents, billed_at)
    values (
      pg_temp.id('invoice/' || member.name), member.tenant, member.id,
      pg_temp.id('subscription/' || member.name), 'txn_' || member.name, 'EUR', 2000, 2000, now()
    );
    perform pg_temp.row_of(
      'subscriptions', case when member.name like '%lapsed' then 'overdue' else 'running' end,
      member.name,
      format('id = %L', pg_temp.id('subscription/' || member.name)),
      jsonb_build_object('id', pg_temp.id('subscription/' || member.name))
    );
    perform pg_temp.row_of(
      'billing_customers', 'row', member.name, format('provider_customer_id = %L', 'ctm_' || member.name)
    );
    perform pg_temp.row_of(
      'billing_checkouts', 'row', member.name, format('provider_transaction_id = %L', 'txn_' || member.name),
      jsonb_build_object('plan', pg_temp.id('plan/active' || member.tenant))
    );
    perform pg_temp.row_of(
      'billing_invoices', 'row', member.name, format('id = %L', pg_temp.id('invoice/' || member.name)),
      jsonb_build_object('subscription', pg_temp.id('subscription/' || member.name))
    );
    perform pg_temp.row_of(
      'billing_ledger_entries', 'row', member.name,
      format('invoice_id = %L', pg_temp.id('invoice/' || member.name)),
      jsonb_build_object(
        'invoice', pg_temp.id('invoice/' || member.name), 'transaction', 'txn_' || member.name
      )
    );
  end loop;
end
$$;

-- Only these two bought a plan that is not sold any more.
update public.subscriptions set plan_id = pg_temp.id('plan/retiredks')
where id = pg_temp.id('subscription/member');
update public.subscriptions set plan_id = pg_temp.id('plan/retiredmk')
where id = pg_temp.id('subscription/mk_member');
select pg_temp.row_in(
  'membership_plans', 'active', home, format('id = %L', pg_temp.id('plan/active' || home))
) from unnest('{ks,mk}'::text[]) as home;
select pg_temp.row_of(
  'membership_plans', 'retired', name, format('id = %L', pg_temp.id('plan/retired' || tenant))
) from members where name in ('member', 'mk_member');

insert into public.agent_commissions
  (id, tenant_id, agent_id, member_id, subscription_id, type, amount_cents, currency, rate_percent,
   base_cents, source_transaction_id)
select
  pg_temp.id('commission/' || agent.name), agent.tenant, agent.id, member.id,
  pg_temp.id('subscription/' || member.name), 'new_membership', 400, 'EUR', 20, 2000,
  'txn_' || member.name
from members as member
join matrix_people as agent on agent.id = member.agent
where member.name in ('member', 'other_member', 'mk_member');
select pg_temp.row_of(
  'agent_commissions', 'row', agent.name, format('id = %L', pg_temp.id('commission/' || agent.name)),
  jsonb_build_object('member', member.id)
)
from members as member
join matrix_people as agent on agent.id = member.agent
where member.name in ('member', 'other_member', 'mk_member');

-- Claims ------------------------------------------------------------------------------------------

insert into storage.buckets (id, name, public) values ('claim-evidence', 'claim-evidence', false)
on conflict (id) do nothing;

create function pg_temp.make_claim(kind text, member text) returns uuid language plpgsql as $$
declare
  claim uuid := pg_temp.id('claim/' || kind || '/' || member);
begin
  insert into public.claims
    (id, tenant_id, member_id, title, company, description, category, amount_cents)
  select
    claim, tenant, matrix_people.id, 'Flight delayed', 'Air Example',
    'The flight came nine hours late.', 'travel', 25000
  from matrix_people where name = make_claim.member;
  if kind <> 'draft' then
    update public.claims set status = 'submitted' where id = claim;
  end if;
  perform pg_temp.row_of(
    'claims', kind, make_claim.member, format('id = %L', claim),
    jsonb_build_object('id', claim, 'staff', staff.id)
  )
  from matrix_people as owner
  join matrix_people as staff on staff.tenant = owner.tenant and staff.role = 'staff'
  where owner.name = make_claim.member;
  return claim;
end
$$;

create function pg_temp.make_document(kind text, member text, claim uuid, uploader text)
returns uuid language plpgsql as $$
declare
  document uuid := pg_temp.id('document/' || kind || '/' || member);
  path text;
begin
  insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
  select document, claim, 'paper.pdf', 'application/pdf', 1000, id
  from matrix_people where name = uploader
  returning file_path into path;
  if kind <> 'awaited' then
    insert into storage.objects (bucket_id, name, metadata)
    values ('claim-evidence', path, '{"size": 1000, "mimetype": "application/pdf"}');
  end if;
  if kind = 'spare' then
    perform private.confirm_document(
      document, uploaded_by, '', 'application/pdf', repeat('ab', 32)
    ) from public.claim_documents where id = document;
    return document;
  end if;
  perform pg_temp.row_of(
    'storage.objects', kind, member,
    case kind when 'awaited' then 'false' else format('name = %L', path) end,
    jsonb_build_object('path', path)
  );
  if kind in ('readable', 'deleted', 'draft') then
    perform private.confirm_document(
      document, uploaded_by, '', 'application/pdf', repeat('ab', 32)
    ) from public.claim_documents where id = document;
  end if;
  if kind = 'deleted' then
    update public.claim_documents set deleted_at = now() where id = document;
  end if;
  perform pg_temp.row_of(
    'claim_documents', kind, member, format('id = %L', document),
    jsonb_build_object('id', document, 'claim', claim, 'path', path)
  );
  return document;
end
$$;

do $$
declare
  member record;
  sent uuid;
  draft uuid;
  document uuid;
  staff uuid;
begin
  for member in select * from members loop
    sent := pg_temp.make_claim('sent', member.name);
    draft := pg_temp.make_claim('draft', member.name);
    perform pg_temp.row_of('claim_queue', 'row', member.name, format('id = %L', sent));
    select id into staff from matrix_people where tenant = member.tenant and role = 'staff';

    insert into public.claim_messages (id, claim_id, sender_id, body, is_internal)
    values
      (pg_temp.id('message/' || member.name), sent, member.id, 'Any news?', false),
      (pg_temp.id('answer/' || member.name), sent, staff, 'Not yet.', false),
      (pg_temp.id('note/' || member.name), sent, staff, 'Weak evidence.', true);
    perform pg_temp.row_of(
      'claim_messages', 'message', member.name, format('id = %L', pg_temp.id('message/' || member.name)),
      jsonb_build_object('claim', sent)
    );
    perform pg_temp.row_of(
      'claim_messages', 'note', member.name, format('id = %L', pg_temp.id('note/' || member.name)),
      jsonb_build_object('claim', sent)
    );

    insert into public.claim_stage_history
      (id, tenant_id, claim_id, member_id, from_status, to_status, is_public, note, changed_by_role)
    values
      (pg_temp.id('public/' || member.name), member.tenant, sent, member.id, 'submitted',
       'verification', true, null, 'staff'),
      (pg_temp.id('internal/' || member.name), member.tenant, sent, member.id, 'submitted',
       'verification', false, 'Weak evidence.', 'staff');
    perform pg_temp.row_of(
      'claim_stage_history', kind, member.name, format('id = %L', pg_temp.id(kind || '/' || member.name))
    ) from unnest('{public,internal}'::text[]) as kind;

    document := pg_temp.make_document('readable', member.name, sent, member.name);
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id)
    values (member.tenant, 'staff', 'document.view', 'document', document::text);
    perform pg_temp.make_document('deleted', member.name, sent, member.name);
    perform pg_temp.make_document('draft', member.name, draft, member.name);
    -- Of the same kind, for a share pack to take in.
    perform pg_temp.make_document('spare', member.name, sent, member.name);
    perform pg_temp.make_document('awaited', member.name, sent, member.name);
    perform pg_temp.make_document('unlooked', member.name, sent, member.name);
    perform pg_temp.make_document('refused', member.name, sent, member.name);
    update public.claim_documents set refused_at = now(), refused_reason = 'wrong_type'
    where id = pg_temp.id('document/refused/' || member.name);

    insert into public.share_packs (id, claim_id, created_by, token_hash, expires_at)
    select
      pg_temp.id('pack/' || kind || member.name), sent,
      case kind when 'member' then member.id else staff end,
      pg_temp.hash('pack/' || kind || member.name), now() + interval '7 days'
    from unnest('{member,staff}'::text[]) as kind;
    insert into public.share_pack_documents (pack_id, document_id, position)
    values (pg_temp.id('pack/member' || member.name), document, 1);
    insert into public.share_pack_accesses (id, tenant_id, pack_id, action)
    values (
      pg_temp.id('access/' || member.name), member.tenant, pg_temp.id('pack/member' || member.name),
      'opened'
    );
    perform pg_temp.row_of(
      'share_packs', kind, member.name, format('id = %L', pg_temp.id('pack/' || kind || member.name)),
      jsonb_build_object(
        'claim', sent, 'document', document, 'id', pg_temp.id('pack/' || kind || member.name)
      )
    ) from unnest('{member,staff}'::text[]) as kind;
    perform pg_temp.row_of(
      'share_pack_documents', 'row', member.name,
      format('pack_id = %L', pg_temp.id('pack/member' || member.name)),
      jsonb_build_object(
        'document', pg_temp.id('document/spare/' || member.name),
        'pack', pg_temp.id('pack/member' || member.name)
      )
    );
    perform pg_temp.row_of(
      'share_pack_accesses', 'row', member.name,
      format('id = %L', pg_temp.id('access/' || member.name))
    );

    insert into public.claim_tracking_tokens (id, claim_id, token_hash)
    values (pg_temp.id('tracking/' || member.name), sent, pg_temp.hash('tracking/' || member.name));
    perform pg_temp.row_of(
      'claim_tracking_tokens', 'row', member.name,
      format('id = %L', pg_temp.id('tracking/' || member.name)), jsonb_build_object('claim', sent)
    );
  end loop;
end
$$;

-- Whoever is no member: would they have a claim or a checkout of their own?
select pg_temp.row_of('claims', 'draft', name, 'false')
from matrix_people where role <> 'member';
select pg_temp.row_of(
  'billing_checkouts', 'row', name, 'false',
  jsonb_build_object('plan', pg_temp.id('plan/active' || tenant))
)
from matrix_people where role <> 'member';

-- Mails, surveys and notifications ----------------------------------------------------------------

do $$
declare
  member record;
begin
  for member in select * from members loop
    insert into public.engagement_email_sends (id, tenant_id, user_id, template_key, dedupe_key)
    values
      (pg_temp.id('survey/' || member.name), member.tenant, member.id, 'nps_v1',
       'matrix:survey:' || member.name),
      (pg_temp.id('failed/' || member.name), member.tenant, member.id, 'dunning_day_0',
       'matrix:failed:' || member.name),
      (pg_temp.id('password/' || member.name), member.tenant, member.id, 'password_reset',
       'matrix:password:' || member.name),
      (pg_temp.id('survey2/' || member.name), member.tenant, member.id, 'nps_v1',
       'matrix:survey2:' || member.name);
    update public.engagement_email_sends set status = 'error', error = 'refused'
    where id = pg_temp.id('failed/' || member.name);
    perform pg_temp.row_of(
      'engagement_email_sends', kind, member.name,
      format('id = %L', pg_temp.id(kind || '/' || member.name)),
      jsonb_build_object('id', pg_temp.id(kind || '/' || member.name))
    ) from unnest('{survey,failed,password}'::text[]) as kind;

    insert into public.mail_events (id, tenant_id, send_id, type, occurred_at)
    values (
      'matrix-' || member.name, member.tenant, pg_temp.id('survey/' || member.name),
      'email.delivered', now()
    );
    perform pg_temp.row_of(
      'mail_events', 'known', member.name, format('send_id = %L', pg_temp.id('survey/' || member.name))
    );

    insert into public.nps_survey_tokens (id, tenant_id, user_id, send_id, token_hash, expires_at)
    values (
      pg_temp.id('token/' || member.name), member.tenant, member.id,
      pg_temp.id('survey/' || member.name), pg_temp.hash('nps/' || member.name),
      now() + interval '30 days'
    );
    insert into public.nps_survey_responses (id, tenant_id, user_id, token_id, score)
    values (
      pg_temp.id('answer/' || member.name), member.tenant, member.id,
      pg_temp.id('token/' || member.name), 9
    );
    perform pg_temp.row_of(
      'nps_survey_tokens', 'row', member.name, format('id = %L', pg_temp.id('token/' || member.name)),
      jsonb_build_object('send', pg_temp.id('survey2/' || member.name))
    );
    perform pg_temp.row_of(
      'nps_survey_responses', 'row', member.name, format('id = %L', pg_temp.id('answer/' || member.name))
    );

    insert into public.notifications
      (id, tenant_id, user_id, type, action_path, claim_id, dedupe_key, created_at)
    values
      (pg_temp.id('recent/' || member.name), member.tenant, member.id, 'claim_message', '/member',
       pg_temp.id('claim/sent/' || member.name), 'matrix:recent:' || member.name, now()),
      (pg_temp.id('old/' || member.name), member.tenant, member.id, 'claim_message', '/member',
       null, 'matrix:old:' || member.name, now() - interval '2 years');
    perform pg_temp.row_of(
      'notifications', kind, member.name, format('id = %L', pg_temp.id(kind || '/' || member.name)),
      jsonb_build_object(
        'id', pg_temp.id(kind || '/' || member.name),
        'claim', pg_temp.id('claim/sent/' || member.name)
      )
    ) from unnest('{recent,old}'::text[]) as kind;
  end loop;
end
$$;

-- Some stated what they want to be told of, some did not yet.
insert into public.notification_preferences (user_id, tenant_id)
select id, tenant from members where name not like '%other%';
select pg_temp.row_of('notification_preferences', 'stated', name, format('user_id = %L', id))
from members where name not like '%other%';
select pg_temp.row_of('notification_preferences', 'unstated', name, 'false')
from matrix_people where name in ('other_member', 'agent', 'staff', 'mk_staff', 'admin', 'manager', 'super');

-- Jobs and what they leave ------------------------------------------------------------------------

insert into public.mail_events (id, type, occurred_at, provider_message_id)
values ('matrix-unknown', 'matrix.unknown', now(), 'matrix-unknown');
select pg_temp.row_in('mail_events', 'unknown', null, 'type = ''matrix.unknown''');

insert into public.mail_batches (id, next_attempt_at) values (pg_temp.id('batch'), now());
select pg_temp.row_in('mail_batches', 'row', null, format('id = %L', pg_temp.id('batch')));
select pg_temp.row_in('mail_templates', 'row', null, 'key = ''welcome''');
select pg_temp.row_in('cron_jobs', 'row', null, 'job = ''mails''');

insert into public.feature_flags (id, key, tenant_id, enabled)
select pg_temp.id('flag/' || coalesce(home, 'all')), 'pause_nps', home, false
from unnest('{ks,mk,null}'::text[]) as home;
select pg_temp.row_in('feature_flags', 'own', home, format('id = %L', pg_temp.id('flag/' || home)))
from unnest('{ks,mk}'::text[]) as home;
select pg_temp.row_in(
  'feature_flags', 'everywhere', null, format('id = %L', pg_temp.id('flag/all'))
);
select pg_temp.row_in(
  'claim_status_transitions', 'row', null, 'from_status = ''draft'' and to_status = ''submitted'''
);

insert into public.cron_runs (id, job, started_at)
values
  (pg_temp.id('run/recent'), 'matrix', now()),
  (pg_temp.id('run/old'), 'matrix', now() - interval '1 year');
select pg_temp.row_in('cron_runs', kind, null, format('id = %L', pg_temp.id('run/' || kind)))
from unnest('{recent,old}'::text[]) as kind;

insert into public.rate_limits (bucket, key_hash, window_start, count)
values
  ('matrix-recent', sha256('matrix'), now(), 1),
  ('matrix-over', sha256('matrix'), now() - interval '2 days', 1);
select pg_temp.row_in('rate_limits', kind, null, format('bucket = %L', 'matrix-' || kind))
from unnest('{recent,over}'::text[]) as kind;

insert into public.webhook_events
  (id, tenant_id, dedupe_key, event_id, event_type, signature_valid, payload, payload_hash,
   processing_result, attempts)
select
  pg_temp.id('event/' || coalesce(home, '')), home, 'matrix:' || coalesce(home, ''), 'evt_matrix',
  'report.created', true, '{}', repeat('0', 64), 'error', 20
from unnest(array['ks', 'mk', null]) as home;
select pg_temp.row_in(
  'webhook_events', case when home is null then 'unplaced' else 'placed' end, home,
  format('id = %L', pg_temp.id('event/' || coalesce(home, ''))),
  jsonb_build_object('id', pg_temp.id('event/' || coalesce(home, '')))
) from unnest(array['ks', 'mk', null]) as home;

insert into public.audit_log (id, tenant_id, actor_id, actor_role, action)
select pg_temp.id('audit/' || name), tenant, id, role, 'claim.created'
from matrix_people where name in ('member', 'staff', 'mk_member');
insert into public.audit_log (id, actor_role, action)
values (pg_temp.id('audit/unplaced'), 'service_cron', 'claim.created');
select pg_temp.row_of('audit_log', 'placed', name, format('id = %L', pg_temp.id('audit/' || name)))
from matrix_people where name in ('member', 'staff', 'mk_member');
select pg_temp.row_in('audit_log', 'unplaced', null, format('id = %L', pg_temp.id('audit/unplaced')));

-- Invitations, consents, privacy and the seals of the log -----------------------------------------

select pg_temp.row_in(
  'role_grants_allowed', 'row', null,
  format('granter_role = %L and target_role = %L', 'super_admin', 'member')
);

insert into public.invitations
  (id, tenant_id, email, role, branch_id, agent_id, locale, invited_by, token_hash)
select
  pg_temp.id('invitation/' || name), tenant, 'by-' || name || '@matrix.test',
  case role when 'agent' then 'member' when 'tenant_admin' then 'staff' else 'super_admin' end,
  branch, case when role = 'agent' then id end, 'sq', id, pg_temp.hash('invitation/' || name)
from matrix_people where role in ('agent', 'tenant_admin', 'super_admin');
select pg_temp.row_of(
  'invitations',
  case role when 'agent' then 'member' when 'tenant_admin' then 'staff' else 'super' end,
  name, format('id = %L', pg_temp.id('invitation/' || name)),
  jsonb_build_object('id', pg_temp.id('invitation/' || name))
)
from matrix_people where role in ('agent', 'tenant_admin', 'super_admin');

insert into public.consents (id, tenant_id, user_id, kind, version, given)
select pg_temp.id('consent/' || name), tenant, id, 'terms', '1', true from members;
select pg_temp.row_of('consents', 'row', name, format('id = %L', pg_temp.id('consent/' || name)))
from members;

insert into public.privacy_requests
  (id, tenant_id, user_id, kind, status, due_at, ready_at, expires_at)
select
  pg_temp.id('deletion/' || name), tenant, id, 'deletion', 'pending', now() + interval '30 days',
  null::timestamptz, null::timestamptz
from members
union all
select
  pg_temp.id('export/' || name), tenant, id, 'export', 'ready', null, now(),
  now() + interval '7 days'
from members;
select pg_temp.row_of(
  'privacy_requests', 'row', name, format('id = %L', pg_temp.id(kind || '/' || name)),
  jsonb_build_object('id', pg_temp.id(kind || '/' || name))
) from members, unnest('{deletion,export}'::text[]) as kind;

insert into public.audit_chain (position, seq, row_id, row_hash, chain_hash, sealed_at)
values (9e15, 9e15, pg_temp.id('audit/member'), sha256('row'), sha256('chain'), now());
insert into public.audit_heads (position, top_seq, chain_hash, is_complete, sealed_at)
values (9e15, 9e15, sha256('chain'), true, now());
select pg_temp.row_in('audit_chain', 'row', null, 'position = 9e15');
select pg_temp.row_in('audit_heads', 'row', null, 'position = 9e15');

-- Agents' leads, what was paid, and what is noted -------------------------------------------------

insert into public.member_leads
  (id, tenant_id, branch_id, agent_id, created_by, first_name, last_name, email, locale)
select
  pg_temp.id('lead/' || name), tenant, branch, id, id, 'Some', 'Body', name || '@lead.test', 'sq'
from matrix_people where role = 'agent';
insert into public.lead_payment_attempts
  (id, tenant_id, lead_id, method, plan_id, received_at, created_by)
select
  pg_temp.id('attempt/' || name), tenant, pg_temp.id('lead/' || name), 'cash',
  pg_temp.id('plan/active' || tenant), now(), id
from matrix_people where role = 'agent';
insert into public.payment_proofs
  (id, tenant_id, lead_id, attempt_id, uploaded_by, file_path, file_name, file_type, file_size,
   object_version, confirmed_at)
select
  pg_temp.id('proof/' || name), tenant, pg_temp.id('lead/' || name), pg_temp.id('attempt/' || name), id,
  format('tenants/%s/leads/%s/%s', tenant, pg_temp.id('lead/' || name), pg_temp.id('proof/' || name)),
  'receipt.jpg', 'image/jpeg', 1000, '', now()
from matrix_people where role = 'agent';
insert into storage.objects (bucket_id, name, metadata)
select bucket, file_path, '{"size": 1000, "mimetype": "image/jpeg"}' from public.payment_proofs
where file_name = 'receipt.jpg' and id in (
  select pg_temp.id('proof/' || name) from matrix_people
);
insert into public.referral_clicks (tenant_id, agent_id, day, clicks)
select tenant, id, current_date, 1 from matrix_people where role = 'agent';
insert into public.member_notes (id, tenant_id, member_id, author_id, type, body)
select pg_temp.id('note/' || agent.name), agent.tenant, member.id, agent.id, 'call', 'Called'
from matrix_people as agent
join matrix_people as member on member.agent = agent.id
where member.name in ('member', 'other_member', 'mk_member');
insert into public.member_activities
  (id, tenant_id, member_id, author_id, kind, happened_at, summary)
select pg_temp.id('act/' || agent.name), agent.tenant, member.id, agent.id, 'call', now(), 'Called'
from matrix_people as agent
join matrix_people as member on member.agent = agent.id
where member.name in ('member', 'other_member', 'mk_member');
select
  pg_temp.row_of('member_leads', 'row', name, format('id = %L', pg_temp.id('lead/' || name))),
  pg_temp.row_of(
    'lead_payment_attempts', 'row', name, format('id = %L', pg_temp.id('attempt/' || name))
  ),
  pg_temp.row_of('payment_proofs', 'row', name, format('id = %L', pg_temp.id('proof/' || name))),
  pg_temp.row_of('referral_clicks', 'row', name, format('agent_id = %L', id)),
  pg_temp.row_of('member_notes', 'row', name, format('id = %L', pg_temp.id('note/' || name))),
  pg_temp.row_of('member_activities', 'row', name, format('id = %L', pg_temp.id('act/' || name))),
  pg_temp.row_of(
    'storage.objects', 'receipt', name,
    format(
      'bucket_id = ''payment-proofs'' and name = %L',
      format(
        'tenants/%s/leads/%s/%s', tenant, pg_temp.id('lead/' || name), pg_temp.id('proof/' || name)
      )
    ),
    jsonb_build_object('path', 'tenants/x/leads/y/z')
  )
from matrix_people where role = 'agent';
select pg_temp.row_of(
  'membership_cards', 'row', name,
  format('subscription_id = %L', pg_temp.id('subscription/' || name))
) from members;
insert into public.welcome_tokens (id, tenant_id, user_id, send_id, token_hash, expires_at)
select
  pg_temp.id('welcome/' || name), tenant, id, pg_temp.id('survey/' || name),
  pg_temp.hash('welcome/' || name), now() + interval '30 days'
from members;
select pg_temp.row_of(
  'welcome_tokens', 'row', name, format('id = %L', pg_temp.id('welcome/' || name)),
  jsonb_build_object('send', pg_temp.id('survey2/' || name))
) from members;

-- Now some have lapsed, and one was locked out ----------------------------------------------------

update public.subscriptions
set
  status = 'past_due', past_due_at = now() - interval '40 days',
  grace_period_ends_at = now() - interval '26 days'
where user_id in (select id from matrix_people where name in ('lapsed', 'mk_lapsed'));
update public.profiles set email_undeliverable_at = now()
where id in (select id from members);
update public.profiles set is_active = false
where id = (select id from matrix_people where name = 'locked');
