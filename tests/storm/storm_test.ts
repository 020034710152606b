import assert from "node:assert/strict";
import { runStorm } from "./storm.ts";

Deno.test("a storm of shuffled, doubled and forged deliveries, kills and a crash changes nothing", async () => {
  const report = await runStorm({
    members: 30,
    events: 300,
    mostDeliveries: 4,
    connections: 32,
    forged: 0.05,
    kills: 3,
    crashes: 1,
    seed: 20261123,
    deadlineMilliseconds: 60_000,
  });
  assert.deepEqual(report.sender.lost, []);
  assert.deepEqual(report.differences, []);
  assert.deepEqual(report.brokenRules, []);
  assert.ok((report.sender.answers["forged 401"] ?? 0) > 0);
  assert.deepEqual([report.kills, report.crashes], [3, 1]);
});
