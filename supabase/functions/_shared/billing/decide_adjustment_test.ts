import assert from "node:assert/strict";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { decideAccessRevoked, type PaidPeriod } from "./decide_access.ts";
import { decideAdjustment, type MovementType } from "./decide_adjustment.ts";
import {
  type CommissionRow,
  decideClawback,
  type Moved,
  type StoredCommission,
} from "./decide_clawback.ts";
import { shareOf } from "./decide_commission.ts";
import { ADJUSTMENT_ACTIONS, type AdjustmentEntity } from "./paddle_entities.ts";
import type { PaddleEvent } from "./paddle_events.ts";
import { permutations, seeded } from "../../../../tests/support/orders.ts";

const at = (text: string) => parseInstant(text) as Instant;
const T1 = at("2026-03-02T08:00:00Z");
const T2 = at("2026-03-03T08:00:00Z");
const event: PaddleEvent = {
  eventId: "evt_1",
  eventType: "adjustment.updated",
  occurredAt: T2,
  subjectId: "sub_1",
  customerId: "ctm_1",
  data: {},
};
const entity = (over: Partial<AdjustmentEntity> = {}): AdjustmentEntity => ({
  id: "adj_1",
  transactionId: "txn_1",
  subscriptionId: "sub_1",
  customerId: "ctm_1",
  action: "refund",
  status: "approved",
  currency: "EUR",
  tax: 360,
  total: 2360,
  createdAt: T1,
  ...over,
});

Deno.test("decideAdjustment() enters money with the sign of its direction, at its own time", () => {
  const expected: Record<string, [MovementType, number, number]> = {
    "refund": ["refund", -2360, -360],
    "credit": ["credit", -2360, -360],
    "credit_reverse": ["credit_reversed", 2360, 360],
    "chargeback": ["chargeback", -2360, -360],
    "chargeback_reverse": ["chargeback_reversed", 2360, 360],
  };
  for (const action of ADJUSTMENT_ACTIONS) {
    const decision = decideAdjustment(event, entity({ action }));
    const wanted = expected[action];
    if (wanted === undefined) {
      assert.equal(decision.outcome, "ignored", action);
      continue;
    }
    assert.ok(decision.outcome === "apply", action);
    const { entryType, amountCents, taxCents, occurredAt } = decision.movement;
    assert.deepEqual([entryType, amountCents, taxCents], wanted);
    assert.equal(occurredAt, T1);
  }
});

Deno.test("decideAdjustment() waits for Paddle's decision and ends with a rejection", () => {
  for (const status of ["pending_approval", "rejected"] as const) {
    assert.equal(decideAdjustment(event, entity({ status })).outcome, "ignored");
  }
  // A chargeback that the bank took back had been approved; its way back is another adjustment.
  const reversed = decideAdjustment(event, entity({ action: "chargeback", status: "reversed" }));
  assert.equal(reversed.outcome, "apply");
});

Deno.test("decideAdjustment() has no negative nought", () => {
  const decision = decideAdjustment(event, entity({ tax: 0 }));
  assert.ok(decision.outcome === "apply");
  assert.ok(Object.is(decision.movement.taxCents, 0));
});

const POSTED: Moved = { entryType: "invoice.posted", amountCents: 2360, taxCents: 360 };
const moved = (entryType: MovementType, net: number): Moved => ({
  entryType,
  amountCents: net,
  taxCents: 0,
});
const commission = (over: Partial<StoredCommission> = {}): StoredCommission => ({
  id: "c",
  status: "pending",
  amountCents: 400,
  ratePercent: 20,
  baseCents: 2000,
  clawbacks: [],
  ...over,
});

Deno.test("decideClawback() voids what was not paid out when all was refunded", () => {
  for (const status of ["pending", "approved"] as const) {
    assert.deepEqual(
      decideClawback(commission({ status }), [POSTED, moved("refund", -2000)]),
      { voided: ["c"], clawbackCents: 0, owedCents: 0 },
    );
  }
});

Deno.test("decideClawback() takes back by a row what was paid out, in part, or by the bank", () => {
  const clawback = (over: Partial<StoredCommission>, ...movements: Moved[]) =>
    decideClawback(commission(over), [POSTED, ...movements]);
  assert.equal(clawback({ status: "paid" }, moved("refund", -2000)).clawbackCents, -400);
  assert.equal(clawback({}, moved("refund", -500)).clawbackCents, -100);
  assert.equal(clawback({}, moved("chargeback", -2000)).clawbackCents, -400);
  assert.deepEqual(clawback({}, moved("credit", -2000)), {
    voided: [],
    clawbackCents: 0,
    owedCents: 0,
  });
  assert.deepEqual(clawback({ status: "void" }, moved("refund", -2000)).voided, []);
});

