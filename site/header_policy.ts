/** The security headers of every answer: pages, errors, redirects, files and what is passed on. */
import { config, type Policy } from "../fresh.config.ts";

/** What the headers of an answer depend on. */
export interface AnswerFacts {
  /** Whether the site is served over https. */
  readonly secure: boolean;
  /** What the page may load besides the site's policy. */
  readonly policy: Policy;
  /** Whether the answer was made for one person. */
  readonly personal: boolean;
  /** Whether the address holds a key, which no other site may learn. */
  readonly holdsKey?: boolean;
  /** Whether its forms have to say that they come from this site, which `no-referrer` hides. */
  readonly namesItself?: boolean;
}

const PERMISSIONS = config.security.permissions;

/**
 * Sets the header policy on an answer.
 *
 * @param headers The answer's headers, which `csp({ useNonce: true })` has been over: its nonce is
 * what tells a rendered page from everything else.
 * @param facts About the request.
 */
export function applyHeaderPolicy(headers: Headers, facts: AnswerFacts): void {
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
  const opensCheckout = facts.policy["frame-src"] !== undefined;
  headers.set(
    "content-security-policy",
    // Whatever is handed out under a file's name is somebody's file.
    headers.has("content-disposition")
      ? policyText(filePolicy(headers), facts.secure)
      : contentSecurityPolicy(nonce ?? null, facts.policy, facts.secure),
  );
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set(
    "referrer-policy",
    facts.holdsKey
      ? facts.namesItself ? "same-origin" : "no-referrer"
      : "strict-origin-when-cross-origin",
  );
  if (facts.holdsKey) headers.set("x-robots-tag", "noindex, nofollow");
  headers.set("permissions-policy", permissionsPolicy(nonce !== undefined && opensCheckout));
  // Some ways to pay open a window of their own, which has to find back to its opener.
  headers.set(
    "cross-origin-opener-policy",
    opensCheckout ? "same-origin-allow-popups" : "same-origin",
  );
  headers.set("cross-origin-resource-policy", "same-origin");
  if (facts.secure) {
    headers.set(
      "strict-transport-security",
      `max-age=${config.security.hstsSeconds}; includeSubDomains`,
    );
  }
  if (facts.personal || facts.holdsKey) headers.set("cache-control", "no-store");
  else if (nonce !== undefined && !headers.has("cache-control")) {
    headers.set("cache-control", "private, no-cache");
  }
}

/**
 * The Content-Security-Policy of an answer.
 *
 * @param nonce Of a rendered page; null for every other answer.
 * @param extra Further sources by directive, for pages only.
 * @param secure Whether the site is served over https.
 */
export function contentSecurityPolicy(
  nonce: string | null,
  extra: Policy,
  secure: boolean,
): string {
  const base: Policy = nonce === null ? config.security.bare : config.security.page;
  const directives = new Map(Object.entries(base).map(([name, sources]) => [name, [...sources]]));
  if (nonce !== null) {
    for (const name of ["script-src", "style-src"]) directives.get(name)?.push(`'nonce-${nonce}'`);
    for (const [name, sources] of Object.entries(extra)) {
      directives.set(name, merged(directives.get(name) ?? ["'self'"], sources));
    }
  }
  return policyText(Object.fromEntries(directives), secure);
}

/** A browser's player asks for the recording itself, and without an origin it may not. */
function filePolicy(headers: Headers): Policy {
  const isRecording = headers.get("content-type")?.startsWith("audio/") === true;
  return isRecording
    ? { ...config.security.file, sandbox: ["allow-same-origin"] }
    : config.security.file;
}

function policyText(policy: Policy, secure: boolean): string {
  const lines = Object.entries(policy).map(([name, sources]) => [name, ...sources].join(" "));
  if (secure) lines.push("upgrade-insecure-requests");
  return lines.join("; ");
}

/** A nonce switches 'unsafe-inline' off, so where that is asked for the nonce goes. */
function merged(present: readonly string[], added: readonly string[]): string[] {
  const kept = added.includes("'unsafe-inline'")
    ? present.filter((source) => !source.startsWith("'nonce-"))
    : present;
  return [...new Set([...kept, ...added])];
}

function permissionsPolicy(opensCheckout: boolean): string {
  return PERMISSIONS.map((feature) =>
    feature === "payment" && opensCheckout
      ? `payment=(self "https://buy.paddle.com" "https://sandbox-buy.paddle.com")`
      : `${feature}=()`
  ).join(", ");
}
