import assert from "node:assert/strict";
import { bearerOf, requireSecret } from "./bearer.ts";
import { AppError } from "./errors.ts";

const headers = (authorization?: string) =>
  new Headers(authorization === undefined ? {} : { authorization });

Deno.test("bearerOf() reads the token, and nothing of another scheme", () => {
  assert.equal(bearerOf(headers("Bearer abc")), "abc");
  assert.equal(bearerOf(headers("bearer   a b ")), "a b");
  for (const other of [undefined, "", "Bearer", "Basic abc", "abc", "Bearerabc"]) {
    assert.equal(bearerOf(headers(other)), null, String(other));
  }
});

Deno.test("requireSecret() accepts any of the secrets and refuses everything else", () => {
  const secrets = ["the old secret", "the new secret"];
  for (const secret of secrets) requireSecret(headers(`Bearer ${secret}`), secrets);
  const refused = (text: string | undefined, valid: readonly string[]) =>
    assert.throws(
      () => requireSecret(headers(text), valid),
      (error) => error instanceof AppError && error.status === 401,
    );
  refused(undefined, secrets);
  refused("Bearer the old secre", secrets);
  refused("Bearer the old secret!", secrets);
  refused("Bearer ", []);
  refused(undefined, []);
});
