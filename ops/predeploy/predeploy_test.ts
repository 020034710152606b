import assert from "node:assert/strict";
import postgres from "postgres";
import { stackValue } from "../../tests/support/stack_env.ts";
import { ROOT } from "../../local/settings.ts";
import { examineDatabase } from "./database_store.ts";
import { examineEnvironment, REQUIRED, type Source } from "./environment.ts";
import type { Finding } from "./finding.ts";

const COMPLETE: Source = {
  APP_ENV: "production",
  APP_VERSION: "v1",
  SITE_URL: "https://club.example",
  SUPABASE_URL: "https://abc.supabase.co",
  SUPABASE_PUBLISHABLE_KEY: "sb_publishable_x",
  SUPABASE_SECRET_KEY: "sb_secret_x",
  SUPABASE_DB_URL: "postgresql://postgres:x@db.example/postgres",
  SITE_DATABASE_URL: "postgresql://app_site:x@db.example/postgres",
  SITE_LISTEN_DATABASE_URL: "postgresql://app_site:x@db.example:5432/postgres",
  FUNCTIONS_DATABASE_URL: "postgresql://app_functions:x@db.example/postgres",
  FRESH_PUBLIC_PADDLE_ENV: "production",
  FRESH_PUBLIC_PADDLE_CLIENT_TOKEN: "live_x",
  PADDLE_API_KEY: "pdl_live_apikey_x",
  PADDLE_WEBHOOK_SECRET_KEY: "pdl_ntfset_x",
  CRON_SECRET: "a long enough secret",
  RESEND_API_KEY: "re_x",
  RESEND_FROM_EMAIL: "hello@club.example",
  RESEND_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  SEND_EMAIL_HOOK_SECRET: "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  SENTRY_DSN: "https://key@o1.ingest.sentry.io/42",
};
const bad = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict !== "ok").map(({ verdict, what }) =>
    `${verdict} ${what}`
  );

Deno.test("examineEnvironment() finds nothing in an environment that has all", () => {
  assert.deepEqual(bad(examineEnvironment(COMPLETE)), []);
});

for (const name of Object.keys(REQUIRED)) {
  Deno.test(`examineEnvironment() names ${name} where it is missing`, () => {
    assert.ok(bad(examineEnvironment({ ...COMPLETE, [name]: "" })).includes(`missing ${name}`));
  });
}

Deno.test("examineEnvironment() names what a program would take and a deployment should not have", () => {
  const cases: [Source, string][] = [
    [{ APP_ENV: "local" }, "missing APP_ENV"],
    [{ SITE_URL: "http://club.example" }, "missing SITE_URL"],
    [
      { APP_ENV: "staging", FRESH_PUBLIC_PADDLE_ENV: "local", PADDLE_API_URL: "http://x" },
      "missing FRESH_PUBLIC_PADDLE_ENV",
    ],
    [{ FRESH_PUBLIC_PADDLE_ENV: "sandbox" }, "missing FRESH_PUBLIC_PADDLE_ENV"],
    [{ PADDLE_API_KEY: "pdl_sdbx_apikey_x" }, "missing PADDLE_API_KEY"],
    [
      { PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV: "true" },
      "missing PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV",
    ],
    [{ RESEND_BASE_URL: "http://127.0.0.1:54324" }, "missing RESEND_BASE_URL"],
    [{ CRON_SECRET: "short" }, "missing the functions's environment"],
    [{ SENTRY_DSN: "" }, "advice SENTRY_DSN"],
    [{ SITE_LISTEN_DATABASE_URL: "" }, "advice SITE_LISTEN_DATABASE_URL"],
  ];
  for (const [change, finding] of cases) {
    const found = bad(examineEnvironment({ ...COMPLETE, ...change }));
    assert.ok(found.includes(finding), `${JSON.stringify(change)}: ${found}`);
  }
});

