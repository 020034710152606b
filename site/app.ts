/** The site's middlewares in their order. */
import { App, csp, staticFiles, trailingSlashes } from "fresh";
import type { State } from "../utils.ts";
import { requestScope } from "./request_scope.ts";
import type { SiteServices } from "./services.ts";

/**
 * The application: the request scope stands first, so that files, redirects and errors pass through
 * it; the pages and the rest of the middlewares are in `routes/`.
 *
 * @param services What the site is connected to.
 */
export function createSite(services: SiteServices): App<State> {
  return new App<State>()
    .use(requestScope(services))
    .use(csp({ useNonce: true }))
    .use(trailingSlashes("never"))
    .use(staticFiles())
    .fsRoutes();
}
