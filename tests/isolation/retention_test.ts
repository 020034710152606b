/**
 * What is kept of an event after 90 days reads the same as the event did: a subscription's history
 * can be told from it for ever.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { parseEvent, subscriptionOf, transactionOf } from "@core/billing/paddle_events.ts";
import { stackValue } from "../support/stack_env.ts";

Deno.test("what retention keeps of an event is read as the event was", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    const events = await sql<{ type: string; payload: unknown; summary: unknown }[]>`
      select event_type as type, payload, private.accounting_summary(payload) as summary
      from public.webhook_events
      where payload ->> 'event_id' = event_id and processing_result = 'ok'
        and (event_type like 'subscription.%' or event_type like 'transaction.%')
      limit 500`;
    assert.ok(events.length > 10, "the demo's purchases are stored");
    for (const { type, payload, summary } of events) {
      const read = type.startsWith("subscription.") ? subscriptionOf : transactionOf;
      const [was, is] = [parseEvent(payload), parseEvent(summary)];
      assert.deepEqual({ ...is, data: null }, { ...was, data: null }, type);
      assert.deepEqual(read(is), read(was), type);
    }
  } finally {
    await sql.end();
  }
});
