import assert from "node:assert/strict";
import { App, applySnapshot } from "./app.ts";
import { csp } from "./middlewares/csp.ts";
import { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
import { staticFiles } from "./middlewares/static_files.ts";
import { trailingSlashes } from "./middlewares/trailing_slashes.ts";
import { EMPTY_SNAPSHOT, type StaticFile } from "./snapshot.ts";

Deno.test("trailingSlashes() redirects to the one form, and keeps the query", async () => {
  const locate = async (mode: "always" | "never", path: string) => {
    const app = new App<unknown>().use(trailingSlashes(mode)).all("*", (ctx) => ctx.text("ok"));
    const response = await app.handler()(new Request(`http://localhost${path}`));
    return response.headers.get("location");
  };
  assert.equal(await locate("never", "/a/?b=c"), "/a?b=c");
  assert.equal(await locate("never", "/a"), null);
  assert.equal(await locate("never", "/"), null);
  assert.equal(await locate("always", "/a?b=c"), "/a/?b=c");
  assert.equal(await locate("always", "/a/"), null);
});

/** The status of a request that changes something. */
async function post(headers: HeadersInit, options?: CsrfOptions, method = "POST"): Promise<number> {
  const app = new App<unknown>().use(csrf(options)).all("*", (ctx) => ctx.text("ok"));
  const request = new Request("https://site.example/", { method, headers });
  return (await app.handler()(request)).status;
}

Deno.test("csrf() lets a browser's own and direct requests through", async () => {
  assert.equal(await post({ "Sec-Fetch-Site": "same-origin" }), 200);
  assert.equal(await post({ "Sec-Fetch-Site": "none" }), 200);
  assert.equal(await post({ "Origin": "https://site.example" }), 200);
  assert.equal(await post({}), 200);
});

Deno.test("csrf() refuses other sites, a sibling and an opaque origin among them", async () => {
  assert.equal(await post({ "Sec-Fetch-Site": "cross-site" }), 403);
  assert.equal(await post({ "Sec-Fetch-Site": "same-site" }), 403);
  assert.equal(await post({ "Origin": "https://evil.example" }), 403);
  assert.equal(await post({ "Origin": "null" }), 403);
  assert.equal(
    await post({ "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example" }),
    403,
  );
});

Deno.test("csrf() does not look at requests that only read", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assert.equal(await post({ "Sec-Fetch-Site": "cross-site" }, {}, method), 200);
  }
});

Deno.test("csrf() allows the origins it is given, and then only these", async () => {
  const origin = "https://app.example";
  const cross = { "Sec-Fetch-Site": "cross-site", "Origin": origin };
  assert.equal(await post(cross, { origin }), 200);
  assert.equal(await post(cross, { origin: [origin] }), 200);
  assert.equal(await post(cross, { origin: (given) => given === origin }), 200);
  assert.equal(await post({ "Origin": "https://site.example" }, { origin }), 403);
});

/** The header that `csp()` sets on an answer. */
async function policyOf(options: Parameters<typeof csp>[0], header = "content-security-policy") {
  const app = new App<unknown>().use(csp(options)).get("/", (ctx) => ctx.html("<p>"));
  return (await app.handler()(new Request("http://localhost/"))).headers.get(header) ?? "";
}

Deno.test("csp() sets the default policy, and replaces directives by name", async () => {
  const policy = await policyOf({ csp: ["base-uri 'none'", "img-src https://img.example"] });
  assert.match(policy, /^default-src 'self'; script-src 'self' 'unsafe-inline';/);
  assert.match(policy, /; base-uri 'none'; img-src https:\/\/img\.example$/);
  assert.doesNotMatch(policy, /base-uri 'self'|data:;.*img-src.*img-src/);
});

Deno.test("csp() with a nonce allows nothing inline in an answer that was not rendered", async () => {
  const policy = await policyOf({ useNonce: true });
  assert.match(policy, /script-src 'self'; style-src 'self';/);
  assert.doesNotMatch(policy, /unsafe-inline/);
});

Deno.test("csp() can report only", async () => {
  const options = { reportOnly: true, reportTo: "/reports" };
  const policy = await policyOf(options, "content-security-policy-report-only");
  assert.match(policy, /; report-to csp-endpoint; report-uri \/reports$/);
  assert.equal(await policyOf(options, "reporting-endpoints"), 'csp-endpoint="/reports"');
  assert.equal(await policyOf(options), "");
});

const bytes = new TextEncoder().encode("body{}");
const file: StaticFile = {
  hash: "abc",
  contentType: "text/css; charset=utf-8",
  immutable: false,
  size: bytes.length,
  read: () => Promise.resolve(bytes),
};
const files: Record<string, StaticFile> = {
  "/a.css": file,
  "/ä b.css": file,
  "/_fresh/js/now/x.js": { ...file, immutable: true },
};

/** Asks an application that has these files. */
function ask(path: string, init?: RequestInit, basePath = ""): Promise<Response> {
  const app = new App<unknown>({ basePath }).use(staticFiles())
    .all("*", (ctx) => ctx.text("route"));
  applySnapshot(app, { ...EMPTY_SNAPSHOT, buildId: "now", file: (path) => files[path] ?? null });
  return app.handler()(new Request(`http://localhost${path}`, init));
}

Deno.test("staticFiles() serves a file to be asked for again, and for a year by its build", async () => {
  const plain = await ask("/a.css");
  assert.equal(await plain.text(), "body{}");
  assert.equal(plain.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(plain.headers.get("cache-control"), "no-cache");
  assert.equal(plain.headers.get("etag"), 'W/"abc"');
  const year = "public, max-age=31536000, immutable";
  assert.equal((await ask("/a.css?__frsh_c=now")).headers.get("cache-control"), year);
  assert.equal((await ask("/_fresh/js/now/x.js")).headers.get("cache-control"), year);
});

Deno.test("staticFiles() sends a page of another build to today's file", async () => {
  const response = await ask("/a.css?__frsh_c=before&x=1");
  assert.equal(response.status, 307);
  assert.equal(response.headers.get("location"), "/a.css?x=1");
});

Deno.test("staticFiles() answers 304 to whoever has the file", async () => {
  for (const known of ['W/"abc"', '"abc"', '"old", W/"abc"']) {
    const response = await ask("/a.css", { headers: { "If-None-Match": known } });
    assert.deepEqual([response.status, response.body], [304, null]);
    assert.equal(response.headers.get("etag"), 'W/"abc"');
  }
  const other = await ask("/a.css", { headers: { "If-None-Match": '"abcd"' } });
  assert.equal(other.status, 200);
});

Deno.test("staticFiles() answers HEAD without a body, and other methods not at all", async () => {
  const head = await ask("/a.css", { method: "HEAD" });
  assert.deepEqual([head.status, head.body, head.headers.get("content-length")], [200, null, "6"]);
  const posted = await ask("/a.css", { method: "POST" });
  assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("staticFiles() decodes paths, and leaves what it does not know to the routes", async () => {
  assert.equal((await ask("/%C3%A4%20b.css")).status, 200);
  assert.equal(await (await ask("/%C3%A4%20b.css")).text(), "body{}");
  assert.equal((await ask("/%zz.css")).status, 400);
  assert.equal(await (await ask("/b.css")).text(), "route");
});

Deno.test("staticFiles() serves below the base path", async () => {
  assert.equal(await (await ask("/shop/a.css", {}, "/shop")).text(), "body{}");
  assert.equal((await ask("/a.css", {}, "/shop")).status, 404);
});
