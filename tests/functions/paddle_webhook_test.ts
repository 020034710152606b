import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type postgres from "postgres";
import { fixedClock } from "@core/platform/clock.ts";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import { parseDelivery } from "@core/billing/paddle_events.ts";
import { markFailed, WEBHOOKS_ROLE } from "@core/billing/webhook_store.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/paddle-webhook/app.ts";
import {
  event,
  KS_STANDARD,
  MK_STANDARD,
  paddleId,
  sign,
  subscription,
  transaction,
} from "./paddle_payloads.ts";
import { SECRET, testEnv, testWithDatabase } from "./support.ts";

const NOW = Date.parse("2026-03-01T12:00:10Z");

/** The function over a database, with a way to deliver to it as Paddle does. */
function paddle(db: Database, env: Record<string, string> = {}) {
  const app = createApp({ env: testEnv(env), db, clock: fixedClock(NOW), log: silentLogger });
  const post = (body: BodyInit, headers: Record<string, string>) =>
    app.request("/paddle-webhook", { method: "POST", body, headers });
  return {
    app,
    post,
    /** Delivers an event, correctly signed, and gives back the answer's status and result. */
    async deliver(payload: unknown): Promise<[status: number, result: string]> {
      const body = typeof payload === "string" ? payload : JSON.stringify(payload);
      const response = await post(body, { "paddle-signature": sign(body, SECRET, NOW) });
      const json = await response.json();
      return [response.status, json.result ?? json.error.code];
    },
  };
}

async function stored(sql: postgres.Sql, payload: Record<string, unknown>) {
  const [row] = await sql`
    select * from webhook_events where dedupe_key = ${`paddle:event:${payload["event_id"]}`}`;
  return row;
}

async function subscriptionRow(sql: postgres.Sql, id: string) {
  const [row] = await sql`select * from subscriptions where provider_subscription_id = ${id}`;
  return row;
}

/** Actions in the audit log that tell of an event, in order. */
async function audited(sql: postgres.Sql, payload: Record<string, unknown>): Promise<string[]> {
  const rows = await sql`
    select action from audit_log
    where metadata ->> 'event_id' = ${String(payload["event_id"])} order by seq`;
  return rows.map((row) => row["action"]);
}

const hashOf = (body: string | Uint8Array) => createHash("sha256").update(body).digest("hex");

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

testWithDatabase("the same event again is a duplicate and changes nothing", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const owing = event(
    "subscription.past_due",
    subscription({ id, status: "past_due", customData: { "user_id": member.id } }),
  );
  assert.deepEqual(await deliver(owing), [200, "ok"]);
  assert.deepEqual(await deliver(owing), [200, "duplicate"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["dunning_attempt_count"], 1);
  assert.equal((await stored(world.sql, owing))?.["attempts"], 1);
  assert.deepEqual(await audited(world.sql, owing), [
    "webhook.received",
    "subscription.past_due",
    "webhook.processed",
    "webhook.duplicate",
  ]);
});

testWithDatabase("of 12 deliveries of one event at once, one applies", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const owing = event(
    "subscription.past_due",
    subscription({ id, status: "past_due", customData: { "user_id": member.id } }),
  );
  // Held back until all of them have stored the event and want to apply it.
  const release = await world.holdSubject(id);
  const deliveries = Promise.all(Array.from({ length: 12 }, () => deliver(owing)));
  await world.waiting(12);
  await release();
  const answers = await deliveries;
  assert.deepEqual(answers.map(([status]) => status), Array(12).fill(200));
  assert.equal(answers.filter(([, result]) => result === "ok").length, 1);
  assert.equal(answers.filter(([, result]) => result === "duplicate").length, 11);
  assert.equal((await subscriptionRow(world.sql, id))?.["dunning_attempt_count"], 1);
});

