import assert from "node:assert/strict";
import { type SentryStandIn, startSentry } from "../../../../tests/support/sentry_stand_in.ts";
import { AppError } from "./errors.ts";
import { createLogger, silentLogger } from "./logger.ts";
import { noTelemetry, startTelemetry, type Telemetry, tellErrors } from "./telemetry.ts";
import { objectiveTags } from "./telemetry_event.ts";

const WEBHOOK = { method: "POST", route: "/api/webhooks/paddle", ms: 12 };
const DOWNLOAD = { method: "GET", route: "/api/documents/:id/download", ms: 30 };
const CLAIMS = { method: "GET", route: "/api/claims" };

async function withTelemetry(
  work: (telemetry: Telemetry, sentry: SentryStandIn) => Promise<void> | void,
  tracesSampleRate = 0,
): Promise<void> {
  const sentry = startSentry();
  const telemetry = startTelemetry(
    { sentry: { dsn: sentry.dsn, tracesSampleRate }, appEnv: "test", appVersion: "v1" },
    { part: "site", log: silentLogger, random: () => 0.5 },
  );
  try {
    await work(telemetry, sentry);
  } finally {
    await telemetry.settled();
    await sentry.stop();
  }
}

/** Everything that the stand-in was sent, as one text. */
const sent = ({ requests }: SentryStandIn) => requests.map(({ body }) => body).join("\n");

Deno.test("startTelemetry() does nothing at all without an address", () => {
  const telemetry = startTelemetry(
    { sentry: { dsn: undefined, tracesSampleRate: 1 }, appEnv: "test", appVersion: "v1" },
    { part: "site", log: silentLogger },
  );
  assert.equal(telemetry, noTelemetry);
  assert.equal(tellErrors(silentLogger, telemetry), silentLogger);
});

Deno.test("objectiveTags() says how a request did by its objective", () => {
  const cases: [object, Record<string, string> | null][] = [
    [{ ...WEBHOOK, status: 200 }, { "d07.webhook.processing": "ok" }],
    [{ ...WEBHOOK, status: 500 }, { "d07.webhook.processing": "failed" }],
    [{ ...WEBHOOK, status: 503 }, { "d07.webhook.processing": "failed" }],
    [{ ...WEBHOOK, status: 401 }, { "d07.webhook.processing": "invalid_signature" }],
    [{ ...WEBHOOK, status: 429 }, { "d07.webhook.processing": "refused" }],
    [{ ...DOWNLOAD, status: 206 }, { "d07.document.download": "ok" }],
    [{ ...DOWNLOAD, status: 403 }, { "d07.document.download": "refused" }],
    [{ ...DOWNLOAD, status: 500 }, { "d07.document.download": "failed" }],
    [{ ...CLAIMS, status: 200, ms: 499 }, { "d07.api.claims.latency": "within" }],
    [{ ...CLAIMS, status: 200, ms: 500 }, { "d07.api.claims.latency": "over" }],
    [{ ...CLAIMS, status: 403, ms: 3 }, { "d07.api.claims.latency": "refused" }],
    [{ ...CLAIMS, status: 500, ms: 3 }, { "d07.api.claims.latency": "failed" }],
    [{ method: "GET", route: "/api/health", status: 200, ms: 1 }, null],
  ];
  for (const [served, tags] of cases) {
    assert.deepEqual(objectiveTags(served as Parameters<typeof objectiveTags>[0]), tags);
  }
});

Deno.test("served() tells of every request that an objective is measured on, with its tag", () =>
  withTelemetry(async (telemetry, sentry) => {
    telemetry.served({ ...WEBHOOK, status: 200 });
    telemetry.served({ ...WEBHOOK, status: 500 });
    telemetry.served({ ...DOWNLOAD, status: 200 });
    telemetry.served({ ...CLAIMS, status: 200, ms: 650 });
    telemetry.served({ method: "GET", route: "/:locale/pricing", status: 200, ms: 5 });
    await telemetry.settled();
    const told = sentry.items().filter(({ type }) => type === "transaction").map(({ payload }) => {
      const { trace } = payload["contexts"] as { trace: { status: string } };
      const { "http.status_code": status, ...tags } = payload["tags"] as Record<string, string>;
      return [payload["transaction"], status, trace.status, tags];
    });
    assert.deepEqual(told, [
      ["POST /api/webhooks/paddle", "200", "ok", { "d07.webhook.processing": "ok" }],
      ["POST /api/webhooks/paddle", "500", "internal_error", {
        "d07.webhook.processing": "failed",
      }],
      ["GET /api/documents/:id/download", "200", "ok", { "d07.document.download": "ok" }],
      ["GET /api/claims", "200", "ok", { "d07.api.claims.latency": "over" }],
    ]);
    const [claims] = sentry.items().map(({ payload }) => payload).slice(-1);
    const took = Number(claims?.["timestamp"]) - Number(claims?.["start_timestamp"]);
    assert.ok(Math.abs(took - 0.65) < 0.002, `${took} s`);
    assert.equal(claims?.["environment"], "test");
    assert.equal(claims?.["release"], "v1");
  }));

