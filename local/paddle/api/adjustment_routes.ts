import { Hono } from "hono";
import { z } from "zod";
import { createAdjustment, decideAdjustment } from "../acts/adjustments.ts";
import { invalidField } from "../paddle_error.ts";
import { momentsOf, type Simulation } from "../simulation.ts";
import { type ApiEnv, paged, readBody, single, wanted } from "./respond.ts";

const AdjustmentBody = z.object({
  action: z.enum(["refund", "credit"]),
  transactionId: z.string(),
  reason: z.string().min(1),
  type: z.enum(["full", "partial"]).default("partial"),
  items: z.array(z.object({
    itemId: z.string(),
    type: z.enum(["full", "partial"]),
    amount: z.string().regex(/^[1-9][0-9]*$/).nullish(),
  })).min(1).optional(),
});

/**
 * Adjustments: ask for a refund, read them. Paddle's sandbox approves refunds by itself after a
 * while; here that happens at once.
 */
export function adjustmentRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.post("/", async (c) => {
    const body = await readBody(c, AdjustmentBody);
    if (body.type === "partial" && body.items === undefined) {
      invalidField("items", "is required for a partial adjustment");
    }
    const moments = momentsOf(simulation);
    const adjustment = createAdjustment(simulation, {
      action: body.action,
      transactionId: body.transactionId,
      reason: body.reason,
      items: body.type === "full" ? null : body.items?.map((item) => ({
        itemId: item.itemId,
        amount: item.type === "full" ? null : Number(item.amount ?? 0),
      })) ?? null,
    }, moments);
    if (adjustment.status === "pending_approval") {
      decideAdjustment(simulation, adjustment.id, "approved", moments);
    }
    return single(c, adjustment, 201);
  });
  app.get("/", (c) => {
    const [ids, transactionIds, subscriptionIds] = [
      wanted(c, "id"),
      wanted(c, "transaction_id"),
      wanted(c, "subscription_id"),
    ];
    const adjustments = Object.values(simulation.state.adjustments).filter((one) =>
      (ids?.includes(one.id) ?? true) &&
      (transactionIds?.includes(one.transactionId) ?? true) &&
      (subscriptionIds?.includes(one.subscriptionId ?? "") ?? true)
    );
    return paged(c, adjustments, ({ id }) => id, true);
  });
  return app;
}
