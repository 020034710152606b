import { Hono } from "hono";
import type { Simulation } from "../simulation.ts";
import { type ApiEnv, paged, single, wanted } from "./respond.ts";

/** Every type of event that the simulator tells of, with the fields Paddle gives for a type. */
const eventTypes = [
  "address.created",
  "adjustment.created",
  "adjustment.updated",
  "customer.created",
  "customer.updated",
  "payment_method.deleted",
  "payment_method.saved",
  "subscription.activated",
  "subscription.canceled",
  "subscription.created",
  "subscription.past_due",
  "subscription.paused",
  "subscription.resumed",
  "subscription.updated",
  "transaction.billed",
  "transaction.canceled",
  "transaction.completed",
  "transaction.created",
  "transaction.paid",
  "transaction.past_due",
  "transaction.payment_failed",
  "transaction.ready",
  "transaction.updated",
].map((name) => ({
  name,
  description: `Occurs on ${name}.`,
  group: name.split(".")[0],
  availableVersions: [1],
}));

/** `GET /events`, oldest first as Paddle lists them, and `GET /event-types`. */
export function eventRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get("/events", (c) => {
    const types = wanted(c, "event_type");
    const events = simulation.state.events.filter((event) =>
      types?.includes(event.eventType) ?? true
    );
    return paged(c, events, ({ eventId }) => eventId, false, (event) => ({
      eventId: event.eventId,
      eventType: event.eventType,
      occurredAt: event.occurredAt,
      data: event.data,
    }));
  });
  app.get("/event-types", (c) => single(c, eventTypes));
  return app;
}
