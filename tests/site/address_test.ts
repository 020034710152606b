import assert from "node:assert/strict";
import { AppError } from "@core/platform/errors.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite } from "./fakes.ts";

const PAGE = "/en/account/email";
const FORM = { email: "new@demo.test", present: "right-password" };

async function signedIn(role = "member") {
  const site = fakeSite();
  const tokens = await site.person({ email: "arta@demo.test", role });
  return { site, visitor: new Visitor(await siteHandler(site)).holds(tokens) };
}

Deno.test("nobody asks for another address without being signed in, or from another site", async () => {
  const site = fakeSite();
  const stranger = new Visitor(await siteHandler(site));
  for (const answer of [await stranger.get(PAGE), await stranger.post(PAGE, FORM)]) {
    assert.equal(answer.headers.get("location"), `/en/login?next=${encodeURIComponent(PAGE)}`);
  }
  const { site: own, visitor } = await signedIn();
  const crossing = await visitor.post(PAGE, FORM, { origin: "https://evil.example" });
  assert.equal(crossing.status, 403);
  assert.deepEqual([...site.calls, ...own.calls], []);
});

Deno.test("what is wrong is said beside it, and only the password has to be typed again", async () => {
  const { site, visitor } = await signedIn();
  for (
    const [fields, words] of [
      [{ ...FORM, email: "no address" }, /id="email-problem"/],
      [{ ...FORM, email: "" }, /id="email-problem"/],
      [{ ...FORM, present: "" }, /id="present-problem"/],
    ] as const
  ) {
    const answer = await visitor.post(PAGE, fields);
    assert.equal(answer.status, 422);
    const html = await answer.text();
    assert.match(html, words);
    assert.match(html, new RegExp(`value="${fields.email}"|name="email"`));
    assert.doesNotMatch(html, /value="right-password"/);
  }
  assert.deepEqual(site.calls, []);
  for (
    const [code, status, words] of [
      ["wrong_password", 422, /id="present-problem"/],
      ["same_email", 422, /This is the address that you have now/],
      ["too_many_requests", 429, /Too many tries/],
      ["something_new", 503, /The fault is ours/],
    ] as const
  ) {
    site.accountRefusal = code;
    const answer = await visitor.post(PAGE, FORM);
    assert.equal(answer.status, status, code);
    const html = await answer.text();
    assert.match(html, words);
    assert.match(html, /value="new@demo\.test"/, "the address is not lost");
  }
  const away = new AppError({ code: "auth_unavailable", status: 503, message: "" });
  Object.assign(site.services.accounts, { changeEmail: () => Promise.reject(away) });
  assert.equal((await visitor.post(PAGE, FORM)).status, 503);
});

Deno.test("every role asks for a link, and is told that nothing has changed yet", async () => {
  for (
    const role of ["member", "agent", "staff", "branch_manager", "tenant_admin", "super_admin"]
  ) {
    const { site, visitor } = await signedIn(role);
    assert.match(await (await visitor.get("/en/account/security")).text(), /account\/email/);
    assert.match(await (await visitor.get(PAGE)).text(), /arta@demo\.test/);
    const answer = await visitor.post(PAGE, FORM);
    assert.equal(answer.headers.get("location"), `${PAGE}?done=asked`);
    assert.deepEqual(site.calls, ["changeEmail new@demo.test"]);
    const html = await (await visitor.get(`${PAGE}?done=asked`)).text();
    assert.match(
      html,
      /If this address can be used.*Until you confirm it, your current address stays/,
    );
  }
});
