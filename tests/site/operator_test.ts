import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const ID = "43e4b7aa-2c7d-4d11-a1bc-e9e38b1a4637";
const LIST = "/en/admin/webhooks";

const FAILED: Row = {
  id: ID,
  tenantId: "ks",
  eventType: "subscription.created",
  eventId: "evt_01abc",
  subjectId: "sub_01abc",
  occurredAt: new Date("2026-11-23T09:00:00Z"),
  receivedAt: new Date("2026-11-23T09:00:01Z"),
  lastAttemptAt: new Date("2026-11-23T09:00:01Z"),
  nextAttemptAt: new Date("2026-11-23T10:05:00Z"),
  processedAt: null,
  gaveUpAt: null,
  signatureValid: true,
  processingResult: "error",
  attempts: 3,
  deliveryCount: 2,
  memberId: null,
  memberName: null,
  reason: null,
  error: "MemberUnresolved: nobody's id",
  payloadHash: "00".repeat(32),
  payloadText: `{\n  "a": "<script>"\n}`,
  summaryText: null,
  place: "2026-11-23T09:00:01.000001Z",
  failed: 1,
  givenUp: 0,
  waiting: 0,
  total: 1,
};

async function signedIn(role: string, rows: Row[] = [FAILED]) {
  const site = fakeSite();
  const tokens = await site.person({ email: "admin@demo.test", role });
  site.tables.set("webhook_events", rows);
  site.tables.set("replay_webhook_events", rows.map(({ id }) => ({ id })));
  const handler = await siteHandler(site);
  return { site, operator: new Visitor(handler).holds(tokens) };
}

Deno.test("only administrators see Paddle's events", async () => {
  for (const role of ["tenant_admin", "super_admin"]) {
    const { operator } = await signedIn(role);
    const answer = await operator.get(LIST);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /data-testid="admin-webhooks-ready"/);
  }
  const { operator } = await signedIn("branch_manager");
  for (const path of [LIST, `${LIST}/${ID}`, `${LIST}/replay`]) {
    assert.equal((await operator.get(path)).headers.get("location"), "/en/admin/overview");
  }
  assert.equal((await operator.post(`${LIST}/${ID}`, {})).status, 303);
  assert.doesNotMatch(await (await operator.get("/en/admin/overview")).text(), /admin\/webhooks/);
});

Deno.test("the filter stands in the address, in the form and in the links to further pages", async () => {
  const rows = Array.from({ length: 31 }, (_, at) => ({
    ...FAILED,
    id: ID.slice(0, -2) + String(at + 10),
  }));
  const { operator } = await signedIn("tenant_admin", rows);
  const html = await (await operator.get(
    `${LIST}?state=failed&type=subscription&member=Arta&from=2026-11-01&to=2026-02-31`,
  )).text();
  assert.match(html, /<input id="type"[^>]* value="subscription"/);
  assert.match(html, /<input id="from"[^>]* value="2026-11-01"/);
  assert.match(html, /<input id="to"[^>]* value=""/);
  assert.equal(html.match(/data-testid="webhook-event"/g)?.length, 30);
  const next = /href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const query = new URL(next, "http://x").searchParams;
  assert.equal(query.get("state"), "failed");
  assert.equal(query.get("after"), `2026-11-23T09:00:01.000001Z_${rows[29]?.id}`);
  assert.equal((await operator.get(`${LIST}?after=nonsense&state=odd&type=%27--`)).status, 200);
});

Deno.test("an event shows why it failed, its message, and nothing in it runs", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  site.tables.set("audit_log", [{
    id: "a1",
    action: "webhook.failed",
    actorRole: "service_webhooks",
    actorName: null,
    entityType: "webhook_event",
    entityId: ID,
    metadata: { error: "nobody", "amount_cents": 2000, currency: "EUR" },
    createdAt: new Date("2026-11-23T09:00:01Z"),
  }]);
  const html = await (await operator.get(`${LIST}/${ID}`)).text();
  assert.match(html, /MemberUnresolved: nobody&#39;s id|MemberUnresolved: nobody's id/);
  assert.match(html, /Attempt failed/);
  assert.match(html, /€20/);
  assert.match(html, /&lt;script/);
  assert.match(html, /data-testid="replay-one"/);
});

Deno.test("what is done with, forged or deleted has no button to try it again", async () => {
  for (
    const facts of [
      { processingResult: "ok" },
      { processingResult: "ignored" },
      { signatureValid: false, processingResult: "ignored", payloadText: null },
      { payloadText: null },
    ]
  ) {
    const { operator } = await signedIn("tenant_admin", [{ ...FAILED, ...facts }]);
    assert.doesNotMatch(await (await operator.get(`${LIST}/${ID}`)).text(), /replay-one/);
    const answer = await operator.post(`${LIST}/${ID}`, {});
    assert.match(answer.headers.get("location") ?? "", /\?replayed=0/);
  }
});

