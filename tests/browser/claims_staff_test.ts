/**
 * Those who work on claims: the queue, a claim from the first look to its end, and what branch
 * managers, administrators and agents see of it.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { act, demoId, newMember, type SentClaim, sentClaim } from "../support/claims.ts";
import { demoPerson, signIn, SITE, sql } from "./people.ts";

const QUEUE = "/en/staff/claims";
/** Forms that have to be looked at again say so by their status too. */
const REFUSED = /status of (409|422)/;
const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en", expects: REFUSED },
  { screen: "phone", javaScript: false, language: "en", expects: REFUSED },
];

/** A claim of a member whose name nobody else has. */
async function claimOf(
  word: string,
  facts: Parameters<typeof sentClaim>[2] & { readonly agent?: string } = {},
): Promise<SentClaim> {
  const { agent, ...claim } = facts;
  const member = await newMember(sql, { name: word, ...(agent ? { agent } : {}) });
  return await sentClaim(sql, member, claim);
}

const newWord = () => `Zana${crypto.randomUUID().slice(0, 8)}`;
const rowOf = (page: Page, claim: SentClaim) =>
  page.locator(`[data-testid=queue-claim][data-claim="${claim.id}"]`);

async function write(person: string, claim: SentClaim, body: string): Promise<void> {
  await act(
    sql,
    person,
    (tx) => tx`insert into public.claim_messages (claim_id, body) values (${claim.id}, ${body})`,
  );
}

