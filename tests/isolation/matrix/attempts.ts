/**
 * How the matrix tries what `access.txt` declares: rows to add, values to change to, calls to make.
 * `{…}` is a fact of the row that is tried, from `world.sql`.
 */
import type { Holder } from "./declaration.ts";

const HASH = "repeat('c0', 32)";

/** `table kind`, or `table` for every kind: what each holder would add. */
export const INSERTS: Readonly<Record<string, Partial<Record<Holder, string>>>> = {
  "agent_commissions": {
    webhooks: `insert into agent_commissions (tenant_id, agent_id, member_id, type, amount_cents,
      currency, rate_percent, base_cents, source_transaction_id)
      values ({tenant}, {own}, {member}, 'upgrade', 1, 'EUR', 15, 10, 'txn_matrix')`,
  },
  "audit_log": {
    webhooks: auditRow("service_webhooks"),
    cron: auditRow("service_cron"),
    auth: auditRow("service_auth"),
  },
  "billing_checkouts": {
    people: `insert into billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
      values ('txn_matrix', {tenant}, {own}, {plan})`,
  },
  "billing_customers": {
    webhooks: `insert into billing_customers (provider_customer_id, user_id, tenant_id)
      values ('ctm_new', {own}, {tenant})`,
  },
  "billing_invoices": {
    webhooks: `insert into billing_invoices (tenant_id, user_id, subscription_id,
      provider_transaction_id, currency, subtotal_cents, amount_cents)
      values ({tenant}, {own}, {subscription}, 'txn_matrix', 'EUR', 1, 1)`,
  },
  "billing_ledger_entries": {
    webhooks: `insert into billing_ledger_entries (tenant_id, invoice_id, provider_transaction_id,
      provider_adjustment_id, entry_type, amount_cents, currency, occurred_at)
      values ({tenant}, {invoice}, {transaction}, 'adj_matrix', 'refund', -1, 'EUR', now())`,
  },
  "claim_documents": {
    people: `insert into claim_documents (claim_id, name, file_type, file_size)
      values ({claim}, 'photo.jpg', 'image/jpeg', 1000)`,
  },
  "claim_messages message": {
    people: "insert into claim_messages (claim_id, body) values ({claim}, 'Hello')",
  },
  "claim_messages note": {
    people: `insert into claim_messages (claim_id, body, is_internal)
      values ({claim}, 'Hello', true)`,
  },
  "claim_tracking_tokens": {
    people: `insert into claim_tracking_tokens (claim_id, token_hash) values ({claim}, ${HASH})`,
  },
  "claims draft": {
    people: `insert into claims (tenant_id, member_id, title) values ({tenant}, {own}, 'Flight')`,
  },
  "cron_runs": { cron: "insert into cron_runs (job) values ('matrix')" },
  "engagement_email_sends survey": mails("nps_v1"),
  "engagement_email_sends failed": mails("dunning_day_0"),
  "engagement_email_sends password": mails("password_reset"),
  "mail_batches": { cron: "insert into mail_batches (next_attempt_at) values (now())" },
  "notification_preferences": {
    people: "insert into notification_preferences (user_id, tenant_id) values ({own}, {tenant})",
  },
  "nps_survey_tokens": {
    cron: `insert into nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
      values ({tenant}, {own}, {send}, ${HASH}, now())`,
  },
  "share_pack_documents": {
    people: `insert into share_pack_documents (pack_id, document_id, position)
      values ({pack}, {document}, 2)`,
  },
  "share_packs": {
    people: `insert into share_packs (claim_id, token_hash, expires_at)
      values ({claim}, ${HASH}, now() + interval '1 day')`,
  },
  "storage.objects": {
    visitors: file(),
    people: file(),
  },
  "subscriptions": {
    webhooks: `insert into subscriptions (tenant_id, user_id, provider_subscription_id, status)
      values ({tenant}, {own}, 'sub_matrix', 'active')`,
  },
  "welcome_tokens": {
    cron: `insert into welcome_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
      values ({tenant}, {own}, {send}, ${HASH}, now())`,
  },
  "webhook_events": {
    webhooks: `insert into webhook_events (tenant_id, dedupe_key, signature_valid, payload_hash)
      values ({tenant}, 'matrix:new', true, ${HASH})`,
  },
};

function auditRow(role: string): string {
  return `insert into audit_log (tenant_id, actor_role, action)
    values ({tenant}, '${role}', 'claim.created')`;
}

function mails(template: string): Partial<Record<Holder, string>> {
  const sql = `insert into engagement_email_sends (tenant_id, user_id, template_key, dedupe_key)
    values ({tenant}, {own}, '${template}', 'matrix:new')`;
  return { webhooks: sql, cron: sql, auth: sql };
}

function file(): string {
  return `insert into storage.objects (bucket_id, name) values ('claim-evidence', {path})`;
}

function invite(role: string): string {
  return `select private.create_invitation(
    'new@matrix.test', '${role}', null, '', 'sq', ${HASH}, {tenant})`;
}

const OTHER_TENANT = "tenant_id = case tenant_id when 'ks' then 'mk' else 'ks' end";
const VOID = "status = 'void', voided_at = now()";

