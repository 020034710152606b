import assert from "node:assert/strict";
import {
  clearSessionCookie,
  readSessionCookie,
  sessionCookieName,
  type SessionTokens,
  writeSessionCookie,
} from "./session_cookie.ts";

const tokens: SessionTokens = { accessToken: "a.b.c", refreshToken: "r" };
const large: SessionTokens = { ...tokens, accessToken: "x".repeat(9_000) };

/** What a browser sends back after `Set-Cookie`. */
function browse(setCookies: readonly string[], before = ""): string {
  const jar = new Map(
    before.split("; ").filter(Boolean).map((pair) => pair.split("=", 2) as [string, string]),
  );
  for (const cookie of setCookies) {
    const [name = "", value = ""] = cookie.slice(0, cookie.indexOf(";")).split("=");
    if (cookie.includes("Max-Age=0")) jar.delete(name);
    else jar.set(name, value);
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

Deno.test("the session survives the way through a browser", () => {
  for (const secure of [true, false]) {
    const header = browse(writeSessionCookie(tokens, null, secure));
    assert.ok(header.startsWith(`${sessionCookieName(secure)}=`));
    assert.deepEqual(readSessionCookie(header, secure), tokens);
    assert.deepEqual(readSessionCookie(`theme=dark; ${header}; x=y`, secure), tokens);
    assert.equal(readSessionCookie(header, !secure), null);
  }
});

Deno.test("a long session is cut into parts that browsers take", () => {
  const setCookies = writeSessionCookie(large, null, true);
  assert.ok(setCookies.length > 1);
  for (const cookie of setCookies) assert.ok(cookie.length < 4_096, `${cookie.length}`);
  assert.match(setCookies[0] ?? "", /^__Host-session\.0=/);
  assert.deepEqual(readSessionCookie(browse(setCookies), true), large);
});

Deno.test("a session that grows or shrinks leaves no parts behind", () => {
  const long = browse(writeSessionCookie(large, null, true));
  const short = browse(writeSessionCookie(tokens, long, true), long);
  assert.deepEqual(short.split("; ").length, 1);
  assert.deepEqual(readSessionCookie(short, true), tokens);
  const again = browse(writeSessionCookie(large, short, true), short);
  assert.deepEqual(readSessionCookie(again, true), large);
});

Deno.test("clearSessionCookie() removes every part", () => {
  const long = browse(writeSessionCookie(large, null, true));
  assert.equal(browse(clearSessionCookie(long, true), long), "");
  assert.equal(clearSessionCookie(null, true).length, 1);
});

Deno.test("cookies are for the server only, for this host only over https", () => {
  assert.match(
    writeSessionCookie(tokens, null, true)[0] ?? "",
    /^__Host-session=[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
  );
  assert.match(
    writeSessionCookie(tokens, null, false)[0] ?? "",
    /^session=[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
  );
});

Deno.test("readSessionCookie() takes a cookie that cannot be read for no session", () => {
  for (
    const value of ["", "%%%", "e30", "bnVsbA", btoa(`{"access_token":1}`), "a".repeat(10_000)]
  ) {
    assert.equal(readSessionCookie(`session=${value}`, false), null, value.slice(0, 20));
  }
  for (const header of [null, "", ";;;", "session", "session.1=abc", "session.x=abc", "=session"]) {
    assert.equal(readSessionCookie(header, false), null, String(header));
  }
});

Deno.test("readSessionCookie() needs all parts", () => {
  const parts = browse(writeSessionCookie(large, null, false)).split("; ");
  assert.equal(readSessionCookie(parts.slice(1).join("; "), false), null);
  assert.equal(readSessionCookie(parts.slice(0, -1).join("; "), false), null);
  assert.deepEqual(readSessionCookie(parts.toReversed().join("; "), false), large);
});
