import assert from "node:assert/strict";
import { App, csp, HttpError, type Middleware } from "fresh";
import { fakeSite } from "../tests/site/fakes.ts";
import type { State } from "../utils.ts";
import { requestScope } from "./request_scope.ts";

async function ask(answer: Middleware<State>, site = fakeSite()): Promise<Response> {
  const handler = new App<State>()
    .use(requestScope(site.services))
    .use(csp({ useNonce: true }))
    .get("/", answer)
    .handler();
  return await handler(new Request("http://localhost/"));
}

Deno.test("requestScope() sets the header policy on redirects", async () => {
  const answer = await ask((ctx) => ctx.redirect("/sq"));
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get("location"), "/sq");
  assert.equal(answer.headers.get("x-frame-options"), "DENY");
});

Deno.test("requestScope() answers errors that nothing else caught, without saying why", async () => {
  const site = fakeSite();
  const broken = await ask(() => {
    throw new TypeError("password of the database");
  }, site);
  assert.equal(broken.status, 500);
  assert.deepEqual(await broken.json(), {
    error: { code: "internal", message: "Something went wrong on our side." },
  });
  assert.ok(broken.headers.has("content-security-policy"));
  assert.ok(site.logged[0]?.includes(broken.headers.get("x-request-id") ?? "-"));

  const refused = await ask(() => {
    throw new HttpError(403);
  });
  assert.equal(refused.status, 403);
});

Deno.test("requestScope() sends the cookies that a request asked for, errors included", async () => {
  const answer = await ask((ctx) => {
    ctx.state.cookies.push("a=1; Path=/", "b=2; Path=/");
    throw new HttpError(404);
  });
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1; Path=/", "b=2; Path=/"]);
  assert.equal(answer.headers.get("cache-control"), "no-store");
});

Deno.test("requestScope() writes down requests that are slow", async () => {
  const site = fakeSite();
  await ask((ctx) => {
    site.clock.advance(3_000);
    return ctx.text("done");
  }, site);
  assert.match(site.logged[0] ?? "", /slow request/);
});

Deno.test("requestScope() writes down what was refused, and to whom", async () => {
  const site = fakeSite();
  for (const status of [403, 429]) {
    await ask(() => {
      throw new HttpError(status as 403);
    }, site);
  }
  await ask((ctx) => ctx.text("done"), site);
  assert.deepEqual(
    site.logged.map((line) => /"request refused".*"status":(\d+),"userId":null/.exec(line)?.[1]),
    ["403", "429"],
  );
});