testWithDatabase(
  "a failure noted late does not undo what another delivery finished",
  async (world) => {
    const { deliver } = paddle(world.db);
    const plain = event("price.updated", { id: paddleId("pri") });
    assert.deepEqual(await deliver(plain), [200, "ignored"]);
    const { event: parsed } = parseDelivery(new TextEncoder().encode(JSON.stringify(plain)));
    await world.db.asService(WEBHOOKS_ROLE, (tx) => markFailed(tx, parsed, "too late"));
    const kept = await stored(world.sql, plain);
    assert.deepEqual([kept?.["processing_result"], kept?.["error"]], ["ignored", null]);
    assert.equal((await audited(world.sql, plain)).includes("webhook.failed"), false);
  },
);

testWithDatabase("events of a new membership may come all at once", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const [sub, txn] = [paddleId("sub"), paddleId("txn")];
  const customData = { "user_id": member.id };
  const at = (seconds: number) => ({ at: `2026-03-01T12:00:0${seconds}.5Z` });
  const entity = subscription({ id: sub, customData, transactionId: txn });
  const events = [
    event("subscription.created", entity, at(1)),
    event("subscription.activated", entity, at(2)),
    event("subscription.updated", { ...entity, status: "paused" }, at(3)),
    event("subscription.updated", { ...entity, status: "active" }, at(4)),
    event(
      "transaction.completed",
      transaction({ id: txn, subscriptionId: sub, customData }),
      at(2),
    ),
  ];
  const answers = await Promise.all(events.map((one) => deliver(one)));
  assert.deepEqual(answers.map(([status]) => status), [200, 200, 200, 200, 200]);
  const row = await subscriptionRow(world.sql, sub);
  assert.deepEqual([row?.["status"], row?.["paused_at"]], ["active", null]);
  assert.equal(row?.["last_event_id"], events[3]?.["event_id"]);
  const [invoice] = await world.sql`
    select subscription_id from billing_invoices where provider_transaction_id = ${txn}`;
  assert.equal(invoice?.["subscription_id"], row?.["id"]);
});

