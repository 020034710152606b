import assert from "node:assert/strict";
import { paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, subscription, transaction } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

const at = (second: number) => ({ at: `2026-03-01T12:00:0${second}Z` });
const customer = (id: string, email: string) => ({ id, email, name: "Somebody", status: "active" });

testWithDatabase(
  "a customer's address is kept for billing, whichever event comes first",
  async (world) => {
    const { deliver } = paddle(world.db);
    const kept = async (id: string) =>
      (await world.sql`
      select user_id, email from billing_customers where provider_customer_id = ${id}`)[0];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]]) {
      const member = await world.member();
      const id = paddleId("ctm");
      const events = [
        event("customer.created", customer(id, "old@example.test"), at(1)),
        event(
          "subscription.created",
          subscription({
            id: paddleId("sub"),
            customerId: id,
            customData: { "user_id": member.id },
          }),
          at(2),
        ),
        event("customer.updated", customer(id, "new@example.test"), at(3)),
      ];
      for (const place of order) {
        const [status] = await deliver(events[place]);
        assert.equal(status, 200);
      }
      assert.deepEqual({ ...await kept(id) }, { "user_id": member.id, email: "new@example.test" });
      const [person] = await world.sql`select email from profiles where id = ${member.id}`;
      assert.equal(person?.["email"], member.email);
    }
  },
);

testWithDatabase("told all at once, no address is missed", async (world) => {
  const { deliver } = paddle(world.db);
  for (let round = 0; round < 5; round++) {
    const member = await world.member();
    const id = paddleId("ctm");
    const custom = { customerId: id, customData: { "user_id": member.id } };
    await Promise.all([
      deliver(event("customer.updated", customer(id, `m${round}@example.test`), at(3))),
      deliver(
        event("subscription.created", subscription({ id: paddleId("sub"), ...custom }), at(2)),
      ),
      deliver(
        event("transaction.completed", transaction({ id: paddleId("txn"), ...custom }), at(2)),
      ),
    ]);
    const rows = await world.sql`
      select email from billing_customers where provider_customer_id = ${id}`;
    assert.deepEqual(rows.map((row) => row["email"]), [`m${round}@example.test`]);
  }
});

testWithDatabase("a checkout that was opened here names its buyer", async (world) => {
  const { deliver } = paddle(world.db);
  const member = await world.member();
  const [sub, txn] = [paddleId("sub"), paddleId("txn")];
  await world.sql`
    insert into billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
    select ${txn}, 'ks', ${member.id}, id from membership_plans
    where tenant_id = 'ks' and tier = 'standard'`;
  const customerId = paddleId("ctm");
  const created = event(
    "subscription.created",
    subscription({ id: sub, customerId, transactionId: txn }),
  );
  assert.deepEqual(await deliver(created), [200, "ok"]);
  assert.equal((await subscriptionRow(world.sql, sub))?.["user_id"], member.id);
  assert.equal((await stored(world.sql, created))?.["member_id"], member.id);
  // From now on the customer is known.
  const second = event("subscription.created", subscription({ id: paddleId("sub"), customerId }));
  assert.deepEqual(await deliver(second), [200, "ok"]);
});
