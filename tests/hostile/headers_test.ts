/** The header policy on every answer of the site, and what Google's CSP Evaluator says of it. */
import assert from "node:assert/strict";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { config, type Policy } from "../../fresh.config.ts";
import { contentSecurityPolicy } from "../../site/header_policy.ts";
import { walk } from "./forms.ts";
import { newAccount, ROLES, ROOTS } from "./people.ts";
import { type Answer, Visitor } from "./visitor.ts";

const EXPECTED: Readonly<Record<string, RegExp>> = {
  "content-security-policy":
    /default-src '(?:self|none)'.*base-uri 'none'.*frame-ancestors '(?:none|self)'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^(?:no-referrer|strict-origin-when-cross-origin)$/,
  "permissions-policy": /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
  "cross-origin-opener-policy": /^same-origin/,
  "cross-origin-resource-policy": /^same-origin$/,
  "x-request-id": /^[0-9a-f-]{36}$/,
};

/** What tells a stranger which programs run here. */
const TELLTALES = ["server", "x-powered-by", "via"];

/** What is wrong with an answer's headers. */
function wrongHeaders({ headers }: Answer): string[] {
  return [
    ...Object.entries(EXPECTED)
      .filter(([name, pattern]) => !pattern.test(headers.get(name) ?? ""))
      .map(([name]) => `${name}: ${headers.get(name)}`),
    ...TELLTALES.filter((name) => headers.has(name)),
  ];
}

/**
 * What the evaluator finds of medium or high severity in a policy. What stands in for Paddle and
 * Supabase on this machine answers over http; a policy for them is looked at as one for the real ones.
 */
/** The policy as it reads where the site is served over https: only the local tenants' hosts are not. */
function asDeployed(policy: string): string {
  return policy.replaceAll(/http:(?=\/\/[a-z.]*localhost[:; ])/g, "https:");
}

function findings(policy: string): string[] {
  const real = policy.replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, "https://vendor.example");
  return new CspEvaluator(new CspParser(real).csp).evaluate()
    .filter(({ severity }) => severity <= Severity.MEDIUM)
    .map(({ directive, value, description }) => `${directive} ${value ?? ""}: ${description}`);
}

/** Answers that are no page: refusals, redirects, files, what is passed on, and other methods. */
const OTHERS: readonly (readonly [method: string, path: string, status: number])[] = [
  ["GET", "/", 302],
  ["GET", "/en/member", 303],
  ["GET", "/en/nothing-here", 404],
  ["GET", "/nothing-here", 404],
  ["GET", "/en/%ff", 400],
  ["GET", "/styles/dev_mails.css", 200],
  ["GET", "/favicon.svg", 200],
  ["GET", "/robots.txt", 200],
  ["GET", "/api/health", 200],
  ["GET", "/api/claims", 401],
  ["GET", "/api/nothing", 404],
  ["PUT", "/api/health", 405],
  ["DELETE", "/en", 404],
  ["POST", "/en/login", 415],
  ["POST", "/api/webhooks/paddle", 400],
  ["GET", "/api/documents/00000000-0000-0000-0000-000000000000/download", 401],
  ["HEAD", "/en", 200],
  ["OPTIONS", "/en", 404],
];

Deno.test("every refusal, redirect and file of the site carries the header policy", async () => {
  const visitor = new Visitor();
  try {
    const found = [];
    for (const [method, path] of OTHERS) {
      const answer = await visitor.send(path, { method });
      found.push([method, path, answer.status, wrongHeaders(answer)]);
    }
    assert.deepEqual(found, OTHERS.map((other) => [...other, []]));
  } finally {
    visitor.close();
  }
});

for (const role of [null, ...ROLES]) {
  Deno.test(`every page that ${role ?? "a visitor"} reaches carries a policy without a finding`, async () => {
    const visitor = new Visitor(role === null ? null : await newAccount(role));
    try {
      await visitor.signIn();
      const { pages } = await walk(visitor, role === null ? ["/en"] : ROOTS[role], 40);
      assert.ok(pages.length > 0);
      for (const path of pages) {
        const answer = await visitor.get(path);
        assert.deepEqual(wrongHeaders(answer), [], path);
        const policy = answer.headers.get("content-security-policy") ?? "";
        assert.deepEqual(findings(asDeployed(policy)), [], path);
        if (role !== null && !path.startsWith("/dev/")) {
          assert.equal(answer.headers.get("cache-control"), "no-store", path);
        }
      }
    } finally {
      visitor.close();
    }
  });
}

Deno.test("the policies of Paddle's checkout and of files have no finding either", () => {
  const { paddleCheckout, file, bare } = config.security;
  const text = (policy: Policy) =>
    Object.entries(policy).map(([name, sources]) => [name, ...sources].join(" ")).join("; ");
  const nonce = "A8mZ4Vh2Qf0uXjWn1pLrTg==";
  assert.deepEqual(findings(contentSecurityPolicy(nonce, paddleCheckout, true)), []);
  assert.deepEqual(findings(text(file)), []);
  assert.deepEqual(findings(text(bare)), []);
  // The evaluator does find what is wrong.
  assert.notDeepEqual(findings("script-src 'self' 'unsafe-inline'"), []);
});
