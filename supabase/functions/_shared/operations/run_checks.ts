/**
 * The one list of checks: `deno task doctor` makes all of them, the function `health` those that need
 * nothing of the machine, for the page Operations.
 */
import type { Clock } from "@core/platform/clock.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import type { EnvSource, FunctionsEnv } from "@core/platform/env.ts";
import {
  type CheckResult,
  type Finding,
  type Section,
  UNKNOWN,
  well,
  wrong,
} from "./checks/check.ts";
import * as base from "./checks/database_checks.ts";
import {
  bypass,
  clock as clockCheck,
  defaultTenant,
  environment,
} from "./checks/environment_checks.ts";
import { jobChecks, mails, schedule } from "./checks/job_checks.ts";
import { audit, documents, promiseChecks, switches } from "./checks/promise_checks.ts";
import { webhooks, webhookSignatures } from "./checks/webhook_checks.ts";
import { probePaddle, probeResend, probeStorage } from "./probes.ts";
import {
  noteChecks,
  type Observer,
  type OperationsReport,
  probeWrite,
  readReport,
  readWrittenAt,
} from "./report_store.ts";

/** What health said, as far as a check goes by it. */
export interface HealthSeen {
  readonly status: string;
  /** The functions' time. */
  readonly time: string;
  /** Parts that are not well. */
  readonly unwell: readonly string[];
}

/** What checks look at. */
export interface CheckContext {
  /** The functions' login; null if its address is missing. */
  readonly db: Database | null;
  readonly clock: Clock;
  /** Who looks; each knows by itself since when things are as they are. */
  readonly observer: Observer;
  /** Whose switches are told of besides those for all; of every country if null or left out. */
  readonly tenantId?: string | null;
  /** The functions' environment; null if it is not whole. */
  readonly env: FunctionsEnv | null;
  /**
   * The variables of site and functions together, where they are at hand. A program that runs has
   * checked its own.
   */
  readonly source?: EnvSource;
  /** Versions of the migrations in this source; null where they are not at hand. */
  readonly expectedMigrations?: readonly string[] | null;
  /** Share of the database's disk that is used; null where nobody can look. */
  readonly diskUsed?: () => Promise<number | null>;
  /** Asks the site's health; rejects if nothing answers. */
  readonly askHealth?: () => Promise<HealthSeen>;
}

/**
 * Makes every check that the context allows. None of them throws.
 *
 * @param context What is looked at.
 * @returns What was found, in the order in which to read it.
 */
export async function runChecks(context: CheckContext): Promise<CheckResult[]> {
  const { db, clock, env, source } = context;
  const [looked, written, used, health, paddle, resend, storage] = await Promise.all([
    read(db, clock),
    write(db),
    context.diskUsed?.().catch(() => null) ?? null,
    context.askHealth?.().catch(() => "away" as const) ?? null,
    env === null ? UNKNOWN : probePaddle(env),
    env === null ? UNKNOWN : probeResend(env),
    env === null ? UNKNOWN : probeStorage(env),
  ]);
  const report = looked?.report ?? null;
  const from = (look: (seen: OperationsReport) => Finding) =>
    report === null ? UNKNOWN : look(report);
  const one = (id: string, section: Section, finding: Finding): CheckResult => ({
    id,
    section,
    ...finding,
  });
  const functionsTime = health === null || health === "away" ? null : Date.parse(health.time);
  const checks = [
    one("environment", "environment", source === undefined ? well() : environment(source)),
    one("bypass", "environment", bypass(env, source)),
    one(
      "default-tenant",
      "environment",
      from((seen) => env === null ? UNKNOWN : defaultTenant(seen, env.defaultPublicTenant)),
    ),
    one(
      "clock",
      "environment",
      clockCheck({
        here: looked?.at ?? null,
        database: report === null ? null : Date.parse(report.database.now),
        functions: functionsTime,
      }),
    ),
    one("database", "database", report === null ? wrong("database_away") : base.database(report)),
    one("writes", "database", report === null ? UNKNOWN : base.writes(written)),
    one(
      "migrations",
      "database",
      from((seen) => base.migrations(seen.migrations, context.expectedMigrations ?? null)),
    ),
    one("rls", "database", from(base.rls)),
    one("connections", "database", from(base.connections)),
    one("disk", "database", from((seen) => base.disk(seen, used))),
    one("storage", "storage", storage),
    one("documents", "documents", from(documents)),
    one("paddle", "webhooks", paddle),
    one("webhooks", "webhooks", from(webhooks)),
    one("webhook-signatures", "webhooks", from(webhookSignatures)),
    one("resend", "mail", resend),
    one("mails", "mail", from(mails)),
    one("schedule", "cron-jobs", from(schedule)),
    ...(report === null ? [] : jobChecks(report)),
    one("audit", "audit", from((seen) => audit(seen, clock.now()))),
    ...(report === null ? [] : promiseChecks(report)),
    one(
      "switches",
      "mitigation-switches",
      from((seen) => switches(seen, context.tenantId ?? null)),
    ),
  ];
  if (context.askHealth !== undefined) {
    checks.push(one("health", "triage-checklist", healthFinding(health)));
  }
  return await withSince(context, checks);
}

/** Adds since when it is so where a check does not know by itself, and notes it for the next time. */
async function withSince(
  { db, observer }: CheckContext,
  checks: readonly CheckResult[],
): Promise<CheckResult[]> {
  // Switches are not the same for everybody, and know by themselves.
  const known = checks.filter(({ id, state }) => state !== "unknown" && id !== "switches");
  const noted = await asJobs(db, (tx) => noteChecks(tx, observer, known)) ?? {};
  // What cannot be noted cannot be written either: since the last time that it could.
  const written = checks.some(({ id, state }) => id === "writes" && state === "fail")
    ? await asJobs(db, readWrittenAt)
    : null;
  return checks.map((check) => {
    const found = check.id === "writes" && written !== null ? written : noted[check.id];
    return { ...check, since: check.since ?? found ?? null };
  });
}

/** Null if the database cannot: that is found by a check of its own. */
async function asJobs<T>(
  db: Database | null,
  work: (tx: Transaction) => Promise<T>,
): Promise<T | null> {
  try {
    return await db?.asService("service_cron", work) ?? null;
  } catch {
    return null;
  }
}

function healthFinding(health: HealthSeen | "away" | null): Finding {
  if (health === null || health === "away") return wrong("functions_away");
  const facts = { status: health.status };
  return health.status === "ok"
    ? well({ facts })
    : wrong("health_degraded", { facts, detail: health.unwell.join(", ") });
}

/** The report, and the time in the middle of asking for it. */
async function read(db: Database | null, clock: Clock) {
  const started = clock.now();
  try {
    const report = await db?.asService("service_cron", (tx) => readReport(tx));
    return report === undefined ? null : { report, at: (started + clock.now()) / 2 };
  } catch (error) {
    // A report that cannot be read is a defect of ours, and not a database that is away.
    if (error instanceof Error && error.name === "ZodError") throw error;
    return null;
  }
}

async function write(db: Database | null): Promise<unknown> {
  try {
    await db?.asService("service_cron", (tx) => probeWrite(tx));
    return null;
  } catch (error) {
    return error;
  }
}