for (const visitor of VISITORS) {
  const how = visitor.javaScript ? "" : ", on a phone without JavaScript";
  Deno.test(`a claim from the queue to its end: taken, asked, noted, moved, handed over${how}`, () =>
    visit(visitor, async (page) => {
      const word = newWord();
      const claim = await claimOf(word, { dueIn: -2 });
      await write(claim.memberId, claim, "Is there anything else you need?");
      await signIn(page, demoPerson("staff.ks"), `${QUEUE}?view=unassigned&q=${word}`);
      await page.getByTestId("staff-page-ready").waitFor();
      const row = rowOf(page, claim);
      assert.match(await row.innerText(), /First look 2 h( \d min)? late[^]*1 new message/);
      if (visitor.javaScript) await assertAccessible(page);

      await row.getByTestId("queue-take").click();
      await page.getByTestId("queue-taken").getByRole("link").click();
      await page.getByTestId("staff-claim-detail-ready").waitFor();
      assert.equal(await page.getByTestId("claim-assignee").innerText(), "You have it");
      assert.match(await page.locator("main").innerText(), /Is there anything else you need\?/);
      if (visitor.javaScript) await assertAccessible(page);

      await page.getByTestId("ask-open").click();
      await page.locator("[name=wanted]").fill("The invoice of the plumber.");
      await page.getByTestId("ask-send").click();
      await page.getByTestId("done-ask").waitFor();
      await page.locator("[data-entry=request]", { hasText: "invoice of the plumber" }).waitFor();

      await page.locator("[name=note]").fill("Called the building's owner.\nVery friendly.");
      await page.getByTestId("note-save").click();
      await page.getByTestId("done-note").waitFor();
      await page.reload();
      const note = page.getByTestId("staff-claim-detail-note");
      assert.match(await note.innerText(), /Called the building's owner\.\nVery friendly\./);

      // A rejection says why, and what was typed beside it is kept.
      await page.getByTestId("move-rejected").click();
      await page.locator("[name=internal]").fill("Not our field.");
      await page.getByTestId("claim-move").click();
      await page.getByText("Tell the member why the claim is rejected.").first().waitFor();
      assert.equal(await page.locator("[name=internal]").inputValue(), "Not our field.");
      assert.ok(await page.locator("input[name=to][value=rejected]").isChecked());
      if (visitor.javaScript) await assertAccessible(page);

      await page.getByTestId("move-evaluation").click();
      await page.locator("[name=internal]").fill("Worth it.");
      await page.getByTestId("claim-move").click();
      await page.getByTestId("done-move").waitFor();
      assert.match(await note.innerText(), /Worth it\./);

      await page.locator("[name=body]").fill("We are weighing it up.");
      await page.getByTestId("message-send").click();
      await page.getByTestId("done-message").waitFor();

      // Handing it over says why as well.
      await page.getByTestId("claim-give").click();
      await page.locator("[name=colleague]").selectOption({
        value: await demoId(sql, "staff2.ks"),
      });
      await page.getByTestId("claim-assign").click();
      await page.getByText("Say why the claim changes hands.").first().waitFor();
      await page.locator("[name=why]").fill("She knows the building.");
      await page.getByTestId("claim-assign").click();
      await page.getByTestId("done-assign").waitFor();
      assert.equal(await page.getByTestId("claim-assignee").innerText(), "Agim Rexhepi has it");

      const [kept] = await sql<Record<string, unknown>[]>`
        select c.status, a.email, c.triaged_at is not null as triaged,
          (select count(*)::int from public.claim_messages where claim_id = c.id and is_internal)
            as notes,
          (select count(*)::int from public.notifications
           where claim_id = c.id and user_id = c.member_id) > 2 as told
        from public.claims c join public.profiles a on a.id = c.assigned_to
        where c.id = ${claim.id}`;
      assert.deepEqual({ ...kept }, {
        status: "evaluation",
        email: "staff2.ks@demo.test",
        triaged: true,
        notes: 1,
        told: true,
      });
    }));
}

Deno.test("whoever is slower is told who has the claim, in the queue and on its page", () =>
  visit({ screen: "desktop", language: "en", expects: REFUSED }, async (page) => {
    const word = newWord();
    const [one, two] = [await claimOf(word), await claimOf(word)];
    const other = await demoId(sql, "staff2.ks");
    await signIn(page, demoPerson("staff.ks"), `${QUEUE}?view=unassigned&q=${word}`);
    const faster = (claim: SentClaim) =>
      act(sql, other, (tx) => tx`select public.claim_assign(${claim.id}, ${other})`);
    await faster(one);
    await rowOf(page, one).getByTestId("queue-take").click();
    const told = await page.getByTestId("queue-taken-by-other").innerText();
    assert.match(told, new RegExp(`Agim Rexhepi already has ${one.number}`));
    assert.equal(await rowOf(page, one).count(), 0);

    await page.goto(`${SITE}${QUEUE}/${two.id}`);
    await faster(two);
    await page.getByTestId("claim-take").click();
    await page.getByText("The claim is now with: Agim Rexhepi.").waitFor();
    const [row] = await sql<{ assignedTo: string }[]>`
      select assigned_to from public.claims where id = ${two.id}`;
    assert.equal(row?.assignedTo, other);
  }));

Deno.test("a page that is out of date moves nothing and says so", () =>
  visit({ screen: "desktop", language: "en", expects: REFUSED }, async (page) => {
    const claim = await claimOf(newWord());
    await signIn(page, demoPerson("staff.ks"), `${QUEUE}/${claim.id}`);
    await page.getByTestId("move-verification").click();
    await page.locator("[name=reason]").fill("We need your papers.");
    const other = await demoId(sql, "staff2.ks");
    await act(sql, other, (tx) => tx`select public.move_claim(${claim.id}, 'evaluation')`);
    await page.getByTestId("claim-move").click();
    await page.getByText("Somebody has moved this claim in the meantime.").waitFor();
    assert.equal(await page.locator("[name=reason]").inputValue(), "We need your papers.");
    await page.getByTestId("move-negotiation").waitFor();
  }));

Deno.test("the queue is worked from the keyboard, and the keys can be turned off", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const word = newWord();
    const claims: SentClaim[] = [];
    for (const dueIn of [-5, -4, 3]) claims.push(await claimOf(word, { dueIn }));
    const list = `${QUEUE}?view=all&q=${word}`;
    await signIn(page, demoPerson("staff.ks"), list);
    await page.getByTestId("queue-keys").waitFor();
    const focused = () =>
      page.evaluate<string | undefined>(
        `document.activeElement?.closest("[data-claim]")?.dataset.claim`,
      );
    await page.keyboard.press("j");
    assert.equal(await focused(), claims[0]?.id);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    assert.equal(await focused(), claims[2]?.id);
    await page.keyboard.press("j");
    assert.equal(await focused(), claims[2]?.id);
    await page.keyboard.press("k");
    assert.equal(await focused(), claims[1]?.id);

    await page.keyboard.press("/");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("jk");
    assert.equal(await page.locator("#q").inputValue(), `${word}jk`);
    await page.locator("#q").fill(word);
    await page.keyboard.press("Escape");

    await page.keyboard.press("j");
    await page.keyboard.press("c");
    await page.getByTestId("queue-taken").waitFor();
    await page.getByTestId("queue-keys").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByTestId("staff-claim-detail-ready").waitFor();
    await page.locator(".page-head a").click();
    await page.waitForURL((url) => url.search.includes(`q=${word}`));

    await page.getByRole("button", { name: "Turn keys off" }).click();
    await page.locator("h1").click();
    await page.keyboard.press("j");
    assert.equal(await focused(), undefined);
    await page.reload();
    await page.getByRole("button", { name: "Turn keys on" }).waitFor();
  }));

