/** The bell, what it leads to, and which mails are wanted besides. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const PAGE = "/en/notifications";
const CLAIM = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";

const NEWS: Row = {
  id: "5f0d7a46-0f6c-4d63-9f6f-0a2f3f1e7c11",
  type: "claim_status_changed",
  params: { "claim_number": "CLM-KS-2026-000001", title: "Collision", after: "negotiation" },
  actionPath: `/staff/claims/${CLAIM}`,
  claimId: CLAIM,
  readAt: null,
  createdAt: new Date("2026-11-20T10:00:00Z"),
  place: "2026-11-20T10:00:00.000000Z",
  unread: 3,
};

async function person(role: string) {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test", role });
  return { site, visitor: new Visitor(await siteHandler(site)).holds(tokens) };
}

Deno.test("the bell counts what is unread, in every portal", async () => {
  for (const role of ["member", "agent", "staff", "tenant_admin"]) {
    const { site, visitor } = await person(role);
    site.tables.set("notifications", [NEWS]);
    const html = await (await visitor.get(PAGE)).text();
    assert.match(html, /data-testid="notification-bell" data-unread="3"/, role);
    assert.match(html, /3 new notifications/);
    assert.match(html, /The claim has moved on: We are negotiating/);
    const portal = role === "tenant_admin" ? "admin" : "staff";
    assert.match(html, new RegExp(`href="/en/${portal}/claims/${CLAIM}"`));
  }
});

Deno.test("what was told is marked as read, one by one or all", async () => {
  const { site, visitor } = await person("member");
  site.tables.set("notifications", [NEWS]);
  const one = await visitor.post(PAGE, { act: "one", id: String(NEWS["id"]) });
  assert.equal(one.headers.get("location"), PAGE);
  assert.equal((await visitor.post(PAGE, { act: "all" })).status, 303);
  assert.equal((await visitor.post(PAGE, { act: "one", id: "x" })).status, 400);
  assert.deepEqual(site.calls, [
    "select mark_notifications_read",
    "select mark_notifications_read",
  ]);
});

Deno.test("members choose their mails; who works here gets none to choose", async () => {
  const { site, visitor } = await person("member");
  const page = await (await visitor.get(`${PAGE}/settings`)).text();
  assert.match(page, /name="updates"[^>]*checked/);
  const saved = await visitor.post(`${PAGE}/settings`, { updates: "yes" });
  assert.equal(saved.headers.get("location"), `${PAGE}/settings?saved`);
  assert.deepEqual(site.calls, ["insert notification_preferences"]);
  const staff = await person("staff");
  assert.equal((await staff.visitor.get(`${PAGE}/settings`)).status, 303);
  assert.doesNotMatch(await (await staff.visitor.get(PAGE)).text(), /notifications\/settings/);
});

Deno.test("nobody's notifications are shown to who is not signed in", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  assert.match((await visitor.get(PAGE)).headers.get("location") ?? "", /^\/en\/login\?next=/);
});
