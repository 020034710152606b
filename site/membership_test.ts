import assert from "node:assert/strict";
import { mayBuy, membershipOf, type SubscriptionRow } from "./membership.ts";
import { ACTS, allows } from "./membership_acts.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const day = (offset: number) => new Date(NOW + offset * 86_400_000);

function row(facts: Partial<SubscriptionRow>): SubscriptionRow {
  return {
    id: "s-1",
    providerSubscriptionId: "sub_01abc",
    status: "active",
    startedAt: day(-30),
    planName: "Asistenca",
    priceCents: 2000,
    currency: "EUR",
    currentPeriodStart: day(-30),
    currentPeriodEnd: day(335),
    cancelAtPeriodEnd: false,
    canceledAt: null,
    pastDueAt: null,
    gracePeriodEndsAt: null,
    accessRevokedAt: null,
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

Deno.test("membershipOf() tells one that was paid by hand, and nothing is done about it", () => {
  const cash = row({ providerSubscriptionId: "cash_1", cancelAtPeriodEnd: true });
  assert.deepEqual(membershipOf("active", [cash], NOW), {
    kind: "ending",
    plan: "Asistenca",
    from: cash.currentPeriodStart,
    until: cash.currentPeriodEnd,
    byHand: true,
  });
  assert.deepEqual(ACTS.map((act) => allows(cash, act)), [false, false, false]);
  const over = membershipOf("none", [row({ ...cash, status: "expired" })], NOW);
  assert.ok(over.kind === "ended" && mayBuy(over), "and bought again when it is over");
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

Deno.test("membershipOf() names what is to be paid for, and what paying does not mend", () => {
  const late = row({ status: "past_due", pastDueAt: day(-20), gracePeriodEndsAt: day(-6) });
  const unpaid = membershipOf("suspended", [late], NOW);
  assert.deepEqual(unpaid, {
    kind: "suspended",
    plan: "Asistenca",
    since: day(-20),
    subscriptionId: "s-1",
    because: "unpaid",
  });
  const returned = membershipOf("suspended", [row({ accessRevokedAt: day(-2) })], NOW);
  assert.deepEqual(returned, {
    kind: "suspended",
    plan: "Asistenca",
    since: day(-2),
    subscriptionId: null,
    because: "returned",
  });
});

Deno.test("membershipOf() does not count a period whose money went back", () => {
  const rows = [row({ planName: "Returned", accessRevokedAt: day(-2) }), row({ planName: "Paid" })];
  const shown = membershipOf("active", rows, NOW);
  assert.equal("plan" in shown && shown.plan, "Paid");
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
    byHand: false,
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
