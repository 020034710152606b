/** Puts freshly handed out tokens into the session cookie. */
import type { Context } from "fresh";
import { portalRoot } from "@core/identity/roles.ts";
import { safeNextPath } from "@core/identity/next_path.ts";
import { type SessionTokens, writeSessionCookie } from "@core/identity/session_cookie.ts";
import { AppError } from "@core/platform/errors.ts";
import type { State } from "../utils.ts";
import { isSecure } from "./origins.ts";
import { readViewer, type Viewer } from "./viewer.ts";

/**
 * Begins a session in this browser.
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
  const session = await services.sessions.begin(tokens);
  const viewer = session &&
    await services.db.asUser(session, (tx) => readViewer(tx, session));
  if (!viewer) {
    await services.auth.signOut(tokens.accessToken);
    return null;
  }
  const secure = isSecure(services.env, ctx.url);
  ctx.state.cookies.push(...writeSessionCookie(tokens, ctx.req.headers.get("cookie"), secure));
  return viewer;
}

/** Where a person goes after signing in: where they wanted to, else the root of their portal. */
export function afterSignIn(ctx: Context<State>, viewer: Viewer): string {
  return safeNextPath(ctx.url.searchParams.get("next")) ??
    portalRoot(viewer.role, ctx.state.locale);
}

/**
 * What Auth answers, or `away` if it does not: a form then says so and keeps what was typed.
 *
 * @param answer A call to Auth.
 */
export async function unlessAway<T>(answer: Promise<T>): Promise<T | { readonly outcome: "away" }> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === "auth_unavailable") return { outcome: "away" };
    throw error;
  }
}
