/** Share packs and tracking links: made by members, opened by strangers. */
import assert from "node:assert/strict";
import { hashOfToken, newLinkToken } from "@core/claims/link_token.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const ID = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";
const DOCUMENT = "5f0d7a46-0f6c-4d63-9f6f-0a2f3f1e7c11";
const PAGE = `/en/member/claims/${ID}/share`;

const CLAIM: Row = {
  id: ID,
  claimNumber: "CLM-KS-2026-000001",
  title: "Rear-end collision",
  status: "submitted",
  isSubmitted: true,
  isOpen: true,
};
const FILE: Row = {
  id: DOCUMENT,
  claimId: ID,
  createdAt: new Date("2026-11-20T10:00:00Z"),
  uploadedBy: "x",
  uploadedByRole: "member",
  uploadedByName: "Arta",
  name: "report.pdf",
  fileType: "application/pdf",
  fileSize: 120_000,
  category: "evidence",
  requestId: null,
  isReadable: true,
};

async function member() {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  site.tables.set("claims", [CLAIM]);
  site.tables.set("claim_documents", [FILE]);
  site.tables.set("create_share_pack", [{ id: crypto.randomUUID() }]);
  return { site, visitor: new Visitor(await siteHandler(site)).holds(tokens) };
}

/** The key of the link that a page shows. */
function linkIn(html: string): string {
  const key = /http:\/\/localhost:8000\/en\/share\/([A-Za-z0-9_-]{43})/.exec(html)?.[1];
  assert.ok(key, "the page shows a link");
  return key;
}

async function stranger() {
  const site = fakeSite();
  return { site, visitor: new Visitor(await siteHandler(site)) };
}

Deno.test("a link is shown once; the same form again shows the same one", async () => {
  const { site, visitor } = await member();
  const token = newLinkToken();
  const form = { act: "share", token, days: "7", pin: "47 11", [`document-${DOCUMENT}`]: "yes" };
  const made = await (await visitor.post(PAGE, form)).text();
  const link = linkIn(made);
  assert.match(made, /The PIN is <strong class="number">4711/);
  Object.assign(site, {
    refusal: { at: /create_share_pack/, state: "23505", message: "duplicate key" },
  });
  assert.equal(linkIn(await (await visitor.post(PAGE, form)).text()), link);
  assert.doesNotMatch(await (await visitor.get(PAGE)).text(), new RegExp(link));
});

Deno.test("the way back and another PIN, time, recipient or choice make another link", async () => {
  const { visitor } = await member();
  const form = { act: "share", token: newLinkToken(), days: "7", [`document-${DOCUMENT}`]: "yes" };
  const links = new Set<string>();
  for (
    const changed of [
      {},
      { pin: "4711" },
      { days: "1" },
      { recipient: "Lawyer" },
      { [`document-${crypto.randomUUID()}`]: "yes" },
    ]
  ) links.add(linkIn(await (await visitor.post(PAGE, { ...form, ...changed })).text()));
  // What was made before does not hand out what was taken back on the way.
  assert.equal(links.size, 5);
});

Deno.test("a tracking form sent again shows its link while that works, and else a new one", async () => {
  const { site, visitor } = await member();
  const token = newLinkToken();
  const refused = { at: /create_tracking_link/, state: "23505", message: "duplicate key" };
  const shown = async () =>
    (await (await visitor.post(PAGE, { act: "track", token })).text()).match(/\/track\/([\w-]{43})/)
      ?.[1];
  assert.equal(await shown(), token);
  const when = new Date("2026-11-20T10:00:00Z");
  site.tables.set("track_claim", [{ status: "court", submittedAt: when, lastUpdateAt: when }]);
  Object.assign(site, { refusal: refused });
  assert.equal(await shown(), token, "pressed twice");
  site.tables.set("track_claim", []);
  Object.assign(site, { refusal: refused });
  const other = await shown();
  assert.ok(other !== undefined && other !== token, "a newer one took its place");
});