Deno.test("a replay leads back to the event, which tells how it went", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  const location = (await operator.post(`${LIST}/${ID}`, {})).headers.get("location") ?? "";
  assert.match(location, new RegExp(`^${LIST}/${ID}\\?replayed=1&tries=3&at=\\d+$`));
  const told = async () =>
    /data-replay="(\w+)"/.exec(await (await operator.get(location)).text())?.[1];
  assert.equal(await told(), "under_way");
  site.tables.set("webhook_events", [{ ...FAILED, attempts: 4 }]);
  assert.equal(await told(), "failed_again");
  site.tables.set("webhook_events", [{ ...FAILED, attempts: 4, processingResult: "ok" }]);
  assert.equal(await told(), "worked");
  site.tables.set("webhook_events", [FAILED]);
  site.clock.advance(121_000);
  assert.equal(await told(), undefined);
});

Deno.test("many are tried again after a question that says how many", async () => {
  const { operator } = await signedIn("super_admin", [{ ...FAILED, total: 612 }]);
  const html = await (await operator.get(`${LIST}/replay?state=failed&type=subscription`)).text();
  assert.match(html, /Try 500 events again\?/);
  assert.match(html, /612 events match/);
  const until = /name="until" value="([^"]+)"/.exec(html)?.[1] ?? "";
  assert.equal(until, "2026-11-23T10:00:00.000Z");

  const fields = { state: "failed", type: "subscription", until };
  const answer = await operator.post(`${LIST}/replay`, fields);
  assert.equal(answer.headers.get("location"), `${LIST}?state=failed&type=subscription&replayed=1`);
  const unconfirmed = await operator.post(`${LIST}/replay`, { state: "failed", until: "" });
  assert.equal(unconfirmed.headers.get("location"), `${LIST}/replay?state=failed`);
});

Deno.test("events that are nobody's to see, and ids that are none, do not exist", async () => {
  const { operator } = await signedIn("tenant_admin", []);
  assert.equal((await operator.get(`${LIST}/${ID}`)).status, 404);
  assert.equal((await operator.get(`${LIST}/x`)).status, 404);
  assert.equal((await operator.post(`${LIST}/${ID}`, {})).status, 404);
});

Deno.test("a member's page answers why they are not active, with the event behind it", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  await site.person({ email: "arta@demo.test" });
  const member = site.accounts.get("arta@demo.test")?.id;
  site.tables.set(
    "profiles",
    [
      ...site.tables.get("profiles") ?? [],
    ].map((row) => ({ ...row, isActive: true })),
  );
  const html = await (await operator.get(`/en/admin/members/${member}`)).text();
  assert.match(html, /data-testid="admin-member-ready"/);
  assert.match(html, /Why this member is not active/);
  assert.match(html, /data-reason="never"/);
  assert.match(html, new RegExp(`data-reason="event".*href="${LIST}/${ID}"`, "s"));
  assert.equal((await operator.get(`/en/admin/members/${crypto.randomUUID()}`)).status, 404);
  assert.equal((await operator.get("/en/admin/members/x")).status, 404);
});

Deno.test("a branch manager sees neither events nor invoices of a member", async () => {
  const { site, operator } = await signedIn("branch_manager");
  await site.person({ email: "arta@demo.test", isActive: true });
  const member = site.accounts.get("arta@demo.test")?.id;
  site.tables.set("billing_invoices", [{
    id: "i1",
    number: "1001-7",
    status: "paid",
    amountCents: 2000,
    refundedCents: 0,
    currency: "EUR",
    billedAt: new Date(),
  }]);
  const html = await (await operator.get(`/en/admin/members/${member}`)).text();
  assert.doesNotMatch(html, /data-testid="webhook-event"/);
  assert.doesNotMatch(html, /1001-7/);
});

Deno.test("where nothing failed nobody is asked whether to try nothing again", async () => {
  const { operator } = await signedIn("tenant_admin", []);
  const html = await (await operator.get(`${LIST}/replay?state=failed`)).text();
  assert.match(html, /There is nothing to try again/);
  assert.doesNotMatch(html, /Try 0 events|data-testid="replay-all"/);
  const { operator: other } = await signedIn("tenant_admin");
  assert.match(
    await (await other.get(`${LIST}/replay?state=failed`)).text(),
    /Try 1 event again\?/,
  );
});

Deno.test("a search of administrators can be cleared, one that is empty has nothing to clear", async () => {
  const { operator } = await signedIn("tenant_admin");
  const clear = async (path: string) =>
    /<a class="[^"]*" href="([^"]*)">Clear<\/a>/.exec(await (await operator.get(path)).text())
      ?.[1] ?? null;
  for (
    const [path, searched, cleared] of [
      ["/en/admin/members", "?q=Arta", "?"],
      ["/en/admin/users", "?role=staff", "?"],
      ["/en/admin/leads/people", "?q=Arta&status=lost", "?status=lost"],
      ["/en/admin/commissions", "?from=2026-01-01", "?"],
    ] as const
  ) {
    assert.equal(await clear(path), null, path);
    assert.equal(await clear(path + searched), cleared, path);
  }
});
