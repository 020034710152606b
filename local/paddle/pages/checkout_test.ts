import assert from "node:assert/strict";
import { prices, type TestPaddle, testPaddle } from "../test_support.ts";

async function order(paddle: TestPaddle, url = "http://ks.localhost:8000/en/checkout") {
  const { json } = await paddle.call("POST", "/transactions", {
    items: [{ price_id: prices.standard, quantity: 1 }],
    custom_data: { user_id: "user-1" },
    checkout: { url },
  });
  await paddle.drain();
  return json.data.id as string;
}

function open(paddle: TestPaddle, path: string, headers: HeadersInit = {}) {
  return paddle.fetch(new Request(`http://paddle.test${path}`, { headers }));
}

function submit(paddle: TestPaddle, id: string, fields: Record<string, string>) {
  return paddle.fetch(
    new Request(`http://paddle.test/checkout?_ptxn=${id}`, {
      method: "POST",
      headers: { origin: "http://paddle.test" },
      body: new URLSearchParams({
        email: "arta@example.com",
        name: "Arta Krasniqi",
        country: "XK",
        card: "ok",
        ...fields,
      }),
    }),
  );
}

Deno.test("The checkout shows the order and leads back to the shop when paid", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  const page = await open(paddle, `/checkout?_ptxn=${id}`);
  const html = await page.text();
  assert.match(html, /Pay €20\.00/);
  assert.match(html, /VAT included \(18%\)/);
  assert.ok(!html.includes("<script"));
  // Browsers check where a form's redirect leads, so the shop must be allowed.
  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /form-action 'self' http:\/\/ks\.localhost:8000/,
  );
  const paid = await submit(paddle, id, {});
  assert.equal(paid.status, 303);
  assert.equal(
    paid.headers.get("location"),
    `http://ks.localhost:8000/en/checkout/done?_ptxn=${id}`,
  );
  assert.ok((await paddle.drain()).includes("transaction.completed"));
  await paddle.stop();
});

Deno.test("The form sent twice pays once", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  const answers = await Promise.all([submit(paddle, id, {}), submit(paddle, id, {})]);
  for (const answer of answers) assert.ok([200, 303].includes(answer.status));
  const types = await paddle.drain();
  assert.equal(types.filter((type) => type === "transaction.paid").length, 1);
  assert.equal(types.filter((type) => type === "subscription.created").length, 1);
  const again = await open(paddle, `/checkout?_ptxn=${id}`);
  assert.match(await again.text(), /This has been paid/);
  await paddle.stop();
});

Deno.test("A declined card says why, charges nothing and can be followed by a good one", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  const cases = {
    declined: "declined",
    "insufficient_funds": "not_enough_balance",
    expired: "expired_card",
  };
  for (const [card, code] of Object.entries(cases)) {
    const declined = await submit(paddle, id, { card });
    assert.equal(declined.headers.get("location"), `/checkout?_ptxn=${id}&declined=${code}`);
    await paddle.settled();
    const told = paddle.received.at(-1);
    assert.equal(told?.event_type, "transaction.payment_failed");
    assert.equal(told?.data.status, "ready");
    assert.equal(told?.data.payments[0].error_code, code);
    await paddle.drain();
  }
  const html = await (await open(paddle, `/checkout?_ptxn=${id}&declined=expired_card`)).text();
  assert.match(html, /role="alert"/);
  assert.match(html, /This card has expired\. Try another one\. Nothing was charged\./);
  assert.match(html, /value="arta@example\.com"/);
  assert.match(html, new RegExp(`/en/checkout/done\\?_ptxn=${id}`));
  await submit(paddle, id, {});
  await paddle.settled();
  const completed = paddle.received.at(-1)?.data;
  assert.equal(completed.status, "completed");
  assert.deepEqual(
    completed.payments.map((payment: { status: string }) => payment.status),
    ["captured", "error", "error", "error"],
  );
  await paddle.stop();
});

Deno.test("A card with 3-D Secure asks first, and refusing is no payment", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  const asked = await submit(paddle, id, { card: "confirm" });
  assert.equal(asked.status, 200);
  assert.match(await asked.text(), /Your bank asks/);
  assert.deepEqual(await paddle.drain(), []);
  const refused = await submit(paddle, id, { card: "confirm", confirmed: "no" });
  assert.match(refused.headers.get("location") ?? "", /declined=authentication_failed$/);
  const confirmed = await submit(paddle, id, { card: "confirm", confirmed: "yes" });
  assert.match(confirmed.headers.get("location") ?? "", /\/done\?/);
  await paddle.stop();
});

