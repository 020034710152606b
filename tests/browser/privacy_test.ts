/**
 * What people do about their data: see what is kept, take a copy of it with them, and be forgotten.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { readZip } from "../support/read_zip.ts";
import { stackValue } from "../support/stack_env.ts";
import { newClaimant } from "./claims_people.ts";
import {
  demoPerson,
  eventually,
  type Person,
  signIn,
  SITE,
  sql,
  subscriptionOf,
} from "./people.ts";

const PAGE = "/en/account/privacy";
/** Somebody who was forgotten tries to sign in. */
const expects = /status of 422/;
const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en", expects },
  { screen: "phone", javaScript: false, language: "en", expects },
];

const describe = ({ screen, javaScript }: Visitor) =>
  `on a ${screen}${javaScript ? "" : ", without JavaScript"}`;

/** What a copy holds, as far as it is looked at here. */
interface Copy {
  readonly account: { readonly id: string; readonly email: string };
  readonly claims: readonly { readonly id: string; readonly title: string }[];
  readonly consents: readonly { readonly kind: string }[];
  readonly billing_invoices: readonly unknown[];
}

/** A job, run now. */
async function run(job: string): Promise<void> {
  const answer = await fetch(`${stackValue("SUPABASE_URL")}/functions/v1/cron/${job}`, {
    method: "POST",
    headers: { authorization: `Bearer ${stackValue("CRON_SECRET")}` },
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** The link of the mail to a person that leads to the page. */
function linkInMail({ email }: Person, subject: string): Promise<string> {
  return eventually(async () => {
    await run("mails");
    const answer = await fetch(`${stackValue("TEST_INBOX_URL")}/api/messages`);
    const mails = await answer.json() as { to: string[]; subject: string; html: string }[];
    const mail = mails.find((one) => one.to.includes(email) && one.subject === subject);
    return /href="([^"]*\/account\/privacy)"/.exec(mail?.html ?? "")?.[1];
  });
}

async function newEnglishClaimant() {
  const person = await newClaimant();
  await sql`update public.profiles set locale = 'en' where id = ${person.id}`;
  return person;
}

/** Downloads the copy and reads it. */
async function download(page: Page): Promise<{ copy: Copy; name: string }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByTestId("export-download").click(),
  ]);
  const entries = readZip(await Deno.readFile(await download.path()));
  const data = entries.find(({ name }) => name === "data.json");
  const copy: Copy = JSON.parse(new TextDecoder().decode(data?.content));
  return { copy, name: download.suggestedFilename() };
}

/** The requests of a person, the first one first. */
function requestsOf({ id }: Person, kind: string) {
  return sql<{ status: string; note: string | null }[]>`
    select status, note from public.privacy_requests
    where user_id = ${id} and kind = ${kind} order by requested_at`;
}

