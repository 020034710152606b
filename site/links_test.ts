import assert from "node:assert/strict";
import { inLocale, localeOfPath, loginPath, withQuery } from "./links.ts";
import { clientAddress, isSecure, publicOrigin } from "./origins.ts";
import { referralCode, referralCookie } from "./referral.ts";

const at = (path: string) => new URL(path, "http://ks.localhost:8000");

Deno.test("localeOfPath() reads the first segment and nothing else", () => {
  assert.equal(localeOfPath("/sq"), "sq");
  assert.equal(localeOfPath("/mk/pricing"), "mk");
  assert.equal(localeOfPath("/"), null);
  assert.equal(localeOfPath("/de/sq"), null);
  assert.equal(localeOfPath("/sqq"), null);
});

Deno.test("inLocale() keeps the page and its query", () => {
  assert.equal(inLocale(at("/sq"), "en"), "/en");
  assert.equal(inLocale(at("/sq/legal/terms?a=1"), "sr"), "/sr/legal/terms?a=1");
  assert.equal(inLocale(at("/nowhere/at/all"), "mk"), "/mk");
});

Deno.test("loginPath() and withQuery() escape what they carry", () => {
  assert.equal(
    loginPath("sq", at("/sq/member?x=a&b=c")),
    "/sq/login?next=%2Fsq%2Fmember%3Fx%3Da%26b%3Dc",
  );
  assert.equal(withQuery("/en/login", { next: null }), "/en/login");
  assert.equal(withQuery("/en/login", { next: "/a?b&c" }), "/en/login?next=%2Fa%3Fb%26c");
});

Deno.test("publicOrigin() trusts a Host header only for our own hosts", async () => {
  const env = { siteUrl: "https://interdomestik.com" };
  const tenants = { knowsHost: (name: string) => Promise.resolve(name === "ks.interdomestik.com") };
  const origin = (host: string) => publicOrigin(env, new URL(`http://${host}/sq`), tenants);
  assert.equal(await origin("interdomestik.com"), "https://interdomestik.com");
  assert.equal(await origin("ks.interdomestik.com"), "https://ks.interdomestik.com");
  assert.equal(await origin("evil.example"), "https://interdomestik.com");
});

Deno.test("isSecure() believes the connection and the configured address", () => {
  assert.equal(isSecure({ siteUrl: "http://localhost:8000" }, at("/")), false);
  assert.equal(isSecure({ siteUrl: "https://interdomestik.com" }, at("/")), true);
  assert.equal(isSecure({ siteUrl: "http://x" }, new URL("https://x/")), true);
});

Deno.test("clientAddress() is the connection's other end", () => {
  assert.equal(clientAddress({ transport: "tcp", hostname: "192.0.2.7", port: 1 }), "192.0.2.7");
  assert.equal(clientAddress({ transport: "unix", path: "/run/site" }), "127.0.0.1");
});

Deno.test("referralCookie() keeps a new code once, and only what looks like a code", () => {
  assert.match(
    referralCookie(at("/sq?ref=AB-12"), null, true) ?? "",
    /^__Host-ref=AB-12; Path=\/; .*; Secure$/,
  );
  assert.equal(referralCookie(at("/sq?ref=AB12"), "ref=AB12", false), null);
  assert.ok(referralCookie(at("/sq?ref=NEW1"), "ref=OLD1", false));
  for (const bad of ["", "a b", "a;b", "é", "x".repeat(33), "%00"]) {
    assert.equal(referralCookie(at(`/sq?ref=${bad}`), null, false), null, bad);
  }
  assert.equal(referralCookie(at("/sq"), "ref=AB12", false), null);
});

Deno.test("referralCode() prefers the address to the cookie and distrusts both", () => {
  assert.equal(referralCode(at("/?ref=NEW1"), "a=1; ref=OLD1", false), "NEW1");
  assert.equal(referralCode(at("/"), "a=1; ref=OLD1", false), "OLD1");
  assert.equal(referralCode(at("/"), "ref=<script>", false), null);
  assert.equal(referralCode(at("/"), null, false), null);
  // Over https a neighbouring host could have set the one without the prefix.
  assert.equal(referralCode(at("/"), "ref=THEIRS; __Host-ref=OURS", true), "OURS");
  assert.equal(referralCode(at("/"), "ref=THEIRS", true), null);
});
