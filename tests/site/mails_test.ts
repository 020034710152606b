import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const ID = "b3e4b7aa-2c7d-4d11-a1bc-e9e38b1a4637";
const MEMBER = "0f0d7a46-0f6c-4d63-9f6f-0a2f3f1e7c11";
const LIST = "/en/admin/mails";

const FAILED: Row = {
  id: ID,
  templateKey: "dunning_day_7",
  status: "error",
  error: "refused: <b>validation_error</b>",
  createdAt: new Date("2026-11-23T09:00:00Z"),
  sentAt: null,
  deliveredAt: null,
  bouncedAt: null,
  complainedAt: null,
  userId: MEMBER,
  memberName: "Arta Berisha",
  address: "arta@demo.test",
  attempts: 2,
  nextAttemptAt: null,
  sendUntil: null,
  providerMessageId: null,
  mayHaveArrived: false,
  holdsSecret: false,
  place: "2026-11-23T09:00:00.000001Z",
  failed: 1,
  waiting: 4,
  returned: 2,
};

async function signedIn(role: string, rows: Row[] = [FAILED]) {
  const site = fakeSite();
  const tokens = await site.person({ email: "admin@demo.test", role });
  site.tables.set("engagement_email_sends", rows);
  site.tables.set("retry_mail", [{ outcome: "retried" }]);
  return { site, operator: new Visitor(await siteHandler(site)).holds(tokens) };
}

Deno.test("only administrators see the mails and the answers to surveys", async () => {
  for (const role of ["tenant_admin", "super_admin"]) {
    const { operator } = await signedIn(role);
    assert.match(await (await operator.get(LIST)).text(), /data-testid="admin-mails-ready"/);
    assert.match(await (await operator.get("/en/admin/nps")).text(), /"admin-nps-ready"/);
  }
  const { operator } = await signedIn("branch_manager");
  for (const path of [LIST, `${LIST}/${ID}`, "/en/admin/nps"]) {
    assert.equal((await operator.get(path)).headers.get("location"), "/en/admin/overview");
  }
  assert.equal((await operator.post(`${LIST}/${ID}`, {})).status, 303);
  const overview = await (await operator.get("/en/admin/overview")).text();
  assert.doesNotMatch(overview, /admin\/(mails|nps)/);
});

