import assert from "node:assert/strict";
import { hashOf, NOW, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, sign, subscription } from "./paddle_payloads.ts";
import { SECRET, testWithDatabase } from "./support.ts";

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
  const holding = (data: string) =>
    JSON.stringify(event("price.updated", { id: paddleId("pri"), odd: "?" })).replace(`"?"`, data);
  for (
    const body of [
      `not json ${crypto.randomUUID()}`,
      JSON.stringify({ hello: crypto.randomUUID() }),
      holding("[".repeat(20_000) + "]".repeat(20_000)),
      holding("1e999999"),
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
