import assert from "node:assert/strict";
import { pageInstead } from "./refused_download.ts";

const ask = (headers: HeadersInit = {}, method = "GET") =>
  new Request("http://localhost/api/privacy/export", {
    method,
    headers: { accept: "text/html,*/*", ...headers },
  });
const PAGE = "account/privacy";

Deno.test("pageInstead() leads back to the page, in its language", () => {
  const referer = "http://localhost/mk/account/privacy?done=export";
  assert.equal(pageInstead(ask({ referer }), PAGE, 429), "/mk/account/privacy?refused=often");
  assert.equal(pageInstead(ask({ referer }), PAGE, 409), "/mk/account/privacy?refused=over");
  assert.equal(pageInstead(ask({ referer }), PAGE, 503), "/mk/account/privacy?refused=away");
  assert.equal(pageInstead(ask({ referer }), PAGE, 401), "/mk/account/privacy");
});

Deno.test("pageInstead() takes the browser's language where no page is named", () => {
  const english = { "accept-language": "en" };
  for (const referer of ["http://localhost/", "no address", "http://localhost/xx/page"]) {
    assert.equal(pageInstead(ask({ referer, ...english }), PAGE, 401), "/en/account/privacy");
  }
  assert.equal(pageInstead(ask(), PAGE, 401), "/sq/account/privacy");
});

Deno.test("pageInstead() leaves files, other programs and other methods alone", () => {
  assert.equal(pageInstead(ask(), PAGE, 200), null);
  assert.equal(pageInstead(ask({ accept: "*/*" }), PAGE, 429), null);
  assert.equal(pageInstead(ask({}, "HEAD"), PAGE, 429), null);
});
