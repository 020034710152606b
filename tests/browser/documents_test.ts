/** What members upload is shown by a real browser, locked up as it is. */
import assert from "node:assert/strict";
import { bytes, le32, SAMPLES } from "../support/sample_files.ts";
import { closeBrowser, visit } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";
import { cookieOf, type SignedIn, testDocuments } from "../functions/documents_support.ts";

const SITE = stackValue("SITE_URL");

/** One second of silence. */
const SILENCE = bytes(
  ["RIFF", le32(8036), "WAVEfmt ", le32(16), [1, 0, 1, 0], le32(8000), le32(8000), [1, 0, 8, 0]]
    .flatMap((part) => [...bytes(part)]),
  "data",
  le32(8000),
  new Uint8Array(8000).fill(128),
);

/** One red point. */
const POINT = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP8z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
);

async function visitAs(
  person: SignedIn,
  work: Parameters<typeof visit>[1],
): Promise<void> {
  await visit({ screen: "desktop" }, async (page, context) => {
    const [name, value] = cookieOf(person).split("=", 2);
    await context.addCookies([{ name: name ?? "", value: value ?? "", url: SITE }]);
    await work(page, context);
  });
}

const shown = (id: string) => `${SITE}/api/documents/${id}/download?disposition=inline`;

testDocuments("pictures, recordings and texts open in the browser", async (world) => {
  const owner = await world.person();
  const claimId = await world.draft(owner);
  const document = async (type: string, content: Uint8Array) =>
    (await world.document(owner, claimId, { type, content, name: "f" })).id;
  const picture = await document("image/png", POINT);
  const recording = await document("audio/wav", SILENCE);
  const text = await document("text/plain", SAMPLES["text/plain"]);
  await visitAs(owner, async (page) => {
    await page.goto(shown(picture));
    assert.equal(
      await page.locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth),
      1,
    );

    await page.goto(shown(recording));
    const isReady = "document.querySelector('video, audio')?.readyState >= 1";
    await page.waitForFunction(isReady, undefined, { timeout: 10_000 });

    await page.goto(shown(text));
    assert.match(await page.locator("body").innerText(), /Pranë urës së gurit/);
  });
});

testDocuments("a file that is saved keeps its name", async (world) => {
  const owner = await world.person();
  const { id } = await world.document(owner, await world.draft(owner), {
    name: `Dëshmi "e re" – слика.pdf`,
  });
  await visitAs(owner, async (page) => {
    await page.goto(`${SITE}/en`);
    const download = page.waitForEvent("download");
    await page.evaluate((path) => location.assign(path), `/api/documents/${id}/download`);
    assert.equal((await download).suggestedFilename(), "Dëshmi _e re_ – слика.pdf");
  });
});

Deno.test("the browser closes", closeBrowser);
