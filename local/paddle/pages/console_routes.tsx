import { type Context, Hono } from "hono";
import type { ComponentChild } from "preact";
import type { WebhookSettings } from "../delivery.ts";
import type { Simulation } from "../simulation.ts";
import { EventPage } from "./event_page.tsx";
import { renderPage } from "./layout.tsx";
import { OverviewPage } from "./overview_page.tsx";
import { SubscriptionPage } from "./subscription_page.tsx";
import { TransactionPage } from "./transaction_page.tsx";

const css = await Deno.readTextFile(new URL("./paddle.css", import.meta.url));

/** What the console shows. */
export interface ConsoleParts {
  simulation: Simulation;
  webhook: WebhookSettings;
  clientToken: string | null;
}

/** The operator's view at `/`, and the style sheet of all pages. */
export function consoleRoutes(parts: ConsoleParts): Hono {
  const { simulation } = parts;
  const { state } = simulation;
  const app = new Hono();

  app.get("/paddle.css", (c) => {
    c.header("content-type", "text/css; charset=utf-8");
    c.header("cache-control", "max-age=60");
    return c.body(css);
  });
  app.get("/", (c) => show(c, "Paddle simulator", <OverviewPage {...parts} />));
  app.get("/console/subscriptions/:id", (c) => {
    const subscription = state.subscriptions[c.req.param("id")];
    return subscription === undefined ? missing(c) : show(
      c,
      "Subscription",
      <SubscriptionPage simulation={simulation} subscription={subscription} />,
    );
  });
  app.get("/console/transactions/:id", (c) => {
    const transaction = state.transactions[c.req.param("id")];
    return transaction === undefined ? missing(c) : show(
      c,
      "Transaction",
      <TransactionPage simulation={simulation} transaction={transaction} />,
    );
  });
  app.get("/console/events/:id", (c) => {
    const event = state.events.find(({ eventId }) => eventId === c.req.param("id"));
    return event === undefined
      ? missing(c)
      : show(c, event.eventType, <EventPage simulation={simulation} event={event} />);
  });
  app.notFound(missing);
  return app;
}

function missing(c: Context): Response {
  return show(c, "Not found", <p class="card">There is no such page.</p>, 404);
}

function show(
  c: Context,
  title: string,
  children: ComponentChild,
  status: 200 | 404 = 200,
): Response {
  const isHome = c.req.path === "/";
  const problem = c.req.query("problem");
  return c.html(
    renderPage({
      title: isHome ? title : `${title} · Paddle simulator`,
      lang: "en",
      kind: "console",
      children: (
        <>
          <header class="bar">
            <h1>
              <a href="/">Paddle simulator</a>
            </h1>
            <p>Stands in for Paddle Billing on this machine. No money moves.</p>
          </header>
          <main>
            {!isHome && (
              <p>
                <a href="/">‹ Overview</a>
              </p>
            )}
            {problem !== undefined && <p class="notice notice-bad" role="alert">{problem}</p>}
            {c.req.query("done") !== undefined && (
              <p class="notice notice-good" role="status">Done.</p>
            )}
            {children}
          </main>
        </>
      ),
    }),
    status,
  );
}
