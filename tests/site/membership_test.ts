import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";
import { allows } from "../../site/membership_acts.ts";

const ID = "0b5cf0ce-7a52-4b0e-9f6e-0f6f6a9f7a01";
const PAGE = "/en/member/membership";
const AWAY = /Nothing was changed and nothing was charged/;

const RUNNING: Row = {
  id: ID,
  providerSubscriptionId: "sub_01abc",
  status: "active",
  startedAt: new Date("2026-03-01T00:00:00Z"),
  planName: "Asistenca",
  priceCents: 2000,
  currency: "EUR",
  currentPeriodStart: new Date("2026-03-01T00:00:00Z"),
  currentPeriodEnd: new Date("2027-03-01T00:00:00Z"),
  cancelAtPeriodEnd: false,
  canceledAt: null,
  pastDueAt: null,
  gracePeriodEndsAt: null,
  accessRevokedAt: null,
};
const ENDING: Row = { ...RUNNING, cancelAtPeriodEnd: true };
const GRACE: Row = {
  ...RUNNING,
  status: "past_due",
  pastDueAt: new Date("2026-11-11T10:00:00Z"),
  gracePeriodEndsAt: new Date("2026-11-25T10:00:00Z"),
};
const INVOICE: Row = {
  id: "7d1d0b7e-2a0c-4b58-8a55-1a8a2f0a1b02",
  number: "1001-7",
  status: "partially_refunded",
  amountCents: 2000,
  refundedCents: 500,
  currency: "EUR",
  billedAt: new Date("2026-03-01T00:00:00Z"),
  providerTransactionId: "txn_01abc",
};

async function signedIn(access: string, rows: Row[], facts: Row = {}) {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test", ...facts });
  site.tables.set("membership_access", [{ access }]);
  site.tables.set("subscriptions", rows);
  const member = new Visitor(await siteHandler(site)).holds(tokens);
  return { site, member };
}

/** Text as a reader sees it: dates and amounts hold together by no-break spaces. */
const plain = async (answer: Response) => (await answer.text()).replaceAll("\u00a0", " ");

const post = (member: Visitor, act: string, subscription = ID, path = PAGE) =>
  member.post(path, { act, subscription });

Deno.test("the page tells plan, price, period and the next payment", async () => {
  const { member } = await signedIn("active", [RUNNING]);
  const html = await plain(await member.get(PAGE));
  assert.match(html, /data-testid="membership-page-ready"/);
  assert.match(html, /data-testid="member-membership-card-ready"/);
  assert.match(html, /€20 a year/);
  assert.match(html, /1 March 2026 to 1 March 2027/);
  assert.match(html, /€20 on 1 March 2027/);
  assert.match(html, /data-refund="over"/);
});

Deno.test("within thirty days of buying the page says how the price comes back", async () => {
  const row = { ...RUNNING, startedAt: new Date("2026-11-20T10:00:00Z") };
  const { member } = await signedIn("active", [row]);
  const html = await plain(await member.get(PAGE));
  assert.match(html, /data-refund="within"/);
  assert.match(html, /before 20 December 2026, you get the full price back/);
});

Deno.test("invoices show what was paid and what came back", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  site.tables.set("billing_invoices", [INVOICE]);
  const html = await plain(await member.get(PAGE));
  assert.match(html, /€5 refunded/);
  assert.match(html, /Partly refunded/);
  assert.match(html, new RegExp(`href="${PAGE}/invoices/${INVOICE["id"]}"`));
});

Deno.test("the states without a running membership have no button that cannot work", async () => {
  for (
    const [access, row] of [
      ["none", { ...RUNNING, status: "canceled", currentPeriodEnd: new Date("2026-10-01") }],
      ["none", { ...RUNNING, status: "expired" }],
    ] as const
  ) {
    const { member } = await signedIn(access, [row]);
    const html = await (await member.get(PAGE)).text();
    assert.doesNotMatch(html, /name="act"/);
    assert.doesNotMatch(html, /membership\/cancel/);
  }
});

Deno.test("a payment that is missing shows on both pages, with the way to pay it", async () => {
  for (
    const [access, days] of [["grace", /still counts for 2 days/], [
      "suspended",
      /since 11 November/,
    ]] as const
  ) {
    for (const path of [PAGE, "/en/member"]) {
      const { member } = await signedIn(access, [GRACE]);
      const answer = await member.get(path);
      assert.match(answer.headers.get("content-security-policy") ?? "", /form-action 'self' http/);
      const html = await plain(answer);
      assert.match(html, /data-testid="past-due-banner"/);
      assert.match(html, days);
      assert.match(html, /name="act" value="payment"/);
      assert.equal(/membership\/cancel/.test(html), path === PAGE);
    }
  }
});

