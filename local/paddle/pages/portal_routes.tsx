import { type Context, Hono } from "hono";
import { cancel, withdrawScheduledChange } from "../acts/cancellation.ts";
import { paymentMethodTransaction } from "../acts/payment_method.ts";
import type { Customer } from "../entities/customer.ts";
import type { Subscription } from "../entities/subscription.ts";
import { momentsOf, type Simulation } from "../simulation.ts";
import type { StateFile } from "../state.ts";
import { InvoicePage } from "./invoice_page.tsx";
import { renderPage } from "./layout.tsx";
import { linkToken } from "./links.ts";
import { PortalPage } from "./portal_page.tsx";

/** The customer portal and printable invoices, behind links that only the API gives out. */
export function portalRoutes(simulation: Simulation, file: StateFile): Hono {
  const { state } = simulation;
  const app = new Hono();

  app.get("/portal/:customer", async (c) => {
    const customer = await customerBehind(c);
    if (customer === null) return refused(c);
    const token = c.req.query("token") ?? "";
    return c.html(renderPage({
      title: "Your subscriptions · Paddle (test)",
      lang: "en",
      kind: "portal",
      children: <PortalPage simulation={simulation} customer={customer} token={token} />,
    }));
  });
  app.post(
    "/portal/:customer/:subscription/cancel",
    (c) =>
      change(c, (one) => cancel(simulation, one.id, "next_billing_period", momentsOf(simulation))),
  );
  app.post(
    "/portal/:customer/:subscription/keep",
    (c) => change(c, (one) => withdrawScheduledChange(simulation, one.id, momentsOf(simulation))),
  );
  app.get("/portal/:customer/:subscription/update-payment-method", async (c) => {
    const subscription = await subscriptionBehind(c);
    if (subscription === null || subscription.status === "canceled") return refused(c);
    const transaction = paymentMethodTransaction(
      simulation,
      subscription.id,
      momentsOf(simulation),
    );
    file.touch();
    await file.saved();
    return c.redirect(`/checkout?_ptxn=${transaction.id}`, 303);
  });

  app.get("/invoices/:transaction", async (c) => {
    const transaction = state.transactions[c.req.param("transaction")];
    if (transaction === undefined || !await isGenuine(c, transaction.id)) return refused(c);
    return c.html(renderPage({
      title: `Invoice ${transaction.invoiceNumber} · Paddle (test)`,
      lang: "en",
      kind: "invoice",
      children: <InvoicePage simulation={simulation} transaction={transaction} />,
    }));
  });

  async function change(
    c: Context,
    work: (subscription: Subscription) => unknown,
  ): Promise<Response> {
    const subscription = await subscriptionBehind(c);
    if (subscription === null || subscription.status === "canceled") return refused(c);
    const isScheduled = subscription.scheduledChange !== null;
    // A form sent twice finds its work done.
    if (isScheduled === c.req.path.endsWith("/keep")) work(subscription);
    file.touch();
    await file.saved();
    const token = encodeURIComponent(c.req.query("token") ?? "");
    return c.redirect(`/portal/${subscription.customerId}?token=${token}`, 303);
  }

  async function customerBehind(c: Context): Promise<Customer | null> {
    const customer = state.customers[c.req.param("customer") ?? ""];
    return customer !== undefined && await isGenuine(c, customer.id) ? customer : null;
  }

  async function subscriptionBehind(c: Context): Promise<Subscription | null> {
    const customer = await customerBehind(c);
    const subscription = state.subscriptions[c.req.param("subscription") ?? ""];
    return subscription?.customerId === customer?.id ? subscription ?? null : null;
  }

  async function isGenuine(c: Context, id: string): Promise<boolean> {
    return c.req.query("token") === await linkToken(simulation, id);
  }
  return app;
}

function refused(c: Context): Response {
  return c.html(
    renderPage({
      title: "Link not valid",
      lang: "en",
      kind: "portal",
      children: (
        <main class="checkout-single card">
          <h1>This link is not valid</h1>
          <p>Open the page again from the shop.</p>
        </main>
      ),
    }),
    404,
  );
}
