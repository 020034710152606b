import assert from "node:assert/strict";
import { untilStep } from "./steps.ts";

Deno.test("untilStep() fills a step up, at least one", () => {
  for (const [took, wait] of [[0, 2_000], [1, 1_999], [2_000, 0], [2_001, 1_999], [5_500, 500]]) {
    assert.equal(untilStep(took ?? 0, 2_000), wait);
  }
});
