import { Hono } from "hono";
import { sameOrigin } from "../../inbox/same_origin.ts";
import { redeliver } from "../acts/replay.ts";
import type { WebhookSettings } from "../delivery.ts";
import { notFound, PaddleError } from "../paddle_error.ts";
import type { Simulation } from "../simulation.ts";
import { emptyState, type StateFile } from "../state.ts";
import { answer, answerProblem, readCommand } from "./command.ts";
import { Redelivery, WebhookChange } from "./schemas.ts";
import { subscriptionControl } from "./subscription_control.ts";
import { transactionControl } from "./transaction_control.ts";

/** What the control API acts on. */
export interface ControlParts {
  simulation: Simulation;
  webhook: WebhookSettings;
  file: StateFile;
}

/**
 * What the world does to a shop, as JSON for tests and as forms for the console: buyers pay, cards
 * fail at renewal, banks charge back, webhooks go astray. Not part of Paddle's API.
 *
 * @param parts What it acts on.
 * @returns An app to mount under `/sim`.
 */
export function controlRoutes(parts: ControlParts): Hono {
  const { simulation, webhook, file } = parts;
  const { state, delivery } = simulation;
  const app = new Hono();

  app.use(sameOrigin());
  app.use(async (c, next) => {
    await next();
    if (c.req.method !== "GET") {
      file.touch();
      await file.saved();
    }
  });

  app.route("/subscriptions", subscriptionControl(simulation));
  app.route("/", transactionControl(simulation));

  app.get("/events", (c) =>
    answer(
      c,
      state.events.map((event) => ({
        ...event,
        deliveries: state.notifications.filter((one) => one.eventId === event.eventId),
      })),
    ));
  app.post("/events/:id/redeliver", async (c) => {
    const { times } = await readCommand(c, Redelivery);
    const id = c.req.param("id");
    const notifications = Array.from({ length: times }, () => redeliver(simulation, id));
    return answer(c, notifications);
  });

  app.get("/webhook", (c) => answer(c, { ...webhook, secrets: webhook.secrets.length }));
  app.post("/webhook", async (c) => {
    const change = await readCommand(c, WebhookChange);
    if (change.url !== undefined) webhook.url = change.url;
    if (change.secret !== undefined) webhook.secrets = change.secret.split(",");
    if (change.order !== undefined) webhook.order = change.order;
    if (change.paused !== undefined && change.paused !== webhook.paused) {
      webhook.paused = change.paused;
      // What waits for a retry is sent with the rest when the pause is over.
      if (webhook.paused) delivery.drop();
      else delivery.resume(state.notifications);
    }
    return answer(c, { ...webhook, secrets: webhook.secrets.length });
  });
  app.get("/settled", async (c) => {
    const timeoutMs = Number(c.req.query("timeout_ms") ?? 10_000);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([delivery.settled(), promise]);
    clearTimeout(timer);
    return answer(c, { settled: delivery.idle });
  });
  app.delete("/state", (c) => {
    delivery.drop();
    Object.assign(state, emptyState());
    return c.body(null, 204);
  });

  app.all("*", (c) => notFound("endpoint", `${c.req.method} ${c.req.path}`));
  app.onError((error, c) => {
    if (error instanceof PaddleError) return answerProblem(c, error);
    return answerProblem(c, new PaddleError("internal_error", error.message, 500));
  });
  return app;
}