for (const visitor of VISITORS) {
  Deno.test(`a member takes a copy of their data with them ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const [person, other] = [await newEnglishClaimant(), await newClaimant()];
      await signIn(page, person, "/en/member/settings");
      await page.locator("main").getByRole("link", { name: "Your data and privacy" }).click();
      await page.getByTestId("account-privacy-ready").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await page.getByTestId("export-request").dblclick();
      await page.getByTestId("export-ready").waitFor();
      await page.getByText("Your copy is ready").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      assert.equal((await requestsOf(person, "export")).length, 1);

      // The mail leads to the same page, on the host of the person's own country.
      const link = new URL(await linkInMail(person, "The copy of your data is ready"));
      assert.equal(link.pathname, PAGE);

      const { copy, name } = await download(page);
      assert.match(name, /^interdomestik-data-\d{4}-\d\d-\d\d\.zip$/);
      assert.equal(copy.account.id, person.id);
      assert.deepEqual(copy.claims.map(({ id }) => id), [person.claimId]);
      assert.equal(copy.billing_invoices.length, 1);
      const text = JSON.stringify(copy);
      for (const foreign of [other.id, other.claimId, other.email]) {
        assert.ok(!text.includes(foreign), foreign);
      }

      await page.goto(`${SITE}${PAGE}`);
      await page.getByText("First downloaded on").waitFor();
    }));

  Deno.test(`a member asks to be forgotten, thinks again, and is forgotten ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const person = await newEnglishClaimant();
      await signIn(page, person, PAGE);

      // Nobody is forgotten who would be charged again.
      await page.getByTestId("end-membership-first").getByRole("link", { name: "To plan" }).click();
      await page.getByRole("link", { name: "Cancel membership" }).click();
      await page.getByTestId("membership-cancel").click();
      await page.getByText("Your membership is cancelled").waitFor();

      await page.goto(`${SITE}${PAGE}`);
      await page.getByTestId("deletion-start").click();
      await page.getByTestId("account-delete-ready").waitFor();
      await page.getByText("You have one open claim").waitFor();
      await page.getByTestId("paid-until").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await page.locator("#reason").fill("Moving abroad");
      await page.getByTestId("deletion-submit").dblclick();
      await page.getByTestId("deletion-pending").waitFor();
      await page.getByText("We have noted your wish").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await linkInMail(person, "You asked us to delete your data");

      // Back to the question, which is answered already.
      await page.goBack();
      const submit = page.getByTestId("deletion-submit");
      if (await submit.count() > 0) await submit.click();
      await page.getByTestId("deletion-pending").waitFor();
      assert.deepEqual((await requestsOf(person, "deletion")).map((one) => ({ ...one })), [
        { status: "pending", note: "Moving abroad" },
      ]);

      await page.goto(`${SITE}/en/member`);
      const banner = page.getByTestId("deletion-banner");
      await banner.waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await banner.getByRole("link").click();
      await page.getByTestId("deletion-cancel").dblclick();
      await page.getByText("Your account stays as it is").waitFor();
      await page.goto(`${SITE}/en/member`);
      await page.getByTestId("member-dashboard-ready").waitFor();
      assert.equal(await banner.count(), 0);

      await page.goto(`${SITE}${PAGE}/delete`);
      await page.getByTestId("deletion-submit").click();
      await page.getByTestId("deletion-pending").waitFor();
      // Not before its day.
      await run("privacy");
      await page.reload();
      await page.getByTestId("deletion-pending").waitFor();
      await sql`
        update public.privacy_requests set due_at = now() - interval '1 minute'
        where user_id = ${person.id} and kind = 'deletion' and status = 'pending'`;
      const erased = await eventually(async () => {
        await run("privacy");
        const [row] = await sql<{ email: string; fullName: string; isActive: boolean }[]>`
          select email, full_name, is_active from public.profiles
          where id = ${person.id} and erased_at is not null`;
        return row;
      });
      assert.deepEqual({ ...erased, email: "" }, { email: "", fullName: "", isActive: false });
      assert.doesNotMatch(erased.email, /@example\.test$/);
      assert.deepEqual((await requestsOf(person, "deletion")).map(({ status }) => status), [
        "cancelled",
        "completed",
      ]);

      // Out at once, and for good.
      await page.goto(`${SITE}${PAGE}`);
      await page.waitForURL(/\/en\/login\?next=/);
      await page.locator("input[name=email]").fill(person.email);
      await page.locator("input[name=password]").fill(person.password);
      await page.getByTestId("login-form").locator("button[type=submit]").click();
      await page.locator("#problems").waitFor();
      const [left] = await sql<{ invoices: number; titles: string[] }[]>`
        select
          (select count(*)::int from public.billing_invoices where user_id = ${person.id}) as invoices,
          (select array_agg(title) from public.claims where member_id = ${person.id}) as titles`;
      assert.deepEqual({ ...left }, { invoices: 1, titles: [""] });
      assert.ok(await subscriptionOf(person.id, "active"));
    }));
}

Deno.test("a member who registers finds what they agreed to on the page", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    await page.goto(`${SITE}/en/register`);
    const email = `member-${crypto.randomUUID().slice(0, 8)}@example.test`;
    await page.locator("input[name=name]").fill("Mirjeta Krasniqi");
    await page.locator("input[name=email]").fill(email);
    await page.locator("input[name=password]").fill("A-long-Password-7");
    await page.getByTestId("register-form").locator("button[type=submit]").click();
    await page.waitForURL(/\/en\/member/);
    await page.goto(`${SITE}${PAGE}`);
    const consents = await page.getByTestId("consents").innerText();
    assert.match(consents, /Agreed on .*, version \d{4}-\d\d-\d\d/);
    assert.match(consents, /Shown to you on .*, version \d{4}-\d\d-\d\d/);
  }));

Deno.test("a download that nobody asked for leads back to the page, which says so", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, await newClaimant(), PAGE);
    await page.goto(`${SITE}/api/privacy/export`);
    await page.waitForURL(/\/account\/privacy\?refused=over/);
    await page.getByRole("alert").waitFor();
    await assertAccessible(page);
  }));

for (const name of ["agent.ks", "staff.ks", "manager.ks", "admin.ks", "super"]) {
  Deno.test(`${name} has the page too, and no button to delete the account`, () =>
    visit({ screen: "phone", language: "en" }, async (page) => {
      await signIn(page, demoPerson(name), PAGE);
      await page.getByTestId("account-privacy-ready").waitFor();
      await page.getByText("your administrator closes it").waitFor();
      assert.equal(await page.getByTestId("deletion-start").count(), 0);
      await assertAccessible(page);
      await page.getByTestId("account-menu").locator("summary").click();
      await page.getByTestId("account-menu").getByRole("link", { name: "Your data" }).waitFor();
    }));
}

Deno.test("the pages read well in each language, on a phone", async () => {
  const person = await newClaimant();
  await sql`update public.subscriptions set cancel_at_period_end = true where user_id = ${person.id}`;
  for (const locale of ["sq", "en", "mk", "sr"]) {
    await visit({ screen: "phone", language: locale }, async (page) => {
      await signIn(page, person, `/${locale}/account/privacy`);
      await page.getByTestId("account-privacy-ready").waitFor();
      await assertAccessible(page);
      await page.getByTestId("deletion-start").click();
      await page.getByTestId("account-delete-ready").waitFor();
      await assertAccessible(page);
    });
  }
});

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
