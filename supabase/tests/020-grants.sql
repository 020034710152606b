-- Who holds which right, to the letter: a right that is not in these lists is a mistake, whoever
-- gave it. Service roles are looked at too; `service_role` is Supabase's own and has the rest.
begin;
set local search_path = public, extensions;

select plan(14);

create temporary view api_roles as
select oid, rolname as name
from pg_roles
where rolname in (
  'anon', 'authenticated', 'app_site', 'app_functions',
  'service_webhooks', 'service_cron', 'service_auth', 'service_documents'
);

-- One line of text a right, so that the order is the same under every collation.
select results_eq(
  $$
    select right_held collate "default"
    from (
      select
        format(
          '%s: %s may %s', c.relname, r.name,
          string_agg(lower(acl.privilege_type), ', ' order by acl.privilege_type)
        ) as right_held
      from pg_class as c
      cross join lateral aclexplode(c.relacl) as acl
      join api_roles as r on r.oid = acl.grantee
      where c.relnamespace = 'public'::regnamespace
      group by c.relname, r.name
    ) as held
    order by right_held collate "C"
  $$,
  $$
    values
      ('agent_commissions: authenticated may select'),
      ('agent_commissions: service_webhooks may insert, select'),
      ('audit_log: authenticated may select'),
      ('billing_checkouts: authenticated may select'),
      ('billing_checkouts: service_webhooks may select'),
      ('billing_customers: authenticated may select'),
      ('billing_customers: service_webhooks may insert, select'),
      ('billing_invoices: authenticated may select'),
      ('billing_invoices: service_webhooks may insert, select'),
      ('billing_ledger_entries: authenticated may select'),
      ('billing_ledger_entries: service_webhooks may select'),
      ('branches: authenticated may select'),
      ('claim_documents: authenticated may select'),
      ('claim_messages: authenticated may select'),
      ('claim_queue: authenticated may select'),
      ('claim_stage_history: authenticated may select'),
      ('claim_status_transitions: authenticated may select'),
      ('claims: authenticated may select'),
      ('cron_jobs: authenticated may select'),
      ('cron_jobs: service_cron may select'),
      ('cron_runs: authenticated may select'),
      ('cron_runs: service_cron may delete, select'),
      ('engagement_email_sends: authenticated may select'),
      ('engagement_email_sends: service_cron may select'),
      ('mail_batches: authenticated may select'),
      ('mail_batches: service_cron may select'),
      ('mail_events: authenticated may select'),
      ('mail_templates: authenticated may select'),
      ('mail_templates: service_cron may select'),
      ('membership_plans: anon may select'),
      ('membership_plans: authenticated may select'),
      ('membership_plans: service_cron may select'),
      ('membership_plans: service_webhooks may select'),
      ('notification_preferences: authenticated may select'),
      ('notifications: authenticated may select'),
      ('notifications: service_cron may delete'),
      ('nps_survey_responses: authenticated may select'),
      ('profiles: authenticated may select'),
      ('rate_limits: service_cron may delete, select'),
      ('share_pack_accesses: authenticated may select'),
      ('share_pack_documents: authenticated may select'),
      ('subscriptions: authenticated may select'),
      ('subscriptions: service_cron may select'),
      ('subscriptions: service_webhooks may insert, select, update'),
      ('tenant_service_times: authenticated may select'),
      ('tenants: anon may select'),
      ('tenants: authenticated may select'),
      ('tenants: service_auth may select'),
      ('tenants: service_cron may select'),
      ('tenants: service_webhooks may select'),
      ('webhook_events: authenticated may select'),
      ('webhook_events: service_webhooks may insert, select')
  $$,
  'rights on whole tables'
);

