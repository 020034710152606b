/** The page behind the welcome of somebody who became a member through an agent. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, type Row } from "./fakes.ts";

const TOKEN = "w".repeat(43);
const PASSWORD = "an entirely new one";

async function openSite(link: Row) {
  const site = fakeSite();
  await site.person({ email: "arta@demo.test", password: PASSWORD });
  site.tables.set("welcome_state", [{ locale: "en", tenantId: "ks", ...link }]);
  return { site, visitor: new Visitor(await siteHandler(site)) };
}

Deno.test("opening the link uses nothing up and tells nobody the key", async () => {
  const { site, visitor } = await openSite({ state: "open" });
  const answer = await visitor.get(`/en/welcome/${TOKEN}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("x-robots-tag"), "noindex, nofollow");
  const html = await answer.text();
  assert.match(html, /data-testid="claim-form"/);
  assert.match(html, /autocomplete="new-password"/);
  assert.deepEqual(site.calls, []);
});

Deno.test("choosing a password signs the member in", async () => {
  const { site, visitor } = await openSite({ state: "open" });
  const answer = await visitor.post(`/en/welcome/${TOKEN}`, { password: PASSWORD });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/en/member"]);
  assert.ok(site.calls.includes(`claimAccount ${TOKEN}`));
  assert.ok(visitor.cookieNames().length > 0, "a session has begun");
});

Deno.test("a weak password is said so before the link is touched", async () => {
  const { site, visitor } = await openSite({ state: "open" });
  for (const password of ["", "short", "password1"]) {
    const answer = await visitor.post(`/en/welcome/${TOKEN}`, { password });
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), /id="password-problem"/);
  }
  assert.deepEqual(site.calls, []);
});

Deno.test("a link that is over says what to do", async () => {
  for (const [state, status] of [["used", 410], ["expired", 410], ["unknown", 404]] as const) {
    const { site, visitor } = await openSite({ state });
    for (
      const answer of [
        await visitor.get(`/en/welcome/${TOKEN}`),
        await visitor.post(`/en/welcome/${TOKEN}`, { password: PASSWORD }),
      ]
    ) {
      assert.equal(answer.status, status);
      const html = await answer.text();
      assert.match(html, new RegExp(`data-testid="claim-${state}"`));
      assert.match(html, /href="\/en\/forgot-password"/);
    }
    assert.deepEqual(site.calls, []);
  }
});

Deno.test("a form of another site chooses no password", async () => {
  const { site, visitor } = await openSite({ state: "open" });
  const answer = await visitor.post(`/en/welcome/${TOKEN}`, { password: PASSWORD }, {
    origin: "https://elsewhere.test",
  });
  assert.equal(answer.status, 403);
  assert.deepEqual(site.calls, []);
});
