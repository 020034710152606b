-- Who holds which right, to the letter: a right that is not in these lists is a mistake, whoever
-- gave it. Service roles are looked at too; `service_role` is Supabase's own and has the rest.
begin;
set local search_path = public, extensions;

select plan(18);

create temporary view api_roles as
select oid, rolname as name
from pg_roles
where rolname in (
  'anon', 'authenticated', 'app_site', 'app_functions',
  'service_webhooks', 'service_cron', 'service_auth', 'service_documents'
);

-- One line of text a right, so that the order is the same under every collation.
select bag_eq(
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
      ('audit_chain: authenticated may select'),
      ('audit_chain: service_cron may select'),
      ('audit_heads: authenticated may select'),
      ('audit_heads: service_cron may select'),
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
      ('consents: authenticated may select'),
      ('cron_jobs: authenticated may select'),
      ('cron_jobs: service_cron may select'),
      ('cron_runs: authenticated may select'),
      ('cron_runs: service_cron may delete, select'),
      ('engagement_email_sends: authenticated may select'),
      ('engagement_email_sends: service_cron may select'),
      ('feature_flags: authenticated may select'),
      ('lead_payment_attempts: authenticated may select'),
      ('mail_batches: authenticated may select'),
      ('mail_batches: service_cron may select'),
      ('mail_events: authenticated may select'),
      ('mail_templates: authenticated may select'),
      ('mail_templates: service_cron may select'),
      ('member_activities: authenticated may select'),
      ('member_leads: authenticated may select'),
      ('member_notes: authenticated may select'),
      ('membership_plans: anon may select'),
      ('membership_plans: authenticated may select'),
      ('membership_plans: service_cron may select'),
      ('membership_plans: service_webhooks may select'),
      ('notification_preferences: authenticated may select'),
      ('notifications: authenticated may select'),
      ('notifications: service_cron may delete'),
      ('nps_survey_responses: authenticated may select'),
      ('payment_proofs: authenticated may select'),
      ('privacy_requests: authenticated may select'),
      ('profiles: authenticated may select'),
      ('referral_clicks: authenticated may select'),
      ('role_grants_allowed: authenticated may select'),
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
      ('webhook_events: service_webhooks may insert, select'),
      ('welcome_tokens: service_cron may select')
  $$,
  'rights on whole tables'
);

select bag_eq(
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
      ('billing_customers: service_webhooks may update address_due_at, email, last_event_at, last_event_id'),
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
      ('engagement_email_sends: service_auth may insert dedupe_key, id, invitation_id, next_attempt_at, send_until, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_auth may select dedupe_key, id, invitation_id, status, template_key, user_id'),
      ('engagement_email_sends: service_auth may update attempts, error, next_attempt_at, provider_message_id, sent_at, status'),
      ('engagement_email_sends: service_cron may insert dedupe_key, id, next_attempt_at, params, send_until, subscription_id, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_cron may update attempts, batch_id, batch_position, error, facts, next_attempt_at, provider_message_id, sent_at, status, unsubscribe_hash'),
      ('engagement_email_sends: service_webhooks may insert dedupe_key, id, send_until, subscription_id, template_key, tenant_id, user_id'),
      ('engagement_email_sends: service_webhooks may select dedupe_key, id, status, subscription_id, template_key'),
      ('invitations: authenticated may select accepted_at, accepted_by, agent_id, branch_id, created_at, email, expires_at, full_name, id, invited_by, locale, revoked_at, role, tenant_id, updated_at'),
      ('mail_batches: service_cron may insert attempts, error, first_attempt_at, id, next_attempt_at, state'),
      ('mail_batches: service_cron may update attempts, error, first_attempt_at, next_attempt_at, state'),
      ('mail_events: service_cron may select occurred_at, send_id, type'),
      ('membership_cards: authenticated may select card_number, created_at, expires_at, generation, id, issued_at, revoked_at, status, subscription_id, tenant_id, updated_at, user_id'),
      ('notification_preferences: authenticated may insert email_claim_updates, email_messages, tenant_id, user_id'),
      ('notification_preferences: authenticated may update email_claim_updates, email_messages'),
      ('notifications: authenticated may update read_at'),
      ('notifications: service_cron may select created_at, id'),
      ('nps_survey_tokens: authenticated may select created_at, expires_at, id, send_id, subscription_id, tenant_id, used_at, user_id'),
      ('nps_survey_tokens: service_cron may insert expires_at, id, send_id, subscription_id, tenant_id, token_hash, user_id'),
      ('nps_survey_tokens: service_cron may select expires_at, id, send_id, token_hash, used_at'),
      ('nps_survey_tokens: service_cron may update expires_at, token_hash'),
      ('profiles: authenticated may update agent_id, branch_id, full_name, is_active, locale, marketing_opt_out_at, phone, role'),
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
      ('webhook_events: service_webhooks may update attempts, delivery_count, error, last_attempt_at, member_id, next_attempt_at, processed_at, processing_result, reason, tenant_id'),
      ('welcome_tokens: service_cron may insert expires_at, id, send_id, tenant_id, token_hash, user_id'),
      ('welcome_tokens: service_cron may update expires_at, token_hash')
  $$,
  'rights on single columns'
);

