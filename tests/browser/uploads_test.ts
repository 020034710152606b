/** Handing papers over on a bad day: names that lie, a change of mind, and the wrong moment for it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { png } from "../support/sample_files.ts";
import { newClaimant, photo } from "./claims_people.ts";
import { eventually, signIn, SITE, sql } from "./people.ts";

const CLAIMS = "/en/member/claims";

function documentsOf(claimId: string) {
  return sql<{ name: string; fileType: string; isReadable: boolean }[]>`
    select name, file_type as "fileType", is_readable as "isReadable"
    from public.claim_documents where claim_id = ${claimId} and not is_deleted order by name`;
}

/** A photo of another kind than its name says, as messengers pass them on. */
const LYING = { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from(png()) };

for (
  const visitor of [
    { screen: "phone", language: "en" },
    { screen: "desktop", language: "en", javaScript: false },
  ] satisfies Visitor[]
) {
  const how = visitor.screen === "phone" ? "on a phone" : "without JavaScript";
  Deno.test(`a photo whose name lies is taken ${how}`, () =>
    visit(visitor, async (page) => {
      const { claimId, ...person } = await newClaimant();
      await signIn(page, person, `${CLAIMS}/${claimId}`);
      if (visitor.screen === "phone") {
        await page.getByTestId("upload-files").setInputFiles([LYING]);
      } else {
        const form = page.getByTestId("upload-form");
        await form.locator("input[type=file]").setInputFiles([LYING]);
        await form.locator("button").click();
      }
      await page.getByTestId("document").filter({ hasText: "photo.jpg" }).waitFor();
      const taken = { name: "photo.jpg", fileType: "image/png", isReadable: true };
      assert.deepEqual([...await documentsOf(claimId)], [taken]);
    }));
}

Deno.test("whoever cancels too late sees that the file is there", () =>
  visit({ screen: "desktop", language: "en", expects: /status of 409|ERR_/ }, async (page) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    let isThere = () => {};
    const there = new Promise<void>((resolve) => isThere = resolve);
    await page.route(/\/evidence\/[^/]+\/confirm$/, async (route) => {
      await route.fetch();
      isThere();
      // The answer never comes.
    });
    await page.getByTestId("upload-files").setInputFiles([photo("private.jpg")]);
    await there;
    await page.getByRole("button", { name: "Cancel private.jpg" }).click();
    await page.getByTestId("document").filter({ hasText: "private.jpg" }).waitFor();
    await page.getByRole("status").filter({ hasText: "private.jpg" }).waitFor({
      state: "attached",
    });
    await page.unrouteAll({ behavior: "ignoreErrors" });
  }));

Deno.test("a file that did not arrive holds no place once it is called off", () =>
  visit({ screen: "desktop", language: "en", expects: /status of 422/ }, async (page) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    // The line says that all of it was sent, and nothing arrives.
    await page.route(
      "**/storage/v1/object/upload/sign/**",
      (route) =>
        route.request().method() === "PUT"
          ? route.fulfill({ status: 200, headers: { "access-control-allow-origin": SITE } })
          : route.continue(),
    );
    await page.getByTestId("upload-files").setInputFiles([photo("lost.jpg")]);
    await page.getByText("The file has not arrived.").waitFor();
    assert.equal((await documentsOf(claimId)).length, 1);
    await page.getByRole("button", { name: "Remove lost.jpg" }).click();
    await eventually(async () => (await documentsOf(claimId)).length === 0 ? true : undefined);
  }));

Deno.test("the browser closes", closeBrowser);
