/** The desks of staff, administrators, branch managers and agents, without a network. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { type FakeSite, fakeSite, type Row } from "./fakes.ts";

const ID = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";
const LIST = "/en/staff/claims";
const PAGE = `${LIST}/${ID}`;

/** What every statement about claims answers with. */
const CLAIM: Row = {
  id: ID,
  tenantId: "ks",
  claimNumber: "CLM-KS-2026-000007",
  memberId: "member",
  memberName: "Arta Berisha",
  memberNumber: "MEM-2026-000001",
  assignedTo: null,
  assigneeName: null,
  assignedAt: null,
  branchId: null,
  branchName: "Prishtina",
  title: "Rear-end <collision>",
  company: "Sigal",
  description: "A van hit my car from behind.",
  category: "vehicle",
  incidentDate: "2026-11-16",
  amountCents: 125_050,
  currency: "EUR",
  status: "submitted",
  statusReason: null,
  statusChangedAt: new Date("2026-11-20T10:00:00Z"),
  submittedAt: new Date("2026-11-20T10:00:00Z"),
  closedAt: null,
  isSubmitted: true,
  isOpen: true,
  createdAt: new Date("2026-11-20T10:00:00Z"),
  updatedAt: new Date("2026-11-20T10:00:00Z"),
  dueAt: new Date("2026-11-23T09:00:00Z"),
  dueKind: "triage",
  unread: 2,
  place: "2026-11-23T09:00:00.000000Z",
  mark: "1",
  // A move that it may make.
  to: "rejected",
  needsReason: true,
};

async function signedIn(role: string, facts: Row = {}) {
  const site = fakeSite();
  const tokens = await site.person({ email: "desk@demo.test", role, branchId: null });
  site.tables.set("claims", [{ ...CLAIM, ...facts }]);
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  return { site, visitor, id: site.accounts.get("desk@demo.test")?.id ?? "" };
}

const text = async (answer: Response) => (await answer.text()).replaceAll("\u00a0", " ");
const refuse = (site: FakeSite, at: RegExp, state: string, message: string) =>
  Object.assign(site, { refusal: { at, state, message } });

Deno.test("the queue tells what is late, whose it is, and lets a claim be taken", async () => {
  const { visitor, id, site } = await signedIn("staff");
  const html = await text(await visitor.get(`${LIST}?view=unassigned`));
  assert.match(html, /data-testid="staff-page-ready"/);
  assert.match(html, /First look 1 h late/);
  assert.match(html, /2 new messages/);
  assert.match(html, /Rear-end &lt;collision/);
  assert.match(html, /action="\/en\/staff\/claims\?view=unassigned"/);
  assert.match(html, new RegExp(`href="${PAGE}\\?from=view%3Dunassigned"`));

  const taken = await visitor.post(`${LIST}?view=unassigned`, { act: "take", claim: ID });
  assert.equal(taken.headers.get("location"), `${LIST}?view=unassigned&taken=${ID}`);
  site.tables.set("claims", [{ ...CLAIM, assignedTo: id }]);
  assert.match(await text(await visitor.get(`${LIST}?taken=${ID}`)), /data-testid="queue-taken"/);
});

Deno.test("whoever was slower is told who has the claim", async () => {
  const { visitor, site } = await signedIn("staff");
  site.tables.set("claims", [{ ...CLAIM, assignedTo: "x", assigneeName: "Agim Rexhepi" }]);
  refuse(site, /claim_assign/, "55000", "claim is assigned to somebody else by now");
  const answer = await visitor.post(LIST, { act: "take", claim: ID });
  const html = await text(await visitor.get(answer.headers.get("location") ?? ""));
  assert.match(html, /data-testid="queue-taken-by-other"/);
  assert.match(html, /Agim Rexhepi already has CLM-KS-2026-000007/);

  refuse(site, /claim_assign/, "55000", "claim is assigned to somebody else by now");
  const page = await visitor.post(PAGE, { act: "take" });
  assert.equal(page.status, 409);
  assert.match(await text(page), /now with: Agim Rexhepi/);
});

