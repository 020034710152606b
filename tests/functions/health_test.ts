import assert from "node:assert/strict";
import { fixedClock } from "@core/platform/clock.ts";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/health/app.ts";
import { testEnv, testWithDatabase } from "./support.ts";

const NOW = "2026-03-01T12:00:00Z";

/** One server that stands for storage, mail and Paddle, and answers as told. */
function startParts(answers: { storage?: number; mail?: [number, string]; paddle?: number } = {}) {
  let asked = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    asked++;
    const { pathname } = new URL(request.url);
    if (pathname === "/storage/v1/bucket") {
      return new Response("[]", { status: answers.storage ?? 200 });
    }
    if (pathname === "/domains") {
      const [status, name] = answers.mail ?? [401, "restricted_api_key"];
      return Response.json({ statusCode: status, name, message: "secret details" }, { status });
    }
    const status = answers.paddle ?? 200;
    if (status === 200) {
      return Response.json({ data: [], meta: { pagination: { "has_more": false, next: "" } } });
    }
    const type = status < 500 ? "request_error" : "api_error";
    return Response.json({ error: { type, code: "forbidden", detail: "secret details" } }, {
      status,
    });
  });
  const address = `http://127.0.0.1:${server.addr.port}`;
  return { server, address, asked: () => asked };
}

