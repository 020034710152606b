/** Works out for every page request: which tenant, which language, who is signed in. */
import { HttpError, type Middleware } from "fresh";
import { countUnreadNotifications } from "@core/claims/notification_store.ts";
import { clearSessionCookie } from "@core/identity/session_cookie.ts";
import { tenantOrigin } from "@core/identity/tenants.ts";
import { AppError } from "@core/platform/errors.ts";
import { bestLocale, i18nFor, isLocale, type Locale } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { localeOfPath } from "./links.ts";
import { isSecure, publicOrigin } from "./origins.ts";
import { referralCookie } from "./referral.ts";
import { countReferral, isClick } from "./referral_clicks.ts";
import { holdsKey, loggedPath } from "./secret_addresses.ts";
import { readViewer } from "./viewer.ts";

/**
 * Resolves tenant (host), language (path) and session (cookie) before any page is made.
 */
export function resolveVisit(): Middleware<State> {
  return async function resolveVisit(ctx) {
    const { state, req, url } = ctx;
    const { services } = state;
    const secure = isSecure(services.env, url);
    // First of all the language: whatever fails from here on is told in it.
    state.locale = localeOf("sq", url, req, null);
    state.i18n = i18nFor(state.locale);
    const cookies = req.headers.get("cookie");

    const [hostTenant, origin, resolved] = await Promise.all([
      services.tenants.byHost(req.headers.get("host") ?? url.host),
      publicOrigin(services.env, url, services.tenants),
      services.sessions.resolve(cookies, secure),
    ]);
    state.origin = origin;
    state.cookies.push(...resolved.cookies);
    state.session = resolved.session;
    state.accessToken = resolved.accessToken;
    state.tenant = hostTenant;

    const { session } = resolved;
    // A cookie that is worth nothing any more was worth something once.
    let wasSignedIn = session === null && resolved.cookies.length > 0;
    if (session !== null) {
      [state.viewer, state.unread] = await services.db.asUser(
        session,
        (tx) =>
          Promise.all([readViewer(tx, session), countUnreadNotifications(tx, session.userId)]),
      );
      if (state.viewer === null) {
        // Signed out elsewhere, too old, switched off, or never finished: nobody is signed in.
        wasSignedIn = true;
        state.session = null;
        state.accessToken = null;
        state.cookies.push(...clearSessionCookie(cookies, secure));
      } else {
        state.tenant = await services.tenants.byId(state.viewer.tenantId) ?? hostTenant;
      }
    }

    state.locale = localeOf(state.tenant.defaultLocale, url, req, state.viewer?.locale ?? null);
    state.i18n = i18nFor(state.locale, state.tenant.timeZone);
    const signedIn = state.session;
    state.db = signedIn === null
      ? (work) => services.db.asAnon(work)
      : (work) => services.db.asUser(signedIn, work);

    const referral = referralCookie(url, cookies, secure);
    if (referral !== null) {
      state.cookies.push(referral);
      if (isClick(req)) await countReferral(ctx);
    }
    const answer = await ctx.next();
    return wasSignedIn ? tellWhy(answer) : answer;
  };
}

/** Has the sign-in page say why somebody is to sign in who thought that they were. */
function tellWhy(answer: Response): Response {
  const leadsTo = answer.headers.get("location");
  if (leadsTo !== null && /^\/[a-z]{2}\/login\?next=/.test(leadsTo)) {
    answer.headers.set("location", `${leadsTo}&ended`);
  }
  return answer;
}

/**
 * Leads who is signed in on another tenant's host to their own one, where the same page waits. A host
 * that names no tenant is everybody's.
 */
export function leadHome(): Middleware<State> {
  return async function leadHome(ctx) {
    const { state, req, url } = ctx;
    const { services, viewer, tenant } = state;
    if (viewer === null || (req.method !== "GET" && req.method !== "HEAD") || holdsKey(url)) {
      return await ctx.next();
    }
    const host = await services.tenants.byOwnHost(req.headers.get("host") ?? url.host);
    if (host === undefined || host.id === viewer.tenantId || viewer.role === "super_admin") {
      return await ctx.next();
    }
    const home = tenantOrigin(services.env.siteUrl, tenant.hosts);
    if (home === state.origin) return await ctx.next();
    return ctx.redirect(`${home}${url.pathname}${url.search}`, 303);
  };
}

/**
 * Turns the errors of our own code into what Fresh shows an error page for, and writes down what
 * nobody foresaw: an error page alone would hide it.
 */
export function reportErrors(): Middleware<State> {
  return async function reportErrors(ctx) {
    try {
      return await ctx.next();
    } catch (error) {
      if (error instanceof HttpError && error.status < 500) throw error;
      const { services, requestId, stop } = ctx.state;
      // On purpose.
      if (stop !== null) throw error;
      services.log.error("page failed", {
        requestId,
        method: ctx.req.method,
        path: loggedPath(ctx.url),
        error,
      });
      if (error instanceof AppError) {
        throw new HttpError(error.status, error.message, { cause: error });
      }
      throw error;
    }
  };
}

/** The language of a page: its path's; for a path without one, what suits the visitor best. */
function localeOf(
  tenantDefault: string,
  url: URL,
  req: Request,
  preferred: Locale | null,
): Locale {
  const fallback = isLocale(tenantDefault) ? tenantDefault : "sq";
  return localeOfPath(url.pathname) ?? preferred ??
    bestLocale(req.headers.get("accept-language"), fallback);
}
