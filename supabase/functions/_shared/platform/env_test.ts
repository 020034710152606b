import assert from "node:assert/strict";
import { EnvError, readFunctionsEnv, readSiteEnv } from "./env.ts";

const common = {
  APP_ENV: "local",
  APP_VERSION: "1.0.0",
  SUPABASE_URL: "http://127.0.0.1:54321/",
  SUPABASE_PUBLISHABLE_KEY: "sb_publishable_x",
  SITE_URL: "http://localhost:8000",
  PADDLE_API_KEY: "pdl_key",
  PADDLE_API_URL: "http://127.0.0.1:54325",
  FRESH_PUBLIC_PADDLE_ENV: "local",
};
const site = { ...common, SITE_DATABASE_URL: "postgresql://app_site@127.0.0.1/postgres" };
const functions = {
  ...common,
  FUNCTIONS_DATABASE_URL: "postgresql://app_functions@127.0.0.1/postgres",
  SUPABASE_SECRET_KEY: "sb_secret_x",
  PADDLE_WEBHOOK_SECRET_KEY: "pdl_ntfset_1",
  CRON_SECRET: "a long enough secret",
  RESEND_API_KEY: "re_x",
  RESEND_FROM_EMAIL: "Interdomestik <hello@example.test>",
};

Deno.test("readSiteEnv() reads what the site needs", () => {
  assert.deepEqual(readSiteEnv(site), {
    appEnv: "local",
    appVersion: "1.0.0",
    supabaseUrl: "http://127.0.0.1:54321",
    supabasePublishableKey: "sb_publishable_x",
    supabaseJwtSecret: undefined,
    siteUrl: "http://localhost:8000",
    defaultPublicTenant: "ks",
    paddle: { apiKey: "pdl_key", environment: "local", apiUrl: "http://127.0.0.1:54325" },
    sentry: { dsn: undefined, tracesSampleRate: 0 },
    databaseUrl: "postgresql://app_site@127.0.0.1/postgres",
    listenUrl: "postgresql://app_site@127.0.0.1/postgres",
    paddleClientToken: undefined,
  });
});

Deno.test("readSiteEnv() takes Sentry's address and a share, and refuses what is neither", () => {
  const dsn = "https://abc123@o1.ingest.sentry.io/42";
  const env = readSiteEnv({ ...site, SENTRY_DSN: dsn, SENTRY_TRACES_SAMPLE_RATE: "0.25" });
  assert.deepEqual(env.sentry, { dsn, tracesSampleRate: 0.25 });
  for (
    const wrong of [{ SENTRY_DSN: "https://sentry.io/42" }, { SENTRY_TRACES_SAMPLE_RATE: "2" }, {
      SENTRY_TRACES_SAMPLE_RATE: "often",
    }]
  ) {
    assert.throws(
      () => readSiteEnv({ ...site, ...wrong }),
      new RegExp(`${Object.keys(wrong)[0]} is malformed`),
    );
  }
});

Deno.test("readSiteEnv() listens past the pooler where it is told how", () => {
  const listenUrl = "postgresql://app_site@127.0.0.1:5432/postgres";
  const env = readSiteEnv({ ...site, SITE_LISTEN_DATABASE_URL: listenUrl });
  assert.equal(env.listenUrl, listenUrl);
  assert.equal(env.databaseUrl, site.SITE_DATABASE_URL);
});

Deno.test("readFunctionsEnv() reads what the functions need", () => {
  const env = readFunctionsEnv({
    ...functions,
    PADDLE_WEBHOOK_SECRET_KEY: " old ,new,, ",
    PADDLE_WEBHOOK_TOLERANCE_SECONDS: "5",
    RESEND_BASE_URL: "http://127.0.0.1:54324",
  });
  assert.deepEqual(env.paddleWebhook, {
    secrets: ["old", "new"],
    toleranceSeconds: 5,
    bypassSignature: false,
  });
  assert.deepEqual(env.cronSecrets, ["a long enough secret"]);
  assert.deepEqual(env.mail, {
    apiKey: "re_x",
    from: "Interdomestik <hello@example.test>",
    baseUrl: "http://127.0.0.1:54324",
    maxRps: 2,
    webhookSecrets: [],
    hookSecrets: [],
  });
});

