/** Puts freshly handed out tokens into the session cookie. */
import type { Context } from "fresh";
import { portalRoot } from "@core/identity/roles.ts";
import { safeNextPath } from "@core/identity/next_path.ts";
import {
  sessionCookieName,
  type SessionTokens,
  writeSessionCookie,
} from "@core/identity/session_cookie.ts";
import { AppError } from "@core/platform/errors.ts";
import type { State } from "../utils.ts";
import { clientAddress, isSecure } from "./origins.ts";
import { noteSession, noteSignOut } from "./sessions.ts";
import { readViewer, type Viewer } from "./viewer.ts";

/**
 * Begins a session in this browser. One that the browser had before ends, whoever's it was: nobody
 * would ever use or end it.
 *
 * @param ctx The request that signed in.
 * @param tokens What Supabase Auth handed out.
 * @returns The person, or null if their profile is missing or switched off; then no cookie is set and
 * the session is ended again.
 */
export async function beginSession(
  ctx: Context<State>,
  tokens: SessionTokens,
): Promise<Viewer | null> {
  const { services } = ctx.state;
  const host = ctx.req.headers.get("host") ?? ctx.url.host;
  const [session, hostTenant] = await Promise.all([
    services.sessions.begin(tokens),
    services.tenants.byOwnHost(host),
  ]);
  const viewer = session &&
    await services.db.asUser(session, async (tx) => {
      const viewer = await readViewer(tx, session);
      const userAgent = ctx.req.headers.get("user-agent");
      const address = clientAddress(ctx.info.remoteAddr);
      if (viewer) await noteSession(tx, userAgent, address, hostTenant?.id ?? null);
      return viewer;
    });
  if (!viewer) {
    await services.auth.signOut(tokens.accessToken);
    return null;
  }
  await endSession(ctx);
  const secure = isSecure(services.env, ctx.url);
  // Cookies that were to keep the former session would outlive the ones written here.
  const name = sessionCookieName(secure);
  ctx.state.cookies = ctx.state.cookies.filter((cookie) => !cookie.startsWith(name));
  ctx.state.cookies.push(...writeSessionCookie(tokens, ctx.req.headers.get("cookie"), secure));
  return viewer;
}

/**
 * Ends the session that a request came with, as far as database and Auth answer; this browser gives it
 * up in any case.
 *
 * @param ctx The request.
 */
export async function endSession(ctx: Pick<Context<State>, "state">): Promise<void> {
  const { services, requestId, session, accessToken } = ctx.state;
  const acts = [
    async () => session && await services.db.asUser(session, (tx) => noteSignOut(tx)),
    async () => accessToken !== null && await services.auth.signOut(accessToken),
  ];
  for (const act of acts) {
    try {
      await act();
    } catch (error) {
      services.log.warn("a session was not revoked", { requestId, error });
    }
  }
}

/**
 * Lets the page's form end on another of our addresses: browsers hold to `form-action` through every
 * redirect, and who signs in on another tenant's host is led to their own.
 *
 * @param ctx The request of a page with a form that signs somebody in.
 */
export async function mayLeadHome(ctx: Context<State>): Promise<void> {
  const { services, policy } = ctx.state;
  const origins = await services.tenants.origins(services.env.siteUrl);
  ctx.state.policy = { ...policy, "form-action": origins };
}

/** Where a person goes after signing in: where they wanted to, else the root of their portal. */
export function afterSignIn(ctx: Context<State>, viewer: Viewer): string {
  return safeNextPath(ctx.url.searchParams.get("next")) ??
    portalRoot(viewer.role, ctx.state.locale);
}

/**
 * What Auth or our function in front of it answers, or `away` if it does not.
 *
 * @param answer A call.
 */
export async function unlessDown<T>(answer: Promise<T>): Promise<T | "away"> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === "auth_unavailable") return "away";
    throw error;
  }
}

/**
 * What Auth answers, or `away` if it does not: a form then says so and keeps what was typed.
 *
 * @param answer A call to Auth.
 */
export async function unlessAway<T>(answer: Promise<T>): Promise<T | { readonly outcome: "away" }> {
  const said = await unlessDown(answer);
  return said === "away" ? { outcome: "away" } : said;
}
