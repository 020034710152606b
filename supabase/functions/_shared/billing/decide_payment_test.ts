import assert from "node:assert/strict";
import { type Instant, parseInstant } from "@core/platform/instant.ts";
import { decidePayment } from "./decide_payment.ts";
import type { PaddleEvent, TransactionEntity } from "./paddle_events.ts";

const T1 = parseInstant("2026-03-01T12:00:00Z") as Instant;
const event: PaddleEvent = {
  eventId: "evt_1",
  eventType: "transaction.completed",
  occurredAt: T1,
  subjectId: "txn_1",
  customerId: "ctm_1",
  data: {},
};
const entity: TransactionEntity = {
  id: "txn_1",
  status: "completed",
  origin: "web",
  customerId: "ctm_1",
  subscriptionId: "sub_1",
  customData: { userId: null, tenantId: null, refCode: null },
  invoiceNumber: "325-10566",
  billedAt: null,
  billingPeriod: null,
  currency: "EUR",
  subtotal: 3500,
  discount: 500,
  tax: 540,
  total: 3540,
  credit: 0,
  priceIds: ["pri_1"],
};

Deno.test("decidePayment() posts what the member was charged, part by part", () => {
  assert.deepEqual(decidePayment(event, entity, false), {
    outcome: "apply",
    invoice: {
      providerTransactionId: "txn_1",
      providerSubscriptionId: "sub_1",
      origin: "web",
      eventId: "evt_1",
      number: "325-10566",
      status: "paid",
      amountCents: 3540,
      subtotalCents: 3500,
      discountCents: 500,
      taxCents: 540,
      currency: "EUR",
      billedAt: T1,
      periodStart: null,
      periodEnd: null,
    },
  });
});

Deno.test("decidePayment() leaves an invoice alone that is posted already", () => {
  assert.equal(decidePayment(event, entity, true).outcome, "ignored");
});

Deno.test("decidePayment() posts nothing where nothing was charged", () => {
  for (const total of [0, -1500]) {
    assert.deepEqual(decidePayment(event, { ...entity, total }, false), {
      outcome: "ignored",
      reason: "nothing was charged",
    });
  }
});
