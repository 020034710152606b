import assert from "node:assert/strict";
import { refundTerms } from "./refund_terms.ts";

const bought = new Date("2026-11-01T10:00:00Z");

Deno.test("refundTerms() gives the money back for thirty days from buying", () => {
  const until = new Date("2026-12-01T10:00:00Z");
  assert.deepEqual(refundTerms(bought, bought.getTime()), { kind: "within", until });
  assert.deepEqual(refundTerms(bought, until.getTime() - 1), { kind: "within", until });
  assert.deepEqual(refundTerms(bought, until.getTime()), { kind: "over" });
});

Deno.test("refundTerms() promises nothing where it is not known when the purchase was", () => {
  assert.deepEqual(refundTerms(null, bought.getTime()), { kind: "over" });
});