select bag_eq(
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
      ('cancel_deletion(): authenticated'),
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
      ('my_privacy(): authenticated'),
      ('private.accept_invitation(text): authenticated'),
      ('private.active_flags(): anon, authenticated, service_auth, service_cron, service_documents, service_webhooks'),
      ('private.add_member_activity(uuid,text,timestamp with time zone,text): authenticated'),
      ('private.add_member_note(uuid,text,text,timestamp with time zone): authenticated'),
      ('private.add_request_minutes(jsonb): anon, service_cron'),
      ('private.announce_proof(uuid,text,text,integer): authenticated'),
      ('private.addresses_for_paddle(integer): service_webhooks'),
      ('private.answer_nps(text,integer,text): anon, authenticated'),
      ('private.approve_cash(uuid): authenticated'),
      ('private.ask_about_cash(uuid,text): authenticated'),
      ('private.assign_claim(uuid,uuid,text,uuid): authenticated'),
      ('private.attempt_warnings(uuid): authenticated'),
      ('private.cancel_cash(uuid): authenticated'),
      ('private.cancel_deletion(): authenticated'),
      ('private.card_token(uuid): authenticated'),
      ('private.carry_out_deletion(uuid,timestamp with time zone): service_cron'),
      ('private.change_plan(uuid,text,integer,text,text,boolean,integer,boolean): authenticated'),
      ('private.change_tenant(text,text,text,text,text,text[],boolean): authenticated'),
      ('private.claim_account(text,text): service_auth'),
      ('private.commission_stands(uuid,uuid): authenticated'),
      ('private.confirm_document(uuid,uuid,text,text,text): service_documents'),
      ('private.confirm_proof(uuid,uuid,text): service_documents'),
      ('private.count_referral_click(text): anon, authenticated'),
      ('private.create_branch(text,text,text): authenticated'),
      ('private.create_invitation(text,text,uuid,text,text,text,text): authenticated'),
      ('private.create_lead(text,text,text,text,text,uuid,text): authenticated'),
      ('private.create_plan(text,text,text,integer,text,text,boolean,integer): authenticated'),
      ('private.create_tenant(text,text,text,text,text,text,text[],text,text): authenticated'),
      ('private.cron_freshness(): service_cron'),
      ('private.decide_commissions(uuid[],text,text,text): authenticated'),
      ('private.delete_document(uuid,text): authenticated'),
      ('private.delete_member_note(uuid): authenticated'),
      ('private.document_accesses(uuid): authenticated'),
      ('private.document_orphans(timestamp with time zone,integer): service_cron'),
      ('private.due_deletions(timestamp with time zone,integer): service_cron'),
      ('private.edit_lead(uuid,text,text,text,text,text,uuid,text): authenticated'),
      ('private.edit_member_note(uuid,text,text,timestamp with time zone): authenticated'),
      ('private.end_all_sessions(): authenticated'),
      ('private.end_other_sessions(): authenticated'),
      ('private.end_session(uuid): authenticated'),
      ('private.expire_exports(timestamp with time zone): service_cron'),
      ('private.figures(text,uuid,timestamp with time zone,timestamp with time zone): authenticated'),
      ('private.figures_by_agent(text,uuid,timestamp with time zone,timestamp with time zone): authenticated'),
      ('private.figures_by_month(text,uuid,timestamp with time zone,text): authenticated'),
      ('private.find_document(uuid): authenticated'),
      ('private.find_upload(uuid,uuid): service_documents'),
      ('private.finish_member_note(uuid,boolean): authenticated'),
      ('private.head_to_export(): service_cron'),
      ('private.hold_mails(integer,timestamp with time zone): service_auth, service_cron'),
      ('private.instant_text(timestamp with time zone): service_cron'),
      ('private.invitation_by_token(text): anon, authenticated'),
      ('private.invitation_to_mail(uuid): service_auth'),
      ('private.mail_backlog(): service_cron'),
      ('private.mark_messages_read(uuid): authenticated'),
      ('private.mark_sla(timestamp with time zone,integer): service_cron'),
      ('private.membership_access_at(uuid,timestamp with time zone,uuid): authenticated, service_cron, service_webhooks'),
      ('private.missing_buckets(): service_cron'),
      ('private.move_lead(uuid,text,text): authenticated'),
      ('private.my_branch(): authenticated'),
      ('private.my_export_files(): authenticated'),
      ('private.my_grantable_roles(): authenticated'),
      ('private.my_members(): authenticated'),
      ('private.my_open_proofs(): authenticated'),
      ('private.my_open_uploads(): authenticated'),
      ('private.my_privacy(): authenticated'),
      ('private.my_role(): authenticated'),
      ('private.my_sessions(): authenticated'),
      ('private.my_tenant(): authenticated'),
      ('private.my_tenant_ids(): authenticated'),
      ('private.note_checks(text,jsonb): service_cron'),
      ('private.note_head_exported(bigint): service_cron'),
      ('private.note_proof_access(uuid,text): authenticated'),
      ('private.note_refusal(uuid): authenticated'),
      ('private.note_refused_sign_in(text,boolean): anon, authenticated'),
      ('private.note_session(text,text,text): authenticated'),
      ('private.note_sign_out(): authenticated'),
      ('private.nps_token_state(text): anon, authenticated'),
      ('private.open_export(): authenticated'),
      ('private.open_share_pack(text,text): anon, authenticated, service_documents'),
      ('private.open_share_pack_document(text,text,integer): service_documents'),
      ('private.operations_report(): service_cron'),
      ('private.owner_of_address_link(text): service_auth'),
      ('private.owner_of_reset_link(text): service_auth'),
      ('private.owner_of_welcome(text): service_auth'),
      ('private.pin_member_note(uuid,boolean): authenticated'),
      ('private.probe_write(): service_cron'),
      ('private.prune_mails(integer,timestamp with time zone): service_cron'),
      ('private.prune_request_minutes(): service_cron'),
      ('private.prune_webhook_events(integer): service_cron'),
      ('private.reassign_lead(uuid,uuid): authenticated'),
      ('private.record_cash(uuid,uuid,text,timestamp with time zone,uuid,text): authenticated'),
      ('private.record_consent(text,text,boolean): authenticated'),
      ('private.record_document_access(uuid,text,jsonb): authenticated'),
      ('private.record_mail_event(text,text,timestamp with time zone,text,uuid,text,text,jsonb): service_webhooks'),
      ('private.record_share_pack_access(text,integer,text): service_documents'),
      ('private.referral_figures(uuid): authenticated'),
      ('private.refuse_document(uuid,uuid,text): service_documents'),
      ('private.reject_cash(uuid,text): authenticated'),
      ('private.rename_branch(uuid,text,text): authenticated'),
      ('private.renew_invitation(uuid,text): authenticated'),
      ('private.replace_card(uuid): authenticated'),
      ('private.replay_webhook_events(uuid[]): authenticated'),
      ('private.request_deletion(text): authenticated'),
      ('private.request_export(): authenticated'),
      ('private.resend_welcome(uuid): authenticated'),
      ('private.resubmit_cash(uuid,text,timestamp with time zone,uuid,text): authenticated'),
      ('private.resubscribe(text): anon, authenticated'),
      ('private.retry_mail(uuid): authenticated'),
      ('private.retry_pause(integer): service_webhooks'),
      ('private.revoke_invitation(uuid): authenticated'),
      ('private.save_support(text,text,text,text): authenticated'),
      ('private.seal_audit(integer): service_cron'),
      ('private.search_claims(text,integer,jsonb): authenticated'),
      ('private.session_lives(uuid): authenticated'),
      ('private.set_active(uuid,boolean,text): authenticated'),
      ('private.set_branch_active(uuid,boolean): authenticated'),
      ('private.set_flag(text,text,boolean,text): authenticated'),
      ('private.set_role(uuid,text,uuid): authenticated'),
      ('private.sign_in_counts(): authenticated'),
      ('private.slo_burn(timestamp with time zone): service_cron'),
      ('private.slo_figures(interval,timestamp with time zone): service_cron'),
      ('private.take_mail_slot(numeric,timestamp with time zone): service_auth, service_cron'),
      ('private.take_rate_limit(text,text,integer,interval): anon, authenticated, service_auth, service_cron, service_webhooks'),
      ('private.track_claim(text): anon, authenticated'),
      ('private.trust_address(uuid): authenticated'),
      ('private.unsubscribe(text): anon, authenticated'),
      ('private.unsubscribe_state(text): anon, authenticated'),
      ('private.verify_audit(jsonb,bigint,bigint): authenticated, service_cron'),
      ('private.verify_card(text): anon, authenticated'),
      ('private.verify_next(bigint): service_cron'),
      ('private.webhook_backlog(): service_cron, service_webhooks'),
      ('private.welcome_progress(uuid): authenticated'),
      ('private.welcome_state(text): anon, authenticated'),
      ('private.write_document_access(uuid,text,jsonb): authenticated'),
      ('private.written_at(): service_cron'),
      ('record_consent(text,text,boolean): authenticated'),
      ('replay_webhook_events(uuid[]): authenticated'),
      ('request_deletion(text): authenticated'),
      ('request_export(): authenticated'),
      ('retry_mail(uuid): authenticated'),
      ('revoke_share_pack(uuid): authenticated'),
      ('revoke_tracking_link(uuid): authenticated'),
      ('search_claims(text,integer,jsonb): authenticated'),
      ('submit_claim(uuid): authenticated'),
      ('trust_address(uuid): authenticated'),
      ('unread_messages(uuid[]): authenticated'),
      ('verify_audit_log(): authenticated, service_cron')
  $$,
  'functions that may be run'
);

