/**
 * The edge functions, mounted in one process from their `app.ts`.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type AccessTokenKey, accessTokenKey, verifyAccessToken } from "@core/identity/session.ts";
import { around, functionsRequestLog } from "@core/platform/around_function.ts";
import { createFlags } from "@core/platform/flags.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { readFunctionsEnv } from "@core/platform/env.ts";
import { createLogger } from "@core/platform/logger.ts";
import { startBackground } from "@core/platform/background.ts";
import type { CreateApp } from "@core/platform/function.ts";
import { startTelemetry, tellErrors } from "@core/platform/telemetry.ts";
import { systemClock } from "@core/platform/clock.ts";
import type { SupabaseConfig } from "./config_toml.ts";
import { ROOT, type StackEnv } from "./settings.ts";

/** An edge function as its `app.ts` makes it. */
interface MountedFunction {
  readonly verifyJwt: boolean;
  fetch(request: Request): Response | Promise<Response>;
}

/** All functions of the project, ready to answer. */
export interface Functions {
  /**
   * Answers `/functions/v1/<name>/…` as the hosted gateway does: the prefix is taken off, and
   * `verify_jwt` decides whether a request without a valid token gets through.
   */
  fetch(request: Request, peerAddress: string): Promise<Response>;
  close(): Promise<void>;
}

const PREFIX = "/functions/v1/";

/**
 * Mounts every function that `supabase/config.toml` names.
 *
 * @param config The project's Supabase configuration.
 * @param env The stack's environment.
 * @returns The mounted functions.
 */
export async function mountFunctions(config: SupabaseConfig, env: StackEnv): Promise<Functions> {
  const functionsEnv = readFunctionsEnv(env);
  const db = connectDatabase(functionsEnv.databaseUrl);
  const background = startBackground(createLogger({ function: "background" }));
  const shared = createLogger({ function: "all" });
  const flags = createFlags(db, systemClock, shared);
  const requests = functionsRequestLog(db, systemClock, shared);
  const telemetry = startTelemetry(functionsEnv, { part: "functions", log: shared });
  const mounted = new Map<string, MountedFunction>();
  for (const [name, { verify_jwt: verifyJwt }] of Object.entries(config.functions)) {
    const file = join(ROOT, "supabase", "functions", name, "app.ts");
    const { createApp } = await import(pathToFileURL(file).href) as { createApp: CreateApp };
    const log = tellErrors(createLogger({ function: name }), telemetry, { function: name });
    const app = createApp({ env: functionsEnv, db, clock: systemClock, log, background, flags });
    const answer = around((request) => app.fetch(request), { flags, requests, telemetry });
    mounted.set(name, { verifyJwt, fetch: answer });
  }
  const key = accessTokenKey(functionsEnv);

  return {
    async fetch(request, peerAddress) {
      const url = new URL(request.url);
      const rest = url.pathname.slice(PREFIX.length);
      const name = rest.split("/", 1)[0] ?? "";
      const target = mounted.get(name);
      if (target === undefined) return refuse(404, "NOT_FOUND", "Requested function was not found");
      if (target.verifyJwt && !(await bearsValidToken(request, key))) {
        return refuse(401, "UNAUTHORIZED", "Invalid JWT");
      }
      url.pathname = `/${rest}`;
      const passed = new Request(url, request);
      // As behind the hosted gateway, the last hop is the one that can be trusted.
      const hops = request.headers.get("x-forwarded-for");
      passed.headers.set(
        "x-forwarded-for",
        hops === null ? peerAddress : `${hops}, ${peerAddress}`,
      );
      return await target.fetch(passed);
    },
    async close() {
      await background.settled();
      await requests.flush();
      await telemetry.settled();
      await db.end();
    },
  };
}

async function bearsValidToken(request: Request, key: AccessTokenKey): Promise<boolean> {
  const token = request.headers.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
  if (token === undefined) return false;
  return (await verifyAccessToken(token, key)) !== null;
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}
