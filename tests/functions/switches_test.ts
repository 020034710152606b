/** The switches that the functions obey: events that are held, mails that wait, who sees the checks. */
import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { holdEvent, receiveEvent } from "@core/billing/process_event.ts";
import { sweepWebhooks } from "@core/billing/sweep.ts";
import { parseDelivery } from "@core/billing/paddle_events.ts";
import { createOutreachJobs } from "@core/outreach/jobs.ts";
import { fixedClock, systemClock } from "@core/platform/clock.ts";
import type { Flags } from "@core/platform/flags.ts";
import { createFlags } from "@core/platform/flags.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp as createHealth } from "../../supabase/functions/health/app.ts";
import { createApp as createWebhook } from "../../supabase/functions/paddle-webhook/app.ts";
import { CRON_SECRET, SECRET, testEnv, testWithDatabase } from "./support.ts";
import { sign } from "./paddle_payloads.ts";

/** Switches that a test turns. */
function testFlags(on: Record<string, (string | null)[]>): Flags {
  return {
    isOn: (key, tenant) =>
      Promise.resolve((on[key] ?? []).some((known) => known === null || known === tenant)),
    tenantsWith: (key) =>
      Promise.resolve((on[key] ?? []).filter((known): known is string => known !== null)),
  };
}

function anEvent(id: string) {
  return JSON.stringify({
    event_id: id,
    event_type: "product.updated",
    occurred_at: new Date().toISOString(),
    notification_id: `ntf_${id}`,
    data: { id: "pro_1" },
  });
}

testWithDatabase(
  "while events are held they are stored, answered 200, and applied afterwards, once",
  async ({ db, sql }) => {
    const on: Record<string, (string | null)[]> = { "hold_webhooks": [null] };
    const flags = testFlags(on);
    const app = createWebhook({ env: testEnv(), db, clock: systemClock, log: silentLogger, flags });
    const id = `evt_${crypto.randomUUID()}`;
    const body = anEvent(id);
    const send = async () => {
      const answer = await app.request("/paddle-webhook", {
        method: "POST",
        body,
        headers: { "paddle-signature": sign(body, SECRET, Date.now()) },
      });
      return [answer.status, (await answer.json()).result];
    };
    const stored = async () => {
      const [row] = await sql`
      select processing_result, attempts, delivery_count, next_attempt_at is not null as due
      from webhook_events where event_id = ${id}`;
      return row;
    };
    assert.deepEqual(await send(), [200, "ok"]);
    assert.deepEqual(await send(), [200, "ok"]);
    assert.deepEqual({ ...await stored() }, {
      "processing_result": null,
      attempts: 0,
      "delivery_count": 2,
      due: true,
    });

    await sql`update webhook_events set next_attempt_at = now() where event_id = ${id}`;
    const limits = { clock: systemClock, budget: 5_000, max: 10_000, workers: 1 };
    const isHeld = () => flags.isOn("hold_webhooks");
    await sweepWebhooks(db, { ...limits, isHeld });
    assert.equal((await stored())?.["processing_result"], null);
    on["hold_webhooks"] = [];
    await sweepWebhooks(db, { ...limits, isHeld });
    assert.equal((await stored())?.["processing_result"], "ignored");
    assert.deepEqual(await send(), [200, "duplicate"]);
  },
);

testWithDatabase(
  "an event that was done with before is not begun anew by being held",
  async ({ db, sql }) => {
    const id = `evt_${crypto.randomUUID()}`;
    const received = {
      ...parseDelivery(new TextEncoder().encode(anEvent(id))),
      payloadHash: "0".repeat(64),
      signature: "checked" as const,
    };
    assert.equal(await receiveEvent(db, received), "ignored");
    assert.equal(await holdEvent(db, received), "ok");
    const [row] = await sql`
    select processing_result, next_attempt_at from webhook_events where event_id = ${id}`;
    assert.deepEqual({ ...row }, { "processing_result": "ignored", "next_attempt_at": null });
  },
);

