import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { App } from "../app.ts";
import { Builder } from "../dev/builder.ts";
import { csp } from "../middlewares/csp.ts";
import { staticFiles } from "../middlewares/static_files.ts";

/** Islands of the fixture in a real browser. */

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Visit {
  page: Page;
  /** Messages of uncaught errors and of the policy. */
  problems: string[];
  open(path: string): Promise<void>;
}

async function withSite(work: (visit: Visit) => Promise<void>): Promise<void> {
  const builder = new Builder({ root: `${import.meta.dirname}/fixture_site`, target: "es2022" });
  const apply = await builder.build({ snapshot: "memory" });
  const app = new App<{ trail: string[] }>()
    .use(csp({ useNonce: true, csp: ["upgrade-insecure-requests"] }))
    .use(staticFiles())
    .fsRoutes();
  apply(app);
  const server = Deno.serve({ port: 0, onListen() {} }, app.handler());
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    const open = async (path: string) => {
      await page.goto(`http://localhost:${server.addr.port}${path}`, { waitUntil: "load" });
    };
    await work({ page, problems, open });
  } finally {
    await browser?.close();
    await server.shutdown();
  }
}

Deno.test({
  name: "islands in the browser",
  // The browser's own processes and connections outlive single steps.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await withSite(async ({ page, problems, open }) => {
      await t.step("two islands share a signal, with a third in a slot", async () => {
        await open("/islands");
        const outputs = () => page.locator("output").allTextContents();
        await page.click("#a button");
        await page.waitForFunction(() => document.querySelector("#b output")?.textContent === "4");
        assert.deepEqual(await outputs(), ["4", "4"]);
        await page.click("#toggle");
        await page.click("#c button");
        assert.deepEqual(await outputs(), ["5", "5", "5"]);
      });

      await t.step("a slot comes and goes with what the server rendered", async () => {
        assert.equal(await page.textContent("h2 >> nth=0"), "Heading");
        assert.equal(await page.inputValue("input[name=note]"), "typed");
        assert.equal(await page.getAttribute(".content a", "aria-current"), "page");
        await page.click("#toggle");
        assert.equal(await page.locator(".content").count(), 0);
        await page.click("#toggle");
        assert.equal(await page.textContent("#c output"), "5");
        assert.equal(await page.textContent("#c time"), "1970-01-01T00:00:00.000Z");
      });

      await t.step("a slot inside of a slot that was not shown is there", async () => {
        assert.equal(await page.textContent("h2 >> nth=1"), "Inner heading");
        await page.click("#inner");
        assert.equal(await page.textContent(".content .content"), "Innermost");
      });

      await t.step("an island that fails leaves the others alone", () => {
        assert.deepEqual(problems.splice(0), ["broken island"]);
      });

      await t.step("props of every kind arrive, shared ones shared", async () => {
        await open("/kinds");
        await page.waitForFunction(() => document.querySelector("#kinds")?.textContent !== "");
        assert.equal(
          await page.textContent("#kinds"),
          "true,2024-05-06T07:08:09.000Z,example.com,true,true,1-2-255,true,true",
        );
      });

      await t.step("neighbouring islands grow each in its place", async () => {
        for (const name of ["left", "right", "left", "right"]) await page.click(`#${name}`);
        assert.deepEqual(
          await page.locator("#kinds-page > :not(output)").evaluateAll((elements) =>
            elements.map((element) => `${element.className || element.id}:${element.textContent}`)
          ),
          [
            ...["left:first", "left:item1", "left:item2", "left:left", "left:browser", "left:many"],
            ...[
              "right:first",
              "right:item1",
              "right:item2",
              "right:right",
              "right:browser",
              "right:many",
            ],
          ],
        );
      });

      await t.step("nothing breaks the policy", () => {
        assert.deepEqual(problems, []);
      });
    });
  },
});
