/**
 * A real Chromium for tests, on a desktop or on a phone's width.
 */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a visitor looks through. */
export interface Visitor {
  /** `desktop` is 1280 by 800 pixels, `phone` 390 by 844. */
  readonly screen: "desktop" | "phone";
  /** Whether the page's JavaScript runs; true if left out. */
  readonly javaScript?: boolean;
  /** `Accept-Language` of the browser; `en` if left out. */
  readonly language?: string;
  /** Console errors that belong to the story: a refused form, a lost line. */
  readonly expects?: RegExp;
}

const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

let shared: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  return shared ??= chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
}

/** Closes the browser; call it once after a file's tests. */
export async function closeBrowser(): Promise<void> {
  const open = shared;
  shared = undefined;
  await (await open)?.close();
}

/**
 * Opens a fresh browser profile, hands its page to `work`, and closes it.
 *
 * A failed request of the page's own, a script error or a console error fails the test: a visitor
 * would have met it.
 *
 * @param visitor Screen, JavaScript and language.
 * @param work What the visitor does.
 */
export async function visit(
  visitor: Visitor,
  work: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await (await browser()).newContext({
    ...SCREENS[visitor.screen],
    javaScriptEnabled: visitor.javaScript ?? true,
    locale: visitor.language ?? "en",
    timezoneId: "Europe/Belgrade",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const troubles = new Set<string>();
  page.on("pageerror", (error) => troubles.add(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || visitor.expects?.test(message.text())) return;
    troubles.add(`console: ${message.text()}`);
  });
  try {
    await work(page, context);
  } catch (error) {
    const folder = Deno.env.get("TEST_SCREENSHOTS");
    if (folder !== undefined) {
      await page.screenshot({ path: `${folder}/failed-${Date.now()}.png`, fullPage: true });
    }
    const where = `at ${page.url()}\n${(await page.locator("body").innerText()).slice(0, 1_500)}`;
    throw new Error(`${error instanceof Error ? error.message : error}\n${where}`, {
      cause: error,
    });
  } finally {
    await context.close();
  }
  if (troubles.size > 0) throw new Error([...troubles].slice(0, 5).join("\n"));
}
