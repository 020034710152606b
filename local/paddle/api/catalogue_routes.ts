import { Hono } from "hono";
import { notFound } from "../paddle_error.ts";
import type { Simulation } from "../simulation.ts";
import { type ApiEnv, paged, single, wanted } from "./respond.ts";

/** `GET /products` and `GET /prices`, lists and single ones. */
export function catalogueRoutes({ catalogue }: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get("/products", (c) => {
    const ids = wanted(c, "id");
    const products = [...catalogue.products.values()].filter(({ id }) => ids?.includes(id) ?? true);
    return paged(c, products, ({ id }) => id, true);
  });
  app.get("/products/:id", (c) => {
    const id = c.req.param("id");
    return single(c, catalogue.products.get(id) ?? notFound("product", id));
  });
  app.get("/prices", (c) => {
    const [ids, productIds] = [wanted(c, "id"), wanted(c, "product_id")];
    const prices = [...catalogue.prices.values()].filter((price) =>
      (ids?.includes(price.id) ?? true) && (productIds?.includes(price.productId) ?? true)
    );
    return paged(c, prices, ({ id }) => id, true);
  });
  app.get("/prices/:id", (c) => {
    const id = c.req.param("id");
    return single(c, catalogue.prices.get(id) ?? notFound("price", id));
  });
  return app;
}
