/** The header policy of the site's answers, as the site itself sets it. */
import { applyHeaderPolicy } from "../../site/header_policy.ts";
import type { Finding } from "./rule.ts";

/** What every answer of the site has to say. */
const WANTED: Readonly<Record<string, RegExp>> = {
  "content-security-policy":
    /^(?=.*default-src '(?:self|none)')(?=.*base-uri 'none')(?=.*frame-ancestors '(?:none|self)')/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^(?:no-referrer|same-origin|strict-origin-when-cross-origin)$/,
  "permissions-policy": /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
  "cross-origin-opener-policy": /^same-origin/,
  "cross-origin-resource-policy": /^same-origin$/,
};
/** Half a year, below which browsers' lists do not take a site. */
const LEAST_HSTS = 31_536_000 / 2;

/** Answers of each kind, as the site would send them over https. */
export function sampleAnswers(): ReadonlyMap<string, Headers> {
  const answer = (init: HeadersInit, facts: { personal: boolean; holdsKey?: boolean }) => {
    const headers = new Headers(init);
    applyHeaderPolicy(headers, { secure: true, policy: {}, ...facts });
    return headers;
  };
  const page = { "content-security-policy": "script-src 'nonce-A8mZ4Vh2Qf0uXjWn1pLrTg=='" };
  return new Map([
    ["a public page", answer(page, { personal: false })],
    ["a member's page", answer(page, { personal: true })],
    ["a page whose address is a key", answer(page, { personal: false, holdsKey: true })],
    ["a refusal", answer({}, { personal: false })],
    ["a file", answer({ "content-disposition": "attachment" }, { personal: true })],
  ]);
}

/**
 * What is missing or too weak.
 *
 * @param answers Headers by what they are of; those of {@linkcode sampleAnswers} if left out.
 */
export function headerRules(answers: ReadonlyMap<string, Headers> = sampleAnswers()): Finding[] {
  const found: Finding[] = [];
  for (const [where, headers] of answers) {
    const say = (what: string) => found.push({ rule: "headers", where, what });
    for (const [name, pattern] of Object.entries(WANTED)) {
      const value = headers.get(name);
      if (value === null) say(`${name} is missing`);
      else if (!pattern.test(value)) say(`${name} is too weak: ${value}`);
    }
    const scripts = /(?:^|; )script-src ([^;]*)/.exec(headers.get("content-security-policy") ?? "");
    if (/'unsafe-(?:inline|eval)'|\*|https?:(?:\s|$)/.test(scripts?.[1] ?? "")) {
      say(`scripts may come from anywhere: ${scripts?.[1]}`);
    }
    const age = Number(
      /max-age=(\d+)/.exec(headers.get("strict-transport-security") ?? "")?.[1] ?? 0,
    );
    if (age < LEAST_HSTS) say(`strict-transport-security is missing or short: ${age} s`);
  }
  for (const kind of ["a member's page", "a page whose address is a key"]) {
    const stored = answers.get(kind)?.get("cache-control");
    if (answers.has(kind) && stored !== "no-store") {
      found.push({
        rule: "headers",
        where: kind,
        what: `cache-control is ${stored}, not no-store`,
      });
    }
  }
  return found;
}
