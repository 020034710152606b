import assert from "node:assert/strict";
import type postgres from "postgres";
import { audited, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import {
  adjustment,
  event,
  KS_BUSINESS,
  paddleId,
  subscription,
  transaction,
} from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

/** An invoice as it stands, and the entries that explain it. */
async function ledger(sql: postgres.Sql, transactionId: string) {
  const [invoice] = await sql`
    select id, status, amount_cents::int as amount, refunded_cents::int as refunded
    from billing_invoices where provider_transaction_id = ${transactionId}`;
  const entries = await sql`
    select entry_type, amount_cents::int as amount from billing_ledger_entries
    where provider_transaction_id = ${transactionId} order by created_at, entry_type`;
  const sum = entries.reduce((total, entry) => total + entry["amount"], 0);
  assert.equal(sum, (invoice?.["amount"] ?? 0) - (invoice?.["refunded"] ?? 0), "the ledger's sum");
  return {
    status: invoice?.["status"],
    entries: entries.map((entry) => [entry["entry_type"], entry["amount"]]),
  };
}

async function commissions(sql: postgres.Sql, transactionId: string) {
  const rows = await sql`
    select type, status, amount_cents::int as amount, agent_id, subscription_id
    from agent_commissions where source_transaction_id = ${transactionId}
    order by clawback_of nulls first, created_at`;
  return rows.map((row) => [row["type"], row["status"], row["amount"], row["agent_id"]]);
}

/** Somebody who bought; `at` is counted in seconds after noon. */
async function bought(
  world: Parameters<Parameters<typeof testWithDatabase>[1]>[0],
  custom: Record<string, unknown> = {},
  over: { readonly priceId?: string } = {},
) {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const [sub, txn, ctm] = [paddleId("sub"), paddleId("txn"), paddleId("ctm")];
  const customData = { "user_id": member.id, "tenant_id": "ks", ...custom };
  const entity = subscription({
    id: sub,
    customerId: ctm,
    customData,
    transactionId: txn,
    ...over,
  });
  const payment = { id: txn, subscriptionId: sub, customerId: ctm, customData, ...over };
  return {
    member,
    sub,
    txn,
    ctm,
    customData,
    entity,
    payment,
    deliver,
    buy: async () => {
      assert.deepEqual(await deliver(event("subscription.created", entity)), [200, "ok"]);
      const completed = event("transaction.completed", transaction(payment));
      assert.deepEqual(await deliver(completed), [200, "ok"]);
      return completed;
    },
  };
}

testWithDatabase("the agent of the code is paid for a new membership", async (world) => {
  const agent = await world.agent();
  const buyer = await bought(world, { "ref_code": ` ${agent.code.toLowerCase()} ` });
  const completed = await buyer.buy();
  assert.deepEqual(await commissions(world.sql, buyer.txn), [
    ["new_membership", "pending", 400, agent.id],
  ]);
  const told = await audited(world.sql, completed);
  assert.ok(told.includes("commission.created"));
  assert.equal(told.includes("commission.unresolved"), false);
  const [row] = await world.sql`
    select rate_percent::text, base_cents::int, period_start is not null as period, subscription_id
    from agent_commissions where source_transaction_id = ${buyer.txn}`;
  assert.deepEqual([row?.["rate_percent"], row?.["base_cents"], row?.["period"]], [
    "20.00",
    2000,
    true,
  ]);
  assert.equal(row?.["subscription_id"], (await subscriptionRow(world.sql, buyer.sub))?.["id"]);
});

testWithDatabase(
  "a code that leads nowhere is told, and the member's own agent is paid",
  async (world) => {
    const [own, foreign] = [await world.agent(), await world.agent("mk")];
    for (const code of ["NOBODY99", foreign.code, "' or true --"]) {
      const buyer = await bought(world, { "ref_code": code });
      await world.sql`update profiles set agent_id = ${own.id} where id = ${buyer.member.id}`;
      const completed = await buyer.buy();
      assert.ok((await audited(world.sql, completed)).includes("commission.unresolved"), code);
      assert.deepEqual(await commissions(world.sql, buyer.txn), [
        ["new_membership", "pending", 400, own.id],
      ]);
    }
  },
);

testWithDatabase("without code or agent nobody is paid, and nothing is amiss", async (world) => {
  const buyer = await bought(world);
  const completed = await buyer.buy();
  assert.deepEqual(await commissions(world.sql, buyer.txn), []);
  assert.equal((await audited(world.sql, completed)).includes("commission.unresolved"), false);
});

testWithDatabase(
  "renewal, upgrade and business plan have rates of their own; a renewal counts once a period",
  async (world) => {
    const agent = await world.agent();
    const custom = { "ref_code": agent.code };
    const buyer = await bought(world, custom);
    await buyer.buy();
    const period = { startsAt: "2027-03-01T12:00:00Z", endsAt: "2028-03-01T12:00:00Z" };
    const pay = async (over: Record<string, unknown>) => {
      const id = paddleId("txn");
      const completed = event(
        "transaction.completed",
        transaction({ ...buyer.payment, id, ...over }),
      );
      assert.deepEqual(await buyer.deliver(completed), [200, "ok"]);
      return await commissions(world.sql, id);
    };
    const renewal = { origin: "subscription_recurring", period };
    assert.deepEqual(await pay(renewal), [["renewal", "pending", 200, agent.id]]);
    assert.deepEqual(await pay(renewal), []);
    const upgrade = { origin: "subscription_update", subtotal: 1750, tax: 0, credit: 1000 };
    assert.deepEqual(await pay(upgrade), [["upgrade", "pending", 113, agent.id]]);
    assert.deepEqual(await pay({ origin: "subscription_charge" }), []);

    const business = await bought(world, custom, { priceId: KS_BUSINESS });
    await business.buy();
    assert.deepEqual(await commissions(world.sql, business.txn), [[
      "b2b",
      "pending",
      500,
      agent.id,
    ]]);
  },
);

testWithDatabase(
  "a payment told before its membership has its commission joined",
  async (world) => {
    const agent = await world.agent();
    const buyer = await bought(world, { "ref_code": agent.code });
    await buyer.deliver(event("transaction.completed", transaction(buyer.payment)));
    await buyer.deliver(event("subscription.activated", buyer.entity));
    const [row] = await world.sql`
    select c.subscription_id = s.id and i.subscription_id = s.id as joined
    from subscriptions s
    join agent_commissions c on c.source_transaction_id = ${buyer.txn}
    join billing_invoices i on i.provider_transaction_id = ${buyer.txn}
    where s.provider_subscription_id = ${buyer.sub}`;
    assert.equal(row?.["joined"], true);
  },
);

testWithDatabase(
  "a refund waits for approval, is entered once, voids the commission and ends access",
  async (world) => {
    const agent = await world.agent();
    const buyer = await bought(world, { "ref_code": agent.code });
    await buyer.buy();
    const wish = { id: paddleId("adj"), transactionId: buyer.txn, subscriptionId: buyer.sub };
    const asked = event("adjustment.created", adjustment({ ...wish, status: "pending_approval" }));
    assert.deepEqual(await buyer.deliver(asked), [200, "ignored"]);
    assert.equal((await ledger(world.sql, buyer.txn)).status, "paid");

    const approved = event("adjustment.updated", adjustment(wish));
    assert.deepEqual(await buyer.deliver(approved), [200, "ok"]);
    assert.deepEqual(await buyer.deliver(approved), [200, "duplicate"]);
    const again = event("adjustment.updated", adjustment(wish));
    assert.deepEqual(await buyer.deliver(again), [200, "ignored"]);
    assert.deepEqual(await ledger(world.sql, buyer.txn), {
      status: "refunded",
      entries: [["invoice.posted", 2360], ["refund", -2360]],
    });
    assert.deepEqual(await commissions(world.sql, buyer.txn), [
      ["new_membership", "void", 400, agent.id],
    ]);
    const [access] = await world.sql`select membership_access(${buyer.member.id}) as access`;
    assert.equal(access?.["access"], "suspended");
    assert.deepEqual(await audited(world.sql, approved), [
      "webhook.received",
      "billing.adjustment.posted",
      "commission.status_updated",
      "subscription.access_revoked",
      "webhook.processed",
      "webhook.duplicate",
    ]);
    assert.equal((await stored(world.sql, approved))?.["member_id"], buyer.member.id);

    // The next period is paid for: access is there again.
    const period = { startsAt: "2027-03-01T12:00:00.000001Z", endsAt: "2028-03-01T12:00:00Z" };
    const renewed = event(
      "subscription.updated",
      subscription({ id: buyer.sub, customerId: buyer.ctm, customData: buyer.customData, period }),
      { at: "2027-03-01T12:00:03Z" },
    );
    assert.deepEqual(await buyer.deliver(renewed), [200, "ok"]);
    assert.equal((await subscriptionRow(world.sql, buyer.sub))?.["access_revoked_at"], null);
    assert.ok((await audited(world.sql, renewed)).includes("subscription.access_restored"));
  },
);

testWithDatabase("a part refunded takes back a part, access stays", async (world) => {
  const agent = await world.agent();
  const buyer = await bought(world, { "ref_code": agent.code });
  await buyer.buy();
  for (const total of [590, 295]) {
    const part = adjustment({
      id: paddleId("adj"),
      transactionId: buyer.txn,
      subscriptionId: buyer.sub,
      total,
      tax: Math.round(total * 360 / 2360),
    });
    assert.deepEqual(await buyer.deliver(event("adjustment.created", part)), [200, "ok"]);
  }
  assert.deepEqual(await commissions(world.sql, buyer.txn), [
    ["new_membership", "pending", 400, agent.id],
    ["new_membership", "pending", -100, agent.id],
    ["new_membership", "pending", -50, agent.id],
  ]);
  assert.equal((await ledger(world.sql, buyer.txn)).status, "partially_refunded");
  assert.equal((await subscriptionRow(world.sql, buyer.sub))?.["access_revoked_at"], null);
});

testWithDatabase(
  "a chargeback suspends at once and takes back what was paid out; winning it gives both again",
  async (world) => {
    const agent = await world.agent();
    const buyer = await bought(world, { "ref_code": agent.code });
    await buyer.buy();
    await world.sql`
      update agent_commissions set status = 'approved' where source_transaction_id = ${buyer.txn}`;
    await world.sql`
      update agent_commissions set status = 'paid' where source_transaction_id = ${buyer.txn}`;
    const about = { transactionId: buyer.txn, subscriptionId: buyer.sub };
    const disputed = { ...about, id: paddleId("adj"), action: "chargeback" };
    assert.deepEqual(
      await buyer.deliver(event("adjustment.created", adjustment(disputed))),
      [200, "ok"],
    );
    const access = async () =>
      (await world.sql`select membership_access(${buyer.member.id}) as access`)[0]?.["access"];
    assert.equal(await access(), "suspended");
    assert.equal((await ledger(world.sql, buyer.txn)).status, "charged_back");
    assert.deepEqual(await commissions(world.sql, buyer.txn), [
      ["new_membership", "paid", 400, agent.id],
      ["new_membership", "pending", -400, agent.id],
    ]);

    const warned = { ...about, id: paddleId("adj"), action: "chargeback_warning" };
    assert.deepEqual(
      await buyer.deliver(event("adjustment.created", adjustment(warned))),
      [200, "ignored"],
    );
    // The bank took it back: the old adjustment is reversed, a new one brings the money.
    const reversed = event("adjustment.updated", adjustment({ ...disputed, status: "reversed" }));
    assert.deepEqual(await buyer.deliver(reversed), [200, "ignored"]);
    const won = { ...about, id: paddleId("adj"), action: "chargeback_reverse" };
    assert.deepEqual(await buyer.deliver(event("adjustment.created", adjustment(won))), [
      200,
      "ok",
    ]);
    assert.equal(await access(), "active");
    assert.equal((await ledger(world.sql, buyer.txn)).status, "paid");
    assert.deepEqual(await commissions(world.sql, buyer.txn), [
      ["new_membership", "paid", 400, agent.id],
      ["new_membership", "void", -400, agent.id],
    ]);
  },
);

testWithDatabase(
  "money that goes back before its payment was told waits for it",
  async (world) => {
    const buyer = await bought(world);
    const early = event(
      "adjustment.updated",
      adjustment({ id: paddleId("adj"), transactionId: buyer.txn, subscriptionId: buyer.sub }),
    );
    assert.deepEqual(await buyer.deliver(early), [500, "processing_failed"]);
    const waiting = await stored(world.sql, early);
    assert.match(waiting?.["error"], /^PaymentUnknown/);
    assert.ok(waiting?.["next_attempt_at"] > new Date());
    await buyer.buy();
    assert.deepEqual(await buyer.deliver(early), [200, "ok"]);
    assert.equal((await ledger(world.sql, buyer.txn)).status, "refunded");
  },
);

testWithDatabase("a payment over nothing posts no invoice", async (world) => {
  const buyer = await bought(world);
  const card = {
    ...buyer.payment,
    subtotal: 0,
    tax: 0,
    origin: "subscription_payment_method_change",
  };
  const completed = event("transaction.completed", transaction(card));
  assert.deepEqual(await buyer.deliver(completed), [200, "ignored"]);
  assert.equal((await stored(world.sql, completed))?.["reason"], "nothing was charged");
});
