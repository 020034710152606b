import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { systemClock } from "@core/platform/clock.ts";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";
import { audited, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, subscription, transaction } from "./paddle_payloads.ts";
import { CRON_SECRET, testEnv, testWithDatabase } from "./support.ts";

/** The function over a database, with a way to call it as pg_cron does. */
function cron(db: Database, env: Record<string, string> = {}) {
  const app = createApp({
    env: testEnv(env),
    db,
    clock: systemClock,
    log: silentLogger,
  });
  return {
    app,
    async call(job: string, method = "GET", secret = CRON_SECRET) {
      const response = await app.request(`/cron/${job}`, {
        method,
        headers: { authorization: `Bearer ${secret}` },
      });
      return { status: response.status, body: await response.json() };
    },
  };
}

Deno.test("cron lets nobody in without its secret, and needs no database for that", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { app, call } = cron(db, { CRON_SECRET: `${CRON_SECRET}, the next secret to come` });
  const jobs = [
    "webhooks",
    "reconcile",
    "retention",
    "documents",
    "dunning",
    "engagement",
    "nps",
    "mails",
    "audit",
    "privacy",
  ];
  for (const job of [...jobs, "nothing"]) {
    for (
      const headers of [
        {},
        { authorization: "" },
        { authorization: "Bearer" },
        { authorization: "Bearer " },
        { authorization: `Basic ${CRON_SECRET}` },
        { authorization: CRON_SECRET },
        { authorization: `Bearer ${CRON_SECRET}x` },
        { authorization: `Bearer ${CRON_SECRET.slice(0, -1)}` },
      ] as Record<string, string>[]
    ) {
      const response = await app.request(`/cron/${job}`, { headers });
      assert.equal(response.status, 401, `${job} ${JSON.stringify(headers)}`);
      assert.equal((await response.json()).error.code, "unauthorized");
    }
  }
  for (const job of jobs) assert.equal((await call(job)).status, 503, job);
  assert.equal((await call("webhooks", "GET", "the next secret to come")).status, 503);
  assert.equal((await call("nothing")).status, 404);
  assert.equal((await call("constructor")).status, 404);
  assert.equal((await app.request("/cron/webhooks", { method: "DELETE" })).status, 405);
  await db.end();
});

testWithDatabase(
  "the sweep applies what a dead process left, and what failed before",
  async (world) => {
    const { db, sql } = world;
    const { deliver } = paddle(db);
    const { call } = cron(db);
    const member = await world.member();
    const customerId = paddleId("ctm");
    const [orphan, known] = [paddleId("sub"), paddleId("sub")];
    const early = event("subscription.activated", subscription({ id: orphan, customerId }));
    assert.deepEqual(await deliver(early), [500, "processing_failed"]);
    const customData = { "user_id": member.id };
    await deliver(
      event("subscription.created", subscription({ id: known, customerId, customData })),
    );
    // As a killed process leaves it: stored, nothing else.
    const died = event("subscription.created", subscription({ id: paddleId("sub"), customData }));
    await sql`
    insert into webhook_events (dedupe_key, event_id, event_type, subject_id, occurred_at,
      signature_valid, payload, payload_hash)
    values (${`paddle:event:${died["event_id"]}`}, ${String(died["event_id"])},
      'subscription.created', 'x', now(), true, ${sql.json(died as never)}, ${"0".repeat(64)})`;

    await call("webhooks");
    assert.equal((await stored(sql, early))?.["processing_result"], "error", "not due yet");
    await sql`
    update webhook_events set next_attempt_at = now() - interval '1 second'
    where event_id = any (${[String(early["event_id"]), String(died["event_id"])]})`;
    const { status, body } = await call("webhooks", "POST");
    assert.equal(status, 200);
    assert.equal(body.job, "webhooks");
    for (const payload of [early, died]) {
      const row = await stored(sql, payload);
      assert.deepEqual([row?.["processing_result"], row?.["next_attempt_at"]], ["ok", null]);
      assert.equal(row?.["member_id"], member.id);
    }
    assert.equal((await subscriptionRow(sql, orphan))?.["user_id"], member.id);
    const [run] = await sql`
    select result, counts, finished_at from cron_runs where job = 'webhooks'
    order by started_at desc limit 1`;
    assert.equal(run?.["result"], "ok");
    assert.deepEqual(run?.["counts"], body.counts);
    assert.ok(run?.["finished_at"]);
  },
);