for (const screen of ["desktop", "phone"] as const) {
  Deno.test(`an open queue says that claims have come in, and moves no row, on a ${screen}`, () =>
    visit({ screen, language: "en" }, async (page) => {
      const word = newWord();
      const claim = await claimOf(word, { dueIn: 3 });
      await page.clock.install();
      await signIn(page, demoPerson("staff.ks"), `${QUEUE}?view=unassigned&q=${word}`);
      const rows = page.getByTestId("queue-claim");
      await page.getByTestId("queue-news").waitFor({ state: "attached" });
      const look = async () => {
        const answer = page.waitForResponse(/\/staff\/claims\/new\?/);
        await page.clock.runFor(20_000);
        return (await answer).json();
      };
      assert.deepEqual(await look(), { count: 0 });
      const place = await rows.first().boundingBox();
      const other = await claimOf(word);
      assert.deepEqual(await look(), { count: 1 });
      const news = page.getByTestId("queue-news");
      await news.getByText("New claims have come in.").waitFor();
      assert.deepEqual(await rows.first().boundingBox(), place);
      assert.equal(await rows.count(), 1);
      await assertAccessible(page);

      await news.getByRole("link", { name: "Show them" }).click();
      await rowOf(page, other).waitFor();
      await rowOf(page, claim).waitFor();
      assert.equal(await news.getByRole("link").count(), 0);
      assert.match(page.url(), /view=unassigned&q=/);
    }));
}

Deno.test("filters stand in the address, narrow each other, and pages lead forth and back", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const word = newWord();
    const member = await newMember(sql, { name: word });
    for (let at = 0; at < 27; at++) {
      await sentClaim(sql, member, { dueIn: at - 3, category: at === 5 ? "injury" : "travel" });
    }
    await signIn(page, demoPerson("staff.ks"), QUEUE);
    await page.getByTestId("queue-view-all").click();
    await page.locator("#q").fill(word.toLowerCase());
    await page.getByRole("button", { name: "Search" }).click();
    const rows = page.getByTestId("queue-claim");
    assert.equal(await rows.count(), 25);
    assert.match(page.url(), /view=all&q=zana/);
    const first = await rows.first().getAttribute("data-claim");
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL(/after=/);
    assert.equal(await rows.count(), 2);
    await page.getByRole("link", { name: "Previous page" }).click();
    await page.waitForURL(/before=/);
    assert.equal(await rows.first().getAttribute("data-claim"), first);
    assert.equal(await rows.count(), 25);

    await page.locator("#category").selectOption("injury");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/category=injury/);
    assert.equal(await rows.count(), 1);
    await page.getByTestId("queue-view-mine").click();
    await page.waitForURL(/view=mine/);
    assert.match(await page.locator("main").innerText(), /No claim matches/);
    await page.getByRole("link", { name: "Search all claims" }).click();
    await page.waitForURL((url) => !url.search.includes("view="));
    assert.equal(await rows.count(), 25);
    await assertAccessible(page);
  }));

