import { Hono } from "hono";
import { z } from "zod";
import { cancel, pause, resume, withdrawScheduledChange } from "../acts/cancellation.ts";
import { paymentMethodTransaction } from "../acts/payment_method.ts";
import { changePlan, prorationModes } from "../acts/plan_change.ts";
import type { Subscription } from "../entities/subscription.ts";
import { managementLinks } from "../pages/links.ts";
import { invalidField } from "../paddle_error.ts";
import { momentsOf, putSubscription, type Simulation, subscriptionOf } from "../simulation.ts";
import { type ApiEnv, CustomDataSchema, paged, readBody, single, wanted } from "./respond.ts";

const EffectiveFromSchema = z.enum(["next_billing_period", "immediately"]);

const SubscriptionChanges = z.object({
  items: z.array(z.object({
    priceId: z.string(),
    quantity: z.number().int().min(1).default(1),
  })).min(1).optional(),
  prorationBillingMode: z.enum(prorationModes).optional(),
  onPaymentFailure: z.literal("prevent_change", {
    error: "only prevent_change is simulated",
  }).optional(),
  scheduledChange: z.null({ error: "can only be set to null" }).optional(),
  customData: CustomDataSchema.optional(),
}).strict();

/** Subscriptions: read, change, cancel, pause, resume. */
export function subscriptionRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get("/", (c) => {
    const [ids, customerIds, statuses, priceIds] = [
      wanted(c, "id"),
      wanted(c, "customer_id"),
      wanted(c, "status"),
      wanted(c, "price_id"),
    ];
    const subscriptions = Object.values(simulation.state.subscriptions).filter((one) =>
      (ids?.includes(one.id) ?? true) &&
      (customerIds?.includes(one.customerId) ?? true) &&
      (statuses?.includes(one.status) ?? true) &&
      (priceIds?.some((id) => one.items.some((item) => item.price.id === id)) ?? true)
    );
    return paged(
      c,
      subscriptions,
      ({ id }) => id,
      true,
      (one) => ({ ...one, managementUrls: null }),
    );
  });
  app.get("/:id", async (c) => {
    return single(c, await forApi(simulation, subscriptionOf(simulation, c.req.param("id"))));
  });
  app.patch("/:id", async (c) => {
    const id = c.req.param("id");
    const changes = await readBody(c, SubscriptionChanges);
    const moments = momentsOf(simulation);
    let subscription = subscriptionOf(simulation, id);
    if (changes.scheduledChange === null) {
      subscription = withdrawScheduledChange(simulation, id, moments);
    }
    if (changes.items !== undefined) {
      const mode = changes.prorationBillingMode ??
        invalidField("proration_billing_mode", "is required when items change");
      subscription = changePlan(simulation, id, changes.items, mode, moments);
    }
    if (changes.customData !== undefined) {
      subscription = putSubscription(
        simulation,
        { ...subscription, customData: changes.customData },
        moments,
        "updated",
      );
    }
    return single(c, await forApi(simulation, subscription));
  });
  app.post("/:id/cancel", async (c) => {
    const body = await readBody(c, z.object({ effectiveFrom: EffectiveFromSchema.nullish() }));
    const subscription = cancel(
      simulation,
      c.req.param("id"),
      body.effectiveFrom ?? "next_billing_period",
      momentsOf(simulation),
    );
    return single(c, await forApi(simulation, subscription));
  });
  app.post("/:id/pause", async (c) => {
    const body = await readBody(
      c,
      z.object({ effectiveFrom: EffectiveFromSchema.nullish(), resumeAt: z.string().nullish() }),
    );
    const subscription = pause(
      simulation,
      c.req.param("id"),
      body.effectiveFrom ?? "next_billing_period",
      body.resumeAt ?? null,
      momentsOf(simulation),
    );
    return single(c, await forApi(simulation, subscription));
  });
  app.post("/:id/resume", async (c) => {
    const body = await readBody(c, z.object({ effectiveFrom: z.string() }));
    if (body.effectiveFrom !== "immediately") {
      invalidField("effective_from", "only immediately is simulated");
    }
    const subscription = resume(simulation, c.req.param("id"), "card", momentsOf(simulation));
    return single(c, await forApi(simulation, subscription));
  });
  app.get("/:id/update-payment-method-transaction", (c) => {
    const moments = momentsOf(simulation);
    return single(c, paymentMethodTransaction(simulation, c.req.param("id"), moments));
  });
  return app;
}

/** What the API shows of a subscription, more than a webhook does. */
async function forApi(simulation: Simulation, subscription: Subscription) {
  return {
    ...subscription,
    managementUrls: await managementLinks(simulation, subscription.customerId, subscription.id),
  };
}
