import assert from "node:assert/strict";
import { ApiError, type Environment, Paddle } from "@paddle/paddle-node-sdk";
import { startPaddle } from "./server.ts";
import { apiKey, plans, prices } from "./test_support.ts";

async function withSdk(work: (sdk: Paddle, url: string) => Promise<void>): Promise<void> {
  const hook = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    await request.text();
    return new Response("ok");
  });
  const simulator = await startPaddle({
    port: 0,
    apiKey,
    webhookUrl: `http://127.0.0.1:${hook.addr.port}/webhook`,
    webhookSecret: "pdl_ntfset_secret",
    siteUrl: "http://localhost:8000",
    catalogue: plans,
  });
  try {
    // An environment that the SDK does not know is taken as the base URL.
    const sdk = new Paddle(apiKey, { environment: simulator.url as Environment });
    await work(sdk, simulator.url);
    await simulator.settled();
  } finally {
    await simulator.stop();
    await hook.shutdown();
  }
}

async function pay(url: string, transactionId: string): Promise<void> {
  const response = await fetch(`${url}/sim/transactions/${transactionId}/pay`, {
    method: "POST",
    body: JSON.stringify({ card: "ok", email: "arta@example.com" }),
  });
  assert.equal(response.status, 200, await response.text());
}

Deno.test("Paddle's SDK sells a plan and manages the subscription", async () => {
  await withSdk(async (sdk, url) => {
    const products = await sdk.products.list().next();
    assert.deepEqual(products.map((one) => one.name).sort(), ["Family", "Standard"]);
    const price = await sdk.prices.get(prices.standard);
    assert.equal(price.unitPrice.amount, "2000");
    assert.equal(price.billingCycle?.interval, "year");

    const made = await sdk.transactions.create({
      items: [{ priceId: prices.standard, quantity: 1 }],
      customData: { user_id: "user-1", tenant_id: "ks" },
      checkout: { url: "http://ks.localhost:8000/sq/checkout" },
      collectionMode: "automatic",
    });
    assert.equal(made.status, "draft");
    assert.equal(made.checkout?.url, `${url}/checkout?_ptxn=${made.id}`);
    await pay(url, made.id);

    const paid = await sdk.transactions.get(made.id, { include: ["customer"] });
    assert.equal(paid.status, "completed");
    assert.equal(paid.customer?.email, "arta@example.com");
    assert.deepEqual(paid.customData, { user_id: "user-1", tenant_id: "ks" });
    assert.equal(paid.details?.totals?.grandTotal, "2000");
    const subscriptionId = paid.subscriptionId ?? "";

    const subscription = await sdk.subscriptions.get(subscriptionId);
    assert.equal(subscription.status, "active");
    assert.ok(subscription.managementUrls?.updatePaymentMethod);
    const ofCustomer = await sdk.subscriptions.list({ customerId: [subscription.customerId] })
      .next();
    assert.equal(ofCustomer.length, 1);

    const canceling = await sdk.subscriptions.cancel(subscriptionId, {
      effectiveFrom: "next_billing_period",
    });
    assert.equal(canceling.scheduledChange?.action, "cancel");
    assert.equal(canceling.nextBilledAt, null);
    const kept = await sdk.subscriptions.update(subscriptionId, { scheduledChange: null });
    assert.equal(kept.scheduledChange, null);
    assert.equal(kept.nextBilledAt, kept.currentBillingPeriod?.endsAt);
    const upgraded = await sdk.subscriptions.update(subscriptionId, {
      items: [{ priceId: prices.family, quantity: 1 }],
      prorationBillingMode: "full_immediately",
    });
    assert.equal(upgraded.items[0]?.price.id, prices.family);
    const change = await sdk.subscriptions.getPaymentMethodChangeTransaction(subscriptionId);
    assert.equal(change.origin, "subscription_payment_method_change");
    assert.equal(change.details?.totals?.grandTotal, "0");

    const paused = await sdk.subscriptions.pause(subscriptionId, { effectiveFrom: "immediately" });
    assert.equal(paused.status, "paused");
    const resumed = await sdk.subscriptions.resume(subscriptionId, {
      effectiveFrom: "immediately",
    });
    assert.equal(resumed.status, "active");
    const canceled = await sdk.subscriptions.cancel(subscriptionId, {
      effectiveFrom: "immediately",
    });
    assert.equal(canceled.status, "canceled");

    const charges = await sdk.transactions.list({ subscriptionId: [subscriptionId] }).next();
    assert.equal(charges.length, 4);
    const invoice = await sdk.transactions.getInvoicePDF(made.id);
    const page = await fetch(invoice.url);
    assert.match(await page.text(), /Invoice 1001-1001/);
  });
});

