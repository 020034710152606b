import assert from "node:assert/strict";
import { AppError } from "@core/platform/errors.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const AWAY = new AppError({ code: "auth_unavailable", status: 503, message: "away" });

async function openSite() {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test" });
  return { site, tokens, visitor: new Visitor(await siteHandler(site)) };
}

const without = (html: string) => html.replace(/nonce="[^"]*"/g, "").replace(/nonce-[\w-]+/g, "");

Deno.test("forgot-password answers known and unknown addresses alike", async () => {
  const { site, visitor } = await openSite();
  const answers = [];
  for (const email of ["arta@demo.test", "nobody@demo.test"]) {
    const answer = await visitor.post("/en/forgot-password", { email });
    answers.push([answer.status, answer.headers.get("location"), await answer.text()]);
  }
  assert.deepEqual(answers[0], [303, "/en/forgot-password?sent", answers[1]?.[2]]);
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(site.calls, [
    "requestReset arta@demo.test en",
    "requestReset nobody@demo.test en",
  ]);
  const html = await (await visitor.get("/en/forgot-password?sent")).text();
  assert.match(html, /data-testid="forgot-sent"/);
  assert.match(await (await visitor.get("/en/login")).text(), /href="\/en\/forgot-password"/);
});

Deno.test("forgot-password says what is wrong and keeps what was typed", async () => {
  const { site, visitor } = await openSite();
  const wrong = await visitor.post("/en/forgot-password", { email: "no address" });
  assert.equal(wrong.status, 422);
  const html = await wrong.text();
  assert.match(html, /value="no address"/);
  assert.match(html, /id="email-problem"/);
  assert.deepEqual(site.calls, []);
  Object.assign(site.services.accounts, { requestReset: () => Promise.reject(AWAY) });
  assert.equal((await visitor.post("/en/forgot-password", { email: "a@demo.test" })).status, 503);
  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 9 }]);
  const many = await visitor.post("/en/forgot-password", { email: "a@demo.test" });
  assert.equal(many.status, 429);
  assert.match(await many.text(), /Too many tries/);
});

Deno.test("the page of the link keeps its code from others, and says if it is torn", async () => {
  const { site, visitor } = await openSite();
  const open = await visitor.get("/en/reset-password?token=abc");
  assert.equal(open.status, 200);
  assert.equal(open.headers.get("referrer-policy"), "no-referrer");
  assert.equal(open.headers.get("cache-control"), "no-store");
  assert.equal(open.headers.get("x-robots-tag"), "noindex, nofollow");
  const html = await open.text();
  assert.match(html, /<input type="hidden" name="token" value="abc"/);
  assert.match(html, /autocomplete="new-password"/);
  for (const torn of ["", "?token=", "?token=a%20b", "?token=%22%3E%3Cscript%3E"]) {
    const answer = await visitor.get(`/en/reset-password${torn}`);
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /data-testid="reset-missing"/);
  }
  assert.deepEqual(site.calls, [], "nothing is asked by opening it");
});

Deno.test("a new password leads to signing in, without a session", async () => {
  const { site, visitor } = await openSite();
  const form = { token: "abc", password: "an entirely new one" };
  // `no-referrer` makes browsers name no origin.
  const answer = await visitor.post("/en/reset-password", form, { origin: "null" });
  assert.equal(answer.headers.get("location"), "/en/login?password-changed");
  assert.deepEqual(visitor.cookieNames(), []);
  assert.deepEqual(site.calls, ["resetPassword abc"]);
  const html = await (await visitor.get("/en/login?password-changed")).text();
  assert.match(html, /Your new password is saved/);
});

Deno.test("a weak password, a dead link and a function that is away each get words", async () => {
  const { site, visitor } = await openSite();
  const choose = (password: string) =>
    visitor.post("/en/reset-password", { token: "abc", password });
  for (
    const [password, words] of [
      ["", /Enter your password/],
      ["short", /at least 8 characters/],
      ["dolga rečenica ".repeat(9), /at most 128/],
      ["password1", /Everybody tries this password first/],
    ] as const
  ) {
    const answer = await choose(password);
    const html = await answer.text();
    assert.equal(answer.status, 422, password);
    assert.match(html, words);
    assert.match(html, /name="token" value="abc"/, "the link is not lost");
    if (password !== "") assert.doesNotMatch(html, new RegExp(`value="${password}"`));
  }
  assert.deepEqual(site.calls, []);
  for (
    const [code, status, words] of [
      ["weak_password", 422, /made of your name or address/],
      ["token_invalid", 410, /data-testid="reset-dead"/],
      ["too_many_requests", 429, /Too many tries/],
    ] as const
  ) {
    site.accountRefusal = code;
    const answer = await choose("an entirely new one");
    assert.equal(answer.status, status, code);
    assert.match(await answer.text(), words);
  }
  Object.assign(site.services.accounts, { resetPassword: () => Promise.reject(AWAY) });
  assert.equal((await choose("an entirely new one")).status, 503);
});