select results_eq(
  $$
    select right_held collate "default"
    from (
      select
        format(
          '%s: %s may %s %s', c.relname, r.name, lower(acl.privilege_type),
          string_agg(a.attname, ', ' order by a.attname)
        ) as right_held
      from pg_attribute as a
      join pg_class as c on c.oid = a.attrelid
      cross join lateral aclexplode(a.attacl) as acl
      join api_roles as r on r.oid = acl.grantee
      where c.relnamespace = 'public'::regnamespace
      group by c.relname, r.name, acl.privilege_type
    ) as held
    order by right_held collate "C"
  $$,
  $$
    values
      ('agent_commissions: service_webhooks may update status, subscription_id, void_reason, voided_at'),
      ('audit_log: service_auth may insert action, actor_id, actor_role, entity_id, entity_type, metadata, tenant_id'),
      ('audit_log: service_cron may insert action, actor_id, actor_role, entity_id, entity_type, metadata, tenant_id'),
      ('audit_log: service_webhooks may insert action, actor_id, actor_role, entity_id, entity_type, metadata, tenant_id'),
      ('billing_checkouts: authenticated may insert plan_id, provider_transaction_id, ref_code, tenant_id, user_id'),
      ('billing_customers: service_webhooks may update email, last_event_at, last_event_id'),
      ('billing_invoices: service_webhooks may update subscription_id'),
      ('billing_ledger_entries: service_webhooks may insert amount_cents, currency, entry_type, event_id, id, invoice_id, occurred_at, provider_adjustment_id, provider_transaction_id, tax_cents, tenant_id'),
      ('claim_documents: authenticated may insert category, claim_id, file_size, file_type, id, name, request_id'),
      ('claim_messages: authenticated may insert body, claim_id, id, is_document_request, is_internal'),
      ('claim_tracking_tokens: authenticated may insert claim_id, token_hash'),
      ('claim_tracking_tokens: authenticated may select claim_id, created_at, created_by, expires_at, id, member_id, revoked_at, tenant_id'),
      ('claim_tracking_tokens: authenticated may update revoked_at'),
      ('claims: authenticated may insert amount_cents, category, company, currency, description, id, incident_date, member_id, tenant_id, title'),
      ('claims: authenticated may update amount_cents, category, company, currency, description, incident_date, status, status_reason, title'),
      ('cron_runs: service_cron may insert counts, error, finished_at, id, job, result, started_at'),
      ('cron_runs: service_cron may update counts, error, finished_at, result'),
      ('engagement_email_sends: service_auth may insert dedupe_key, id, next_attempt_at, send_until, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_auth may select dedupe_key, id, status, template_key, user_id'),
      ('engagement_email_sends: service_auth may update attempts, error, next_attempt_at, provider_message_id, sent_at, status'),
      ('engagement_email_sends: service_cron may insert dedupe_key, id, next_attempt_at, params, send_until, subscription_id, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_cron may update attempts, batch_id, batch_position, error, facts, next_attempt_at, provider_message_id, sent_at, status, unsubscribe_hash'),
      ('engagement_email_sends: service_webhooks may insert dedupe_key, id, send_until, subscription_id, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_webhooks may select dedupe_key, id, status, subscription_id, template_key'),
      ('mail_batches: service_cron may insert attempts, error, first_attempt_at, id, next_attempt_at, state'),
      ('mail_batches: service_cron may update attempts, error, first_attempt_at, next_attempt_at, state'),
      ('mail_events: service_cron may select occurred_at, send_id, type'),
      ('notification_preferences: authenticated may insert email_claim_updates, email_messages, tenant_id, user_id'),
      ('notification_preferences: authenticated may update email_claim_updates, email_messages'),
      ('notifications: authenticated may update read_at'),
      ('notifications: service_cron may select created_at, id'),
      ('nps_survey_tokens: authenticated may select created_at, expires_at, id, send_id, subscription_id, tenant_id, used_at, user_id'),
      ('nps_survey_tokens: service_cron may insert expires_at, id, send_id, subscription_id, tenant_id, token_hash, user_id'),
      ('nps_survey_tokens: service_cron may select expires_at, id, send_id, token_hash, used_at'),
      ('nps_survey_tokens: service_cron may update expires_at, token_hash'),
      ('profiles: authenticated may update full_name, locale, marketing_opt_out_at, phone'),
      ('profiles: service_auth may select email, email_undeliverable_at, full_name, id, is_active, locale, member_number, tenant_id'),
      ('profiles: service_auth may update email_undeliverable_at, email_undeliverable_reason'),
      ('profiles: service_cron may select email, email_undeliverable_at, full_name, id, is_active, locale, marketing_opt_out_at, member_number, tenant_id'),
      ('profiles: service_cron may update email_undeliverable_at, email_undeliverable_reason'),
      ('profiles: service_webhooks may select agent_id, branch_id, email, full_name, id, is_active, locale, member_number, referral_code, role, tenant_id'),
      ('share_pack_documents: authenticated may insert document_id, pack_id, position'),
      ('share_packs: authenticated may insert claim_id, expires_at, pin_hash, recipient, token_hash'),
      ('share_packs: authenticated may select claim_id, created_at, created_by, expires_at, has_pin, id, member_id, pin_failures, recipient, revoked_at, tenant_id'),
      ('share_packs: authenticated may update revoked_at'),
      ('subscriptions: service_cron may update dunning_due_at, lifecycle_due_at, suspended_at'),
      ('tenant_service_times: authenticated may update closes_at, opens_at, time_zone, triage_hours, triage_warning_hours, update_hours, update_warning_hours'),
      ('webhook_events: service_webhooks may update attempts, delivery_count, error, last_attempt_at, member_id, next_attempt_at, processed_at, processing_result, reason, tenant_id')
  $$,
  'rights on single columns'
);

