/** A stricter rule than Fresh's `csrf()` for posts that a cookie signs. */
import { type Context, HttpError, type Middleware } from "fresh";
import { readSessionCookie } from "@core/identity/session_cookie.ts";
import type { State } from "../utils.ts";
import { isSecure } from "./origins.ts";
import { standsOnKey } from "./secret_addresses.ts";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Refuses what would change something in a person's name unless the browser says that it comes from
 * this very site. `csrf()` lets a request pass that says nothing about where it comes from. Pages whose
 * address holds a key do nothing in the name of a session.
 *
 * @throws {HttpError} 403.
 */
export function sameOriginOnly(): Middleware<State> {
  return function sameOriginOnly(ctx) {
    if (!standsOnKey(ctx.url) && !isFromOurPages(ctx)) {
      throw new HttpError(403, "This request did not come from our pages.");
    }
    return ctx.next();
  };
}

/** Whether a request that a session cookie comes with was sent by a page of this site. */
export function isFromOurPages(ctx: Pick<Context<State>, "req" | "url" | "state">): boolean {
  const { req: { headers, method }, url, state } = ctx;
  if (SAFE_METHODS.includes(method)) return true;
  const { env } = state.services;
  if (readSessionCookie(headers.get("cookie"), isSecure(env, url)) === null) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin !== null && (origin === url.origin || origin === secureOrigin(url));
}

/** The same address over https, for a site behind something that ends TLS. */
function secureOrigin(url: URL): string {
  return `https://${url.host}`;
}
