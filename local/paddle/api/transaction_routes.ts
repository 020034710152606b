import { Hono } from "hono";
import { z } from "zod";
import { createTransaction } from "../acts/transactions.ts";
import type { Transaction } from "../entities/transaction.ts";
import { invoiceLink } from "../pages/links.ts";
import { invalidField, PaddleError } from "../paddle_error.ts";
import { momentsOf, type Simulation, transactionOf } from "../simulation.ts";
import { type ApiEnv, CustomDataSchema, paged, readBody, single, wanted } from "./respond.ts";

const TransactionBody = z.object({
  items: z.array(z.object({
    priceId: z.string({ error: "only catalogue prices are simulated" }),
    quantity: z.number().int().min(1).default(1),
  })).min(1).max(100),
  customerId: z.string().nullish(),
  addressId: z.string().nullish(),
  customData: CustomDataSchema.optional(),
  currencyCode: z.string().optional(),
  collectionMode: z.literal("automatic", {
    error: "only automatic collection is simulated",
  }).optional(),
  checkout: z.object({ url: z.string().nullish() }).nullish(),
});

/** Transactions: make one, read them, its invoice. */
export function transactionRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.post("/", async (c) => {
    const body = await readBody(c, TransactionBody);
    const customerId = body.customerId ?? null;
    const addressId = body.addressId ?? null;
    if (customerId !== null && simulation.state.customers[customerId] === undefined) {
      invalidField("customer_id", `customer ${customerId} not found`);
    }
    const address = addressId === null ? undefined : simulation.state.addresses[addressId];
    if (addressId !== null && (address === undefined || address.customerId !== customerId)) {
      invalidField("address_id", `address ${addressId} does not belong to the customer`);
    }
    const transaction = createTransaction(simulation, {
      lines: body.items,
      origin: "api",
      status: customerId !== null && addressId !== null ? "ready" : "draft",
      customerId,
      addressId,
      customData: body.customData ?? null,
      subscriptionId: null,
      billingPeriod: null,
      returnUrl: approvedUrl(simulation, body.checkout?.url ?? null),
      ...(address === undefined ? {} : { country: address.countryCode }),
    }, momentsOf(simulation));
    return single(c, forApi(simulation, transaction), 201);
  });
  app.get("/", (c) => {
    const filters = {
      id: wanted(c, "id"),
      customerId: wanted(c, "customer_id"),
      subscriptionId: wanted(c, "subscription_id"),
      status: wanted(c, "status"),
      origin: wanted(c, "origin"),
    };
    const transactions = Object.values(simulation.state.transactions).filter((transaction) =>
      Object.entries(filters).every(([key, values]) =>
        values?.includes(String(transaction[key as keyof Transaction])) ?? true
      )
    );
    return paged(c, transactions, ({ id }) => id, true, (one) => forApi(simulation, one));
  });
  app.get("/:id", (c) => {
    const transaction = transactionOf(simulation, c.req.param("id"));
    return single(c, forApi(simulation, transaction, wanted(c, "include") ?? []));
  });
  app.get("/:id/invoice", async (c) => {
    const transaction = transactionOf(simulation, c.req.param("id"));
    if (transaction.invoiceNumber === null) {
      throw new PaddleError(
        "transaction_invoice_not_found",
        "No invoice has been made for this transaction.",
        404,
      );
    }
    return single(c, { url: await invoiceLink(simulation, transaction.id) });
  });
  return app;
}

/** What the API shows of a transaction, more than a webhook does. */
function forApi(simulation: Simulation, transaction: Transaction, include: string[] = []) {
  const { customerId, addressId } = transaction;
  return {
    ...transaction,
    availablePaymentMethods: ["card"],
    ...(include.includes("customer") && customerId !== null
      ? { customer: simulation.state.customers[customerId] }
      : {}),
    ...(include.includes("address") && addressId !== null
      ? { address: simulation.state.addresses[addressId] }
      : {}),
    ...(include.includes("adjustment")
      ? {
        adjustments: Object.values(simulation.state.adjustments)
          .filter((adjustment) => adjustment.transactionId === transaction.id),
      }
      : {}),
  };
}

/** Paddle sends buyers back to approved domains only; here those are the shop's and this machine's. */
function approvedUrl(simulation: Simulation, url: string | null): string | null {
  if (url === null) return null;
  const parsed = URL.parse(url);
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    invalidField("checkout.url", "must be a valid URL");
  }
  const local = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(parsed.hostname);
  if (!local && parsed.hostname !== new URL(simulation.siteUrl).hostname) {
    throw new PaddleError(
      "transaction_checkout_url_domain_is_not_approved",
      `The domain ${parsed.hostname} is not approved.`,
    );
  }
  return url;
}