select results_eq(
  $$
    select right_held collate "default"
    from (
      select
        format(
          '%s: %s', p.oid::regprocedure,
          string_agg(r.name, ', ' order by r.name)
        ) as right_held
      from pg_proc as p
      cross join lateral aclexplode(p.proacl) as acl
      join api_roles as r on r.oid = acl.grantee
      where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      group by p.oid
    ) as held
    order by right_held collate "C"
  $$,
  $$
    values
      ('cancel_claim(uuid): authenticated'),
      ('claim_assign(uuid,uuid,text,uuid): authenticated'),
      ('create_share_pack(uuid,uuid[],text,timestamp with time zone,text,text): authenticated'),
      ('create_tracking_link(uuid,text): authenticated'),
      ('delete_document(uuid,text): authenticated'),
      ('document_accesses(uuid): authenticated'),
      ('mark_claim_notifications_read(uuid): authenticated'),
      ('mark_messages_read(uuid): authenticated'),
      ('mark_notifications_read(uuid[]): authenticated'),
      ('membership_access(uuid): authenticated, service_webhooks'),
      ('move_claim(uuid,text,text,text,text): authenticated'),
      ('private.answer_nps(text,integer,text): anon, authenticated'),
      ('private.assign_claim(uuid,uuid,text,uuid): authenticated'),
      ('private.confirm_document(uuid,uuid,text,text,text): service_documents'),
      ('private.cron_freshness(): service_cron'),
      ('private.delete_document(uuid,text): authenticated'),
      ('private.document_accesses(uuid): authenticated'),
      ('private.document_orphans(timestamp with time zone,integer): service_cron'),
      ('private.find_document(uuid): authenticated'),
      ('private.find_upload(uuid,uuid): service_documents'),
      ('private.hold_mails(integer,timestamp with time zone): service_auth, service_cron'),
      ('private.instant_text(timestamp with time zone): service_cron'),
      ('private.mail_backlog(): service_cron'),
      ('private.mark_messages_read(uuid): authenticated'),
      ('private.mark_sla(timestamp with time zone,integer): service_cron'),
      ('private.membership_access_at(uuid,timestamp with time zone,uuid): authenticated, service_cron, service_webhooks'),
      ('private.my_branch(): authenticated'),
      ('private.my_members(): authenticated'),
      ('private.my_open_uploads(): authenticated'),
      ('private.my_role(): authenticated'),
      ('private.my_tenant(): authenticated'),
      ('private.my_tenant_ids(): authenticated'),
      ('private.note_refusal(uuid): authenticated'),
      ('private.nps_token_state(text): anon, authenticated'),
      ('private.open_share_pack(text,text): anon, authenticated, service_documents'),
      ('private.open_share_pack_document(text,text,integer): service_documents'),
      ('private.prune_mails(integer,timestamp with time zone): service_cron'),
      ('private.prune_webhook_events(integer): service_cron'),
      ('private.record_document_access(uuid,text,jsonb): authenticated'),
      ('private.record_mail_event(text,text,timestamp with time zone,text,uuid,text,text,jsonb): service_webhooks'),
      ('private.record_share_pack_access(text,integer,text): service_documents'),
      ('private.refuse_document(uuid,uuid,text): service_documents'),
      ('private.replay_webhook_events(uuid[]): authenticated'),
      ('private.resubscribe(text): anon, authenticated'),
      ('private.retry_mail(uuid): authenticated'),
      ('private.retry_pause(integer): service_webhooks'),
      ('private.search_claims(text,integer,jsonb): authenticated'),
      ('private.session_lives(uuid): authenticated'),
      ('private.sign_in_counts(): authenticated'),
      ('private.take_mail_slot(numeric,timestamp with time zone): service_auth, service_cron'),
      ('private.take_rate_limit(text,text,integer,interval): anon, authenticated, service_auth, service_cron, service_webhooks'),
      ('private.track_claim(text): anon, authenticated'),
      ('private.trust_address(uuid): authenticated'),
      ('private.unsubscribe(text): anon, authenticated'),
      ('private.unsubscribe_state(text): anon, authenticated'),
      ('private.webhook_backlog(): service_cron, service_webhooks'),
      ('private.write_document_access(uuid,text,jsonb): authenticated'),
      ('replay_webhook_events(uuid[]): authenticated'),
      ('retry_mail(uuid): authenticated'),
      ('revoke_share_pack(uuid): authenticated'),
      ('revoke_tracking_link(uuid): authenticated'),
      ('search_claims(text,integer,jsonb): authenticated'),
      ('submit_claim(uuid): authenticated'),
      ('trust_address(uuid): authenticated'),
      ('unread_messages(uuid[]): authenticated')
  $$,
  'functions that may be run'
);

