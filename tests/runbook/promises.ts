/**
 * What the people who run this were promised that their runbook tells them, line by line, and where it
 * does: the section and the words that have to stand in it.
 */

/** One promise. */
export interface Promised {
  /** Anchor of the section that keeps it. */
  readonly in: string;
  readonly promise: string;
  readonly shown: readonly (string | RegExp)[];
}

const kept = (
  section: string,
  ...promises: readonly (readonly [promise: string, ...shown: (string | RegExp)[]])[]
): Promised[] => promises.map(([promise, ...shown]) => ({ in: section, promise, shown }));

/** All of them, in the order of the runbook that was asked for. */
export const PROMISES: readonly Promised[] = [
  ...kept(
    "webhooks",
    ["the symptom of a membership that does not change", /status does not change/i],
    ["the symptom of commissions that are missing", /Commissions are not created/],
    ["the symptom of dunning mails that are missing", /failed payment are not sent/],
    ["the variables to check", "What to check", "Variables"],
    ["Paddle's key", "PADDLE_API_KEY"],
    ["the secret of the webhook", "PADDLE_WEBHOOK_SECRET_KEY"],
    ["which Paddle, under the name that operators know", "NEXT_PUBLIC_PADDLE_ENV"],
    [
      "the bypass is off in production",
      "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV",
      /must be unset or false in production/,
    ],
    ["the endpoint", "POST /api/webhooks/paddle"],
    ["the table of events with dedupe keys and results", "webhook_events", "dedupe_key"],
    [
      "the audit actions of events",
      "webhook.received",
      "webhook.processed",
      "webhook.failed",
      "webhook.duplicate",
    ],
    ["first response: the address in Paddle", /Does Paddle send to the right address/],
    ["first response: wrong signatures", "webhook.invalid_signature"],
    ["the secret in Paddle is ours", /secret of that destination is the one in/],
    ["the header is there", "paddle-signature"],
    ["recovery: which events failed", "webhook_events.processing_result = 'error'"],
    ["recovery: the error, and the log line to it", "webhook_events.error", /find the log line/],
    ["recovery: send again, safely", /re-send them in Paddle/, "duplicate", /never twice/],
  ),
  ...kept(
    "documents",
    ["the older endpoint", "GET /api/documents/:id", /older way/],
    ["the endpoint to use", "GET /api/documents/:id/download", /every access is on the log/],
    ["viewing in the browser", "?disposition=inline"],
    ["refusals: what to check", "What to check", /Who is let in/],
    ["staff and administrators are let in", /Staff and administrators/],
    ["owners of the claim are let in", /Members: those of their own claims/],
    ["uploaders are let in", /uploaded a document, for compatibility/],
    [
      "the audit actions of documents",
      "document.download",
      "document.view",
      "document.signed_url_issued",
      "document.forbidden",
    ],
  ),
  ...kept(
    "storage",
    ["the bucket exists", "claim_documents.bucket", "storage.buckets"],
    ["the file exists", "claim_documents.file_path", "storage.objects"],
  ),
  ...kept(
    "cron-jobs",
    ["endpoints are protected", "Authorization: Bearer $CRON_SECRET"],
    ["also locally, without a bypass", /Locally too: there is no bypass/],
    ["the endpoint of dunning", "GET /api/cron/dunning"],
    ["the endpoint of engagement", "GET /api/cron/engagement"],
    ["the endpoint of the survey", "GET /api/cron/nps"],
  ),
  ...kept(
    "engagement-email-cadence",
    ["mails to those with a running membership", /running membership/],
    ["day 7", /Day 7:/, "onboarding_day_7"],
    ["day 14", /Day 14:/, "checkin_day_14"],
    ["days 30, 60 and 90", /Days 30, 60 and 90/, "retention_day_90"],
    ["each once", "engagement_email_sends.dedupe_key", /unique/],
  ),
  ...kept(
    "nps-survey",
    ["asked once, around day 45", "GET /api/cron/nps", /once, from day 45/],
    ["once, by its template", "engagement_email_sends", "template_key = 'nps_v1'"],
    ["where the member lands", "/:locale/nps/:token", /works once and for 30 days/],
    ["where the answer goes", "POST /api/public/nps"],
  ),
  ...kept(
    "triage-checklist",
    ["is the database reachable", /Is the database reachable/],
    ["are the variables present", /Are the required variables present/],
    ["are sign-ins or limits refusing", /refusing sign-ins, or by rate limits/],
    ["is there activity in the window", "audit_log", "webhook_events", /window of the incident/],
  ),
  ...kept(
    "incident-response",
    ["the first half hour", /first 30 minutes/],
    ["severity 1", /Sev1.*isolation of tenants, privacy or integrity.*sustained outage/],
    ["severity 2", /Sev2.*claims, documents, billing/],
    ["severity 3", /Sev3.*way around/],
    ["a channel and one commander", /Open a channel/, /one person who commands/],
    ["start, tenants, routes", /exact start time, the tenants and the routes/],
    ["deployments are frozen", /Freeze deployments/],
    ["evidence: the guards", "deno task security:guard"],
    ["evidence: health", "/api/health"],
    ["evidence: the last gate", /last gate and its failing signatures/],
    ["evidence: Sentry", /links to Sentry/],
    ["a switch, a rollback or a fix", /switch.*rollback.*fix/s],
    ["Sev1 at once", /Sev1.*immediately/],
    ["Sev2 the same operating day", /Sev2.*the same operating day/],
    ["Sev3 at the next review", /Sev3.*next scheduled review/],
    ["who is called after whom", /agent or staff → the administrator.* → engineering lead/s],
    ["the law in parallel", /in parallel/],
  ),
  ...kept(
    "application-rollback",
    ["back to the latest healthy deployment", /latest healthy one/],
    ["or the last good tag again", /last good tag again/],
    ["guards and gates afterwards", /Afterwards/],
    ["the guard", "deno task security:guard"],
    ["the gate", "deno task e2e:gate"],
    ["the smoke test", "deno task e2e:smoke"],
  ),
  ...kept(
    "database-rollback",
    ["forward fixes first", /forward fix/],
    ["back only when data is at risk", /only when data would be lost/],
    ["before: a backup", "deno task backup"],
    ["before: which migrations", /which migrations are affected/, "deno task migrate:status"],
    ["before: who restores", /Name the person who restores/],
    ["staging first, then under command", /in staging first/, /under the command of the incident/],
    ["after: isolation of tenants", /isolation of tenants:/],
    ["after: claims and billing", /claims and billing can be read and written/],
    ["after: the audit log is written", /audit log is written by what was restored/],
  ),
  ...kept(
    "pilot-stop-and-rollback-policy",
    ["where the pilot's policy stands", "docs/pilot/PILOT_RUNBOOK.md"],
  ),
  ...kept(
    "password-reset",
    ["the wish", "POST /api/auth/request-password-reset"],
    ["the link", "GET /api/auth/reset-password/:token?callbackURL="],
    ["the page", "GET /:locale/reset-password?token="],
    ["mail: the key", "RESEND_API_KEY"],
    ["mail: the sender", "RESEND_FROM_EMAIL", "RESEND_FROM"],
    ["tells nobody who is a member", /same for an address that does not exist/],
    [
      "the audit action, without the address",
      "auth.password_reset_requested",
      /without the address/,
    ],
  ),
  ...kept(
    "slos",
    ["where the objectives stand", "docs/SLOS.md"],
    ["burn-rate alerts", /burn rate.*sustained/],
    ["burn rate of webhooks", /SLO 1, webhooks processed/],
    ["burn rate of downloads", /SLO 2, downloads that succeed/],
    ["threshold alerts", /threshold.*spikes/],
    [
      "webhook errors",
      "POST /api/webhooks/paddle",
      "webhook.failed",
      "webhook.invalid_signature",
      /500 and above/,
    ],
    ["document errors", "GET /api/documents/:id/download"],
    ["performance alerts", /performance.*latency/],
    ["p95 of the core API", /p95 of `GET \/api\/claims`/],
  ),
];
