/**
 * The page of the operators: what it says, the switch that is turned on it, and the section of the
 * runbook that a check names; on a desk and on a phone without JavaScript.
 */
import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { demoPerson, signIn, sql } from "./people.ts";

const VISITORS: readonly (Visitor & { readonly who: string; readonly countries: number })[] = [
  { screen: "desktop", language: "en", who: "super", countries: 3 },
  { screen: "phone", language: "sr", who: "super", countries: 3 },
  { screen: "desktop", language: "mk", who: "admin.ks", countries: 1 },
  { screen: "phone", language: "sr", who: "admin.ks", countries: 1 },
  { screen: "phone", javaScript: false, language: "sq", who: "admin.ks", countries: 1 },
];

for (const visitor of VISITORS) {
  const { screen, language, who, countries, javaScript = true } = visitor;
  const story = `${who}, ${screen}, ${language}${javaScript ? "" : ", without JavaScript"}`;
  Deno.test(`an operator sees how the system is and turns a switch (${story})`, async () => {
    // Of another country: nobody's business but that country's and the super administrator's.
    await sql`select private.set_flag('pause_dunning', 'mk', true, 'of the other country')`;
    await visit(visitor, async (page) => {
      await signIn(page, demoPerson(who), `/${language}/admin/ops`);
      await page.getByTestId("ops-center-page").waitFor();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= (page.viewportSize()?.width ?? 0), `${width} pixels wide`);
      for (const id of ["database", "storage", "webhooks", "default-tenant", "slo-claims"]) {
        const row = page.locator("tr", { has: page.locator(`[data-check="${id}"]`) });
        assert.equal(await row.count(), 1, id);
        // State, figure, since when: what is to be done is said of what is not well.
        assert.ok(await row.locator("time").count() >= 1, `${id} says since when`);
      }
      // What is folded up, too.
      const text = await page.locator("main").textContent() ?? "";
      const seesAll = countries > 1;
      assert.equal(text.includes("of the other country"), seesAll);
      assert.equal(text.includes("pause_dunning (mk)"), seesAll);
      assert.equal(
        await page.locator('[data-switch="pause_nps"] option').count(),
        countries,
        "countries to choose from",
      );
      if (javaScript) {
        await page.locator('[data-switch="pause_nps"] summary').click();
        await assertAccessible(page);
        await page.locator('[data-switch="pause_nps"] summary').click();
      }

      try {
        const panel = page.locator('[data-switch="pause_nps"]');
        await panel.locator("summary").click();
        await panel.locator("select").selectOption("ks");
        await panel.locator("input[name=note]").fill("drill");
        await panel.locator("button[value=on]").click();
        await page.locator('[data-switch="pause_nps"][data-on="yes"]').waitFor();
        const [audited] = await sql`
          select metadata from public.audit_log where action = 'flag.changed'
          order by seq desc limit 1`;
        assert.equal(audited?.["metadata"]["note"], "drill");
        await page.locator('[data-switch="pause_nps"] summary').click();
        const again = page.locator('[data-switch="pause_nps"]');
        await again.locator("select").selectOption("ks");
        await again.locator("button[value=off]").click();
        await page.locator('[data-switch="pause_nps"][data-on="no"]').waitFor();
      } finally {
        await sql`delete from public.feature_flags where key in ('pause_nps', 'pause_dunning')`;
      }

      await page.locator('[data-check="webhooks"]').click();
      await page.getByTestId("runbook-page").waitFor();
      assert.ok(page.url().endsWith("/admin/ops/runbook#webhooks"));
      if (javaScript) await assertAccessible(page);
      const runbook = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(runbook <= (page.viewportSize()?.width ?? 0), `${runbook} pixels wide`);
    });
  });
}

Deno.test({
  name: "the browser is closed",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    await closeBrowser();
    await sql.end();
  },
});
