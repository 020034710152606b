/** The things that this system cannot do without, each asked for the least that it can answer. */
import { connectPaddle } from "@core/billing/paddle_api.ts";
import { type Database, sqlState } from "@core/platform/database.ts";
import type { FunctionsEnv } from "@core/platform/env.ts";
import { PaddleRefused } from "@core/platform/errors.ts";

/** What a check found; no secrets, no error text. */
export interface Check {
  readonly ok: boolean;
  /** How long the answer took, in milliseconds. */
  readonly ms?: number;
  readonly detail?: string;
}

/** The contract's checks. */
export interface Checks {
  readonly database: Check;
  readonly storage: Check;
  readonly mail: Check;
  readonly paddle: Check;
  readonly cron: Check;
}

/** A part answered, and its answer is not good; the message may be shown. */
class Unwell extends Error {}

/**
 * Makes the checks; each call runs them all side by side.
 *
 * @param env Where the parts are.
 * @param db The database.
 * @param timeout The longest that one check may take, in milliseconds.
 * @returns Runs the checks.
 */
export function createChecks(
  env: FunctionsEnv,
  db: Database,
  timeout: number,
): () => Promise<Checks> {
  const paddle = connectPaddle(env.paddle, { timeout });
  const check = (ask: () => Promise<string | void>) => timed(ask, timeout);
  return async function runChecks() {
    const [database, storage, mail, seller, cron] = await Promise.all([
      check(() => askDatabase(db)),
      check(() => askStorage(env, db, timeout)),
      check(() => askMail(env, timeout)),
      check(() => askPaddle(paddle)),
      check(() => askCron(db)),
    ]);
    return { database, storage, mail, paddle: seller, cron };
  };
}

/** What a database that answers, and cannot be written to, says. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  "25006": "is read-only",
  "53100": "has no room left on its disk",
};

async function askDatabase(db: Database): Promise<void> {
  try {
    await db.asService("service_cron", (tx) => tx`select private.probe_write()`);
  } catch (error) {
    const why = UNWRITABLE[sqlState(error) ?? ""];
    throw why === undefined ? error : new Unwell(why);
  }
}

async function askStorage(env: FunctionsEnv, db: Database, timeout: number): Promise<void> {
  const [buckets] = await db.asService(
    "service_cron",
    (tx) => tx<{ missing?: string[] }[]>`select private.missing_buckets() as missing`,
  );
  const missing = buckets?.missing ?? [];
  if (missing.length > 0) throw new Unwell(`lacks buckets: ${missing.join(", ")}`);
  const { ok } = await ask(`${env.supabaseUrl}/storage/v1/bucket`, timeout, {
    apikey: env.supabasePublishableKey,
  });
  if (!ok) throw new Unwell("does not serve us");
}

async function askMail({ mail }: FunctionsEnv, timeout: number): Promise<void> {
  const { status, body } = await ask(
    `${mail.baseUrl ?? "https://api.resend.com"}/domains`,
    timeout,
    {
      authorization: `Bearer ${mail.apiKey}`,
    },
  );
  if (status >= 500 || status === 429) throw new Unwell("cannot take mails now");
  // A key that may only send is refused by name here; that is the key to have.
  const isOurs = status < 400 || body.includes("restricted_api_key");
  if (!isOurs) throw new Unwell("does not know our key");
}

async function askPaddle(paddle: { ping(): Promise<void> }): Promise<void> {
  try {
    await paddle.ping();
  } catch (error) {
    throw error instanceof PaddleRefused ? new Unwell("refuses our key") : error;
  }
}

/** What the jobs left undone. */
interface CronState {
  readonly overdue: number;
  readonly givenUp: number;
  /** Names of jobs that have not succeeded for two of their intervals. */
  readonly late: readonly string[];
  readonly mailsOverdue: number;
  readonly lastRunAt: Date | null;
}

/** Whether the jobs run, and whether they leave anything behind that a person has to see. */
async function askCron(db: Database): Promise<string> {
  const [state] = await db.asService(
    "service_cron",
    (tx) =>
      tx<CronState[]>`
      select events.overdue, events.given_up, mails.overdue as mails_overdue,
             array(select job from private.cron_freshness() where late order by job) as late,
             (select max(started_at) from public.cron_runs where job = 'webhooks') as last_run_at
      from private.webhook_backlog() as events, private.mail_backlog() as mails`,
  );
  if (state === undefined) throw new Unwell("no answer");
  const trouble = troubleOf(state);
  if (trouble !== null) throw new Unwell(trouble);
  return state.lastRunAt === null
    ? "no job has run yet"
    : `last run ${state.lastRunAt.toISOString()}`;
}

function troubleOf(state: CronState): string | null {
  if (state.givenUp > 0) {
    return `Paddle events that were given up and wait for a replay: ${state.givenUp}`;
  }
  if (state.late.length > 0) return `jobs that do not succeed: ${state.late.join(", ")}`;
  if (state.lastRunAt !== null && state.overdue > 0) {
    return `Paddle events that should have been tried by now: ${state.overdue}`;
  }
  return state.mailsOverdue > 0
    ? `mails that should have been sent an hour ago: ${state.mailsOverdue}`
    : null;
}

async function ask(address: string, timeout: number, headers: HeadersInit) {
  const signal = AbortSignal.timeout(timeout);
  const response = await fetch(address, { headers, signal, redirect: "manual" });
  return { ok: response.ok, status: response.status, body: await response.text() };
}

async function timed(ask: () => Promise<string | void>, timeout: number): Promise<Check> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Unwell("did not answer in time")), timeout);
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const detail = await Promise.race([ask(), late]);
    return { ok: true, ms: ms(), ...(typeof detail === "string" ? { detail } : {}) };
  } catch (error) {
    return { ok: false, ms: ms(), detail: error instanceof Unwell ? error.message : "no answer" };
  } finally {
    clearTimeout(timer);
  }
}
