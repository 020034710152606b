import { Hono } from "hono";
import { apiPaths, paddleApi } from "./api/api.ts";
import { controlRoutes } from "./control/control_routes.ts";
import { Delivery, type WebhookSettings } from "./delivery.ts";
import { buildCatalogue } from "./entities/catalogue.ts";
import { PaddleIds } from "./ids.ts";
import { defaultRetrySchedule, type PaddleOptions } from "./options.ts";
import { checkoutRoutes } from "./pages/checkout_routes.tsx";
import { consoleRoutes } from "./pages/console_routes.tsx";
import { pageHeaders } from "./pages/headers.ts";
import { portalRoutes } from "./pages/portal_routes.tsx";
import type { Simulation } from "./simulation.ts";
import { StateFile } from "./state.ts";

/** A simulator without a port: hand requests to `fetch`. */
export interface PaddleSimulator {
  fetch(request: Request): Promise<Response>;
  /** Its insides, for tests. */
  simulation: Simulation;
  /** Where events go; change it to pause or to redirect them. */
  webhook: WebhookSettings;
  /** Resolves when nothing is on its way to the webhook or waits for a retry. */
  settled(): Promise<void>;
  /** Ends deliveries and writes the state. */
  stop(): Promise<void>;
}

/**
 * Builds the stand-in of Paddle Billing: its API, its checkout, its webhooks, a console for whoever
 * operates it under `/` and the same as JSON under `/sim`.
 *
 * @param options Keys, addresses, plans.
 * @returns The simulator; deliveries that an earlier run left are taken up at once.
 */
export async function createPaddle(options: PaddleOptions): Promise<PaddleSimulator> {
  const file = await StateFile.open(options.statePath ?? null);
  const { state } = file;
  const clock = options.clock ?? (() => new Date());
  const webhook: WebhookSettings = {
    url: options.webhookUrl,
    secrets: options.webhookSecret.split(",").map((secret) => secret.trim()),
    paused: false,
    order: "sequential",
  };
  const delivery = new Delivery({
    settings: webhook,
    eventOf: (notification) =>
      state.events.findLast(({ eventId }) => eventId === notification.eventId),
    retrySchedule: options.retrySchedule ?? defaultRetrySchedule,
    timeoutMs: options.timeoutMs ?? 5_000,
    now: Date.now,
    fetch: options.fetch ?? fetch,
    changed: () => file.touch(),
    // What is lost of a delivery's outcome is delivered again, so writing at the end is enough.
    // A write that fails leaves the state marked as changed, and the next call reports it.
    idle: () => void file.saved().catch(() => {}),
  });
  const simulation: Simulation = {
    state,
    catalogue: buildCatalogue(options.catalogue),
    ids: new PaddleIds(Date.now),
    delivery,
    clock,
    siteUrl: options.siteUrl,
    publicUrl: options.publicUrl,
  };
  delivery.resume(state.notifications);

  const app = new Hono();
  const api = paddleApi(simulation, options.apiKey, file);
  for (const path of apiPaths) {
    app.all(`/${path}`, (c) => api.fetch(c.req.raw));
    app.all(`/${path}/*`, (c) => api.fetch(c.req.raw));
  }
  app.route("/sim", controlRoutes({ simulation, webhook, file }));
  app.use(pageHeaders());
  app.route("/", checkoutRoutes(simulation, file));
  app.route("/", portalRoutes(simulation, file));
  app.route("/", consoleRoutes({ simulation, webhook, clientToken: options.clientToken ?? null }));
  // Whoever brings a key means the API, also where it has nothing.
  app.notFound((c) =>
    c.req.header("authorization") === undefined
      ? c.text("There is no such page.", 404)
      : api.fetch(c.req.raw)
  );

  return {
    fetch: async (request) => await app.fetch(request),
    simulation,
    webhook,
    settled: () => delivery.settled(),
    async stop() {
      await delivery.stop();
      file.touch();
      await file.saved();
    },
  };
}