testWithDatabase("a late older event is ignored with the reason", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const entity = subscription({ id, customData: { "user_id": member.id } });
  const newer = event("subscription.paused", { ...entity, status: "paused" }, {
    at: "2026-03-01T12:00:02.000002Z",
  });
  const older = event("subscription.created", entity, { at: "2026-03-01T12:00:02.000001Z" });
  assert.deepEqual(await deliver(newer), [200, "ok"]);
  assert.deepEqual(await deliver(older), [200, "ignored"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["status"], "paused");
  const kept = await stored(world.sql, older);
  assert.equal(kept?.["processing_result"], "ignored");
  assert.match(kept?.["reason"], new RegExp(String(newer["event_id"])));
  assert.equal(kept?.["tenant_id"], "ks");
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
  "an event that is nobody's is an error, and succeeds when it is somebody's",
  async (world) => {
    const { deliver } = paddle(world.db);
    const customerId = paddleId("ctm");
    const id = paddleId("sub");
    const orphan = event("subscription.activated", subscription({ id, customerId }));
    assert.deepEqual(await deliver(orphan), [500, "processing_failed"]);
    assert.deepEqual(await deliver(orphan), [500, "processing_failed"]);
    let kept = await stored(world.sql, orphan);
    assert.equal(kept?.["processing_result"], "error");
    assert.equal(kept?.["attempts"], 2);
    assert.match(kept?.["error"], /MemberUnresolved/);
    assert.equal(kept?.["processed_at"], null);
    assert.equal(await subscriptionRow(world.sql, id), undefined);

    // Another subscription makes the customer known.
    const member = await world.member();
    await deliver(
      event(
        "subscription.created",
        subscription({ id: paddleId("sub"), customerId, customData: { "user_id": member.id } }),
      ),
    );
    assert.deepEqual(await deliver(orphan), [200, "ok"]);
    kept = await stored(world.sql, orphan);
    assert.deepEqual([kept?.["processing_result"], kept?.["attempts"], kept?.["error"]], [
      "ok",
      3,
      null,
    ]);
    assert.equal((await subscriptionRow(world.sql, id))?.["user_id"], member.id);
    assert.deepEqual(await audited(world.sql, orphan), [
      "webhook.received",
      "webhook.failed",
      "webhook.failed",
      "subscription.updated",
      "webhook.processed",
    ]);
  },
);

testWithDatabase(
  "a contradicting tenant or member is an error and changes nothing",
  async (world) => {
    const { deliver } = paddle(world.db);
    const [ana, boban] = [await world.member("ks"), await world.member("mk")];
    const id = paddleId("sub");
    const wrongTenant = event(
      "subscription.created",
      subscription({ id, customData: { "user_id": ana.id, "tenant_id": "mk" } }),
    );
    assert.deepEqual(await deliver(wrongTenant), [500, "processing_failed"]);
    assert.match((await stored(world.sql, wrongTenant))?.["error"], /tenant/);
    assert.equal(await subscriptionRow(world.sql, id), undefined);

    await deliver(
      event("subscription.created", subscription({ id, customData: { "user_id": ana.id } })),
    );
    const stolen = event(
      "subscription.updated",
      subscription({ id, status: "canceled", customData: { "user_id": boban.id } }),
      { at: "2026-03-01T12:00:05Z" },
    );
    assert.deepEqual(await deliver(stolen), [500, "processing_failed"]);
    assert.equal((await subscriptionRow(world.sql, id))?.["status"], "active");

    for (const userId of ["not-a-uuid", crypto.randomUUID(), "' or true --"]) {
      const nobody = event(
        "subscription.created",
        subscription({
          id: paddleId("sub"),
          customData: { "user_id": userId },
        }),
      );
      assert.deepEqual(await deliver(nobody), [500, "processing_failed"]);
    }
  },
);

testWithDatabase("a customer whom two members share names neither", async (world) => {
  const { deliver } = paddle(world.db);
  const customerId = paddleId("ctm");
  for (const member of [await world.member(), await world.member()]) {
    await deliver(event(
      "subscription.created",
      subscription({ id: paddleId("sub"), customerId, customData: { "user_id": member.id } }),
    ));
  }
  const unclear = event("subscription.created", subscription({ id: paddleId("sub"), customerId }));
  assert.deepEqual(await deliver(unclear), [500, "processing_failed"]);
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

testWithDatabase("a signed body with texts that jsonb cannot hold is stored", async (world) => {
  const { deliver } = paddle(world.db);
  const odd = event("customer.updated", { id: paddleId("ctm"), name: "nul\u0000 and half \ud83d" });
  assert.deepEqual(await deliver(odd), [200, "ignored"]);
  assert.equal((await stored(world.sql, odd))?.["payload"].data.name, "nul\ufffd and half \ufffd");
});

testWithDatabase("no readable signature header is 400 and stores nothing", async (world) => {
  const { post } = paddle(world.db);
  const plain = event("customer.created", { id: paddleId("ctm") });
  const body = JSON.stringify(plain);
  for (
    const [headers, code] of [
      [{}, "missing_signature"],
      [{ "paddle-signature": "" }, "malformed_signature"],
      [{ "paddle-signature": "ts=1" }, "malformed_signature"],
      [{ "paddle-signature": `h1=${"0".repeat(64)}` }, "malformed_signature"],
    ] as const
  ) {
    const response = await post(body, headers);
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error.code, code);
  }
  const rows = await world.sql`select from webhook_events where payload_hash = ${hashOf(body)}`;
  assert.equal(rows.length, 0);
});

testWithDatabase(
  "a wrong signature is 401, kept apart without its body, and blocks nothing",
  async (world) => {
    const { post, deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const real = event(
      "subscription.created",
      subscription({
        id,
        customData: { "user_id": member.id },
      }),
    );
    const body = JSON.stringify(real);
    for (
      const signature of [
        sign(body, "pdl_ntfset_other", NOW),
        sign(body, SECRET, NOW - 301_000),
        sign(body, SECRET, NOW + 301_000),
        sign(body + " ", SECRET, NOW),
      ]
    ) {
      const response = await post(body, {
        "paddle-signature": signature,
        "x-forwarded-for": crypto.randomUUID(),
      });
      assert.equal(response.status, 401);
      assert.equal((await response.json()).error.code, "wrong_signature");
    }
    assert.equal(await stored(world.sql, real), undefined);
    const rows = await world.sql`select * from webhook_events where payload_hash = ${hashOf(body)}`;
    assert.equal(rows.length, 1);
    const [apart] = rows;
    assert.equal(apart?.["dedupe_key"], `paddle:forged:${hashOf(body)}`);
    assert.equal(apart?.["signature_valid"], false);
    assert.equal(apart?.["payload"], null);
    assert.equal(apart?.["event_id"], null);
    assert.equal(apart?.["attempts"], 4);
    const told = await world.sql`
    select metadata from audit_log
    where action = 'webhook.invalid_signature' and entity_id = ${apart?.["id"]} order by seq`;
    assert.deepEqual(told.map((row) => row["metadata"].reason), [
      "signature wrong",
      "signature outdated",
      "signature from_the_future",
      "signature wrong",
    ]);

    assert.deepEqual(await deliver(real), [200, "ok"]);
    assert.equal((await subscriptionRow(world.sql, id))?.["status"], "active");
  },
);

testWithDatabase("any of several secrets is good during rotation", async (world) => {
  const { post } = paddle(world.db, { PADDLE_WEBHOOK_SECRET_KEY: "pdl_old, pdl_new" });
  for (const secret of ["pdl_old", "pdl_new"]) {
    const body = JSON.stringify(event("price.updated", { id: paddleId("pri") }));
    const response = await post(body, { "paddle-signature": sign(body, secret, NOW) });
    assert.equal(response.status, 200);
  }
});

testWithDatabase(
  "wrong signatures of one address end in 429, right ones never do",
  async (world) => {
    const { post } = paddle(world.db);
    const address = crypto.randomUUID();
    let body = "";
    const send = async (good: boolean, forwarded: string) => {
      body = JSON.stringify(event("price.updated", { id: paddleId("pri") }));
      return await post(body, {
        "paddle-signature": sign(body, good ? SECRET : "pdl_wrong", NOW),
        "x-forwarded-for": forwarded,
      });
    };
    const statuses = [];
    // Two windows may meet in the middle of this.
    for (let n = 0; n < 130; n++) {
      const response = await send(false, `10.0.0.${n}, ${address}`);
      statuses.push(response.status);
      if (response.status === 429) {
        assert.ok(Number(response.headers.get("retry-after")) > 0);
        break;
      }
    }
    assert.equal(statuses.at(-1), 429);
    assert.ok(statuses.length > 60);
    const kept = await world.sql`select from webhook_events where payload_hash = ${hashOf(body)}`;
    assert.equal(kept.length, 0);
    assert.equal((await send(true, address)).status, 200);
    assert.equal((await send(false, crypto.randomUUID())).status, 401);
  },
);

testWithDatabase("a signed body that is no event is 400, and kept as an error", async (world) => {
  const { deliver } = paddle(world.db);
  for (
    const body of [
      `not json ${crypto.randomUUID()}`,
      JSON.stringify({ hello: crypto.randomUUID() }),
    ]
  ) {
    assert.deepEqual(await deliver(body), [400, "malformed_event"]);
    assert.deepEqual(await deliver(body), [400, "malformed_event"]);
    const [kept] = await world.sql`select * from webhook_events where payload_hash = ${
      hashOf(body)
    }`;
    assert.deepEqual(
      [
        kept?.["processing_result"],
        kept?.["signature_valid"],
        kept?.["attempts"],
        kept?.["payload"],
      ],
      ["error", true, 2, null],
    );
  }
});

testWithDatabase("a body over 1 MiB is 413, announced or not", async (world) => {
  const { post } = paddle(world.db);
  const signature = { "paddle-signature": `ts=1;h1=${"0".repeat(64)}` };
  const big = new Uint8Array(1_048_577);
  assert.equal((await post(big, { ...signature, "content-length": "1048577" })).status, 413);
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => {
      cancelled = true;
    },
  });
  const response = await post(endless, signature);
  assert.equal(response.status, 413);
  assert.equal((await response.json()).error.code, "payload_too_large");
  assert.equal(cancelled, true);
});

testWithDatabase(
  "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV skips the check in tests",
  async (world) => {
    const { post } = paddle(world.db, { PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV: "true" });
    const plain = event("price.updated", { id: paddleId("pri") });
    const response = await post(JSON.stringify(plain), {});
    assert.deepEqual([response.status, await response.json()], [200, { result: "ignored" }]);
    const [row] = await world.sql`
    select metadata ->> 'signature' as signature from audit_log
    where action = 'webhook.received' and metadata ->> 'event_id' = ${String(plain["event_id"])}`;
    assert.equal(row?.["signature"], "bypassed");

    const staging = paddle(world.db, {
      APP_ENV: "staging",
      PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV: "true",
    });
    assert.equal((await staging.post(JSON.stringify(plain), {})).status, 400);
  },
);

testWithDatabase("other methods and paths are told so", async (world) => {
  const { app } = paddle(world.db);
  const get = await app.request("/paddle-webhook");
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  assert.equal((await get.json()).error.code, "method_not_allowed");
  assert.equal((await app.request("/paddle-webhook/x", { method: "POST" })).status, 404);
});

testWithDatabase("the process dying between storing and applying loses nothing", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const id = paddleId("sub");
  const created = event(
    "subscription.created",
    subscription({
      id,
      customData: { "user_id": member.id },
    }),
  );
  // As a killed process leaves it: stored, nothing else.
  await world.sql`
    insert into webhook_events (dedupe_key, event_id, event_type, signature_valid, payload, payload_hash)
    values (${`paddle:event:${created["event_id"]}`}, ${String(created["event_id"])},
            'subscription.created', true, '{}', ${hashOf(JSON.stringify(created))})`;
  assert.deepEqual(await deliver(created), [200, "ok"]);
  assert.equal((await subscriptionRow(world.sql, id))?.["status"], "active");
});

