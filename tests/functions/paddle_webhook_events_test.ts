import assert from "node:assert/strict";
import { audited, hashOf, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import {
  event,
  KS_STANDARD,
  MK_STANDARD,
  paddleId,
  subscription,
  transaction,
} from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

testWithDatabase(
  "a bought membership is active, and everything about it is told",
  async (world) => {
    const { db, sql } = world;
    const { deliver } = paddle(db);
    const member = await world.member();
    const [sub, txn, ctm] = [paddleId("sub"), paddleId("txn"), paddleId("ctm")];
    const customData = { "user_id": member.id, "tenant_id": "ks" };
    const created = event(
      "subscription.created",
      subscription({ id: sub, customerId: ctm, customData, transactionId: txn }),
    );
    assert.deepEqual(await deliver(created), [200, "ok"]);

    const row = await subscriptionRow(sql, sub);
    assert.equal(row?.["tenant_id"], "ks");
    assert.equal(row?.["user_id"], member.id);
    assert.equal(row?.["status"], "active");
    assert.equal(row?.["provider_customer_id"], ctm);
    assert.equal(row?.["last_event_id"], created["event_id"]);
    const [plan] = await sql`
    select paddle_price_id from membership_plans where id = ${row?.["plan_id"]}`;
    assert.equal(plan?.["paddle_price_id"], KS_STANDARD);
    const [times] = await sql`
    select started_at = '2026-03-01T12:00:00.000001Z' as started,
           last_event_at = '2026-03-01T12:00:02.123456Z' as newest
    from subscriptions where provider_subscription_id = ${sub}`;
    assert.deepEqual({ ...times }, { started: true, newest: true });
    const [access] = await sql`select membership_access(${member.id}) as access`;
    assert.equal(access?.["access"], "active");

    const completed = event(
      "transaction.completed",
      transaction({ id: txn, subscriptionId: sub, customerId: ctm, customData }),
    );
    assert.deepEqual(await deliver(completed), [200, "ok"]);
    const [invoice] =
      await sql`select * from billing_invoices where provider_transaction_id = ${txn}`;
    assert.equal(invoice?.["subscription_id"], row?.["id"]);
    assert.equal(invoice?.["user_id"], member.id);
    assert.deepEqual(
      ["subtotal_cents", "discount_cents", "tax_cents", "amount_cents"].map((c) => invoice?.[c]),
      ["2000", "0", "360", "2360"],
    );
    assert.equal(invoice?.["number"], "325-10566");

    assert.deepEqual(await audited(sql, created), [
      "webhook.received",
      "subscription.updated",
      "webhook.processed",
    ]);
    assert.deepEqual(await audited(sql, completed), [
      "webhook.received",
      "payment.processed",
      "billing.invoice.posted",
      "webhook.processed",
    ]);
    const kept = await stored(sql, created);
    assert.equal(kept?.["processing_result"], "ok");
    assert.equal(kept?.["attempts"], 1);
    assert.equal(kept?.["tenant_id"], "ks");
    assert.equal(kept?.["subject_id"], sub);
    assert.equal(kept?.["signature_valid"], true);
    assert.equal(kept?.["payload_hash"], hashOf(JSON.stringify(created)));
    assert.deepEqual(kept?.["payload"], created);
    assert.ok(kept?.["processed_at"]);
  },
);

testWithDatabase("a payment told before its membership gets it afterwards", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const [sub, txn] = [paddleId("sub"), paddleId("txn")];
  const customData = { "user_id": member.id };
  await deliver(
    event("transaction.completed", transaction({ id: txn, subscriptionId: sub, customData })),
  );
  const invoice = async () =>
    (await world.sql`select * from billing_invoices where provider_transaction_id = ${txn}`)[0];
  assert.equal((await invoice())?.["subscription_id"], null);
  await deliver(
    event("subscription.created", subscription({ id: sub, customData, transactionId: txn })),
  );
  assert.equal(
    (await invoice())?.["subscription_id"],
    (await subscriptionRow(world.sql, sub))?.["id"],
  );
});

