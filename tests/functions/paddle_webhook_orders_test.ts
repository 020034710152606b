/**
 * Any interleaving of one subject's events ends in the same state: the same life, told in its own
 * order and in others, some events twice, what failed again until nothing fails.
 */
import assert from "node:assert/strict";
import type postgres from "postgres";
import { seeded, shuffled } from "../support/orders.ts";
import { paddle } from "./paddle_delivery.ts";
import { adjustment, event, paddleId, subscription, transaction } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

type Payload = Record<string, unknown>;
type Deliver = (payload: Payload) => Promise<[status: number, result: string]>;

/** Two lives of one script have ids with the same ends, so that their states can be compared. */
interface Ids {
  readonly member: string;
  readonly agentCode: string;
  readonly sub: string;
  readonly ctm: string;
  readonly of: (prefix: string, name: string) => string;
}

const FIRST = { startsAt: "2026-03-01T12:00:00Z", endsAt: "2027-03-01T12:00:00Z" };
const SECOND = { startsAt: "2027-03-01T12:00:00Z", endsAt: "2028-03-01T12:00:00Z" };

/** A life with all that can happen to money: bought, refunded in part, failed, paid, disputed, ended. */
function life(ids: Ids, ending: number): Payload[] {
  const customData = { "user_id": ids.member, "ref_code": ids.agentCode };
  const base = { id: ids.sub, customerId: ids.ctm, customData };
  const paid = { subscriptionId: ids.sub, customerId: ids.ctm, customData };
  let second = 0;
  const tell = (type: string, data: Payload, sameSecond = false) => {
    if (!sameSecond) second++;
    const at = `2026-03-01T12:00:${String(second).padStart(2, "0")}.000007Z`;
    return event(type, data, {
      id: ids.of("evt", `${String(second).padStart(2, "0")}${type}`),
      at,
    });
  };
  const [txn1, txn2] = [ids.of("txn", "one"), ids.of("txn", "two")];
  const active = subscription({ ...base, period: FIRST, transactionId: txn1 });
  const renewed = subscription({ ...base, period: SECOND });
  const owing = subscription({ ...base, period: SECOND, status: "past_due" });
  const renewal = { ...paid, id: txn2, origin: "subscription_recurring", period: SECOND };
  const failure = transaction({ ...renewal, status: "past_due" });
  const adjust = (
    name: string,
    transactionId: string,
    action: string,
    total: number,
    tax: number,
  ) =>
    adjustment({
      id: ids.of("adj", name),
      transactionId,
      subscriptionId: ids.sub,
      action,
      total,
      tax,
    });
  const events = [
    tell("customer.created", { id: ids.ctm, email: "life@example.test" }),
    tell("transaction.completed", transaction({ ...paid, id: txn1, period: FIRST })),
    tell("subscription.created", active),
    tell("subscription.activated", active, true),
    tell("adjustment.updated", adjust("part", txn1, "refund", 590, 90)),
    tell("subscription.updated", renewed),
    tell("transaction.payment_failed", failure),
    tell("subscription.updated", owing),
    tell("subscription.past_due", owing, true),
    tell("transaction.payment_failed", failure),
    tell("transaction.completed", transaction(renewal)),
    tell("subscription.updated", renewed),
    tell("adjustment.created", adjust("bank", txn2, "chargeback", 2360, 360)),
  ];
  if (ending === 1) {
    events.push(tell("adjustment.created", adjust("won", txn2, "chargeback_reverse", 2360, 360)));
  }
  if (ending === 2) events.push(tell("subscription.past_due", owing));
  if (ending === 3) {
    const ended = { ...subscription({ ...base, status: "canceled", period: null }) };
    events.push(tell("subscription.canceled", { ...ended, "canceled_at": SECOND.startsAt }));
  }
  return events;
}

