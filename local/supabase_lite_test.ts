import assert from "node:assert/strict";
import { withSignedUrl } from "./supabase_lite.ts";

const BASE = "http://localhost/storage/v1/object";

function answered(path: string, init: ResponseInit = {}): Promise<Response> {
  const signed = { signedUrl: `/storage/v1/object/${path}?token=t`, token: "t" };
  return withSignedUrl(
    new Request(`${BASE}/${path}`, { method: "POST" }),
    Response.json(signed, init),
  );
}

Deno.test("withSignedUrl() names a signed upload address as supabase-js reads it", async () => {
  const answer = await (await answered("upload/sign/evidence/a/b")).json();
  assert.equal(answer.url, "/object/upload/sign/evidence/a/b?token=t");
  assert.equal(answer.token, "t");
});

Deno.test("withSignedUrl() names a signed download address as supabase-js reads it", async () => {
  const answer = await (await answered("sign/evidence/a/b")).json();
  assert.equal(answer.signedURL, "/object/sign/evidence/a/b?token=t");
});

Deno.test("withSignedUrl() leaves refusals and everything else as they are", async () => {
  const refusal = await answered("sign/evidence/a/b", { status: 400 });
  assert.equal(refusal.status, 400);
  assert.equal((await refusal.json()).signedURL, undefined);
  const other = Response.json([]);
  assert.equal(
    await withSignedUrl(new Request(`${BASE}/list/x`, { method: "POST" }), other),
    other,
  );
});
