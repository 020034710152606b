import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, ORIGIN } from "./fakes.ts";

const HEADERS = [
  "content-security-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "permissions-policy",
  "referrer-policy",
  "x-content-type-options",
  "x-frame-options",
  "x-request-id",
];

Deno.test("every answer carries the header policy: pages, errors, redirects, files, the API", async () => {
  const site = fakeSite();
  const visitor = new Visitor(await siteHandler(site));
  const cases: [path: string, status: number][] = [
    ["/", 302],
    ["/sq", 200],
    ["/sq/", 302],
    ["/en/pricing", 200],
    ["/en/legal/terms", 200],
    ["/en/nope", 404],
    ["/xx/pricing", 404],
    ["/nope", 404],
    ["/sq/member", 303],
    ["/styles/base.css", 200],
    ["/favicon.svg", 200],
    ["/api/nope", 404],
    ["/api/health", 503],
    ["/api/webhooks/paddle", 405],
  ];
  for (const [path, status] of cases) {
    const response = await visitor.get(path);
    const text = await response.text();
    assert.equal(response.status, status, path);
    for (const name of HEADERS) assert.ok(response.headers.has(name), `${path}: ${name}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.match(policy, /base-uri 'none'/, path);
    const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
    assert.match(policy, isPage ? /default-src 'self'.*'nonce-/ : /^default-src 'none'/, path);
    assert.equal(response.headers.has("strict-transport-security"), false, path);
    assert.doesNotMatch(text, /ConnectionRefused|postgresql|\bat file:/, path);
  }
});

Deno.test("a Host header that makes no address is a bad request, with the header policy", async () => {
  const handler = await siteHandler(fakeSite());
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    for (const host of ["a b", "<script>", "x:99999999", "[::1"]) {
      const answer = await sendRaw(server.addr.port, `GET /en HTTP/1.1\r\nHost: ${host}\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /, host);
      for (const name of HEADERS) assert.match(answer, new RegExp(`^${name}: `, "im"), name);
      assert.match(answer, /"code":"refused"/);
      assert.doesNotMatch(answer, /script>/);
    }
  } finally {
    await server.shutdown();
  }
});

/** Sends what `fetch` would not, and returns the whole answer. */
async function sendRaw(port: number, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}Connection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}

Deno.test("over https the site insists on https and names its cookie __Host-session", async () => {
  const site = fakeSite({ SITE_URL: "https://interdomestik.com" });
  await site.person({ email: "arta@demo.test" });
  const visitor = new Visitor(await siteHandler(site));
  const page = await visitor.get("/sq");
  assert.match(page.headers.get("strict-transport-security") ?? "", /max-age=\d{8}; include/);
  assert.match(page.headers.get("content-security-policy") ?? "", /upgrade-insecure-requests/);
  const answer = await visitor.post("/sq/login", {
    email: "arta@demo.test",
    password: "right-password",
  });
  const cookie = answer.headers.getSetCookie()[0] ?? "";
  assert.match(cookie, /^__Host-session=.*HttpOnly; SameSite=Lax; Secure$/);
});

Deno.test("the address without a language leads to the visitor's", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const to = async (headers: HeadersInit) =>
    (await visitor.get("/?ref=AB12", headers)).headers.get("location");
  assert.equal(await to({}), "/sq?ref=AB12");
  assert.equal(await to({ "accept-language": "de, en;q=0.8, mk;q=0.5" }), "/en?ref=AB12");
  assert.equal(await to({ "accept-language": "hr" }), "/sr?ref=AB12");
  assert.equal(await to({ "accept-language": "zh", host: "mk.localhost:8000" }), "/mk?ref=AB12");
});

Deno.test("the host names the tenant", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const page = async (host: string) => await (await visitor.get("/en/help", { host })).text();
  assert.match(await page("mk.localhost:8000"), /Interdomestik MK DOOEL/);
  assert.match(await page("anything.example"), /Interdomestik KS LLC/);
});

Deno.test("a page names its translations by an address of ours, whatever the Host header says", async () => {
  const alternates = async (siteUrl: string, host: string) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SITE_URL: siteUrl })));
    const html = await (await visitor.at(`http://${host}/en/pricing?plan=1`)).text();
    return [...html.matchAll(/hreflang="([^"]+)" href="([^"]+)"/g)].map(([, tag, href]) => [
      tag,
      href,
    ]);
  };
  const found = await alternates("https://interdomestik.com", "evil.example");
  assert.deepEqual(found[0], ["sq", "https://interdomestik.com/sq/pricing"]);
  assert.equal(found.length, 4);
  assert.deepEqual((await alternates("https://interdomestik.com", "ks.localhost"))[1], [
    "en",
    "https://ks.localhost/en/pricing",
  ]);
});