function healthOf(db: Database, address: string, clock = fixedClock(NOW)) {
  const env = testEnv({ SUPABASE_URL: address, PADDLE_API_URL: address, RESEND_BASE_URL: address });
  const app = createApp({ env, db, clock, log: silentLogger });
  return async () => {
    const response = await app.request("/health");
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
}

testWithDatabase("health is ok when every part answers", async ({ db }) => {
  const parts = startParts();
  const { status, headers, body } = await healthOf(db, parts.address)();
  assert.equal(status, 200);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(body.status, "ok");
  assert.equal(body.version, "1.2.3");
  assert.equal(body.time, "2026-03-01T12:00:00.000Z");
  assert.deepEqual(Object.keys(body.checks), ["database", "storage", "mail", "paddle", "cron"]);
  for (const name of ["database", "storage", "mail", "paddle"]) {
    assert.equal(body.checks[name].ok, true, name);
    assert.equal(typeof body.checks[name].ms, "number");
  }
  assert.equal(body.checks.cron.ok, true);
  assert.match(body.checks.cron.detail, /^(no job has run yet|last run 2)/);
  await parts.server.shutdown();
});

testWithDatabase(
  "health is degraded when a part is unwell, and gives nothing away",
  async ({ db }) => {
    for (
      const [answers, name, detail] of [
        [{ storage: 401 }, "storage", "does not serve us"],
        [{ mail: [403, "invalid_api_key"] as [number, string] }, "mail", "does not know our key"],
        [
          { mail: [500, "internal_server_error"] as [number, string] },
          "mail",
          "cannot take mails now",
        ],
        [{ paddle: 403 }, "paddle", "refuses our key"],
        [{ paddle: 500 }, "paddle", "no answer"],
      ] as const
    ) {
      const parts = startParts(answers);
      const { status, body } = await healthOf(db, parts.address)();
      assert.deepEqual([status, body.status], [503, "degraded"], name);
      assert.equal(body.checks[name].ok, false);
      assert.equal(body.checks[name].detail, detail);
      assert.doesNotMatch(JSON.stringify(body), /secret|127\.0\.0\.1|re_test|pdl_test/);
      await parts.server.shutdown();
    }
  },
);

testWithDatabase("health tells of Paddle events that were given up", async ({ db, sql }) => {
  const parts = startParts();
  const id = `evt_${crypto.randomUUID()}`;
  await sql`
    insert into webhook_events (dedupe_key, event_id, signature_valid, payload, payload_hash,
      processing_result, error, attempts)
    values (${id}, ${id}, true, '{}', ${"0".repeat(64)}, 'error', 'secret details', 20)`;
  try {
    const { status, body } = await healthOf(db, parts.address)();
    assert.deepEqual([status, body.status, body.checks.cron.ok], [503, "degraded", false]);
    assert.match(body.checks.cron.detail, /given up and wait for a replay: \d+$/);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  } finally {
    await sql`delete from webhook_events where dedupe_key = ${id}`;
    await parts.server.shutdown();
  }
});

Deno.test("health tells of jobs that do not succeed, by name", async () => {
  const parts = startParts();
  const state = {
    overdue: 0,
    givenUp: 0,
    late: ["mails", "nps"],
    mailsOverdue: 0,
    lastRunAt: new Date(NOW),
  };
  // A server that is up for long enough cannot be had in a test; what it would answer can.
  const answered = <T>() => Promise.resolve([state] as T);
  const db: Database = {
    asUser: answered,
    asAnon: answered,
    asService: answered,
    end: () => Promise.resolve(),
  };
  const { status, body } = await healthOf(db, parts.address)();
  assert.deepEqual([status, body.status, body.checks.cron.ok], [503, "degraded", false]);
  assert.equal(body.checks.cron.detail, "jobs that do not succeed: mails, nps");
  await parts.server.shutdown();
});

testWithDatabase("health tells of mails that should have been sent", async (world) => {
  const { db, sql } = world;
  const parts = startParts();
  const person = await world.member();
  const key = `test:${crypto.randomUUID()}`;
  await sql`
    insert into engagement_email_sends (tenant_id, user_id, template_key, dedupe_key,
      next_attempt_at)
    values ('ks', ${person.id}, 'welcome', ${key}, now() - interval '61 minutes')`;
  try {
    const { status, body } = await healthOf(db, parts.address)();
    assert.deepEqual([status, body.checks.cron.ok], [503, false]);
    assert.match(body.checks.cron.detail, /^mails that should have been sent an hour ago: \d+$/);
  } finally {
    await sql`delete from engagement_email_sends where dedupe_key = ${key}`;
    await parts.server.shutdown();
  }
});

testWithDatabase("health is degraded when nothing listens", async ({ db }) => {
  const { status, body } = await healthOf(db, "http://127.0.0.1:1")();
  assert.deepEqual([status, body.status], [503, "degraded"]);
  assert.equal(body.checks.storage.detail, "no answer");
});

testWithDatabase(
  "health asks the parts once in a few seconds, however often it is asked",
  async ({ db }) => {
    const parts = startParts();
    const clock = fixedClock(NOW);
    const ask = healthOf(db, parts.address, clock);
    await Promise.all(Array.from({ length: 20 }, ask));
    assert.equal(parts.asked(), 3);
    clock.advance(2_999);
    await ask();
    assert.equal(parts.asked(), 3);
    clock.advance(1);
    await ask();
    assert.equal(parts.asked(), 6);
    await parts.server.shutdown();
  },
);

Deno.test("health is down when the database is away", async () => {
  const parts = startParts();
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { status, body } = await healthOf(db, parts.address)();
  assert.deepEqual([status, body.status], [503, "down"]);
  assert.deepEqual(body.checks.database.detail, "no answer");
  assert.equal(body.checks.mail.ok, true);
  await db.end();
  await parts.server.shutdown();
});

Deno.test("health does not wait for a part that hangs", async () => {
  const hanging = Promise.withResolvers<void>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => hanging.promise.then(() => new Response("[]")),
  );
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const started = performance.now();
  const { body } = await healthOf(db, `http://127.0.0.1:${server.addr.port}`)();
  assert.ok(performance.now() - started < 4_000);
  assert.equal(body.checks.paddle.ok, false);
  assert.equal(body.checks.storage.ok, false);
  hanging.resolve();
  await db.end();
  await server.shutdown();
});

Deno.test("health answers HEAD and refuses to be written to", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const app = createApp({
    env: testEnv(),
    db,
    clock: fixedClock(NOW),
    log: silentLogger,
  });
  assert.equal((await app.request("/health", { method: "HEAD" })).status, 503);
  const post = await app.request("/health", { method: "POST" });
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  await db.end();
});
