/**
 * `GET` or `POST /cron/:job`: the jobs that pg_cron calls, and whoever bears `CRON_SECRET`. Each call
 * is a nudge: what is due is found by looking at rows, so a call may be lost, doubled or side by side
 * with another. 200 with counts; 401; 404 for a job that is none; 503 database, Paddle or
 * Storage away.
 */
import type { Hono } from "hono";
import type { AuditAction } from "@core/audit/actions.ts";
import { runAudit } from "@core/audit/audit_job.ts";
import { recordAudit } from "@core/audit/record.ts";
import { createEventFeed } from "@core/billing/paddle_event_feed.ts";
import { tellPaddleAddresses } from "@core/billing/customer_addresses.ts";
import { connectPaddle } from "@core/billing/paddle_api.ts";
import { reconcile } from "@core/billing/reconcile.ts";
import { pruneOld } from "@core/billing/retention.ts";
import { sweepWebhooks } from "@core/billing/sweep.ts";
import { sweepAllDocuments } from "@core/documents/sweep.ts";
import { createFlags } from "@core/platform/flags.ts";
import { pruneRequestMinutes } from "@core/platform/request_store.ts";
import { createOutreachJobs, pruneMails } from "@core/outreach/jobs.ts";
import { requireSecret } from "@core/platform/bearer.ts";
import { recordRun, type RunCounts } from "@core/platform/cron_runs.ts";
import type { Database } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed } from "@core/platform/http.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { runPrivacy } from "@core/privacy/privacy_job.ts";

type Job = (query: URLSearchParams) => Promise<RunCounts>;

/** Paddle delivers for three days by itself; what is missing after that comes from its list only. */
const RECONCILE_DAYS = 4;
const DAY = 86_400_000;
/** Hosted functions have 150 seconds, pg_net waits for 120. */
const BUDGET = 45_000;

/** Jobs that write to people say in the audit log that they did. */
const AUDITED: Readonly<Record<string, AuditAction>> = {
  dunning: "cron.dunning.run",
  engagement: "cron.engagement.run",
  nps: "cron.nps.run",
};

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ env, db, clock, log, ...deps }: FunctionDeps): Hono {
  const flags = deps.flags ?? createFlags(db, clock, log);
  const isHeld = () => flags.isOn("hold_webhooks");
  const feed = createEventFeed(env.paddle);
  const paddle = connectPaddle(env.paddle);
  const limits = { clock, budget: BUDGET };
  const jobs: Readonly<Record<string, Job>> = {
    webhooks: async () => await sweepWebhooks(db, { ...limits, max: 500, workers: 3, isHeld }),
    // What Paddle lists it goes on listing; the next run takes it in.
    reconcile: async (query) => {
      if (await isHeld()) return { held: 1 };
      const reconciled = await reconcile(db, feed, sinceOf(query, clock.now()));
      return { ...reconciled, addresses: (await tellPaddleAddresses(db, paddle, log)).told };
    },
    retention: async () => ({
      ...await pruneOld(db, limits),
      ...await pruneMails(db, limits),
      requestMinutes: await db.asService("service_cron", (tx) => pruneRequestMinutes(tx)),
    }),
    documents: async () => ({ ...await sweepAllDocuments(db, env, limits) }),
    audit: () => runAudit({ env, db, clock, log }, BUDGET),
    privacy: () => runPrivacy(db, limits),
    ...createOutreachJobs({ env, db, clock, flags }, BUDGET),
  };

  const app = createFunctionApp(log);
  app.on(["GET", "POST"], "/cron/:job", async (c) => {
    requireSecret(c.req.raw.headers, env.cronSecrets);
    const name = c.req.param("job");
    const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
    if (job === undefined) return c.notFound();
    const query = new URL(c.req.url).searchParams;
    const counts = await recordRun(db, name, () => job(query));
    if (Object.values(counts).some((count) => count > 0)) {
      log.info("job ran", { job: name, counts });
      await audit(db, name, counts);
    }
    return c.json({ job: name, counts }, 200, { "cache-control": "no-store" });
  });
  app.all("/cron/:job", () => methodNotAllowed("GET", "POST"));
  return app;
}

async function audit(db: Database, job: string, counts: RunCounts): Promise<void> {
  const action = AUDITED[job];
  if (action === undefined) return;
  await db.asService("service_cron", async (tx) => {
    await recordAudit(tx, {
      action,
      tenantId: null,
      actorRole: "service_cron",
      entityType: "cron_run",
      entityId: null,
      metadata: counts,
    });
  });
}

function sinceOf(query: URLSearchParams, now: number): Instant {
  const given = query.get("since");
  const since = parseInstant(given ?? new Date(now - RECONCILE_DAYS * DAY).toISOString());
  if (since !== null) return since;
  throw new AppError({
    code: "malformed_since",
    status: 400,
    message: "`since` must be a time such as 2026-03-01T00:00:00Z.",
  });
}
