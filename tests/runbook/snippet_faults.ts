/**
 * Faults for `supabase/snippets/`: what each saved query has to find, planted by hand into demo data
 * with the database's own guards switched off, and what lies beside it and is none.
 */

/** One fault, or something that only looks like one. */
export interface Fault {
  /** The file, without `.sql`. */
  readonly snippet: string;
  /** What is planted, for the test's name. */
  readonly what: string;
  /** Statements; triggers and foreign keys do not run. */
  readonly plant: string;
  /** The rows that are to come up, each with at least these columns; none for what is no fault. */
  readonly finds: readonly Readonly<Record<string, unknown>>[];
}

const person = (email: string) =>
  `(select id from public.profiles where email = '${email}@demo.test')`;
const number = (email: string) => `number of ${email}`;
const MEMBER = person("member.ks");
const SECOND = person("member2.ks");
const AGENT = person("agent.ks");
const ofMember = `where user_id = ${MEMBER}`;
/** The payment that began the membership. */
const itsInvoice = `${ofMember} and period_end is not null`;
const ofSecond = `where user_id = ${SECOND}`;
const EVENT = (rest: string) =>
  `insert into public.webhook_events
     (dedupe_key, event_id, event_type, signature_valid, payload_hash, received_at,
      processing_result, error, next_attempt_at)
   select 'planted ' || n, 'evt_planted_' || n, 'transaction.completed', ${rest}
   from generate_series(1, 11) as n`;
const HASH = "repeat('ab', 32)";
const MAIL = (status: string, next: string, updated: string) =>
  `insert into public.engagement_email_sends
     (tenant_id, user_id, template_key, dedupe_key, status, next_attempt_at, updated_at, error)
   values ('ks', ${MEMBER}, 'checkin_day_14', 'planted', '${status}', ${next}, ${updated},
     ${status === "error" ? "'refused for good'" : "null"})`;
const COMMISSION = `update public.agent_commissions set`;

/** A member's number stands for the person in what is found; the test puts the real one in. */
export const MEMBER_NUMBER = /^number of (.+)$/;

