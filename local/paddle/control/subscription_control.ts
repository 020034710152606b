import { type Context, Hono } from "hono";
import type { z } from "zod";
import { cancel, pause, resume, withdrawScheduledChange } from "../acts/cancellation.ts";
import { changePlan } from "../acts/plan_change.ts";
import { recover, renew } from "../acts/renewal.ts";
import type { Moments } from "../moments.ts";
import { momentsOf, type Simulation } from "../simulation.ts";
import { answer, readCommand } from "./command.ts";
import { Cancellation, Charge, Pause, Plain, PlanChange } from "./schemas.ts";

/** What happens to a subscription: `POST /sim/subscriptions/:id/<act>`. */
export function subscriptionControl(simulation: Simulation): Hono {
  const app = new Hono();

  on("renew", Charge, (id, { outcome }, moments) => renew(simulation, id, outcome, moments));
  on("recover", Charge, (id, { outcome }, moments) => recover(simulation, id, outcome, moments));
  on("resume", Charge, (id, { outcome }, moments) => resume(simulation, id, outcome, moments));
  on("withdraw", Plain, (id, _, moments) => withdrawScheduledChange(simulation, id, moments));
  on(
    "cancel",
    Cancellation,
    (id, { effectiveFrom }, moments) => cancel(simulation, id, effectiveFrom, moments),
  );
  on(
    "pause",
    Pause,
    (id, { effectiveFrom, resumeAt }, moments) =>
      pause(simulation, id, effectiveFrom, resumeAt, moments),
  );
  on(
    "plan",
    PlanChange,
    (id, { priceId, quantity, prorationBillingMode }, moments) =>
      changePlan(simulation, id, [{ priceId, quantity }], prorationBillingMode, moments),
  );

  function on<T extends { occurredAt?: Date | undefined }>(
    act: string,
    schema: z.ZodType<T>,
    work: (id: string, command: T, moments: Moments) => unknown,
  ): void {
    app.post(`/:id/${act}`, async (c: Context) => {
      const command = await readCommand(c, schema);
      const moments = momentsOf(simulation, command.occurredAt);
      return answer(c, work(c.req.param("id") ?? "", command, moments));
    });
  }
  return app;
}
