/**
 * The whole way of a claim, as its two sides see it at the same time: a member files it with photos,
 * staff find it and ask for a paper, the member sends it, staff bring it to its end, and somebody
 * outside is shown a paper of it. What the other side does appears without loading anything anew.
 */
import assert from "node:assert/strict";
import type { Download, Page } from "playwright-core";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";
import { chooseCategory, claimsOf, photo, tellStory } from "./claims_people.ts";
import { demoPerson, eventually, newBuyer, type Person, signIn, SITE, sql } from "./people.ts";

const CLAIMS = "/en/member/claims";
const QUEUE = "/en/staff/claims";
const WANTED = "The invoice of the garage, please.";

/** What the member reads at each step that staff take. */
const STEPS = [
  ["evaluation", "We are working out what you are entitled to"],
  ["negotiation", "We are talking to the other side"],
  ["resolved", "The claim is settled"],
] as const;

/** A member who reads English. */
async function newEnglishBuyer(): Promise<Person> {
  const buyer = await newBuyer();
  await sql`update public.profiles set locale = 'en' where id = ${buyer.id}`;
  return buyer;
}

/** Files a claim with three photos; its number is shown. */
async function file(page: Page, title: string): Promise<void> {
  await page.getByRole("link", { name: "Tell us what happened" }).click();
  await page.getByTestId("new-claim-page-ready").waitFor();
  await chooseCategory(page, "vehicle");
  await tellStory(page, title);
  await page.getByTestId("step-next").click();
  await page.getByTestId("claim-evidence-page-ready").waitFor();
  const photos = ["front.jpg", "back.jpg", "street.jpg"].map((name) => photo(name, 200_000));
  await page.getByTestId("upload-files").setInputFiles(photos);
  await page.getByTestId("document").nth(2).waitFor();
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByTestId("claim-send").click();
  await page.getByText("Sent. Your claim has the number").waitFor();
}

/** Finds the claim in the queue and takes it. */
async function take(desk: Page, title: string): Promise<void> {
  await desk.locator("#q").fill(title);
  await desk.getByRole("button", { name: "Search" }).click();
  await desk.waitForURL(/q=/);
  const row = desk.getByTestId("queue-claim");
  assert.equal(await row.count(), 1);
  await row.getByTestId("queue-take").click();
  await desk.getByTestId("queue-taken").getByRole("link").click();
  await desk.getByTestId("staff-claim-detail-ready").waitFor();
  assert.equal(await desk.getByTestId("claim-assignee").innerText(), "You have it");
}

async function move(desk: Page, to: string): Promise<void> {
  await desk.getByTestId(`move-${to}`).click();
  await desk.getByTestId("claim-move").click();
  await desk.getByTestId("done-move").waitFor();
}

async function saved(page: Page, press: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return download;
}

interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** The mail to a person with that subject; the job that sends is not waited for but started. */
function mailTo({ email }: Person, subject: string): Promise<Mail> {
  return eventually(async () => {
    const run = await fetch(`${stackValue("SUPABASE_URL")}/functions/v1/cron/mails`, {
      method: "POST",
      headers: { authorization: `Bearer ${stackValue("CRON_SECRET")}` },
    });
    await run.body?.cancel();
    const answer = await fetch(`${stackValue("TEST_INBOX_URL")}/api/messages`);
    const mails: Mail[] = await answer.json();
    return mails.find((mail) => mail.to.includes(email) && mail.subject === subject);
  });
}

/** Waits until the open page hears of news, and notes on it that it is this very page. */
async function keepOpen(page: Page): Promise<void> {
  await page.getByTestId("live").waitFor({ state: "attached" });
  await page.evaluate("window.sameDocument = true");
}

const isSame = (page: Page) => page.evaluate<unknown>("window.sameDocument");

for (
  const visitor of [
    { screen: "desktop", language: "en", expects: /status of 404/ },
    { screen: "phone", language: "en", expects: /status of (403|404)/ },
  ] satisfies Visitor[]
) {
  const pin = visitor.screen === "phone" ? "4711" : null;
  Deno.test(`a claim from the first photo to the last word, on a ${visitor.screen}`, () =>
    visit(visitor, (page) => visit(visitor, (desk) => wholeWay(page, desk, visitor, pin))));
}

