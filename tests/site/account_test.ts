import assert from "node:assert/strict";
import { AppError } from "@core/platform/errors.ts";
import { config } from "../../fresh.config.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite } from "./fakes.ts";

const GOOD = { email: "arta@demo.test", password: "right-password" };

async function openSite() {
  const site = fakeSite();
  await site.person({ email: "arta@demo.test" });
  return { site, visitor: new Visitor(await siteHandler(site)) };
}

Deno.test("signing in leads to the person's root and sets an HttpOnly cookie", async () => {
  const { visitor } = await openSite();
  const answer = await visitor.post("/sq/login", GOOD);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/sq/member");
  assert.match(answer.headers.getSetCookie()[0] ?? "", /^session=.*; HttpOnly; SameSite=Lax$/);
  assert.equal((await visitor.get("/sq/member")).status, 200);
});

Deno.test("signing in leads back to where the person wanted to go, never to another site", async () => {
  for (
    const [next, location] of [
      ["/sq/pricing?plan=1", "/sq/pricing?plan=1"],
      ["//evil.example", "/sq/member"],
      ["/\\evil.example", "/sq/member"],
      ["https://evil.example", "/sq/member"],
    ] as const
  ) {
    const { visitor } = await openSite();
    const answer = await visitor.post(`/sq/login?next=${encodeURIComponent(next)}`, GOOD);
    assert.equal(answer.headers.get("location"), location, next);
  }
});

Deno.test("a wrong address, a wrong password and a switched-off account get one answer", async () => {
  const { site, visitor } = await openSite();
  await site.person({ email: "off@demo.test" });
  site.tables.set(
    "profiles",
    (site.tables.get("profiles") ?? []).filter((p) => p["email"] !== "off@demo.test"),
  );
  const bodies: string[] = [];
  for (
    const form of [
      { ...GOOD, password: "wrong-password" },
      { ...GOOD, email: "nobody@demo.test" },
      { ...GOOD, email: "off@demo.test" },
    ]
  ) {
    const answer = await visitor.post("/en/login", form);
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    bodies.push((await answer.text()).replaceAll(form.email, "").replace(/nonce="\w+"/g, ""));
  }
  assert.equal(bodies[0], bodies[1]);
  assert.equal(bodies[0], bodies[2]);
});

Deno.test("a refusal takes the same time whether or not there is an account", async () => {
  const { site, visitor } = await openSite();
  const { signIn } = site.services.auth;
  Object.assign(site.services.auth, {
    signIn(email: string, password: string) {
      site.clock.advance(site.accounts.has(email) ? 100 : 8);
      return signIn(email, password);
    },
  });
  const took = async (form: Record<string, string>) => {
    const asked = site.clock.now();
    await visitor.post("/en/login", form);
    return site.clock.now() - asked;
  };
  assert.equal(await took({ ...GOOD, password: "wrong-password" }), config.refusalTakes);
  assert.equal(await took({ ...GOOD, email: "nobody@demo.test" }), config.refusalTakes);
  assert.equal(await took(GOOD), 100);
});

Deno.test("signing up takes the same time whether or not the address is somebody's", async () => {
  const { site, visitor } = await openSite();
  const form = { name: "Arta Berisha", password: "an entirely new one" };
  const took = async (email: string, auth: number) => {
    Object.assign(site.services.auth, {
      // With confirmed addresses Auth says the same of both, and sends a mail to new ones only.
      signUp() {
        site.clock.advance(auth);
        return Promise.resolve({ outcome: "confirm" });
      },
    });
    const asked = site.clock.now();
    const answer = await visitor.post("/en/register", { ...form, email });
    assert.equal(answer.status, 200);
    return [
      site.clock.now() - asked,
      (await answer.text()).replaceAll(email, "").replace(/nonce="?-?[\w-]+"?/g, ""),
    ];
  };
  const [known, unknown] = [await took("arta@demo.test", 40), await took("new@demo.test", 900)];
  assert.equal(known[0], config.signUpTakes);
  assert.deepEqual(unknown, known);
});

