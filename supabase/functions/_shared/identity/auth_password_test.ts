import assert from "node:assert/strict";
import { authPassword } from "./auth_password.ts";

const bytes = (text: string) => new TextEncoder().encode(text).length;

Deno.test("authPassword() leaves what bcrypt reads to its end as it is", () => {
  for (const typed of ["kX9!mQ2z", "x".repeat(72), "ж".repeat(36), "🙂".repeat(18)]) {
    assert.equal(authPassword(typed), typed);
  }
});

Deno.test("authPassword() tells Auth a hash of what is longer, of which every character counts", () => {
  const longest = "ж".repeat(127);
  const told = authPassword(`${longest}a`);
  assert.match(told, /^h1:[A-Za-z0-9_-]{43}$/);
  assert.ok(bytes(told) <= 72);
  assert.equal(authPassword(`${longest}a`), told);
  assert.notEqual(authPassword(`${longest}b`), told);
  assert.notEqual(authPassword("x".repeat(73)), authPassword("x".repeat(74)));
});

Deno.test("authPassword() says what it always said: accounts depend on it", () => {
  assert.equal(authPassword("x".repeat(73)), "h1:XBbUbpuKPLEmU1PVHte5cKWk0Y4Ssoto-w61XMOxscQ");
});
