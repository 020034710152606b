/**
 * What every edge function is made from, and how it is served on its own.
 *
 * `app.ts` of a function exports `createApp(deps)`; its routes live under `/<name>`, which is what
 * hosted Supabase passes on. `index.ts` serves it; the local stack mounts it in one process.
 */
import type { Hono } from "hono";
import { around, functionsRequestLog } from "./around_function.ts";
import { createFlags, type Flags } from "./flags.ts";
import { type Background, startBackground } from "./background.ts";
import { type Clock, systemClock } from "./clock.ts";
import { connectDatabase, type Database } from "./database.ts";
import { EnvError, type FunctionsEnv, readFunctionsEnv } from "./env.ts";
import { createLogger, type Logger } from "./logger.ts";
import { startTelemetry, tellErrors } from "./telemetry.ts";

/** Everything that a function needs from outside. */
export interface FunctionDeps {
  readonly env: FunctionsEnv;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is done after an answer; a function that does such work starts one where none is given. */
  readonly background?: Background;
  /** The switches; a function that obeys some reads them itself where none are given. */
  readonly flags?: Flags;
}

/** What `app.ts` of a function exports as `createApp`. */
export type CreateApp = (deps: FunctionDeps) => Hono;

/**
 * Serves one function in a process of its own, with its environment and one small pool.
 *
 * @param name The function's name, for its log lines.
 * @param createApp Makes the function.
 */
export function serveFunction(name: string, createApp: CreateApp): void {
  const ownLog = createLogger({ function: name });
  const env = readEnvOrExit(ownLog);
  const telemetry = startTelemetry(env, { part: name, log: ownLog });
  const log = tellErrors(ownLog, telemetry, { function: name });
  const db = connectDatabase(env.databaseUrl, {
    poolSize: 5,
    applicationName: `interdomestik ${name}`,
  });
  const flags = createFlags(db, systemClock, log);
  const requests = functionsRequestLog(db, systemClock, log);
  const app = createApp({
    env,
    db,
    clock: systemClock,
    log,
    background: startBackground(log),
    flags,
  });
  const answer = around((request) => app.fetch(request), { flags, requests, telemetry });
  Deno.serve((request) => answer(request));
}

function readEnvOrExit(log: Logger): FunctionsEnv {
  try {
    return readFunctionsEnv(Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    log.error(error.message);
    Deno.exit(1);
  }
}
