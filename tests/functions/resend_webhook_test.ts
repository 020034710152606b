import assert from "node:assert/strict";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import { fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { signDelivery } from "@core/platform/webhook_signature.ts";
import { eventsOf } from "../../local/inbox/events.ts";
import { startInbox } from "../../local/inbox/server.ts";
import { createApp } from "../../supabase/functions/resend-webhook/app.ts";
import { testMails } from "./outreach_support.ts";
import { type Person, testEnv, testWithDatabase, type World } from "./support.ts";

const SECRET = `whsec_${btoa("the webhook's secret of the tests")}`;
const NOW = Date.parse("2026-11-01T12:00:00Z");

function webhook(db: Database, env: Record<string, string> = { RESEND_WEBHOOK_SECRET: SECRET }) {
  const app = createApp({
    env: testEnv(env),
    db,
    clock: fixedClock(NOW),
    log: silentLogger,
  });
  const post = async (body: string, headers: Record<string, string>) => {
    const response = await app.request("/resend-webhook", { method: "POST", body, headers });
    const json = await response.json();
    return [response.status, json.result ?? json.error.code] as const;
  };
  const signed = async (body: string, over: { id?: string; secret?: string; at?: number } = {}) => {
    const id = over.id ?? `msg_${crypto.randomUUID()}`;
    const timestamp = String((over.at ?? NOW) / 1_000);
    const secret = over.secret ?? SECRET;
    return {
      "svix-id": id,
      "svix-timestamp": timestamp,
      "svix-signature": await signDelivery(
        secret,
        { id, timestamp },
        new TextEncoder().encode(body),
      ),
    };
  };
  return {
    app,
    post,
    signed,
    async deliver(event: unknown, over: Parameters<typeof signed>[1] = {}) {
      const body = typeof event === "string" ? event : JSON.stringify(event);
      return await post(body, await signed(body, over));
    },
  };
}

/** A mail that Resend has, and its events. */
async function sentMail({ sql, member }: World) {
  const person = await member();
  const messageId = crypto.randomUUID();
  const [row] = await sql<{ id: string }[]>`
    insert into engagement_email_sends
      (tenant_id, user_id, template_key, dedupe_key, status, sent_at, provider_message_id)
    values ('ks', ${person.id}, 'onboarding_day_7', ${`test:${messageId}`}, 'sent', now(),
      ${messageId})
    returning id`;
  const id = row?.id ?? "";
  return {
    person,
    id,
    event: (type: string, more: Record<string, unknown> = {}) => ({
      type,
      "created_at": "2026-11-01T11:59:00.123Z",
      data: {
        "created_at": "2026-11-01 11:58:00.123456+00",
        "email_id": messageId,
        from: "hello@example.test",
        to: [person.email],
        subject: "Private",
        tags: { send: id, template: "onboarding_day_7" },
        ...more,
      },
    }),
  };
}

async function stateOf({ sql }: World, id: string, person: Person) {
  const [mail] = await sql`select * from engagement_email_sends where id = ${id}`;
  const [profile] = await sql`select * from profiles where id = ${person.id}`;
  return { mail: mail ?? {}, profile: profile ?? {} };
}

testWithDatabase("the webhook lets nobody in without Resend's signature", async (world) => {
  const { post, signed, app } = webhook(world.db);
  const { event, id, person } = await sentMail(world);
  const body = JSON.stringify(
    event("email.bounced", { bounce: { type: "Permanent", message: "x", subType: "General" } }),
  );
  const good = await signed(body);
  assert.deepEqual(await post(body, {}), [400, "missing_signature"]);
  assert.deepEqual(await post(body, { ...good, "svix-signature": "v2,abc" }), [
    400,
    "malformed_signature",
  ]);
  assert.deepEqual(await post(`${body} `, good), [401, "wrong_signature"]);
  assert.deepEqual(await post(body, { ...good, "svix-id": "msg_other" }), [401, "wrong_signature"]);
  const other = `whsec_${btoa("a secret that is somebody else's.")}`;
  assert.deepEqual(await post(body, await signed(body, { secret: other })), [
    401,
    "wrong_signature",
  ]);
  for (const at of [NOW - 301_000, NOW + 301_000]) {
    assert.deepEqual(await post(body, await signed(body, { at })), [401, "wrong_signature"]);
  }
  assert.equal((await app.request("/resend-webhook")).status, 405);
  const { mail, profile } = await stateOf(world, id, person);
  assert.deepEqual([mail["bounced_at"], profile["email_undeliverable_at"]], [null, null]);
});

testWithDatabase("the webhook is not there until its secret is", async (world) => {
  const { deliver } = webhook(world.db, {});
  assert.deepEqual(await deliver({}), [503, "not_configured"]);
});

testWithDatabase("the webhook refuses what is too large, and what is no event", async (world) => {
  const { deliver } = webhook(world.db);
  assert.deepEqual(await deliver("x".repeat(300_000)), [413, "payload_too_large"]);
  for (
    const body of [
      "",
      "{",
      "null",
      "[]",
      "{}",
      '{"type":"email.sent"}',
      { type: "email.sent", "created_at": "yesterday", data: {} },
      { type: "drop table", "created_at": "2026-11-01T11:59:00Z", data: {} },
      { type: "email.sent", "created_at": "2026-11-01T11:59:00Z", data: { "email_id": 5 } },
    ]
  ) {
    assert.deepEqual(await deliver(body), [400, "malformed_event"], JSON.stringify(body));
  }
});

testWithDatabase("many wrong signatures of one address are refused unread", async (world) => {
  const { app, signed } = webhook(world.db);
  const address = { "x-forwarded-for": crypto.randomUUID() };
  const statuses: number[] = [];
  for (let one = 0; one < 70; one++) {
    const response = await app.request("/resend-webhook", {
      method: "POST",
      body: "{}",
      headers: { ...await signed("forged"), ...address },
    });
    statuses.push(response.status);
    await response.body?.cancel();
  }
  assert.equal(statuses[0], 401);
  assert.ok(statuses.filter((status) => status === 429).length >= 5);
});

testWithDatabase("each event is stored once and noted in the ledger", async (world) => {
  const { deliver } = webhook(world.db);
  const { event, id, person } = await sentMail(world);
  const once = { id: `msg_${crypto.randomUUID()}` };
  assert.deepEqual(await deliver(event("email.delivered"), once), [200, "ok"]);
  assert.deepEqual(await deliver(event("email.delivered"), once), [200, "duplicate"]);
  assert.deepEqual(await deliver(event("email.opened")), [200, "ok"]);
  assert.deepEqual(await deliver(event("email.delivery_delayed")), [200, "ok"]);
  const { mail, profile } = await stateOf(world, id, person);
  assert.deepEqual(mail["delivered_at"], new Date("2026-11-01T11:59:00.123Z"));
  assert.equal(profile["email_undeliverable_at"], null);
  const [{ n, texts } = { n: 0, texts: "" }] = await world.sql`
    select count(*)::int as n, string_agg(detail::text, ' ') as texts
    from mail_events where send_id = ${id}`;
  assert.equal(n, 3);
  assert.doesNotMatch(texts, /Private/, "what a mail said is not kept");
});

testWithDatabase(
  "an address that bounces gets no more mails; a full mailbox does",
  async (world) => {
    const { deliver } = webhook(world.db);
    const hard = await sentMail(world);
    const bounce = { type: "Permanent", subType: "General", message: "No such user" };
    await deliver(hard.event("email.bounced", { bounce }));
    const bounced = await stateOf(world, hard.id, hard.person);
    assert.ok(bounced.mail["bounced_at"]);
    assert.equal(bounced.profile["email_undeliverable_reason"], "No such user");

    const soft = await sentMail(world);
    await deliver(soft.event("email.bounced", { bounce: { ...bounce, type: "Transient" } }));
    assert.equal(
      (await stateOf(world, soft.id, soft.person)).profile["email_undeliverable_at"],
      null,
    );

    const listed = await sentMail(world);
    await deliver(
      listed.event("email.suppressed", { suppressed: { message: "x", type: "OnList" } }),
    );
    assert.ok((await stateOf(world, listed.id, listed.person)).profile["email_undeliverable_at"]);
  },
);

testWithDatabase("a bounce of an address that was changed since marks nobody", async (world) => {
  const { deliver } = webhook(world.db);
  const { event, id, person } = await sentMail(world);
  const late = event("email.bounced", { bounce: { type: "Permanent", message: "x", subType: "" } });
  await world.sql`update profiles set email = ${`new.${person.email}`} where id = ${person.id}`;
  assert.deepEqual(await deliver(late), [200, "ok"]);
  const { profile } = await stateOf(world, id, person);
  assert.equal(profile["email_undeliverable_at"], null);
});

testWithDatabase("who marks a mail as spam gets no more surveys and the like", async (world) => {
  const { deliver } = webhook(world.db);
  const { event, id, person } = await sentMail(world);
  await deliver(event("email.complained"));
  const { mail, profile } = await stateOf(world, id, person);
  assert.ok(mail["complained_at"]);
  assert.equal(profile["marketing_opt_out_by"], "complaint");
  assert.equal(profile["email_undeliverable_at"], null);
});

testWithDatabase(
  "events of mails that are not the ledger's are ignored, and stored",
  async (world) => {
    const { deliver } = webhook(world.db);
    const id = `msg_${crypto.randomUUID()}`;
    const event = {
      type: "email.bounced",
      "created_at": "2026-11-01T11:59:00Z",
      data: {
        "email_id": crypto.randomUUID(),
        to: ["nobody@example.test"],
        tags: [{ name: "send", value: "x" }],
      },
    };
    assert.deepEqual(await deliver(event, { id }), [200, "ignored"]);
    assert.deepEqual(await deliver(event, { id }), [200, "duplicate"]);
    assert.deepEqual(
      await deliver({ type: "domain.created", "created_at": "2026-11-01T11:59:00Z", data: {} }),
      [200, "ignored"],
    );
  },
);

testWithDatabase(
  "an event that is faster than our own note of the mail finds it by its tag",
  async (world) => {
    const { deliver } = webhook(world.db);
    const { event, id, person } = await sentMail(world);
    const early = event("email.delivered", { "email_id": crypto.randomUUID() });
    assert.deepEqual(await deliver(early), [200, "ok"]);
    assert.ok((await stateOf(world, id, person)).mail["delivered_at"]);
  },
);

testMails(
  "the inbox tells of its mails as Resend does, and bounces stop the next mail",
  async (world) => {
    const { db, day, run, membership, sql, clock } = world;
    const arta = await membership();
    const address = `bounce.${arta.email}`;
    await sql`update profiles set email = ${address} where id = ${arta.id}`;
    const app = createApp({
      env: testEnv({ RESEND_WEBHOOK_SECRET: SECRET }),
      db,
      clock: { now: () => Date.now(), wait: () => Promise.resolve() },
      log: silentLogger,
    });
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      const { pathname } = new URL(request.url);
      return app.fetch(new Request(`http://function${pathname}`, request));
    });
    const inbox = await startInbox({
      apiKey: "re_test",
      port: 0,
      requestsPerSecond: 0,
      webhook: { url: `http://127.0.0.1:${server.addr.port}/resend-webhook`, secret: SECRET },
    });
    const env = { RESEND_BASE_URL: inbox.url };
    try {
      day(7);
      await run("engagement", clock, env);
      await inbox.told();
      assert.equal(eventsOf(inbox.messages.inOrder()[0] as never, "").length, 2);
      const [person] = await sql`select email_undeliverable_at from profiles where id = ${arta.id}`;
      assert.ok(person?.["email_undeliverable_at"]);
      day(14);
      await run("engagement", clock, env);
      assert.equal(inbox.messages.inOrder().length, 1);
    } finally {
      await inbox.stop();
      await server.shutdown();
    }
  },
);

Deno.test("the webhook says that the database is away, so that Resend comes again", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { deliver } = webhook(db);
  const event = { type: "email.sent", "created_at": "2026-11-01T11:59:00Z", data: {} };
  assert.deepEqual(await deliver(event), [503, "database_unavailable"]);
  await db.end();
});
