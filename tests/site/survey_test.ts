import assert from "node:assert/strict";
import { hashToken } from "@core/outreach/mail_links.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite } from "./fakes.ts";

const KEY = "k".repeat(43);
const PAGE = `/en/nps/${KEY}`;

async function survey(state: string, facts: { locale?: string; tenantId?: string } = {}) {
  const site = fakeSite();
  const row = { state, locale: facts.locale ?? "en", tenantId: facts.tenantId ?? "ks" };
  site.tables.set("nps_token_state", [row]);
  site.tables.set("answer_nps", [{ ...row, state: state === "open" ? "thanks" : state }]);
  return { site, visitor: new Visitor(await siteHandler(site)) };
}

/** What was asked of a function of the database. */
function asked(site: ReturnType<typeof fakeSite>, name: string) {
  return site.statements.filter(({ text }) => text.includes(`private.${name}(`));
}

Deno.test("a survey asks with eleven numbers, and opening it changes nothing", async () => {
  const { site, visitor } = await survey("open");
  const answer = await visitor.get(PAGE);
  const html = await answer.text();
  assert.equal(answer.status, 200);
  assert.match(html, /data-testid="nps-page-ready"/);
  assert.equal(html.match(/<input[^>]* type="radio"/g)?.length, 11);
  for (const score of [0, 10]) assert.match(html, new RegExp(`type="radio"[^>]*value="${score}"`));
  assert.match(html, /role="radiogroup"[^>]*aria-labelledby="question"/);
  assert.match(html, /<textarea[^>]*maxlength="1000"/i);
  assert.match(html, /recommend Interdomestik Kosova/);
  assert.doesNotMatch(html, /Become a member/);
  assert.equal(asked(site, "answer_nps").length, 0);
  assert.deepEqual(asked(site, "nps_token_state")[0]?.values, [hashToken(KEY)]);
});

Deno.test("a link's page is stored nowhere and names its address to nobody", async () => {
  for (const state of ["open", "answered", "expired", "unknown"]) {
    const { visitor } = await survey(state);
    const { headers } = await visitor.get(PAGE);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("x-robots-tag"), "noindex, nofollow");
  }
  const { visitor } = await survey("open");
  const { headers } = await visitor.get("/en/pricing");
  assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin");
  assert.equal(headers.get("x-robots-tag"), null);
});

Deno.test("each state has its page, its status, and a way to reach us", async () => {
  const cases = [
    ["answered", 200, /already with us/],
    ["expired", 410, /has closed/],
    ["unknown", 404, /does not lead to a survey/],
  ] as const;
  for (const [state, status, words] of cases) {
    const { visitor } = await survey(state);
    const answer = await visitor.get(PAGE);
    const html = await answer.text();
    assert.equal(answer.status, status, state);
    assert.match(html, words);
    assert.match(html, new RegExp(`data-testid="nps-${state}"`));
    assert.match(html, /help@ks\.test/);
    assert.doesNotMatch(html, /type="radio"/);
  }
});

Deno.test("an answer leads to the thanks, which a reload does not repeat", async () => {
  const { site, visitor } = await survey("open");
  const answer = await visitor.post(PAGE, {
    score: "9",
    comment: "  Shumë mirë!\r\nFaleminderit ",
  });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), `${PAGE}?thanks`);
  assert.deepEqual(asked(site, "answer_nps")[0]?.values, [
    hashToken(KEY),
    9,
    "Shumë mirë!\nFaleminderit",
  ]);
  site.tables.set("nps_token_state", [{ state: "answered", locale: "en", tenantId: "ks" }]);
  const html = await (await visitor.get(`${PAGE}?thanks`)).text();
  assert.match(html, /data-testid="nps-thanks"/);
  assert.equal(asked(site, "answer_nps").length, 1);
});

Deno.test("thanks are only for an answer: the address alone brings none", async () => {
  const { visitor } = await survey("open");
  const html = await (await visitor.get(`${PAGE}?thanks`)).text();
  assert.doesNotMatch(html, /nps-thanks/);
  assert.match(html, /type="radio"/);
});

Deno.test("zero is an answer, and no words are none", async () => {
  const { site, visitor } = await survey("open");
  await visitor.post(PAGE, { score: "0", comment: " \u200b\r\n " });
  assert.deepEqual(asked(site, "answer_nps")[0]?.values.slice(1), [0, null]);
});

