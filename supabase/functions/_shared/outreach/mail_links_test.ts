import assert from "node:assert/strict";
import { createLinkCodes, hashToken } from "./mail_links.ts";

const [OLD, NEW] = ["the old secret, long enough", "the new secret, long enough"];
const ID = "6f1c4e5a-0000-4000-8000-000000000001";

Deno.test("make() gives the same 32 bytes each time, and others for every mail and purpose", () => {
  const codes = createLinkCodes([OLD]);
  const code = codes.make("nps", ID);
  assert.deepEqual(createLinkCodes([OLD]).make("nps", ID), code);
  assert.match(code.token, /^[\w-]{43}$/);
  assert.equal(code.hash, hashToken(code.token));
  assert.match(code.hash, /^[0-9a-f]{64}$/);
  const others = [
    codes.make("unsubscribe", ID),
    codes.make("nps", ID.replace("1", "2")),
    createLinkCodes([NEW]).make("nps", ID),
  ];
  assert.equal(new Set([code, ...others].map(({ token }) => token)).size, 4);
});

Deno.test("find() knows a code during the rotation of its secret, and not after", () => {
  const { hash, token } = createLinkCodes([OLD]).make("unsubscribe", ID);
  assert.equal(createLinkCodes([NEW, OLD]).find("unsubscribe", ID, hash)?.token, token);
  assert.equal(createLinkCodes([NEW, OLD]).find("nps", ID, hash), null);
  assert.equal(createLinkCodes([NEW]).find("unsubscribe", ID, hash), null);
});

Deno.test("make() refuses to work without a secret", () => {
  assert.throws(() => createLinkCodes([]).make("nps", ID), /no secret/);
});
