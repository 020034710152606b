import assert from "node:assert/strict";
import { claimRefusal, unlessRefused } from "./claim_refusals.ts";

const refused = (code: string, message: string) =>
  Object.assign(new Error(message), { name: "PostgresError", code });

Deno.test("claimRefusal() tells refusals apart by what the migrations say", () => {
  const refusals = [
    ["PT404", "claim not found", "not_found"],
    ["23514", "claim is incomplete: title, company", "incomplete"],
    ["42501", "sending a claim needs an active membership", "membership_needed"],
    ["42501", "new row violates row-level security policy", "not_allowed"],
    ["55000", "claim has moved on to evaluation", "moved_on"],
    ["55000", "claim is assigned to somebody else by now", "taken"],
    ["23514", "a claim does not move from resolved to rejected", "wrong_move"],
    ["23514", "a move to rejected needs a reason", "reason_needed"],
    ["54000", "a claim has at most 20 documents", "too_many_documents"],
    ["40001", "could not serialize access", null],
  ] as const;
  for (const [code, message, refusal] of refusals) {
    assert.equal(claimRefusal(refused(code, message)), refusal, message);
  }
  assert.equal(claimRefusal(new Error("claim not found")), null);
});

Deno.test("unlessRefused() hands on values and refusals, and throws everything else", async () => {
  assert.deepEqual(await unlessRefused(Promise.resolve(1)), { kind: "done", value: 1 });
  assert.deepEqual(await unlessRefused(Promise.reject(refused("PT404", "claim not found"))), {
    kind: "refused",
    why: "not_found",
  });
  await assert.rejects(unlessRefused(Promise.reject(new Error("away"))), /away/);
});
