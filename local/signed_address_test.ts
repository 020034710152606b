import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { refuseSigned } from "./signed_address.ts";

const SECRET = "a secret of at least thirty-two letters";

async function asked(method: string, path: string, expires: string, secret = SECRET) {
  const token = await new SignJWT({ intent: "upload" }).setProtectedHeader({ alg: "HS256" })
    .setIssuedAt(0).setExpirationTime(expires).sign(new TextEncoder().encode(secret));
  const url = `http://localhost/storage/v1/object/${path}?token=${token}`;
  const answer = await refuseSigned(new Request(url, { method }), SECRET);
  return answer === null ? null : [answer.status, (await answer.json()).error];
}

Deno.test("refuseSigned() refuses an address that is over or was forged", async () => {
  const refused = [400, "InvalidJWT"];
  assert.deepEqual(await asked("PUT", "upload/sign/evidence/a/b", "-1s"), refused);
  assert.deepEqual(await asked("GET", "sign/evidence/a/b", "-1s"), refused);
  assert.deepEqual(await asked("GET", "sign/evidence/a/b", "1h", SECRET.toUpperCase()), refused);
});

Deno.test("refuseSigned() lets a good one through, and what is not signed", async () => {
  assert.equal(await asked("PUT", "upload/sign/evidence/a/b", "1h"), null);
  assert.equal(await asked("GET", "evidence/a/b", "-1s"), null);
  assert.equal(await asked("POST", "sign/evidence/a/b", "-1s"), null);
});
