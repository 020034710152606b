import assert from "node:assert/strict";
import { config } from "../fresh.config.ts";
import { applyHeaderPolicy, contentSecurityPolicy } from "./header_policy.ts";

const PLAIN = { secure: false, policy: {}, personal: false };

function policyOf(headers: Headers): string {
  return headers.get("content-security-policy") ?? "";
}

Deno.test("contentSecurityPolicy() lets a page use its own files and its own nonce, nothing else", () => {
  const policy = contentSecurityPolicy("abc", {}, false);
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /script-src 'self' 'nonce-abc'/);
  assert.match(policy, /object-src 'none'; base-uri 'none'; form-action 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|https:/);
});

Deno.test("contentSecurityPolicy() lets everything that is not a page load nothing", () => {
  assert.equal(
    contentSecurityPolicy(null, { "form-action": ["https://a.example"] }, true),
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
      "upgrade-insecure-requests",
  );
});

Deno.test("contentSecurityPolicy() adds what one page needs", () => {
  const policy = contentSecurityPolicy("abc", config.security.paddleCheckout, true);
  assert.match(policy, /script-src 'self' 'nonce-abc' https:\/\/cdn\.paddle\.com;/);
  assert.match(policy, /style-src 'self' https:\/\/cdn\.paddle\.com 'unsafe-inline';/);
  assert.match(policy, /frame-src 'self' https:\/\/buy\.paddle\.com/);
});

Deno.test("applyHeaderPolicy() replaces a looser policy that stands there already", () => {
  const headers = new Headers({
    "content-security-policy": "script-src 'self' 'unsafe-inline'; base-uri 'self'",
  });
  applyHeaderPolicy(headers, PLAIN);
  assert.match(policyOf(headers), /^default-src 'none'/);
});

Deno.test("applyHeaderPolicy() keeps a file's caching and stops that of personal pages", () => {
  const file = new Headers({ "cache-control": "public, max-age=31536000, immutable" });
  applyHeaderPolicy(file, PLAIN);
  assert.equal(file.get("cache-control"), "public, max-age=31536000, immutable");
  const page = new Headers({ "cache-control": "public" });
  applyHeaderPolicy(page, { ...PLAIN, personal: true });
  assert.equal(page.get("cache-control"), "no-store");
});

Deno.test("applyHeaderPolicy() insists on https only where there is https", () => {
  const plain = new Headers();
  applyHeaderPolicy(plain, PLAIN);
  assert.equal(plain.has("strict-transport-security"), false);
  const secure = new Headers();
  applyHeaderPolicy(secure, { ...PLAIN, secure: true });
  assert.equal(
    secure.get("strict-transport-security"),
    "max-age=63072000; includeSubDomains",
  );
});

Deno.test("applyHeaderPolicy() locks up whatever is handed out as a file", () => {
  const policyFor = (type: string, secure = false) => {
    const headers = new Headers({ "content-disposition": "inline", "content-type": type });
    headers.set("content-security-policy", "script-src 'self' 'nonce-abc'");
    applyHeaderPolicy(headers, { ...PLAIN, secure });
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    return policyOf(headers);
  };
  assert.equal(
    policyFor("text/html"),
    "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  assert.match(policyFor("audio/mpeg"), /^sandbox allow-same-origin; default-src 'none'; /);
  assert.match(policyFor("image/png", true), /^sandbox; .*; upgrade-insecure-requests$/);
});