Deno.test("what is wrong with the form is told at its field, and the choice is kept", async () => {
  const { visitor } = await member();
  const token = newLinkToken();
  const bad = await visitor.post(PAGE, { act: "share", token, pin: "12a", recipient: "Lawyer" });
  assert.equal(bad.status, 422);
  const html = await bad.text();
  assert.match(html, /Choose at least one document/);
  assert.match(html, /A PIN has 4 to 12 digits/);
  assert.match(html, /value="Lawyer"/);
  const kept = await visitor.post(PAGE, {
    act: "share",
    token,
    pin: "1",
    [`document-${DOCUMENT}`]: "yes",
  });
  assert.match(await kept.text(), new RegExp(`name="document-${DOCUMENT}"[^>]*checked`));
  assert.equal((await visitor.post(PAGE, { act: "share", token: "short" })).status, 422);
  assert.equal((await visitor.post(PAGE, { act: "else" })).status, 400);
});

Deno.test("a tracking link tells the status and nobody's name, and gets about nowhere", async () => {
  const { site, visitor } = await stranger();
  const token = newLinkToken();
  const gone = await visitor.get(`/en/track/${token}`);
  assert.equal(gone.status, 404);
  assert.match(await gone.text(), /data-testid="track-gone"/);
  assert.equal((await visitor.get("/en/track/short")).status, 404);

  const when = new Date("2026-11-20T10:00:00Z");
  site.tables.set("track_claim", [{
    status: "negotiation",
    submittedAt: when,
    lastUpdateAt: when,
  }]);
  const page = await visitor.get(`/en/track/${token}`);
  assert.equal(page.headers.get("cache-control"), "no-store");
  assert.equal(page.headers.get("referrer-policy"), "no-referrer");
  assert.match(page.headers.get("x-robots-tag") ?? "", /noindex/);
  const html = await page.text();
  assert.match(html, /We are negotiating/);
  assert.match(html, /data-testid="claim-next"/);

  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 30 }]);
  assert.equal((await visitor.get(`/en/track/${token}`)).status, 429);
});

Deno.test("a share page asks for the PIN, says when it is wrong, and lists what there is", async () => {
  const { site, visitor } = await stranger();
  const token = newLinkToken();
  const path = `/en/share/${token}`;
  const outcome = (facts: Row) => site.tables.set("open_share_pack", [facts]);
  outcome({ outcome: "pin_required" });
  const asked = await visitor.get(path);
  assert.equal(asked.headers.get("referrer-policy"), "no-referrer");
  assert.match(await asked.text(), /data-testid="pin-form"/);
  outcome({ outcome: "wrong_pin" });
  // Browsers name no origin for pages that are not to be named.
  const wrong = await visitor.post(path, { pin: "1111" }, { origin: "null" });
  assert.equal(wrong.status, 403);
  assert.match(await wrong.text(), /The PIN is not right/);
  outcome({ outcome: "locked" });
  assert.match(await (await visitor.get(path)).text(), /This link is closed/);
  outcome({ outcome: "gone" });
  assert.equal((await visitor.get(path)).status, 404);

  outcome({
    outcome: "ok",
    senderName: "Arta Berisha",
    recipient: null,
    expiresAt: new Date("2026-11-30T10:00:00Z"),
    documents: [{
      position: 1,
      name: "report.pdf",
      "file_type": "application/pdf",
      "file_size": 9,
    }],
  });
  const open = await (await visitor.get(path)).text();
  assert.match(open, new RegExp(`href="/api/documents/share/${token}/1\\?disposition=inline"`));
  const withPin = await (await visitor.post(path, { pin: "4711" })).text();
  assert.match(withPin, new RegExp(`action="/api/documents/share/${token}/1"`));
  assert.match(withPin, /name="pin" value="4711"/);
  assert.doesNotMatch(withPin, /\?[^"]*4711/);
});

Deno.test("only the hash of a key is asked for", async () => {
  const token = newLinkToken();
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.match(await hashOfToken(token), /^[0-9a-f]{64}$/);
});
