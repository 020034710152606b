import assert from "node:assert/strict";
import { mayBuy, membershipOf, type SubscriptionRow } from "./membership.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const day = (offset: number) => new Date(NOW + offset * 86_400_000);

function row(facts: Partial<SubscriptionRow>): SubscriptionRow {
  return {
    status: "active",
    planName: "Asistenca",
    currentPeriodStart: day(-30),
    currentPeriodEnd: day(335),
    cancelAtPeriodEnd: false,
    canceledAt: null,
    pastDueAt: null,
    gracePeriodEndsAt: null,
    ...facts,
  };
}

Deno.test("membershipOf() shows the running one of several", () => {
  const rows = [
    row({ status: "canceled", currentPeriodEnd: day(400), planName: "Old" }),
    row({ planName: "Running" }),
    row({ status: "past_due", planName: "Late" }),
  ];
  const shown = membershipOf("active", rows, NOW);
  assert.equal(shown.kind, "active");
  assert.equal("plan" in shown && shown.plan, "Running");
});

Deno.test("membershipOf() prefers one that renews to one that ends", () => {
  const rows = [row({ cancelAtPeriodEnd: true, currentPeriodEnd: day(500) }), row({})];
  assert.equal(membershipOf("active", rows, NOW).kind, "active");
});

Deno.test("membershipOf() tells a scheduled end and a paid-for rest as ending", () => {
  assert.equal(membershipOf("active", [row({ cancelAtPeriodEnd: true })], NOW).kind, "ending");
  assert.equal(membershipOf("active", [row({ status: "canceled" })], NOW).kind, "ending");
});

Deno.test("membershipOf() counts the days of grace upwards, never below one", () => {
  const left = (end: Date) => {
    const shown = membershipOf("grace", [row({ status: "past_due", gracePeriodEndsAt: end })], NOW);
    return shown.kind === "grace" && shown.daysLeft;
  };
  assert.equal(left(day(14)), 14);
  assert.equal(left(day(1.2)), 2);
  assert.equal(left(day(0.01)), 1);
  assert.equal(left(day(-1)), 1);
});

Deno.test("membershipOf() tells paused, ended and never bought apart", () => {
  assert.equal(membershipOf("none", [], NOW).kind, "none");
  assert.equal(membershipOf("none", [row({ status: "paused" })], NOW).kind, "paused");
  const ended = membershipOf("none", [row({ status: "canceled", currentPeriodEnd: day(-1) })], NOW);
  assert.deepEqual(ended, { kind: "ended", until: day(-1) });
});

Deno.test("membershipOf() believes the database where the rows say less", () => {
  assert.deepEqual(membershipOf("active", [], NOW), {
    kind: "ending",
    plan: null,
    from: null,
    until: null,
  });
  assert.equal(membershipOf("suspended", [], NOW).kind, "suspended");
});

Deno.test("mayBuy() lets those buy who have nothing that runs or can be rescued", () => {
  const allowed = ["none", "ended", "suspended"] as const;
  const barred = ["active", "ending", "grace", "paused"] as const;
  for (const kind of allowed) assert.equal(mayBuy({ kind }), true, kind);
  for (const kind of barred) assert.equal(mayBuy({ kind }), false, kind);
});
