import assert from "node:assert/strict";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { commissionType, decideCommission, type Referral, shareOf } from "./decide_commission.ts";
import type { TransactionEntity } from "./paddle_events.ts";

const START = parseInstant("2026-03-01T12:00:00Z") as Instant;
const member = { userId: "ana", tenantId: "ks" };
const agent: Referral = { agentOfCode: null, agentOfMember: "agim" };

const payment = (over: Partial<TransactionEntity> = {}): TransactionEntity => ({
  id: "txn_1",
  status: "completed",
  origin: "api",
  customerId: "ctm_1",
  subscriptionId: "sub_1",
  customData: { userId: "ana", tenantId: "ks", refCode: null },
  invoiceNumber: null,
  billedAt: null,
  billingPeriod: { startsAt: START, endsAt: START },
  currency: "EUR",
  subtotal: 2000,
  discount: 0,
  tax: 360,
  total: 2360,
  credit: 0,
  priceIds: [],
  ...over,
});
const withCode = (refCode: string) =>
  payment({ customData: { userId: "ana", tenantId: "ks", refCode } });

Deno.test("decideCommission() gives a fifth of a new membership, without tax", () => {
  assert.deepEqual(decideCommission(payment(), member, agent, "standard"), {
    commission: {
      agentId: "agim",
      type: "new_membership",
      amountCents: 400,
      currency: "EUR",
      ratePercent: 20,
      baseCents: 2000,
      periodStart: START,
      sourceTransactionId: "txn_1",
    },
    unresolved: null,
  });
});

Deno.test("decideCommission() counts what was received: discount and old credit are not", () => {
  const amount = (over: Partial<TransactionEntity>) =>
    decideCommission(payment(over), member, agent, "standard").commission?.amountCents;
  assert.equal(amount({ discount: 500, tax: 270, total: 1770 }), 300);
  assert.equal(amount({ discount: 2000, tax: 0, total: 0 }), undefined);
  // Upgraded for 17.50, of which 10.00 had been paid with the old plan: 15 % of 7.50.
  const upgrade = { origin: "subscription_update", subtotal: 1750, tax: 0, total: 1750 };
  assert.equal(amount({ ...upgrade, credit: 1000 }), 113);
  // The same with 18 % tax inside of charge and credit.
  assert.equal(amount({ ...upgrade, subtotal: 1483, tax: 267, credit: 1000 }), shareOf(636, 15));
  assert.equal(amount({ ...upgrade, subtotal: -1000, total: -1000 }), undefined);
});

Deno.test("decideCommission() goes by what Paddle says the payment is", () => {
  const type = (origin: string | null, tier: string | null = "standard") =>
    commissionType({ origin }, tier);
  assert.equal(type("web"), "new_membership");
  assert.equal(type("api"), "new_membership");
  assert.equal(type(null), "new_membership");
  assert.equal(type("api", "business"), "b2b");
  assert.equal(type("subscription_recurring", "business"), "renewal");
  assert.equal(type("subscription_update", "business"), "upgrade");
  assert.equal(type("subscription_charge"), null);
  assert.equal(type("subscription_payment_method_change"), null);
  const b2b = payment({ subtotal: 9500, total: 9500, tax: 0 });
  assert.equal(decideCommission(b2b, member, agent, "business").commission?.amountCents, 2375);
});

Deno.test("shareOf() rounds half a cent up", () => {
  assert.equal(shareOf(2, 25), 1);
  assert.equal(shareOf(1, 25), 0);
  assert.equal(shareOf(1695, 10), 170);
  assert.equal(shareOf(1694, 10), 169);
  assert.equal(shareOf(3, 50), 2);
  for (let cents = 0; cents < 3_000; cents++) {
    for (const percent of [10, 15, 20, 25]) {
      const exact = BigInt(cents) * BigInt(percent);
      assert.equal(BigInt(shareOf(cents, percent)), (exact + 50n) / 100n);
    }
  }
});

Deno.test("decideCommission() takes the code's agent before the member's own", () => {
  const both = { agentOfCode: "besa", agentOfMember: "agim" };
  const { commission, unresolved } = decideCommission(withCode("BESA1"), member, both, null);
  assert.deepEqual([commission?.agentId, unresolved], ["besa", null]);
});

Deno.test("decideCommission() tells of a code that leads nowhere, and pays the member's agent", () => {
  const lost = decideCommission(withCode("NOBODY"), member, agent, null);
  assert.equal(lost.commission?.agentId, "agim");
  assert.match(lost.unresolved ?? "", /no active agent/);
  const nobody = decideCommission(
    withCode("NOBODY"),
    member,
    { agentOfCode: null, agentOfMember: null },
    null,
  );
  assert.equal(nobody.commission, null);
  assert.match(nobody.unresolved ?? "", /no active agent/);
});

Deno.test("decideCommission() lets nobody earn on themselves", () => {
  const own = { agentOfCode: "ana", agentOfMember: "ana" };
  const { commission, unresolved } = decideCommission(withCode("ANA1"), member, own, null);
  assert.equal(commission, null);
  assert.match(unresolved ?? "", /own/);
});

Deno.test("decideCommission() gives none for a renewal whose period is not known", () => {
  const renewal = payment({ origin: "subscription_recurring" });
  assert.equal(decideCommission(renewal, member, agent, null).commission?.amountCents, 200);
  for (const over of [{ billingPeriod: null }, { subscriptionId: null }]) {
    assert.equal(decideCommission({ ...renewal, ...over }, member, agent, null).commission, null);
  }
});