Deno.test("Wrong fields are named, kept, and the first is focused", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  const answer = await submit(paddle, id, { email: "arta@", country: "ZZ", card: "none" });
  assert.equal(answer.status, 422);
  const html = await answer.text();
  assert.match(html, /Enter an e-mail address such as/);
  assert.match(html, /Choose a country from the list/);
  assert.match(html, /Choose one of the test cards/);
  assert.match(html, /value="arta@"/);
  assert.equal(html.match(/ autofocus/g)?.length, 1);
  assert.deepEqual(await paddle.drain(), []);
  await paddle.stop();
});

Deno.test("The checkout speaks the shop's language, else the browser's", async () => {
  const paddle = await testPaddle();
  const languages = {
    "http://ks.localhost/sq/checkout": /lang="sq".*Porosia juaj.*20,00\s€.*>Kosova</s,
    "http://ks.localhost/mk/checkout": /lang="mk".*Вашата нарачка.*20,00\s€.*>Косово</s,
    "http://ks.localhost/sr/checkout": /lang="sr".*Vaša porudžbina.*20,00\s€.*>Kosovo</s,
    "http://ks.localhost/checkout": /lang="en".*Your order/s,
  };
  for (const [url, pattern] of Object.entries(languages)) {
    const id = await order(paddle, url);
    assert.match(await (await open(paddle, `/checkout?_ptxn=${id}`)).text(), pattern);
  }
  const id = await order(paddle, "http://ks.localhost/checkout");
  const german = await open(paddle, `/checkout?_ptxn=${id}`, { "accept-language": "de,mk;q=0.8" });
  assert.match(await german.text(), /lang="mk"/);
  await paddle.stop();
});

Deno.test("The buyer's country decides the tax, never the price", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  await submit(paddle, id, { country: "DE" });
  await paddle.settled();
  const { totals } = paddle.received.at(-1)?.data.details ?? assert.fail();
  assert.deepEqual(
    [totals.subtotal, totals.tax, totals.total],
    ["1681", "319", "2000"],
  );
  await paddle.stop();
});

Deno.test("Unknown, cancelled and foreign checkouts are refused", async () => {
  const paddle = await testPaddle();
  assert.equal((await open(paddle, "/checkout?_ptxn=txn_none")).status, 404);
  assert.equal((await open(paddle, "/checkout")).status, 404);
  const id = await order(paddle);
  const foreign = await paddle.fetch(
    new Request(`http://paddle.test/checkout?_ptxn=${id}`, {
      method: "POST",
      headers: { origin: "http://evil.test" },
      body: new URLSearchParams({ email: "a@example.com", country: "XK", card: "ok" }),
    }),
  );
  assert.equal(foreign.status, 403);
  assert.deepEqual(await paddle.drain(), []);
  await paddle.stop();
});

Deno.test("The console shows what happened and its forms act", async () => {
  const paddle = await testPaddle();
  const id = await order(paddle);
  await submit(paddle, id, { name: "<script>alert(1)</script>" });
  await paddle.settled();
  const home = await (await open(paddle, "/")).text();
  assert.match(home, /arta@example\.com/);
  assert.match(home, /subscription\.created/);
  const { state } = paddle.simulation;
  const [subscriptionId] = Object.keys(state.subscriptions);
  for (
    const path of [
      `/console/subscriptions/${subscriptionId}`,
      `/console/transactions/${id}`,
      `/console/events/${state.events[0]?.eventId}`,
    ]
  ) {
    const page = await open(paddle, path);
    assert.equal(page.status, 200, path);
    assert.ok(!(await page.text()).includes("<script"), path);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }
  const acted = await paddle.fetch(
    new Request(`http://paddle.test/sim/subscriptions/${subscriptionId}/renew`, {
      method: "POST",
      headers: {
        origin: "http://paddle.test",
        accept: "text/html",
        referer: `http://paddle.test/console/subscriptions/${subscriptionId}`,
      },
      body: new URLSearchParams({ outcome: "failed" }),
    }),
  );
  assert.equal(acted.status, 303);
  assert.equal(acted.headers.get("location"), `/console/subscriptions/${subscriptionId}?done=1`);
  assert.equal(state.subscriptions[subscriptionId ?? ""]?.status, "past_due");
  assert.equal((await open(paddle, "/console/events/none")).status, 404);
  await paddle.stop();
});
