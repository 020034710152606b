/**
 * The figures of docs/SLOS.md against requests that were truly made: to the running site and through
 * it to the functions, counted here one by one.
 */
import assert from "node:assert/strict";
import { cookieOf, testDocuments } from "./documents_support.ts";
import { event, sign } from "./paddle_payloads.ts";

const SITE = Deno.env.get("SITE_URL") ?? "";
const WEBHOOK_SECRET = Deno.env.get("PADDLE_WEBHOOK_SECRET_KEY") ?? "";

interface Count {
  good: number;
  total: number;
}

testDocuments("promises are what somebody counts who made the requests", async (world) => {
  const { sql } = world;
  const member = await world.person();
  const other = await world.person();
  const document = await world.document(member, await world.claim(member));
  const counted: Record<string, Count> = {
    claims: { good: 0, total: 0 },
    documents: { good: 0, total: 0 },
    webhooks: { good: 0, total: 0 },
  };
  let perhapsSlow = 0;
  /** Asks the site, and counts by what docs/SLOS.md says. */
  async function ask(slo: string, path: string, init: RequestInit = {}) {
    const count = counted[slo];
    assert.ok(count);
    const started = performance.now();
    const answer = await fetch(`${SITE}${path}`, { redirect: "manual", ...init });
    await answer.arrayBuffer();
    const ms = performance.now() - started;
    const isRefused = answer.status >= 400 && answer.status < 500;
    if (!isRefused) count.total += 1;
    if (answer.status < 400) count.good += 1;
    // Seen from here it took longer than there; on a busy machine perhaps too long.
    if (slo === "claims" && answer.status < 400 && ms >= 500) perhapsSlow += 1;
    return answer.status;
  }
  const figures = async () => {
    const seen: Record<string, Count> = {};
    for (const slo of Object.keys(counted)) {
      const [row] = await sql<Count[]>`
        select good::int, total::int
        from private.slo_counts(${slo}, now() - interval '30 days', now() + interval '1 minute')`;
      assert.ok(row);
      seen[slo] = { ...row };
    }
    return seen;
  };
  const as = (person: typeof member) => ({ headers: { cookie: cookieOf(person) } });
  // The first one opens connections; and what others asked for before is counted by then.
  await (await fetch(`${SITE}/api/claims?scope=member`, as(member))).arrayBuffer();
  await new Promise((done) => setTimeout(done, 6_000));
  const before = await figures();

  const list = "/api/claims?scope=member";
  for (let n = 0; n < 25; n++) assert.equal(await ask("claims", list, as(member)), 200);
  for (let n = 0; n < 5; n++) assert.equal(await ask("claims", list), 401);
  assert.equal(await ask("claims", "/api/claims?scope=admin", as(member)), 403);
  const download = `/api/documents/${document.id}/download`;
  for (let n = 0; n < 12; n++) assert.equal(await ask("documents", download, as(member)), 200);
  for (let n = 0; n < 3; n++) assert.equal(await ask("documents", download, as(other)), 403);
  const deliver = async (secret: string, payload: unknown) => {
    const body = JSON.stringify(payload);
    const headers = { "paddle-signature": sign(body, secret, Date.now()) };
    return await ask("webhooks", "/api/webhooks/paddle", { method: "POST", body, headers });
  };
  for (let n = 0; n < 7; n++) {
    assert.equal(await deliver(WEBHOOK_SECRET, event("product.updated", { id: `pro_${n}` })), 200);
  }
  // Nobody's fault: a wrong secret. Ours: a payment of somebody whom nobody knows.
  assert.equal(await deliver("pdl_ntfset_of_another_place", event("product.updated", {})), 401);
  const stranger = event("subscription.created", {
    id: `sub_${crypto.randomUUID()}`,
    status: "active",
    "customer_id": `ctm_${crypto.randomUUID()}`,
    "custom_data": { "user_id": crypto.randomUUID() },
    items: [],
  });
  assert.equal(await deliver(WEBHOOK_SECRET, stranger), 500);
  try {
    await sql`select private.set_flag('maintenance', null, true, 'promises')`;
    await new Promise((done) => setTimeout(done, 4_200));
    for (let n = 0; n < 4; n++) assert.equal(await ask("claims", list, as(member)), 503);
    assert.equal(await ask("documents", download, as(member)), 503);
  } finally {
    await sql`select private.set_flag('maintenance', null, false, null)`;
  }
  // Counts are handed over every five seconds.
  await new Promise((done) => setTimeout(done, 6_000));
  const after = await figures();
  await sql`delete from webhook_events where event_id = ${String(stranger["event_id"])}`;
  const grown = Object.fromEntries(
    Object.entries(after).map(([slo, { good, total }]) => [slo, {
      good: good - (before[slo]?.good ?? 0),
      total: total - (before[slo]?.total ?? 0),
    }]),
  );
  const quick = grown["claims"]?.good ?? 0;
  assert.ok(quick <= 25 && quick >= 25 - perhapsSlow, `${quick}, slow: ${perhapsSlow}`);
  assert.deepEqual({ ...grown, claims: { ...grown["claims"], good: 25 } }, counted);
  assert.deepEqual(counted, {
    claims: { good: 25, total: 29 },
    documents: { good: 12, total: 13 },
    webhooks: { good: 7, total: 8 },
  });
});
