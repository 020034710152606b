/**
 * A stranger becomes a member: register, choose a plan, pay, and see it active.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";

type Locale = "sq" | "en";

const SITE = stackValue("SITE_URL");
const PASSWORD = "A-long-Password-7";
const sql = postgres(stackValue("TEST_DATABASE_URL"), {
  max: 2,
  transform: postgres.camel,
  onnotice: () => {},
});

interface Stored {
  readonly status: string;
  readonly access: string;
  readonly invoices: number;
  readonly amountCents: number | null;
}

async function stored(email: string): Promise<Stored[]> {
  return [
    ...await sql<Stored[]>`
      select subscription.status, public.membership_access(person.id) as access,
        count(invoice.id)::int as invoices, sum(invoice.amount_cents)::int as amount_cents
      from public.profiles as person
      join public.subscriptions as subscription on subscription.user_id = person.id
      left join public.billing_invoices as invoice on invoice.user_id = person.id
      where person.email = ${email}
      group by subscription.id, person.id`,
  ];
}

function newEmail(): string {
  return `buyer-${crypto.randomUUID().slice(0, 8)}@example.test`;
}

async function register(page: Page, locale: Locale, email: string): Promise<void> {
  await page.goto(`${SITE}/${locale}`);
  await page.getByTestId("landing-page-ready").waitFor();
  await page.goto(`${SITE}/${locale}/register`);
  await page.locator("input[name=name]").fill("Mirjeta Krasniqi");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.getByTestId("register-form").locator("button[type=submit]").click();
  await page.getByTestId("member-dashboard-ready").waitFor();
  assert.equal(await membershipShown(page), "none");
}

async function choosePlan(page: Page, locale: Locale): Promise<void> {
  await page.goto(`${SITE}/${locale}/pricing`);
  await page.getByTestId("pricing-page-ready").waitFor();
  await page.getByTestId("choose-standard").click();
  await page.getByTestId("checkout-pay").waitFor();
  assert.match(
    page.url(),
    new RegExp(`^http://localhost:${new URL(stackValue("PADDLE_API_URL")).port}/checkout`),
  );
}

function membershipShown(page: Page): Promise<string | null> {
  return page.locator("[data-membership]").getAttribute("data-membership");
}

function describe({ screen, javaScript }: Visitor): string {
  return `${screen === "phone" ? "on a phone" : "on a desktop"}${
    javaScript === false ? ", without JavaScript" : ""
  }`;
}

for (const locale of ["sq", "en"] as const) {
  for (const screen of ["desktop", "phone"] as const) {
    for (const javaScript of [true, false]) {
      const visitor: Visitor = { screen, javaScript, language: locale };
      Deno.test(`a stranger registers, pays and is a member: ${locale}, ${describe(visitor)}`, () =>
        visit(visitor, async (page) => {
          const email = newEmail();
          await register(page, locale, email);
          await choosePlan(page, locale);
          await page.getByTestId("checkout-pay").click();
          // Waits for the webhook, whether the page asks by itself or is asked again.
          await page.getByTestId("success-page-ready").waitFor({ timeout: 30_000 });
          await page.reload();
          await page.getByTestId("success-page-ready").waitFor();

          await page.goto(`${SITE}/${locale}/member`);
          await page.getByTestId("member-dashboard-ready").waitFor();
          assert.equal(await membershipShown(page), "active");
          assert.match(await page.getByTestId("member-number").innerText(), /^MEM-\d{4}-\d{6}$/);
          const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.ok(Number(width) <= 0, `the page is ${width} pixels wider than the screen`);

          const rows = await stored(email);
          assert.deepEqual(rows, [
            { status: "active", access: "active", invoices: 1, amountCents: 2000 },
          ]);
        }));
    }
  }
}

for (const javaScript of [true, false]) {
  const visitor: Visitor = { screen: "phone", javaScript, language: "en" };
  Deno.test(`a failing card leaves a clear message and no membership: ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const email = newEmail();
      await register(page, "en", email);
      await choosePlan(page, "en");
      await page.getByTestId("card-declined").check();
      await page.getByTestId("checkout-pay").click();
      await page.getByTestId("checkout-declined").waitFor();
      await page.getByTestId("checkout-back").click();

      await page.locator("[data-testid=checkout-declined] h1").waitFor();
      assert.match(await page.locator("main").innerText(), /nothing (was|has been) charged/i);
      await page.goto(`${SITE}/en/member`);
      assert.equal(await membershipShown(page), "none");
      assert.deepEqual(await stored(email), []);
    }));
}

Deno.test("a second try after a failing card makes one membership and one invoice", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const email = newEmail();
    await register(page, "en", email);
    await choosePlan(page, "en");
    await page.getByTestId("card-declined").check();
    await page.getByTestId("checkout-pay").click();
    await page.getByTestId("checkout-declined").waitFor();
    await page.getByTestId("checkout-back").click();
    await page.locator("[data-testid=checkout-declined] a[href*='/checkout?']").click();
    await page.locator("input[name=card][value=ok]").check();
    await page.getByTestId("checkout-pay").dblclick();
    await page.getByTestId("success-page-ready").waitFor({ timeout: 30_000 });
    assert.deepEqual(await stored(email), [
      { status: "active", access: "active", invoices: 1, amountCents: 2000 },
    ]);
  }));

Deno.test("a visitor who chooses a plan first comes back to it after registering", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    await page.goto(`${SITE}/en/pricing`);
    await page.getByTestId("choose-family").click();
    await page.getByTestId("register-form").waitFor();
    await page.locator("input[name=name]").fill("Blerim Hoti");
    await page.locator("input[name=email]").fill(newEmail());
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.getByTestId("register-form").locator("button[type=submit]").click();
    await page.getByTestId("pricing-page-ready").waitFor();
    await page.locator(".plan-chosen[data-testid=plan-family]").waitFor();
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
