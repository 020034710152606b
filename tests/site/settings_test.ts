import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const PAGE = "/en/member/settings";
const FIELDS = {
  name: "Arta Berisha",
  phone: "+383 44 123 456",
  language: "mk",
  helpful: "yes",
  helpfulShown: "yes",
};

async function member(facts: Row = {}) {
  const site = fakeSite();
  const tokens = await site.person({
    email: "arta@demo.test",
    phone: "+383 44 000 000",
    helpful: true,
    ...facts,
  });
  return { site, visitor: new Visitor(await siteHandler(site)).holds(tokens) };
}

/** The update of the profile, its parts put together. */
function update(site: ReturnType<typeof fakeSite>) {
  const changed = site.statements.find(({ text }) => text.includes("update public.profiles"));
  const marketing = site.statements.find(({ text }) => text.includes(", marketing_opt_out_at ="));
  return { values: changed?.values, marketing: marketing?.values };
}

Deno.test("the settings show what is stored, and the way there is in the account menu", async () => {
  const { visitor } = await member();
  const html = await (await visitor.get(PAGE)).text();
  assert.match(html, /data-testid="member-settings-ready"/);
  assert.match(html, /<input[^>]*id="name"[^>]*value="Arta Berisha"/);
  assert.match(html, /<input[^>]*id="phone"[^>]*value="\+383 44 000 000"/);
  assert.match(html, /<option[^>]*value="sq"[^>]*selected/);
  assert.match(html, /<input[^>]*id="helpful"[^>]*checked/);
  assert.match(html, /arta@demo\.test/);
  assert.match(html, /class="menu-panel".*href="\/en\/member\/settings"/s);
});

Deno.test("who does not want helpful mails finds the box without a tick", async () => {
  const { visitor } = await member({ helpful: false });
  const html = await (await visitor.get(PAGE)).text();
  assert.doesNotMatch(html, /<input[^>]*id="helpful"[^>]*checked/);
  assert.match(html, /name="helpfulShown" value="no"/);
});

Deno.test("settings are saved, and the page goes on in the language chosen", async () => {
  const { site, visitor } = await member();
  const answer = await visitor.post(PAGE, FIELDS);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/mk/member/settings?saved");
  assert.deepEqual(update(site).values?.slice(0, 3), ["Arta Berisha", "+383 44 123 456", "mk"]);
  assert.match(await (await visitor.get("/mk/member/settings?saved")).text(), /Зачувано/);
});

Deno.test("only a change of the box counts: a page left open does not undo an unsubscribe", async () => {
  const { helpful: _, ...unticked } = FIELDS;
  const cases: [Record<string, string>, boolean][] = [
    [FIELDS, false],
    [{ ...unticked, helpfulShown: "no" }, false],
    [unticked, true],
    [{ ...FIELDS, helpfulShown: "no" }, true],
  ];
  for (const [fields, changes] of cases) {
    const { site, visitor } = await member();
    assert.equal((await visitor.post(PAGE, fields)).status, 303);
    assert.equal(update(site).marketing !== undefined, changes, JSON.stringify(fields));
  }
});

Deno.test("an empty phone number is none", async () => {
  const { site, visitor } = await member();
  await visitor.post(PAGE, { ...FIELDS, phone: "  " });
  assert.equal(update(site).values?.[1], null);
});

Deno.test("what is wrong is told where it is, and everything typed stays", async () => {
  const { site, visitor } = await member();
  const { helpful: _, ...unticked } = FIELDS;
  const answer = await visitor.post(PAGE, { ...unticked, name: "  ", phone: "call me" });
  const html = await answer.text();
  assert.equal(answer.status, 422);
  assert.match(html, /Please look at 2 entries again/);
  assert.match(html, /<input[^>]*id="name"[^>]*autofocus/);
  assert.match(html, /Enter a phone number such as \+383 44 123 456/);
  assert.match(html, /<input[^>]*id="phone"[^>]*value="call me"/);
  assert.match(html, /<option[^>]*value="mk"[^>]*selected/);
  assert.doesNotMatch(html, /<input[^>]*id="helpful"[^>]*checked/);
  assert.equal(update(site).values, undefined);
});

Deno.test("phone numbers are taken as people write them", async () => {
  const { visitor } = await member();
  const status = async (phone: string) => (await visitor.post(PAGE, { ...FIELDS, phone })).status;
  for (const phone of ["+383 44 123 456", "044/123-456", "00389 (0)70 123 456", "+38344123456"]) {
    assert.equal(await status(phone), 303, phone);
  }
  for (const phone of ["12345", "+", "()-- / .. ()", "+383 44 x", "1".repeat(16)]) {
    assert.equal(await status(phone), 422, phone);
  }
});

Deno.test("a language that is none is refused", async () => {
  const { visitor } = await member();
  assert.equal((await visitor.post(PAGE, { ...FIELDS, language: "de" })).status, 422);
});

Deno.test("who works here has no member's settings", async () => {
  const { visitor } = await member({ role: "staff" });
  assert.equal((await visitor.get(PAGE)).headers.get("location"), "/en/staff/claims");
  const desk = await (await visitor.get("/en/staff/claims")).text();
  assert.doesNotMatch(desk, /member\/settings/);
});

Deno.test("a member whose address refuses our mails reads so on the dashboard and in the settings", async () => {
  const { visitor } = await member({ emailUndeliverableAt: new Date("2026-11-20T10:00:00Z") });
  for (const path of ["/en/member", PAGE]) {
    const html = await (await visitor.get(path)).text();
    assert.match(html, /data-testid="undeliverable"/, path);
    assert.match(html, /arta@demo\.test/, path);
  }
  const { visitor: other } = await member();
  assert.doesNotMatch(await (await other.get("/en/member")).text(), /undeliverable/);
});

Deno.test("who registers reads which mails will come", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  assert.match(await (await visitor.get("/en/register")).text(), /you can stop those at any time/);
});
