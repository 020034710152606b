import assert from "node:assert/strict";
import { join } from "node:path";
import { paddle, stored } from "./paddle_delivery.ts";
import { event } from "./paddle_payloads.ts";
import { testWithDatabase } from "./support.ts";

const fixtures = Deno.env.get("PADDLE_FIXTURES_DIR");
if (!fixtures) {
  Deno.test.ignore("every body of PADDLE_FIXTURES_DIR goes through (it is not set)", () => {});
} else {
  testWithDatabase("every body of PADDLE_FIXTURES_DIR is stored and answered", async (world) => {
    const { deliver } = paddle(world.db);
    let bodies = 0;
    for await (const { name } of Deno.readDir(fixtures)) {
      if (!name.endsWith(".json")) continue;
      const type = name.replace(/\.json$/, "");
      const real = event(type, JSON.parse(await Deno.readTextFile(join(fixtures, name))));
      const answer = await deliver(real);
      const kept = await stored(world.sql, real);
      assert.deepEqual(kept?.["payload"], real, type);
      // These bodies are about people who are not ours; everything up to that has to succeed.
      if (type.startsWith("subscription.") || type === "transaction.completed") {
        assert.deepEqual(answer, [500, "processing_failed"], type);
        assert.match(kept?.["error"], /^MemberUnresolved: no member/, type);
      } else {
        assert.deepEqual(answer, [200, "ignored"], type);
        assert.notEqual(kept?.["reason"], "unknown event type", type);
      }
      bodies++;
    }
    assert.ok(bodies > 0, "the folder has bodies");
  });
}
