import type { Middleware } from "../types.ts";

/**
 * Redirect to the one form of a URL: always or never with a slash at its end.
 *
 * @param mode Which.
 */
export function trailingSlashes<State>(mode: "always" | "never"): Middleware<State> {
  return (ctx) => {
    const { pathname, search } = ctx.url;
    const slash = pathname.endsWith("/");
    if (pathname === "/" || slash === (mode === "always")) return ctx.next();
    return ctx.redirect(`${slash ? pathname.slice(0, -1) : `${pathname}/`}${search}`);
  };
}
