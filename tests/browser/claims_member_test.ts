/**
 * A member writes a claim down, hands papers over, and follows it: with JavaScript and without, on
 * two devices, in two tabs, with a doubled press, the way back and a lost line.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import {
  chooseCategory,
  claimsOf,
  newClaimant,
  photo,
  program,
  signedIn,
  staff,
  tellStory,
} from "./claims_people.ts";
import { eventually, newBuyer, newPerson, signIn, SITE, sql } from "./people.ts";

const NEW = "/en/member/claims/new";
const CLAIMS = "/en/member/claims";
const DESKTOP: Visitor = { screen: "desktop", language: "en" };
const REFUSED_FORM = /status of (403|409|415|422)/;
const LOST_LINE = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

/** To the first step of a new claim, whose address has the claim's id. */
async function begin(page: Page): Promise<void> {
  await page.goto(`${SITE}${NEW}`);
  await page.getByTestId("new-claim-page-ready").waitFor();
}

for (
  const visitor of [
    { screen: "desktop", javaScript: true, language: "en", expects: REFUSED_FORM },
    { screen: "phone", javaScript: false, language: "en", expects: REFUSED_FORM },
  ] satisfies Visitor[]
) {
  const { screen, javaScript } = visitor;
  Deno.test(`a member files a claim on a ${screen}${javaScript ? "" : ", without JavaScript"}`, () =>
    visit(visitor, async (page) => {
      const buyer = await newBuyer();
      await signIn(page, buyer, CLAIMS);
      await page.getByRole("link", { name: "Tell us what happened" }).click();
      await page.getByTestId("new-claim-page-ready").waitFor();
      if (javaScript) await assertAccessible(page);
      await page.getByTestId("step-next").click();
      await page.getByText("Choose what it is about.").first().waitFor();
      assert.equal((await claimsOf(buyer.id)).length, 0, "nothing is stored before an answer");

      await chooseCategory(page, "vehicle");
      await page.locator("#title").fill("Acc");
      await page.getByTestId("step-next").click();
      await page.locator(".error-summary").waitFor();
      assert.equal(await page.locator("#title").inputValue(), "Acc");
      await eventually(async () =>
        await page.evaluate("document.activeElement.id") === "title" ? true : undefined
      );
      if (javaScript) await assertAccessible(page);
      await tellStory(page, "Rear-end collision in Prizren");
      await page.locator("#amount").fill("1.250,50");
      if (javaScript) await assertAccessible(page);
      await page.getByTestId("step-next").click();

      await page.getByTestId("claim-evidence-page-ready").waitFor();
      const files = [photo("front.jpg"), photo("back.jpg"), photo("street.jpg")];
      if (javaScript) {
        await page.getByTestId("upload-files").setInputFiles(files);
        await page.getByTestId("document").nth(2).waitFor();
        await assertAccessible(page);
      } else {
        for (const [at, file] of files.entries()) {
          await page.locator("input[type=file]").setInputFiles(file);
          await page.getByRole("button", { name: "Send file" }).click();
          await page.getByTestId("document").nth(at).waitFor();
        }
      }
      await page.getByRole("button", { name: "Remove street.jpg" }).click();
      await page.getByTestId("document").nth(2).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "Continue" }).click();

      await page.getByTestId("claim-review-page-ready").waitFor();
      if (javaScript) await assertAccessible(page);
      assert.match(await page.locator("main").innerText(), /€1,250\.50/);
      await page.getByTestId("claim-send").click();
      await page.getByTestId("member-claim-detail-ops-page").waitFor();
      if (javaScript) await assertAccessible(page);
      const [claim] = await claimsOf(buyer.id);
      assert.equal(claim?.status, "submitted");
      assert.match(claim?.claimNumber ?? "", /^CLM-KS-\d{4}-\d{6}$/);
      await page.getByText(`Sent. Your claim has the number ${claim?.claimNumber}.`).waitFor();

      await page.locator("#body").fill("When will I hear from you?");
      await page.getByTestId("message-send").click();
      await page.getByTestId("message").getByText("When will I hear from you?").waitFor();
      await page.goto(`${SITE}${CLAIMS}`);
      await page.getByRole("link", { name: "Rear-end collision in Prizren" }).click();
      await page.getByTestId("member-claim-detail-ops-page").waitFor();
    }));
}

