import assert from "node:assert/strict";
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { AppError } from "@core/platform/errors.ts";
import { type AccessTokenKey, accessTokenKey, expiryOf, verifyAccessToken } from "./session.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const SECONDS = NOW / 1000;
const URL = "http://127.0.0.1:54321";
const SECRET = "a-secret-of-at-least-thirty-two-characters";
const shared = accessTokenKey({ supabaseUrl: URL, supabaseJwtSecret: SECRET });
const userId = crypto.randomUUID();
const sessionId = crypto.randomUUID();
const person: JWTPayload = {
  sub: userId,
  aud: "authenticated",
  role: "authenticated",
  email: "ana@example.test",
  "session_id": sessionId,
  iat: SECONDS,
  exp: SECONDS + 3600,
};

const hs256 = (payload: JWTPayload, secret = SECRET) =>
  new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
const verify = (token: string, key: AccessTokenKey = shared) => verifyAccessToken(token, key, NOW);

Deno.test("verifyAccessToken() says who asks", async () => {
  const session = await verify(await hs256(person));
  assert.deepEqual(session, {
    userId,
    claims: person,
    sessionId,
    email: "ana@example.test",
    expiresAt: SECONDS + 3600,
  });
});

Deno.test("verifyAccessToken() refuses another secret, a changed byte, no signature", async () => {
  const token = await hs256(person);
  const [header = "", payload = "", signature = ""] = token.split(".");
  const none = `${btoa(`{"alg":"none"}`).replaceAll("=", "")}.${payload}.`;
  const changed = `${header}.${payload.slice(0, -2)}AA.${signature}`;
  for (
    const forged of [
      await hs256(person, "another-secret-of-at-least-32-characters!"),
      changed,
      none,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      "",
      "...",
      "not a token",
      "💥",
    ]
  ) {
    assert.equal(await verify(forged), null, forged);
  }
});

Deno.test("verifyAccessToken() refuses what is expired, not yet valid, or without an end", async () => {
  const { exp: _, ...endless } = person;
  assert.equal(await verify(await hs256({ ...person, exp: SECONDS - 6 })), null);
  assert.notEqual(await verify(await hs256({ ...person, exp: SECONDS - 4 })), null);
  assert.equal(await verify(await hs256({ ...person, nbf: SECONDS + 60 })), null);
  assert.equal(await verify(await hs256(endless)), null);
});

Deno.test("verifyAccessToken() refuses tokens that are not a person's", async () => {
  for (
    const over of [
      { role: "service_role" },
      { role: "anon" },
      { role: undefined },
      { sub: undefined },
      { sub: "service" },
      { aud: "other" },
      { aud: undefined },
      { iss: "https://evil.test/auth/v1" },
    ]
  ) {
    assert.equal(
      await verify(await hs256({ ...person, ...over } as JWTPayload)),
      null,
      JSON.stringify(over),
    );
  }
  assert.notEqual(await verify(await hs256({ ...person, iss: `${URL}/auth/v1` })), null);
});

Deno.test("verifyAccessToken() refuses a token of more than 16 kB", async () => {
  assert.equal(await verify(await hs256({ ...person, email: "x".repeat(20_000) })), null);
});

Deno.test("verifyAccessToken() verifies with a project's public keys", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const issuer = `${URL}/auth/v1`;
  const jwks = createLocalJWKSet({ keys: [{ ...await exportJWK(publicKey), kid: "k1" }] });
  const key: AccessTokenKey = { issuer, jwks };
  const sign = (payload: JWTPayload, kid = "k1") =>
    new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid }).sign(privateKey);
  assert.equal((await verify(await sign({ ...person, iss: issuer }), key))?.userId, userId);
  assert.equal(await verify(await sign(person), key), null, "no issuer");
  assert.equal(await verify(await sign({ ...person, iss: issuer }, "k2"), key), null, "other key");
  assert.equal(await verify(await hs256({ ...person, iss: issuer }), key), null, "shared secret");
});

Deno.test("verifyAccessToken() says 503, not signed out, when the keys cannot be fetched", async () => {
  const { privateKey } = await generateKeyPair("ES256");
  const token = await new SignJWT(person).setProtectedHeader({ alg: "ES256", kid: "k1" })
    .sign(privateKey);
  const away = accessTokenKey({ supabaseUrl: "http://127.0.0.1:1", supabaseJwtSecret: undefined });
  await assert.rejects(
    verify(token, away),
    (error) => error instanceof AppError && error.code === "auth_unavailable",
  );
});

Deno.test("expiryOf() reads what a token says, verified or not", async () => {
  assert.equal(expiryOf(await hs256(person, "another secret")), SECONDS + 3600);
  assert.equal(expiryOf(await hs256({ sub: userId })), null);
  assert.equal(expiryOf("a.b.c"), null);
});
