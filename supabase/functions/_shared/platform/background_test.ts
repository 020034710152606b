import assert from "node:assert/strict";
import { startBackground } from "./background.ts";
import { createLogger, silentLogger } from "./logger.ts";

Deno.test("run() goes on at once; settled() waits for what was begun, and for what that began", async () => {
  const background = startBackground(silentLogger);
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  background.run("first", async () => {
    await promise;
    background.run("second", () => Promise.resolve(told.push("second")));
    told.push("first");
  });
  assert.deepEqual(told, []);
  resolve();
  await background.settled();
  assert.deepEqual(told, ["first", "second"]);
});

Deno.test("run() logs what fails, thrown or rejected, and nothing else suffers", async () => {
  const lines: string[] = [];
  const background = startBackground(createLogger({}, { write: (line) => lines.push(line) }));
  background.run("this", () => {
    throw new Error("thrown");
  });
  background.run("that", () => Promise.reject(new Error("rejected")));
  await background.settled();
  assert.equal(lines.length, 2);
  assert.match(lines.join(), /this failed after the answer.*thrown.*that failed.*rejected/s);
});