Deno.test("money that went back is told as what it is, and cannot be paid by card", async () => {
  const row = { ...RUNNING, accessRevokedAt: new Date("2026-11-20T10:00:00Z") };
  const { member } = await signedIn("suspended", [row]);
  const html = await plain(await member.get("/en/member"));
  assert.match(html, /went back on 20 November 2026/);
  assert.doesNotMatch(html, /name="act"/);
});

Deno.test("cancelling asks first, tells the terms, and then asks Paddle once", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  const html = await plain(await member.get(`${PAGE}/cancel?subscription=${ID}`));
  assert.match(html, /You have paid until 1 March 2027/);
  assert.match(html, /data-refund=/);
  assert.deepEqual(site.calls, []);

  const answer = await post(member, "cancel", ID, `${PAGE}/cancel`);
  assert.equal(answer.status, 303);
  const location = answer.headers.get("location") ?? "";
  assert.match(location, new RegExp(`^${PAGE}\\?changed=cancel&of=${ID}&at=\\d+$`));
  assert.deepEqual(site.calls, ["cancelAtPeriodEnd sub_01abc"]);

  assert.match(await plain(await member.get(location)), /http-equiv="refresh"/);
  site.tables.set("subscriptions", [ENDING]);
  const after = await plain(await member.get(location));
  assert.match(after, /Your membership is cancelled/);
  assert.doesNotMatch(after, /http-equiv="refresh"/);
});

Deno.test("the page does not wait for an event for ever", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  const location = (await post(member, "cancel")).headers.get("location") ?? "";
  site.clock.advance(121_000);
  assert.doesNotMatch(await (await member.get(location)).text(), /http-equiv="refresh"/);
});

Deno.test("a second press cancels nothing twice", async () => {
  const { site, member } = await signedIn("active", [ENDING]);
  assert.equal((await post(member, "cancel", ID, `${PAGE}/cancel`)).status, 303);
  assert.deepEqual(site.calls, []);

  // Pressed again before the event arrived: Paddle says that there is such a change already.
  site.tables.set("subscriptions", [RUNNING]);
  site.paddleRefuses = "subscription_locked_pending_changes";
  assert.equal((await post(member, "cancel", ID, `${PAGE}/cancel`)).status, 303);
});

Deno.test("a cancellation can be taken back", async () => {
  const { site, member } = await signedIn("active", [ENDING]);
  assert.match(await (await member.get(PAGE)).text(), /name="act" value="withdraw"/);
  const location = (await post(member, "withdraw")).headers.get("location") ?? "";
  assert.match(location, /changed=withdraw/);
  assert.deepEqual(site.calls, ["withdraw sub_01abc"]);
  site.tables.set("subscriptions", [RUNNING]);
  assert.match(await (await member.get(location)).text(), /Your membership goes on/);
});

Deno.test("another card is given at Paddle, and nowhere else", async () => {
  const { site, member } = await signedIn("grace", [GRACE]);
  const answer = await post(member, "payment");
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "http://localhost:54325/checkout?_ptxn=txn_card");
  Object.assign(site.services.paddle, {
    paymentMethodCheckout: () => Promise.resolve("https://evil.example/"),
  });
  const refused = await post(member, "payment");
  assert.equal(refused.headers.get("location"), null);
  assert.match(await refused.text(), AWAY);
});

Deno.test("with Paddle away nothing is changed, and the page says so", async () => {
  for (
    const [act, path] of [["payment", PAGE], ["cancel", `${PAGE}/cancel`], [
      "withdraw",
      PAGE,
    ]] as const
  ) {
    const { site, member } = await signedIn("active", [act === "withdraw" ? ENDING : RUNNING]);
    site.paddleIsUp = false;
    const answer = await post(member, act, ID, path);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), AWAY);
  }
});

Deno.test("Paddle's no is told as such", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  site.paddleRefuses = "subscription_is_canceled_action_invalid";
  const answer = await post(member, "cancel", ID, `${PAGE}/cancel`);
  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /did not accept this/);
});

