import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const TOKEN = "A".repeat(43);
const PAGE = `/en/invitation/${TOKEN}`;
const OPEN: Row = {
  state: "open",
  tenantId: "mk",
  role: "agent",
  email: "besa@demo.test",
  fullName: "Besa",
  locale: "en",
  invitedByName: "Ana Petrovska",
  expiresAt: new Date("2026-11-30T10:00:00Z"),
  isMine: null,
};
const JOIN = { name: "Besa Hoxha", password: "an entirely new one" };

async function openSite(invitation: Row = OPEN) {
  const site = fakeSite();
  site.tables.set("invitation_by_token", [invitation]);
  site.tables.set("accept_invitation", [{ role: invitation["role"] }]);
  return { site, visitor: new Visitor(await siteHandler(site)) };
}

const over = (state: string): Row => ({
  ...OPEN,
  state,
  email: null,
  fullName: null,
});

Deno.test("the page of an invitation names who invites to what, and uses nothing up", async () => {
  const { site, visitor } = await openSite();
  const answer = await visitor.get(PAGE);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("referrer-policy"), "same-origin");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const html = await answer.text();
  assert.match(html, /Ana Petrovska invites you to work with Interdomestik Makedonija/);
  assert.match(html, /besa@demo\.test/);
  assert.match(html, /value="Besa"/);
  assert.doesNotMatch(html, /name="email"/, "the address is the invitation's");
  assert.ok(!site.statements.some(({ text }) => text.includes("accept_invitation")));
});

Deno.test("joining makes an account with the invited address in the inviting tenant", async () => {
  const { site, visitor } = await openSite();
  const answer = await visitor.post(PAGE, { ...JOIN, email: "other@demo.test", role: "staff" });
  assert.equal(answer.headers.get("location"), "/en/agent");
  assert.deepEqual(site.calls, ["signUp besa@demo.test mk en"]);
  assert.deepEqual(visitor.cookieNames(), ["session"]);
});

Deno.test("what is wrong with a name or password is said beside it, and nothing is lost", async () => {
  const { site, visitor } = await openSite();
  for (
    const [fields, words] of [
      [{ ...JOIN, name: "" }, /id="name-problem"/],
      [{ ...JOIN, password: "short" }, /at least 8 characters/],
      [{ ...JOIN, password: "password1" }, /Everybody tries/],
      [{ ...JOIN, password: "Besa-Hoxha-1" }, /made of your name/],
    ] as const
  ) {
    const answer = await visitor.post(PAGE, fields);
    assert.equal(answer.status, 422);
    const html = await answer.text();
    assert.match(html, words);
    if (fields.name !== "") assert.match(html, /value="Besa Hoxha"/);
  }
  assert.deepEqual(site.calls, []);
});

Deno.test("an address with an account is asked to sign in, and comes back", async () => {
  const { site, visitor } = await openSite();
  await site.person({ email: "besa@demo.test", tenantId: "mk" });
  const html = await (await visitor.post(PAGE, JOIN)).text();
  assert.match(html, /There is an account with this address already/);
  assert.match(html, new RegExp(`href="/en/login\\?next=%2Fen%2Finvitation%2F${TOKEN}"`));
  assert.deepEqual(visitor.cookieNames(), []);
});

Deno.test("who is signed in accepts by a button, if it is for them", async () => {
  const { site, visitor } = await openSite({ ...OPEN, isMine: true });
  visitor.holds(await site.person({ email: "besa@demo.test", tenantId: "mk" }));
  assert.match(await (await visitor.get(PAGE)).text(), /data-testid="accept-form"/);
  assert.equal((await visitor.post(PAGE, {})).headers.get("location"), "/en/agent");
});

Deno.test("another site cannot accept in somebody's name, nor sign somebody up", async () => {
  const { site, visitor } = await openSite({ ...OPEN, isMine: true });
  for (
    const headers of [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site", origin: "null" },
      { origin: "null" },
    ]
  ) assert.equal((await visitor.post(PAGE, JOIN, headers as HeadersInit)).status, 403);
  visitor.holds(await site.person({ email: "besa@demo.test", tenantId: "mk" }));
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "null" }, {}]) {
    assert.equal((await visitor.post(PAGE, {}, headers as HeadersInit)).status, 403);
  }
  assert.deepEqual(site.calls, []);
});

