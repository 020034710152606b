/** Events that arrive while they are held: stored, answered 200, applied afterwards in order and once. */
import assert from "node:assert/strict";
import { sweepWebhooks } from "@core/billing/sweep.ts";
import { fixedClock, systemClock } from "@core/platform/clock.ts";
import type { Flags } from "@core/platform/flags.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/paddle-webhook/app.ts";
import { NOW, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, sign, subscription, transaction } from "./paddle_payloads.ts";
import { SECRET, testEnv, testWithDatabase } from "./support.ts";

const SECOND = { startsAt: "2027-03-01T12:00:00Z", endsAt: "2028-03-01T12:00:00Z" };

/** A membership from its first payment to its renewal, an agent's commission in it. */
function life(memberId: string, code: string, sub: string) {
  const ctm = paddleId("ctm");
  const customData = { "user_id": memberId, "ref_code": code };
  const base = { id: sub, customerId: ctm, customData };
  const paid = { subscriptionId: sub, customerId: ctm, customData };
  const [first, second] = [paddleId("txn"), paddleId("txn")];
  const renewal = { ...paid, id: second, origin: "subscription_recurring", period: SECOND };
  const told: [string, Record<string, unknown>][] = [
    ["transaction.completed", transaction({ ...paid, id: first })],
    ["subscription.created", subscription({ ...base, transactionId: first })],
    ["subscription.past_due", subscription({ ...base, period: SECOND, status: "past_due" })],
    ["transaction.completed", transaction(renewal)],
    ["subscription.updated", subscription({ ...base, period: SECOND })],
  ];
  return told.map(([type, data], place) =>
    event(type, data, { at: `2026-03-01T12:00:0${place + 2}.000001Z` })
  );
}

testWithDatabase(
  "held events are answered 200, change nothing, and are applied after the release, in order and once",
  async (world) => {
    const { db, sql } = world;
    let held = true;
    const flags: Flags = {
      isOn: (key) => Promise.resolve(held && key === "hold_webhooks"),
      tenantsWith: () => Promise.resolve([]),
    };
    const isHeld = () => flags.isOn("hold_webhooks");
    const clock = fixedClock(NOW);
    const app = createApp({ env: testEnv(), db, clock, log: silentLogger, flags });
    const [member, agent] = [await world.member(), await world.agent()];
    const sub = paddleId("sub");
    const events = life(member.id, agent.code, sub);
    const ids = events.map((one) => String(one["event_id"]));
    const deliver = async (payload: unknown) => {
      const body = JSON.stringify(payload);
      const headers = { "paddle-signature": sign(body, SECRET, NOW) };
      const answer = await app.request("/paddle-webhook", { method: "POST", body, headers });
      return [answer.status, (await answer.json()).result];
    };
    const rows = async () =>
      await sql`
        select processing_result, attempts from webhook_events where event_id = any (${ids})
        order by occurred_at`;

    for (const one of events.toReversed()) assert.deepEqual(await deliver(one), [200, "ok"]);
    // Paddle never hears an error, so that it sends nothing again; a doubled delivery is one event.
    assert.deepEqual(await deliver(events[1]), [200, "ok"]);
    // They are due at once, and in no order: what arrived last is due first.
    await sql`
      update webhook_events
      set next_attempt_at = received_at - (occurred_at - '2026-03-01T12:00:00Z'::timestamptz)
      where event_id = any (${ids})`;
    const limits = { clock: systemClock, budget: 20_000, max: 10_000, isHeld };
    await sweepWebhooks(db, { ...limits, workers: 3 });
    assert.deepEqual((await rows()).map((row) => row["attempts"]), [0, 0, 0, 0, 0]);
    assert.equal(await subscriptionRow(sql, sub), undefined);
    const [invoiced] = await sql`
      select count(*)::int as n from billing_invoices where user_id = ${member.id}`;
    assert.equal(invoiced?.["n"], 0);

    held = false;
    // Several sweeps at once, as the schedule and an administrator would have them.
    await Promise.all([1, 2, 3].map(() => sweepWebhooks(db, { ...limits, workers: 2 })));
    assert.deepEqual(
      (await rows()).map((row) => [row["processing_result"], row["attempts"]]),
      ids.map(() => ["ok", 1]),
    );
    const order = await sql`
      select metadata ->> 'event_id' as event from audit_log
      where metadata ->> 'event_id' = any (${ids}) and action = 'webhook.processed' order by seq`;
    assert.deepEqual(order.map((row) => row["event"]), ids, "each once, in the order of life");
    const now = await subscriptionRow(sql, sub);
    assert.deepEqual(
      [now?.["status"], now?.["past_due_at"], now?.["current_period_end"]?.toISOString()],
      ["active", null, "2028-03-01T12:00:00.000Z"],
    );
    const invoices = await sql`
      select amount_cents from billing_invoices where user_id = ${member.id}`;
    assert.equal(invoices.length, 2);
    const commissions = await sql`
      select type from agent_commissions where member_id = ${member.id} order by type`;
    assert.deepEqual(commissions.map(({ type }) => type), ["new_membership", "renewal"]);

    // Paddle delivering once more finds all of it done.
    for (const one of events) assert.deepEqual(await deliver(one), [200, "duplicate"]);
  },
);
