import { Hono } from "hono";
import { PaddleError } from "../paddle_error.ts";
import type { Simulation } from "../simulation.ts";
import type { StateFile } from "../state.ts";
import { adjustmentRoutes } from "./adjustment_routes.ts";
import { catalogueRoutes } from "./catalogue_routes.ts";
import { customerRoutes } from "./customer_routes.ts";
import { eventRoutes } from "./event_routes.ts";
import { notificationRoutes } from "./notification_routes.ts";
import type { ApiEnv } from "./respond.ts";
import { subscriptionRoutes } from "./subscription_routes.ts";
import { transactionRoutes } from "./transaction_routes.ts";

/** First segments of the paths that belong to the API. */
export const apiPaths = [
  "products",
  "prices",
  "customers",
  "transactions",
  "subscriptions",
  "adjustments",
  "events",
  "event-types",
  "notifications",
];

/**
 * The subset of Paddle's API that the project uses (developer.paddle.com/api-reference).
 *
 * @param simulation What it acts on.
 * @param apiKey The bearer that every call must carry.
 * @param file Written before a change is answered.
 */
export function paddleApi(
  simulation: Simulation,
  apiKey: string,
  file: StateFile,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    checkKey(c.req.header("authorization"), apiKey);
    await next();
    const makesTransaction = c.req.path.endsWith("/update-payment-method-transaction");
    if (c.req.method === "GET" && !makesTransaction) return;
    file.touch();
    await file.saved();
  });
  app.route("/", catalogueRoutes(simulation));
  app.route("/customers", customerRoutes(simulation));
  app.route("/transactions", transactionRoutes(simulation));
  app.route("/subscriptions", subscriptionRoutes(simulation));
  app.route("/adjustments", adjustmentRoutes(simulation));
  app.route("/", eventRoutes(simulation));
  app.route("/notifications", notificationRoutes(simulation));
  app.notFound((c) =>
    new PaddleError("invalid_url", `${c.req.method} ${c.req.path} is not simulated.`, 404)
      .toResponse(crypto.randomUUID())
  );
  app.onError((error, c) => {
    const requestId = c.get("requestId") ?? crypto.randomUUID();
    if (error instanceof PaddleError) return error.toResponse(requestId);
    return new PaddleError("internal_error", error.message, 500).toResponse(requestId);
  });
  return app;
}

function checkKey(header: string | undefined, apiKey: string): void {
  if (header === undefined || header === "") {
    throw new PaddleError("authentication_missing", "Authentication header missing.", 403);
  }
  const key = /^bearer\s+(\S+)$/i.exec(header)?.[1];
  if (key === undefined) {
    throw new PaddleError(
      "authentication_malformed",
      "Authentication header included, but incorrectly formatted.",
      403,
    );
  }
  if (key !== apiKey) {
    throw new PaddleError("invalid_token", "Authentication token is invalid.", 403);
  }
}
