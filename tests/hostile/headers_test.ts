/** The header policy on every answer of the site, and what Google's CSP Evaluator says of it. */
import assert from "node:assert/strict";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { config, type Policy } from "../../fresh.config.ts";
import { contentSecurityPolicy } from "../../site/header_policy.ts";
import { sql } from "../browser/people.ts";
import { walk } from "./forms.ts";
import { newAccount, openInvitation, ROLES, ROOTS } from "./people.ts";
import { type Answer, Visitor } from "./visitor.ts";

const EXPECTED: Readonly<Record<string, RegExp>> = {
  "content-security-policy":
    /default-src '(?:self|none)'.*base-uri 'none'.*frame-ancestors '(?:none|self)'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  // What is done behind an invitation's link a session signs, so its form has to say where it stands.
  "referrer-policy": /^(?:no-referrer|same-origin|strict-origin-when-cross-origin)$/,
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
  ["GET", "/en/account/security", 303],
  ["GET", "/en/account/privacy/delete", 303],
  ["GET", "/en/admin/users", 303],
  ["GET", "/en/agent/members/invite", 303],
  ["GET", "/en/invitation/torn", 404],
  ["POST", "/en/invitation/torn", 404],
  ["GET", "/en/reset-password", 400],
  ["POST", "/en/reset-password", 415],
  ["POST", "/en/forgot-password", 415],
  ["GET", "/en/confirm/signup/0123456789abcdef", 200],
  ["GET", "/en/confirm/else/0123456789abcdef", 404],
  ["GET", "/en/logout", 303],
  ["POST", "/en/logout", 303],
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
  ["POST", "/api/auth/request-password-reset", 400],
  ["GET", "/api/auth/request-password-reset", 405],
  ["GET", "/api/auth/reset-password/0123456789abcdef", 302],
  ["HEAD", "/api/auth/reset-password/0123456789abcdef", 302],
  ["POST", "/api/auth/reset-password", 400],
  ["POST", "/api/auth/change-password", 404],
  ["GET", "/api/privacy/export", 401],
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

Deno.test("a post that another site sends is refused with the header policy too", async () => {
  const visitor = new Visitor();
  try {
    for (const path of ["/en/login", "/en/forgot-password", "/en/logout", "/en/account/security"]) {
      const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      const answer = await visitor.send(path, { method: "POST", headers });
      assert.deepEqual([path, answer.status, wrongHeaders(answer)], [path, 403, []]);
    }
  } finally {
    visitor.close();
  }
});

Deno.test("what a page loads carries the header policy, and is kept by browsers", async () => {
  const visitor = new Visitor();
  try {
    const { text } = await visitor.get("/en/login");
    const files = [...text.matchAll(/(?:src|href)="(\/[^"?]+\.(?:js|css|svg|woff2))/g)]
      .flatMap(([, path]) => path ?? []);
    assert.ok(files.some((path) => path.endsWith(".css")), text.slice(0, 2_000));
    for (const path of new Set(files)) {
      const answer = await visitor.get(path);
      assert.deepEqual([path, answer.status, wrongHeaders(answer)], [path, 200, []]);
      assert.doesNotMatch(answer.headers.get("cache-control") ?? "", /no-store/, path);
    }
  } finally {
    visitor.close();
  }
});

Deno.test("an address with a key is named to no other site, and found by no search engine", async () => {
  const visitor = new Visitor();
  try {
    for (
      const [path, policy] of [
        [`/en/invitation/${await openInvitation()}`, "same-origin"],
        ["/en/invitation/torn", "same-origin"],
        ["/en/reset-password?token=0123456789abcdef", "no-referrer"],
        ["/en/confirm/email/0123456789abcdef", "no-referrer"],
        ["/api/auth/reset-password/0123456789abcdef", "no-referrer"],
      ] as const
    ) {
      const { headers } = await visitor.get(path);
      const told = ["referrer-policy", "x-robots-tag", "cache-control"].map((one) =>
        headers.get(one)
      );
      assert.deepEqual([path, ...told], [path, policy, "noindex, nofollow", "no-store"]);
    }
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

globalThis.addEventListener("unload", () => void sql.end());