select bag_eq(
  $$
    select right_held collate "default"
    from (
      select
        format(
          '%s: %s%s to %s: %s', c.relname,
          case when p.polpermissive then '' else 'restricts ' end,
          case p.polcmd
            when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
            when 'd' then 'delete' else 'all'
          end,
          (select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles as r where r.oid = any (p.polroles)),
          p.polname
        ) as right_held
      from pg_policy as p
      join pg_class as c on c.oid = p.polrelid
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'storage'::regnamespace)
    ) as held
    order by right_held collate "C"
  $$,
  $$
    values
      ('agent_commissions: insert to service_webhooks: Webhooks add commissions'),
      ('agent_commissions: restricts all to authenticated: Commissions stay inside their tenant'),
      ('agent_commissions: select to authenticated: Admins see the commissions of their tenant'),
      ('agent_commissions: select to authenticated: Agents see their own commissions'),
      ('agent_commissions: select to service_webhooks: Webhooks read commissions'),
      ('agent_commissions: update to service_webhooks: Webhooks note what became of a commission'),
      ('audit_chain: select to authenticated: Super admins see the seals'),
      ('audit_chain: select to service_cron: The job sees the seals'),
      ('audit_heads: select to authenticated: Super admins see where sealings ended'),
      ('audit_heads: select to service_cron: The job sees where sealings ended'),
      ('audit_log: insert to service_auth, service_cron, service_webhooks: The functions add audit rows'),
      ('audit_log: restricts all to authenticated: Audit rows stay inside their tenant'),
      ('audit_log: select to authenticated: Admins read the audit log of their tenant'),
      ('billing_checkouts: insert to authenticated: People open checkouts for themselves'),
      ('billing_checkouts: restricts all to authenticated: Checkouts stay inside their tenant'),
      ('billing_checkouts: select to authenticated: Admins see the checkouts of their tenant'),
      ('billing_checkouts: select to authenticated: People see the checkouts that they opened'),
      ('billing_checkouts: select to service_webhooks: Webhooks find whose checkout it was'),
      ('billing_customers: insert to service_webhooks: Webhooks add customers'),
      ('billing_customers: restricts all to authenticated: Customers stay inside their tenant'),
      ('billing_customers: select to authenticated: Admins see the customers of their tenant'),
      ('billing_customers: select to authenticated: Members see which customer they are'),
      ('billing_customers: select to service_webhooks: Webhooks read customers'),
      ('billing_customers: update to service_webhooks: Webhooks follow a changed mail address'),
      ('billing_invoices: insert to service_webhooks: Webhooks add invoices'),
      ('billing_invoices: restricts all to authenticated: Invoices stay inside their tenant'),
      ('billing_invoices: select to authenticated: Admins see the invoices of their tenant'),
      ('billing_invoices: select to authenticated: Members see their own invoices'),
      ('billing_invoices: select to service_webhooks: Webhooks read invoices'),
      ('billing_invoices: update to service_webhooks: Webhooks change invoices'),
      ('billing_ledger_entries: insert to service_webhooks: Webhooks add to the ledger'),
      ('billing_ledger_entries: restricts all to authenticated: Ledger entries stay inside their tenant'),
      ('billing_ledger_entries: select to authenticated: Who sees an invoice sees what explains it'),
      ('billing_ledger_entries: select to service_webhooks: Webhooks read the ledger'),
      ('branches: restricts all to authenticated: Branches stay inside their tenant'),
      ('branches: select to authenticated: Agents, staff and admins see the branches of their tenant'),
      ('branches: select to authenticated: Members see the branch they belong to'),
      ('claim_counters: restricts all to authenticated: Counters stay inside their tenant'),
      ('claim_documents: insert to authenticated: Agents announce documents of their members'' claims'),
      ('claim_documents: insert to authenticated: Members announce documents of their claims'),
      ('claim_documents: insert to authenticated: Staff and admins announce documents'),
      ('claim_documents: restricts all to authenticated: Documents stay inside their tenant'),
      ('claim_documents: select to authenticated: Branch managers see the documents of their branch''s claims'),
      ('claim_documents: select to authenticated: Members see the documents of their claims'),
      ('claim_documents: select to authenticated: People see the documents that they uploaded'),
      ('claim_documents: select to authenticated: Staff and admins see the documents of their tenant'),
      ('claim_messages: insert to authenticated: Agents write on their members'' claims'),
      ('claim_messages: insert to authenticated: Members write on their claims'),
      ('claim_messages: insert to authenticated: Staff and admins write messages and notes'),
      ('claim_messages: restricts all to authenticated: Messages stay inside their tenant'),
      ('claim_messages: select to authenticated: Agents read the messages on their members'' claims'),
      ('claim_messages: select to authenticated: Members read the messages on their claims'),
      ('claim_messages: select to authenticated: Staff and admins read the messages and notes of their tenant'),
      ('claim_search: restricts all to authenticated: Search stays inside its tenant'),
      ('claim_stage_history: restricts all to authenticated: History stays inside its tenant'),
      ('claim_stage_history: select to authenticated: Agents see the public history of their members'' claims'),
      ('claim_stage_history: select to authenticated: Branch managers see the public history of their branch''s claims'),
      ('claim_stage_history: select to authenticated: Members see the public history of their claims'),
      ('claim_stage_history: select to authenticated: Staff and admins see the history of their tenant''s claims'),
      ('claim_status_transitions: select to authenticated: Everyone who is signed in sees the graph'),
      ('claim_tracking_tokens: insert to authenticated: Members and staff make tracking links'),
      ('claim_tracking_tokens: restricts all to authenticated: Tracking links stay inside their tenant'),
      ('claim_tracking_tokens: select to authenticated: Members and staff see tracking links'),
      ('claim_tracking_tokens: update to authenticated: Members and staff take tracking links back'),
      ('claims: insert to authenticated: Members begin claims of their own'),
      ('claims: restricts all to authenticated: Claims stay inside their tenant'),
      ('claims: select to authenticated: Agents see the claims that their members sent'),
      ('claims: select to authenticated: Branch managers see the claims of their branch'),
      ('claims: select to authenticated: Members see their own claims'),
      ('claims: select to authenticated: Staff and admins see the claims of their tenant'),
      ('claims: update to authenticated: Members edit, send and cancel their own claims'),
      ('claims: update to authenticated: Staff and admins move the claims of their tenant'),
      ('consents: restricts all to authenticated: Consents stay inside their tenant'),
      ('consents: select to authenticated: Admins see what people of their tenant agreed to'),
      ('consents: select to authenticated: People see what they agreed to'),
      ('cron_jobs: select to authenticated: Super admins see the jobs'),
      ('cron_jobs: select to service_cron: Jobs see the jobs'),
      ('cron_runs: delete to service_cron: The clean-up job deletes runs older than 90 days'),
      ('cron_runs: insert to service_cron: Jobs write down that they run'),
      ('cron_runs: select to authenticated: Super admins see the runs'),
      ('cron_runs: select to service_cron: Jobs see the runs'),
      ('cron_runs: update to service_cron: Jobs write down how they ended'),
      ('engagement_email_sends: insert to service_auth: Auth enqueues mails about accounts'),
      ('engagement_email_sends: insert to service_cron: Jobs enqueue mails'),
      ('engagement_email_sends: insert to service_webhooks: Webhooks enqueue the mail about a failed payment'),
      ('engagement_email_sends: restricts all to authenticated: Mails stay inside their tenant'),
      ('engagement_email_sends: select to authenticated: Admins see the mails of their tenant'),
      ('engagement_email_sends: select to service_auth: Auth sees the mails about accounts'),
      ('engagement_email_sends: select to service_cron: Jobs see the mails'),
      ('engagement_email_sends: select to service_webhooks: Webhooks see which mails are enqueued'),
      ('engagement_email_sends: update to service_auth: Auth notes what became of a mail about an account'),
      ('engagement_email_sends: update to service_cron: Jobs note what became of a mail'),
      ('feature_flags: restricts all to authenticated: Switches stay inside their tenant'),
      ('feature_flags: select to authenticated: Administrators see the switches'),
      ('invitations: restricts all to authenticated: Invitations stay inside their tenant'),
      ('invitations: select to authenticated: Admins see who is invited to their tenant'),
      ('invitations: select to authenticated: Agents see whom they invited'),
      ('lead_payment_attempts: restricts all to authenticated: Payments stay inside their tenant'),
      ('lead_payment_attempts: select to authenticated: Who sees a lead sees its payments'),
      ('mail_batches: insert to service_cron: Jobs make batches'),
      ('mail_batches: select to authenticated: Super admins see the batches'),
      ('mail_batches: select to service_cron: Jobs see the batches'),
      ('mail_batches: update to service_cron: Jobs note what became of a batch'),
      ('mail_events: restricts all to authenticated: Mail events stay inside their tenant'),
      ('mail_events: select to authenticated: Admins see what became of the mails of their tenant'),
      ('mail_events: select to service_cron: Jobs see whether Resend knows a mail'),
      ('mail_templates: select to authenticated: Admins see which mails there are'),
      ('mail_templates: select to service_cron: Jobs see which mails there are'),
      ('member_activities: restricts all to authenticated: Activities stay inside their tenant'),
      ('member_activities: select to authenticated: Agents see what they did with their members'),
      ('member_activities: select to authenticated: Branch managers see what was done with their branch''s members'),
      ('member_activities: select to authenticated: Staff and admins see the activities of their tenant'),
      ('member_leads: restricts all to authenticated: Leads stay inside their tenant'),
      ('member_leads: select to authenticated: Admins see the leads of their tenant'),
      ('member_leads: select to authenticated: Agents see their own leads'),
      ('member_leads: select to authenticated: Branch managers see the leads of their branch'),
      ('member_notes: restricts all to authenticated: Notes stay inside their tenant'),
      ('member_notes: select to authenticated: Agents see what they wrote about their members'),
      ('member_notes: select to authenticated: Branch managers see the notes about their branch''s members'),
      ('member_notes: select to authenticated: Staff and admins see the notes of their tenant'),
      ('membership_cards: restricts all to authenticated: Cards stay inside their tenant'),
      ('membership_cards: select to authenticated: Agents and branch managers see their members'' cards'),
      ('membership_cards: select to authenticated: Members see their own cards'),
      ('membership_cards: select to authenticated: Staff and admins see the cards of their tenant'),
      ('membership_plans: restricts all to authenticated: Plans stay inside their tenant'),
      ('membership_plans: select to anon: Visitors see the active plans of active tenants'),
      ('membership_plans: select to authenticated: Agents, staff and admins see every plan of their tenant'),
      ('membership_plans: select to authenticated: Members see the plans that they bought'),
      ('membership_plans: select to authenticated: People see the active plans'),
      ('membership_plans: select to service_cron: Jobs see what a plan is called'),
      ('membership_plans: select to service_webhooks: Webhooks find the plan of a price'),
      ('notification_preferences: insert to authenticated: People state their preferences'),
      ('notification_preferences: restricts all to authenticated: Preferences stay inside their tenant'),
      ('notification_preferences: select to authenticated: People see their own preferences'),
      ('notification_preferences: update to authenticated: People change their preferences'),
      ('notifications: all to service_cron: The clean-up job sees and deletes what is older than a year'),
      ('notifications: restricts all to authenticated: Notifications stay inside their tenant'),
      ('notifications: select to authenticated: People see what they were told'),
      ('notifications: update to authenticated: People note that they read it'),
      ('nps_survey_responses: restricts all to authenticated: Answers stay inside their tenant'),
      ('nps_survey_responses: select to authenticated: Admins see the answers of their tenant'),
      ('nps_survey_tokens: insert to service_cron: Jobs send surveys'),
      ('nps_survey_tokens: restricts all to authenticated: Surveys stay inside their tenant'),
      ('nps_survey_tokens: select to authenticated: Admins see the surveys of their tenant'),
      ('nps_survey_tokens: select to service_cron: Jobs see which surveys are sent'),
      ('nps_survey_tokens: update to service_cron: Jobs send a survey again that did not leave'),
      ('objects: insert to authenticated: Uploaders put the file that they announced'),
      ('objects: select to authenticated: Readers of a document read its file'),
      ('objects: select to authenticated: Readers of a receipt read its file'),
      ('payment_proofs: restricts all to authenticated: Receipts stay inside their tenant'),
      ('payment_proofs: select to authenticated: People see the receipts that they uploaded'),
      ('payment_proofs: select to authenticated: Those who check payments see the receipts'),
      ('privacy_requests: restricts all to authenticated: Requests stay inside their tenant'),
      ('privacy_requests: select to authenticated: Admins see what people of their tenant asked for'),
      ('privacy_requests: select to authenticated: People see what they asked for'),
      ('profiles: restricts all to authenticated: Profiles stay inside their tenant'),
      ('profiles: select to authenticated: Agents see the members whom they look after'),
      ('profiles: select to authenticated: Branch managers see the people of their branch'),
      ('profiles: select to authenticated: People see their own profile'),
      ('profiles: select to authenticated: Staff and admins see the people of their tenant'),
      ('profiles: select to service_auth: Auth mails find their reader'),
      ('profiles: select to service_cron: Jobs find the person a mail is for'),
      ('profiles: select to service_webhooks: Webhooks find the person an event is about'),
      ('profiles: update to authenticated: People change their own contact details, and stay what they are'),
      ('profiles: update to authenticated: Those who may give a role change who has it'),
      ('profiles: update to service_auth: Auth notes an address that refuses mails'),
      ('profiles: update to service_cron: Jobs note an address that refuses mails'),
      ('rate_limits: restricts all to anon, authenticated, service_cron: Counts are the database''s own'),
      ('referral_clicks: restricts all to authenticated: Clicks stay inside their tenant'),
      ('referral_clicks: select to authenticated: Admins see the clicks of their tenant'),
      ('referral_clicks: select to authenticated: Agents see the clicks on their own link'),
      ('referral_clicks: select to authenticated: Branch managers see the clicks of their branch''s agents'),
      ('role_grants_allowed: select to authenticated: Whoever is signed in sees who may give which role'),
      ('share_pack_accesses: restricts all to authenticated: Accesses stay inside their tenant'),
      ('share_pack_accesses: select to authenticated: Whoever sees a share pack sees who opened it'),
      ('share_pack_documents: insert to authenticated: Creators share documents that they may read'),
      ('share_pack_documents: restricts all to authenticated: Shared documents stay inside their tenant'),
      ('share_pack_documents: select to authenticated: Whoever sees a share pack sees what is in it'),
      ('share_packs: insert to authenticated: Members and staff make share packs'),
      ('share_packs: restricts all to authenticated: Share packs stay inside their tenant'),
      ('share_packs: select to authenticated: Members see the share packs of their claims'),
      ('share_packs: select to authenticated: People see the share packs that they made'),
      ('share_packs: select to authenticated: Staff and admins see the share packs of their tenant'),
      ('share_packs: update to authenticated: Creators, members and staff take share packs back'),
      ('subscriptions: insert to service_webhooks: Webhooks add subscriptions'),
      ('subscriptions: restricts all to authenticated: Subscriptions stay inside their tenant'),
      ('subscriptions: select to authenticated: Agents and branch managers see their members'' subscriptions'),
      ('subscriptions: select to authenticated: Members see their own subscriptions'),
      ('subscriptions: select to authenticated: Staff and admins see the subscriptions of their tenant'),
      ('subscriptions: select to service_cron: Jobs see the subscriptions'),
      ('subscriptions: select to service_webhooks: Webhooks read subscriptions'),
      ('subscriptions: update to service_cron: Jobs note when to look again, and the end of grace'),
      ('subscriptions: update to service_webhooks: Webhooks change subscriptions'),
      ('tenant_service_times: restricts all to authenticated: Service times stay inside their tenant'),
      ('tenant_service_times: select to authenticated: People see the service times of their tenant'),
      ('tenant_service_times: update to authenticated: Admins change the service times of their tenant'),
      ('tenants: select to anon, authenticated: Everyone sees the active tenants'),
      ('tenants: select to authenticated: Super admins see every tenant'),
      ('tenants: select to service_auth, service_cron, service_webhooks: The functions see every tenant'),
      ('webhook_events: insert to service_webhooks: Webhooks store events'),
      ('webhook_events: restricts all to authenticated: Webhook events stay inside their tenant'),
      ('webhook_events: select to authenticated: Admins see the webhook events of their tenant'),
      ('webhook_events: select to service_webhooks: Webhooks read events'),
      ('webhook_events: update to service_webhooks: Webhooks note what became of an event'),
      ('welcome_tokens: insert to service_cron: Jobs make the links of mails'),
      ('welcome_tokens: restricts all to authenticated: Links stay inside their tenant'),
      ('welcome_tokens: select to service_cron: Jobs see the links'),
      ('welcome_tokens: update to service_cron: Jobs make a link anew that was never sent')
  $$,
  'policies'
);

