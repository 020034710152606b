/**
 * An operator finds an event that failed, puts the cause right, and has it tried again.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";
import { daysAgo, demoPerson, newBuyer, signIn, SITE, sql } from "./people.ts";

const LIST = "/en/admin/webhooks";
const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en" },
  { screen: "phone", javaScript: false, language: "en" },
];

/** Delivers an event as Paddle does, correctly signed. */
async function deliver(event: unknown): Promise<number> {
  const body = JSON.stringify(event);
  const ts = Math.floor(Date.now() / 1000);
  const secret = stackValue("PADDLE_WEBHOOK_SECRET_KEY").split(",")[0] ?? "";
  const h1 = createHmac("sha256", secret).update(`${ts}:${body}`).digest("hex");
  const answer = await fetch(`${SITE}/api/webhooks/paddle`, {
    method: "POST",
    headers: { "content-type": "application/json", "paddle-signature": `ts=${ts};h1=${h1}` },
    body,
  });
  await answer.body?.cancel();
  return answer.status;
}

/** A purchase of someone whose account is not there: it cannot be applied. */
async function purchaseOfNobody() {
  const userId = crypto.randomUUID();
  const key = userId.replaceAll("-", "").slice(0, 26);
  const subscription = `sub_${key}`;
  const [plan] = await sql<{ paddlePriceId: string }[]>`
    select paddle_price_id from public.membership_plans
    where tenant_id = 'ks' and tier = 'standard' and is_active`;
  const starts = new Date();
  const ends = new Date(starts.getTime() + 365 * 86_400_000);
  const status = await deliver({
    event_id: `evt_${key}`,
    event_type: "subscription.created",
    occurred_at: starts.toISOString(),
    notification_id: `ntf_${key}`,
    data: {
      id: subscription,
      status: "active",
      customer_id: `ctm_${key}`,
      custom_data: { user_id: userId, tenant_id: "ks" },
      started_at: starts.toISOString(),
      current_billing_period: { starts_at: starts.toISOString(), ends_at: ends.toISOString() },
      scheduled_change: null,
      currency_code: "EUR",
      items: [{
        status: "active",
        quantity: 1,
        recurring: true,
        price: { id: plan?.paddlePriceId, unit_price: { amount: "2000", currency_code: "EUR" } },
      }],
    },
  });
  assert.equal(status, 500);
  return { userId, subscription };
}

/** The account is there after all. */
async function putRight(userId: string): Promise<void> {
  await sql`
    insert into auth.users (id, email, raw_user_meta_data)
    values (${userId}, ${`late-${userId.slice(0, 8)}@example.test`},
            ${sql.json({ tenant: "ks", full_name: "Late Person" })})`;
}

async function openEvent(page: Page, subscription: string): Promise<void> {
  await page.goto(`${SITE}${LIST}?state=failed&member=${subscription}`);
  await page.getByTestId("webhook-event").getByRole("link").first().click();
  await page.getByTestId("admin-webhook-ready").waitFor();
}

for (const visitor of VISITORS) {
  const how = visitor.javaScript ? "" : ", on a phone without JavaScript";
  Deno.test(`an event that failed is tried again, fails, is put right, and succeeds${how}`, () =>
    visit(visitor, async (page) => {
      const { userId, subscription } = await purchaseOfNobody();
      await signIn(page, demoPerson("super"), LIST);
      await openEvent(page, subscription);
      assert.match(await page.locator("main").innerText(), /custom_data\.user_id/);
      if (visitor.javaScript) await assertAccessible(page);

      await page.getByTestId("replay-one").click();
      await page.locator("[data-replay=failed_again]").waitFor({ timeout: 30_000 });

      await putRight(userId);
      await page.getByTestId("replay-one").click();
      await page.locator("[data-replay=worked]").waitFor({ timeout: 30_000 });
      await page.locator("[data-state=ok]").waitFor();
      await page.locator("[data-action='subscription.updated']").waitFor();
      assert.equal(await page.locator("[data-action='webhook.replayed']").count(), 2);
      assert.match(await page.locator("main").innerText(), /Ana Ristić/);

      await page.getByRole("link", { name: "Late Person" }).first().click();
      await page.getByTestId("admin-member-ready").waitFor();
      await page.locator("[data-access=active]").waitFor();
      await page.locator("[data-reason=active]").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
    }));
}