Deno.test("branch managers read the claims of their branch and nothing else", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const word = newWord();
    const manager = await demoId(sql, "manager.ks");
    const inBranch = await claimOf(word, { agent: "agent.ks" });
    const elsewhere = await claimOf(word);
    await sql`
      update public.claims
      set branch_id = (select branch_id from public.profiles where id = ${manager})
      where id = ${inBranch.id}`;
    await act(sql, await demoId(sql, "staff.ks"), (tx) =>
      tx`
        insert into public.claim_messages (claim_id, body, is_internal)
        values (${inBranch.id}, 'For our eyes only.', true)`);
    await signIn(page, demoPerson("manager.ks"), `/en/admin/claims?q=${word}`);
    await page.getByTestId("admin-claims-v2-ready").waitFor();
    assert.equal(await page.getByTestId("listed-claim").count(), 1);
    await assertAccessible(page);
    await page.goto(`${SITE}${QUEUE}/${inBranch.id}`);
    await page.getByTestId("staff-claim-readonly-notice").waitFor();
    await page.waitForURL(`${SITE}/en/admin/claims/${inBranch.id}`);
    assert.equal(await page.locator("main form").count(), 0);
    assert.doesNotMatch(await page.locator("main").innerText(), /our eyes only/);
    await assertAccessible(page);
    const foreign = await page.request.get(`${SITE}/en/admin/claims/${elsewhere.id}`);
    assert.equal(foreign.status(), 404);
  }));

Deno.test("administrators find every claim, from the member's page too, and work on it", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const claim = await claimOf(newWord());
    await act(
      sql,
      claim.memberId,
      (tx) => tx`insert into public.claims (title) values ('Not sent yet')`,
    );
    await signIn(page, demoPerson("admin.ks"), `/en/admin/members/${claim.memberId}`);
    await page.getByRole("link", { name: "All claims of this member" }).click();
    await page.getByTestId("admin-claims-v2-ready").waitFor();
    assert.equal(await page.getByTestId("listed-claim").count(), 2);
    await assertAccessible(page);
    await page.locator("#status").selectOption("submitted");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/status=submitted/);
    assert.equal(await page.getByTestId("listed-claim").count(), 1);
    await page.getByTestId("listed-claim").getByRole("link").first().click();
    await page.getByTestId("staff-claim-detail-ready").waitFor();
    await page.getByTestId("claim-take").click();
    await page.getByTestId("done-take").waitFor();
    assert.equal(await page.getByTestId("claim-assignee").innerText(), "You have it");

    await page.context().clearCookies();
    await signIn(page, demoPerson("admin.mk"), "/en/admin/claims");
    assert.equal(
      (await page.request.get(`${SITE}/en/admin/claims/${claim.id}`)).status(),
      404,
    );
  }));

