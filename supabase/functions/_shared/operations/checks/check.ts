/** What a check is, and what it finds. */

/** How a thing is: `unknown` where it could not be looked at. */
export type CheckState = "ok" | "warn" | "fail" | "unknown";

/** Sections of RUNBOOK.md, by their anchors. */
export const SECTIONS = [
  "environment",
  "database",
  "storage",
  "documents",
  "webhooks",
  "mail",
  "cron-jobs",
  "audit",
  "slos",
  "mitigation-switches",
  "triage-checklist",
] as const;

/** One of {@linkcode SECTIONS}. */
export type Section = typeof SECTIONS[number];

/** Why something is not well; `ops.cause.<cause>` says it in words, with what to do. */
export type Cause =
  | "audit_broken"
  | "audit_unsealed"
  | "audit_unverified"
  | "bucket_missing"
  | "burn_fast"
  | "burn_slow"
  | "bypass_on"
  | "clock_skew"
  | "connections_full"
  | "cron_missing"
  | "database_away"
  | "database_read_only"
  | "default_tenant_differs"
  | "disk_full"
  | "env_missing"
  | "files_missing"
  | "forgeries"
  | "functions_away"
  | "health_degraded"
  | "job_failed"
  | "job_late"
  | "jobs_inactive"
  | "long_transaction"
  | "mails_failed"
  | "mails_on_hold"
  | "mails_overdue"
  | "migrations_pending"
  | "migrations_unknown"
  | "paddle_away"
  | "paddle_key"
  | "resend_away"
  | "resend_key"
  | "rls_open"
  | "secret_wrong"
  | "signatures_outdated"
  | "storage_alters"
  | "storage_away"
  | "switches_on"
  | "vault_empty"
  | "webhooks_failed"
  | "webhooks_held"
  | "webhooks_overdue"
  | "writes_refused";

/** What was found. */
export interface Finding {
  readonly state: CheckState;
  /** Figures by name; `ops.fact.<name>` says what each is. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Names that need no translation: variables, jobs, tables. Never a value of a secret. */
  readonly detail: string | null;
  readonly cause: Cause | null;
  /** Since when it is so, or was first found so, ISO 8601, where that is known. */
  readonly since: string | null;
}

/** A check that was made. */
export interface CheckResult extends Finding {
  /** `webhooks`, `job-mails` …; stable. */
  readonly id: string;
  readonly section: Section;
}

/** Further facts of a finding. */
export type FindingOptions = Partial<Pick<Finding, "facts" | "detail" | "since">>;

/** All is well. */
export function well(options: FindingOptions = {}): Finding {
  return { state: "ok", facts: {}, detail: null, since: null, cause: null, ...options };
}

/** Something is wrong. */
export function wrong(cause: Cause, options: FindingOptions = {}): Finding {
  return { state: "fail", facts: {}, detail: null, since: null, ...options, cause };
}

/** Something needs looking at, today rather than now. */
export function odd(cause: Cause, options: FindingOptions = {}): Finding {
  return { ...wrong(cause, options), state: "warn" };
}

/** It could not be looked at; another check says why. */
export const UNKNOWN: Finding = {
  state: "unknown",
  facts: {},
  detail: null,
  since: null,
  cause: null,
};