Deno.test("Paddle's SDK works with customers, portal, refunds, events and notifications", async () => {
  await withSdk(async (sdk, url) => {
    const customer = await sdk.customers.create({ email: "arta@example.com", name: "Arta" });
    const [found] = await sdk.customers.list({ email: ["Arta@Example.com"] }).next();
    assert.equal(found?.id, customer.id);
    const renamed = await sdk.customers.update(customer.id, { name: "Arta K" });
    assert.equal(renamed.name, "Arta K");
    await assert.rejects(
      sdk.customers.create({ email: "ARTA@example.com" }),
      (error) => error instanceof ApiError && error.code === "customer_already_exists",
    );

    const made = await sdk.transactions.create({
      items: [{ priceId: prices.standard, quantity: 1 }],
      customerId: customer.id,
    });
    await pay(url, made.id);
    const paid = await sdk.transactions.get(made.id);
    const session = await sdk.customerPortalSessions.create(customer.id, [
      paid.subscriptionId ?? "",
    ]);
    const portal = await fetch(session.urls.general.overview);
    assert.match(await portal.text(), /Your subscriptions/);

    const refund = await sdk.adjustments.create({
      action: "refund",
      type: "full",
      transactionId: made.id,
      reason: "changed mind",
    });
    assert.equal(refund.totals.total, "2000");
    const [listed] = await sdk.adjustments.list({ transactionId: [made.id] }).next();
    assert.equal(listed?.status, "approved");

    const types: string[] = [];
    const ids: string[] = [];
    for await (const event of sdk.events.list({ perPage: 5 })) {
      types.push(event.eventType);
      ids.push(event.eventId);
    }
    assert.ok(types.includes("subscription.created") && types.includes("adjustment.updated"));
    assert.deepEqual(ids, ids.toSorted());
    const rest = await sdk.events.list({ after: ids.at(-3) ?? "" }).next();
    assert.deepEqual(rest.map((event) => event.eventId), ids.slice(-2));

    const settled = await fetch(`${url}/sim/settled`);
    assert.equal((await settled.json()).data.settled, true);
    const [notification] = await sdk.notifications.list({ status: ["delivered"] }).next();
    const replayed = await sdk.notifications.replay(notification?.id ?? "");
    assert.notEqual(replayed.notificationId, notification?.id);
    const again = await sdk.notifications.get(replayed.notificationId);
    assert.equal(again.origin, "replay");
    assert.equal(again.payload?.eventId, notification?.payload?.eventId);
    assert.ok((await sdk.eventTypes.list()).length > 20);
  });
});

Deno.test("Paddle's SDK understands the simulator's refusals", async () => {
  await withSdk(async (sdk, url) => {
    const refusal = async (work: Promise<unknown>): Promise<ApiError> => {
      const error = await work.then(() => null, (error: unknown) => error);
      assert.ok(error instanceof ApiError);
      return error;
    };
    const stranger = new Paddle("pdl_wrong", { environment: url as Environment });
    assert.equal((await refusal(stranger.products.get("pro_x"))).code, "invalid_token");
    assert.equal((await refusal(sdk.transactions.get("txn_none"))).code, "not_found");
    const unknownPrice = await refusal(
      sdk.transactions.create({ items: [{ priceId: "pri_none", quantity: 1 }] }),
    );
    assert.equal(unknownPrice.code, "invalid_field");
    assert.equal(unknownPrice.errors?.[0]?.field, "items.price_id");
    const foreignDomain = await refusal(sdk.transactions.create({
      items: [{ priceId: prices.standard, quantity: 1 }],
      checkout: { url: "https://evil.example/checkout" },
    }));
    assert.equal(foreignDomain.code, "transaction_checkout_url_domain_is_not_approved");
  });
});

Deno.test("What the API does not have is refused in Paddle's shape, a page in words", async () => {
  await withSdk(async (_sdk, url) => {
    const bearer = { authorization: `Bearer ${apiKey}` };
    for (const [method, path] of [["GET", "/nope"], ["DELETE", "/products"], ["GET", "/a/b"]]) {
      const answer = await fetch(`${url}${path}`, { method: method ?? "", headers: bearer });
      assert.equal(answer.status, 404, path);
      assert.equal((await answer.json()).error.code, "invalid_url", path);
    }
    const page = await fetch(`${url}/nope`);
    assert.deepEqual([page.status, await page.text()], [404, "There is no such page."]);
  });
});