testWithDatabase(
  "an event that fails is tried after growing pauses, given up after 20, and seen in health",
  async (world) => {
    const { db, sql } = world;
    const { deliver } = paddle(db);
    const { call } = cron(db);
    const lost = event("subscription.created", subscription({ id: paddleId("sub") }));
    await deliver(lost);
    const pauses: number[] = [];
    for (let attempt = 1; attempt < 20; attempt++) {
      const row = await stored(sql, lost);
      assert.deepEqual([row?.["attempts"], row?.["gave_up_at"]], [attempt, null]);
      pauses.push((row?.["next_attempt_at"] - row?.["last_attempt_at"]) / 60_000);
      await sql`
        update webhook_events set next_attempt_at = now() where event_id = ${
        String(lost["event_id"])
      }`;
      await call("webhooks");
      // A sweep of the stack's own may have been at it in the same moment.
      while ((await stored(sql, lost))?.["attempts"] === attempt) await call("webhooks");
    }
    assert.deepEqual(pauses.map(Math.round).slice(0, 11), [
      1,
      2,
      4,
      8,
      16,
      32,
      64,
      128,
      256,
      360,
      360,
    ]);
    const row = await stored(sql, lost);
    assert.deepEqual([row?.["processing_result"], row?.["attempts"]], ["error", 20]);
    assert.ok(row?.["gave_up_at"]);
    assert.equal(row?.["next_attempt_at"], null);
    const told = await audited(sql, lost);
    assert.equal(told.at(-1), "webhook.given_up");
    assert.equal(told.filter((action) => action === "webhook.failed").length, 19);
    const [backlog] = await sql`select given_up::int as n from private.webhook_backlog()`;
    assert.ok(backlog?.["n"] >= 1);
    // Paddle, or an operator, may still bring it again; it is taken off the list for other tests.
    assert.deepEqual(await deliver(lost), [500, "processing_failed"]);
    await sql`delete from webhook_events where event_id = ${String(lost["event_id"])}`;
  },
);

testWithDatabase("two sweeps at once try every event once", async (world) => {
  const { db, sql } = world;
  const { call } = cron(db);
  const member = await world.member();
  const events = Array.from({ length: 12 }, () =>
    event(
      "subscription.created",
      subscription({ id: paddleId("sub"), customData: { "user_id": member.id } }),
    ));
  for (const payload of events) {
    await sql`
      insert into webhook_events (dedupe_key, event_id, event_type, signature_valid, payload,
        payload_hash, next_attempt_at)
      values (${`paddle:event:${payload["event_id"]}`}, ${String(payload["event_id"])},
        'subscription.created', true, ${sql.json(payload as never)}, ${"0".repeat(64)}, now())`;
  }
  await Promise.all([call("webhooks"), call("webhooks"), call("webhooks", "POST")]);
  for (const payload of events) {
    const row = await stored(sql, payload);
    assert.deepEqual([row?.["processing_result"], row?.["attempts"]], ["ok", 1]);
    assert.deepEqual(await audited(sql, payload), ["subscription.updated", "webhook.processed"]);
  }
});

testWithDatabase("a stored event that cannot be read fails and stops nothing", async (world) => {
  const { db, sql } = world;
  const { call } = cron(db);
  const id = paddleId("evt");
  await sql`
    insert into webhook_events (dedupe_key, event_id, event_type, signature_valid, payload,
      payload_hash, next_attempt_at)
    values (${`paddle:event:${id}`}, ${id}, 'subscription.created', true, '{}', ${"0".repeat(64)},
      now() - interval '1 day')`;
  assert.equal((await call("webhooks")).status, 200);
  const [row] = await sql`select * from webhook_events where event_id = ${id}`;
  assert.deepEqual([row?.["processing_result"], row?.["attempts"]], ["error", 1]);
  assert.match(row?.["error"], /MalformedEvent/);
});