select is_empty(
  $$
    select n.nspname, c.relname, acl.privilege_type
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join lateral aclexplode(c.relacl) as acl
    where n.nspname in ('private', 'vault', 'cron')
      and acl.grantee in (select oid from api_roles)
  $$,
  'nobody has a right on the tables of private, vault and cron'
);
select is_empty(
  $$
    select n.nspname, r.name
    from pg_namespace as n
    cross join api_roles as r
    where n.nspname in ('vault', 'cron') and has_schema_privilege(r.oid, n.oid, 'usage')
  $$,
  'nobody reaches into vault and cron'
);
select is_empty(
  $$
    select n.nspname, r.name
    from pg_namespace as n
    cross join api_roles as r
    where n.nspname in ('public', 'private', 'auth', 'storage', 'extensions')
      and has_schema_privilege(r.oid, n.oid, 'create')
  $$,
  'nobody makes objects'
);

-- What is made later ------------------------------------------------------------------------------

create table public.made_later (id integer primary key);
create function public.made_later() returns integer language sql set search_path = '' as 'select 1';

select is_empty(
  $$
    select name from api_roles
    where has_table_privilege(oid, 'public.made_later', 'select, insert, update, delete, truncate')
  $$,
  'a new table is closed to everyone until it is granted'
);
select is_empty(
  $$ select name from api_roles where has_function_privilege(oid, 'public.made_later()', 'execute') $$,
  'a new function is closed to everyone until it is granted'
);

-- Logins ------------------------------------------------------------------------------------------

select results_eq(
  $$
    select format('%s: %s', member.rolname, string_agg(role.rolname, ', ' order by role.rolname))
      collate "default"
    from pg_auth_members as m
    join pg_roles as member on member.oid = m.member
    join pg_roles as role on role.oid = m.roleid
    where member.rolname in ('app_site', 'app_functions')
    group by member.rolname
    order by member.rolname
  $$,
  $$
    values
      (
        'app_functions: anon, authenticated, service_auth, service_cron, service_documents, service_webhooks'
      ),
      ('app_site: anon, authenticated')
  $$,
  'the logins may become their roles and nothing else'
);
-- A superuser may become anyone; on a hosted project the owner is none and needs the membership.
select results_eq(
  $$
    select role.rolname::text collate "default"
    from pg_auth_members as m
    join pg_roles as role on role.oid = m.roleid
    where m.member = current_user::regrole and role.rolname like 'service\_%'
      and role.rolname <> 'service_role'
    order by role.rolname
  $$,
  $$
    values
      ('service_auth'), ('service_cron'), ('service_documents'), ('service_webhooks')
  $$,
  'the owner may become the service roles'
);
select is_empty(
  $$
    select rolname from pg_roles
    where rolname in (
        'anon', 'authenticated', 'app_site', 'app_functions',
        'service_webhooks', 'service_cron', 'service_auth', 'service_documents'
      )
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
  $$,
  'none of the roles is above the rules'
);
select is_empty(
  $$ select rolname from pg_roles where rolname like 'app\_%' and rolinherit $$,
  'a login uses no right before it takes a role'
);
select is_empty(
  $$ select rolname from pg_roles where rolname like 'service\_%' and rolcanlogin $$,
  'service roles cannot log in'
);
select is_empty(
  $$
    select c.relname from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relname = 'audit_log'
      and has_table_privilege('service_role', c.oid, 'update, delete, truncate')
  $$,
  'not even Supabase''s own role may alter the audit log'
);

select * from finish();
rollback;