Deno.test("somebody else's subscription does not exist, and Paddle is not asked about it", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  const other = crypto.randomUUID();
  for (const act of ["cancel", "withdraw", "payment"]) {
    assert.equal((await post(member, act, other)).status, 404);
  }
  assert.equal((await post(member, "cancel", other, `${PAGE}/cancel`)).status, 404);
  assert.equal((await member.get(`${PAGE}/cancel?subscription=${other}`)).status, 404);
  assert.equal((await member.get(`${PAGE}/cancel?subscription=x`)).status, 404);
  assert.deepEqual(site.calls, []);
});

Deno.test("an act that does not fit the state is refused without asking Paddle", async () => {
  const { site, member } = await signedIn("none", [{ ...RUNNING, status: "canceled" }]);
  for (const act of ["cancel", "withdraw", "payment"]) {
    assert.equal((await post(member, act)).status, 409);
  }
  assert.equal((await post(member, "delete")).status, 422);
  assert.deepEqual(site.calls, []);
});

Deno.test("a form from elsewhere changes nothing", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  const fields = { act: "cancel", subscription: ID };
  const answer = await member.post(PAGE, fields, { "sec-fetch-site": "cross-site" });
  assert.equal(answer.status, 403);
  assert.deepEqual(site.calls, []);
});

Deno.test("an invoice leads to Paddle's document, if it is the member's own", async () => {
  const { site, member } = await signedIn("active", [RUNNING]);
  const path = `${PAGE}/invoices/${INVOICE["id"]}`;
  assert.equal((await member.get(path)).status, 404);
  assert.equal((await member.get(`${PAGE}/invoices/x`)).status, 404);
  assert.deepEqual(site.calls, []);

  site.tables.set("billing_invoices", [INVOICE]);
  const answer = await member.get(path);
  assert.equal(answer.headers.get("location"), "http://localhost:54325/invoices/txn_01abc.pdf");
  site.paddleIsUp = false;
  const away = await member.get(path);
  assert.equal(away.status, 503);
  assert.match(await away.text(), /Nothing is lost/);
});

Deno.test("who works here has no membership page", async () => {
  const { member } = await signedIn("none", [], { role: "staff" });
  assert.equal((await member.get(PAGE)).headers.get("location"), "/en/staff/claims");
});

Deno.test("what nothing is paid for ends at once, as whoever wants to be forgotten has to end it", async () => {
  for (
    const [access, row] of [
      ["grace", GRACE],
      ["suspended", GRACE],
      ["none", { ...RUNNING, status: "paused" }],
    ] as const
  ) {
    const { site, member } = await signedIn(access, [row]);
    assert.match(await (await member.get(PAGE)).text(), /membership\/cancel\?subscription=/);
    const html = await plain(await member.get(`${PAGE}/cancel?subscription=${ID}`));
    assert.match(html, /It ends at once/);
    assert.doesNotMatch(html, /take it back until then|data-refund/);
    const answer = await post(member, "cancel", ID, `${PAGE}/cancel`);
    assert.deepEqual(site.calls, ["cancelNow sub_01abc"]);
    site.tables.set("subscriptions", [{ ...row, status: "canceled" }]);
    const after = await plain(await member.get(answer.headers.get("location") ?? ""));
    assert.match(after, /It has ended now\. There is nothing to pay/);
  }
});

Deno.test("a payment that is open is still not a cancellation to be taken back", async () => {
  const { site, member } = await signedIn("grace", [GRACE]);
  assert.equal((await post(member, "withdraw")).status, 409);
  assert.deepEqual(site.calls, []);
});

Deno.test("whatever stands in the way of being forgotten, its member can end", async () => {
  // As private.renews() asks: these go on by themselves unless they are set to end.
  const migration = await Deno.readTextFile(
    new URL("../../supabase/migrations/20261126200200_privacy.sql", import.meta.url),
  );
  const listed = /function private\.renews[\s\S]*?status in \(([^)]*)\)/.exec(migration)?.[1] ?? "";
  const renewing = [...listed.matchAll(/'(\w+)'/g)].map(([, status]) => status ?? "");
  assert.ok(renewing.length > 0);
  for (const status of ["trialing", "active", "past_due", "paused", "canceled", "expired"]) {
    const row = { status, cancelAtPeriodEnd: false, providerSubscriptionId: "sub_1" };
    assert.equal(allows(row, "cancel") === true, renewing.includes(status), status);
  }
});
