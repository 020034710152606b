import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { buy, prices, testPaddle } from "./test_support.ts";

const purchaseEvents = [
  "transaction.created",
  "customer.created",
  "address.created",
  "transaction.updated",
  "transaction.ready",
  "payment_method.saved",
  "transaction.updated",
  "transaction.paid",
  "subscription.created",
  "subscription.activated",
  "transaction.updated",
  "transaction.completed",
];

Deno.test("A purchase is told in Paddle's order, each event later than the one before", async () => {
  const paddle = await testPaddle();
  await paddle.call("POST", "/sim/purchases", {
    price_id: prices.standard,
    email: "arta@example.com",
  });
  await paddle.settled();
  assert.deepEqual(paddle.received.map((event) => event.event_type), purchaseEvents);
  const times = paddle.received.map((event) => event.occurred_at);
  assert.deepEqual(times, [...new Set(times)].sort());
  const ids = paddle.received.map((event) => event.event_id);
  assert.deepEqual(ids, ids.toSorted());
  await paddle.stop();
});

Deno.test("Deliveries are signed over the raw body with the time of sending", async () => {
  const paddle = await testPaddle({ webhookSecret: "old_secret, new_secret" });
  await buy(paddle);
  for (const { headers, body } of paddle.requests) {
    const header = headers.get("paddle-signature") ?? "";
    const ts = /^ts=(\d+);/.exec(header)?.[1] ?? "";
    const hashes = ["old_secret", "new_secret"].map((secret) =>
      `h1=${createHmac("sha256", secret).update(`${ts}:${body}`).digest("hex")}`
    );
    assert.equal(header, [`ts=${ts}`, ...hashes].join(";"));
    assert.ok(Math.abs(Date.now() / 1000 - Number(ts)) < 5);
    assert.equal(headers.get("user-agent"), "Paddle");
  }
  await paddle.stop();
});

Deno.test("Anything but 2xx in time is tried again with the same body", async () => {
  for (const failure of [500, 302, 404, "hang", "refuse"] as const) {
    const paddle = await testPaddle();
    paddle.answers.push(failure);
    await paddle.call("POST", "/transactions", {
      items: [{ price_id: prices.standard, quantity: 1 }],
    });
    await paddle.settled();
    assert.equal(paddle.requests.length, 2, String(failure));
    assert.equal(paddle.requests[0]?.body, paddle.requests[1]?.body);
    assert.equal(paddle.requests[0]?.redirect, "manual");
    const [notification] = paddle.simulation.state.notifications;
    assert.equal(notification?.status, "delivered");
    assert.equal(notification?.attempts.length, 2);
    assert.equal(notification?.attempts[0]?.status, typeof failure === "number" ? failure : null);
    await paddle.stop();
  }
});

Deno.test("A notification is given up when the schedule ends, and can be replayed", async () => {
  const paddle = await testPaddle();
  paddle.answers.push(500, 500, 500);
  await paddle.call("POST", "/transactions", {
    items: [{ price_id: prices.standard, quantity: 1 }],
  });
  await paddle.settled();
  const [given] = paddle.simulation.state.notifications;
  assert.equal(given?.status, "failed");
  assert.equal(paddle.requests.length, 3);

  const replayed = await paddle.call("POST", `/notifications/${given?.id}/replay`);
  assert.equal(replayed.status, 202);
  await paddle.settled();
  assert.equal(paddle.received.at(-1)?.event_id, given?.eventId);
  assert.equal(paddle.received.at(-1)?.notification_id, replayed.json.data.notification_id);
  assert.notEqual(paddle.received.at(-1)?.notification_id, given?.id);
  await paddle.stop();
});

Deno.test("A failing delivery does not hold up the ones behind it", async () => {
  const paddle = await testPaddle({ retrySchedule: [5] });
  paddle.answers.push(500);
  await paddle.call("POST", "/sim/purchases", { price_id: prices.standard, email: "a@b.example" });
  await paddle.settled();
  const accepted = paddle.received.map((event) => event.event_type);
  assert.equal(accepted.length, purchaseEvents.length + 1);
  assert.deepEqual(accepted.slice(1, 3), ["customer.created", "address.created"]);
  assert.equal(accepted.filter((type) => type === "transaction.created").length, 2);
  await paddle.stop();
});

Deno.test("A paused webhook gets everything in order once it is back", async () => {
  const paddle = await testPaddle();
  await paddle.call("POST", "/sim/webhook", { paused: true });
  await paddle.call("POST", "/sim/purchases", { price_id: prices.standard, email: "a@b.example" });
  await paddle.settled();
  assert.equal(paddle.requests.length, 0);
  await paddle.call("POST", "/sim/webhook", { paused: false });
  assert.deepEqual(await paddle.drain(), purchaseEvents);
  await paddle.stop();
});

Deno.test("POST /sim/events/:id/redeliver tells an event as often as asked", async () => {
  const paddle = await testPaddle();
  await buy(paddle);
  const event = paddle.simulation.state.events.find((one) =>
    one.eventType === "subscription.created"
  );
  await paddle.call("POST", `/sim/events/${event?.eventId}/redeliver`, { times: 3 });
  await paddle.settled();
  assert.deepEqual(paddle.received.map((one) => one.event_id), Array(3).fill(event?.eventId));
  await paddle.stop();
});

Deno.test("POST /sim/webhook with another secret makes forged deliveries", async () => {
  const paddle = await testPaddle();
  await paddle.call("POST", "/sim/webhook", { secret: "forged", url: "http://other.test/" });
  await buy(paddle);
  const { headers, body } = paddle.requests[0] ?? assert.fail();
  const header = headers.get("paddle-signature") ?? "";
  const ts = /^ts=(\d+);/.exec(header)?.[1];
  const forged = createHmac("sha256", "forged").update(`${ts}:${body}`).digest("hex");
  assert.ok(header.endsWith(forged));
  await paddle.stop();
});

Deno.test("A restart keeps the state and delivers what was not delivered", async () => {
  const folder = await Deno.makeTempDir();
  const before = await testPaddle({ statePath: `${folder}/deep/paddle.json` });
  await before.call("POST", "/sim/webhook", { paused: true });
  const { json } = await before.call("POST", "/sim/purchases", {
    price_id: prices.standard,
    email: "arta@example.com",
  });
  // What a killed process leaves is what it had written when it answered.
  await Deno.copyFile(`${folder}/deep/paddle.json`, `${folder}/after.json`);
  const after = await testPaddle({ statePath: `${folder}/after.json` });
  assert.deepEqual(await after.drain(), purchaseEvents);
  const read = await after.call("GET", `/transactions/${json.data.transaction.id}`);
  assert.equal(read.json.data.status, "completed");
  await before.stop();
  await after.stop();
  await Deno.remove(folder, { recursive: true });
});