Deno.test("somebody else who is signed in is told for whom it is", async () => {
  const { site, visitor } = await openSite({ ...OPEN, isMine: false });
  visitor.holds(await site.person({ email: "arta@demo.test" }));
  const html = await (await visitor.get(PAGE)).text();
  assert.match(html, /data-testid="invitation-other"/);
  assert.match(html, /arta@demo\.test/);
  assert.doesNotMatch(html, /data-testid="accept-form"/);
});

Deno.test("why the database says no is told in words", async () => {
  for (
    const [message, state, words] of [
      ["the invitation is for another country", "42501", /belongs to another country/],
      ["this person has a role", "23505", /already has another role/],
      ["this person has an agent", "23505", /Another agent looks after you/],
      ["the account is locked", "42501", /cannot be accepted/],
    ] as const
  ) {
    const { site, visitor } = await openSite({ ...OPEN, isMine: true });
    visitor.holds(await site.person({ email: "besa@demo.test", tenantId: "mk" }));
    site.refusal = { at: /accept_invitation/, state, message };
    const answer = await visitor.post(PAGE, {});
    assert.equal(answer.status, 409, message);
    assert.match(await answer.text(), words);
  }
});

Deno.test("an invitation that is over says why, and takes no form", async () => {
  for (
    const [state, status] of [
      ["expired", 410],
      ["revoked", 410],
      ["accepted", 410],
      ["unknown", 404],
    ] as const
  ) {
    const { site, visitor } = await openSite(over(state));
    const answer = await visitor.get(PAGE);
    assert.equal(answer.status, status);
    assert.match(await answer.text(), new RegExp(`data-testid="invitation-${state}"`));
    assert.equal((await visitor.post(PAGE, JOIN)).status, status);
    assert.deepEqual(site.calls, []);
  }
  const { site, visitor } = await openSite();
  assert.equal((await visitor.get("/en/invitation/short")).status, 404);
  assert.ok(!site.statements.some(({ text }) => text.includes("invitation_by_token")));
  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 9 }]);
  assert.equal((await visitor.get(PAGE)).status, 429);
});

Deno.test("users and invitations are for administrators", async () => {
  for (const role of ["member", "agent", "staff", "branch_manager"]) {
    const { site, visitor } = await openSite();
    visitor.holds(await site.person({ email: `${role}@demo.test`, role }));
    for (const path of ["/en/admin/users", "/en/admin/users/invite"]) {
      assert.equal((await visitor.get(path)).status, 303, `${role} ${path}`);
    }
  }
  const { site, visitor } = await openSite();
  visitor.holds(await site.person({ email: "staff@demo.test", role: "staff" }));
  assert.equal((await visitor.get("/en/agent/members/invite")).status, 303);
  assert.equal((await visitor.post("/en/agent/members/invite", { email: "x@y.test" })).status, 303);
  assert.deepEqual(site.calls, []);
});

Deno.test("an administrator's invitation keeps what was typed when it is refused", async () => {
  const { site, visitor } = await openSite();
  visitor.holds(await site.person({ email: "admin@demo.test", role: "tenant_admin" }));
  site.tables.set("my_grantable_roles", [{ role: "staff" }, { role: "agent" }]);
  const form = { email: "New@Demo.Test", name: "Besa", role: "agent", branch: "", language: "mk" };
  for (
    const [code, status, words] of [
      ["branch_needed", 422, /id="branch-problem"/],
      ["already_open", 422, /open invitation to this address already/],
      ["has_role", 422, /has a role here already/],
      ["too_many", 429, /many invitations today/],
      ["not_allowed", 422, /not yours to give/],
    ] as const
  ) {
    site.accountRefusal = code;
    const answer = await visitor.post("/en/admin/users/invite", form);
    assert.equal(answer.status, status, code);
    const html = await answer.text();
    assert.match(html, words);
    assert.match(html, /value="New@Demo\.Test"/);
    assert.match(html, /value="agent"\s+selected/);
  }
  site.accountRefusal = null;
  const sent = await visitor.post("/en/admin/users/invite", form);
  assert.equal(sent.headers.get("location"), "/en/admin/users?done=sent");
  assert.match(site.calls.at(-1) ?? "", /"email":"new@demo\.test","role":"agent"/);
});