async function wholeWay(
  page: Page,
  desk: Page,
  visitor: Visitor,
  pin: string | null,
): Promise<void> {
  const member = await newEnglishBuyer();
  const title = `Hit at the lights ${crypto.randomUUID().slice(0, 8)}`;
  await signIn(page, member, CLAIMS);
  await file(page, title);
  const [claim] = await claimsOf(member.id);
  const here = `${CLAIMS}/${claim?.id}`;
  await mailTo(member, `We have your claim ${claim?.claimNumber}`);

  await signIn(desk, demoPerson("staff.ks"), `${QUEUE}?view=unassigned`);
  await take(desk, title);
  assert.equal(await desk.getByTestId("document").count(), 3);
  const seen = await saved(
    desk,
    () => desk.locator("#documents").getByRole("link", { name: "Download front.jpg" }).click(),
  );
  assert.equal(seen.suggestedFilename(), "front.jpg");

  await page.goto(`${SITE}${here}`);
  await keepOpen(page);
  await move(desk, "verification");
  await page.getByTestId("claim-next").getByText("We are looking through what you sent").waitFor();
  assert.equal(await isSame(page), true, "it appears by itself");

  // The member is elsewhere when the paper is asked for.
  await page.goto(`${SITE}/en/member`);
  await desk.getByTestId("ask-open").click();
  await desk.locator("[name=wanted]").fill(WANTED);
  await desk.getByTestId("ask-send").click();
  await desk.getByTestId("done-ask").waitFor();
  const mail = await mailTo(member, `We need a paper for your claim ${claim?.claimNumber}`);
  assert.ok(mail.text.includes(WANTED) && mail.text.includes(here), mail.text);

  await page.reload();
  const bell = page.getByTestId("notification-bell");
  assert.equal(await bell.getAttribute("data-unread"), "1");
  await bell.click();
  await page.getByRole("link", { name: "asks for a document" }).click();
  const asked = page.getByTestId("asked-for");
  await asked.getByText(WANTED).waitFor();
  await desk.getByTestId("live").waitFor({ state: "attached" });
  await asked.locator("input[type=file]").first().setInputFiles(photo("invoice.jpg"));
  await page.getByText("Thank you, it has arrived.").waitFor();
  assert.equal(await asked.count(), 0);
  assert.equal(await bell.getAttribute("data-unread"), "0");
  // The desk is open all the while.
  await desk.locator("#documents .file-name", { hasText: "invoice.jpg" }).waitFor();

  await keepOpen(page);
  for (const [status, words] of STEPS) {
    await move(desk, status);
    const next = page.getByTestId("claim-next").getByText(words);
    await next.waitFor();
    await page.locator(".claim-head").locator(`[data-status=${status}]`).waitFor();
    assert.equal(await isSame(page), true, `${status} appears by itself`);
    await page.reload();
    await next.waitFor();
    await keepOpen(page);
  }
  await mailTo(member, `News on your claim ${claim?.claimNumber}`);
  assert.equal((await claimsOf(member.id))[0]?.status, "resolved");

  await share(page, visitor, pin);

  await page.goto(`${SITE}/en/member/documents`);
  await page.getByRole("link", { name: "Who opened it front.jpg" }).click();
  const accesses = page.getByTestId("document-accesses");
  await accesses.getByText("Somebody with your link").first().waitFor();
  assert.match(await accesses.innerText(), /Fatime Morina\s+downloaded/);
  await page.goto(`${SITE}/en/member/documents`);
  await page.getByRole("link", { name: "Who opened it back.jpg" }).click();
  await page.getByTestId("member-document-page-ready").waitFor();
  assert.equal(await accesses.count(), 0, "nobody opened the other one");
}

/** Hands a photo out by a link, which works for a stranger until it is taken back. */
async function share(page: Page, visitor: Visitor, pin: string | null): Promise<void> {
  await page.getByRole("link", { name: "Share documents or progress" }).click();
  await page.getByLabel("front.jpg").check();
  if (pin !== null) await page.locator("#pin").fill(pin);
  await page.getByTestId("share-make").click();
  const link = await page.getByTestId("fresh-link").innerText();
  const sharing = page.url();
  await visit(visitor, async (stranger) => {
    await stranger.goto(link);
    if (pin !== null) {
      await stranger.locator("#pin").fill(pin);
      await stranger.getByRole("button", { name: "Show the documents" }).click();
    }
    await stranger.getByTestId("share-page-ready").waitFor();
    assert.equal(await stranger.getByTestId("shared-document").count(), 1);
    const role = pin === null ? "link" : "button";
    const download = stranger.getByRole(role, { name: "Download front.jpg" });
    const file = await saved(stranger, () => download.click());
    assert.equal(file.suggestedFilename(), "front.jpg");

    const address = `${SITE}/api/documents/share/${new URL(link).pathname.split("/").at(-1)}/1`;
    const fetchAgain = () =>
      pin === null
        ? stranger.request.get(address)
        : stranger.request.post(address, { form: { pin }, headers: { origin: SITE } });
    assert.equal((await fetchAgain()).status(), 200);

    await page.goto(sharing);
    await page.getByTestId("share-revoke").click();
    await page.getByText("Taken back", { exact: true }).waitFor();
    // Nor is anything given to the page that is still open.
    assert.equal((await fetchAgain()).status(), 404);
    assert.equal((await stranger.goto(link))?.status(), 404);
    assert.equal(await stranger.getByTestId("shared-document").count(), 0);
  });
}

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
