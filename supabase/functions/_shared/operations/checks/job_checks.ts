/** Do the jobs run, is anybody to call them, and do mails leave. */
import type { OperationsReport } from "../report_store.ts";
import { type CheckResult, type Finding, odd, well, wrong } from "./check.ts";

/** Jobs that the database runs by itself, under a name of their own. */
const VAULT = ["cron_secret", "functions_url"];

/** Whether pg_cron calls every job, and knows whom to call. */
export function schedule({ schedule: scheduled, jobs, vault }: OperationsReport): Finding {
  const watched = jobs.filter(({ watched }) => watched).map(({ job }) => job);
  const facts = { jobs: watched.length };
  // Tests call the jobs themselves.
  if (watched.length === 0) return well({ facts });
  if (scheduled === null) return wrong("cron_missing", { facts });
  const isCalled = (job: string) =>
    scheduled.some((one) => one.active && (one.calls ?? one.name) === job);
  const missing = watched.filter((job) => !isCalled(job));
  if (missing.length > 0) return wrong("jobs_inactive", { facts, detail: missing.join(", ") });
  const empty = VAULT.filter((name) => !vault.includes(name));
  return empty.length === 0
    ? well({ facts })
    : wrong("vault_empty", { facts, detail: empty.join(", ") });
}

/** One check for each job. */
export function jobChecks({ jobs }: OperationsReport): CheckResult[] {
  return jobs.map((job) => ({ id: `job-${job.job}`, section: "cron-jobs", ...jobCheck(job) }));
}

function jobCheck(job: OperationsReport["jobs"][number]): Finding {
  const hours = job.every_s / 3_600;
  const facts: Record<string, number> = Number.isInteger(hours)
    ? { "every_h": hours }
    : { every: Math.round(job.every_s / 60) };
  const since = job.last_success_at;
  if (job.late) return wrong("job_late", { facts, since, detail: job.error });
  if (job.error !== null) {
    return odd("job_failed", { facts, since: job.failed_at, detail: job.error });
  }
  // Where nobody is to call it, as in tests, nothing is expected of it.
  return well({ facts, since });
}

/** Mails that should have left, or never will. */
export function mails({ mails: seen }: OperationsReport): Finding {
  const { waiting, overdue, failed } = seen;
  const facts = { waiting, overdue, failed };
  if (overdue > 0) return wrong("mails_overdue", { facts, since: seen.oldest_at });
  if (failed > 0) return wrong("mails_failed", { facts });
  return seen.held_until === null
    ? well({ facts })
    : odd("mails_on_hold", { facts, detail: seen.held_until });
}