Deno.test("an address is confirmed by a button, never by opening the link", async () => {
  const { site, visitor } = await openSite();
  for (const what of ["signup", "email"]) {
    assert.equal((await visitor.get(`/en/confirm/${what}/good`)).status, 200);
    const answer = await visitor.post(`/en/confirm/${what}/good`, {}, { origin: "null" });
    assert.equal(answer.headers.get("location"), "/en/login?confirmed=");
    assert.equal((await visitor.post(`/en/confirm/${what}/bad`, {})).status, 410);
  }
  assert.deepEqual(visitor.cookieNames(), []);
  assert.deepEqual(site.calls.filter((call) => call.endsWith("good")), [
    "confirm signup good",
    "confirm email good",
  ]);
  for (const path of ["other/good", "signup/a%20b"]) {
    assert.equal((await visitor.get(`/en/confirm/${path}`)).status, 404, path);
  }
});

Deno.test("signing in ends the session that the browser had", async () => {
  const { site, visitor } = await openSite();
  await site.person({ email: "besa@demo.test", password: "besas-password" });
  await visitor.post("/sq/login", { email: "arta@demo.test", password: "right-password" });
  site.calls.length = 0;
  await visitor.post("/sq/login", { email: "besa@demo.test", password: "besas-password" });
  assert.deepEqual(site.calls, ["signIn besa@demo.test", "signOut"]);
  Object.assign(site.services.auth, { signOut: () => Promise.reject(AWAY) });
  const again = await visitor.post("/sq/login", {
    email: "arta@demo.test",
    password: "right-password",
  });
  assert.equal(again.status, 303, "the new session counts all the same");
});

Deno.test("sign-ins are counted by account, by address, and by both", async () => {
  const { site, visitor } = await openSite();
  await visitor.post("/sq/login", { email: "arta@demo.test", password: "wrong" });
  const counted = site.statements.filter(({ text }) => text.includes("take_rate_limit"))
    .map(({ values }) => values.slice(0, 2));
  assert.deepEqual(counted, [
    ["sign-in by address", "localhost"],
    ["sign-in from address", "arta@demo.test localhost"],
    ["sign-in", "arta@demo.test"],
  ]);
});

const SESSION: Row = {
  id: "7a3c4f6e-0000-4000-8000-000000000001",
  createdAt: new Date("2026-11-20T10:00:00Z"),
  refreshedAt: new Date("2026-11-23T09:00:00Z"),
  userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ip: "192.0.2.1",
  isCurrent: false,
};

Deno.test("the security page lists where one is signed in, and ends one or all others", async () => {
  const { site, tokens, visitor } = await openSite();
  visitor.holds(tokens);
  site.tables.set("my_sessions", [
    { ...SESSION, id: "7a3c4f6e-0000-4000-8000-000000000002", isCurrent: true, userAgent: null },
    SESSION,
  ]);
  const html = await (await visitor.get("/en/account/security")).text();
  assert.match(html, /Firefox on Linux/);
  assert.match(html, /192\.0\.2\.1/);
  assert.match(html, /Unknown browser/);
  assert.equal(html.match(/name="do" value="end"/g)?.length, 1, "not for the one at work");
  const end = (fields: Record<string, string>) => visitor.post("/en/account/security", fields);
  site.tables.set("end_session", [{ ended: true }]);
  const ended = await end({ do: "end", session: String(SESSION["id"]) });
  assert.equal(ended.headers.get("location"), "/en/account/security?done=ended");
  assert.equal(
    (await end({ do: "end", session: "none" })).headers.get("location"),
    "/en/account/security?done=gone",
  );
  site.tables.set("end_other_sessions", [{ ended: 3 }]);
  const others = await end({ do: "end-others" });
  assert.equal(others.headers.get("location"), "/en/account/security?done=others");
  const cross = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  assert.equal(
    (await visitor.post("/en/account/security", { do: "end-others" }, cross)).status,
    403,
  );
});

Deno.test("a password is changed with the present one, and begins a new session", async () => {
  const { site, tokens, visitor } = await openSite();
  visitor.holds(tokens);
  site.tables.set("my_sessions", []);
  const change = (present: string, password: string) =>
    visitor.post("/en/account/security", { do: "password", present, password });
  for (
    const [present, password, words] of [
      ["", "an entirely new one", /Enter your current password/],
      ["right-password", "short", /at least 8 characters/],
      ["right-password", "Arta-Berisha-1", /made of your name/],
    ] as const
  ) {
    const answer = await change(present, password);
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), words);
  }
  assert.deepEqual(site.calls, []);
  site.accountRefusal = "wrong_password";
  const wrong = await change("wrong-password", "an entirely new one");
  assert.match(await wrong.text(), /id="present-problem"/);
  site.accountRefusal = null;
  const done = await change("right-password", "an entirely new one");
  assert.equal(done.headers.get("location"), "/en/account/security?done=password");
  assert.equal(done.headers.getSetCookie().length, 1);
  assert.equal((await visitor.get("/en/account/security?done=password")).status, 200);
});

