/**
 * The function `cron` in a process of its own, with a clock that runs ahead of the machine's by as
 * much as the newest request says, and little patience with a mail provider that hangs.
 */
import { connectDatabase } from "@core/platform/database.ts";
import { readFunctionsEnv } from "@core/platform/env.ts";
import { systemClock } from "@core/platform/clock.ts";
import { createLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";

/** Header of a request: by how many milliseconds the clock is ahead from now on. */
const AHEAD = "x-clock-ahead";
/** Longest that an answer of the provider is waited for, in milliseconds. */
const PATIENCE = 500;

// The mailer waits for ten seconds; nothing else in this process uses it.
const { timeout } = AbortSignal;
AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, Math.min(milliseconds, PATIENCE));

let ahead = 0;
const env = readFunctionsEnv(Deno.env.toObject());
const app = createApp({
  env,
  db: connectDatabase(env.databaseUrl, { poolSize: 5 }),
  // Pauses that the provider asks for are real ones.
  clock: { ...systemClock, now: () => Date.now() + ahead },
  log: createLogger({ function: "cron" }),
});
Deno.serve((request) => {
  ahead = Math.max(ahead, Number(request.headers.get(AHEAD) ?? 0));
  return app.fetch(request);
});
