import assert from "node:assert/strict";
import { Deadlines } from "./deadlines.ts";

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

Deno.test("set() calls what was missed, the earlier first, though it was set later", async () => {
  const deadlines = new Deadlines();
  const missed: string[] = [];
  deadlines.set(40, () => missed.push("second"));
  deadlines.set(10, () => missed.push("first"));
  await wait(80);
  assert.deepEqual(missed, ["first", "second"]);
  deadlines.clear();
});

Deno.test("a deadline that was called off is not missed, those after it are", async () => {
  const deadlines = new Deadlines();
  const missed: string[] = [];
  const callOff = deadlines.set(10, () => missed.push("called off"));
  deadlines.set(30, () => missed.push("kept"));
  callOff();
  await wait(80);
  assert.deepEqual(missed, ["kept"]);
  deadlines.clear();
});

Deno.test("a deadline may be set while another one is missed", async () => {
  const deadlines = new Deadlines();
  const missed: string[] = [];
  deadlines.set(5, () => {
    missed.push("one");
    deadlines.set(5, () => missed.push("another"));
  });
  await wait(60);
  assert.deepEqual(missed, ["one", "another"]);
  deadlines.clear();
});

Deno.test("clear() leaves no timer behind", () => {
  const deadlines = new Deadlines();
  deadlines.set(10_000, () => {});
  deadlines.clear();
});
