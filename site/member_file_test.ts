import assert from "node:assert/strict";
import { explain } from "./member_file.ts";
import type { ListedEvent } from "./webhook_events.ts";

const NOBODY = {
  profile: { isActive: true },
  membership: { kind: "none" },
  openEvents: [],
  checkoutAt: null,
  subscriptions: [],
} as const;
const event = { id: "e1" } as ListedEvent;
const kinds = (...args: Parameters<typeof explain>) => explain(...args).map(({ kind }) => kind);

Deno.test("explain() says of someone without anything that nothing was bought", () => {
  assert.deepEqual(kinds(NOBODY), ["never"]);
});

Deno.test("explain() names the lock first", () => {
  assert.deepEqual(kinds({ ...NOBODY, profile: { isActive: false } }), ["locked", "never"]);
});

Deno.test("explain() prefers an event that failed to a checkout that was left", () => {
  const checkoutAt = new Date("2026-11-01T00:00:00Z");
  assert.deepEqual(kinds({ ...NOBODY, checkoutAt }), ["never", "left_checkout"]);
  assert.deepEqual(kinds({ ...NOBODY, checkoutAt, openEvents: [event] }), ["never", "event"]);
});

Deno.test("explain() tells since when a payment is missing, or that the money went back", () => {
  const since = new Date("2026-11-01T00:00:00Z");
  const suspended = { kind: "suspended", plan: null, since, subscriptionId: null } as const;
  for (const because of ["unpaid", "returned"] as const) {
    const membership = { ...suspended, because };
    assert.deepEqual(explain({ ...NOBODY, membership }), [{ kind: because, date: since }]);
  }
});
