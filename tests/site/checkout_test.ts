import assert from "node:assert/strict";
import type { PaddleTransaction } from "@core/billing/paddle_api.ts";
import { PaddleUnavailable } from "@core/platform/errors.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { type FakeSite, fakeSite, PLAN_ID, type Row } from "./fakes.ts";

async function openShop(facts: Row = {}, env: Record<string, string> = {}) {
  const site = fakeSite(env);
  const tokens = await site.person({ email: "arta@demo.test", ...facts });
  const handler = await siteHandler(site);
  return { site, handler, buyer: new Visitor(handler).holds(tokens) };
}

function purchase(site: FakeSite, facts: Partial<PaddleTransaction>): string {
  const id = "txn_01abc";
  site.purchases.set(id, {
    id,
    status: "ready",
    origin: "api",
    subscriptionId: null,
    customerId: null,
    userId: site.accounts.get("arta@demo.test")?.id ?? null,
    checkoutUrl: "http://localhost:54325/checkout?_ptxn=txn_01abc",
    paymentError: null,
    ...facts,
  });
  return `/en/checkout/done?_ptxn=${id}`;
}

const marker = async (answer: Response) =>
  /data-testid="(success-page-ready|checkout-\w+)"/.exec(await answer.text())?.[1];

Deno.test("the prices are the tenant's plans, with the features that have words", async () => {
  const { handler } = await openShop();
  const html = await (await new Visitor(handler).get("/en/pricing")).text();
  assert.match(html, /€20/);
  assert.match(html, /Help with every claim/);
  assert.doesNotMatch(html, /no\.such\.key/);
});

Deno.test("on another tenant's host members are offered the plans of their own", async () => {
  const { buyer, handler } = await openShop();
  const address = "http://mk.localhost:8000/en/pricing";
  const home = (await buyer.at(address)).headers.get("location") ?? "";
  assert.equal(home, "http://ks.localhost:8000/en/pricing");
  assert.match(await (await buyer.at(home)).text(), new RegExp(`value="${PLAN_ID}"`));
  const visitor = await new Visitor(handler).at(address);
  assert.doesNotMatch(await visitor.text(), new RegExp(PLAN_ID));
});

Deno.test("who is not signed in registers first and comes back to the plan", async () => {
  const { handler } = await openShop();
  const answer = await new Visitor(handler).post("/en/pricing", { plan: PLAN_ID });
  const location = new URL(answer.headers.get("location") ?? "", "http://x");
  assert.equal(location.pathname, "/en/register");
  assert.equal(location.searchParams.get("next"), `/en/pricing?plan=${PLAN_ID}`);
});

Deno.test("choosing a plan opens one checkout, with everything that the webhook needs", async () => {
  const { site, buyer } = await openShop();
  await buyer.get("/en?ref=AGENT1");
  const [first, second] = await Promise.all([
    buyer.post("/en/pricing", { plan: PLAN_ID }),
    buyer.post("/en/pricing", { plan: PLAN_ID }),
  ]);
  assert.equal(first.status, 303);
  assert.equal(first.headers.get("location"), "http://localhost:54325/checkout?_ptxn=txn_1");
  assert.equal(second.headers.get("location"), first.headers.get("location"));
  const asked = site.calls.filter((call) => call.startsWith("createCheckout"));
  assert.equal(asked.length, 1);
  assert.deepEqual(JSON.parse(asked[0]?.slice("createCheckout ".length) ?? ""), {
    priceId: "pri_01",
    userId: site.accounts.get("arta@demo.test")?.id,
    tenantId: "ks",
    refCode: "AGENT1",
    customerId: "ctm_1",
    checkoutUrl: "http://localhost:8000/en/checkout",
  });
});

Deno.test("the prices may lead to Paddle by a form, other pages may not", async () => {
  const { buyer } = await openShop();
  const policy = async (path: string) =>
    (await buyer.get(path)).headers.get("content-security-policy") ?? "";
  assert.match(await policy("/en/pricing"), /form-action 'self' http:\/\/localhost:54325 /);
  assert.match(await policy("/en"), /form-action 'self';/);
});

Deno.test("with Paddle away the page says so and nothing was charged", async () => {
  const { site, buyer } = await openShop();
  Object.assign(site.services.paddle, {
    createCheckout: () => Promise.reject(new PaddleUnavailable()),
  });
  const answer = await buyer.post("/en/pricing", { plan: PLAN_ID });
  assert.equal(answer.status, 503);
  const html = await answer.text();
  assert.match(html, /data-testid="pricing-page-ready"/);
  assert.match(html, /Nothing was charged/);
});

Deno.test("a checkout address that is not Paddle's is not followed", async () => {
  const { site, buyer } = await openShop();
  Object.assign(site.services.paddle, {
    createCheckout: () => Promise.resolve({ transactionId: "txn_1", url: "https://evil.example" }),
  });
  const answer = await buyer.post("/en/pricing", { plan: PLAN_ID });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("location"), null);
});

Deno.test("a plan that is not on offer, and no plan at all, are refused", async () => {
  const { site, buyer } = await openShop();
  assert.equal((await buyer.post("/en/pricing", { plan: "all" })).status, 422);
  site.tables.set("membership_plans", []);
  assert.equal((await buyer.post("/en/pricing", { plan: PLAN_ID })).status, 422);
});

