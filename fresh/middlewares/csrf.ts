import type { Context } from "../context.ts";
import { HttpError } from "../errors.ts";
import type { Middleware } from "../types.ts";

/** Options of {@linkcode csrf}. */
export interface CsrfOptions<State = unknown> {
  /** Origins that may send forms; the site's own when left out. */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => boolean);
}

/**
 * Refuse requests that change something when another site sent them, by `Sec-Fetch-Site` and
 * `Origin`. A request with neither is not a browser's and passes: add a stricter check for what is
 * authenticated by a cookie.
 *
 * @param options Other origins to allow.
 * @throws HttpError 403.
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  function isAllowed(origin: string, ctx: Context<State>): boolean {
    const allowed = options.origin ?? ctx.url.origin;
    if (typeof allowed === "function") return allowed(origin, ctx);
    return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
  }

  return (ctx) => {
    const { method, headers } = ctx.req;
    if (method === "GET" || method === "HEAD" || method === "OPTIONS") return ctx.next();
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    if (site === "same-origin" || site === "none") return ctx.next();
    if (origin === null ? site === null : isAllowed(origin, ctx)) return ctx.next();
    throw new HttpError(403);
  };
}