Deno.test("agents follow their members' claims, write, and see no papers", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const word = newWord();
    const claim = await claimOf(word, { agent: "agent.ks" });
    const elsewhere = await claimOf(newWord());
    const staff = await demoId(sql, "staff.ks");
    await write(staff, claim, "We have written to them.");
    await act(sql, staff, (tx) =>
      tx`
        insert into public.claim_messages (claim_id, body, is_internal)
        values (${claim.id}, 'For our eyes only.', true)`);
    await act(sql, claim.memberId, (tx) =>
      tx`
        insert into public.claim_documents (claim_id, name, file_type, file_size)
        values (${claim.id}, 'secret-photo.jpg', 'image/jpeg', 10)`);
    await sql`
      update public.claim_documents set confirmed_at = now(), detected_type = file_type
      where claim_id = ${claim.id}`;
    await signIn(page, demoPerson("agent.ks"), `/en/agent/claims?q=${word}`);
    await page.getByTestId("agent-claims-page").waitFor();
    await assertAccessible(page);
    await page.getByTestId("agent-claim").getByRole("link").click();
    await page.getByTestId("agent-claim-ready").waitFor();
    const shown = await page.locator("main").innerText();
    assert.match(shown, /We have written to them\./);
    assert.doesNotMatch(shown, /our eyes only|secret-photo/);
    await assertAccessible(page);
    await page.locator("[name=body]").fill("I was there that day.");
    await page.getByTestId("message-send").click();
    await page.getByText("I was there that day.").waitFor();
    assert.equal(
      (await page.request.get(`${SITE}/en/agent/claims/${elsewhere.id}`)).status(),
      404,
    );
  }));

Deno.test("what a member writes appears on the open desk without a reload", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const claim = await claimOf(newWord());
    await signIn(page, demoPerson("staff.ks"), `${QUEUE}/${claim.id}`);
    await page.getByTestId("live").waitFor({ state: "attached" });
    await page.locator("[name=note]").fill("Half a note");
    await page.waitForTimeout(500);
    await write(claim.memberId, claim, "One more thing.");
    await page.locator("[data-entry=message]", { hasText: "One more thing." }).waitFor();
    assert.equal(await page.locator("[name=note]").inputValue(), "Half a note");
  }));

for (const javaScript of [true, false]) {
  const how = javaScript ? "" : ", without JavaScript";
  Deno.test(`staff add a document, see who opened it, and delete it with a reason${how}`, () =>
    visit(
      { screen: "desktop", javaScript, language: "en", expects: REFUSED },
      async (page) => {
        const claim = await claimOf(newWord());
        await signIn(page, demoPerson("staff.ks"), `${QUEUE}/${claim.id}`);
        const file = { name: "Letter from the garage.txt", mimeType: "text/plain" };
        await page.locator("#documents input[type=file]").first().setInputFiles({
          ...file,
          buffer: Buffer.from("They will pay for all of it.\n"),
        });
        if (!javaScript) await page.locator("#documents button[type=submit]").click();
        const shown = page.getByTestId("document");
        await shown.locator(".file-name", { hasText: file.name }).waitFor();
        const opened = await page.request.get(
          `${SITE}/api/documents/${
            (await shown.getAttribute("id"))?.slice("document-".length)
          }/download`,
        );
        assert.equal(await opened.text(), "They will pay for all of it.\n");
        await page.reload();
        await shown.getByText("Opened once, by Fatime Morina").click();
        await page.getByTestId("staff-document-ready").waitFor();
        assert.match(await page.getByTestId("document-accesses").innerText(), /You/);
        if (javaScript) await assertAccessible(page);

        await page.locator("details.more summary").click();
        await page.getByTestId("document-delete").click();
        await page.getByText("Say why the document is deleted.").first().waitFor();
        await page.locator("[name=reason]").fill("It belongs to another claim.");
        await page.getByTestId("document-delete").click();
        await page.getByTestId("done-delete").waitFor();
        assert.equal(await shown.count(), 0);
      },
    ));
}

Deno.test("a tracking link is shown once, works for strangers, and is taken back", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const claim = await claimOf(newWord());
    await signIn(page, demoPerson("staff.ks"), `${QUEUE}/${claim.id}`);
    await page.getByTestId("track-make").click();
    const link = await page.getByTestId("fresh-link").innerText();
    const stranger = await fetch(link);
    assert.equal(stranger.status, 200);
    const html = await stranger.text();
    assert.doesNotMatch(html, new RegExp(`${claim.id}|${claim.number}`));
    await page.goto(`${SITE}${QUEUE}/${claim.id}`);
    assert.equal(await page.getByTestId("fresh-link").count(), 0);
    await page.locator("#tracking .button-quiet").click();
    await page.getByTestId("done-untrack").waitFor();
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