Deno.test("a member buys no second membership, someone who works here none at all", async () => {
  const member = await openShop();
  member.site.tables.set("membership_access", [{ access: "active" }]);
  const answer = await member.buyer.post("/en/pricing", { plan: PLAN_ID });
  assert.equal(answer.headers.get("location"), "/en/member");
  assert.doesNotMatch(await (await member.buyer.get("/en/pricing")).text(), /name="plan"/);

  const agent = await openShop({ role: "agent" });
  assert.equal((await agent.buyer.post("/en/pricing", { plan: PLAN_ID })).status, 403);
});

Deno.test("coming back from the checkout tells where the purchase stands", async () => {
  const cases: [Partial<PaddleTransaction>, string, string | null][] = [
    [{ status: "completed" }, "checkout-waiting", null],
    [{ status: "paid" }, "checkout-waiting", null],
    [{ status: "ready" }, "checkout-unpaid", "Try again"],
    [{ status: "billed" }, "checkout-unpaid", "Try again"],
    [{ status: "ready", paymentError: "declined" }, "checkout-declined", "Try again"],
    [{ status: "canceled" }, "checkout-canceled", null],
    [{ status: "paid", userId: crypto.randomUUID() }, "checkout-none", null],
  ];
  for (const [facts, expected] of cases) {
    const { site, buyer } = await openShop();
    const path = purchase(site, facts);
    assert.equal(await marker(await buyer.get(path)), expected, JSON.stringify(facts));
  }
});

Deno.test("who paid what was open, or gave another card, comes back to plan and payments", async () => {
  const cases: [Partial<PaddleTransaction>, RegExp][] = [
    [
      { status: "completed", origin: "subscription_payment_method_change" },
      /\?changed=payment&at=/,
    ],
    [{ status: "paid", origin: "subscription_recurring" }, /\?changed=payment&at=/],
    [{ status: "past_due", origin: "subscription_recurring" }, /\?unfinished$/],
    [{ status: "ready", origin: "subscription_payment_method_change" }, /\?unfinished$/],
  ];
  for (const [facts, expected] of cases) {
    const { site, buyer } = await openShop();
    site.tables.set("membership_access", [{ access: "active" }]);
    const location = (await buyer.get(purchase(site, facts))).headers.get("location") ?? "";
    assert.match(location, /^\/en\/member\/membership\?/);
    assert.match(location, expected);
  }
});

Deno.test("an active membership is the end of every purchase", async () => {
  const { site, buyer } = await openShop();
  site.tables.set("membership_access", [{ access: "active" }]);
  site.paddleIsUp = false;
  assert.equal(await marker(await buyer.get("/en/checkout/done")), "success-page-ready");
});

Deno.test("with Paddle away a buyer is told that nothing is lost", async () => {
  const { site, buyer } = await openShop();
  const path = purchase(site, { status: "paid" });
  site.paddleIsUp = false;
  assert.equal(await marker(await buyer.get(path)), "checkout-unknown");
});

Deno.test("waiting works without JavaScript, survives a reload and owns up when it is slow", async () => {
  const { site, buyer } = await openShop();
  const path = purchase(site, { status: "paid" });
  const html = await (await buyer.get(path)).text();
  const again = /<noscript><meta http-equiv="refresh" content="\d+;url=([^"]+)"/.exec(html)?.[1];
  assert.ok(again, "no refresh for browsers without JavaScript");
  site.clock.advance(60_000);
  const later = await (await buyer.get(again.replaceAll("&amp;", "&"))).text();
  assert.match(later, /taking longer than usual/);
  assert.match(later, /txn_01abc/);
});

Deno.test("the waiting page's question is answered as JSON, for the buyer only", async () => {
  const { site, handler, buyer } = await openShop();
  purchase(site, { status: "paid" });
  const answer = await buyer.get("/en/checkout/status?_ptxn=txn_01abc");
  assert.deepEqual(await answer.json(), { state: "waiting" });
  const stranger = await new Visitor(handler).get("/en/checkout/status?_ptxn=txn_01abc");
  assert.equal(stranger.status, 303);
});

Deno.test("a payment address that is not Paddle's is not offered", async () => {
  const { site, buyer } = await openShop();
  const path = purchase(site, { checkoutUrl: "https://evil.example/pay" });
  assert.doesNotMatch(await (await buyer.get(path)).text(), /evil\.example/);
});

Deno.test("only the page that opens Paddle's checkout may load Paddle's script", async () => {
  const { buyer } = await openShop({}, {
    FRESH_PUBLIC_PADDLE_ENV: "sandbox",
    FRESH_PUBLIC_PADDLE_CLIENT_TOKEN: "test_token",
  });
  const answer = await buyer.get("/en/checkout?_ptxn=txn_01abc");
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.equal(answer.status, 200);
  assert.match(policy, /script-src [^;]*https:\/\/cdn\.paddle\.com/);
  assert.doesNotMatch(/script-src [^;]*/.exec(policy)?.[0] ?? "", /unsafe/);
  assert.match(policy, /frame-src [^;]*https:\/\/sandbox-buy\.paddle\.com/);
  assert.match(answer.headers.get("permissions-policy") ?? "", /payment=\(self /);
  const other = await buyer.get("/en/pricing");
  assert.doesNotMatch(other.headers.get("content-security-policy") ?? "", /cdn\.paddle/);
});

Deno.test("with the simulator there is no such page", async () => {
  const { buyer } = await openShop();
  const answer = await buyer.get("/en/checkout?_ptxn=txn_01abc");
  assert.equal(answer.headers.get("location"), "/en/pricing");
});
