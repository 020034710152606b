/** Every form of the site, sent by a page of somebody else. */
import assert from "node:assert/strict";
import { SITE, sql } from "../browser/people.ts";
import { type FoundForm, walk } from "./forms.ts";
import { newAccount, openInvitation, ROLES, ROOTS } from "./people.ts";
import { type Sending, Visitor } from "./visitor.ts";

const { port, protocol } = new URL(SITE);
/** Another tenant's pages, and whatever else runs under the same name, are another site's. */
const NEIGHBOUR = `${protocol}//mk.localhost:${port}`;

/** How a post of somebody else's page arrives; what a browser cannot leave out it never does. */
const FOREIGN: Readonly<Record<string, Record<string, string>>> = {
  "another site": { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
  "a neighbouring host": { "sec-fetch-site": "same-site", origin: NEIGHBOUR },
  "a framed page without an origin": { "sec-fetch-site": "cross-site", origin: "null" },
  "an old browser at another site": { origin: "https://evil.example" },
  "an old browser at a name like ours": { origin: `${SITE}.evil.example` },
  "a page that lies about the scheme": { "sec-fetch-site": "cross-site", origin: `file://${port}` },
};

function sending(form: FoundForm, headers: Record<string, string>): Sending {
  const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value]));
  return { method: "POST", headers, body, silent: true };
}

for (const role of [null, ...ROLES]) {
  Deno.test(`no other site can send a form in the name of ${role ?? "a visitor"}`, async () => {
    const visitor = new Visitor(role === null ? null : await newAccount(role));
    try {
      await visitor.signIn();
      const from = role === null
        ? ["/en/login", "/en/register", "/en/forgot-password", "/en"]
        : ROOTS[role];
      const { forms } = await walk(visitor, [`/en/invitation/${await openInvitation()}`, ...from]);
      assert.ok(forms.length >= 3, `${role} found ${forms.length} forms`);
      assert.ok(role === null || forms.some(({ action }) => /\/logout$/.test(action)));
      for (const form of forms) {
        for (const [who, headers] of Object.entries(FOREIGN)) {
          const { status } = await visitor.send(form.action, sending(form, headers));
          assert.equal(status, 403, `${form.action} sent by ${who}`);
        }
        if (role === null) continue;
        const { status } = await visitor.send(form.action, sending(form, {}));
        assert.equal(status, 403, `${form.action} with a cookie and not a word of its origin`);
      }
      if (role === null) return;
      const root = await visitor.get(ROOTS[role].at(-1) ?? "/en");
      assert.equal(root.status, 200, "the session went on");
    } finally {
      visitor.close();
    }
  });
}

Deno.test("a link by which something could be done does nothing when it is opened", async () => {
  const visitor = new Visitor(await newAccount("member"));
  try {
    await visitor.signIn();
    for (
      const path of [
        "/en/logout",
        "/en/account/security?do=end-others",
        "/en/account/privacy?do=export",
        "/en/account/privacy/delete?reason=",
      ]
    ) {
      for (const method of ["GET", "HEAD"]) {
        const { status } = await visitor.send(path, {
          method,
          headers: { "sec-fetch-site": "cross-site", purpose: "prefetch" },
        });
        assert.ok(status < 400, `${method} ${path} ${status}`);
      }
    }
    const page = await visitor.get("/en/account/privacy");
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /name="do" value="keep"|\/api\/privacy\/export/);
  } finally {
    visitor.close();
  }
});

globalThis.addEventListener("unload", () => void sql.end());
