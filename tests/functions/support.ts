/** What tests of the edge functions share: a database under the functions' login, and people in it. */
import postgres from "postgres";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import type { EnvSource, FunctionsEnv } from "@core/platform/env.ts";
import { readFunctionsEnv } from "@core/platform/env.ts";

const functionsUrl = Deno.env.get("TEST_FUNCTIONS_DATABASE_URL");
const ownerUrl = Deno.env.get("TEST_DATABASE_URL");

/** Whether there is a database to test against. */
export const HAS_DATABASE = Boolean(functionsUrl && ownerUrl);

/** The secret that tests sign deliveries with. */
export const SECRET = "pdl_ntfset_for_tests";

/** The bearer of the cron endpoints in tests. */
export const CRON_SECRET = "cron secret of the tests";

/** A person made for one test. */
export interface Person {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
}

/** A database as one test sees it. */
export interface World {
  /** Under the functions' login. */
  readonly db: Database;
  /** Under the owner's login, to prepare and to look. */
  readonly sql: postgres.Sql;
  /** Makes a member by sign-up. */
  member(tenantId?: string): Promise<Person>;
  /** Makes an agent, whose referral code the database gives. */
  agent(tenantId?: string): Promise<Person & { readonly code: string }>;
  /** Keeps events of a Paddle subscription from being applied until the given back is called. */
  holdSubject(subscriptionId: string): Promise<() => Promise<void>>;
  /** Resolves when this many of the functions' statements wait for a lock. */
  waiting(count: number): Promise<void>;
}

/**
 * Runs against the real database; left out where there is none. Rows are made for people of this
 * test only, under new ids, and stay: the audit log, for one, is there for good.
 *
 * @param name What is shown.
 * @param work The test.
 */
export function testWithDatabase(name: string, work: (world: World) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !HAS_DATABASE,
    async fn() {
      const db = connectDatabase(functionsUrl ?? "", { poolSize: 20 });
      const sql = postgres(ownerUrl ?? "", { max: 2, onnotice: () => {} });
      try {
        await work({
          db,
          sql,
          member: (tenantId = "ks") => makeMember(sql, tenantId),
          agent: (tenantId = "ks") => makeAgent(sql, tenantId),
          holdSubject: (subscriptionId) => holdSubject(sql, subscriptionId),
          waiting: (count) => waiting(sql, count),
        });
      } finally {
        await db.end();
        await sql.end();
      }
    },
  });
}

/**
 * A working environment of the functions; nothing in it answers unless a test says so.
 *
 * @param over Variables that the test sets.
 * @returns The checked environment.
 */
export function testEnv(over: EnvSource = {}): FunctionsEnv {
  return readFunctionsEnv({
    APP_ENV: "test",
    APP_VERSION: "1.2.3",
    SUPABASE_URL: "http://127.0.0.1:1",
    SUPABASE_PUBLISHABLE_KEY: "sb_publishable_test",
    SUPABASE_SECRET_KEY: "sb_secret_test",
    SUPABASE_JWT_SECRET: "x".repeat(32),
    SITE_URL: "http://localhost:8000",
    FUNCTIONS_DATABASE_URL: functionsUrl ?? "postgresql://nobody@127.0.0.1:1/postgres",
    PADDLE_API_KEY: "pdl_test",
    PADDLE_API_URL: "http://127.0.0.1:1",
    PADDLE_WEBHOOK_SECRET_KEY: SECRET,
    CRON_SECRET,
    FRESH_PUBLIC_PADDLE_ENV: "local",
    RESEND_API_KEY: "re_test",
    RESEND_FROM_EMAIL: "hello@example.test",
    RESEND_BASE_URL: "http://127.0.0.1:1",
    ...over,
  });
}

async function makeMember(sql: postgres.Sql, tenantId: string): Promise<Person> {
  const id = crypto.randomUUID();
  const email = `${id}@functions.test`;
  await sql`
    insert into auth.users (id, email, raw_user_meta_data)
    values (${id}, ${email}, ${sql.json({ tenant: tenantId, "full_name": "Test Member" })})`;
  return { id, tenantId, email };
}

async function makeAgent(sql: postgres.Sql, tenantId: string) {
  const person = await makeMember(sql, tenantId);
  const [row] = await sql<{ code: string }[]>`
    update profiles set role = 'agent' where id = ${person.id} returning referral_code as code`;
  return { ...person, code: row?.code ?? "" };
}

async function holdSubject(sql: postgres.Sql, subscriptionId: string) {
  const holder = await sql.reserve();
  const key = `paddle:${subscriptionId}`;
  await holder`select pg_advisory_lock(hashtextextended(${key}, 0))`;
  return async () => {
    await holder`select pg_advisory_unlock(hashtextextended(${key}, 0))`;
    holder.release();
  };
}

async function waiting(sql: postgres.Sql, count: number): Promise<void> {
  for (;;) {
    const [row] = await sql`
      select count(*)::int as n from pg_stat_activity
      where usename = 'app_functions' and wait_event_type = 'Lock'`;
    if (row?.["n"] >= count) return;
  }
}