testWithDatabase("an event that the database refuses fails with its own error", async (world) => {
  const { db, sql } = world;
  const { call } = cron(db);
  const member = await world.member();
  const customData = { "user_id": member.id };
  const absurd = event(
    "transaction.completed",
    transaction({ id: paddleId("txn"), customData, subtotal: -100, tax: 200 }),
  );
  await sql`
    insert into webhook_events (dedupe_key, event_id, event_type, signature_valid, payload,
      payload_hash, next_attempt_at)
    values (${`paddle:event:${absurd["event_id"]}`}, ${String(absurd["event_id"])},
      'transaction.completed', true, ${sql.json(absurd as never)}, ${"0".repeat(64)}, now())`;
  await call("webhooks");
  const row = await stored(sql, absurd);
  assert.equal(row?.["processing_result"], "error");
  assert.match(row?.["error"], /23514.*billing_invoices/);
});

testWithDatabase(
  "an administrator's replay makes a failed event succeed at once, others may not ask",
  async (world) => {
    const { db, sql } = world;
    const { app, deliver } = paddle(db);
    const customerId = paddleId("ctm");
    const failed = event(
      "subscription.activated",
      subscription({ id: paddleId("sub"), customerId }),
    );
    await deliver(failed);
    const [member, admin] = [await world.member(), await world.member()];
    await sql`update profiles set role = 'super_admin' where id = ${admin.id}`;
    const custom = { customerId, customData: { "user_id": member.id } };
    await deliver(event("subscription.created", subscription({ id: paddleId("sub"), ...custom })));

    const replay = async (token: string) => {
      const response = await app.request("/paddle-webhook/replay", {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      return [response.status, await response.json()] as const;
    };
    const tokenOf = (id: string) =>
      new SignJWT({ sub: id, role: "authenticated", aud: "authenticated" })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuedAt(Date.parse("2026-03-01T12:00:00Z") / 1000)
        .setExpirationTime(Date.parse("2026-03-01T13:00:00Z") / 1000)
        .sign(new TextEncoder().encode("x".repeat(32)));
    assert.equal((await replay("nonsense"))[0], 401);
    assert.equal((await replay(await tokenOf(member.id)))[0], 403);
    assert.equal((await app.request("/paddle-webhook/replay")).status, 405);

    const row = await stored(sql, failed);
    const claims = { sub: admin.id, role: "authenticated" };
    const due = await db.asUser(
      { userId: admin.id, claims },
      (tx) => tx`select public.replay_webhook_events(${[row?.["id"]]}::uuid[]) as id`,
    );
    assert.deepEqual(due.map(({ id }) => id), [row?.["id"]]);
    const [status, body] = await replay(await tokenOf(admin.id));
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body.counts), ["ok", "ignored", "failed"]);
    assert.equal((await stored(sql, failed))?.["processing_result"], "ok");
    assert.deepEqual(await audited(sql, failed), [
      "webhook.received",
      "webhook.failed",
      "webhook.replayed",
      "subscription.updated",
      "webhook.processed",
    ]);
  },
);

/** A Paddle that lists these events, the newest first, two a page. */
function listing(events: readonly Record<string, unknown>[]) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    asked.push(`${request.headers.get("authorization")} ${url.pathname}`);
    const after = url.searchParams.get("after");
    const newest = events.toReversed();
    const from = after === null ? 0 : newest.findIndex((one) => one["event_id"] === after) + 1;
    const data = newest.slice(from, from + 2);
    const pagination = { "has_more": from + 2 < newest.length, next: "http://elsewhere.test/" };
    return Response.json({ data, meta: { pagination } });
  });
  return { server, asked, address: `http://127.0.0.1:${server.addr.port}` };
}

