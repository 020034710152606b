import assert from "node:assert/strict";
import { fixedClock } from "@core/platform/clock.ts";
import { OpenCheckouts } from "./open_checkouts.ts";

function opener() {
  let opened = 0;
  return () => {
    opened++;
    return Promise.resolve({ transactionId: `txn_${opened}`, url: `http://pay/${opened}` });
  };
}

Deno.test("OpenCheckouts opens once for a doubled press, again for a later one", async () => {
  const clock = fixedClock(0);
  const checkouts = new OpenCheckouts(clock);
  const open = opener();
  const [first, second] = await Promise.all([
    checkouts.once("arta standard", open),
    checkouts.once("arta standard", open),
  ]);
  assert.equal(first, second);
  assert.notEqual(await checkouts.once("arta family", open), first);
  clock.advance(30_000);
  assert.notEqual(await checkouts.once("arta standard", open), first);
});

Deno.test("OpenCheckouts forgets a failure", async () => {
  const checkouts = new OpenCheckouts(fixedClock(0));
  await assert.rejects(checkouts.once("a", () => Promise.reject(new Error("paddle is away"))));
  assert.equal((await checkouts.once("a", opener())).transactionId, "txn_1");
});