Deno.test("a failed try keeps the address, forgets the password and focuses the problem", async () => {
  const { visitor } = await openSite();
  const refused = await (await visitor.post("/en/login", { ...GOOD, password: "nope" })).text();
  assert.match(refused, /<input id="email"[^>]* value="arta@demo.test"/);
  assert.doesNotMatch(refused, /nope/);
  assert.match(refused, /class="error-summary"[^>]*autofocus/);

  const empty = await (await visitor.post("/en/login", { email: "x", password: "" })).text();
  assert.match(empty, /<input id="email"[^>]*aria-invalid="true"[^>]*autofocus/);
  assert.match(empty, /<input id="password"[^>]*aria-invalid="true"/);
  assert.doesNotMatch(empty, /class="error-summary"[^>]*autofocus/);
  assert.match(empty, /href="#password"/);
});

Deno.test("too many tries are refused before the password is looked at", async () => {
  const { site, visitor } = await openSite();
  site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 321 }]);
  const answer = await visitor.post("/en/login", GOOD);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get("retry-after"), "321");
  assert.deepEqual(site.calls, []);
});

Deno.test("with Auth away the forms say so and keep what was typed", async () => {
  const { site, visitor } = await openSite();
  const away = new AppError({ code: "auth_unavailable", status: 503, message: "away" });
  const refuse = () => Promise.reject(away);
  Object.assign(site.services.auth, { signIn: refuse, signUp: refuse });
  for (const page of ["login", "register"]) {
    const answer = await visitor.post(`/en/${page}`, { name: "Arta", ...GOOD });
    const html = await answer.text();
    assert.equal(answer.status, 503, page);
    assert.match(html, /The fault is ours, not yours/);
    assert.match(html, /value="arta@demo.test"/);
  }
});

Deno.test("registering makes an account in the host's tenant and signs in", async () => {
  const { site, visitor } = await openSite();
  const answer = await visitor.post("/mk/register?next=%2Fmk%2Fpricing", {
    name: "  Ana   Petrovska ",
    email: "Ana@Demo.Test",
    password: "dolga recenica",
    role: "super_admin",
  });
  assert.equal(answer.headers.get("location"), "/mk/pricing");
  assert.deepEqual(site.calls, ["signUp ana@demo.test ks mk"]);
  assert.equal(site.tables.get("profiles")?.at(-1)?.["fullName"], "Ana Petrovska");
});

Deno.test("registering says for each field what is wrong", async () => {
  const { site, visitor } = await openSite();
  const answer = await visitor.post("/en/register", {
    name: "",
    email: "not an address",
    password: "short",
  });
  const html = await answer.text();
  assert.equal(answer.status, 422);
  assert.match(html, /Please look at 3 entries again/);
  assert.match(html, /id="name-problem"/);
  assert.match(html, /id="email-problem"/);
  assert.match(html, /Use at least 8 characters/);
  assert.match(html, /value="not an address"/);
  assert.doesNotMatch(html, /value="short"/);
  assert.deepEqual(site.calls, []);
});

Deno.test("a taken address lets in whoever knows its password and tells others nothing more", async () => {
  const { visitor } = await openSite();
  const form = { name: "Arta", ...GOOD };
  const stranger = await visitor.post("/en/register", { ...form, password: "another one" });
  assert.equal(stranger.status, 422);
  assert.match(await stranger.text(), /could not create an account with these details/);
  const owner = await visitor.post("/en/register", form);
  assert.equal(owner.headers.get("location"), "/en/member");
});

Deno.test("the signed-in are led on from the forms for signing in and registering", async () => {
  const { visitor } = await openSite();
  await visitor.post("/sq/login", GOOD);
  assert.equal((await visitor.get("/en/login")).headers.get("location"), "/en/member");
  assert.equal((await visitor.get("/en/register")).headers.get("location"), "/en/member");
});