Deno.test("an empty queue says why it is empty, and where to look", async () => {
  const { visitor, site } = await signedIn("staff");
  site.tables.set("claims", []);
  assert.match(await text(await visitor.get(LIST)), /Nothing is waiting for you/);
  const narrowed = await text(await visitor.get(`${LIST}?view=mine&q=nothing`));
  assert.match(narrowed, /No claim matches/);
  assert.match(narrowed, /href="\/en\/staff\/claims\?q=nothing"/);
});

Deno.test("an open queue asks what came into it, and is told how much", async () => {
  const { visitor, site } = await signedIn("staff");
  const figures = { now: 0, overdue: 0, mine: 0, unassigned: 0, all: 0 };
  site.tables.set("", [{ ...figures, count: 2, moment: 1_795_428_000_000_000 }]);
  const html = await text(await visitor.get(`${LIST}?view=unassigned&q=van`));
  assert.match(html, /claims\/new\?view=unassigned&q=van&since=1795428000000000/);
  const answer = await visitor.get(`${LIST}/new?view=unassigned&since=1795428000000000`);
  assert.deepEqual(await answer.json(), { count: 2 });
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.ok(site.statements.some(({ values }) => values.includes(1_795_428_000_000_000)));
  for (const since of ["", "yesterday", "1e9", "9".repeat(17)]) {
    const none = await visitor.get(`${LIST}/new?since=${since}`);
    assert.deepEqual(await none.json(), { count: 0 }, since);
  }
  // What comes in is nobody's yet, and open.
  for (const view of ["mine", "closed"]) {
    assert.doesNotMatch(await text(await visitor.get(`${LIST}?view=${view}`)), /claims\/new\?/);
  }
  const { visitor: member } = await signedIn("member");
  assert.equal((await member.get(`${LIST}/new?since=1`)).headers.get("location"), "/en/member");
});

Deno.test("each role has its own desk, and links to a claim lead everyone to their own", async () => {
  const roots: Record<string, string> = {
    member: "/en/member",
    agent: "/en/agent",
    "branch_manager": "/en/admin/overview",
    "tenant_admin": "/en/admin/overview",
  };
  for (const [role, root] of Object.entries(roots)) {
    const { visitor } = await signedIn(role);
    assert.equal((await visitor.get(LIST)).headers.get("location"), root, role);
    const claim = (await visitor.get(PAGE)).headers.get("location");
    assert.equal(claim, root.startsWith("/en/admin") ? `/en/admin/claims/${ID}` : root, role);
  }
  const { visitor } = await signedIn("staff");
  for (const path of ["/en/admin/claims", "/en/agent/claims", `/en/admin/claims/${ID}`]) {
    assert.equal((await visitor.get(path)).headers.get("location"), LIST);
  }
  assert.match(
    (await new Visitor(await siteHandler(fakeSite())).get(LIST)).headers.get("location") ?? "",
    /login\?next=/,
  );
});

Deno.test("what was typed stays when a form has to be looked at again", async () => {
  const { visitor, site } = await signedIn("staff", { assignedTo: "other" });
  const id = crypto.randomUUID();
  const cases: readonly [fields: Record<string, string>, status: number, shown: RegExp][] = [
    [{ act: "message", id, body: "  " }, 422, /id="body-problem"/],
    [{ act: "message", id, body: "x".repeat(5001) }, 422, /at most 5000/],
    [{ act: "ask", id, wanted: "" }, 422, /Say which paper you need/],
    [{ act: "note", id, note: "" }, 422, /Write the note/],
    [{ act: "move", from: "submitted", internal: "Kept 1" }, 422, /Kept 1/],
    [{ act: "move", from: "submitted", to: "rejected", internal: "Kept 2" }, 422, /Kept 2/],
    [{ act: "move", from: "submitted", to: "nowhere" }, 422, /Choose where the claim goes/],
    [{ act: "assign", from: id, colleague: "", why: "Kept 3" }, 422, /Kept 3/],
    [{ act: "assign", from: id, colleague: "nobody", why: " " }, 422, /Say why the claim changes/],
    [{ act: "note", id: "x", note: "Kept 4" }, 422, /Kept 4/],
  ];
  for (const [fields, status, shown] of cases) {
    const answer = await visitor.post(PAGE, fields);
    assert.equal(answer.status, status, JSON.stringify(fields));
    assert.match(await text(answer), shown);
  }
  assert.deepEqual(site.calls.filter((call) => /insert|claim_assign|move_claim/.test(call)), []);
  assert.equal((await visitor.post(PAGE, { act: "explode" })).status, 404);
});

