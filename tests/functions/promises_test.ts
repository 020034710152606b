/** The figures of docs/SLOS.md, as SQL computes them, against a count of our own. */
import assert from "node:assert/strict";
import { fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createRequestLog } from "@core/platform/request_log.ts";
import { addRequestMinutes } from "@core/platform/request_store.ts";
import { siteRoute } from "@core/platform/request_routes.ts";
import { testWithDatabase } from "./support.ts";

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ID = "7b0f3c52-9f0c-4f0e-9a58-3f3a4a0b1c2d";
const PATHS = [
  ["/api/claims", "/api/claims"],
  [`/api/documents/${ID}/download`, "/api/*"],
  [`/api/documents/${ID}`, "/api/*"],
  ["/api/webhooks/paddle", "/api/*"],
  [`/sq/member/claims/${ID}`, "/:locale/member/claims/:id"],
] as const;
const STATUSES = [200, 200, 200, 200, 206, 303, 404, 429, 500, 503] as const;

interface Asked {
  readonly path: string;
  readonly status: number;
  readonly ms: number;
}

testWithDatabase(
  "promises about requests are what an independent count says",
  async ({ db, sql }) => {
    const random = randomFrom(7);
    // A minute that is not there yet is nobody else's.
    const clock = fixedClock(Date.now() + 90_000);
    const minute = new Date(Math.floor(clock.now() / 60_000) * 60_000);
    const asked: Asked[] = [];
    const log = createRequestLog({
      part: "site",
      clock,
      log: silentLogger,
      every: 0,
      write: (rows) => db.asAnon((tx) => addRequestMinutes(tx, rows)),
    });
    for (let n = 0; n < 5_000; n++) {
      const [path, pattern] = PATHS[Math.floor(random() * PATHS.length)] ?? PATHS[0];
      const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? 200;
      const ms = random() ** 6 * 4_000;
      asked.push({ path, status, ms });
      log.record(siteRoute(path, pattern, status), status, ms);
      // Handed over in pieces, as it is.
      if (n % 700 === 0) await log.flush();
    }
    await log.flush();

    const figures = async (slo: string) => {
      const [row] = await sql`
      select good::int, total::int, success::float8, burn::float8, p95_ms::float8
      from private.slo_figures(interval '0', ${minute}) where slo = ${slo}`;
      return row ?? {};
    };
    const judged = (path: string) =>
      asked.filter((one) => one.path === path && (one.status < 400 || one.status >= 500));

    const claims = judged("/api/claims");
    const quick = claims.filter(({ status, ms }) => status < 500 && ms <= 500).length;
    const seenClaims = await figures("claims");
    assert.deepEqual([seenClaims["good"], seenClaims["total"]], [quick, claims.length]);
    assert.ok(Math.abs(seenClaims["success"] - quick / claims.length) < 1e-6);
    assert.ok(Math.abs(seenClaims["burn"] - (1 - quick / claims.length) / 0.05) < 1e-3);
    const times = claims.map(({ ms }) => ms).sort((one, other) => one - other);
    const p95 = times[Math.ceil(times.length * 0.95) - 1] ?? 0;
    // Exact to the bucket.
    const bounds = [0, 5, 10, 25, 50, 100, 200, 300, 400, 500, 750, 1_000, 2_500, 5_000, 10_000];
    const place = bounds.findIndex((bound) => p95 <= bound);
    assert.ok(
      seenClaims["p95_ms"] >= (bounds[place - 1] ?? 0) &&
        seenClaims["p95_ms"] <= (bounds[place] ?? 0),
      `${seenClaims["p95_ms"]} and ${p95}`,
    );

    const downloads = judged(`/api/documents/${ID}/download`);
    const worked = downloads.filter(({ status }) => status < 400).length;
    const seenDownloads = await figures("documents");
    assert.deepEqual([seenDownloads["good"], seenDownloads["total"]], [worked, downloads.length]);
    await sql`delete from private.request_minutes where minute = ${minute}`;
  },
);

testWithDatabase(
  "the promise about events is what an independent count says, in every window",
  async ({ sql }) => {
    const random = randomFrom(11);
    const at = Date.parse("2001-02-03T04:05:06Z");
    const events = Array.from({ length: 600 }, (_, n) => {
      const result = [null, "ok", "ok", "ok", "ignored", "error"][Math.floor(random() * 6)] ?? null;
      return {
        "dedupe_key": `promise:${n}`,
        "event_id": `evt_promise_${n}`,
        "signature_valid": random() > 0.1,
        "processing_result": result,
        attempts: result === null ? 0 : Math.floor(random() * 3) + 1,
        "received_at": new Date(at - random() ** 3 * 4 * 86_400_000).toISOString(),
      };
    }).map((event) => event.signature_valid ? event : { ...event, "processing_result": "ignored" });
    await sql`delete from webhook_events where dedupe_key like 'promise:%'`;
    await sql`
    insert into webhook_events
      (dedupe_key, event_id, signature_valid, processing_result, attempts, received_at, payload, payload_hash)
    select dedupe_key, event_id, signature_valid, processing_result, attempts, received_at,
           case when signature_valid then '{}'::jsonb end, ${"0".repeat(64)}
    from jsonb_to_recordset(${sql.json(events)}) as given (
      dedupe_key text, event_id text, signature_valid boolean, processing_result text,
      attempts integer, received_at timestamptz)`;
    try {
      const rates: (number | null)[] = [];
      for (const seconds of [300, 3_600, 21_600, 259_200]) {
        const judged = events.filter((event) => {
          const age = at - Date.parse(event.received_at);
          return event.signature_valid && age >= 0 && age < seconds * 1_000 &&
            (event.processing_result !== null || age > 300_000);
        });
        const good = judged.filter((event) =>
          ["ok", "ignored"].includes(event.processing_result ?? "") && event.attempts <= 1
        ).length;
        const [row] = await sql`
        select good::int, total::int from private.slo_figures(
          make_interval(secs => ${seconds}), ${new Date(at)}) where slo = 'webhooks'`;
        assert.deepEqual([row?.["good"], row?.["total"]], [good, judged.length], `${seconds} s`);
        rates.push(judged.length === 0 ? null : (1 - good / judged.length) / 0.005);
      }
      const [burn] = await sql`
      select burn_5m::float8, burn_1h::float8, burn_6h::float8, burn_3d::float8, alert
      from private.slo_burn(${new Date(at)}) where slo = 'webhooks'`;
      ["burn_5m", "burn_1h", "burn_6h", "burn_3d"].forEach((name, place) => {
        const wanted = rates[place] ?? null;
        if (wanted === null) assert.equal(burn?.[name], null);
        else assert.ok(Math.abs(burn?.[name] - wanted) < 0.01, `${name} ${burn?.[name]} ${wanted}`);
      });
      assert.equal(
        burn?.["alert"],
        (rates[0] ?? 0) > 14.4 && (rates[1] ?? 0) > 14.4 ? "fast" : "slow",
      );
    } finally {
      await sql`delete from webhook_events where dedupe_key like 'promise:%'`;
    }
  },
);
