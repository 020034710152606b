/** The outermost middleware: names the request, catches what nothing else caught, sets the headers. */
import { AppError, toResponse } from "@core/platform/errors.ts";
import { siteRoute } from "@core/platform/request_routes.ts";
import { HttpError, type Middleware } from "fresh";
import type { State } from "../utils.ts";
import { applyHeaderPolicy } from "./header_policy.ts";
import { isSecure } from "./origins.ts";
import { holdsKey, loggedPath, standsOnKey } from "./secret_addresses.ts";
import type { SiteServices } from "./services.ts";
import { COME_BACK_AFTER } from "./switches.ts";

/** After how many seconds to come back, where nothing more is known. */
const PAUSES: Readonly<Record<number, string>> = { 429: "60", 503: "5" };

/** Not allowed, and too often: somebody may be trying something. */
const REFUSALS: readonly number[] = [403, 429];

/** Requests that take longer than this are worth a line in the log, in milliseconds. */
const SLOW = 2_000;

/**
 * Gives each request its name and the site's connections, and each answer the header policy and the
 * cookies that the request asked for. Place it first: errors and files pass through it too.
 *
 * @param services What the site is connected to.
 */
export function requestScope(services: SiteServices): Middleware<State> {
  return async function requestScope(ctx) {
    const started = services.clock.now();
    const began = performance.now();
    const { state, req, url } = ctx;
    state.requestId = crypto.randomUUID();
    state.services = services;
    state.cookies = [];
    state.policy = {};
    state.origin = new URL(services.env.siteUrl).origin;
    state.session = null;
    state.accessToken = null;
    state.viewer = null;
    state.unread = 0;
    state.stop = null;

    let response: Response;
    try {
      response = await ctx.next();
    } catch (error) {
      response = lastResort(error);
      if (response.status >= 500) {
        services.log.error("request failed", {
          requestId: state.requestId,
          method: req.method,
          path: loggedPath(url),
          error,
        });
      }
    }

    const { headers } = response;
    for (const cookie of state.cookies) headers.append("set-cookie", cookie);
    applyHeaderPolicy(headers, {
      secure: isSecure(services.env, url),
      policy: state.policy,
      personal: state.session !== null || state.cookies.length > 0 || req.method === "POST" ||
        response.status >= 400,
      holdsKey: holdsKey(url),
      namesItself: !standsOnKey(url),
    });
    headers.set("x-request-id", state.requestId);
    const pause = state.stop === null ? PAUSES[response.status] : COME_BACK_AFTER;
    if (pause !== undefined && !headers.has("retry-after")) headers.set("retry-after", pause);

    if (REFUSALS.includes(response.status)) {
      services.log.warn("request refused", {
        requestId: state.requestId,
        method: req.method,
        path: loggedPath(url),
        status: response.status,
        userId: ctx.state.session?.userId ?? null,
      });
    }

    const took = services.clock.now() - started;
    const route = siteRoute(url.pathname, ctx.route, response.status);
    services.requests.record(route, response.status, performance.now() - began);
    services.telemetry?.served({
      method: req.method,
      route,
      status: response.status,
      ms: took,
    });
    if (took > SLOW) {
      services.log.warn("slow request", {
        requestId: state.requestId,
        method: req.method,
        path: loggedPath(url),
        status: response.status,
        ms: took,
      });
    }
    return response;
  };
}

function lastResort(error: unknown): Response {
  if (error instanceof HttpError && error.status < 500) {
    return toResponse(
      new AppError({ code: "refused", status: error.status, message: error.message }),
    );
  }
  return toResponse(error);
}