/** What a column is changed to; a column that is not listed is set to what it holds. */
export const CHANGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "agent_commissions": {
    status: "status = 'approved'",
    "voided_at": VOID,
    "void_reason": `${VOID}, void_reason = 'refunded'`,
  },
  "claim_tracking_tokens": { "revoked_at": "revoked_at = now()" },
  "claims": {
    title: "title = 'Another title'",
    company: "company = 'Another company'",
    description: "description = 'Another description'",
    category: "category = 'other'",
    "amount_cents": "amount_cents = 1",
    currency: "currency = 'USD'",
    "incident_date": "incident_date = '2026-01-02'",
    status: "status = 'rejected', status_reason = 'Not for us'",
    "status_reason": "status_reason = 'Not for us'",
  },
  "cron_runs": {
    error: "finished_at = now(), result = 'error', error = 'away'",
    "finished_at": "finished_at = now(), result = 'ok'",
    result: "finished_at = now(), result = 'ok'",
  },
  "engagement_email_sends": {
    attempts: "attempts = 3",
    error: "error = 'away'",
    "next_attempt_at": "next_attempt_at = now()",
    "provider_message_id": "provider_message_id = 'matrix'",
    "sent_at": "status = 'sent', sent_at = now()",
    status: "status = 'skipped'",
    facts: "facts = '{}'",
    "unsubscribe_hash": `unsubscribe_hash = ${HASH}`,
  },
  "notification_preferences": {
    "email_claim_updates": "email_claim_updates = not email_claim_updates",
    "email_messages": "email_messages = not email_messages",
  },
  "notifications": { "read_at": "read_at = now()" },
  "nps_survey_tokens": { "token_hash": `token_hash = ${HASH}`, "expires_at": "expires_at = now()" },
  "profiles": {
    "full_name": "full_name = 'Somebody Else'",
    phone: "phone = '+383 44 000 000'",
    locale: "locale = 'en'",
    "marketing_opt_out_at": "marketing_opt_out_at = now()",
    role: "role = 'staff'",
    "branch_id": "branch_id = {branch}",
    "agent_id": "agent_id = null, is_active = not is_active",
    "is_active": "is_active = not is_active",
    "email_undeliverable_at": "email_undeliverable_at = now()",
    "email_undeliverable_reason":
      "email_undeliverable_at = now(), email_undeliverable_reason = 'no such mailbox'",
  },
  "profiles other": { role: "role = 'member'" },
  "share_packs": { "revoked_at": "revoked_at = now()" },
  "storage.objects": {
    name: "name = 'tenants/ks/elsewhere'",
    "path_tokens": "path_tokens = default",
  },
  "subscriptions": {
    "tenant_id": OTHER_TENANT,
    "user_id": "user_id = gen_random_uuid()",
    status: "status = 'expired'",
    "suspended_at": "suspended_at = now()",
  },
  "tenant_service_times": {
    "opens_at": "opens_at = '07:00'",
    "closes_at": "closes_at = '20:00'",
    "triage_hours": "triage_hours = 12",
  },
  "webhook_events": { "tenant_id": OTHER_TENANT },
};

/** `function kind`, or `function`: how it is called; no row means that it did nothing. */
export const CALLS: Readonly<Record<string, string>> = {
  "cancel_claim": "select cancel_claim({id})",
  "claim_assign": "select claim_assign({id}, {staff})",
  "create_share_pack":
    `select create_share_pack({claim}, array[{document}]::uuid[], ${HASH}, now() + interval '1 day')`,
  "create_tracking_link": `select create_tracking_link({claim}, ${HASH})`,
  "delete_document": "select delete_document({id}, 'not needed')",
  "document_accesses": "select document_accesses({id})",
  "mark_claim_notifications_read": "select 1 where mark_claim_notifications_read({claim}) > 0",
  "mark_messages_read": "select 1 where mark_messages_read({claim}) > 0",
  "mark_notifications_read": "select 1 where mark_notifications_read(array[{id}]::uuid[]) > 0",
  "private.create_invitation member": invite("member"),
  "private.create_invitation staff": invite("staff"),
  "private.create_invitation super": invite("super_admin"),
  "private.document_accesses": "select private.document_accesses({id})",
  "private.find_document": "select from private.find_document({id}) where outcome = 'ok'",
  "private.invitation_to_mail": "select private.invitation_to_mail({id})",
  "private.record_document_access":
    "select 1 where private.record_document_access({id}, 'document.view')",
  "private.renew_invitation": `select private.renew_invitation({id}, ${HASH})`,
  "private.revoke_invitation": "select private.revoke_invitation({id})",
  "private.set_active": "select private.set_active({own}, false)",
  "private.set_role": "select private.set_role({own}, 'staff')",
  "private.set_role super": "select private.set_role({own}, 'member')",
  "private.set_role admin": "select private.set_role({own}, 'super_admin')",
  "private.write_document_access":
    "select private.write_document_access({id}, 'document.view', '{}')",
  "membership_access": "select 1 where membership_access({own}) <> 'none'",
  "move_claim": "select move_claim({id}, 'verification')",
  "replay_webhook_events": "select replay_webhook_events(array[{id}]::uuid[])",
  "retry_mail": "select 1 where retry_mail({id}) not in ('unknown', 'not_failed')",
  "revoke_share_pack": "select 1 where revoke_share_pack({id})",
  "revoke_tracking_link": "select 1 where revoke_tracking_link({claim})",
  "search_claims": "select from search_claims('Example') as found where found = {id}",
  "submit_claim": "select submit_claim({id})",
  "trust_address": "select 1 where trust_address({own}) = 'trusted'",
  "unread_messages": "select unread_messages(array[{claim}]::uuid[])",
};
