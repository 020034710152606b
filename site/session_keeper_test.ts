import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readSessionCookie, writeSessionCookie } from "@core/identity/session_cookie.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { AppError } from "@core/platform/errors.ts";
import { type FakeSite, fakeSite } from "../tests/site/fakes.ts";

const HOUR = 3_600_000;

function cookieOf(tokens: SessionTokens): string {
  return writeSessionCookie(tokens, null, false).map((cookie) => cookie.split(";")[0]).join("; ");
}

async function signedIn(): Promise<{ site: FakeSite; cookie: string }> {
  const site = fakeSite();
  return { site, cookie: cookieOf(await site.person({ email: "arta@demo.test" })) };
}

function refreshes({ calls }: FakeSite): number {
  return calls.filter((call) => call.startsWith("refresh")).length;
}

Deno.test("resolve() leaves a token alone that has time left", async () => {
  const { site, cookie } = await signedIn();
  const { session, cookies } = await site.services.sessions.resolve(cookie, false);
  assert.equal(session?.email, "arta@demo.test");
  assert.deepEqual(cookies, []);
  assert.equal(refreshes(site), 0);
});

Deno.test("resolve() refreshes a token in its last minute and hands out a new cookie", async () => {
  const { site, cookie } = await signedIn();
  site.clock.advance(HOUR - 30_000);
  const { session, accessToken, cookies } = await site.services.sessions.resolve(cookie, false);
  assert.ok(session);
  const written = readSessionCookie(cookies.map((c) => c.split(";")[0]).join("; "), false);
  assert.equal(written?.accessToken, accessToken);
  assert.equal(refreshes(site), 1);
});

Deno.test("resolve() refreshes once for requests that arrive together or shortly after", async () => {
  const { site, cookie } = await signedIn();
  site.clock.advance(2 * HOUR);
  const { sessions } = site.services;
  const resolved = await Promise.all(
    Array.from({ length: 20 }, () => sessions.resolve(cookie, false)),
  );
  resolved.push(await sessions.resolve(cookie, false));
  assert.ok(resolved.every(({ session }) => session !== null));
  assert.equal(new Set(resolved.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(refreshes(site), 1);
});

Deno.test("resolve() ends a session whose refresh token is worth nothing any more", async () => {
  const { site, cookie } = await signedIn();
  site.accounts.clear();
  site.clock.advance(2 * HOUR);
  const { session, cookies } = await site.services.sessions.resolve(cookie, false);
  assert.equal(session, null);
  assert.match(cookies[0] ?? "", /^session=; Path=\/; Max-Age=0/);
});

Deno.test("resolve() ends a session whose token is forged", async () => {
  const { site } = await signedIn();
  const { accessToken } = await site.person({ email: "arta@demo.test" });
  const [header, payload] = accessToken.split(".");
  for (const token of [`${header}.${payload}.AAAA`, `eyJhbGciOiJub25lIn0.${payload}.`, "a.b.c"]) {
    const forged = cookieOf({ accessToken: token, refreshToken: "r" });
    const { session, cookies } = await site.services.sessions.resolve(forged, false);
    assert.equal(session, null);
    assert.equal(cookies.length, 1);
  }
});

Deno.test("resolve() goes by what the token says of its end, not by what the cookie says", async () => {
  const site = fakeSite();
  const { accessToken, refreshToken } = await site.person({ email: "arta@demo.test" });
  site.clock.advance(2 * HOUR);
  const stored = JSON.stringify({
    "access_token": accessToken,
    "refresh_token": refreshToken,
    "expires_at": Math.floor(site.clock.now() / 1000) + 3600,
  });
  const cookie = `session=${Buffer.from(stored).toString("base64url")}`;
  assert.ok((await site.services.sessions.resolve(cookie, false)).session);
  assert.equal(refreshes(site), 1);
});

Deno.test("with Auth away a session goes on while its token lasts, and is not ended after", async () => {
  const { site, cookie } = await signedIn();
  const away = new AppError({ code: "auth_unavailable", status: 503, message: "away" });
  Object.assign(site.services.auth, { refresh: () => Promise.reject(away) });
  site.clock.advance(HOUR - 30_000);
  const { session, cookies } = await site.services.sessions.resolve(cookie, false);
  assert.ok(session);
  assert.deepEqual(cookies, []);
  site.clock.advance(HOUR);
  await assert.rejects(site.services.sessions.resolve(cookie, false), away);
});

Deno.test("a refresh that failed for want of an answer is tried again", async () => {
  const { site, cookie } = await signedIn();
  const { auth } = site.services;
  const refresh = auth.refresh;
  Object.assign(auth, { refresh: () => Promise.reject(new Error("no answer")) });
  site.clock.advance(2 * HOUR);
  await assert.rejects(site.services.sessions.resolve(cookie, false));
  Object.assign(auth, { refresh });
  assert.ok((await site.services.sessions.resolve(cookie, false)).session);
});
