/** Asks axe what stands in the way of people with disabilities. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/**
 * Fails if axe finds anything against WCAG 2.2 A and AA, or if the page is wider than the screen.
 *
 * @param page A page with JavaScript switched on.
 */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<Violation[]>(`
    axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
      .then(({ violations }) => violations.map(({ id, nodes }) => ({
        id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
      })))`);
  const told = violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`
  );
  assert.deepEqual(told, [], `at ${page.url()}`);
  // Not innerWidth: on a phone it grows with a page that is too wide.
  const screen = page.viewportSize()?.width ?? 0;
  const wider = Number(await page.evaluate("document.documentElement.scrollWidth")) - screen;
  assert.ok(wider <= 0, `${page.url()} is ${wider} pixels wider than the screen`);
}