/** All of them. */
export const FAULTS: readonly Fault[] = [
  {
    snippet: "access_without_payment",
    what: "all of the money went back",
    plant: `update public.billing_invoices set refunded_cents = amount_cents ${ofMember}`,
    finds: [{
      "member_number": number("member.ks"),
      why: "no payment at all, or all of it went back",
    }],
  },
  {
    snippet: "access_without_payment",
    what: "a period made longer by hand",
    plant:
      `update public.subscriptions set current_period_end = current_period_end + interval '1 year' ${ofSecond}`,
    finds: [{
      "member_number": number("member2.ks"),
      why: "the period is longer than what was paid for",
    }],
  },
  {
    snippet: "access_without_payment",
    what: "a new period for which nothing was paid",
    plant:
      `update public.subscriptions set current_period_start = current_period_start + interval '1 year',
         current_period_end = current_period_end + interval '1 year' ${ofSecond}`,
    finds: [{
      "member_number": number("member2.ks"),
      why: "nothing was paid for the running period",
    }],
  },
  {
    snippet: "access_without_payment",
    what: "nothing: half of the money went back",
    plant: `update public.billing_invoices set refunded_cents = amount_cents / 2 ${ofMember}`,
    finds: [],
  },
  {
    snippet: "payment_without_access",
    what: "a membership that ended early",
    plant:
      `update public.subscriptions set status = 'canceled', canceled_at = now(), current_period_end = now() - interval '1 day' ${ofSecond}`,
    finds: [{ "member_number": number("member2.ks"), why: "the membership is canceled" }],
  },
  {
    snippet: "payment_without_access",
    what: "access that was taken away",
    plant: `update public.subscriptions set access_revoked_at = now() ${ofMember}`,
    finds: [{ "member_number": number("member.ks"), why: "access was taken away" }],
  },
  {
    snippet: "payment_without_access",
    what: "a payment without a membership",
    plant: `delete from public.subscriptions ${ofMember}`,
    finds: [{
      "member_number": number("member.ks"),
      why: "no membership belongs to this payment",
    }],
  },
  {
    snippet: "payment_without_access",
    what: "nothing: a membership that its owner paused",
    plant: `update public.subscriptions set status = 'paused', paused_at = now() ${ofMember}`,
    finds: [],
  },
  {
    snippet: "memberships_that_contradict_themselves",
    what: "active long after the end of its period",
    plant:
      `update public.subscriptions set current_period_start = now() - interval '1 year', current_period_end = now() - interval '4 days' ${ofMember}`,
    finds: [{
      "member_number": number("member.ks"),
      what: "active, and its period ended more than three days ago",
    }],
  },
  {
    snippet: "memberships_that_contradict_themselves",
    what: "past due without an end of grace",
    plant:
      `update public.subscriptions set status = 'past_due', past_due_at = now(), grace_period_ends_at = null ${ofMember}`,
    finds: [{
      "member_number": number("member.ks"),
      what: "past due without a day on which grace ends",
    }],
  },
  {
    snippet: "memberships_that_contradict_themselves",
    what: "grace that ended in silence",
    plant:
      `update public.subscriptions set status = 'past_due', past_due_at = now() - interval '20 days',
        grace_period_ends_at = now() - interval '6 days', suspended_at = null ${ofMember}`,
    finds: [{
      "member_number": number("member.ks"),
      what: "grace ended more than a day ago, and nobody was told",
    }],
  },
  {
    snippet: "memberships_that_contradict_themselves",
    what: "two memberships at a time",
    plant: `update public.subscriptions set user_id = ${MEMBER} ${ofSecond}`,
    finds: [{
      "member_number": number("member.ks"),
      what: "another membership of the same person runs too",
    }],
  },
  {
    snippet: "claims_past_their_time",
    what: "a claim that nobody looked at",
    plant:
      `update public.claims set triage_due_at = now() - interval '2 hours' where claim_number = 'CLM-KS-2026-000001'`,
    finds: [{ "claim_number": "CLM-KS-2026-000001", "what_is_late": "nobody has looked at it" }],
  },
  {
    snippet: "claims_past_their_time",
    what: "a member who waits for news",
    plant:
      `update public.claims set update_due_at = now() - interval '2 hours' where claim_number = 'CLM-KS-2026-000002'`,
    finds: [{ "claim_number": "CLM-KS-2026-000002", "what_is_late": "the member waits for news" }],
  },
  {
    snippet: "claims_past_their_time",
    what: "nothing: a claim that is closed",
    plant:
      `update public.claims set update_due_at = now() - interval '2 hours', status = 'resolved',
        closed_at = now() where claim_number = 'CLM-KS-2026-000002'`,
    finds: [],
  },
  {
    snippet: "claims_that_nobody_holds",
    what: "a claim of the day before yesterday",
    plant:
      `update public.claims set submitted_at = now() - interval '2 days' where claim_number = 'CLM-KS-2026-000001'`,
    finds: [{ "claim_number": "CLM-KS-2026-000001", why: "given to nobody" }],
  },
  {
    snippet: "claims_that_nobody_holds",
    what: "a claim of somebody who is locked",
    plant: `update public.profiles set is_active = false where id =
        (select assigned_to from public.claims where claim_number = 'CLM-KS-2026-000002')`,
    finds: [{ "claim_number": "CLM-KS-2026-000002" }],
  },
  {
    snippet: "claims_that_nobody_holds",
    what: "a claim of somebody who is no staff any more",
    plant:
      `update public.claims set assigned_to = ${AGENT} where claim_number = 'CLM-KS-2026-000002'`,
    finds: [{ "claim_number": "CLM-KS-2026-000002" }],
  },
  {
    snippet: "mails_stuck",
    what: "a mail that should have left two hours ago",
    plant: MAIL("pending", "now() - interval '2 hours'", "now()"),
    finds: [{ mail: "checkin_day_14", status: "pending" }],
  },
  {
    snippet: "mails_stuck",
    what: "a mail that failed",
    plant: MAIL("error", "null", "now() - interval '2 days'"),
    finds: [{ status: "error", error: "refused for good" }],
  },
  {
    snippet: "mails_stuck",
    what: "nothing: a mail that is due now, and one that failed last month",
    plant: `${MAIL("pending", "now()", "now()")}; ${
      MAIL("error", "null", "now() - interval '30 days'").replace("'planted'", "'planted too'")
    }`,
    finds: [],
  },
  {
    snippet: "addresses_that_take_no_mail",
    what: "a member whose address bounced",
    plant:
      `update public.profiles set email_undeliverable_at = now(), email_undeliverable_reason = 'bounced' where id = ${MEMBER}`,
    finds: [{ "member_number": number("member.ks"), why: "bounced" }],
  },
  {
    snippet: "documents_without_objects",
    what: "a file that is gone",
    plant: `delete from storage.objects where name =
        (select file_path from public.claim_documents where name = 'bileta.pdf' limit 1)`,
    finds: [{ name: "bileta.pdf", why: "there is no such file" }],
  },
  {
    snippet: "documents_without_objects",
    what: "a file of another size",
    plant: `update storage.objects set metadata = jsonb_set(metadata, '{size}', '1') where name =
        (select file_path from public.claim_documents where name = 'bileta.pdf' limit 1)`,
    finds: [{ name: "bileta.pdf", why: "the file has another size" }],
  },
  {
    snippet: "documents_without_objects",
    what: "a bucket that is gone",
    plant:
      `alter table public.claim_documents drop constraint if exists claim_documents_bucket_check;
      update public.claim_documents set bucket = 'no-bucket' where name = 'bileta.pdf'`,
    finds: [{ name: "bileta.pdf", why: "there is no such bucket" }],
  },
  {
    snippet: "objects_without_documents",
    what: "a file that nobody announced",
    plant: `insert into storage.objects (bucket_id, name, created_at, metadata)
      values ('claim-evidence', 'ks/planted.pdf', now() - interval '3 days', '{"size": 1}')`,
    finds: [{ "file_path": "ks/planted.pdf", why: "no document has this file" }],
  },
  {
    snippet: "objects_without_documents",
    what: "the file of a document that was deleted last week",
    plant: `update storage.objects set created_at = now() - interval '9 days';
      update public.claim_documents set deleted_at = now() - interval '8 days', deleted_by = ${MEMBER}
      where name = 'bileta.pdf'`,
    finds: [{ why: "its document was deleted" }],
  },
  {
    snippet: "objects_without_documents",
    what: "nothing: a file that came just now",
    plant: `insert into storage.objects (bucket_id, name, metadata)
      values ('claim-evidence', 'ks/planted.pdf', '{"size": 1}')`,
    finds: [],
  },
  ...([
    ["no invoice behind it", "source_transaction_id = 'txn_nowhere'", [
      "no invoice stands behind it",
    ]],
    ["a cent too much", "amount_cents = amount_cents + 1", [
      "the amount is not its share of what was paid",
    ]],
    ["a share of more than was paid", "base_cents = 100000, amount_cents = 20000", [
      "its share is of more than was paid",
    ]],
    ["a rate of its own", "rate_percent = 50, amount_cents = floor(base_cents * 0.5 + 0.5)", [
      "the rate is not the one of its kind",
    ]],
    ["a member who earns on themselves", "agent_id = member_id", [
      "earned on oneself",
      "the earner is no agent",
    ]],
  ] as const).map(([what, change, found]) => ({
    snippet: "commissions_unexplained",
    what,
    plant: `alter table public.agent_commissions drop constraint agent_commissions_check;
      ${COMMISSION} ${change} where member_id = ${MEMBER} and type = 'new_membership'`,
    finds: found.map((fault) => ({ what: fault })),
  })),
  {
    snippet: "commissions_unexplained",
    what: "somebody else's invoice",
    plant: `update public.billing_invoices set user_id = ${SECOND} ${itsInvoice}`,
    finds: [{ what: "the invoice is somebody else's" }],
  },
  {
    snippet: "commissions_unexplained",
    what: "money that went back",
    plant:
      `update public.billing_invoices set refunded_cents = amount_cents, status = 'refunded' ${itsInvoice};
       ${COMMISSION} status = 'approved' where member_id = ${MEMBER} and type = 'new_membership'`,
    finds: [{ what: "all of the money went back" }],
  },
  {
    snippet: "invoices_against_ledger",
    what: "an invoice that says more came back",
    plant:
      `update public.billing_invoices set refunded_cents = 100, status = 'partially_refunded' ${itsInvoice}`,
    finds: [{ why: "the ledger does not add up" }],
  },
  {
    snippet: "invoices_against_ledger",
    what: "an invoice without an entry",
    plant: `alter table public.billing_ledger_entries disable trigger all;
      delete from public.billing_ledger_entries where invoice_id in
        (select id from public.billing_invoices ${itsInvoice})`,
    finds: [{ why: "no entry in the ledger", "ledger_cents": "0" }],
  },
  {
    snippet: "webhook_errors",
    what: "events that failed",
    plant: EVENT(`true, ${HASH}, now(), 'error', 'no such member', now()`) + " where n = 1",
    finds: [{ "event_id": "evt_planted_1", error: "no such member" }],
  },
  {
    snippet: "webhook_errors",
    what: "an event that nobody tried for twenty minutes",
    plant: EVENT(`true, ${HASH}, now() - interval '20 minutes', null, null, now()`) +
      " where n = 1",
    finds: [{ "event_id": "evt_planted_1", error: "not tried yet" }],
  },
  {
    snippet: "webhook_errors",
    what: "nothing: an event that arrives now, and forged ones",
    plant: `${EVENT(`true, ${HASH}, now(), null, null, now()`)} where n = 1;
      ${
      EVENT(`false, ${HASH}, now() - interval '1 day', null, 'signature wrong', null`)
    } where n > 1`,
    finds: [],
  },
  {
    snippet: "forged_deliveries",
    what: "eleven wrong signatures in an hour",
    plant: EVENT(`false, ${HASH}, now(), null, 'signature wrong', null`),
    finds: [{ deliveries: "11", "what_was_wrong": "signature wrong" }],
  },
  {
    snippet: "duplicate_people",
    what: "one telephone number written in two ways",
    plant: `update public.profiles set phone = '+383 44 987 654' where id = ${MEMBER};
      update public.profiles set phone = '044/987-654' where id = ${SECOND}`,
    finds: [{ why: "the same telephone number" }],
  },
  {
    snippet: "duplicate_people",
    what: "one address with a plus",
    plant: `update public.profiles set email = 'Member.ks+two@demo.test' where id = ${SECOND}`,
    finds: [{ why: "the same address" }],
  },
  {
    snippet: "duplicate_people",
    what: "one name on one day",
    plant: `update public.profiles set full_name = 'Zana Berisha', created_at = date '2026-01-05'
      where id in (${MEMBER}, ${SECOND})`,
    finds: [{ why: "the same name, registered on the same day" }],
  },
  {
    snippet: "people_without_a_profile",
    what: "an account without a profile",
    plant: `delete from public.profiles where id = ${person("new.ks")}`,
    finds: [{ why: "no profile" }],
  },
  {
    snippet: "people_without_a_profile",
    what: "a member without a number",
    plant: `alter table public.profiles alter column member_number drop not null;
      update public.profiles set member_number = null where id = ${MEMBER}`,
    finds: [{ why: "a paying member without a number" }],
  },
  {
    snippet: "jobs_that_are_late",
    what: "a job that never ran",
    plant: `alter table public.cron_jobs drop constraint cron_jobs_every_check;
      insert into public.cron_jobs (job, every, description, created_at)
      values ('planted', interval '1 second', 'Planted.', now() - interval '1 day')`,
    finds: [{ job: "planted", "last_success_at": null }],
  },
  {
    snippet: "audit_log_is_whole",
    what: "a line that was changed after it was sealed",
    plant: `select private.seal_audit(50000);
      alter table public.audit_log disable trigger all;
      update public.audit_log set metadata = '{"planted": true}'
      where seq = (select min(seq) from public.audit_chain)`,
    finds: [{ position: "1" }],
  },
  {
    snippet: "requests_to_be_forgotten",
    what: "a request of two months ago",
    plant:
      `insert into public.privacy_requests (tenant_id, user_id, kind, status, requested_at, due_at)
      values ('ks', ${MEMBER}, 'deletion', 'pending', now() - interval '60 days',
        now() - interval '30 days')`,
    finds: [{ "member_number": number("member.ks") }],
  },
  {
    snippet: "cash_unexplained",
    what: "an approved payment without a membership",
    plant: `update public.lead_payment_attempts set status = 'succeeded', verified_at = now(),
        subscription_id = gen_random_uuid()
      where id = (select id from public.lead_payment_attempts where status = 'pending' limit 1)`,
    finds: [{ what: "approved, and no membership came of it" }],
  },
  {
    snippet: "cash_unexplained",
    what: "a membership by hand that nobody approved",
    plant: `update public.subscriptions set provider = 'cash', cancel_at_period_end = true,
        provider_subscription_id = 'cash_planted'
      ${ofSecond}`,
    finds: [{ what: "a membership by hand without an approved payment" }],
  },
  {
    snippet: "cash_unexplained",
    what: "a payment that waits since last week",
    plant: `update public.lead_payment_attempts set created_at = now() - interval '7 days',
        resubmitted_at = null, received_at = now() - interval '8 days' where status = 'pending'`,
    finds: [{ what: "has waited for a decision for more than three days" }],
  },
  {
    snippet: "cash_unexplained",
    what: "one receipt for two payments",
    plant: `update public.lead_payment_attempts set receipt_number = 'R-PLANTED'
      where status in ('pending', 'needs_info')`,
    finds: [{ what: "the receipt of another payment", receipt: "R-PLANTED" }],
  },
];