/** Delivers in the given order, and whatever failed again, as Paddle and the sweep would. */
async function tellAll(deliver: Deliver, payloads: readonly Payload[], inParallel: number) {
  let open = [...payloads];
  for (let round = 0; open.length > 0; round++) {
    assert.ok(round < 20, "something fails for good");
    const again: Payload[] = [];
    for (let from = 0; from < open.length; from += inParallel) {
      const batch = open.slice(from, from + inParallel);
      const answers = await Promise.all(batch.map(deliver));
      answers.forEach(([status], place) => {
        const payload = batch[place];
        if (status !== 200 && payload !== undefined) again.push(payload);
      });
    }
    open = again;
  }
}

/** Everything that events decide about, without what is made up when a row is written. */
async function stateOf(sql: postgres.Sql, ids: Ids) {
  const [row] = await sql`
    select jsonb_build_object(
      'subscription', (
        select to_jsonb(s) - array['id', 'tenant_id', 'user_id', 'provider_subscription_id',
          'provider_customer_id', 'last_event_id', 'created_at', 'updated_at']
          || jsonb_build_object('newest', right(last_event_id, 14))
        from subscriptions s where provider_subscription_id = ${ids.sub}
      ),
      'invoices', (
        select jsonb_agg(jsonb_build_object(
          'status', i.status, 'amount', i.amount_cents, 'refunded', i.refunded_cents,
          'joined', s.provider_subscription_id = ${ids.sub}, 'ledger', (
            select jsonb_agg(
              jsonb_build_object('type', entry_type, 'amount', amount_cents, 'at', occurred_at)
              order by entry_type, amount_cents
            ) from billing_ledger_entries e where e.invoice_id = i.id
          )
        ) order by i.period_start)
        from billing_invoices i left join subscriptions s on s.id = i.subscription_id
        where i.provider_subscription_id = ${ids.sub}
      ),
      'commissions', (
        select jsonb_agg(earned order by earned ->> 'type') from (
          select jsonb_build_object(
            'type', c.type, 'amount', sum(amount_cents) filter (where status <> 'void'),
            'joined', bool_and(subscription_id is not null)
          ) as earned
          from agent_commissions c where provider_subscription_id = ${ids.sub} group by c.type
        ) as by_type
      ),
      'access', membership_access(${ids.member}),
      'email', (select email from billing_customers where provider_customer_id = ${ids.ctm}),
      'open', (
        select count(*) from webhook_events
        where subject_id = any (array[${ids.sub}, ${ids.ctm}])
          and processing_result is distinct from 'ok' and processing_result <> 'ignored'
      )
    ) as state`;
  return row?.["state"];
}

testWithDatabase("any interleaving of a subject's events ends in the same state", async (world) => {
  const { deliver } = paddle(world.db);
  const agent = await world.agent();
  const next = seeded(1123);
  const someone = async (): Promise<Ids> => {
    const member = await world.member();
    const unique = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
    return {
      member: member.id,
      agentCode: agent.code,
      sub: paddleId("sub"),
      ctm: paddleId("ctm"),
      // In Paddle's length, and in the order of the names.
      of: (prefix, name) => `${prefix}_${unique}${name.padStart(14, "0")}`,
    };
  };
  for (let ending = 0; ending < 4; ending++) {
    const inOrder = await someone();
    await tellAll(deliver, life(inOrder, ending), 1);
    const expected = await stateOf(world.sql, inOrder);
    assert.equal(expected.invoices.length, 2);
    assert.equal(expected.open, 0);
    for (let order = 0; order < 6; order++) {
      const ids = await someone();
      const events = life(ids, ending);
      const twice = events.filter(() => next(3) === 0);
      const inParallel = order % 2 === 0 ? 1 : 4;
      await tellAll(deliver, shuffled([...events, ...twice], next), inParallel);
      const state = await stateOf(world.sql, ids);
      assert.deepEqual(state, expected, `ending ${ending}, order ${order}`);
    }
  }
});
