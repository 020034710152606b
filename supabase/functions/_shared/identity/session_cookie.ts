/**
 * The session cookie: Supabase's token pair, HttpOnly, cut into numbered parts where it is too long
 * for one cookie.
 */
import { Buffer } from "node:buffer";
import { z } from "zod";

/** What the cookie holds. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Characters of the value that one cookie holds; browsers allow 4,096 bytes with name and flags. */
const MAX_PART = 3_800;
/** More parts than this cannot be ours: most servers allow 32 kB of headers. */
const MAX_PARTS = 6;
/** The refresh token ends a session earlier; 400 days is the most that browsers keep. */
const MAX_AGE_SECONDS = 60 * 60 * 24 * 90;

const Stored = z.object({
  "access_token": z.string().min(1),
  "refresh_token": z.string().min(1),
});

/**
 * The cookie's name. `__Host-` makes the browser insist on Secure, Path=/ and no Domain.
 *
 * @param secure Whether the site is served over https.
 * @returns `__Host-session` or, on plain http, `session`.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Host-session" : "session";
}

/**
 * Reads the session from a request.
 *
 * @param cookieHeader The `Cookie` header.
 * @param secure Whether the site is served over https.
 * @returns The tokens, or null if there is none or it cannot be read.
 */
export function readSessionCookie(
  cookieHeader: string | null,
  secure: boolean,
): SessionTokens | null {
  const value = joinParts(sessionParts(cookieHeader, secure), sessionCookieName(secure));
  if (value === null) return null;
  try {
    const stored = Stored.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
    return { accessToken: stored.access_token, refreshToken: stored.refresh_token };
  } catch {
    // A cookie is the visitor's to change; one that cannot be read is no session.
    return null;
  }
}

/**
 * Writes the session, and removes parts that an earlier, longer one left behind.
 *
 * @param tokens The tokens to keep.
 * @param cookieHeader The request's `Cookie` header, which names the parts there are.
 * @param secure Whether the site is served over https.
 * @returns `Set-Cookie` values.
 */
export function writeSessionCookie(
  tokens: SessionTokens,
  cookieHeader: string | null,
  secure: boolean,
): string[] {
  const stored: z.infer<typeof Stored> = {
    "access_token": tokens.accessToken,
    "refresh_token": tokens.refreshToken,
  };
  const value = Buffer.from(JSON.stringify(stored)).toString("base64url");
  const name = sessionCookieName(secure);
  const parts = new Map<string, string>();
  if (value.length <= MAX_PART) parts.set(name, value);
  else {
    for (let at = 0; at < value.length; at += MAX_PART) {
      parts.set(`${name}.${at / MAX_PART}`, value.slice(at, at + MAX_PART));
    }
  }
  const left = [...sessionParts(cookieHeader, secure).keys()].filter((part) => !parts.has(part));
  return [
    ...[...parts].map(([part, text]) => setCookie(part, text, MAX_AGE_SECONDS, secure)),
    ...left.map((part) => setCookie(part, "", 0, secure)),
  ];
}

/**
 * Removes the session, every part of it.
 *
 * @param cookieHeader The request's `Cookie` header, which names the parts there are.
 * @param secure Whether the site is served over https.
 * @returns `Set-Cookie` values.
 */
export function clearSessionCookie(cookieHeader: string | null, secure: boolean): string[] {
  const names = new Set([
    sessionCookieName(secure),
    ...sessionParts(cookieHeader, secure).keys(),
  ]);
  return [...names].map((name) => setCookie(name, "", 0, secure));
}

function setCookie(name: string, value: string, maxAge: number, secure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return `${name}=${value}; ${flags}`;
}

/** The session's cookies in a request: the whole one or numbered parts. */
function sessionParts(cookieHeader: string | null, secure: boolean): Map<string, string> {
  const name = sessionCookieName(secure);
  const parts = new Map<string, string>();
  for (const pair of (cookieHeader ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at === -1) continue;
    const key = pair.slice(0, at).trim();
    if (key === name || (key.startsWith(`${name}.`) && /^\d$/.test(key.slice(name.length + 1)))) {
      // The first of two cookies with one name is the more specific one.
      if (!parts.has(key)) parts.set(key, pair.slice(at + 1).trim());
    }
  }
  return parts;
}

function joinParts(parts: ReadonlyMap<string, string>, name: string): string | null {
  const whole = parts.get(name);
  if (whole !== undefined && whole !== "") return whole;
  let value = "";
  for (let index = 0; index < MAX_PARTS; index++) {
    const part = parts.get(`${name}.${index}`);
    if (part === undefined) break;
    value += part;
  }
  return value === "" ? null : value;
}