Deno.test("decideClawback() gives again what the bank gives back", () => {
  const taken: CommissionRow = { id: "r", status: "pending", amountCents: -400 };
  const movements = [POSTED, moved("chargeback", -2000), moved("chargeback_reversed", 2000)];
  assert.deepEqual(decideClawback(commission({ clawbacks: [taken] }), movements), {
    voided: ["r"],
    clawbackCents: 0,
    owedCents: 0,
  });
  const paidOut = commission({ status: "paid", clawbacks: [{ ...taken, status: "paid" }] });
  assert.deepEqual(decideClawback(paidOut, movements), {
    voided: [],
    clawbackCents: 0,
    owedCents: 400,
  });
});

/** Applies movements one by one as the store would, and adds up what is not void. */
function earned(start: StoredCommission, movements: readonly Moved[]): number {
  let row = start;
  const seen: Moved[] = [POSTED];
  movements.forEach((movement, place) => {
    seen.push(movement);
    const { voided, clawbackCents, owedCents } = decideClawback(row, seen);
    assert.equal(owedCents, 0);
    const rest = row.clawbacks.map((one) =>
      voided.includes(one.id) ? { ...one, status: "void" as const } : one
    );
    const added: CommissionRow[] = clawbackCents === 0
      ? []
      : [{ id: `r${place}`, status: "pending", amountCents: clawbackCents }];
    row = {
      ...row,
      status: voided.includes(row.id) ? "void" : row.status,
      clawbacks: [...rest, ...added],
    };
  });
  return [row, ...row.clawbacks].filter((one) => one.status !== "void")
    .reduce((sum, one) => sum + one.amountCents, 0);
}

Deno.test("decideClawback() ends at the agent's share of what is left, in any order", () => {
  const next = seeded(7);
  for (let round = 0; round < 200; round++) {
    const refunds = Array.from({ length: 1 + next(3) }, () => moved("refund", -(1 + next(600))));
    const disputed = next(2) === 0 ? 0 : 1 + next(1500);
    const bank = disputed === 0 ? [] : [moved("chargeback", -disputed)];
    const won = disputed > 0 && next(2) === 0 ? [moved("chargeback_reversed", disputed)] : [];
    const movements = [...refunds, ...bank, ...won];
    const gone = movements.reduce((sum, one) => sum - one.amountCents, 0);
    const status = (["pending", "approved", "paid"] as const)[next(3)] ?? "pending";
    const left = Math.max(0, 2000 - gone);
    for (const order of permutations(movements)) {
      assert.equal(earned(commission({ status }), order), shareOf(left, 20));
    }
  }
});

const YEAR = {
  currentPeriodStart: at("2026-01-01T00:00:00Z"),
  currentPeriodEnd: at("2027-01-01T00:00:00Z"),
};
const paid = (over: Partial<PaidPeriod> = {}): PaidPeriod => ({
  transactionId: "txn_1",
  amountCents: 2360,
  periodStart: YEAR.currentPeriodStart,
  periodEnd: YEAR.currentPeriodEnd,
  movements: [],
  ...over,
});
const back = (entryType: MovementType, amountCents: number, occurredAt = T1) => ({
  entryType,
  amountCents,
  occurredAt,
});

Deno.test("decideAccessRevoked() ends access when all of the period's money was refunded", () => {
  const revoked = (...payments: PaidPeriod[]) => decideAccessRevoked(YEAR, payments);
  assert.equal(revoked(), null);
  assert.equal(revoked(paid()), null);
  assert.equal(revoked(paid({ movements: [back("refund", -2359)] })), null);
  assert.equal(revoked(paid({ movements: [back("refund", -2360)] })), T1);
  assert.equal(
    revoked(paid({ movements: [back("refund", -1000, T2), back("refund", -1360)] })),
    T2,
  );
  assert.equal(revoked(paid({ movements: [back("credit", -2360)] })), null);
  // The difference of an upgrade was refunded, the plan before it was not.
  assert.equal(
    revoked(paid(), paid({ amountCents: 500, movements: [back("refund", -500)] })),
    null,
  );
});

Deno.test("decideAccessRevoked() ends access by any chargeback that stands, for this period only", () => {
  const movements = [back("chargeback", -2360)];
  assert.equal(decideAccessRevoked(YEAR, [paid({ movements })]), T1);
  const won = [...movements, back("chargeback_reversed", 2360, T2)];
  assert.equal(decideAccessRevoked(YEAR, [paid({ movements: won })]), null);
  const before = { periodStart: at("2025-01-01T00:00:00Z"), periodEnd: YEAR.currentPeriodStart };
  assert.equal(decideAccessRevoked(YEAR, [paid({ movements, ...before }), paid()]), null);
});
