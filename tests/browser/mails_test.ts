/** Every mail as a mail program shows it: wide and narrow, by day and by night. */
import { parseFacts } from "@core/outreach/mails/facts.ts";
import { renderMail } from "@core/outreach/mails/render.ts";
import { sampleFacts } from "@core/outreach/mails/samples.ts";
import { MAIL_TEMPLATES } from "@core/outreach/mails/templates.ts";
import { LOCALES } from "@core/platform/i18n.ts";
import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit } from "../support/browser.ts";
import { SITE } from "./people.ts";

for (const screen of ["desktop", "phone"] as const) {
  Deno.test(`every mail fits a ${screen}, and everyone can read it`, () =>
    visit({ screen }, async (page) => {
      for (const [at, template] of MAIL_TEMPLATES.entries()) {
        for (const locale of LOCALES) {
          const { html } = renderMail(sampleFacts(template, locale, "http://ks.localhost"));
          await page.setContent(html);
          const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.ok(Number(wider) <= 0, `${template} in ${locale} is ${wider} pixels too wide`);
          // Each mail in one language and one theme: what axe looks at is the same in the others.
          const dark = screen === "phone";
          if (locale !== LOCALES[at % LOCALES.length] || dark !== (at % 2 === 0)) continue;
          await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
          await assertAccessible(page);
        }
      }
    }));
}

Deno.test("long names and addresses stay within a phone's width", () =>
  visit({ screen: "phone" }, async (page) => {
    const long = "W".repeat(110);
    const facts = sampleFacts("welcome", "en", "http://ks.localhost");
    const { html } = renderMail(parseFacts({
      ...facts,
      person: { fullName: long, memberNumber: "MEM-2026-000005" },
      details: { planTier: null, planName: long, periodEnd: null },
      tenant: { ...facts.tenant, name: long, legalName: long, supportEmail: `${long}@a.test` },
    }));
    await page.setContent(html);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
  }));

Deno.test("/dev/mails shows a mail with its styles, by day and by night", () =>
  visit({ screen: "desktop" }, async (page) => {
    await page.goto(`${SITE}/dev/mails`);
    await page.getByTestId("dev-mails-ready").waitFor();
    await page.locator('a[href="/dev/mails/welcome/en"]').click();
    await page.getByTestId("dev-mail-ready").waitFor();
    const grounds = [];
    for (const frame of await page.locator("iframe").all()) {
      const ground = frame.contentFrame().locator("td.m-surface").first();
      await ground.waitFor();
      grounds.push(await ground.evaluate((cell) => getComputedStyle(cell).backgroundColor));
    }
    const [light, dark] = ["rgb(255, 255, 255)", "rgb(18, 33, 30)"];
    assert.deepEqual(grounds, [light, light, dark, dark]);
    await closeBrowser();
  }));
