/** Remembers who recommended us: `?ref=CODE` on any page, for thirty days. */
import type { Context } from "fresh";
import { config } from "../fresh.config.ts";
import type { State } from "../utils.ts";
import { isSecure } from "./origins.ts";

const { cookie, days, pattern } = config.referral;

/**
 * The code that a visitor came with, from the address or from an earlier visit.
 *
 * @param url The page's address.
 * @param cookieHeader The request's `Cookie` header.
 * @param secure Whether the site is served over https.
 * @returns The code, or null; what does not look like a code counts as none.
 */
export function referralCode(
  url: URL,
  cookieHeader: string | null,
  secure: boolean,
): string | null {
  return valid(url.searchParams.get("ref")) ?? valid(readCookie(cookieHeader, secure));
}

/** The code that the visitor behind a request came with, or null. */
export function referralOf(ctx: Pick<Context<State>, "req" | "url" | "state">): string | null {
  const secure = isSecure(ctx.state.services.env, ctx.url);
  return referralCode(ctx.url, ctx.req.headers.get("cookie"), secure);
}

/**
 * The cookie that keeps a newly brought code.
 *
 * @param url The page's address.
 * @param cookieHeader The request's `Cookie` header.
 * @param secure Whether the site is served over https.
 * @returns A `Set-Cookie` value, or null if there is nothing new to keep.
 */
export function referralCookie(
  url: URL,
  cookieHeader: string | null,
  secure: boolean,
): string | null {
  const code = valid(url.searchParams.get("ref"));
  if (code === null || code === readCookie(cookieHeader, secure)) return null;
  const flags = `Path=/; Max-Age=${days * 86_400}; HttpOnly; SameSite=Lax`;
  return `${nameOf(secure)}=${code}; ${flags}${secure ? "; Secure" : ""}`;
}

function valid(code: string | null): string | null {
  return code !== null && pattern.test(code) ? code : null;
}

/** With the prefix no neighbouring host can set it for us. */
function nameOf(secure: boolean): string {
  return secure ? `__Host-${cookie}` : cookie;
}

function readCookie(header: string | null, secure: boolean): string | null {
  for (const pair of (header ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === nameOf(secure)) return value ?? null;
  }
  return null;
}
