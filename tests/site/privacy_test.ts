import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const PAGE = "/en/account/privacy";
const DELETE = `${PAGE}/delete`;
const NOTHING_ASKED = {
  deletionRequestedAt: null,
  deletionDueAt: null,
  exportExpiresAt: null,
  lastDownloadedAt: null,
  mayRequestDeletion: true,
  renews: false,
  membershipEndsAt: null,
  openClaims: 0,
};
const PENDING = {
  deletionRequestedAt: new Date("2026-11-20T10:00:00Z"),
  deletionDueAt: new Date("2026-12-20T10:00:00Z"),
};
/** A page's HTML, with plain spaces in its dates. */
const htmlOf = async (answer: Promise<Response>) =>
  (await (await answer).text()).replaceAll("\u00a0", " ");

const REFUSED = { at: /request_deletion/, state: "", message: "no" };

async function person(state: Row = {}, facts: Row = {}) {
  const site = fakeSite();
  site.tables.set("my_privacy", [{ ...NOTHING_ASKED, ...state }]);
  const tokens = await site.person({ email: "arta@demo.test", helpful: true, ...facts });
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  const asked = (name: string) =>
    site.statements.filter(({ text }) => text.includes(`public.${name}`));
  return { site, visitor, asked };
}

Deno.test("members see what is kept, what they agreed to, their mails, a copy and the way out", async () => {
  const { site, visitor } = await person();
  const html = await htmlOf(visitor.get(PAGE));
  assert.match(html, /data-testid="account-privacy-ready"/);
  assert.match(html, /Card numbers never reach us/);
  assert.match(html, /href="\/en\/legal\/privacy"/);
  assert.match(html, /When you registered, on 23 November 2026/);
  assert.match(html, /href="\/en\/member\/settings#settings-mails"/);
  assert.match(html, /href="\/en\/notifications\/settings"/);
  assert.match(html, /data-testid="export-request"/);
  assert.match(html, /href="\/en\/account\/privacy\/delete"/);
  assert.match(html, /class="menu-panel".*href="\/en\/account\/privacy"/s);
  assert.doesNotMatch(html, /deletion-pending|export-ready|deletion-banner/);

  site.tables.set("consents", [
    { kind: "terms", version: "2026-11-23", given: true, at: new Date("2026-11-21T10:00:00Z") },
    { kind: "privacy", version: "2026-11-23", given: true, at: new Date("2026-11-21T10:00:00Z") },
  ]);
  const noted = await htmlOf(visitor.get(PAGE));
  assert.match(noted, /Agreed on 21 November 2026, version 2026-11-23/);
  assert.match(noted, /Shown to you on 21 November 2026, version 2026-11-23/);
  assert.doesNotMatch(noted, /When you registered/);
});

Deno.test("who works here has a copy too, and is told who closes the account", async () => {
  for (const role of ["agent", "staff", "branch_manager", "tenant_admin", "super_admin"]) {
    const { visitor } = await person({ mayRequestDeletion: false }, { role });
    const html = await htmlOf(visitor.get(PAGE));
    assert.match(html, /data-testid="account-privacy-ready"/, role);
    assert.match(html, /data-testid="export-request"/, role);
    assert.match(html, /your administrator closes it/, role);
    assert.doesNotMatch(html, /privacy\/delete|member\/settings|notifications\/settings/, role);
    assert.equal((await visitor.get(DELETE)).headers.get("location"), PAGE, role);
  }
});

Deno.test("who is not signed in signs in first and comes back", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const next = encodeURIComponent(PAGE);
  assert.equal((await visitor.get(PAGE)).headers.get("location"), `/en/login?next=${next}`);
  const answer = await visitor.post(DELETE, {});
  assert.match(answer.headers.get("location") ?? "", /^\/en\/login/);
});

Deno.test("a copy is asked for by a post, and then there is a link until its day", async () => {
  const { site, visitor, asked } = await person();
  const answer = await visitor.post(PAGE, { do: "export" });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), `${PAGE}?done=export#copy`);
  assert.equal(asked("request_export").length, 1);

  site.tables.set("my_privacy", [{
    ...NOTHING_ASKED,
    exportExpiresAt: new Date("2026-11-30T10:00:00Z"),
    lastDownloadedAt: new Date("2026-11-24T09:00:00Z"),
  }]);
  const html = await htmlOf(visitor.get(`${PAGE}?done=export`));
  assert.match(html, /Ready until 30 November 2026/);
  assert.match(html, /href="\/api\/privacy\/export"/);
  assert.match(html, /First downloaded on .*24 November 2026/);
  assert.match(html, /Your copy is ready/);
  assert.doesNotMatch(html, /export-request/);
});

Deno.test("what was done is told only while it is so", async () => {
  const { visitor } = await person();
  for (const done of ["export", "deletion", "else"]) {
    const html = await htmlOf(visitor.get(`${PAGE}?done=${done}`));
    assert.doesNotMatch(html, /Your copy is ready|We have noted your wish/, done);
  }
});

Deno.test("a download that was refused is explained on the page", async () => {
  const { visitor } = await person();
  for (
    const [why, words] of [["often", /several times/], ["over", /is over/], ["away", /not work/]]
  ) {
    assert.match(await htmlOf(visitor.get(`${PAGE}?refused=${why}`)), words as RegExp);
  }
  assert.doesNotMatch(await htmlOf(visitor.get(`${PAGE}?refused=x`)), /notice-problem/);
});

