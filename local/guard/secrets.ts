/** Secrets in the tree, and in what the history ever held. */
import { createHash } from "node:crypto";
import type { Finding, Tree } from "./rule.ts";
import type { AddedLine } from "./tree.ts";

/** What a real one looks like; made-up ones in tests and examples are shorter or speak. */
const KINDS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g],
  ["a Paddle API key", /\bpdl_(?:live|sdbx)_apikey_[A-Za-z0-9_]{40,}/g],
  ["a Paddle webhook secret", /\bpdl_ntfset_[A-Za-z0-9]{26}_[A-Za-z0-9/+]{32}\b/g],
  ["a Resend API key", /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}\b/g],
  ["a Supabase secret key", /\bsb_secret_[A-Za-z0-9_-]{20,}/g],
  ["a Supabase access token", /\bsbp_[0-9a-f]{40}\b/g],
  ["a signing secret", /\bwhsec_[A-Za-z0-9+/]{32,}={0,2}/g],
  ["a signed token", /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/g],
  ["a Sentry address with a key", /https:\/\/[0-9a-f]{32}@[a-z0-9.-]+\/\d+/g],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})/g],
  ["an AWS key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  [
    "a database password",
    /postgres(?:ql)?:\/\/[^\s:@/"'`$<]+:(?!postgres@|postgres\b)[^\s@"'`$<{]{8,}@(?!127\.0\.0\.1|localhost|host|db\.)[a-z0-9.-]+\.[a-z]{2,}/g,
  ],
];

/** A made-up one that is meant to be there. */
export interface AcceptedSecret {
  /** SHA-256 of the text that was found. */
  readonly sha256: string;
  readonly reason: string;
}

/** Secrets in texts as they are now. */
export function secretsInTree(tree: Tree, accepted: readonly AcceptedSecret[]): Finding[] {
  return [...tree].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, index) =>
      inLine(line, accepted).map((what) => ({
        rule: "secret",
        where: `${path}:${index + 1}`,
        what,
      }))
    )
  );
}

/** Secrets that a commit added, whether or not they are still there: they are known, and have to change. */
export function secretsInHistory(
  lines: readonly AddedLine[],
  accepted: readonly AcceptedSecret[],
): Finding[] {
  const found = lines.flatMap(({ commit, path, text }) =>
    inLine(text, accepted).map((what) => ({ rule: "history", where: `${commit} ${path}`, what }))
  );
  return [...new Map(found.map((one) => [`${one.where}${one.what}`, one])).values()];
}

/** Says which kind, and the hash by which it can be accepted. */
function inLine(line: string, accepted: readonly AcceptedSecret[]): string[] {
  // Nobody's secret is longer than a page.
  const text = line.slice(0, 20_000);
  return KINDS.flatMap(([name, pattern]) =>
    [...text.matchAll(pattern)].flatMap(([match]) => {
      const hash = createHash("sha256").update(match).digest("hex");
      return accepted.some(({ sha256 }) => sha256 === hash)
        ? []
        : [`looks like ${name} (sha256 ${hash.slice(0, 12)}…)`];
    })
  );
}