Deno.test("a draft begun on one device is found and sent on another", async () => {
  const buyer = await newBuyer();
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, buyer, CLAIMS);
    await begin(page);
    await chooseCategory(page, "travel");
    await page.locator("#title").fill("Luggage lost on the way to Vienna");
    await page.getByTestId("step-leave").click();
    await page.getByText("Your draft is stored").waitFor();
    await page.getByTestId("draft").waitFor();
    await assertAccessible(page);
  });
  await visit(DESKTOP, async (page) => {
    await signIn(page, buyer, "/en/member");
    await page.getByTestId("draft").getByRole("link", { name: "Luggage lost" }).first().click();
    await page.waitForURL(/\/edit\/story/);
    assert.equal(await page.locator("#title").inputValue(), "Luggage lost on the way to Vienna");
    await tellStory(page, "Luggage lost on the way to Vienna");
    await page.getByTestId("step-next").click();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByTestId("claim-send").click();
    await page.getByText("Sent. Your claim has the number").waitFor();
    assert.equal((await claimsOf(buyer.id)).length, 1);
  });
});

Deno.test("double presses, the way back and two tabs make one claim", () =>
  visit(DESKTOP, async (page, context) => {
    const buyer = await newBuyer();
    await signIn(page, buyer, CLAIMS);
    const other = await context.newPage();
    // Both tabs are open before anything is stored.
    await Promise.all([begin(page), begin(other)]);
    assert.equal(page.url(), other.url());

    await page.locator("input[value=vehicle]").check({ force: true });
    await page.getByTestId("step-next").dblclick();
    await page.waitForURL(/\/edit\/story/);
    await page.goBack();
    await page.waitForURL(/\/edit\/category/);
    assert.equal(await page.locator("input[value=vehicle]").isChecked(), true);
    await chooseCategory(page, "property");
    await chooseCategory(other, "injury");
    assert.equal((await claimsOf(buyer.id)).length, 1);

    await tellStory(page, "A pipe burst above us");
    await page.getByTestId("step-next").click();
    await page.getByRole("link", { name: "Continue" }).click();
    const review = page.url();
    await other.goto(review);
    await page.getByTestId("claim-send").dblclick();
    await page.getByText("Sent. Your claim has the number").waitFor();
    await other.getByTestId("claim-send").click();
    await other.getByTestId("member-claim-detail-ops-page").waitFor();
    // Back to the page with the button: the claim was sent, so there is none.
    await page.goBack();
    await page.getByTestId("member-claim-detail-ops-page").waitFor();
    const claims = await claimsOf(buyer.id);
    assert.equal(claims.length, 1);
    const [moves] = await sql<{ count: number }[]>`
      select count(*)::int as count from public.claim_stage_history
      where claim_id = ${claims[0]?.id ?? null} and to_status = 'submitted'`;
    assert.equal(moves?.count, 1);

    // Now that it exists, a new one is a new one.
    await begin(page);
    await chooseCategory(page, "other");
    assert.equal((await claimsOf(buyer.id)).length, 2);
  }));

Deno.test("without JavaScript the same form twice is the same claim", () =>
  visit({ ...DESKTOP, javaScript: false }, async (page) => {
    const buyer = await newBuyer();
    await signIn(page, buyer, CLAIMS);
    await begin(page);
    const id = new URL(page.url()).searchParams.get("id") ?? "";
    const press = () =>
      page.request.post(page.url(), {
        form: { id, category: "vehicle" },
        headers: { origin: SITE },
      });
    const answers = await Promise.all([press(), press(), press()]);
    assert.deepEqual(answers.map((answer) => answer.status()), [200, 200, 200]);
    assert.deepEqual((await claimsOf(buyer.id)).map((claim) => claim.id), [id]);
  }));

Deno.test("what is written is stored while it is written, also after the line was lost", () =>
  visit({ ...DESKTOP, expects: LOST_LINE }, async (page, context) => {
    const buyer = await newBuyer();
    await signIn(page, buyer, CLAIMS);
    await begin(page);
    await chooseCategory(page, "vehicle");
    await page.locator("#title").fill("Scratched in a car park");
    await page.getByTestId("draft-state").getByText("Stored").waitFor();
    assert.equal((await claimsOf(buyer.id))[0]?.title, "Scratched in a car park");

    await context.setOffline(true);
    await page.locator("#company").fill("Example Parking");
    await page.locator("#description").fill("The barrier came down on the roof of my car.");
    await page.getByTestId("step-next").click();
    await page.getByTestId("draft-state").getByText("No connection").waitFor();
    assert.match(page.url(), /\/edit\/story/);
    await context.setOffline(false);
    await page.getByTestId("draft-state").getByText("Stored").waitFor();
    await page.getByTestId("step-next").click();
    await page.waitForURL(/\/edit\/money/);
    assert.equal((await claimsOf(buyer.id)).length, 1);
  }));