Deno.test("what the database refuses is told in words, with what was typed", async () => {
  const { visitor, site } = await signedIn("staff");
  refuse(site, /move_claim/, "55000", "claim has moved on to evaluation");
  const move = { act: "move", from: "submitted", to: "rejected", reason: "Too late <b>" };
  const stale = await visitor.post(PAGE, move);
  assert.equal(stale.status, 409);
  const html = await text(stale);
  assert.match(html, /Somebody has moved this claim in the meantime/);
  assert.match(html, /Too late &lt;b/);
  assert.match(html, /<input[^>]*value="rejected"[^>]*checked/);

  refuse(site, /insert into public.claim_messages/, "42501", "permission denied");
  const note = await visitor.post(PAGE, { act: "note", id: crypto.randomUUID(), note: "By phone" });
  assert.equal(note.status, 409);
  assert.match(await text(note), /This could not be done/);

  refuse(site, /move_claim/, "PT404", "claim not found");
  assert.equal((await visitor.post(PAGE, move)).status, 404);
  site.tables.set("claims", []);
  assert.equal((await visitor.get(PAGE)).status, 404);
  assert.equal((await visitor.post(PAGE, move)).status, 404);
  assert.equal((await visitor.get(`${LIST}/x`)).status, 404);
});

Deno.test("each act leads back to the claim and says what was done", async () => {
  const { visitor } = await signedIn("staff");
  const id = crypto.randomUUID();
  const acts: readonly [Record<string, string>, string][] = [
    [{ act: "message", id, body: "Good day" }, "done=message&from=view%3Dmine#latest"],
    [{ act: "ask", id, wanted: "The invoice" }, "done=ask&from=view%3Dmine#latest"],
    [{ act: "note", id, note: "Called" }, "done=note&from=view%3Dmine#notes"],
    [{ act: "take" }, "done=take&from=view%3Dmine"],
    [{ act: "untrack" }, "done=untrack&from=view%3Dmine"],
  ];
  for (const [fields, query] of acts) {
    const answer = await visitor.post(`${PAGE}?from=view%3Dmine`, fields);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), `${PAGE}?${query}`);
  }
  const html = await text(await visitor.get(`${PAGE}?done=note&from=view%3Dmine%26x%3D%22%3E`));
  assert.match(html, /data-testid="done-note"/);
  assert.match(html, new RegExp(`href="${LIST}\\?view=mine#claim-${ID}"`));
});

Deno.test("a tracking link is shown when it was made, and never again", async () => {
  const { visitor } = await signedIn("staff");
  const html = await text(await visitor.get(PAGE));
  const token = /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const made = await text(await visitor.post(PAGE, { act: "track", token }));
  assert.match(made, new RegExp(`data-testid="fresh-link">[^<]*/en/track/${token}<`));
  assert.doesNotMatch(await text(await visitor.get(PAGE)), new RegExp(token));
});

Deno.test("branch managers read, and nothing of theirs is posted", async () => {
  const { visitor, site } = await signedIn("branch_manager");
  const path = `/en/admin/claims/${ID}`;
  const html = await text(await visitor.get(path));
  assert.match(html, /data-testid="staff-claim-readonly-notice"/);
  assert.match(html, /data-testid="staff-claim-detail-ready"/);
  assert.doesNotMatch(html, /name="act"/);
  assert.doesNotMatch(html, /staff-claim-detail-note/);
  for (const act of ["message", "note", "move", "take", "assign", "track"]) {
    assert.equal((await visitor.post(path, { act, body: "x" })).status, 403, act);
  }
  assert.equal((await visitor.post(`${path}/documents/${ID}`, { reason: "x" })).status, 403);
  assert.equal((await visitor.get(`${path}/documents/${ID}`)).headers.get("location"), path);
  assert.deepEqual(site.calls.filter((call) => call.startsWith("insert")), []);
});