Deno.test("served() tells of other requests as often as wanted", async () => {
  const page = { method: "GET", route: "/:locale/pricing", status: 200, ms: 5 };
  for (const [rate, told] of [[0, 0], [0.4, 0], [0.6, 1], [1, 1]] as const) {
    await withTelemetry(async (telemetry, sentry) => {
      telemetry.served(page);
      await telemetry.settled();
      assert.equal(sentry.items().length, told, `rate ${rate}`);
    }, rate);
  }
});

Deno.test("tellErrors() tells what is logged as an error, with its causes and where it was", () =>
  withTelemetry(async (telemetry, sentry) => {
    const lines: string[] = [];
    const log = tellErrors(createLogger({}, { write: (line) => lines.push(line) }), telemetry)
      .with({ function: "paddle-webhook", requestId: "r-1" });
    const cause = Object.assign(new Error('relation "claims" does not exist'), { code: "42P01" });
    log.info("nothing of note");
    log.warn("odd");
    log.error("request failed", {
      error: new AppError({ code: "internal", status: 500, message: "Sorry.", cause }),
    });
    await telemetry.settled();
    assert.equal(lines.length, 3, "the log has all of it");
    const [item, ...more] = sentry.items();
    assert.deepEqual(more, []);
    assert.equal(item?.type, "event");
    assert.deepEqual(item?.payload["tags"], {
      part: "site",
      function: "paddle-webhook",
      requestId: "r-1",
      code: "internal",
    });
    const { values } = item?.payload["exception"] as {
      values: { type: string; value: string; stacktrace: { frames: { filename: string }[] } }[];
    };
    assert.deepEqual(values.map(({ type, value }) => [type, value]), [
      ["Error", '42P01: relation "claims" does not exist'],
      ["AppError", "internal: Sorry."],
    ]);
    const files = values.flatMap(({ stacktrace }) => stacktrace.frames.map((one) => one.filename));
    assert.ok(files.includes("supabase/functions/_shared/platform/telemetry_test.ts"), `${files}`);
  }));

Deno.test("nothing that tells of a person leaves the house", () =>
  withTelemetry(async (telemetry, sentry) => {
    const SECRETS = {
      email: "arta.berisha@example.com",
      name: "Arta Berisha",
      token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
      cookie: "__Host-session=c2Vzc2lvbg",
      ip: "203.0.113.77",
      body: "my neighbour broke my window",
      id: "7d4a3e0e-5d0d-4f64-9a06-3d5c6c2e1f11",
      link: "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg",
    };
    const log = tellErrors(silentLogger, telemetry, { cookie: SECRETS.cookie });
    log.error("request failed", {
      ...SECRETS,
      userId: SECRETS.id,
      path: `/sq/nps/${SECRETS.link}`,
      code: "internal",
      error: new Error(
        `insert into profiles values ("${SECRETS.name}") for ${SECRETS.email} from ${SECRETS.ip} ` +
          `with ${SECRETS.token} at https://site.test/sq/nps/${SECRETS.link} id ${SECRETS.id}`,
        { cause: new TypeError(`refused "${SECRETS.body}"`) },
      ),
    });
    telemetry.served({ ...DOWNLOAD, status: 500 });
    await telemetry.settled();
    assert.ok(sentry.items().length === 2);
    for (const [what, value] of Object.entries(SECRETS)) {
      assert.equal(sent(sentry).includes(value), false, what);
    }
    for (const { payload } of sentry.items()) {
      for (const part of ["user", "request", "breadcrumbs", "extra", "server_name_ip"]) {
        assert.equal(part in payload, false, part);
      }
    }
    const headers = JSON.stringify(sentry.requests.map((one) => one.headers));
    assert.equal(headers.includes("cookie"), false);
  }));

Deno.test("a Sentry that does not answer costs a request nothing and is told of once", async () => {
  const sentry = startSentry();
  const release = Promise.withResolvers<Response>();
  sentry.answers.push(() => release.promise);
  const lines: string[] = [];
  const telemetry = startTelemetry(
    { sentry: { dsn: sentry.dsn, tracesSampleRate: 1 }, appEnv: "test", appVersion: "v1" },
    { part: "site", log: createLogger({}, { write: (line) => lines.push(line) }) },
  );
  telemetry.served({ ...WEBHOOK, status: 200 });
  const started = performance.now();
  for (let i = 0; i < 2_000; i += 1) telemetry.served({ ...CLAIMS, status: 200, ms: 1 });
  const took = performance.now() - started;
  assert.ok(took < 500, `${took} ms for 2,000`);
  release.resolve(new Response(null, { status: 500 }));
  await telemetry.settled();
  await sentry.stop();
  telemetry.served({ ...WEBHOOK, status: 200 });
  telemetry.served({ ...WEBHOOK, status: 200 });
  await telemetry.settled();
  assert.ok(lines.length <= 1, lines.join("\n"));
  assert.ok(sentry.requests.length <= 601, "a flood is held back");
});
