import assert from "node:assert/strict";
import { fixedClock } from "./clock.ts";
import type { Database, Transaction } from "./database.ts";
import { silentLogger } from "./logger.ts";
import type { ActiveFlag } from "./flag_store.ts";
import { createFlags, FLAG_KEYS, isFlagKey, isPerTenant } from "./flags.ts";

/** A database that has these switches on, and counts how often it is asked. */
function fakeFlags(rows: ActiveFlag[]) {
  const state = { rows, asked: 0, isUp: true };
  const tx = () => Promise.resolve(state.rows);
  const db: Pick<Database, "asAnon"> = {
    asAnon(work) {
      state.asked++;
      return state.isUp
        ? work(tx as unknown as Transaction)
        : Promise.reject(new Error("the database is away"));
    },
  };
  const clock = fixedClock("2026-11-23T10:00:00Z");
  return { state, clock, flags: createFlags(db, clock, silentLogger) };
}

Deno.test("a switch for all is on for every country, one of a country for that one", async () => {
  const { flags } = fakeFlags([
    { key: "read_only", tenantId: null },
    { key: "pause_nps", tenantId: "mk" },
  ]);
  assert.equal(await flags.isOn("read_only"), true);
  assert.equal(await flags.isOn("read_only", "ks"), true);
  assert.equal(await flags.isOn("pause_nps"), false);
  assert.equal(await flags.isOn("pause_nps", "ks"), false);
  assert.equal(await flags.isOn("pause_nps", "mk"), true);
  assert.deepEqual(await flags.tenantsWith("pause_nps"), ["mk"]);
  assert.equal(await flags.isOn("maintenance", "ks"), false);
});

Deno.test("a change is in force within five seconds, and the database is asked once in four", async () => {
  const { flags, state, clock } = fakeFlags([]);
  await Promise.all([
    flags.isOn("maintenance"),
    flags.isOn("read_only"),
    flags.isOn("stop_uploads"),
  ]);
  assert.equal(state.asked, 1);
  state.rows = [{ key: "maintenance", tenantId: null }];
  clock.advance(3_999);
  assert.equal(await flags.isOn("maintenance"), false);
  assert.equal(state.asked, 1);
  clock.advance(1);
  assert.equal(await flags.isOn("maintenance"), true);
  assert.equal(state.asked, 2);
});

Deno.test("what was known last holds while the database is away, and it is not asked at once again", async () => {
  const { flags, state, clock } = fakeFlags([{ key: "hold_webhooks", tenantId: null }]);
  assert.equal(await flags.isOn("hold_webhooks"), true);
  state.isUp = false;
  clock.advance(5_000);
  assert.equal(await flags.isOn("hold_webhooks"), true);
  assert.equal(await flags.isOn("hold_webhooks"), true);
  assert.equal(state.asked, 2);
  state.isUp = true;
  state.rows = [];
  clock.advance(1_000);
  assert.equal(await flags.isOn("hold_webhooks"), false);
});

Deno.test("isFlagKey() knows every switch and no other", () => {
  assert.ok(FLAG_KEYS.every(isFlagKey));
  assert.equal(isFlagKey("enabled"), false);
  assert.deepEqual(FLAG_KEYS.filter((key) => !isPerTenant(key)), ["hold_webhooks"]);
});