Deno.test("examineEnvironment() says no secret", () => {
  const secret = "hunter2-hunter2-hunter2";
  const names = Object.keys(COMPLETE);
  const all = Object.fromEntries(names.map((name) => [name, secret]));
  assert.equal(JSON.stringify(examineEnvironment(all)).includes(secret), false);
});

const stack = (): Source => ({
  APP_ENV: "staging",
  FRESH_PUBLIC_PADDLE_ENV: "local",
  SUPABASE_URL: stackValue("SUPABASE_URL"),
  SUPABASE_DB_URL: stackValue("TEST_DATABASE_URL"),
  SITE_DATABASE_URL: stackValue("TEST_SITE_DATABASE_URL"),
  FUNCTIONS_DATABASE_URL: stackValue("TEST_FUNCTIONS_DATABASE_URL"),
  CRON_SECRET: stackValue("CRON_SECRET"),
});
const BUCKETS = ["claim-evidence", "audit-heads"];
/** A test's stack calls no jobs, so that its Vault has nothing. */
const withoutVault = (found: string[]) => found.filter((one) => !one.includes("Vault: "));

Deno.test("examineDatabase() finds a migrated and seeded database well", async () => {
  const found = await examineDatabase(stack(), ROOT, BUCKETS);
  assert.deepEqual(withoutVault(bad(found)), [], JSON.stringify(found));
  for (const what of ["migrations", "login app_site", "login app_functions", "scheduled jobs"]) {
    assert.ok(found.some((one) => one.what === what && one.verdict === "ok"), what);
  }
});

Deno.test("examineDatabase() names what is missing", async () => {
  const all = stack();
  const found = async (change: Source, buckets = BUCKETS) =>
    bad(await examineDatabase({ ...all, ...change }, ROOT, buckets));
  assert.ok((await found({ CRON_SECRET: "another one" })).includes("missing Vault: cron_secret"));
  assert.ok(
    (await found({ SUPABASE_URL: "https://x.y" })).includes("missing Vault: functions_url"),
  );
  assert.ok((await found({}, [...BUCKETS, "no-bucket"])).includes("missing bucket no-bucket"));
  assert.ok(
    (await found({ FRESH_PUBLIC_PADDLE_ENV: "production" })).includes("missing plans of ks"),
    "the example's price ids",
  );
  assert.ok((await found({ APP_ENV: "production" })).includes("missing demo accounts"));
  const url = new URL(all["SITE_DATABASE_URL"] ?? "");
  url.password = "wrong";
  assert.ok((await found({ SITE_DATABASE_URL: url.href })).includes("missing SITE_DATABASE_URL"));
  const owner = { SITE_DATABASE_URL: all["SUPABASE_DB_URL"] };
  assert.ok((await found(owner)).includes("missing SITE_DATABASE_URL"), "the owner is too much");
  url.port = "1";
  assert.deepEqual(await found({ SUPABASE_DB_URL: url.href }), ["missing database"]);
});

Deno.test("deno task predeploy ends with 1 and names what the local stack lacks, without a secret", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "predeploy"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.equal(code, 1, said);
  assert.match(said, /MISSING APP_ENV/);
  assert.match(said, /ok {6}migrations/);
  assert.match(said, /\d+ ok, \d+ missing, \d+ to think about\n$/);
  for (const name of ["CRON_SECRET", "PADDLE_API_KEY", "SUPABASE_SECRET_KEY", "RESEND_API_KEY"]) {
    assert.equal(said.includes(stackValue(name)), false, name);
  }
});

Deno.test("examineDatabase() notices a migration that this checkout does not have", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    await sql`insert into supabase_migrations.schema_migrations (version) values ('20990101000000')`;
    const found = await examineDatabase(stack(), ROOT, BUCKETS);
    assert.match(
      found.filter(({ what }) => what === "migrations").map(({ todo }) => todo).join(),
      /not in this checkout: 20990101000000/,
    );
  } finally {
    await sql`delete from supabase_migrations.schema_migrations where version = '20990101000000'`;
    await sql.end({ timeout: 5 });
  }
});