Deno.test("the ledger says what each mail was, for whom, and why it was not sent", async () => {
  const { operator } = await signedIn("tenant_admin");
  const html = await (await operator.get(LIST)).text();
  assert.match(html, /Payment failed, day 7/);
  assert.match(html, /badge-bad">Failed/);
  assert.match(html, /Resend refused the mail\./);
  assert.match(html, new RegExp(`href="/en/admin/members/${MEMBER}"`));
  assert.doesNotMatch(html, /validation_error/);
});

Deno.test("a mail's state tells what came of it after it was sent", async () => {
  const when = new Date("2026-11-23T09:10:00Z");
  const sent = { ...FAILED, status: "sent", error: null, sentAt: when };
  const cases: [Row, RegExp][] = [
    [sent, /badge-good">Sent/],
    [{ ...sent, deliveredAt: when }, /badge-good">Delivered/],
    [{ ...sent, deliveredAt: when, bouncedAt: when }, /badge-bad">Came back/],
    [{ ...sent, bouncedAt: when, complainedAt: when }, /badge-bad">Marked as spam/],
    [{ ...FAILED, status: "pending", error: null }, /badge-warning">Waiting/],
    [{ ...FAILED, status: "skipped", error: "unsubscribed" }, /wants no helpful mails/],
    [{ ...FAILED, error: "a reason of tomorrow" }, /a reason of tomorrow/],
    [{ ...FAILED, templateKey: "a_mail_of_tomorrow" }, /a_mail_of_tomorrow/],
  ];
  for (const [row, words] of cases) {
    const { operator } = await signedIn("tenant_admin", [row]);
    assert.match(await (await operator.get(LIST)).text(), words);
  }
});

Deno.test("the filter stands in the address, in the form and in the links to further pages", async () => {
  const rows = Array.from({ length: 31 }, (_, at) => ({
    ...FAILED,
    id: ID.slice(0, -2) + String(at + 10),
  }));
  const { operator } = await signedIn("super_admin", rows);
  const html = await (await operator.get(
    `${LIST}?state=error&template=nps_v1&member=Arta&from=2026-11-01&to=2026-02-31`,
  )).text();
  assert.match(html, /<option[^>]*value="nps_v1"[^>]*selected/);
  assert.match(html, /<input id="member"[^>]* value="Arta"/);
  assert.match(html, /<input id="from"[^>]* value="2026-11-01"/);
  assert.match(html, /<input id="to"[^>]* value=""/);
  assert.equal(html.match(/data-testid="ledger-mail"/g)?.length, 30);
  const next = /href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const query = new URL(next, "http://x").searchParams;
  assert.equal(query.get("template"), "nps_v1");
  assert.equal(query.get("after"), `2026-11-23T09:00:00.000001Z_${rows[29]?.id}`);
  assert.equal((await operator.get(`${LIST}?after=nonsense&state=odd&template=x`)).status, 200);
});

Deno.test("no mails are none, and a search without a find says so", async () => {
  const { operator } = await signedIn("tenant_admin", []);
  assert.match(await (await operator.get(LIST)).text(), /No mail yet/);
  assert.match(await (await operator.get(`${LIST}?state=error`)).text(), /No mail matches/);
});

Deno.test("a mail that failed for certain has a button to send it again", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  const html = await (await operator.get(`${LIST}/${ID}`)).text();
  assert.match(html, /data-testid="retry-mail"/);
  assert.match(html, /refused: &lt;b/);
  const answer = await operator.post(`${LIST}/${ID}`, {});
  assert.equal(answer.headers.get("location"), `${LIST}/${ID}?retry=retried`);
  site.tables.set("engagement_email_sends", [{ ...FAILED, status: "pending", error: null }]);
  assert.match(
    await (await operator.get(`${LIST}/${ID}?retry=retried`)).text(),
    /It is on its way/,
  );
});

Deno.test("a mail that may have arrived, is too late, has a secret or not failed has none", async () => {
  for (
    const facts of [
      { mayHaveArrived: true, error: "unknown_outcome: no answer" },
      { holdsSecret: true, templateKey: "invitation", userId: null },
      { sendUntil: new Date("2026-11-23T09:59:00Z") },
      { status: "sent", sentAt: new Date("2026-11-23T09:59:00Z"), error: null },
      { status: "skipped", error: "too_late" },
      { status: "pending" },
    ]
  ) {
    const { site, operator } = await signedIn("tenant_admin", [{ ...FAILED, ...facts }]);
    assert.doesNotMatch(await (await operator.get(`${LIST}/${ID}`)).text(), /retry-mail/);
    site.tables.set("retry_mail", [{ outcome: "not_failed" }]);
    const answer = await operator.post(`${LIST}/${ID}`, {});
    assert.equal(answer.headers.get("location"), `${LIST}/${ID}?retry=not_failed`);
    assert.match(
      await (await operator.get(`${LIST}/${ID}?retry=not_failed`)).text(),
      /Nothing was sent/,
    );
  }
});

Deno.test("a mail to somebody who is invited names them and leads to no account", async () => {
  const invited = { ...FAILED, templateKey: "invitation", userId: null, memberName: "Rina Dema" };
  const { operator } = await signedIn("tenant_admin", [invited]);
  for (const path of [LIST, `${LIST}/${ID}`]) {
    const html = await (await operator.get(path)).text();
    assert.match(html, /Rina Dema/);
    assert.doesNotMatch(html, /admin\/members\/null/);
  }
});

Deno.test("what Resend told and what was done stands beside the mail", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  site.tables.set("mail_events", [{
    id: "msg_1",
    type: "email.bounced",
    occurredAt: new Date("2026-11-23T09:00:03Z"),
    reason: "550 <no> such mailbox",
  }, { id: "msg_2", type: "email.of_tomorrow", occurredAt: new Date(), reason: null }]);
  site.tables.set("audit_log", [{
    id: "a1",
    action: "email.retried",
    actorRole: "tenant_admin",
    actorName: "Vesa Krasniqi",
    entityType: "mail",
    entityId: ID,
    metadata: {},
    createdAt: new Date("2026-11-23T09:00:05Z"),
  }]);
  const html = await (await operator.get(`${LIST}/${ID}`)).text();
  assert.match(html, /data-event="email.bounced"/);
  assert.match(html, /Refused by the mailbox/);
  assert.match(html, /550 &lt;no/);
  assert.match(html, /email\.of_tomorrow/);
  assert.match(html, /An administrator had it sent again/);
  assert.match(html, /Vesa Krasniqi/);
});

Deno.test("mails that are nobody's to see, and ids that are none, do not exist", async () => {
  const { operator } = await signedIn("tenant_admin", []);
  assert.equal((await operator.get(`${LIST}/${ID}`)).status, 404);
  assert.equal((await operator.get(`${LIST}/x`)).status, 404);
  assert.equal((await operator.post(`${LIST}/${ID}`, {})).status, 404);
});

Deno.test("a member's page shows their mails, and that the address refuses them", async () => {
  const { site, operator } = await signedIn("tenant_admin");
  await site.person({
    email: "arta@demo.test",
    isActive: true,
    emailUndeliverableAt: new Date("2026-11-20T10:00:00Z"),
    emailUndeliverableReason: "550 no such mailbox",
    marketingOptOutAt: new Date("2026-11-21T10:00:00Z"),
  });
  const member = site.accounts.get("arta@demo.test")?.id;
  const html = (await (await operator.get(`/en/admin/members/${member}`)).text())
    .replaceAll("\u00a0", " ");
  assert.match(html, /Since 20 November 2026 nothing is sent to arta@demo\.test/);
  assert.match(html, /550 no such mailbox/);
  assert.match(html, /Stopped on 21 November 2026/);
  assert.match(html, /data-testid="ledger-mail"/);
  assert.match(html, new RegExp(`/en/admin/mails\\?member=${member}`));
});

Deno.test("an administrator may say that an address which refused mails is right", async () => {
  const asked = async (role: string) => {
    const { site, operator } = await signedIn(role);
    await site.person({
      email: "arta@demo.test",
      isActive: true,
      emailUndeliverableAt: new Date("2026-11-20T10:00:00Z"),
      emailUndeliverableReason: null,
    });
    const member = site.accounts.get("arta@demo.test")?.id;
    const path = `/en/admin/members/${member}`;
    const answer = await operator.post(path, {});
    const said = site.statements.filter(({ text }) => text.includes("public.trust_address("));
    return { html: await (await operator.get(path)).text(), path, member, answer, said };
  };
  const { html, path, member, answer, said } = await asked("tenant_admin");
  assert.match(html, /data-testid="trust-address"/);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), path);
  assert.deepEqual(said.map(({ values }) => values), [[member]]);
  const other = await asked("branch_manager");
  assert.doesNotMatch(other.html, /trust-address/);
  assert.notEqual(other.answer.headers.get("location"), other.path);
  assert.deepEqual(other.said, []);
});

const ANSWER: Row = {
  id: ID,
  score: 9,
  count: 12,
  month: "2026-11",
  promoters: 12,
  passives: 3,
  detractors: 5,
  tenantId: "ks",
  tenantName: "Interdomestik Kosova",
  comment: "Quick & <kind>",
  createdAt: new Date("2026-11-22T09:00:00Z"),
  userId: MEMBER,
  memberName: "Arta Berisha",
  place: "2026-11-22T09:00:00.000001Z",
};

async function results(rows: Row[], role = "tenant_admin", path = "/en/admin/nps") {
  const { site, operator } = await signedIn(role, [{ sent: 40, answered: 14 }]);
  site.tables.set("nps_survey_responses", rows);
  const answer = await operator.get(path);
  assert.equal(answer.status, 200);
  return { site, html: await answer.text() };
}

Deno.test("the results show score, answers, response rate, spread, trend and words", async () => {
  const { html } = await results([ANSWER, { ...ANSWER, score: 3, count: 4, comment: "slow" }]);
  assert.match(html, /data-testid="nps-score">\+50</);
  assert.match(html, /data-testid="nps-answers">16</);
  assert.match(html, /data-testid="nps-rate">35 %</);
  assert.match(html, /14 of 40 surveys/);
  assert.match(html, /data-score="9"/);
  assert.match(html, /Nov 2026/);
  assert.match(html, /Quick &amp; &lt;kind/);
  assert.match(html, /Few answers so far/);
  assert.match(html, new RegExp(`href="/en/admin/members/${MEMBER}"`));
  assert.doesNotMatch(html, /style="/);
});

Deno.test("before the first answer the page says when there will be some", async () => {
  const { html } = await results([]);
  assert.match(html, /data-testid="nps-empty"/);
  assert.match(html, /40 surveys were sent/);
  assert.doesNotMatch(html, /data-testid="nps-score"/);
});

Deno.test("only who sees several organisations chooses among them", async () => {
  const { html } = await results([ANSWER], "super_admin");
  assert.match(html, /href="\?tenant=mk"/);
  assert.match(html, /All organisations/);
  const { html: own } = await results([ANSWER], "tenant_admin", "/en/admin/nps?tenant=mk");
  assert.doesNotMatch(own, /href="\?tenant=mk|All organisations/);
  assert.match(own, /href="\?period=month"/);
});

Deno.test("period and group stand in the address, and what makes no sense is left out", async () => {
  const { html, site } = await results(
    [ANSWER],
    "super_admin",
    "/en/admin/nps?period=month&tenant=mk&group=detractors&after=x",
  );
  assert.match(html, /href="\?period=month&amp;tenant=mk&amp;group=promoters#comments"/);
  const comments = site.statements.find(({ text }) => text.includes("r.score between ? and ?"));
  assert.deepEqual(comments?.values.slice(0, 2), [0, 6]);
  await results([ANSWER], "super_admin", "/en/admin/nps?period=odd&tenant=%27&group=all");
});