Deno.test("on a slow line the latest words stand, and what does not fit is not called stored", () =>
  visit({ ...DESKTOP, expects: REFUSED_FORM }, async (page) => {
    const buyer = await newBuyer();
    await signIn(page, buyer, CLAIMS);
    await begin(page);
    await chooseCategory(page, "vehicle");
    let under = 0;
    let most = 0;
    await page.route(/\/edit\/story$/, async (route) => {
      if (!route.request().postData()?.includes("then=stay")) return await route.continue();
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      under--;
      await route.continue().catch(() => {});
    });
    await page.locator("#title").fill("The first words of it");
    await page.waitForTimeout(1_800);
    await page.locator("#title").fill("The last words of it");
    await page.getByTestId("draft-state").getByText("Stored").waitFor();
    assert.equal((await claimsOf(buyer.id))[0]?.title, "The last words of it");
    assert.equal(most, 1, "one is under way at a time");
    await page.unroute(/\/edit\/story$/);

    const long = "a".repeat(10_001);
    await page.locator("#description").evaluate((field, text) => {
      Object.assign(field, { value: text });
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, long);
    await page.getByTestId("draft-state").getByText("Not everything is stored").waitFor();
    await page.locator("#company").fill("Example Parking");
    await page.getByTestId("step-leave").click();
    await page.getByText("It was not stored; please shorten it").first().waitFor();
    assert.equal(await page.locator("#description").inputValue(), long);
    await page.locator("#description").fill("The barrier came down on the roof of my car.");
    await page.getByTestId("step-leave").click();
    await page.getByText("Your draft is stored").waitFor();
  }));

Deno.test("without a membership a draft is kept, and not sent", () =>
  visit({ screen: "phone", language: "en", expects: REFUSED_FORM }, async (page) => {
    const person = await newPerson();
    await signIn(page, person, CLAIMS);
    await page.getByText("No claims yet").waitFor();
    await begin(page);
    await chooseCategory(page, "other");
    await tellStory(page, "A shop keeps my deposit");
    await page.getByTestId("step-next").click();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByText("you need an active membership").waitFor();
    await assertAccessible(page);
    assert.equal(await page.getByTestId("claim-send").count(), 0);
    const answer = await page.request.post(page.url(), { headers: { origin: SITE }, form: {} });
    assert.equal(answer.status(), 403);
    assert.equal((await claimsOf(person.id))[0]?.status, "draft");
  }));

Deno.test("an upload is tried again, cancelled, and refused with a reason", () =>
  visit({ ...DESKTOP, expects: /ERR_FAILED|status of 422/ }, async (page) => {
    const { claimId, ...person } = await newClaimant();
    const path = `${CLAIMS}/${claimId}`;
    await signIn(page, person, path);
    await page.getByTestId("upload").waitFor();

    let broken = true;
    await page.route(
      "**/storage/v1/object/upload/sign/**",
      (route) => broken ? route.abort() : route.continue(),
    );
    const files = page.getByTestId("upload-files");
    await files.setInputFiles([photo("one.jpg"), photo("two.jpg")]);
    await page.getByTestId("upload-item").and(page.locator("[data-state=failed]")).nth(1).waitFor();
    await assertAccessible(page);
    broken = false;
    await page.getByRole("button", { name: "Remove two.jpg" }).click();
    await page.getByRole("button", { name: "Try again one.jpg" }).click();
    await page.locator("#documents .file-name", { hasText: "one.jpg" }).waitFor();
    await page.getByTestId("upload-item").waitFor({ state: "detached" });

    // It arrives, and the answer is lost on its way back.
    broken = true;
    await page.unroute("**/storage/v1/object/upload/sign/**");
    await page.route("**/storage/v1/object/upload/sign/**", async (route) => {
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await files.setInputFiles([photo("three.jpg")]);
    await page.getByRole("button", { name: "Try again three.jpg" }).click();
    await page.locator("#documents .file-name", { hasText: "three.jpg" }).waitFor();

    await files.setInputFiles([program("holiday.jpg")]);
    await page.getByText("This is a program, not a document").waitFor();
    const rows = await eventually(async () => {
      const rows = await sql<{ name: string; state: string }[]>`
        select name, case when is_readable then 'readable' when is_pending then 'pending'
          else 'gone' end as state
        from public.claim_documents where claim_id = ${claimId} order by name`;
      return rows.some(({ state }) => state === "pending") ? undefined : rows;
    });
    assert.deepEqual(rows.filter(({ state }) => state === "readable").map(({ name }) => name), [
      "one.jpg",
      "three.jpg",
    ]);
  }));

Deno.test("a large photo shows how it gets on, and can be called off", () =>
  visit({ ...DESKTOP, expects: /ERR_|CORS/ }, async (page, context) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await page.getByTestId("upload").waitFor();
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 10,
      downloadThroughput: 1e6,
      uploadThroughput: 200_000,
    });
    await page.getByTestId("upload-files").setInputFiles([photo("large.jpg", 3_000_000)]);
    const bar = page.getByTestId("upload-item").locator("progress");
    await eventually(async () => Number(await bar.getAttribute("value")) > 0 ? true : undefined);
    await page.getByRole("button", { name: "Cancel large.jpg" }).click();
    await bar.waitFor({ state: "detached" });
    await eventually(async () => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from public.claim_documents
        where claim_id = ${claimId} and (is_pending or is_readable)`;
      return row?.count === 0 ? true : undefined;
    });
  }));

Deno.test("news appears in an open page, notes of the staff do not", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    await page.getByTestId("live").waitFor({ state: "attached" });
    await page.locator("#body").fill("I am still writing");
    await page.evaluate("window.sameDocument = true");
    const client = await staff();
    const write = async (row: Record<string, unknown>) => {
      const { error } = await client.from("claim_messages").insert({ claim_id: claimId, ...row });
      if (error) throw error;
    };
    await write({ body: "We think that they will pay", is_internal: true });
    await write({ body: "We have your claim on the desk" });
    await page.getByTestId("message").getByText("We have your claim on the desk").waitFor();
    await page.getByText("Something new has arrived.").waitFor();
    assert.equal(await page.locator("#body").inputValue(), "I am still writing");
    assert.equal(await page.evaluate("document.activeElement.id"), "body");
    assert.equal(await page.getByText("We think that they will pay").count(), 0);

    const moved = await client.rpc("move_claim", {
      claim_id: claimId,
      to_status: "evaluation",
      internal_note: "Looks good",
    });
    assert.equal(moved.error, null);
    await page.getByTestId("claim-next").getByText("We are working out").waitFor();
    assert.equal(await page.getByText("Looks good").count(), 0);
    assert.equal(await page.evaluate("window.sameDocument"), true, "without loading it anew");
    await assertAccessible(page);
  }));

for (const javaScript of [true, false]) {
  const how = javaScript ? "" : ", without JavaScript";
  Deno.test(`a document that was asked for is sent from the page${how}`, () =>
    visit({ screen: "phone", javaScript, language: "en" }, async (page) => {
      const { claimId, ...person } = await newClaimant();
      const client = await staff();
      const asked = await client.from("claim_messages").insert({
        claim_id: claimId,
        body: "Please send the boarding pass",
        is_document_request: true,
      });
      assert.equal(asked.error, null);
      await signIn(page, person, "/en/notifications");
      await page.getByTestId("notification").getByText("asks for a document").waitFor();
      assert.equal(await page.getByTestId("notification-bell").getAttribute("data-unread"), "2");
      if (javaScript) await assertAccessible(page);
      await page.getByRole("link", { name: "asks for a document" }).click();
      const box = page.getByTestId("asked-for");
      await box.getByText("Please send the boarding pass").waitFor();
      if (javaScript) await assertAccessible(page);
      await box.locator("input[type=file]").first().setInputFiles(photo("boarding.jpg"));
      if (!javaScript) await box.getByRole("button", { name: "Send file" }).click();
      await page.getByText("Thank you, it has arrived.").waitFor();
      assert.equal(await page.getByTestId("asked-for").count(), 0);
      assert.equal(await page.getByTestId("notification-bell").getAttribute("data-unread"), "0");
      await page.locator("#documents .file-name", { hasText: "boarding.jpg" }).waitFor();
    }));
}

Deno.test("a stranger opens what was shared, and the member sees who opened what", () =>
  visit({ ...DESKTOP, expects: REFUSED_FORM }, async (page) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    await page.getByTestId("upload-files").setInputFiles([photo("ticket.jpg"), photo("id.jpg")]);
    await page.locator("#documents").getByTestId("document").nth(1).waitFor();
    await page.getByRole("link", { name: "Share documents or progress" }).click();
    await page.getByTestId("claim-share-page-ready").waitFor();
    await assertAccessible(page);
    await page.getByTestId("share-make").click();
    await page.getByText("Choose at least one document.").first().waitFor();
    await page.getByLabel("ticket.jpg").check();
    await page.locator("#pin").fill("4711");
    await page.locator("#recipient").fill("Lawyer Hoxha");
    await page.getByTestId("share-make").dblclick();
    const link = await page.getByTestId("fresh-link").innerText();
    assert.equal(await page.getByTestId("share-pack").count(), 1);
    await assertAccessible(page);

    await visit({ screen: "phone", language: "en", expects: REFUSED_FORM }, async (other) => {
      await other.goto(link);
      await other.getByTestId("share-pin-page-ready").waitFor();
      await assertAccessible(other);
      await other.locator("#pin").fill("1111");
      await other.getByRole("button", { name: "Show the documents" }).click();
      await other.getByText("The PIN is not right").waitFor();
      await other.locator("#pin").fill("4711");
      await other.getByRole("button", { name: "Show the documents" }).click();
      await other.getByTestId("share-page-ready").waitFor();
      await assertAccessible(other);
      assert.equal(await other.getByTestId("shared-document").count(), 1);
      const [download] = await Promise.all([
        other.waitForEvent("download"),
        other.getByRole("button", { name: "Download ticket.jpg" }).click(),
      ]);
      assert.equal(download.suggestedFilename(), "ticket.jpg");
      assert.equal(other.url().includes("4711"), false);
    });

    await page.goto(page.url());
    await page.getByText("Opened 3 times").click();
    await page.getByText("typed a wrong PIN").waitFor();
    await page.getByText("downloaded ticket.jpg").waitFor();
    await page.goto(`${SITE}/en/member/documents`);
    await page.getByTestId("member-documents-page-ready").waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Who opened it ticket.jpg" }).click();
    await page.getByTestId("document-accesses").getByText("Somebody with your link").waitFor();
    await assertAccessible(page);

    await page.goto(`${SITE}${CLAIMS}/${claimId}/share`);
    await page.getByTestId("share-revoke").click();
    await page.getByText("Taken back", { exact: true }).waitFor();
    const gone = await page.request.get(link);
    assert.equal(gone.status(), 404);
  }));

Deno.test("a tracking link tells how far it is, until a new one is made", () =>
  visit(DESKTOP, async (page) => {
    const { claimId, ...person } = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}/share`);
    const make = async () => {
      await page.getByTestId("track-make").click();
      const link = page.getByTestId("fresh-link");
      await link.waitFor();
      return await link.innerText();
    };
    const first = await make();
    await visit({ screen: "phone", language: "en" }, async (other) => {
      const answer = await other.goto(first);
      assert.equal(answer?.headers()["referrer-policy"], "no-referrer");
      assert.equal(answer?.headers()["cache-control"], "no-store");
      await other.getByTestId("track-page-ready").waitFor();
      const html = await other.content();
      for (const secret of [claimId, "Mirjeta", "CLM-KS", "Vienna", "Example Air"]) {
        assert.equal(html.includes(secret), false, secret);
      }
      await assertAccessible(other);
    });
    await page.goto(`${SITE}${CLAIMS}/${claimId}/share`);
    await make();
    assert.equal((await page.request.get(first)).status(), 404);
  }));

