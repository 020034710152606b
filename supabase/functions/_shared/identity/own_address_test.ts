import assert from "node:assert/strict";
import { ownOrigin, ownPath } from "./own_address.ts";

const SITE = "https://interdomestik.example";
const TENANTS = [
  { hosts: ["ks.interdomestik.example"] },
  { hosts: ["mk.interdomestik.example", "mk.elsewhere.example"] },
];
const origin = (host: string | null) => ownOrigin(SITE, TENANTS, host);

Deno.test("ownOrigin() knows the site's host and the tenants'", () => {
  assert.equal(origin("interdomestik.example"), SITE);
  assert.equal(origin("mk.interdomestik.example"), "https://mk.interdomestik.example");
  assert.equal(origin("MK.interdomestik.example"), "https://mk.interdomestik.example");
});

Deno.test("ownOrigin() takes the site's for every other host", () => {
  for (
    const host of [
      null,
      "",
      "evil.example",
      "mk.elsewhere.example",
      "mk.interdomestik.example.evil.example",
      "x@mk.interdomestik.example",
      "mk.interdomestik.example/x",
      "mk.interdomestik.example:8443",
      "mk.interdomestik.example#",
      "evil.example\\@mk.interdomestik.example",
    ]
  ) assert.equal(origin(host), SITE, String(host));
});

Deno.test("ownPath() takes paths, and addresses of ours", () => {
  const ours = [SITE, "https://ks.interdomestik.example"];
  assert.equal(ownPath("/sq/reset-password", ours), "/sq/reset-password");
  assert.equal(ownPath(`${SITE}/en/reset-password?x=1#y`, ours), "/en/reset-password?x=1");
  assert.equal(ownPath("https://ks.interdomestik.example/sq", ours), "/sq");
});

Deno.test("ownPath() takes nothing that leads elsewhere", () => {
  for (
    const address of [
      null,
      undefined,
      "",
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/%09/evil.example\t",
      "/\t/evil.example",
      "javascript:alert(1)",
      "data:text/html,x",
      `${SITE}.evil.example/`,
      `${SITE}@evil.example/`,
      `${SITE}//evil.example`,
      `${SITE}/\\evil.example`,
      `${SITE}:443@evil.example/`,
      "https://mk.interdomestik.example/sq",
      "http://interdomestik.example/sq",
      "/x/..//evil.example",
      "https:/sq/reset-password",
    ]
  ) {
    assert.equal(
      ownPath(address, [SITE, "https://ks.interdomestik.example"]),
      null,
      String(address),
    );
  }
});
