import { Hono } from "hono";
import { z } from "zod";
import { createAddress, createCustomer, customerOf, updateCustomer } from "../acts/customers.ts";
import { portalLinks } from "../pages/links.ts";
import { momentsOf, type Simulation } from "../simulation.ts";
import { type ApiEnv, CustomDataSchema, paged, readBody, single, wanted } from "./respond.ts";

const email = z.string().max(320).regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "must be a valid email");

const CustomerBody = z.object({
  email,
  name: z.string().max(1024).nullable().default(null),
  locale: z.string().default("en"),
  customData: CustomDataSchema.default(null),
});

const CustomerChanges = z.object({
  email,
  name: z.string().max(1024).nullable(),
  locale: z.string(),
  status: z.enum(["active", "archived"]),
  customData: CustomDataSchema,
}).partial();

/** Customers, their addresses and their portal sessions. */
export function customerRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get("/", (c) => {
    const [ids, emails] = [wanted(c, "id"), wanted(c, "email")];
    const search = c.req.query("search")?.toLowerCase() ?? "";
    const customers = Object.values(simulation.state.customers).filter((customer) =>
      (ids?.includes(customer.id) ?? true) &&
      (emails?.some((one) => one.toLowerCase() === customer.email.toLowerCase()) ?? true) &&
      `${customer.id} ${customer.name} ${customer.email}`.toLowerCase().includes(search)
    );
    return paged(c, customers, ({ id }) => id, true);
  });
  app.post("/", async (c) => {
    const body = await readBody(c, CustomerBody);
    return single(c, createCustomer(simulation, body, momentsOf(simulation)), 201);
  });
  app.get("/:id", (c) => single(c, customerOf(simulation, c.req.param("id"))));
  app.patch("/:id", async (c) => {
    const changes = await readBody(c, CustomerChanges);
    const given = Object.fromEntries(
      Object.entries(changes).filter(([, value]) => value !== undefined),
    );
    return single(c, updateCustomer(simulation, c.req.param("id"), given, momentsOf(simulation)));
  });
  app.get("/:id/addresses", (c) => {
    const { id } = customerOf(simulation, c.req.param("id"));
    const addresses = Object.values(simulation.state.addresses)
      .filter((address) => address.customerId === id);
    return paged(c, addresses, (address) => address.id, true);
  });
  app.post("/:id/addresses", async (c) => {
    const { id } = customerOf(simulation, c.req.param("id"));
    const body = await readBody(c, z.object({ countryCode: z.string().length(2) }));
    return single(c, createAddress(simulation, id, body.countryCode, momentsOf(simulation)), 201);
  });
  app.post("/:id/portal-sessions", async (c) => {
    const customer = customerOf(simulation, c.req.param("id"));
    const body = await readBody(
      c,
      z.object({ subscriptionIds: z.array(z.string()).default([]) }),
    );
    const urls = await portalLinks(simulation, customer.id, body.subscriptionIds);
    return single(c, {
      id: simulation.ids.next("cpls"),
      customerId: customer.id,
      urls,
      createdAt: momentsOf(simulation).next(),
    }, 201);
  });
  return app;
}