Deno.test("signing out revokes the session, clears the cookie and asks the browser to forget", async () => {
  const { site, visitor } = await openSite();
  await visitor.post("/sq/login", GOOD);
  assert.equal((await visitor.get("/sq/logout")).headers.get("location"), "/sq");
  assert.deepEqual(visitor.cookieNames(), ["session"]);
  const answer = await visitor.post("/sq/logout", {});
  assert.equal(answer.headers.get("location"), "/sq/login?signed-out");
  assert.equal(answer.headers.get("clear-site-data"), `"cache", "storage"`);
  assert.deepEqual(visitor.cookieNames(), []);
  assert.equal(site.calls.at(-1), "signOut");
});

Deno.test("a form from another site is refused, with or without a session", async () => {
  const { visitor } = await openSite();
  const cross = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  assert.equal((await visitor.post("/sq/login", GOOD, cross)).status, 403);
  await visitor.post("/sq/login", GOOD);
  for (
    const [headers, status] of [
      [cross, 403],
      [{}, 403],
      [{ "sec-fetch-site": "none" }, 403],
      [{ "sec-fetch-site": "same-site" }, 403],
      [{ origin: "null" }, 403],
      [{ origin: "http://localhost:8000" }, 303],
    ] as const
  ) {
    const answer = await visitor.post("/sq/logout", {}, headers as HeadersInit);
    assert.equal(answer.status, status, JSON.stringify(headers));
    if (status === 403) assert.match(await answer.text(), /data-testid="error-page"/);
  }
});

Deno.test("a form that is too large or not a form gets a page that says so", async () => {
  const { visitor } = await openSite();
  const large = await visitor.post("/en/login", { email: "x".repeat(170_000), password: "y" });
  assert.equal(large.status, 413);
  assert.match(await large.text(), /too much at once/);
});

Deno.test("the account menu names the person and signs out by a form", async () => {
  const { visitor } = await openSite();
  await visitor.post("/sq/login", GOOD);
  const html = await (await visitor.get("/en/help")).text();
  assert.match(html, /data-testid="account-menu"/);
  assert.match(html, /Arta Berisha/);
  assert.match(html, /<form method="post" action="\/en\/logout"/);
});

Deno.test("whose session ended is told why at the sign-in page, and others are not", async () => {
  const { site, visitor } = await openSite();
  const never = await visitor.get("/en/member");
  assert.equal(never.headers.get("location"), "/en/login?next=%2Fen%2Fmember");
  await visitor.post("/en/login", GOOD);
  site.tables.set("profiles", []);
  const answer = await visitor.get("/en/member");
  assert.equal(answer.headers.get("location"), "/en/login?next=%2Fen%2Fmember&ended");
  const html = await (await visitor.get(answer.headers.get("location") ?? "")).text();
  assert.match(html, /no longer signed in\. That happens after 30 days/);
  assert.doesNotMatch(html, /Sign in to see this page/);
});

Deno.test("sign-ins that fail are counted by the site, without what was typed", async () => {
  const { site, visitor } = await openSite();
  const counted = () =>
    site.statements.filter(({ text }) => text.includes("note_refused_sign_in"))
      .map(({ values }) => values);
  await visitor.post("/en/login", GOOD);
  assert.deepEqual(counted(), []);
  await visitor.post("/en/login", { ...GOOD, password: "wrong-password" });
  await visitor.post("/en/login", { ...GOOD, email: "nobody@demo.test" });
  assert.deepEqual(counted(), [["ks", false], ["ks", false]]);
});

Deno.test("signing in and out is noted, with the country whose host it was", async () => {
  const { site, visitor } = await openSite();
  await visitor.post("/en/login", GOOD);
  const [noted] = site.statements.filter(({ text }) => text.includes("note_session"));
  assert.equal(noted?.values.at(-1), null, "a host that names no country is everybody's");
  await visitor.post("/en/logout", {});
  assert.ok(site.statements.some(({ text }) => text.includes("note_sign_out")));
});

Deno.test("who cannot be signed out in the database is signed out at Auth, and the other way round", async () => {
  const { site, visitor } = await openSite();
  await visitor.post("/en/login", GOOD);
  site.refusal = { at: /note_sign_out/, state: "57014", message: "too slow" };
  assert.equal((await visitor.post("/en/logout", {})).status, 303);
  assert.equal(site.calls.at(-1), "signOut");
  assert.deepEqual(visitor.cookieNames(), []);
});
