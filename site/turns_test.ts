import assert from "node:assert/strict";
import { takeTurns } from "./turns.ts";

Deno.test("takeTurns() lets so many work at once, in the order in which they came", async () => {
  const inTurn = takeTurns(2);
  const begun: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const all = gates.map(({ promise }, at) =>
    inTurn(async () => {
      begun.push(at);
      await promise;
      return at;
    })
  );
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1, 2]);
  for (const { resolve } of gates) resolve();
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4]);
});

Deno.test("takeTurns() goes on after work that failed", async () => {
  const inTurn = takeTurns(1);
  const failed = inTurn(() => Promise.reject(new Error("no")));
  const next = inTurn(() => Promise.resolve("yes"));
  await assert.rejects(failed, /no/);
  assert.equal(await next, "yes");
  assert.equal(await inTurn(() => Promise.resolve("again")), "again");
});