testWithDatabase(
  "a connection lost while applying is 503 and leaves the event open",
  async (world) => {
    const { deliver } = paddle(world.db);
    const member = await world.member();
    const id = paddleId("sub");
    const created = event(
      "subscription.created",
      subscription({
        id,
        customData: { "user_id": member.id },
      }),
    );
    const release = await world.holdSubject(id);
    const delivery = deliver(created);
    await world.waiting(1);
    await world.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'app_functions' and wait_event_type = 'Lock'`;
    assert.deepEqual(await delivery, [503, "database_unavailable"]);
    await release();
    const open = await stored(world.sql, created);
    assert.deepEqual([open?.["processing_result"], open?.["attempts"]], [null, 0]);
    assert.deepEqual(await deliver(created), [200, "ok"]);
  },
);

Deno.test("a database that is away is 503, so that Paddle delivers again", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { deliver, post } = paddle(db);
  const body = JSON.stringify(event("price.updated", { id: paddleId("pri") }));
  assert.deepEqual(await deliver(body), [503, "database_unavailable"]);
  const forged = await post(body, { "paddle-signature": sign(body, "pdl_wrong", NOW) });
  assert.equal(forged.status, 503);
  assert.equal(forged.headers.get("retry-after"), "5");
  await db.end();
});

const fixtures = Deno.env.get("PADDLE_FIXTURES_DIR");
if (!fixtures) {
  Deno.test.ignore("every body of PADDLE_FIXTURES_DIR goes through (it is not set)", () => {});
} else {
  testWithDatabase("every body of PADDLE_FIXTURES_DIR is stored and answered", async (world) => {
    const { deliver } = paddle(world.db);
    let bodies = 0;
    for await (const { name } of Deno.readDir(fixtures)) {
      if (!name.endsWith(".json")) continue;
      const type = name.replace(/\.json$/, "");
      const real = event(type, JSON.parse(await Deno.readTextFile(join(fixtures, name))));
      const answer = await deliver(real);
      const kept = await stored(world.sql, real);
      assert.deepEqual(kept?.["payload"], real, type);
      // These bodies are about people who are not ours; everything up to that has to succeed.
      if (type.startsWith("subscription.") || type === "transaction.completed") {
        assert.deepEqual(answer, [500, "processing_failed"], type);
        assert.match(kept?.["error"], /^MemberUnresolved: no member/, type);
      } else {
        assert.deepEqual(answer, [200, "ignored"], type);
        assert.notEqual(kept?.["reason"], "unknown event type", type);
      }
      bodies++;
    }
    assert.ok(bodies > 0, "the folder has bodies");
  });
}
