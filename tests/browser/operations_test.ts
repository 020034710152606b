/**
 * The page of the operators: what it says, the switch that is turned on it, and the section of the
 * runbook that a check names; on a desk and on a phone without JavaScript.
 */
import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { demoPerson, signIn, sql } from "./people.ts";

const VISITORS: readonly (Visitor & { readonly who: string })[] = [
  { screen: "desktop", javaScript: true, language: "en", who: "super" },
  { screen: "phone", javaScript: false, language: "sq", who: "admin.ks" },
];

for (const visitor of VISITORS) {
  const { screen, language, who } = visitor;
  Deno.test(`an operator sees how the system is and turns a switch (${screen}, ${language})`, async () => {
    await visit(visitor, async (page) => {
      await signIn(page, demoPerson(who), `/${language}/admin/ops`);
      await page.getByTestId("ops-center-page").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= (page.viewportSize()?.width ?? 0), `${width} pixels wide`);
      for (const id of ["database", "storage", "webhooks", "default-tenant", "slo-claims"]) {
        assert.equal(await page.locator(`[data-check="${id}"]`).count(), 1, id);
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
        await sql`delete from public.feature_flags where key = 'pause_nps'`;
      }

      await page.locator('[data-check="webhooks"]').click();
      await page.getByTestId("runbook-page").waitFor();
      assert.ok(page.url().endsWith("/admin/ops/runbook#webhooks"));
      if (visitor.javaScript) await assertAccessible(page);
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
