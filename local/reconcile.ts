/**
 * `deno task paddle:reconcile [--since=2026-03-01T00:00:00Z]`: reads Paddle's own list of events and
 * takes in what never arrived. Environment: that of the functions; locally `$STATE_DIR/env` is read.
 */
import { createEventFeed } from "@core/billing/paddle_event_feed.ts";
import { reconcile } from "@core/billing/reconcile.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { EnvError, readFunctionsEnv } from "@core/platform/env.ts";
import { AppError } from "@core/platform/errors.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

/** As far back as Paddle's own retries reach. */
const DEFAULT_DAYS = 4;

function sinceOf(args: readonly string[]): Instant | null {
  const given = args.find((arg) => arg.startsWith("--since="))?.slice("--since=".length);
  return parseInstant(given ?? new Date(Date.now() - DEFAULT_DAYS * 86_400_000).toISOString());
}

async function main(): Promise<number> {
  const since = sinceOf(Deno.args);
  if (since === null) {
    complain("Give a time such as --since=2026-03-01T00:00:00Z.");
    return 2;
  }
  const env = readFunctionsEnv(await readTaskEnv());
  const db = connectDatabase(env.databaseUrl, { applicationName: "interdomestik reconcile" });
  try {
    say(`Reading Paddle's events since ${since} …`);
    const counts = await reconcile(db, createEventFeed(env.paddle), since);
    say(
      `${counts.listed} listed, ${counts.missing} had never arrived: ` +
        `${counts.ok} took effect, ${counts.ignored} had none, ${counts.failed} failed.`,
    );
    return counts.failed === 0 ? 0 : 1;
  } finally {
    await db.end();
  }
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof EnvError || error instanceof AppError)) throw error;
  complain(error.message);
  Deno.exitCode = 1;
}
