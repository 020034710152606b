/** What stands around every function: requests are counted, and refused where a switch says so. */
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import { Stopped, toResponse } from "./errors.ts";
import type { Logger } from "./logger.ts";
import type { Flags } from "./flags.ts";
import { createRequestLog, type RequestLog } from "./request_log.ts";
import { addRequestMinutes } from "./request_store.ts";
import { functionRoute } from "./request_routes.ts";
import { noTelemetry, type Telemetry } from "./telemetry.ts";

/** What is needed around a function. */
export interface AroundDeps {
  readonly flags: Flags;
  readonly requests: RequestLog;
  /** Told of requests that did not come through the site, which tells of its own. */
  readonly telemetry?: Telemetry;
}

/** Answers a request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/**
 * Puts a function between its switches and the request log.
 *
 * @param answer The function; its routes live under `/<name>`.
 * @param deps The switches and the log.
 * @returns The function with both around it.
 */
export function around(
  answer: Answer,
  { flags, requests, telemetry = noTelemetry }: AroundDeps,
): Answer {
  return async (request) => {
    const started = performance.now();
    const { pathname } = new URL(request.url);
    const response = changesSomething(request.method, pathname) && await flags.isOn("read_only")
      ? toResponse(new Stopped("read_only"))
      : await answer(request);
    const route = functionRoute(pathname, response.status);
    const ms = performance.now() - started;
    requests.record(route, response.status, ms);
    if (!request.headers.has("x-request-id")) {
      telemetry.served({
        method: request.method,
        route: PUBLIC_ROUTES[route] ?? `/functions/v1/${route}`,
        status: response.status,
        ms,
      });
    }
    return response;
  };
}

/** Doors of ours that others may call without the site; an objective looks at them by one name. */
const PUBLIC_ROUTES: Readonly<Record<string, string>> = {
  "paddle-webhook": "/api/webhooks/paddle",
  "documents/:id/download": "/api/documents/:id/download",
};

/**
 * The request log of the functions, which writes as the jobs do.
 *
 * @param db The database.
 * @param clock The time.
 * @param log Told when counts cannot be written.
 */
export function functionsRequestLog(db: Database, clock: Clock, log: Logger): RequestLog {
  return createRequestLog({
    part: "functions",
    clock,
    log,
    write: (minutes) => db.asService("service_cron", (tx) => addRequestMinutes(tx, minutes)),
  });
}

/** What people change by a function. Opening a shared file by its PIN is reading. */
const CHANGES = /^\/(?:nps|auth|documents)(?:\/|$)/;
/** Auth has its mails sent by us; and a shared file is asked for with its PIN. */
const READS = /^\/(?:auth\/send-email|documents\/share\/)/;

function changesSomething(method: string, path: string): boolean {
  return !["GET", "HEAD", "OPTIONS"].includes(method) && CHANGES.test(path) && !READS.test(path);
}