Deno.test("only a super admin invites into another country, and branches are that country's", async () => {
  for (const [role, tenant] of [["tenant_admin", null], ["super_admin", "mk"]] as const) {
    const { site, visitor } = await openSite();
    visitor.holds(await site.person({ email: "boss@demo.test", role }));
    site.tables.set("my_grantable_roles", [{ role: "staff" }]);
    const path = "/en/admin/users/invite?tenant=mk";
    const html = await (await visitor.get(path)).text();
    assert.equal(html.includes("The invitation is to Interdomestik Makedonija"), tenant === "mk");
    assert.equal(/href="\?tenant=mk" aria-current="true"/.test(html), tenant === "mk");
    const branches = site.statements.filter(({ text }) => text.includes("from public.branches"));
    assert.deepEqual(branches.at(-1)?.values, [tenant ?? "ks"]);
    const form = { email: "n@demo.test", name: "", role: "staff", branch: "", language: "mk" };
    const answer = await visitor.post(path, form);
    assert.equal(
      answer.headers.get("location"),
      tenant === null ? "/en/admin/users?done=sent" : "/en/admin/users?done=sent&tenant=mk",
    );
    const sent = JSON.parse((site.calls.at(-1) ?? "").replace("invite ", ""));
    assert.equal(sent.tenantId, tenant);
    const list = await (await visitor.get("/en/admin/users?tenant=mk")).text();
    assert.equal(list.includes('name="tenant" value="mk"'), tenant === "mk");
  }
});

Deno.test("a country that there is not is one's own", async () => {
  const { site, visitor } = await openSite();
  visitor.holds(await site.person({ email: "boss@demo.test", role: "super_admin" }));
  site.tables.set("my_grantable_roles", [{ role: "staff" }]);
  const html = await (await visitor.get("/en/admin/users/invite?tenant=nowhere")).text();
  assert.match(html, /The invitation is to Interdomestik Kosova/);
});

Deno.test("what was changed of a person is told with before, after, when and by whom", async () => {
  const { site, visitor } = await openSite();
  visitor.holds(await site.person({ email: "admin@demo.test", role: "tenant_admin" }));
  await site.person({ email: "besa@demo.test", role: "staff" });
  site.tables.set("my_grantable_roles", [{ role: "staff" }]);
  const id = site.tables.get("profiles")?.at(-1)?.["id"];
  const at = new Date("2026-11-20T10:00:00Z");
  const line = (action: string, metadata: object, over: Row = {}): Row => ({
    id: crypto.randomUUID(),
    action,
    actorRole: "tenant_admin",
    actorName: "Ana Petrovska",
    metadata,
    createdAt: at,
    agentBefore: null,
    agentAfter: null,
    ...over,
  });
  assert.match(await (await visitor.get(`/en/admin/users/${id}`)).text(), /Nothing was changed/);
  site.tables.set("audit_log", [
    line("user.role_granted", { before: "member", after: "staff", invitation_id: "x" }),
    line("user.settings_updated", {
      before: { branch_id: null, is_active: true },
      after: { branch_id: "b1", is_active: false },
    }, { actorName: null, actorRole: "studio" }),
    line("user.agent_updated", { before: null, after: "a" }, { agentAfter: "Agim Agent" }),
  ]);
  site.tables.set("branches", [{ id: "b1", name: "Prishtina" }]);
  const html = await (await visitor.get(`/en/admin/users/${id}`)).text();
  for (
    const words of [
      /Role: Member → Staff/,
      /by accepting an invitation/,
      /Branch: none → Prishtina/,
      /Account locked/,
      /Agent: none → Agim Agent/,
      /Ana Petrovska/,
      /The country of an account never changes/,
    ]
  ) assert.match(html, words);
});

Deno.test("a branch that is no id is refused, and takes nobody's branch away", async () => {
  const { site, visitor } = await openSite();
  visitor.holds(await site.person({ email: "admin@demo.test", role: "tenant_admin" }));
  await site.person({ email: "besa@demo.test", role: "staff" });
  site.tables.set("my_grantable_roles", [{ role: "staff" }]);
  const path = `/en/admin/users/${site.tables.get("profiles")?.at(-1)?.["id"]}`;
  for (const branch of ["b1", " ", "7c9e6679-7425-40de-944b", "null"]) {
    const answer = await visitor.post(path, { do: "role", role: "staff", branch });
    assert.equal(answer.status, 422, branch);
    assert.match(await answer.text(), /id="branch-problem"/);
  }
  assert.equal((await visitor.post(path, { do: "role", role: "staff", branch: "" })).status, 303);
});
