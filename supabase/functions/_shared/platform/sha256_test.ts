import assert from "node:assert/strict";
import { sha256 } from "./sha256.ts";

Deno.test("sha256() says of bytes and of their text what WebCrypto says", async () => {
  for (const text of ["", "abc", "çertifikatë", "x".repeat(100_000)]) {
    const bytes = new TextEncoder().encode(text);
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assert.equal(sha256(bytes), expected);
    assert.equal(sha256(text), expected);
  }
});
