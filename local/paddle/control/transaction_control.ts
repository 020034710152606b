import { Hono } from "hono";
import { createAdjustment, decideAdjustment } from "../acts/adjustments.ts";
import { payAtCheckout } from "../acts/checkout.ts";
import { createTransaction } from "../acts/transactions.ts";
import { invalidField } from "../paddle_error.ts";
import { momentsOf, type Simulation, transactionNote, transactionOf } from "../simulation.ts";
import { answer, readCommand } from "./command.ts";
import { Decision, Payment, Plain, Purchase, Refund } from "./schemas.ts";

/** What happens to a transaction: it is bought, paid, refunded, charged back. */
export function transactionControl(simulation: Simulation): Hono {
  const app = new Hono();

  app.post("/purchases", async (c) => {
    const wanted = await readCommand(c, Purchase);
    const moments = momentsOf(simulation, wanted.occurredAt);
    const { id } = createTransaction(simulation, {
      lines: [{ priceId: wanted.priceId, quantity: 1 }],
      origin: "api",
      status: "draft",
      customerId: null,
      addressId: null,
      customData: wanted.customData,
      subscriptionId: null,
      billingPeriod: null,
      returnUrl: wanted.returnUrl,
      ...(wanted.country === undefined ? {} : { country: wanted.country }),
    }, moments);
    const outcome = payAtCheckout(simulation, id, {
      email: wanted.email,
      name: wanted.name ?? null,
      country: wanted.country ?? transactionNote(simulation, id).country,
      locale: wanted.locale,
      card: wanted.card,
    }, moments);
    return answer(c, outcome);
  });

  app.post("/transactions/:id/pay", async (c) => {
    const id = c.req.param("id");
    const payment = await readCommand(c, Payment);
    const { customerId } = transactionOf(simulation, id);
    const known = customerId === null ? undefined : simulation.state.customers[customerId];
    const outcome = payAtCheckout(simulation, id, {
      email: known?.email ?? payment.email ?? invalidField("email", "is required"),
      name: payment.name ?? known?.name ?? null,
      country: payment.country ?? transactionNote(simulation, id).country,
      locale: payment.locale,
      card: payment.card,
    }, momentsOf(simulation, payment.occurredAt));
    return answer(c, outcome);
  });

  app.post("/transactions/:id/refund", async (c) => {
    const transaction = transactionOf(simulation, c.req.param("id"));
    const refund = await readCommand(c, Refund);
    const moments = momentsOf(simulation, refund.occurredAt);
    const line = transaction.details.lineItems[0] ?? invalidField("amount", "nothing to refund");
    const adjustment = createAdjustment(simulation, {
      action: "refund",
      transactionId: transaction.id,
      reason: refund.reason,
      items: refund.amount === undefined ? null : [{ itemId: line.id, amount: refund.amount }],
    }, moments);
    if (refund.decision === "pending") return answer(c, adjustment);
    return answer(c, decideAdjustment(simulation, adjustment.id, refund.decision, moments));
  });

  app.post("/transactions/:id/chargeback", async (c) => {
    const { occurredAt } = await readCommand(c, Plain);
    const adjustment = createAdjustment(simulation, {
      action: "chargeback",
      transactionId: c.req.param("id"),
      reason: "chargeback",
      items: null,
    }, momentsOf(simulation, occurredAt));
    return answer(c, adjustment);
  });

  app.post("/adjustments/:id/decide", async (c) => {
    const { status, occurredAt } = await readCommand(c, Decision);
    const moments = momentsOf(simulation, occurredAt);
    return answer(c, decideAdjustment(simulation, c.req.param("id"), status, moments));
  });
  return app;
}
