import assert from "node:assert/strict";
import {
  answersIn,
  groupCounts,
  groupOf,
  netPromoterScore,
  NPS_BOUNDS,
  NPS_GROUPS,
  percent,
  signed,
} from "./nps_score.ts";

const score = (promoters: number, passives: number, detractors: number) =>
  netPromoterScore({ promoters, passives, detractors });

Deno.test("groupOf() parts the numbers at 6 and 7, and at 8 and 9", () => {
  const groups = Array.from({ length: 11 }, (_, score) => groupOf(score));
  assert.deepEqual(groups.slice(0, 7), Array(7).fill("detractors"));
  assert.deepEqual(groups.slice(7, 9), ["passives", "passives"]);
  assert.deepEqual(groups.slice(9), ["promoters", "promoters"]);
  for (const group of NPS_GROUPS) {
    for (const bound of NPS_BOUNDS[group]) assert.equal(groupOf(bound), group);
  }
});

Deno.test("netPromoterScore() is the share of promoters less that of critics", () => {
  assert.equal(score(10, 0, 0), 100);
  assert.equal(score(0, 0, 10), -100);
  assert.equal(score(0, 10, 0), 0);
  assert.equal(score(50, 30, 20), 30);
  assert.equal(score(1, 1, 1), 0);
  assert.equal(score(2, 0, 1), 33);
  assert.equal(score(1, 0, 2), -33);
});

Deno.test("netPromoterScore() rounds a half alike on both sides, and never to minus zero", () => {
  assert.equal(score(5, 3, 0), 63);
  assert.equal(score(0, 3, 5), -63);
  assert.ok(Object.is(score(0, 1, 0), 0));
  assert.ok(Object.is(score(0, 1000, 1), 0));
});

Deno.test("netPromoterScore() of no answers is none", () => {
  assert.equal(score(0, 0, 0), null);
  assert.equal(signed(null), "–");
});

Deno.test("groupCounts() adds up the numbers given", () => {
  const groups = groupCounts([
    { score: 0, count: 1 },
    { score: 6, count: 2 },
    { score: 7, count: 3 },
    { score: 10, count: 4 },
  ]);
  assert.deepEqual(groups, { promoters: 4, passives: 3, detractors: 3 });
  assert.equal(answersIn(groups), 10);
});

Deno.test("percent() and signed() tell figures as people write them", () => {
  assert.equal(percent(1, 3), 33);
  assert.equal(percent(0, 0), 0);
  assert.equal(signed(42), "+42");
  assert.equal(signed(-7), "−7");
  assert.equal(signed(0), "0");
});
