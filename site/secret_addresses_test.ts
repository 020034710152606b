import assert from "node:assert/strict";
import { holdsKey, loggedPath } from "./secret_addresses.ts";

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
      "/api/documents/abc/download",
    ]
  ) assert.ok(!holdsKey(at(path)), path);
});

Deno.test("loggedPath() leaves the key out and everything else in", () => {
  assert.equal(loggedPath(at("/sq/nps/secret")), "/sq/nps/…");
  assert.equal(loggedPath(at("/en/unsubscribe/secret/more")), "/en/unsubscribe/…");
  assert.equal(loggedPath(at("/api/public/unsubscribe?token=secret")), "/api/public/unsubscribe");
  assert.equal(loggedPath(at("/en/track/secret")), "/en/track/…");
  assert.equal(loggedPath(at("/api/documents/share/secret/1")), "/api/documents/share/…");
  assert.equal(loggedPath(at("/en/admin/nps")), "/en/admin/nps");
});
