/** Writing a claim down, following it and handing papers over, without a network. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { type FakeSite, fakeSite, type Row } from "./fakes.ts";

const ID = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";
const CLAIMS = "/en/member/claims";

const DRAFT: Row = {
  id: ID,
  tenantId: "ks",
  claimNumber: null,
  memberId: "member",
  assignedTo: null,
  title: "Rear-end collision",
  company: "Sigal",
  description: "A van hit my car from behind.",
  category: "vehicle",
  incidentDate: "2026-11-16",
  amountCents: 125_050,
  currency: "EUR",
  status: "draft",
  statusReason: null,
  statusChangedAt: new Date("2026-11-20T10:00:00Z"),
  submittedAt: null,
  closedAt: null,
  isSubmitted: false,
  isOpen: false,
  createdAt: new Date("2026-11-20T10:00:00Z"),
  updatedAt: new Date("2026-11-20T10:00:00Z"),
  place: "2026-11-20T10:00:00.000000Z",
  mark: "1",
  unread: 0,
  asked: 0,
};
const SENT: Row = {
  ...DRAFT,
  status: "submitted",
  claimNumber: "CLM-KS-2026-000001",
  submittedAt: new Date("2026-11-20T11:00:00Z"),
  isSubmitted: true,
  isOpen: true,
};

async function member(claims: readonly Row[] = [], access = "active") {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  site.tables.set("membership_access", [{ access }]);
  site.tables.set("claims", [...claims]);
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  return { site, visitor };
}

const plain = async (answer: Response) => (await answer.text()).replaceAll("\u00a0", " ");
const refuse = (site: FakeSite, at: RegExp, state: string, message: string) =>
  Object.assign(site, { refusal: { at, state, message } });

Deno.test("a new claim has its id before it exists, the same in every tab", async () => {
  const { site, visitor } = await member();
  site.tables.set("claims", [{ claims: 0 }]);
  const [one, two] = [await visitor.get(`${CLAIMS}/new`), await visitor.get(`${CLAIMS}/new`)];
  assert.equal(one.status, 303);
  assert.match(one.headers.get("location") ?? "", /\/new\?id=[0-9a-f-]{36}$/);
  assert.equal(one.headers.get("location"), two.headers.get("location"));

  site.tables.set("claims", []);
  const page = await visitor.get(one.headers.get("location") ?? "");
  assert.match(await page.text(), /data-testid="new-claim-page-ready"/);
  assert.deepEqual(site.calls, []);

  site.tables.set("claims", [DRAFT]);
  const back = await visitor.get(`${CLAIMS}/new?id=${ID}`);
  assert.equal(back.headers.get("location"), `${CLAIMS}/${ID}/edit/category`);
  site.tables.set("claims", [SENT]);
  const after = await visitor.get(`${CLAIMS}/new?id=${ID}`);
  assert.equal(after.headers.get("location"), `${CLAIMS}/${ID}`);
});

Deno.test("nothing is stored before the first step is answered", async () => {
  const { site, visitor } = await member();
  const answer = await visitor.post(`${CLAIMS}/new?id=${ID}`, { id: ID });
  assert.equal(answer.status, 422);
  const html = await answer.text();
  assert.match(html, /Choose what it is about/);
  assert.match(html, /value="vehicle"[^>]*autofocus/);
  assert.deepEqual(site.calls, []);

  site.tables.set("claims", [DRAFT]);
  const stored = await visitor.post(`${CLAIMS}/new?id=${ID}`, { id: ID, category: "travel" });
  assert.equal(stored.headers.get("location"), `${CLAIMS}/${ID}/edit/story`);
  assert.deepEqual(site.calls, ["insert claims", "update claims"]);
});

Deno.test("a step keeps what was typed, stores what it can, and says what is missing", async () => {
  const { site, visitor } = await member([{ ...DRAFT, title: "", description: "" }]);
  const typed = { title: "Acc", company: "Sigal", description: "too <short>" };
  const answer = await visitor.post(`${CLAIMS}/${ID}/edit/story`, typed);
  assert.equal(answer.status, 422);
  const html = await answer.text();
  assert.match(html, /value="Acc"/);
  assert.match(html, />too &lt;short(?:>|&gt;)<\/textarea>/, "the text stands in the field");
  assert.match(html, /Please look at 2 entries again/);
  assert.match(html, /<input[^>]*name="title"[^>]*aria-invalid="true"[^>]*autofocus/);
  assert.match(html, /What you wrote is stored/);
  assert.deepEqual(site.calls, ["update claims"]);
});

Deno.test("a step leads on, to the list, or nowhere for the page that stores by itself", async () => {
  const { visitor } = await member([DRAFT]);
  const step = `${CLAIMS}/${ID}/edit/story`;
  const typed = { title: "A title", company: "Sigal", description: "x".repeat(30) };
  assert.equal(
    (await visitor.post(step, typed)).headers.get("location"),
    `${CLAIMS}/${ID}/edit/money`,
  );
  const later = await visitor.post(step, { ...typed, title: "", then: "leave" });
  assert.equal(later.headers.get("location"), `${CLAIMS}?saved`);
  const stay = await visitor.post(step, { ...typed, title: "", then: "stay" });
  assert.deepEqual(await stay.json(), { unstored: [] });
});

Deno.test("what cannot be stored keeps its page open, and nobody is told that it is stored", async () => {
  const { site, visitor } = await member([DRAFT]);
  const story = `${CLAIMS}/${ID}/edit/story`;
  const long = "ж".repeat(12_000);
  const typed = { title: "Collision in Tirana", company: "Sigal", description: long };
  for (const then of ["leave", "next"]) {
    const answer = await visitor.post(story, { ...typed, then });
    assert.equal(answer.status, 422, then);
    const html = await answer.text();
    assert.ok(html.includes(long), "what was typed stands there");
    assert.match(html, /It was not stored; please shorten it/);
    assert.doesNotMatch(html, /What you wrote is stored/);
  }
  assert.deepEqual(site.calls, ["update claims", "update claims"], "the rest is stored");
  const stay = await visitor.post(story, { ...typed, then: "stay" });
  assert.deepEqual(await stay.json(), { unstored: ["description"] });

  const money = `${CLAIMS}/${ID}/edit/money`;
  const much = { incidentDate: "2026-11-01", amount: "a lot", then: "leave" };
  const left = await visitor.post(money, much);
  assert.equal(left.status, 422);
  assert.match(await left.text(), /value="a lot"/);
  const kept = await visitor.post(money, { ...much, then: "stay" });
  assert.deepEqual(await kept.json(), { unstored: ["amount"] });
});

Deno.test("a story of ten thousand letters fits, whatever the letters", async () => {
  const { visitor } = await member([DRAFT]);
  for (const letter of ["ж", "€", "😀"]) {
    const typed = { title: "Collision", company: "Sigal", description: letter.repeat(10_000) };
    const answer = await visitor.post(`${CLAIMS}/${ID}/edit/story`, typed);
    assert.equal(answer.headers.get("location"), `${CLAIMS}/${ID}/edit/money`, letter);
  }
});

Deno.test("days and amounts are read as people write them, and refused with an example", async () => {
  const { visitor } = await member([DRAFT]);
  const step = `${CLAIMS}/${ID}/edit/money`;
  const shown = await (await visitor.get(step)).text();
  assert.match(shown, /value="2026-11-16"/);
  assert.match(shown, /value="1250\.50"/);
  const good = await visitor.post(step, { incidentDate: "16.11.2026", amount: "1.250,50 €" });
  assert.equal(good.headers.get("location"), `${CLAIMS}/${ID}/edit/evidence`);
  const empty = await visitor.post(step, { incidentDate: "", amount: "" });
  assert.equal(empty.headers.get("location"), `${CLAIMS}/${ID}/edit/evidence`);
  const bad = await visitor.post(step, { incidentDate: "2026-12-24", amount: "much" });
  assert.equal(bad.status, 422);
  const html = await bad.text();
  assert.match(html, /This day is still to come/);
  assert.match(html, /This is not an amount/);
  assert.match(html, /value="much"/);
});

Deno.test("review lists what is missing, and offers to send only what can be sent", async () => {
  const { site, visitor } = await member([{ ...DRAFT, title: "", category: null }]);
  const review = `${CLAIMS}/${ID}/edit/review`;
  const html = await (await visitor.get(review)).text();
  assert.match(html, /data-testid="claim-missing"/);
  assert.match(html, new RegExp(`href="${CLAIMS}/${ID}/edit/category#category"`));
  assert.doesNotMatch(html, /data-testid="claim-send"/);

  refuse(site, /submit_claim/, "23514", "claim is incomplete: title, category");
  const refused = await visitor.post(review, {});
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /Please look at 2 entries again/);

  site.tables.set("claims", [DRAFT]);
  assert.match(await (await visitor.get(review)).text(), /data-testid="claim-send"/);
  const sent = await visitor.post(review, {});
  assert.equal(sent.headers.get("location"), `${CLAIMS}/${ID}?sent`);
});

Deno.test("without a membership a draft stays a draft, and the page says where to get one", async () => {
  const { site, visitor } = await member([DRAFT], "none");
  const review = `${CLAIMS}/${ID}/edit/review`;
  const html = await (await visitor.get(review)).text();
  assert.match(html, /href="\/en\/pricing"/);
  assert.doesNotMatch(html, /data-testid="claim-send"/);
  refuse(site, /submit_claim/, "42501", "sending a claim needs an active membership");
  const refused = await visitor.post(review, {});
  assert.equal(refused.status, 403);
  assert.match(
    await refused.text(),
    /role="alert"[^]*needs? an active membership|you need an active/,
  );
});

Deno.test("a claim that was sent is not written again, from whatever tab", async () => {
  const { visitor } = await member([SENT]);
  const story = { title: "Another", company: "Sigal", description: "x".repeat(30) };
  for (
    const answer of [
      await visitor.get(`${CLAIMS}/${ID}/edit/story`),
      await visitor.post(`${CLAIMS}/${ID}/edit/story`, story),
      await visitor.get(`${CLAIMS}/${ID}/edit/evidence`),
      await visitor.get(`${CLAIMS}/${ID}/edit/review`),
    ]
  ) assert.equal(answer.headers.get("location"), `${CLAIMS}/${ID}?already`);
  const again = await visitor.post(`${CLAIMS}/${ID}/edit/review`, {});
  assert.equal(again.headers.get("location"), `${CLAIMS}/${ID}?sent`);
});

Deno.test("somebody else's claim does not exist", async () => {
  const { visitor } = await member([]);
  for (
    const rest of [
      "",
      "/edit/story",
      "/edit/evidence",
      "/edit/review",
      "/cancel",
      "/share",
      "/live",
    ]
  ) {
    assert.equal((await visitor.get(`${CLAIMS}/${ID}${rest}`)).status, 404, rest);
    if (rest === "/live") continue;
    assert.equal((await visitor.post(`${CLAIMS}/${ID}${rest}`, {})).status, 404, rest);
  }
  assert.equal((await visitor.get(`${CLAIMS}/x`)).status, 404);
  assert.equal((await visitor.get(`/en/member/documents/${ID}`)).status, 404);
});

Deno.test("the list shows drafts first, and what is new and asked for", async () => {
  const { site, visitor } = await member([{ ...SENT, unread: 2, asked: 1 }]);
  const html = await plain(await visitor.get(CLAIMS));
  assert.match(html, /2 new messages/);
  assert.match(html, /We need 1 document from you/);
  assert.match(html, /We have received it/);
  site.tables.set("claims", []);
  assert.match(await (await visitor.get(CLAIMS)).text(), /No claims yet/);
});

Deno.test("a message keeps its text when it is refused", async () => {
  const { site, visitor } = await member([SENT]);
  const id = crypto.randomUUID();
  const path = `${CLAIMS}/${ID}`;
  const empty = await visitor.post(path, { act: "message", id, body: "  " });
  assert.equal(empty.status, 422);
  assert.match(await empty.text(), /Write your message first/);
  refuse(site, /claim_messages \(id/, "23514", "new row violates");
  const refused = await visitor.post(path, { act: "message", id, body: "Hello there" });
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), />Hello there<\/textarea>/);
  const sent = await visitor.post(path, { act: "message", id, body: "Hello there" });
  assert.equal(sent.headers.get("location"), `${path}#latest`);
});

Deno.test("the page of a claim shows what happened, and lets browsers reach Storage", async () => {
  const { site, visitor } = await member([{ ...SENT, statusReason: null }]);
  const at = new Date("2026-11-21T10:00:00Z");
  site.tables.set("claim_messages", [{
    id: crypto.randomUUID(),
    createdAt: at,
    senderId: crypto.randomUUID(),
    senderRole: "staff",
    senderName: "Fatime Morina",
    body: "Please send the police report",
    isInternal: false,
    isDocumentRequest: true,
    fulfilledAt: null,
    readAt: null,
  }]);
  const answer = await visitor.get(`${CLAIMS}/${ID}`);
  assert.match(
    answer.headers.get("content-security-policy") ?? "",
    /connect-src 'self' http:\/\/127\.0\.0\.1:9;/,
  );
  const html = await plain(answer);
  assert.match(html, /data-testid="member-claim-detail-ops-page"/);
  assert.match(html, /data-testid="asked-for"/);
  assert.match(html, /enctype="multipart\/form-data"/i, "a form without JavaScript");
  const other = await visitor.get(CLAIMS);
  assert.match(other.headers.get("content-security-policy") ?? "", /connect-src 'self';/);
});

Deno.test("a file is announced, and refused with a code that has words", async () => {
  const { site, visitor } = await member([DRAFT]);
  const id = crypto.randomUUID();
  const file = { id, name: "a.jpg", type: "image/jpeg", size: 1000 };
  const upload = { id, bucket: "claim-evidence", filePath: `tenants/ks/claims/${ID}/${id}` };
  const pending = { ...upload, fileType: "image/jpeg", fileSize: 1000, isPending: true };
  site.tables.set("claim_documents", [pending]);
  const announce = (facts: Row) =>
    visitor.send(`${CLAIMS}/${ID}/evidence`, JSON.stringify({ ...file, ...facts }));

  const answer = await announce({});
  assert.equal(answer.status, 201);
  const { url, type } = await answer.json();
  assert.match(url, /upload\/sign\/claim-evidence\/tenants\/ks/);
  assert.equal(type, "image/jpeg");

  const code = async (answer: Response) => (await answer.json()).error.code;
  assert.equal(await code(await announce({ size: 0 })), "empty_file");
  assert.equal(await code(await announce({ size: 15_728_641 })), "too_large");
  assert.equal(await code(await announce({ type: "text/html" })), "wrong_type");
  assert.equal(await code(await announce({ id: "x" })), "malformed");
  refuse(site, /insert into public\.claim_documents/, "54000", "a claim has at most 20 documents");
  assert.equal(await code(await announce({})), "too_many");
  refuse(site, /insert into public\.claim_documents/, "PT404", "claim not found");
  assert.equal((await announce({})).status, 404);
  site.storageIsUp = false;
  assert.equal((await announce({})).status, 503);
  site.storageIsUp = true;

  const confirm = `${CLAIMS}/${ID}/evidence/${id}/confirm`;
  assert.equal((await visitor.send(confirm, "{}")).status, 200);
  site.verdict = "polyglot";
  assert.equal(await code(await visitor.send(confirm, "{}")), "polyglot");
  site.tables.set("claim_documents", []);
  assert.equal((await visitor.send(confirm, "{}")).status, 404);
});

Deno.test("without JavaScript a form sends one file", async () => {
  const { site, visitor } = await member([DRAFT]);
  const id = crypto.randomUUID();
  const page = `${CLAIMS}/${ID}/edit/evidence`;
  const path = `tenants/ks/claims/${ID}/${id}`;
  site.tables.set("claim_documents", [{
    id,
    bucket: "claim-evidence",
    filePath: path,
    fileType: "application/pdf",
    fileSize: 4,
    isPending: true,
    isReadable: false,
    name: "letter.pdf",
    category: "evidence",
    claimId: ID,
    createdAt: new Date(),
  }]);
  const form = (file: File | null) => {
    const form = new FormData();
    form.set("act", "upload");
    form.set("id", id);
    if (file) form.set("file", file);
    return form;
  };
  const pdf = new File(["%PDF"], "letter.pdf", { type: "application/pdf" });
  const stored = await visitor.send(page, form(pdf));
  assert.equal(stored.headers.get("location"), page);
  assert.deepEqual(site.calls.slice(-2), [`upload ${path} application/pdf 4`, `confirm ${id}`]);

  const none = await visitor.send(page, form(null));
  assert.equal(none.status, 422);
  assert.match(await none.text(), /Choose a file first/);
  site.verdict = "executable";
  const refused = await visitor.send(page, form(pdf));
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /This is a program, not a document/);
  const large = await visitor.send(
    page,
    form(new File([new Uint8Array(16_000_000)], "large.pdf", { type: "application/pdf" })),
  );
  assert.equal(large.status, 413);
  assert.match(await large.text(), /The file is too large: at most 15 MB/);
});

Deno.test("taking a claim back asks first", async () => {
  const { site, visitor } = await member([SENT]);
  assert.match(
    await (await visitor.get(`${CLAIMS}/${ID}/cancel`)).text(),
    /Take this claim back\?/,
  );
  const done = await visitor.post(`${CLAIMS}/${ID}/cancel`, {});
  assert.equal(done.headers.get("location"), `${CLAIMS}/${ID}?cancelled`);
  site.tables.set("claims", [{ ...SENT, status: "resolved", isOpen: false }]);
  const closed = await visitor.get(`${CLAIMS}/${ID}/cancel`);
  assert.equal(closed.headers.get("location"), `${CLAIMS}/${ID}`);
  refuse(site, /cancel_claim/, "23514", "a claim does not move from resolved to rejected");
  assert.equal((await visitor.post(`${CLAIMS}/${ID}/cancel`, {})).status, 303);
});

Deno.test("what staff refused a moment before is not said to be cancelled by the member", async () => {
  const closed = { ...SENT, status: "rejected", isOpen: false };
  const { site, visitor } = await member([{ ...closed, statusReason: "cancelled by member" }]);
  const html = () => visitor.get(`${CLAIMS}/${ID}?cancelled`).then((answer) => answer.text());
  assert.match(await html(), /notice-good/);
  site.tables.set("claims", [{ ...closed, statusReason: "Too late for this." }]);
  assert.doesNotMatch(await html(), /notice-good/);
});

Deno.test("one person's pages leave everybody else's their streams", async () => {
  const { visitor } = await member([SENT]);
  const live = () => visitor.get(`${CLAIMS}/${ID}/live`);
  const open = await Promise.all(Array.from({ length: 12 }, live));
  assert.ok(open.every(({ status }) => status === 200));
  const refused = await live();
  assert.equal(refused.status, 429);
  await refused.body?.cancel();
  await open[0]?.body?.cancel();
  const again = await live();
  assert.equal(again.status, 200);
  for (const { body } of [...open.slice(1), again]) await body?.cancel();
});

Deno.test("a page hears that its claim changed, and nothing else", async () => {
  const { site, visitor } = await member([SENT]);
  const answer = await visitor.get(`${CLAIMS}/${ID}/live?since=somethingold`);
  assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader);
  async function until(text: string) {
    let read = "";
    while (!read.includes(text)) read += (await reader?.read())?.value ?? assert.fail("it ended");
    return read;
  }
  assert.match(await until("changed"), /event: changed\ndata:\n\n$/);
  site.tables.set("claims", [{ ...SENT, mark: "2" }]);
  site.tellOfClaim(ID);
  assert.match(await until("changed"), /^event: changed\ndata:\n\n$/);
  // Signed out elsewhere: the next change ends it.
  site.tables.set("profiles", []);
  site.tellOfClaim(ID);
  assert.equal((await reader.read()).done, true);
});