Deno.test("a form that asks for something else is refused", async () => {
  const { visitor, asked } = await person();
  for (const fields of [{}, { do: "delete" }]) {
    assert.equal((await visitor.post(PAGE, fields)).status, 400);
  }
  assert.equal(asked("request_export").length + asked("cancel_deletion").length, 0);
  const foreign = await visitor.post(DELETE, {}, { "sec-fetch-site": "cross-site" });
  assert.equal(foreign.status, 403);
  assert.equal(asked("request_deletion").length, 0);
});

Deno.test("the page before the deletion says what goes, what stays, and the day", async () => {
  const { visitor } = await person({
    openClaims: 2,
    membershipEndsAt: new Date("2027-05-01T10:00:00Z"),
  });
  const html = await htmlOf(visitor.get(DELETE));
  assert.match(html, /data-testid="account-delete-ready"/);
  assert.match(html, /We delete it on 23 December 2026/);
  assert.match(html, /What goes.*What stays, and why/s);
  assert.match(html, /You have 2 open claims/);
  assert.match(html, /paid until 1 May 2027/);
  assert.match(html, /<textarea[^>]*id="reason"/);

  const { visitor: other } = await person({ membershipEndsAt: new Date("2026-12-01T10:00:00Z") });
  assert.doesNotMatch(await htmlOf(other.get(DELETE)), /open-claims|paid-until/);
});

Deno.test("a deletion is asked for with a reason or without one", async () => {
  for (const [typed, stored] of [["", null], [" Moving\r\nabroad ", "Moving\nabroad"]] as const) {
    const { visitor, asked } = await person();
    const answer = await visitor.post(DELETE, { reason: typed });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), `${PAGE}?done=deletion`);
    assert.deepEqual(asked("request_deletion").map(({ values }) => values), [[stored]]);
  }
});

Deno.test("a reason that is too long is not lost", async () => {
  const { visitor, asked } = await person();
  const reason = "ë".repeat(1001);
  const answer = await visitor.post(DELETE, { reason });
  const html = await answer.text();
  assert.equal(answer.status, 422);
  assert.match(html, /Use at most 1000 characters/);
  assert.ok(html.includes(reason));
  assert.equal(asked("request_deletion").length, 0);
});

Deno.test("a membership that renews is ended first, and the way there is shown", async () => {
  const { visitor } = await person({ renews: true });
  for (const path of [PAGE, DELETE]) {
    const html = await htmlOf(visitor.get(path));
    assert.match(html, /data-testid="end-membership-first"/, path);
    assert.match(html, /href="\/en\/member\/membership"/, path);
    assert.doesNotMatch(html, /deletion-submit|deletion-start/, path);
  }
});

Deno.test("a membership that was taken up again meanwhile stands in the way", async () => {
  const { site, visitor } = await person();
  site.refusal = { ...REFUSED, state: "23514" };
  site.tables.set("my_privacy", [{ ...NOTHING_ASKED, renews: true }]);
  const answer = await visitor.post(DELETE, { reason: "Moving" });
  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /end-membership-first/);
});

Deno.test("the second press, and a page that was left open, end where the first did", async () => {
  const { site, visitor } = await person(PENDING);
  site.refusal = { ...REFUSED, state: "23505" };
  const again = await visitor.post(DELETE, {});
  assert.equal(again.headers.get("location"), `${PAGE}?done=deletion`);
  assert.equal((await visitor.get(DELETE)).headers.get("location"), PAGE);
});

Deno.test("who asks and thinks again all day is told to wait", async () => {
  const { site, visitor } = await person();
  site.refusal = { ...REFUSED, state: "PT429" };
  assert.equal((await visitor.post(DELETE, {})).status, 429);
});

Deno.test("a refusal that is none of these is a fault, not a success", async () => {
  const { site, visitor } = await person();
  site.refusal = { ...REFUSED, state: "40001" };
  assert.equal((await visitor.post(DELETE, {})).status, 500);
});

Deno.test("while it is pending the day is shown, with the button that takes it back", async () => {
  const { visitor, asked } = await person(PENDING);
  const html = await htmlOf(visitor.get(`${PAGE}?done=deletion`));
  assert.match(html, /Your account will be deleted on 20 December 2026/);
  assert.match(html, /We have noted your wish/);
  assert.match(html, /data-testid="deletion-cancel"/);
  assert.doesNotMatch(html, /deletion-start/);

  const answer = await visitor.post(PAGE, { do: "keep" });
  assert.equal(answer.headers.get("location"), `${PAGE}?done=cancelled`);
  assert.equal(asked("cancel_deletion").length, 1);
});

Deno.test("every portal reminds of the day, and the page itself does not repeat it", async () => {
  const { deletionDueAt } = PENDING;
  for (const [role, path] of [["member", "/en/member"], ["staff", "/en/staff/claims"]] as const) {
    const { visitor } = await person(PENDING, { role, deletionDueAt });
    const html = await htmlOf(visitor.get(path));
    assert.match(html, /data-testid="deletion-banner".*20 December 2026/s, path);
    assert.match(html, /data-testid="deletion-banner".*href="\/en\/account\/privacy"/s, path);
    assert.doesNotMatch(await htmlOf(visitor.get(PAGE)), /deletion-banner/);
  }
  const { visitor } = await person();
  assert.doesNotMatch(await htmlOf(visitor.get("/en/member")), /deletion-banner/);
});

Deno.test("the settings lead to the page", async () => {
  const { visitor } = await person();
  const html = await htmlOf(visitor.get("/en/member/settings"));
  assert.match(html, /deleting your account.*href="\/en\/account\/privacy"/s);
});