Deno.test("a page says its language and carries its readiness marker", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const cases = [
    ["/sq", "sq", "landing-page-ready"],
    ["/en/pricing", "en", "pricing-page-ready"],
    ["/mk/login", "mk", "auth-ready"],
    ["/sr/register", "sr-Latn", "auth-ready"],
    ["/en/nope", "en", "not-found-page"],
  ] as const;
  for (const [path, lang, marker] of cases) {
    const html = await (await visitor.get(path)).text();
    assert.match(html, new RegExp(`<html lang="${lang}"`), path);
    assert.match(html, new RegExp(`data-testid="${marker}"`), path);
    assert.match(html, /<title>[^<]+ · Interdomestik<\/title>/, path);
  }
});

Deno.test("the language switch keeps the page and its query", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const html = await (await visitor.get("/sq/login?next=%2Fsq%2Fmember")).text();
  assert.match(html, /href="\/mk\/login\?next=%2Fsq%2Fmember"/);
});

Deno.test("with the database away a page says so in the visitor's language, and nothing else", async () => {
  const site = fakeSite();
  site.databaseIsUp = false;
  const visitor = new Visitor(await siteHandler(site));
  const response = await visitor.get("/en/pricing");
  const html = await response.text();
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "5");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(html, /data-testid="error-page"/);
  assert.match(html, /We are briefly unavailable/);
  assert.doesNotMatch(html, /ConnectionRefused/);
});

Deno.test("the tenants' facts outlive a short absence of the database", async () => {
  const site = fakeSite();
  const visitor = new Visitor(await siteHandler(site));
  await visitor.get("/en/help");
  site.databaseIsUp = false;
  site.clock.advance(120_000);
  assert.equal((await visitor.get("/en/help")).status, 200);
});

Deno.test("an error nobody foresaw shows a number that the log knows, and no more", async () => {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  site.tables.set("profiles", [{ ...site.tables.get("profiles")?.[0], createdAt: "broken" }]);
  const response = await visitor.get("/en/member");
  const html = await response.text();
  const id = response.headers.get("x-request-id") ?? "";
  assert.equal(response.status, 500);
  assert.match(html, new RegExp(id));
  assert.doesNotMatch(html, /TypeError|RangeError|formatToParts|\.ts/);
  assert.ok(site.logged.some((line) => line.includes(id) && line.includes("page failed")));
});

Deno.test("a page made for one person is stored nowhere", async () => {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  const handler = await siteHandler(site);
  const own = await new Visitor(handler).holds(tokens).get("/sq/member");
  assert.equal(own.status, 200);
  assert.equal(own.headers.get("cache-control"), "no-store");
  const open = await new Visitor(handler).get("/sq");
  assert.equal(open.headers.get("cache-control"), "private, no-cache");
});

Deno.test("each role sees its own part of the site and is led back from the others", async () => {
  const site = fakeSite();
  const handler = await siteHandler(site);
  const roots = {
    member: "/sq/member",
    agent: "/sq/agent",
    staff: "/sq/staff/claims",
    "branch_manager": "/sq/admin/overview",
    "tenant_admin": "/sq/admin/overview",
    "super_admin": "/sq/admin/overview",
  };
  for (const [role, root] of Object.entries(roots)) {
    const tokens = await site.person({ email: `${role}@demo.test`, role });
    const visitor = new Visitor(handler).holds(tokens);
    assert.equal((await visitor.get(root)).status, 200, role);
    for (const other of new Set(Object.values(roots))) {
      if (other === root) continue;
      const answer = await visitor.get(other);
      assert.equal(answer.headers.get("location"), root, `${role} at ${other}`);
    }
  }
});

Deno.test("who is not signed in is led to the sign-in page and back", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const answer = await visitor.get("/en/member?from=mail");
  assert.equal(answer.headers.get("location"), "/en/login?next=%2Fen%2Fmember%3Ffrom%3Dmail");
});

Deno.test("a person who was switched off is signed out at once", async () => {
  const site = fakeSite();
  const tokens = await site.person({ email: "gone@demo.test" });
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  site.tables.set("profiles", []);
  const answer = await visitor.get("/sq/member");
  assert.equal(answer.status, 303);
  assert.deepEqual(visitor.cookieNames(), []);
});

Deno.test("a recommendation is remembered for thirty days, and only if it looks like a code", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const answer = await visitor.get("/sq?ref=AGENT1");
  assert.match(
    answer.headers.getSetCookie()[0] ?? "",
    /^ref=AGENT1; Path=\/; Max-Age=2592000; Http/,
  );
  await visitor.get("/sq?ref=%3Cscript%3E");
  const html = await (await visitor.get("/en/register")).text();
  assert.match(html, /AGENT1/);
});

Deno.test("HEAD answers like GET, without a body", async () => {
  const handler = await siteHandler(fakeSite());
  const answer = await handler(new Request(`${ORIGIN}/sq`, { method: "HEAD" }));
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), "");
  assert.ok(answer.headers.has("content-security-policy"));
});
