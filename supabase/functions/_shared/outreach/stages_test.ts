import assert from "node:assert/strict";
import { addDays, type Instant, parseInstant } from "@core/platform/instant.ts";
import {
  decideDunning,
  decideLifecycle,
  type DunningSubject,
  LIFECYCLE_STAGES,
  type LifecycleSubject,
} from "./stages.ts";

const START = instant("2026-01-01T12:00:00.000001Z");

function instant(text: string): Instant {
  const read = parseInstant(text);
  if (read === null) throw new Error(text);
  return read;
}

const member = (over: Partial<LifecycleSubject> = {}): LifecycleSubject => ({
  id: "sub",
  startedAt: START,
  access: "active",
  ...over,
});

const owing = (over: Partial<DunningSubject> = {}): DunningSubject => ({
  id: "sub",
  status: "past_due",
  pastDueAt: START,
  gracePeriodEndsAt: addDays(START, 14),
  suspendedAt: null,
  ...over,
});

const templates = (day: number, over: Partial<LifecycleSubject> = {}) =>
  decideLifecycle(member(over), addDays(START, day)).mails.map((mail) => mail.template);

Deno.test("decideLifecycle() gives each stage from its day until the next one is due", () => {
  const seen = new Map<string, number[]>();
  for (let day = 0; day <= 400; day++) {
    for (const template of templates(day)) seen.set(template, [...seen.get(template) ?? [], day]);
  }
  const windows = [...seen].map(([template, days]) => [template, days[0], days.at(-1)]);
  assert.deepEqual(windows, [
    ["onboarding_day_7", 7, 13],
    ["checkin_day_14", 14, 29],
    ["retention_day_30", 30, 59],
    ["nps_v1", 45, 74],
    ["retention_day_60", 60, 89],
    ["retention_day_90", 90, 119],
  ]);
  for (const [template, days] of seen) {
    const stage = LIFECYCLE_STAGES.find((one) => one.template === template);
    assert.equal(days.length, (stage?.untilDay ?? 0) - (stage?.fromDay ?? 0), "no day left out");
  }
});

Deno.test("decideLifecycle() is exact to the microsecond", () => {
  const before = instant("2026-01-08T12:00:00.000000Z");
  assert.deepEqual(decideLifecycle(member(), before), { mails: [], nextLook: addDays(START, 7) });
  const { mails, nextLook } = decideLifecycle(member(), addDays(START, 7));
  assert.deepEqual(mails, [{
    template: "onboarding_day_7",
    dedupeKey: "engagement:sub:onboarding_day_7",
    sendUntil: addDays(START, 14),
  }]);
  assert.equal(nextLook, addDays(START, 14));
});

Deno.test("decideLifecycle() looks again when the next stage begins, and stops after the last", () => {
  const looks: string[] = [];
  let next = decideLifecycle(member(), START).nextLook;
  while (next !== null) {
    looks.push(next);
    next = decideLifecycle(member(), next).nextLook;
  }
  assert.deepEqual(looks, [7, 14, 30, 45, 60, 90].map((day) => addDays(START, day)));
});

Deno.test("decideLifecycle() catches up what is still due after a sleep, and nothing stale", () => {
  assert.deepEqual(templates(17), ["checkin_day_14"]);
  assert.deepEqual(templates(61), ["nps_v1", "retention_day_60"]);
  assert.deepEqual(templates(200), []);
});

Deno.test("decideLifecycle() writes only to members whose own membership gives access", () => {
  for (const access of ["grace", "suspended", "none"]) {
    assert.deepEqual(templates(8, { access }), [], access);
  }
  assert.deepEqual(templates(8, { startedAt: null }), []);
  // Who is in grace today may be active tomorrow: the look is not the last one.
  const look = decideLifecycle(member({ access: "grace" }), addDays(START, 8));
  assert.equal(look.nextLook, addDays(START, 14));
});

Deno.test("decideDunning() reminds on day 7, warns on day 13 and ends grace on day 14", () => {
  const said = new Map<string, number[]>();
  for (let day = 0; day <= 60; day++) {
    const template = decideDunning(owing(), addDays(START, day)).mail?.template ?? "nothing";
    said.set(template, [...said.get(template) ?? [], day]);
  }
  const ranges = [...said].map(([template, days]) => [template, days[0], days.length]);
  assert.deepEqual(ranges, [
    ["nothing", 0, 7 + 33],
    ["dunning_day_7", 7, 6],
    ["dunning_final", 13, 1],
    ["dunning_suspended", 14, 14],
  ]);
  assert.deepEqual(decideDunning(owing(), addDays(START, 7)).mail, {
    template: "dunning_day_7",
    dedupeKey: "dunning:sub:2026-01-01T12:00:00.000001Z:day_7",
    sendUntil: addDays(START, 13),
  });
});

Deno.test("decideDunning() looks again at each boundary and not after the end", () => {
  const look = (day: number) => decideDunning(owing(), addDays(START, day)).nextLook;
  assert.deepEqual([0, 7, 13, 14].map(look), [
    addDays(START, 7),
    addDays(START, 13),
    addDays(START, 14),
    null,
  ]);
});

Deno.test("decideDunning() writes the end of access down once, however late the job is", () => {
  const late = decideDunning(owing(), addDays(START, 50));
  assert.deepEqual(late, { mail: null, suspendedAt: addDays(START, 14), nextLook: null });
  const again = decideDunning(owing({ suspendedAt: addDays(START, 14) }), addDays(START, 15));
  assert.equal(again.suspendedAt, null);
  assert.equal(again.mail?.dedupeKey, "dunning:sub:2026-01-01T12:00:00.000001Z:suspended");
});

Deno.test("decideDunning() stops as soon as the membership is not past due", () => {
  for (const status of ["active", "trialing", "canceled", "paused", "expired"]) {
    for (const day of [7, 13, 14]) {
      assert.deepEqual(decideDunning(owing({ status }), addDays(START, day)), {
        mail: null,
        suspendedAt: null,
        nextLook: null,
      });
    }
  }
});

Deno.test("decideDunning() follows a grace period that staff moved by hand", () => {
  const long = owing({ gracePeriodEndsAt: addDays(START, 30) });
  const at = (subject: DunningSubject, day: number) => decideDunning(subject, addDays(START, day));
  assert.equal(at(long, 14).mail?.template, "dunning_day_7");
  assert.equal(at(long, 14).nextLook, addDays(START, 29));
  assert.equal(at(long, 29).mail?.template, "dunning_final");
  const short = owing({ gracePeriodEndsAt: addDays(START, 3) });
  assert.equal(at(short, 0).nextLook, addDays(START, 2));
  assert.equal(at(short, 2).mail?.template, "dunning_final");
  assert.equal(at(short, 3).suspendedAt, addDays(START, 3));
  const ended = owing({ gracePeriodEndsAt: addDays(START, -1) });
  assert.equal(at(ended, 0).mail?.template, "dunning_suspended");
});