Deno.test("a claim is taken back by its member, and by nobody else", () =>
  visit(DESKTOP, async (page) => {
    const { claimId, ...person } = await newClaimant();
    const other = await newClaimant();
    await signIn(page, person, `${CLAIMS}/${claimId}`);
    for (const rest of ["", "/share", "/cancel", "/edit/story", "/live"]) {
      const answer = await page.request.get(`${SITE}${CLAIMS}/${other.claimId}${rest}`);
      assert.equal(answer.status(), 404, rest);
    }
    await page.getByRole("link", { name: "Take the claim back" }).click();
    await page.getByTestId("claim-cancel-page-ready").waitFor();
    await assertAccessible(page);
    await page.getByTestId("claim-cancel").dblclick();
    await page.getByTestId("member-claim-detail-ops-page").waitFor();
    await page.locator("[data-status=rejected]").first().getByText("Taken back").waitFor();
    assert.equal((await claimsOf(person.id))[0]?.status, "rejected");
    assert.equal((await claimsOf(other.id))[0]?.status, "submitted");
  }));

Deno.test("a member chooses which mails they want", () =>
  visit({ screen: "phone", javaScript: false, language: "en" }, async (page) => {
    const person = await newPerson();
    await signIn(page, person, "/en/notifications/settings");
    await page.locator("#messages").uncheck();
    await page.getByTestId("preferences-save").click();
    await page.getByText("Your choice is stored.").waitFor();
    assert.equal(await page.locator("#messages").isChecked(), false);
    assert.equal(await page.locator("#updates").isChecked(), true);
    const client = await signedIn(person);
    const { data } = await client.from("notification_preferences").select("email_messages")
      .single();
    assert.equal(data?.["email_messages"], false);
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