Deno.test("the notes stand in one place, which tells that the member never reads them", async () => {
  const { visitor, site } = await signedIn("staff");
  site.tables.set("claim_messages", [{
    id: "m1",
    createdAt: new Date("2026-11-21T10:00:00Z"),
    senderId: "x",
    senderRole: "staff",
    senderName: "Agim Rexhepi",
    body: "They ask for <the> invoice.",
    isInternal: true,
    isDocumentRequest: false,
    fulfilledAt: null,
    readAt: null,
  }]);
  const html = await text(await visitor.get(PAGE));
  assert.equal(html.match(/data-testid="staff-claim-detail-note"/g)?.length, 1);
  assert.match(html, /staff-claim-detail-note"[^]*?They ask for &lt;the/);
  assert.match(html, /The member never does/);
});

Deno.test("a claim of one's own is a colleague's to work on", async () => {
  const { visitor, site, id } = await signedIn("staff");
  site.tables.set("claims", [{ ...CLAIM, memberId: id }]);
  const html = await text(await visitor.get(PAGE));
  assert.match(html, /This is your own claim/);
  assert.doesNotMatch(html, /name="act"/);
});

Deno.test("administrators see drafts among the claims of all states, to read", async () => {
  const draft = {
    status: "draft",
    claimNumber: null,
    title: "",
    isSubmitted: false,
    isOpen: false,
    submittedAt: null,
    dueAt: null,
    dueKind: null,
  };
  const { visitor } = await signedIn("tenant_admin", draft);
  const list = await text(await visitor.get("/en/admin/claims?status=draft&q=xx"));
  assert.match(list, /data-testid="admin-claims-v2-ready"/);
  assert.match(list, /Without a title/);
  assert.match(list, /<option +value="draft" selected/);
  const html = await text(await visitor.get(`/en/admin/claims/${ID}`));
  assert.match(html, /has not sent it/);
  assert.doesNotMatch(html, /name="act"/);
});

Deno.test("agents see how far a claim is and write, and nothing of the staff's", async () => {
  const { visitor, site, id } = await signedIn("agent", { assigneeName: "Agim Rexhepi" });
  site.tables.set("claims", [{ ...CLAIM, memberId: id, assigneeName: "Agim Rexhepi" }]);
  const list = await text(await visitor.get("/en/agent/claims"));
  assert.match(list, /data-testid="agent-claims-page"/);
  const html = await text(await visitor.get(`/en/agent/claims/${ID}`));
  assert.match(html, /data-testid="agent-claim-ready"/);
  for (const page of [list, html]) assert.doesNotMatch(page, /Agim Rexhepi|First look/);
  const sent = await visitor.post(`/en/agent/claims/${ID}`, {
    act: "message",
    id: crypto.randomUUID(),
    body: "I was there.",
  });
  assert.equal(sent.headers.get("location"), `/en/agent/claims/${ID}#latest`);
  const empty = await visitor.post(`/en/agent/claims/${ID}`, {
    act: "message",
    id: crypto.randomUUID(),
    body: "",
  });
  assert.equal(empty.status, 422);
  assert.deepEqual(site.calls.filter((call) => call.startsWith("insert")), [
    "insert claim_messages",
  ]);
});

Deno.test("GET /api/claims never answers 200 for an error", async () => {
  const { visitor, site } = await signedIn("staff");
  const answers = async (path: string, status: number, code: string | null) => {
    const answer = await visitor.get(path);
    assert.equal(answer.status, status, path);
    const body = await answer.json();
    assert.equal(body.error?.code ?? null, code, path);
    return body;
  };
  const good = await answers("/api/claims?scope=staff_all", 200, null);
  assert.deepEqual([good.page, good.perPage, good.items.length], [1, 20, 1]);
  assert.equal(good.items[0].place, undefined);
  await answers("/api/claims?scope=admin", 403, "scope_forbidden");
  await answers("/api/claims?scope=nothing", 400, "invalid_query");
  await answers("/api/claims", 400, "invalid_query");
  refuse(site, /claim_queue/, "57014", "canceling statement due to statement timeout");
  const body = await answers("/api/claims?scope=staff_all", 500, "internal");
  assert.doesNotMatch(JSON.stringify(body), /timeout/);
  site.databaseIsUp = false;
  await answers("/api/claims?scope=staff_all", 503, "database_unavailable");
  const nobody = new Visitor(await siteHandler(fakeSite()));
  assert.equal((await nobody.get("/api/claims?scope=member")).status, 401);
  assert.equal((await nobody.post("/api/claims", {})).status, 405);
});
