import assert from "node:assert/strict";
import { audited, paddle, stored, subscriptionRow } from "./paddle_delivery.ts";
import { event, paddleId, subscription } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

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