select bag_eq(
  $$
    select right_held collate "default"
    from (
      select format('%s: %s', n.nspname, string_agg(r.name, ', ' order by r.name)) as right_held
      from pg_namespace as n
      join api_roles as r on has_schema_privilege(r.oid, n.oid, 'usage')
      where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
        -- pgTAP's own, while the stories are told.
        and n.nspname not in ('extensions', 'tests')
      group by n.nspname
    ) as held
    order by right_held collate "C"
  $$,
  $$
    values
      ('auth: anon, authenticated'),
      ('private: anon, authenticated, service_auth, service_cron, service_documents, service_webhooks'),
      ('public: anon, app_functions, app_site, authenticated, service_auth, service_cron, service_documents, service_webhooks'),
      ('storage: anon, authenticated')
  $$,
  'schemas that may be looked into'
);

select is_empty(
  $$
    select c.oid::regclass, r.name
    from pg_class as c
    cross join api_roles as r
    where c.relkind = 'S'
      and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
  $$,
  'nobody counts a sequence up'
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

select bag_eq(
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
-- Whoever speaks for the Data API takes the role that a token names, if it may.
select bag_eq(
  $$
    select format('%s: %s', role.rolname, member.rolname) collate "default"
    from pg_auth_members as m
    join pg_roles as member on member.oid = m.member
    join pg_roles as role on role.oid = m.roleid
    where (role.rolname like 'service\_%' or role.rolname like 'app\_%')
      and role.rolname <> 'service_role' and member.rolname <> current_user
  $$,
  $$
    values
      ('service_auth: app_functions'),
      ('service_cron: app_functions'),
      ('service_documents: app_functions'),
      ('service_webhooks: app_functions')
  $$,
  'no token makes anybody a role of the functions'
);
-- A superuser may become anyone; on a hosted project the owner is none and needs the membership.
select bag_eq(
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