Deno.test("readFunctionsEnv() names a missing variable in one line", () => {
  for (const name of Object.keys(functions)) {
    if (name.startsWith("APP_") || name === "FRESH_PUBLIC_PADDLE_ENV") continue;
    for (const value of [undefined, "", "  "]) {
      assert.throws(
        () => readFunctionsEnv({ ...functions, [name]: value }),
        (error) =>
          error instanceof EnvError && /^\w+ is missing[^\n]*$/.test(error.message) &&
          error.message.startsWith(name),
        name,
      );
    }
  }
});

Deno.test("readFunctionsEnv() names a malformed variable and keeps its value to itself", () => {
  for (
    const [name, value] of [
      ["APP_ENV", "prod"],
      ["SUPABASE_URL", "127.0.0.1"],
      ["SITE_URL", "javascript:alert(1)"],
      ["FUNCTIONS_DATABASE_URL", "mysql://secret@host"],
      ["PADDLE_WEBHOOK_SECRET_KEY", " , "],
      ["PADDLE_WEBHOOK_TOLERANCE_SECONDS", "soon"],
      ["PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV", "maybe"],
      ["FRESH_PUBLIC_PADDLE_ENV", "live"],
      ["SUPABASE_JWT_SECRET", "short-secret"],
      ["SUPABASE_PUBLISHABLE_KEYS", "sb_secret"],
      ["SUPABASE_SECRET_KEYS", "sb_secret"],
      ["RESEND_FROM_EMAIL", "Interdomestik"],
      ["RESEND_FROM_EMAIL", "two words@example.test"],
      ["RESEND_MAX_RPS", "fast"],
      ["RESEND_MAX_RPS", "0"],
      ["RESEND_WEBHOOK_SECRET", "short-secret"],
    ] as const
  ) {
    const source = { ...functions, [name]: value };
    if (name === "SUPABASE_PUBLISHABLE_KEYS") source.SUPABASE_PUBLISHABLE_KEY = "";
    if (name === "SUPABASE_SECRET_KEYS") source.SUPABASE_SECRET_KEY = "";
    assert.throws(
      () => readFunctionsEnv(source),
      (error) =>
        error instanceof EnvError && error.message.startsWith(`${name} is malformed`) &&
        !error.message.includes("\n") && !error.message.includes("secret@") &&
        !error.message.includes("short-secret") && !error.message.includes("sb_secret"),
      name,
    );
  }
});

Deno.test("a production that would skip the signature check stops, functions and site", () => {
  const source = { ...functions, ...site, PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV: "1" };
  for (const APP_ENV of ["production", undefined]) {
    const message =
      /: PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV must not be true when APP_ENV is production$/;
    assert.throws(() => readFunctionsEnv({ ...source, APP_ENV }), message);
    assert.throws(() => readSiteEnv({ ...source, APP_ENV }), message);
  }
  const bypass = (APP_ENV: string) =>
    readFunctionsEnv({ ...source, APP_ENV }).paddleWebhook.bypassSignature;
  assert.deepEqual(["local", "test", "staging"].map(bypass), [true, true, false]);
});

Deno.test("the database of a production is spoken to over TLS, whatever its address forgot", () => {
  const far = "postgresql://app:secret@db.example.test:6543/postgres";
  const read = (address: string, APP_ENV: string) => [
    readSiteEnv({ ...site, APP_ENV, SITE_DATABASE_URL: address }).databaseUrl,
    readSiteEnv({ ...site, APP_ENV, SITE_DATABASE_URL: address }).listenUrl,
    readFunctionsEnv({ ...functions, APP_ENV, FUNCTIONS_DATABASE_URL: address }).databaseUrl,
  ];
  for (const APP_ENV of ["production", "staging"]) {
    assert.deepEqual(read(far, APP_ENV), Array(3).fill(`${far}?sslmode=require`));
    const checked = `${far}?sslmode=verify-full`;
    assert.deepEqual(read(checked, APP_ENV), Array(3).fill(checked));
    const refused = { name: "EnvError", message: /_DATABASE_URL is malformed: sslmode must be/ };
    assert.throws(() => read(`${far}?sslmode=disable`, APP_ENV), refused);
    assert.throws(() => read(`${far}?sslmode=prefer`, APP_ENV), refused);
  }
  assert.deepEqual(read(far, "local"), Array(3).fill(far));
  const near = "postgresql://app@127.0.0.1/postgres";
  assert.deepEqual(read(near, "production"), Array(3).fill(near));
});

