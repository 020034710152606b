/** Who may see which part of the site. The database decides again what they may read. */
import type { Middleware } from "fresh";
import { type Portal, portalOf, portalRoot, type Role } from "@core/identity/roles.ts";
import type { State } from "../utils.ts";
import { loginPath } from "./links.ts";
import type { Viewer } from "./viewer.ts";

/**
 * Lets in whoever works in a portal. Everyone else is sent to the root of their own, and who is not
 * signed in to the sign-in page, which leads back here.
 *
 * @param portal The part of the site behind this guard.
 */
export function onlyFor(portal: Portal): Middleware<State> {
  return function onlyFor(ctx) {
    const { viewer, locale } = ctx.state;
    if (viewer === null) return ctx.redirect(loginPath(locale, ctx.url), 303);
    if (portalOf(viewer.role) !== portal) {
      return ctx.redirect(portalRoot(viewer.role, locale), 303);
    }
    return ctx.next();
  };
}

/**
 * Lets in certain roles of a portal; place it behind {@linkcode onlyFor}. Everyone else is sent to the
 * root of their own.
 *
 * @param roles Who gets in.
 */
export function onlyRoles(...roles: readonly Role[]): Middleware<State> {
  return function onlyRoles(ctx) {
    const { locale } = ctx.state;
    const { role } = viewerOf(ctx.state);
    return roles.includes(role) ? ctx.next() : ctx.redirect(portalRoot(role, locale), 303);
  };
}

/** Whether a role sees Paddle's events and invoices; the database says so too. */
export function seesEvents(role: Role): boolean {
  return role === "tenant_admin" || role === "super_admin";
}

/** Lets in whoever is signed in, in whatever role. */
export function onlySignedIn(): Middleware<State> {
  return function onlySignedIn(ctx) {
    const { viewer, locale } = ctx.state;
    return viewer === null ? ctx.redirect(loginPath(locale, ctx.url), 303) : ctx.next();
  };
}

/**
 * The viewer of a page behind a guard.
 *
 * @throws {Error} If the page has no guard.
 */
export function viewerOf(state: Pick<State, "viewer">): Viewer {
  if (state.viewer === null) throw new Error("this page has no guard");
  return state.viewer;
}
