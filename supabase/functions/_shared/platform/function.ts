/**
 * What every edge function is made from, and how it is served on its own.
 *
 * `app.ts` of a function exports `createApp(deps)`; its routes live under `/<name>`, which is what
 * hosted Supabase passes on. `index.ts` serves it; the local stack mounts it in one process.
 */
import type { Hono } from "hono";
import { type Background, startBackground } from "./background.ts";
import { type Clock, systemClock } from "./clock.ts";
import { connectDatabase, type Database } from "./database.ts";
import { EnvError, type FunctionsEnv, readFunctionsEnv } from "./env.ts";
import { createLogger, type Logger } from "./logger.ts";

/** Everything that a function needs from outside. */
export interface FunctionDeps {
  readonly env: FunctionsEnv;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is done after an answer; a function that does such work starts one where none is given. */
  readonly background?: Background;
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
  const log = createLogger({ function: name });
  const env = readEnvOrExit(log);
  const db = connectDatabase(env.databaseUrl, {
    poolSize: 5,
    applicationName: `interdomestik ${name}`,
  });
  const app = createApp({
    env,
    db,
    clock: systemClock,
    log,
    background: startBackground(log),
  });
  Deno.serve((request) => app.fetch(request));
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
