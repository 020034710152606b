import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { sameOrigin } from "../../inbox/same_origin.ts";

/**
 * The headers of every page: nothing but our own style sheet may load, and forms go home.
 *
 * @param formTargets Further origins that a form may end up at, since browsers check redirects too.
 */
export function contentPolicy(...formTargets: string[]): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    `form-action 'self' ${formTargets.join(" ")}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Sets the headers of a page unless its route has set its own policy. */
export function pageHeaders(): MiddlewareHandler {
  const rest = secureHeaders({
    xFrameOptions: "DENY",
    // "no-referrer" would make browsers send `Origin: null` with forms.
    referrerPolicy: "same-origin",
    strictTransportSecurity: false,
  });
  const guard = sameOrigin();
  return async (c, next) => {
    const refused = await guard(c, async () => {
      await rest(c, next);
    });
    if (refused !== undefined) return refused;
    if (!c.res.headers.has("content-security-policy")) {
      c.header("content-security-policy", contentPolicy());
    }
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  };
}