Deno.test("readFunctionsEnv() takes the names that stand in for others", () => {
  const env = readFunctionsEnv({
    ...functions,
    FUNCTIONS_DATABASE_URL: undefined,
    SUPABASE_DB_URL: "postgres://postgres@db/postgres",
    RESEND_FROM_EMAIL: undefined,
    RESEND_FROM: "from@example.test",
    FRESH_PUBLIC_PADDLE_ENV: undefined,
    NEXT_PUBLIC_PADDLE_ENV: "sandbox",
    SUPABASE_PUBLISHABLE_KEY: undefined,
    SUPABASE_PUBLISHABLE_KEYS: `{"other":"a","default":"sb_publishable_y"}`,
    SUPABASE_SECRET_KEY: undefined,
    SUPABASE_SECRET_KEYS: `{"default":"sb_secret_y"}`,
  });
  assert.equal(env.databaseUrl, "postgres://postgres@db/postgres");
  assert.equal(env.mail.from, "from@example.test");
  assert.deepEqual(env.paddle, { apiKey: "pdl_key", environment: "sandbox", apiUrl: undefined });
  assert.equal(env.supabasePublishableKey, "sb_publishable_y");
  assert.equal(env.supabaseSecretKey, "sb_secret_y");
  const older = { SUPABASE_SECRET_KEY: undefined, SUPABASE_SERVICE_ROLE_KEY: "eyJ…" };
  assert.equal(readFunctionsEnv({ ...functions, ...older }).supabaseSecretKey, "eyJ…");
});

Deno.test("readSiteEnv() wants the simulator's address where it is used", () => {
  assert.throws(
    () => readSiteEnv({ ...site, PADDLE_API_URL: undefined }),
    /PADDLE_API_URL is missing/,
  );
  readSiteEnv({ ...site, PADDLE_API_URL: undefined, FRESH_PUBLIC_PADDLE_ENV: "production" });
});

Deno.test("readFunctionsEnv() reads Resend's pace and the webhook's secrets, several in rotation", () => {
  const [one, other] = ["one", "other"].map((name) =>
    `whsec_${btoa(`the secret ${name} of a webhook`)}`
  );
  const { mail } = readFunctionsEnv({
    ...functions,
    RESEND_MAX_RPS: "10",
    RESEND_WEBHOOK_SECRET: `${one}, ${other}`,
  });
  assert.deepEqual([mail.maxRps, mail.webhookSecrets], [10, [one, other]]);
});

Deno.test("readFunctionsEnv() reads the secrets of Auth's mail hook, several in rotation", () => {
  const [one, other] = ["one", "other"].map((name) =>
    `v1,whsec_${btoa(`the secret ${name} of the hook`)}`
  );
  const read = (secret: string) =>
    readFunctionsEnv({ ...functions, SEND_EMAIL_HOOK_SECRET: secret }).mail.hookSecrets;
  assert.deepEqual(read(`${one}|${other}`), [one, other]);
  assert.deepEqual(read(""), []);
  assert.throws(() => read("whsec_abc"), /^EnvError: SEND_EMAIL_HOOK_SECRET is malformed/);
});

Deno.test("readFunctionsEnv() wants a cron secret that cannot be guessed, several in rotation", () => {
  const read = (secret: string) =>
    readFunctionsEnv({ ...functions, CRON_SECRET: secret }).cronSecrets;
  assert.deepEqual(read("an old long secret, a new long secret"), [
    "an old long secret",
    "a new long secret",
  ]);
  assert.throws(() => read("short"), /^EnvError: CRON_SECRET is malformed: must have at least 16/);
  assert.throws(() => read("a long enough secret,short"), /CRON_SECRET is malformed/);
  assert.throws(() => read(""), /CRON_SECRET is missing/);
});
