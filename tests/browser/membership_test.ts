/**
 * A member's plan and payments: what they see in each state, and what they can do about it.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import {
  atPaddle,
  type Buyer,
  daysAgo,
  eventually,
  newBuyer,
  newPerson,
  signIn,
  SITE,
  sql,
  subscriptionOf,
} from "./people.ts";

const PAGE = "/en/member/membership";
const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en" },
  { screen: "phone", javaScript: false, language: "en" },
];

const describe = ({ screen, javaScript }: Visitor) =>
  `on a ${screen}${javaScript ? "" : ", without JavaScript"}`;

async function ready(page: Page, state: string): Promise<void> {
  await page.getByTestId("membership-page-ready").waitFor();
  await page.locator(`[data-membership=${state}]`).waitFor();
}

/** A renewal that failed so many days ago. */
async function renewalFailed(buyer: Buyer, days: number): Promise<void> {
  await atPaddle(`subscriptions/${buyer.atPaddle}/renew`, {
    outcome: "failed",
    occurred_at: daysAgo(days),
  });
  await eventually(() => subscriptionOf(buyer.id, "past_due"));
}

for (const visitor of VISITORS) {
  Deno.test(`a member cancels, takes it back, and opens an invoice ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const buyer = await newBuyer();
      await signIn(page, buyer, PAGE);
      await ready(page, "active");
      assert.match(await page.locator("main").innerText(), /€20 a year/);
      await page.locator("[data-refund=within]").waitFor();
      if (visitor.javaScript) await assertAccessible(page);

      await page.getByRole("link", { name: "Cancel membership" }).click();
      await page.getByTestId("cancel-page-ready").waitFor();
      await page.locator("[data-refund=within]").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await page.getByTestId("membership-cancel").click();
      await page.getByText("Your membership is cancelled").waitFor();
      await ready(page, "ending");
      assert.equal(await page.getByRole("link", { name: "Cancel membership" }).count(), 0);

      await page.getByTestId("membership-withdraw").click();
      await page.getByText("Your membership goes on").waitFor();
      await ready(page, "active");

      const address = await page.locator(".invoice-open a").getAttribute("href");
      await page.goto(`${SITE}${address}`);
      assert.match(new URL(page.url()).pathname, /invoice/);
      assert.match(await page.locator("body").innerText(), /20/);
    }));

  Deno.test(`a payment that failed is paid with another card ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const buyer = await newBuyer(365);
      await renewalFailed(buyer, 2);
      await signIn(page, buyer, "/en/member");
      await page.getByTestId("past-due-banner").waitFor();
      assert.match(await page.getByTestId("past-due-banner").innerText(), /for 12 days/);
      if (visitor.javaScript) await assertAccessible(page);

      await page.goto(`${SITE}${PAGE}`);
      await ready(page, "grace");
      if (visitor.javaScript) await assertAccessible(page);
      await page.getByTestId("past-due-banner").getByTestId("membership-payment").click();
      await page.getByTestId("checkout-pay").click();
      await page.getByText("Thank you, that worked").waitFor({ timeout: 30_000 });
      await ready(page, "active");
      await eventually(() => subscriptionOf(buyer.id, "active"));
    }));
}

Deno.test("a member whose grace is over is suspended, and can still pay", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const buyer = await newBuyer(365 + 20);
    await renewalFailed(buyer, 20);
    await signIn(page, buyer, PAGE);
    await ready(page, "suspended");
    await assertAccessible(page);
    await page.getByTestId("past-due-banner").getByTestId("membership-payment").click();
    await page.getByTestId("card-declined").check();
    await page.getByTestId("checkout-pay").click();
    await page.getByTestId("checkout-declined").waitFor();
    await page.getByTestId("checkout-back").click();
    await page.getByText("The payment was not completed").waitFor();
    await ready(page, "suspended");
  }));

Deno.test("who has not bought yet sees where to, and no invoices", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    await signIn(page, await newPerson(), PAGE);
    await ready(page, "none");
    assert.match(await page.locator("main").innerText(), /No invoice yet/);
    await assertAccessible(page);
  }));

Deno.test("money that went back ends access, and the page says why", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const buyer = await newBuyer();
    // The money's event may arrive after the membership's.
    const invoice = await eventually(async () => {
      const [row] = await sql<{ id: string }[]>`
        select provider_transaction_id as id from public.billing_invoices
        where user_id = ${buyer.id}`;
      return row;
    });
    await atPaddle(`transactions/${invoice.id}/chargeback`, {});
    await eventually(async () => {
      const [row] = await sql<{ id: string }[]>`
        select id from public.subscriptions
        where user_id = ${buyer.id} and access_revoked_at is not null`;
      return row;
    });
    await signIn(page, buyer, PAGE);
    await ready(page, "suspended");
    const text = await page.locator("main").innerText();
    assert.match(text, /went back on/);
    assert.match(text, /Taken back by the bank/);
  }));

Deno.test("another member's subscription is not found", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const other = await newBuyer();
    await signIn(page, await newPerson(), PAGE);
    const answer = await page.request.post(`${SITE}${PAGE}/cancel`, {
      form: { act: "cancel", subscription: other.subscriptionId },
      headers: { origin: SITE },
    });
    assert.equal(answer.status(), 404);
    const [row] = await sql<{ cancelAtPeriodEnd: boolean }[]>`
      select cancel_at_period_end from public.subscriptions where user_id = ${other.id}`;
    assert.equal(row?.cancelAtPeriodEnd, false);
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
