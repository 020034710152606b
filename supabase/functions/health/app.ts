/**
 * `GET /health`: 200 or 503 with what works and what does not, for monitors and people alike.
 * `GET /health/checks`: all checks that the functions can make, for administrators by their access
 * token and for whoever bears `CRON_SECRET`; 401, 403.
 */
import type { Hono } from "hono";
import { requireOperator } from "./operator.ts";
import type { CheckResult } from "@core/operations/checks/check.ts";
import { runChecks } from "@core/operations/run_checks.ts";
import { accessTokenKey } from "@core/identity/session.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed } from "@core/platform/http.ts";
import { type Checks, createChecks } from "./checks.ts";

/** `down`: nothing can be served; `degraded`: something that we depend on does not answer. */
export type HealthStatus = "ok" | "degraded" | "down";

/** The answer's body. */
export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  /** When the checks ran, ISO 8601. */
  readonly time: string;
  readonly checks: Checks;
}

/** The longest that one check may take, in milliseconds. */
const CHECK_TIMEOUT = 2_000;
/** How long an answer is given again, in milliseconds: asking in a loop costs the parts nothing. */
const KEEP = 3_000;

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ env, db, clock, log }: FunctionDeps): Hono {
  const askParts = createChecks(env, db, CHECK_TIMEOUT);
  const key = accessTokenKey(env);
  let last: { readonly until: number; readonly health: Promise<Health> } | undefined;

  async function examine(): Promise<Health> {
    const time = new Date(clock.now()).toISOString();
    const checks = await askParts();
    const status = statusOf(checks);
    if (status !== "ok") log.warn("health", { status, checks });
    return { status, version: env.appVersion, time, checks };
  }

  const app = createFunctionApp(log);
  app.get("/health", async (c) => {
    // Who asks while checks run gets the answer of those.
    if (last === undefined || clock.now() >= last.until) {
      last = { until: clock.now() + KEEP, health: examine() };
    }
    const health = await last.health;
    return c.json(health, health.status === "ok" ? 200 : 503, { "cache-control": "no-store" });
  });
  app.all("/health", () => methodNotAllowed("GET", "HEAD"));

  const made = new Map<string | null, { until: number; checks: Promise<CheckResult[]> }>();
  app.get("/health/checks", async (c) => {
    const headers = c.req.raw.headers;
    const tenantId = await requireOperator({ env, db, key, now: clock.now() }, headers);
    let kept = made.get(tenantId);
    if (kept === undefined || clock.now() >= kept.until) {
      const checks = runChecks({ db, clock, env, observer: "functions", tenantId });
      kept = { until: clock.now() + KEEP, checks };
      made.set(tenantId, kept);
    }
    const checks = await kept.checks;
    const at = new Date(clock.now()).toISOString();
    return c.json({ at, checks }, 200, { "cache-control": "no-store" });
  });
  app.all("/health/checks", () => methodNotAllowed("GET", "HEAD"));
  return app;
}

function statusOf(checks: Checks): HealthStatus {
  if (!checks.database.ok) return "down";
  return Object.values(checks).every((check) => check.ok) ? "ok" : "degraded";
}
