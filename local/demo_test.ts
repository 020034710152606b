import assert from "node:assert/strict";
import { decideLifecycle } from "@core/outreach/stages.ts";
import { addDays, instantAt } from "@core/platform/instant.ts";
import { DEMO_ACCOUNTS } from "./demo.ts";

const NOW = instantAt(Date.parse("2026-01-01T12:00:00Z"));

/** What a start of the stack would send to a membership of this age. */
function lifecycleAt(days: number) {
  const startedAt = addDays(NOW, -days);
  return decideLifecycle(
    { id: "sub", startedAt, access: "active" },
    NOW,
  );
}

const active = DEMO_ACCOUNTS.filter((one) => one.bought && one.renewalFailedDaysAgo === undefined);

Deno.test("the demo's members are past the mails of the first months, which a start leaves unsent", () => {
  assert.ok(active.length >= 3);
  for (const { email, bought } of active) {
    const days = bought?.daysAgo ?? 0;
    assert.deepEqual(lifecycleAt(days), { mails: [], nextLook: null }, email);
    // Paid by the year: the renewal is still ahead, also for those who keep their stack for months.
    assert.ok(days < 365 - 180, email);
  }
});
