import assert from "node:assert/strict";
import { hashToken } from "@core/outreach/mail_links.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, ORIGIN } from "./fakes.ts";

const KEY = "u".repeat(43);
const PAGE = `/en/unsubscribe/${KEY}`;
const DOOR = `/api/public/unsubscribe?token=${KEY}`;

async function link(state: string, locale = "en") {
  const site = fakeSite();
  const known = state !== "unknown";
  const row = { state, locale: known ? locale : null, tenantId: known ? "ks" : null };
  site.tables.set("unsubscribe_state", [row]);
  site.tables.set("unsubscribe", [known ? { ...row, state: "unsubscribed" } : row]);
  site.tables.set("resubscribe", [known ? { ...row, state: "subscribed" } : row]);
  const handler = await siteHandler(site);
  return { site, handler, visitor: new Visitor(handler) };
}

/** Names of the functions that were asked to change something. */
function changes(site: ReturnType<typeof fakeSite>): string[] {
  return site.statements.flatMap(({ text, values }) => {
    const [, name] = /private\.(unsubscribe|resubscribe)\(/.exec(text) ?? [];
    return name === undefined ? [] : [`${name} ${values[0]}`];
  });
}

Deno.test("opening the link asks and changes nothing", async () => {
  const { site, visitor } = await link("subscribed");
  const answer = await visitor.get(PAGE);
  const html = await answer.text();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
  assert.match(html, /data-testid="unsubscribe-page-ready"/);
  assert.match(html, /data-testid="unsubscribe-stop"/);
  assert.match(html, /<form[^>]*method="post"/);
  assert.deepEqual(changes(site), []);
});

Deno.test("the button stops the mails, and the page then offers to take it back", async () => {
  const { site, visitor } = await link("subscribed");
  const stopped = await visitor.post(PAGE, { wish: "stop" });
  assert.equal(stopped.status, 303);
  assert.equal(stopped.headers.get("location"), PAGE);
  assert.deepEqual(changes(site), [`unsubscribe ${hashToken(KEY)}`]);

  const { visitor: later, site: then } = await link("unsubscribed");
  const html = await (await later.get(PAGE)).text();
  assert.match(html, /data-testid="unsubscribe-done"/);
  assert.match(html, /data-testid="unsubscribe-keep"/);
  const kept = await later.post(PAGE, { wish: "keep" });
  assert.equal(kept.headers.get("location"), `${PAGE}?kept`);
  assert.deepEqual(changes(then), [`resubscribe ${hashToken(KEY)}`]);
  const { visitor: again } = await link("subscribed");
  assert.match(await (await again.get(`${PAGE}?kept`)).text(), /they keep coming/);
});

Deno.test("what a link cannot take back, the page says so, and where it can be", async () => {
  const { site, visitor } = await link("unsubscribed");
  site.tables.set("resubscribe", [{ state: "unsubscribed", locale: "en", tenantId: "ks" }]);
  const answer = await visitor.post(PAGE, { wish: "keep" });
  assert.equal(answer.headers.get("location"), `${PAGE}?not-kept`);
  const html = await (await visitor.get(`${PAGE}?not-kept`)).text();
  assert.match(html, /href="\/en\/member\/settings"/);
  assert.doesNotMatch(html, /data-testid="unsubscribe-keep"/);
});

Deno.test("an unknown link says what to do, and a form of no sense changes nothing", async () => {
  const { site, visitor } = await link("unknown");
  const answer = await visitor.get(PAGE);
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /help@ks\.test/);
  assert.equal((await visitor.post(PAGE, { wish: "all" })).status, 400);
  assert.deepEqual(changes(site), []);
});

Deno.test("a mail program unsubscribes by one post, without cookies or an origin", async () => {
  const { site, handler } = await link("subscribed");
  const body = "List-Unsubscribe=One-Click";
  const type = "application/x-www-form-urlencoded";
  for (const headers of [{ "content-type": type }, { "content-type": type, origin: "null" }]) {
    const answer = await handler(
      new Request(`${ORIGIN}${DOOR}`, { method: "POST", body, headers }),
    );
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { result: "unsubscribed" });
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
  const multipart = new FormData();
  multipart.set("List-Unsubscribe", "One-Click");
  const answer = await handler(
    new Request(`${ORIGIN}${DOOR}`, { method: "POST", body: multipart }),
  );
  assert.equal(answer.status, 200);
  assert.equal(changes(site).length, 3);
});

Deno.test("the header's address opened as a link leads to the page in the member's language", async () => {
  const { site, visitor } = await link("subscribed", "mk");
  const answer = await visitor.get(DOOR);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), `/mk/unsubscribe/${KEY}`);
  assert.deepEqual(changes(site), []);
  const unknown = await link("unknown");
  const guessed = await unknown.visitor.get(DOOR, { "accept-language": "sr" });
  assert.equal(guessed.headers.get("location"), `/sr/unsubscribe/${KEY}`);
});

Deno.test("the door refuses in JSON: no key, an unknown one, other methods, too many tries", async () => {
  const { site, handler } = await link("unknown");
  const ask = async (method: string, path = DOOR) => {
    const answer = await handler(new Request(`${ORIGIN}${path}`, { method }));
    const { error } = await answer.json() as { error: { code: string } };
    return { status: answer.status, code: error.code, headers: answer.headers };
  };
  assert.deepEqual((await ask("POST")).code, "unknown_token");
  assert.equal((await ask("POST", "/api/public/unsubscribe")).status, 400);
  assert.equal((await ask("POST", "/api/public/unsubscribe?token=")).code, "missing_token");
  const put = await ask("PUT");
  assert.equal(put.status, 405);
  assert.equal(put.headers.get("allow"), "GET, POST");
  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 30 }]);
  const many = await ask("POST");
  assert.equal(many.status, 429);
  assert.equal(many.headers.get("retry-after"), "30");
  site.databaseIsUp = false;
  assert.equal((await ask("POST")).status, 503);
});
