import assert from "node:assert/strict";
import { holdsKey, loggedPath, standsOnKey } from "./secret_addresses.ts";

const at = (path: string) => new URL(path, "http://localhost:8000");

Deno.test("holdsKey() knows the pages and doors that a link alone opens", () => {
  for (
    const path of [
      "/sq/nps/abc",
      "/en/unsubscribe/abc",
      "/mk/nps/",
      "/api/public/nps?token=abc",
      "/api/public/unsubscribe?token=abc",
      "/sr/track/abc",
      "/sq/share/abc",
      "/api/documents/share/abc/1",
      "/sq/reset-password?token=abc",
      "/api/auth/reset-password/abc?callbackURL=/sq",
      "/sq/invitation/abc",
      "/sq/confirm/signup/abc",
      "/sq/verify/abc",
      "/verify/abc",
    ]
  ) assert.ok(holdsKey(at(path)), path);
  for (
    const path of [
      "/",
      "/sq",
      "/en/admin/nps",
      "/en/npsx/a",
      "/nps/abc",
      "/track/abc",
      "/api/health",
      "/sq/reset-passwords",
      "/sq/forgot-password",
      "/api/auth/request-password-reset",
      "/api/documents/abc/download",
    ]
  ) assert.ok(!holdsKey(at(path)), path);
});

Deno.test("standsOnKey() leaves out what is done for whoever is signed in", () => {
  assert.ok(standsOnKey(at("/sq/reset-password?token=abc")));
  assert.ok(standsOnKey(at("/sq/nps/abc")));
  assert.ok(!standsOnKey(at("/sq/invitation/abc")));
  assert.ok(!standsOnKey(at("/sq/member")));
});

Deno.test("loggedPath() leaves the key out and everything else in", () => {
  assert.equal(loggedPath(at("/sq/nps/secret")), "/sq/nps/…");
  assert.equal(loggedPath(at("/en/unsubscribe/secret/more")), "/en/unsubscribe/…");
  assert.equal(loggedPath(at("/api/public/unsubscribe?token=secret")), "/api/public/unsubscribe");
  assert.equal(loggedPath(at("/en/track/secret")), "/en/track/…");
  assert.equal(loggedPath(at("/api/documents/share/secret/1")), "/api/documents/share/…");
  assert.equal(loggedPath(at("/en/admin/nps")), "/en/admin/nps");
});
