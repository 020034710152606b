import type { MiddlewareHandler } from "hono";

/**
 * Refuses changes that another website asks for through the browser of whoever works here. Programs,
 * which send neither header, pass; local tools have no login that could tell the two apart.
 *
 * @returns Middleware that answers 403.
 */
export function sameOrigin(): MiddlewareHandler {
  return async (c, next) => {
    if (!["GET", "HEAD", "OPTIONS"].includes(c.req.method)) {
      const site = c.req.header("sec-fetch-site");
      const origin = c.req.header("origin");
      const foreign = (site !== undefined && site !== "same-origin" && site !== "none") ||
        (origin !== undefined && origin !== new URL(c.req.url).origin);
      if (foreign) return c.text("Refused: asked for by another site.", 403);
    }
    await next();
  };
}
