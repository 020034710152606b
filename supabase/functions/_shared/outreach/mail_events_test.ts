import assert from "node:assert/strict";
import { parseMailEvent } from "./mail_events.ts";

const MAIL = "6f1c4e5a-0000-4000-8000-000000000001";

/** The body of Resend's documentation, with our tag. */
const event = (type: string, data: Record<string, unknown> = {}) => ({
  type,
  "created_at": "2024-02-22T23:41:12.126Z",
  data: {
    "broadcast_id": "8b146471-e88e-4322-86af-016cd36fd216",
    "created_at": "2024-02-22 23:41:11.894719+00",
    "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
    from: "Acme <onboarding@resend.dev>",
    to: ["delivered@resend.dev"],
    subject: "Sending this example",
    tags: { send: MAIL },
    ...data,
  },
});

Deno.test("parseMailEvent() reads an event of Resend's documentation", () => {
  assert.deepEqual(parseMailEvent(event("email.delivered")), {
    type: "email.delivered",
    occurredAt: "2024-02-22T23:41:12.126000Z",
    messageId: "56761188-7520-42d8-8898-ff6fc54ce618",
    mailId: MAIL,
    recipient: "delivered@resend.dev",
    suppress: null,
    detail: {},
  });
});

Deno.test("parseMailEvent() gives up an address for hard bounces only, a person for complaints", () => {
  const bounce = (type: string) => ({ bounce: { type, subType: "General", message: "Gone" } });
  const suppress = (type: string, data = {}) => parseMailEvent(event(type, data))?.suppress;
  assert.equal(suppress("email.bounced", bounce("Permanent")), "bounced");
  assert.equal(suppress("email.bounced", bounce("Undetermined")), "bounced");
  assert.equal(suppress("email.bounced"), "bounced");
  assert.equal(suppress("email.bounced", bounce("Transient")), null);
  assert.equal(suppress("email.suppressed"), "bounced");
  assert.equal(suppress("email.complained"), "complained");
  for (const type of ["email.sent", "email.failed", "email.delivery_delayed", "email.opened"]) {
    assert.equal(suppress(type), null, type);
  }
  assert.deepEqual(parseMailEvent(event("email.bounced", bounce("Permanent")))?.detail, {
    reason: "Gone",
    type: "Permanent",
    subType: "General",
  });
});

Deno.test("parseMailEvent() takes tags of either form and no id that is none", () => {
  const mailId = (tags: unknown) => parseMailEvent(event("email.sent", { tags }))?.mailId;
  assert.equal(mailId([{ name: "send", value: MAIL }]), MAIL);
  for (const tags of [undefined, null, {}, [], "send", { send: "x" }, { send: 5 }]) {
    assert.equal(mailId(tags), null, JSON.stringify(tags));
  }
});

Deno.test("parseMailEvent() keeps what PostgreSQL can hold, and no more than a line of it", () => {
  const read = parseMailEvent(
    event("email.failed", { failed: { reason: `nul \0${"x".repeat(1_000)}` }, to: "a\0@b.test" }),
  );
  assert.equal(read?.recipient, "a@b.test");
  assert.equal(read?.detail["reason"]?.length, 500);
  assert.doesNotMatch(JSON.stringify(read), /\\u0000/);
});

Deno.test("parseMailEvent() refuses what is no event", () => {
  const good = event("email.sent");
  for (
    const body of [
      undefined,
      null,
      [],
      "email.sent",
      {},
      { ...good, type: "email" },
      { ...good, type: "email.sent; drop table" },
      { ...good, "created_at": "yesterday" },
      { ...good, "created_at": 5 },
      { ...good, data: null },
    ]
  ) {
    assert.equal(parseMailEvent(body), null, JSON.stringify(body));
  }
});