testWithDatabase("a second event of one transaction posts no second invoice", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const entity = transaction({ id: paddleId("txn"), customData: { "user_id": member.id } });
  const again = event("transaction.completed", entity);
  assert.deepEqual(await deliver(event("transaction.completed", entity)), [200, "ok"]);
  assert.deepEqual(await deliver(again), [200, "ignored"]);
  const [count] = await world.sql`
    select count(*)::int as n from billing_invoices where provider_transaction_id = ${
    String(entity["id"])
  }`;
  assert.equal(count?.["n"], 1);
  assert.ok((await audited(world.sql, again)).includes("billing.invoice.replay_ignored"));
});

testWithDatabase(
  "a failed payment by any event gives grace, being active clears it",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const entity = subscription({ id, customData: { "user_id": member.id } });
    await deliver(event("subscription.created", entity, { at: "2026-03-01T12:00:00Z" }));
    const owing = event("subscription.updated", { ...entity, status: "past_due" }, {
      at: "2026-03-01T12:00:01.000007Z",
    });
    assert.deepEqual(await deliver(owing), [200, "ok"]);
    const [row] = await world.sql`
    select past_due_at = '2026-03-01T12:00:01.000007Z' as "since",
           grace_period_ends_at = past_due_at + interval '14 days' as grace, dunning_attempt_count
    from subscriptions where provider_subscription_id = ${id}`;
    assert.deepEqual({ ...row }, { since: true, grace: true, "dunning_attempt_count": 1 });
    assert.ok((await audited(world.sql, owing)).includes("subscription.past_due"));

    await deliver(event("subscription.activated", entity, { at: "2026-03-01T12:00:03Z" }));
    const active = await subscriptionRow(world.sql, id);
    assert.deepEqual(
      [
        active?.["past_due_at"],
        active?.["grace_period_ends_at"],
        active?.["dunning_attempt_count"],
      ],
      [null, null, 0],
    );
  },
);

testWithDatabase("a member who lapsed buys again", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const customData = { "user_id": member.id };
  const [old, young] = [paddleId("sub"), paddleId("sub")];
  const period = { startsAt: "2020-01-01T00:00:00Z", endsAt: "2021-01-01T00:00:00Z" };
  await deliver(
    event(
      "subscription.canceled",
      subscription({ id: old, status: "canceled", customData, period }),
    ),
  );
  const access = async () =>
    (await world.sql`select membership_access(${member.id}) as access`)[0]?.["access"];
  assert.equal(await access(), "none");
  await deliver(event("subscription.created", subscription({ id: young, customData })));
  assert.equal(await access(), "active");
});

testWithDatabase(
  "a price that is none of the tenant's is kept without a plan, and told",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member("ks");
    const id = paddleId("sub");
    const foreign = event(
      "subscription.created",
      subscription({ id, priceId: MK_STANDARD, customData: { "user_id": member.id } }),
    );
    assert.deepEqual(await deliver(foreign), [200, "ok"]);
    assert.equal((await subscriptionRow(world.sql, id))?.["plan_id"], null);
    const [row] = await world.sql`
    select metadata from audit_log
    where action = 'subscription.updated' and metadata ->> 'event_id' = ${
      String(foreign["event_id"])
    }`;
    assert.deepEqual(row?.["metadata"]["unknown_prices"], [MK_STANDARD]);
  },
);

testWithDatabase("types without effect are stored and ignored with a reason", async (world) => {
  const { deliver } = paddle(world.db);
  for (
    const [type, reason] of [
      ["customer.created", /customer/],
      ["transaction.paid", /completed/],
      ["subscription.teleported", /unknown event type/],
    ] as const
  ) {
    const plain = event(type, { id: paddleId("any") });
    assert.deepEqual(await deliver(plain), [200, "ignored"]);
    const kept = await stored(world.sql, plain);
    assert.equal(kept?.["processing_result"], "ignored");
    assert.match(kept?.["reason"], reason);
    assert.deepEqual(await deliver(plain), [200, "duplicate"]);
  }
});

testWithDatabase(
  "an event without a subject, or with an entity out of shape, crashes nothing",
  async (world) => {
    const { deliver } = paddle(world.db);
    assert.deepEqual(await deliver(event("report.created", {})), [200, "ignored"]);
    for (const data of [{}, { id: paddleId("sub") }, { id: 5, items: "none" }]) {
      const broken = event("subscription.updated", data);
      assert.deepEqual(await deliver(broken), [500, "processing_failed"]);
      assert.match((await stored(world.sql, broken))?.["error"], /MalformedEvent/);
    }
  },
);