Deno.test("many failed events are tried again after a question", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const failed = [await purchaseOfNobody(), await purchaseOfNobody()];
    for (const { userId } of failed) await putRight(userId);
    await signIn(page, demoPerson("super"), `${LIST}?state=failed`);
    await page.getByTestId("admin-webhooks-ready").waitFor();
    await assertAccessible(page);
    await page.locator("a[href*='/webhooks/replay']").click();
    await page.getByTestId("admin-replay-ready").waitFor();
    await assertAccessible(page);
    await page.getByTestId("replay-all").click();
    await page.getByText(/being tried again/).waitFor();
    const rows = await sql<{ access: string }[]>`
      select public.membership_access(id) as access from public.profiles
      where id = any (${failed.map(({ userId }) => userId)}::uuid[])`;
    assert.deepEqual(rows.map(({ access }) => access), ["active", "active"]);
  }));

Deno.test("why a member is not active: the event that failed is one press away", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const { userId, subscription } = await purchaseOfNobody();
    await putRight(userId);
    await signIn(page, demoPerson("super"), "/en/admin/members");
    await page.locator("input[name=q]").fill(`late-${userId.slice(0, 8)}`);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByTestId("found-member").getByRole("link").click();
    await page.getByTestId("admin-member-ready").waitFor();
    await page.locator("[data-access=none]").waitFor();
    await page.locator("[data-reason=event] a").click();
    await page.getByTestId("replay-one").waitFor();
    assert.match(await page.locator("main").innerText(), new RegExp(subscription));
  }));

Deno.test("events are found by state, type, day and member, page after page", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const buyer = await newBuyer();
    await signIn(page, demoPerson("admin.ks"), LIST);
    const shown = async (query: string) => {
      await page.goto(`${SITE}${LIST}?${query}`);
      await page.getByTestId("admin-webhooks-ready").waitFor();
      return await page.getByTestId("webhook-event").count();
    };
    const day = (days: number) => daysAgo(days).slice(0, 10);
    assert.equal(await shown(`type=subscription.created&member=${buyer.email}`), 1);
    assert.equal(await shown(`type=subscription.created&member=${buyer.id}&state=ok`), 1);
    assert.equal(await shown(`type=subscription.created&member=${buyer.id}&state=failed`), 0);
    assert.equal(await shown(`type=subscription.created&member=${buyer.atPaddle}`), 1);
    assert.ok(await shown(`type=subscription&member=${buyer.email}&from=${day(2)}`) >= 2);
    assert.equal(await shown(`member=${buyer.email}&from=${day(9)}&to=${day(3)}`), 0);
    for (const state of ["given_up", "waiting", "ignored", "forged"]) await shown(`state=${state}`);

    // All of one moment, so that the id decides about their order.
    await sql`
      insert into public.webhook_events
        (tenant_id, dedupe_key, event_type, signature_valid, payload_hash, processing_result)
      select 'ks', 'test:page:' || place, 'test.page', true, repeat('0', 64), 'ignored'
      from generate_series(1, 35) as place`;
    try {
      assert.equal(await shown("type=test.page"), 30);
      const links = page.locator("[data-testid=webhook-event] a[href*='/webhooks/']");
      const first = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      await page.getByRole("link", { name: "Older ones" }).click();
      await page.getByRole("link", { name: "To the newest" }).waitFor();
      const second = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      assert.equal(new Set([...first, ...second]).size, 35);
    } finally {
      await sql`delete from public.webhook_events where event_type = 'test.page'`;
    }
  }));

Deno.test("an administrator sees the own tenant's events only, and none of nobody's", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const [{ subscription }, buyer] = await Promise.all([purchaseOfNobody(), newBuyer()]);
    await signIn(page, demoPerson("admin.mk"), LIST);
    for (const what of [subscription, buyer.atPaddle]) {
      await page.goto(`${SITE}${LIST}?member=${what}`);
      assert.equal(await page.getByTestId("webhook-event").count(), 0);
    }
    const [event] = await sql<{ id: string }[]>`
      select id from public.webhook_events where subject_id = ${buyer.atPaddle} limit 1`;
    assert.equal((await page.request.get(`${SITE}${LIST}/${event?.id}`)).status(), 404);
    assert.equal(
      (await page.request.get(`${SITE}/en/admin/members/${buyer.id}`)).status(),
      404,
    );
  }));

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
