import { App, csp, staticFiles, trailingSlashes } from "fresh";
import type { State } from "./define.ts";

export const app = new App<State>()
  .use(csp({ useNonce: true }))
  .use(staticFiles())
  .use(trailingSlashes("never"))
  .fsRoutes();
