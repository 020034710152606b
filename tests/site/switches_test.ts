/** What the site does while a switch is on, and the page that turns them. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { type FakeSite, fakeSite, PLAN_ID, type Row } from "./fakes.ts";

function turnOn(site: FakeSite, ...flags: (string | readonly [string, string])[]): void {
  site.tables.set(
    "active_flags",
    flags.map((flag) =>
      typeof flag === "string" ? { key: flag, tenantId: null } : { key: flag[0], tenantId: flag[1] }
    ),
  );
}

async function siteWith(...flags: Parameters<typeof turnOn>[1][]) {
  const site = fakeSite();
  turnOn(site, ...flags);
  const handler = await siteHandler(site);
  return { site, handler, visitor: new Visitor(handler) };
}

Deno.test("maintenance shows a page in the visitor's language and says when to come back", async () => {
  const { visitor, site } = await siteWith("maintenance");
  for (
    const [path, words] of [["/en", "working on the site"], ["/sq/pricing", "Po punojm"]] as const
  ) {
    const answer = await visitor.get(path);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "300");
    assert.equal(answer.headers.get("cache-control")?.includes("no-store"), true);
    const text = await answer.text();
    assert.match(text, /data-testid="maintenance-page"/);
    assert.match(text, new RegExp(words));
  }
  // On purpose, and no trouble.
  assert.deepEqual(site.logged.filter((line) => line.includes("page failed")), []);
});

Deno.test("maintenance leaves sign-in, operations and files open", async () => {
  const { visitor } = await siteWith("maintenance");
  assert.equal((await visitor.get("/en/login")).status, 200);
  assert.equal((await visitor.get("/favicon.svg")).status, 200);
  const operations = await visitor.get("/en/admin/ops");
  assert.equal(operations.headers.get("location"), "/en/login?next=%2Fen%2Fadmin%2Fops");
});

Deno.test("maintenance tells programs in JSON, and health, webhooks and jobs are passed on", async () => {
  const { visitor } = await siteWith("maintenance");
  const claims = await visitor.get("/api/claims");
  assert.deepEqual([claims.status, (await claims.json()).error.code], [503, "maintenance"]);
  assert.equal(claims.headers.get("retry-after"), "300");
  // Nothing listens behind the fake site: passed on and not answered is another code.
  for (const path of ["/api/health", "/api/cron/mails"]) {
    assert.equal((await (await visitor.get(path)).json()).error.code, "function_unavailable", path);
  }
  const event = await visitor.post("/api/webhooks/paddle", {});
  assert.equal((await event.json()).error.code, "function_unavailable");
});

Deno.test("read-only pages are shown, and nothing is taken but a sign-in", async () => {
  const { visitor, site } = await siteWith("read_only");
  assert.equal((await visitor.get("/en/pricing")).status, 200);
  const refused = await visitor.post("/en/register", { email: "x@example.test" });
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /Nothing can be changed at the moment/);
  assert.deepEqual(site.calls.filter((call) => call.startsWith("signUp")), []);
  await site.person({ email: "member@demo.test" });
  const signIn = await visitor.post("/en/login", {
    email: "member@demo.test",
    password: "right-password",
  });
  assert.equal(signIn.status, 303);
  const nps = await visitor.post("/api/public/nps", {});
  assert.deepEqual([nps.status, (await nps.json()).error.code], [503, "read_only"]);
});

Deno.test("a switch of one country leaves the other alone", async () => {
  const { visitor } = await siteWith(["maintenance", "mk"]);
  assert.equal((await visitor.get("/en")).status, 200);
  assert.equal((await visitor.at("http://mk.localhost:8000/mk")).status, 503);
});

Deno.test("while nobody can buy the prices are shown and Paddle is not asked", async () => {
  const { site, handler } = await siteWith("stop_checkout");
  const tokens = await site.person({ email: "new@demo.test" });
  const buyer = new Visitor(handler).holds(tokens);
  const answer = await buyer.post("/en/pricing", { plan: PLAN_ID });
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /Memberships cannot be bought at the moment/);
  assert.deepEqual(site.calls.filter((call) => call.startsWith("createCheckout")), []);
});

Deno.test("a switch is obeyed within five seconds of being turned, and of being turned back", async () => {
  const { site, visitor } = await siteWith();
  assert.equal((await visitor.get("/en")).status, 200);
  turnOn(site, "maintenance");
  site.clock.advance(4_000);
  assert.equal((await visitor.get("/en")).status, 503);
  turnOn(site);
  site.clock.advance(4_000);
  assert.equal((await visitor.get("/en")).status, 200);
});

Deno.test("requests are counted under the pattern of their address, whatever became of them", async () => {
  const site = fakeSite();
  const counted: string[] = [];
  const services = {
    ...site.services,
    requests: {
      record: (route: string, status: number) => void counted.push(`${status} ${route}`),
      flush: () => Promise.resolve(),
    },
  };
  const visitor = new Visitor(await siteHandler({ ...site, services }));
  await visitor.get("/en/pricing");
  await visitor.get("/api/claims");
  await visitor.get("/en/there/is/nothing");
  await visitor.get(`/api/documents/${crypto.randomUUID()}/download`);
  assert.deepEqual(counted, [
    "200 /:locale/pricing",
    "401 /api/claims",
    "404 (unknown)",
    "503 /api/documents/:id/download",
  ]);
});

async function operator(role: string, rows: Row[] = []) {
  const { site, handler } = await siteWith();
  site.tables.set("feature_flags", rows);
  const tokens = await site.person({ email: "admin@demo.test", role });
  return { site, visitor: new Visitor(handler).holds(tokens) };
}

Deno.test("only administrators see the page of the operators", async () => {
  for (const role of ["tenant_admin", "super_admin"]) {
    const { visitor } = await operator(role);
    const answer = await visitor.get("/en/admin/ops");
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.match(text, /data-testid="ops-center-page"/);
    // The functions do not answer: that is what it says, and the switches work all the same.
    assert.match(text, /data-check="health" data-state="fail"/);
    assert.match(text, /data-switch="read_only"/);
  }
  for (const role of ["branch_manager", "staff", "agent", "member"]) {
    const { visitor } = await operator(role);
    assert.equal((await visitor.get("/en/admin/ops")).status, 303, role);
    assert.equal(
      (await visitor.post("/en/admin/ops", { key: "read_only", tenant: "", to: "on" })).status,
      303,
    );
  }
});

Deno.test("the page says where a switch is on, since when and why, and turns it", async () => {
  const { site, visitor } = await operator("super_admin", [{
    key: "pause_nps",
    tenantId: "mk",
    enabled: true,
    note: "wrong <text>",
    updatedAt: new Date("2026-11-23T09:00:00Z"),
    updatedByName: "Ana",
  }]);
  const text = await (await visitor.get("/en/admin/ops")).text();
  assert.match(text, /data-switch="pause_nps" data-on="yes"/);
  assert.match(text, /wrong &lt;text>/);
  assert.match(text, /Interdomestik Makedonija/);
  const turned = await visitor.post("/en/admin/ops", {
    key: "pause_nps",
    tenant: "mk",
    to: "off",
    note: "",
  });
  assert.equal(turned.headers.get("location"), "/en/admin/ops?switched=pause_nps");
  const call = site.statements.find(({ text }) => text.includes("private.set_flag"));
  assert.deepEqual(call?.values, ["pause_nps", "mk", false, null]);
});

Deno.test("what the database does not let them switch is refused on the page", async () => {
  const { site, visitor } = await operator("tenant_admin");
  site.refusal = { at: /set_flag/, state: "42501", message: "only administrators" };
  const answer = await visitor.post("/en/admin/ops", { key: "read_only", tenant: "", to: "on" });
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /You may not change this switch/);
  const odd = await visitor.post("/en/admin/ops", { key: "coffee", tenant: "ks", to: "on" });
  assert.equal(odd.status, 403);
});

Deno.test("a check links to a section that the runbook has", async () => {
  const { visitor } = await operator("tenant_admin");
  const page = await (await visitor.get("/en/admin/ops")).text();
  const [, section] = /admin\/ops\/runbook#([a-z-]+)/.exec(page) ?? [];
  const runbook = await (await visitor.get("/en/admin/ops/runbook")).text();
  assert.match(runbook, new RegExp(`id="${section}"`));
});
