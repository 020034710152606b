import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const SUBSCRIPTION: Row = {
  providerSubscriptionId: "sub_01abc",
  status: "active",
  planName: "Asistenca",
  currentPeriodStart: new Date("2026-03-01T00:00:00Z"),
  currentPeriodEnd: new Date("2027-03-01T00:00:00Z"),
  cancelAtPeriodEnd: false,
  canceledAt: null,
  pastDueAt: null,
  gracePeriodEndsAt: null,
};

async function dashboard(access: string, rows: Row[], path = "/en/member"): Promise<string> {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  site.tables.set("membership_access", [{ access }]);
  site.tables.set("subscriptions", rows);
  const answer = await new Visitor(await siteHandler(site)).holds(tokens).get(path);
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** Text as a reader sees it: dates hold together by no-break spaces. */
const plain = (html: string) => html.replaceAll("\u00a0", " ");

Deno.test("the dashboard carries both readiness markers and the member's number", async () => {
  const html = await dashboard("active", [SUBSCRIPTION]);
  assert.match(html, /data-testid="dashboard-page-ready"/);
  assert.match(html, /data-testid="member-dashboard-ready"/);
  assert.match(html, /data-testid="member-number">MEM-2026-000001</);
});

Deno.test("an active member reads until when, and that it renews", async () => {
  const html = plain(await dashboard("active", [SUBSCRIPTION]));
  assert.match(html, /data-membership="active"/);
  assert.match(html, /You are covered until 1 March 2027/);
  assert.match(html, /renews by itself on 1 March 2027/);
});

Deno.test("a cancelled membership that is still paid for says that it runs out", async () => {
  const html = plain(
    await dashboard("active", [{ ...SUBSCRIPTION, status: "canceled" }], "/sr/member"),
  );
  assert.match(html, /data-membership="ending"/);
  assert.match(html, /Vaše članstvo važi do 1\. marta 2027\./);
});

Deno.test("a member in grace reads how many days are left, in the grammar of the language", async () => {
  const row = {
    ...SUBSCRIPTION,
    status: "past_due",
    pastDueAt: new Date("2026-11-11T10:00:00Z"),
    gracePeriodEndsAt: new Date("2026-11-25T10:00:00Z"),
  };
  assert.match(await dashboard("grace", [row]), /still counts for 2 days/);
  const last = { ...row, gracePeriodEndsAt: new Date("2026-11-24T09:00:00Z") };
  assert.match(await dashboard("grace", [last]), /still counts for 1 day,/);
  assert.match(await dashboard("grace", [last], "/mk/member"), /уште 1 ден,/);
  const html = await dashboard("grace", [row]);
  assert.match(html, /role="alert"/);
});

Deno.test("a suspended member reads since when, and how to go on", async () => {
  const row = { ...SUBSCRIPTION, status: "past_due", pastDueAt: new Date("2026-11-01T10:00:00Z") };
  const html = plain(await dashboard("suspended", [row]));
  assert.match(html, /missing since 1 November 2026/);
  assert.match(html, /href="\/en\/pricing"/);
});

Deno.test("who has not bought yet is led to the plans", async () => {
  const html = await dashboard("none", []);
  assert.match(html, /data-membership="none"/);
  assert.match(html, /Only the plan is missing/);
  assert.match(html, /href="\/en\/pricing"/);
});

Deno.test("who was a member reads when it ended", async () => {
  const row = {
    ...SUBSCRIPTION,
    status: "canceled",
    currentPeriodEnd: new Date("2026-10-01T00:00:00Z"),
  };
  assert.match(plain(await dashboard("none", [row])), /It ran until 1 October 2026/);
});

Deno.test("a plan that is no longer on offer leaves the card without a name for it", async () => {
  const html = await dashboard("active", [{ ...SUBSCRIPTION, planName: null }]);
  assert.match(html, /data-membership="active"/);
});