testWithDatabase("reconcile takes in what Paddle lists and never arrived", async (world) => {
  const { db, sql } = world;
  const { deliver } = paddle(db);
  const member = await world.member();
  const customData = { "user_id": member.id };
  const [known, missed, nobodys] = [paddleId("sub"), paddleId("sub"), paddleId("sub")];
  const at = (day: number) => ({ at: `2026-03-${String(day).padStart(2, "0")}T12:00:00Z` });
  const events = [
    event("subscription.created", subscription({ id: paddleId("sub"), customData }), at(1)),
    event("price.updated", { id: paddleId("pri") }, at(2)),
    event("subscription.created", subscription({ id: known, customData }), at(5)),
    event("subscription.created", subscription({ id: missed, customData }), at(6)),
    event("subscription.paused", subscription({ id: missed, customData, status: "paused" }), at(7)),
    event("subscription.created", subscription({ id: nobodys }), at(8)),
  ].map(({ notification_id: _, ...listed }) => listed);
  await deliver(events[2]);
  const { server, asked, address } = listing(events);
  const { call } = cron(db, { PADDLE_API_URL: address });
  const { status, body } = await call("reconcile?since=2026-03-04T00:00:00Z");
  assert.equal(status, 200);
  assert.deepEqual(body.counts, {
    listed: 4,
    missing: 3,
    ok: 2,
    ignored: 0,
    failed: 1,
    addresses: 0,
  });
  assert.equal(asked.length, 3);
  assert.ok(asked.every((one) => one === "Bearer pdl_test /events"));
  assert.equal((await subscriptionRow(sql, missed))?.["status"], "paused");
  assert.equal(await stored(sql, events[0] ?? {}), undefined);
  const [told] = await sql`
    select metadata ->> 'signature' as how from audit_log
    where action = 'webhook.received' and metadata ->> 'event_id' = ${
    String(events[3]?.["event_id"])
  }`;
  assert.equal(told?.["how"], "fetched");
  // Delivered after all, it is a duplicate.
  assert.deepEqual(await deliver({ ...events[3], "notification_id": "ntf_1" }), [200, "duplicate"]);
  const again = await call("reconcile?since=2026-03-04T00:00:00Z");
  assert.deepEqual(again.body.counts, {
    listed: 4,
    missing: 0,
    ok: 0,
    ignored: 0,
    failed: 0,
    addresses: 0,
  });
  await server.shutdown();
});

testWithDatabase("reconcile says that Paddle is away, and writes that down", async (world) => {
  const { call } = cron(world.db);
  assert.deepEqual((await call("reconcile?since=yesterday")).body.error.code, "malformed_since");
  const { status, body } = await call("reconcile");
  assert.deepEqual([status, body.error.code], [503, "paddle_unavailable"]);
  const [run] = await world.sql`
    select result, error from cron_runs where job = 'reconcile' order by started_at desc limit 1`;
  assert.equal(run?.["result"], "error");
  assert.match(run?.["error"], /^paddle_unavailable/);
});

testWithDatabase("retention leaves of old events what accounting needs", async (world) => {
  const { db, sql } = world;
  const { deliver } = paddle(db);
  const { call } = cron(db);
  const member = await world.member();
  const id = paddleId("sub");
  const custom = { "user_id": member.id, secret: "private note" };
  const created = event("subscription.created", subscription({ id, customData: custom }));
  await deliver(created);
  await sql`
    update webhook_events set received_at = now() - interval '91 days'
    where event_id = ${String(created["event_id"])}`;
  const { status, body } = await call("retention");
  assert.equal(status, 200);
  assert.ok(body.counts.pruned >= 1);
  const row = await stored(sql, created);
  assert.equal(row?.["payload"], null);
  assert.equal(row?.["summary"].data.id, id);
  assert.doesNotMatch(JSON.stringify(row?.["summary"]), /private note/);
  assert.deepEqual(await deliver(created), [200, "duplicate"]);
  // A late event is still put in its place.
  const late = event(
    "subscription.past_due",
    subscription({ id, customData: custom, status: "past_due" }),
    { at: "2026-03-01T11:00:00Z" },
  );
  assert.deepEqual(await deliver(late), [200, "ignored"]);
  assert.equal((await subscriptionRow(sql, id))?.["status"], "active");
});
