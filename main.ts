/**
 * The site: reads its environment, connects, and puts the middlewares in their order.
 *
 * @module
 */
import { App, csp, staticFiles, trailingSlashes } from "fresh";
import { EnvError, readSiteEnv, type SiteEnv } from "@core/platform/env.ts";
import { requestScope } from "./site/request_scope.ts";
import { connectServices } from "./site/services.ts";
import type { State } from "./utils.ts";

/** The site's environment; a missing or malformed variable ends the program with one line. */
function readEnv(): SiteEnv {
  try {
    return readSiteEnv(Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
    Deno.exit(1);
  }
}

/** The application. The request scope stands first: files, redirects and errors pass through it. */
export const app = new App<State>()
  .use(requestScope(connectServices(readEnv())))
  .use(csp({ useNonce: true }))
  .use(trailingSlashes("never"))
  .use(staticFiles())
  .fsRoutes();