Deno.test("the security page is for whoever is signed in", async () => {
  const { visitor } = await openSite();
  const answer = await visitor.get("/en/account/security");
  assert.equal(answer.headers.get("location"), "/en/login?next=%2Fen%2Faccount%2Fsecurity");
});

Deno.test("the host that a link was opened at goes along to the function", async () => {
  const seen: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request.headers.get("x-forwarded-host"));
    return new Response(null, {
      status: 302,
      headers: { location: "http://mk.localhost:8000/mk" },
    });
  });
  try {
    const site = fakeSite({ SUPABASE_URL: `http://127.0.0.1:${server.addr.port}` });
    const visitor = new Visitor(await siteHandler(site));
    const answer = await visitor.at("http://mk.localhost:8000/api/auth/reset-password/abc");
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), "http://mk.localhost:8000/mk");
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.deepEqual(seen, ["mk.localhost:8000"]);
  } finally {
    await server.shutdown();
  }
});

Deno.test("forgot-password shows the same page whoever is signed in", async () => {
  const { tokens, visitor } = await openSite();
  const asNobody = without(await (await visitor.get("/en/forgot-password")).text());
  visitor.holds(tokens);
  const asArta = without(await (await visitor.get("/en/forgot-password")).text());
  assert.match(asNobody, /data-testid="forgot-form"/);
  assert.match(asArta, /data-testid="forgot-form"/);
});

Deno.test("who is signed in on another tenant's host is led to their own, the page with them", async () => {
  const { site, tokens, visitor } = await openSite();
  const other = await site.person({ email: "ana@demo.test", tenantId: "mk" });
  const boss = await site.person({ email: "super@demo.test", role: "super_admin" });
  const asked = async (address: string) => {
    const answer = await visitor.at(address);
    await answer.body?.cancel();
    return answer.headers.get("location");
  };
  assert.equal(await asked("http://mk.localhost:8000/en/pricing"), null, "nobody is signed in");
  visitor.holds(tokens);
  assert.equal(
    await asked("http://mk.localhost:8000/en/pricing?plan=family"),
    "http://ks.localhost:8000/en/pricing?plan=family",
  );
  assert.equal(await asked("http://ks.localhost:8000/en/pricing"), null);
  assert.equal(await asked("http://localhost:8000/en/pricing"), null, "a host of no tenant");
  assert.equal(await asked("http://mk.localhost:8000/en/reset-password?token=abc"), null);
  visitor.holds(other);
  assert.equal(
    await asked("http://ks.localhost:8000/en/member"),
    "http://mk.localhost:8000/en/member",
  );
  visitor.holds(boss);
  assert.equal(await asked("http://mk.localhost:8000/en/pricing"), null, "all tenants are theirs");
});

Deno.test("who was invited goes on to the invitation once the address is confirmed, and nowhere else", async () => {
  const invitation = `/en/invitation/${"A".repeat(43)}`;
  for (
    const [next, location] of [
      [invitation, `/en/login?confirmed=&next=${encodeURIComponent(invitation)}`],
      ["/en/admin/overview", "/en/login?confirmed="],
      ["https://evil.example/en/invitation/", "/en/login?confirmed="],
      [`//evil.example${invitation}`, "/en/login?confirmed="],
    ] as const
  ) {
    const { visitor } = await openSite();
    const page = `/en/confirm/signup/good?next=${encodeURIComponent(next)}`;
    const html = await (await visitor.get(page)).text();
    const action = /action="([^"]*)"[^>]*data-testid="confirm-form"/.exec(html)?.[1] ?? "evil";
    assert.equal(action.includes("invitation"), next === invitation, action);
    assert.doesNotMatch(action, /evil/);
    const answer = await visitor.post(page, {});
    assert.equal(answer.headers.get("location"), location, next);
  }
});

Deno.test("who is signed in and confirms another address stays so", async () => {
  const { visitor } = await openSite();
  await visitor.post("/en/login", { email: "arta@demo.test", password: "right-password" });
  const answer = await visitor.post("/en/confirm/email/good", {});
  assert.equal(answer.headers.get("location"), "/en/account/email?done=confirmed");
  assert.match(
    await (await visitor.get("/en/account/email?done=confirmed")).text(),
    /The new address counts from now on/,
  );
});
