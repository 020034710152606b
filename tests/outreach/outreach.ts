/**
 * The outreach at work: the functions over a database of the test's own, an inbox, and one clock for
 * all of them, which the test moves.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Sql } from "postgres";
import type { Locale } from "@core/platform/i18n.ts";
import { type FixedClock, fixedClock } from "@core/platform/clock.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { type EnvSource, readFunctionsEnv } from "@core/platform/env.ts";
import type { CreateApp } from "@core/platform/function.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { type Message, type RunningInbox, startInbox } from "../../local/inbox/server.ts";
import { createApp as createCron } from "../../supabase/functions/cron/app.ts";
import { createApp as createWebhook } from "../../supabase/functions/paddle-webhook/app.ts";
import { sign } from "../functions/paddle_payloads.ts";
import { bodyOf, type WireEvent } from "../storm/paddle_wire.ts";
import { type StormDatabase, withStormDatabase } from "../storm/storm_database.ts";
import type { Buyer } from "./membership.ts";

/** A day in milliseconds. */
export const DAY = 86_400_000;
/** An hour in milliseconds. */
export const HOUR = 3_600_000;

/** A minute in milliseconds. */
export const MINUTE = 60_000;

/** The jobs that write to members. */
export const JOBS = ["dunning", "engagement", "nps", "mails"] as const;
/** One of {@link JOBS}. */
export type Job = typeof JOBS[number];

/** Somebody who signed up. */
export interface Person extends Buyer {
  readonly email: string;
  readonly locale: Locale;
}

/** What a test wants a person to be. */
export interface PersonWish {
  readonly tenantId?: "ks" | "mk";
  readonly locale?: Locale;
  readonly name?: string;
}

/** A mail that arrived. */
export interface ArrivedMail {
  readonly to: string;
  readonly template: string;
  /** The `lang` of its HTML part. */
  readonly language: string;
  /** When it arrived, by the test's clock; milliseconds since 1970. */
  readonly at: number;
  readonly message: Message;
}

/** The outreach of one test. */
export interface Outreach {
  readonly database: StormDatabase;
  /** The owner's connections. */
  readonly sql: Sql;
  readonly clock: FixedClock;
  readonly inbox: RunningInbox;
  /** Makes a function of the project over this database and clock. */
  serve(createApp: CreateApp): Hono;
  /** Starts the functions again, with new connections. */
  reconnect(): Promise<void>;
  /** Signs somebody up. */
  signUp(wish?: PersonWish): Promise<Person>;
  /** Moves the clock to a time; it never goes back. */
  goTo(milliseconds: number): void;
  /** Delivers events as Paddle does, signed. */
  deliver(events: readonly WireEvent[]): Promise<void>;
  /** Calls a job as pg_cron does, and gives back its counts. */
  run(job: Job | "retention"): Promise<Readonly<Record<string, number>>>;
  /** Calls every job, each so many times at once. */
  runAll(times?: number): Promise<void>;
  /** What lies in the inbox, the oldest first. */
  mails(): ArrivedMail[];
  /** Templates that arrived at an address, in order. */
  mailsTo(person: Person): string[];
}

/**
 * Runs a test over a database of its own, which is gone afterwards.
 *
 * @param start Where the clock stands, milliseconds since 1970.
 * @param work The test.
 * @returns What `work` returned.
 */
export async function withOutreach<T>(
  start: number,
  work: (outreach: Outreach) => Promise<T>,
): Promise<T> {
  return await withStormDatabase(async (database) => {
    const { sql, env } = database;
    const clock = fixedClock(start);
    const inbox = await openInbox(database, clock.now);
    const functionsEnv = readFunctionsEnv(outreachEnv(database));
    const connect = () => connectDatabase(functionsEnv.databaseUrl, { poolSize: 16 });
    let db = connect();
    const serve = (createApp: CreateApp) =>
      createApp({ env: functionsEnv, db, clock, log: silentLogger });
    let webhook = serve(createWebhook);
    let cron = serve(createCron);
    const outreach: Outreach = {
      database,
      sql,
      clock,
      inbox,
      serve,
      signUp: (wish) => signUp(sql, wish),
      async reconnect() {
        await db.end();
        db = connect();
        webhook = serve(createWebhook);
        cron = serve(createCron);
      },
      goTo: (milliseconds) => clock.advance(Math.max(0, milliseconds - clock.now())),
      async deliver(events) {
        for (const event of events) {
          const body = bodyOf(event);
          const secret = env["PADDLE_WEBHOOK_SECRET_KEY"] ?? "";
          const response = await webhook.request("/paddle-webhook", {
            method: "POST",
            body,
            headers: { "paddle-signature": sign(body, secret, clock.now()) },
          });
          assert.equal(response.status, 200, `${event.type}: ${await response.text()}`);
        }
      },
      async run(job) {
        const response = await cron.request(`/cron/${job}`, {
          headers: { authorization: `Bearer ${env["CRON_SECRET"]}` },
        });
        const body = await response.json();
        assert.equal(response.status, 200, `${job}: ${JSON.stringify(body)}`);
        return body.counts;
      },
      async runAll(times = 1) {
        await Promise.all(
          JOBS.flatMap((job) => Array.from({ length: times }, () => outreach.run(job))),
        );
      },
      mails: () => inbox.messages.inOrder().map(arrivedMail),
      mailsTo: ({ email }) =>
        outreach.mails().filter(({ to }) => to === email).map(({ template }) => template),
    };
    try {
      return await work(outreach);
    } finally {
      await db.end();
      await inbox.stop();
    }
  });
}

/** The environment of the functions; Resend's limit is not what these tests are about. */
export function outreachEnv({ env }: StormDatabase): EnvSource {
  return { ...env, "RESEND_MAX_RPS": "1000" };
}

/** The inbox where the functions of a database look for it. */
export function openInbox({ env }: StormDatabase, now: () => number): Promise<RunningInbox> {
  return startInbox({
    port: Number(new URL(env["RESEND_BASE_URL"] ?? "").port),
    apiKey: env["RESEND_API_KEY"] ?? "",
    requestsPerSecond: 0,
    now,
  });
}

/** A message of the inbox as far as tests look at it. */
export function arrivedMail(message: Message): ArrivedMail {
  return {
    to: message.to.join(),
    template: message.tags.find(({ name }) => name === "template")?.value ?? "",
    language: message.html?.match(/<html lang="([^"]*)"/)?.[1] ?? "",
    at: Date.parse(message.createdAt),
    message,
  };
}

/** SHA-256 in hexadecimal, as the ledger keeps codes of links. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function signUp(sql: Sql, wish: PersonWish = {}): Promise<Person> {
  const { tenantId = "ks", locale = "en", name = "Arta Krasniqi" } = wish;
  const id = crypto.randomUUID();
  const email = `${id}@outreach.test`;
  const metadata = { tenant: tenantId, locale, "full_name": name };
  await sql`
    insert into auth.users (id, email, raw_user_meta_data)
    values (${id}, ${email}, ${sql.json(metadata)})`;
  return { id, tenantId, email, locale };
}
