import assert from "node:assert/strict";
import { fixedClock } from "./clock.ts";
import { silentLogger } from "./logger.ts";
import { BUCKET_BOUNDS, createRequestLog, type RequestMinute } from "./request_log.ts";

function startLog() {
  const written: RequestMinute[][] = [];
  const state = { isUp: true };
  const clock = fixedClock("2026-11-23T10:00:59Z");
  const log = createRequestLog({
    part: "site",
    clock,
    log: silentLogger,
    every: 0,
    write(rows) {
      if (!state.isUp) return Promise.reject(new Error("the database is away"));
      written.push(structuredClone(rows) as RequestMinute[]);
      return Promise.resolve();
    },
  });
  return { written, state, clock, log };
}

Deno.test("requests are counted by minute, route and kind of answer, each in one bucket", async () => {
  const { written, clock, log } = startLog();
  log.record("/api/claims", 200, 5);
  log.record("/api/claims", 204, 5.1);
  log.record("/api/claims", 200, 60_000);
  log.record("/api/claims", 503, 20);
  clock.advance(1_000);
  log.record("/api/claims", 200, 500);
  await log.flush();
  const [rows] = written;
  assert.deepEqual(rows?.map((row) => [row.minute, row.status_class, row.requests]), [
    ["2026-11-23T10:00:00.000Z", 2, 3],
    ["2026-11-23T10:00:00.000Z", 5, 1],
    ["2026-11-23T10:01:00.000Z", 2, 1],
  ]);
  const first = rows?.[0]?.buckets ?? [];
  assert.equal(first.length, BUCKET_BOUNDS.length + 1);
  assert.deepEqual([first[0], first[1], first.at(-1)], [1, 1, 1]);
  // 500 milliseconds are within half a second.
  assert.equal(rows?.[2]?.buckets[BUCKET_BOUNDS.indexOf(500)], 1);
});

Deno.test("what cannot be written is kept and written the next time, once", async () => {
  const { written, state, log } = startLog();
  state.isUp = false;
  log.record("/:locale", 200, 1);
  await log.flush();
  log.record("/:locale", 200, 1);
  assert.equal(written.length, 0);
  state.isUp = true;
  await log.flush();
  await log.flush();
  assert.deepEqual(written.map((rows) => rows.map(({ requests }) => requests)), [[2]]);
});

Deno.test("nothing is written where nothing was asked", async () => {
  const { written, log } = startLog();
  await log.flush();
  assert.equal(written.length, 0);
});