testWithDatabase(
  "a job that is paused for all does nothing; what one country's people wait for is left",
  async (world) => {
    const { db, sql } = world;
    const people = { ks: await world.member("ks"), mk: await world.member("mk") };
    for (const { id, tenantId } of Object.values(people)) {
      await sql`
      insert into engagement_email_sends (tenant_id, user_id, template_key, dedupe_key, next_attempt_at)
      values (${tenantId}, ${id}, 'onboarding_day_7', ${`test:${id}`}, now() - interval '1 minute')`;
    }
    const stateOf = async (id: string) => {
      const [row] = await sql`
      select status from engagement_email_sends where dedupe_key = ${`test:${id}`}`;
      return row?.["status"];
    };
    const run = (on: Record<string, (string | null)[]>) =>
      createOutreachJobs(
        { env: testEnv({ RESEND_MAX_RPS: "1000" }), db, clock: systemClock, flags: testFlags(on) },
        3_000,
      ).engagement();
    try {
      assert.deepEqual(await run({ "pause_engagement": [null] }), { paused: 1 });
      assert.equal(await stateOf(people.ks.id), "pending");
      // They are no members, so that the mail is skipped without being sent anywhere.
      await run({ "pause_engagement": ["mk"] });
      assert.equal(await stateOf(people.ks.id), "skipped");
      assert.equal(await stateOf(people.mk.id), "pending");
      await run({});
      assert.equal(await stateOf(people.mk.id), "skipped");
    } finally {
      await sql`delete from engagement_email_sends where dedupe_key like 'test:%' and status <> 'sent'`;
    }
  },
);

testWithDatabase("each job that writes to people is paused by its own switch", async ({ db }) => {
  const env = testEnv();
  for (const job of ["dunning", "engagement", "nps"] as const) {
    for (const paused of ["dunning", "engagement", "nps"] as const) {
      const flags = testFlags({ [`pause_${paused}`]: [null] });
      const jobs = createOutreachJobs({ env, db, clock: systemClock, flags }, 1);
      const counts = await jobs[job]();
      assert.equal("paused" in counts, job === paused, `${job} while ${paused} is paused`);
    }
  }
});

testWithDatabase(
  "a switch that is turned in the database is obeyed within five seconds",
  async ({ db, sql }) => {
    const clock = fixedClock(Date.now());
    const flags = createFlags(db, clock, silentLogger);
    await sql`delete from feature_flags where key = 'pause_nps'`;
    assert.equal(await flags.isOn("pause_nps"), false);
    try {
      await sql`select private.set_flag('pause_nps', null, true, 'test')`;
      clock.advance(4_000);
      assert.equal(await flags.isOn("pause_nps"), true);
      assert.equal(await flags.isOn("pause_nps", "ks"), true);
    } finally {
      await sql`delete from feature_flags where key = 'pause_nps'`;
    }
  },
);

testWithDatabase(
  "the checks are for administrators and whoever bears the secret of the jobs",
  async (world) => {
    const { db } = world;
    const app = createHealth({ env: testEnv(), db, clock: systemClock, log: silentLogger });
    const person = await world.member();
    const ask = async (bearer: string | null) => {
      const headers: HeadersInit = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
      const answer = await app.request("/health/checks", { headers });
      return { status: answer.status, body: await answer.json() };
    };
    const token = await new SignJWT({ role: "authenticated", "session_id": crypto.randomUUID() })
      .setProtectedHeader({ alg: "HS256" }).setSubject(person.id).setAudience("authenticated")
      .setIssuedAt().setExpirationTime("1h").sign(new TextEncoder().encode("x".repeat(32)));
    assert.equal((await ask(null)).status, 401);
    assert.equal((await ask("something")).status, 401);
    const refused = await ask(token);
    assert.ok([401, 403].includes(refused.status), String(refused.status));
    const { status, body } = await ask(CRON_SECRET);
    assert.equal(status, 200);
    const ids = (body.checks as { id: string }[]).map(({ id }) => id);
    for (const id of ["database", "storage", "webhooks", "job-mails", "slo-claims", "switches"]) {
      assert.ok(ids.includes(id), id);
    }
    // Nothing listens where this environment says that the others are.
    const states = Object.fromEntries(
      body.checks.map((one: { id: string; cause: string }) => [one.id, one.cause]),
    );
    assert.equal(states["resend"], "resend_away");
    assert.equal(states["paddle"], "paddle_away");
    assert.equal(states["storage"], "storage_away");
    assert.doesNotMatch(JSON.stringify(body), /re_test|pdl_test|sb_secret/);
  },
);