Deno.test("without a number the form comes back with the words, the focus on the numbers", async () => {
  for (const score of [undefined, "", "11", "-1", "1.5", "x", " 7"]) {
    const { site, visitor } = await survey("open");
    const fields = { comment: "kept <b>words</b>", ...(score === undefined ? {} : { score }) };
    const answer = await visitor.post(PAGE, fields);
    const html = await answer.text();
    assert.equal(answer.status, 422, score);
    assert.match(html, /kept &lt;b>words|kept &lt;b&gt;words/);
    assert.match(html, /<a href="#score">Choose a number from 0 to 10/);
    assert.match(html, /<input[^>]*id="score"[^>]*autofocus/);
    assert.match(html, /aria-invalid="true"/);
    assert.equal(asked(site, "answer_nps").length, 0);
  }
});

Deno.test("too many words come back whole, told by how much, and the number stays chosen", async () => {
  const { site, visitor } = await survey("open");
  const long = "ë".repeat(1001);
  const answer = await visitor.post(PAGE, { score: "7", comment: long });
  const html = await answer.text();
  assert.equal(answer.status, 422);
  assert.match(html, /That is 1001 characters; there is room for 1000/);
  assert.ok(html.includes(long));
  assert.match(html, /<input[^>]*id="score-7"[^>]*checked/);
  assert.match(html, /<textarea[^>]*autofocus/);
  // As many as there is room for, counted as people count: line ends and emoji are one each.
  const full = await visitor.post(PAGE, { score: "7", comment: `${"😀\r\n".repeat(499)}ab` });
  assert.equal(full.status, 303);
  assert.equal(String(asked(site, "answer_nps")[0]?.values[2]).length, 499 * 3 + 2);
});

Deno.test("a second answer is told that the first has arrived", async () => {
  const { visitor } = await survey("answered");
  const answer = await visitor.post(PAGE, { score: "3" });
  assert.equal(answer.headers.get("location"), PAGE);
  const late = await (await survey("expired")).visitor.post(PAGE, { score: "3" });
  assert.equal(late.status, 410);
});

Deno.test("what cannot be a key is unknown without asking the database", async () => {
  for (const key of ["short", "%27%20or%201=1--xxxxxxxxxxxxxxxx", "a".repeat(201)]) {
    const { site, visitor } = await survey("open");
    assert.equal((await visitor.get(`/en/nps/${key}`)).status, 404, key);
    assert.equal((await visitor.post(`/en/nps/${key}`, { score: "5" })).status, 404, key);
    assert.equal(asked(site, "nps_token_state").length + asked(site, "answer_nps").length, 0);
  }
});

Deno.test("a page in another language offers the member's own", async () => {
  const { visitor } = await survey("open", { locale: "mk" });
  const html = await (await visitor.get(PAGE)).text();
  assert.match(html, new RegExp(`href="/mk/nps/${KEY}"[^>]*lang="mk"[^>]*>Прочитајте`));
  const own = await (await visitor.get(PAGE.replace("/en/", "/mk/"))).text();
  assert.doesNotMatch(own, /Прочитајте ја страницава/);
});

Deno.test("the page is the tenant's who sent the link, whatever its address", async () => {
  const { visitor } = await survey("open", { tenantId: "mk" });
  const html = await (await visitor.get(PAGE)).text();
  assert.match(html, /Interdomestik MK DOOEL/);
  assert.match(html, /recommend Interdomestik Makedonija/);
});

Deno.test("too many tries: a page that says so, and a form that keeps what was written", async () => {
  const { site, visitor } = await survey("open");
  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 90 }]);
  const opened = await visitor.get(PAGE);
  assert.equal(opened.status, 429);
  assert.match(await opened.text(), /Too many tries in a short time/);
  const sent = await visitor.post(PAGE, { score: "8", comment: "my words" });
  assert.equal(sent.status, 429);
  assert.equal(sent.headers.get("retry-after"), "90");
  const html = await sent.text();
  assert.match(html, /my words/);
  assert.match(html, /<input[^>]*id="score-8"[^>]*checked/);
  assert.equal(asked(site, "answer_nps").length, 0);
});

Deno.test("a browser that keeps the address to itself may answer; a foreign page may not", async () => {
  const { visitor } = await survey("open");
  assert.equal((await visitor.post(PAGE, { score: "8" }, { origin: "null" })).status, 303);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  assert.equal((await visitor.post(PAGE, { score: "8" }, foreign)).status, 403);
  const elsewhere = await visitor.post("/en/login", {}, { origin: "null" });
  assert.equal(elsewhere.status, 403);
});

Deno.test("the key of a link is in no line of the log", async () => {
  const { site, visitor } = await survey("open");
  site.databaseIsUp = false;
  assert.equal((await visitor.get(PAGE)).status, 503);
  assert.ok(site.logged.some((line) => line.includes("/en/nps/…")));
  assert.ok(!site.logged.some((line) => line.includes(KEY)));
});
