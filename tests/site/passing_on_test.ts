import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, ORIGIN } from "./fakes.ts";

/** A stand-in for the functions that tells what it was asked. */
async function withFunctions(
  answer: (request: Request) => Response | Promise<Response>,
  work: (supabaseUrl: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const echo = async (request: Request) =>
  Response.json({
    path: new URL(request.url).pathname + new URL(request.url).search,
    method: request.method,
    body: await request.text(),
    headers: Object.fromEntries(request.headers),
  }, { headers: { "set-cookie": "spy=1", "x-powered-by": "echo", "retry-after": "7" } });

Deno.test("a Paddle delivery reaches its function byte by byte, with its signature", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const handler = await siteHandler(fakeSite({ SUPABASE_URL }));
    const body = `{ "event_id": "evt_1",  "é": "\\u00e9" }`;
    const answer = await handler(
      new Request(`${ORIGIN}/api/webhooks/paddle`, {
        method: "POST",
        body,
        headers: {
          "paddle-signature": "ts=1;h1=ab",
          "content-type": "application/json",
          "x-forwarded-for": "6.6.6.6",
          "cookie": "session=secret",
        },
      }),
    );
    const got = await answer.json();
    assert.equal(answer.status, 200);
    assert.equal(got.path, "/functions/v1/paddle-webhook");
    assert.equal(got.body, body);
    assert.equal(got.headers["paddle-signature"], "ts=1;h1=ab");
    assert.equal(got.headers["cookie"], undefined);
    assert.equal(got.headers["x-forwarded-for"], "localhost");
    assert.equal(got.headers["authorization"], undefined);
    assert.equal(answer.headers.get("retry-after"), "7");
    assert.equal(answer.headers.get("x-powered-by"), null);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });
});

Deno.test("a Resend delivery reaches its function byte by byte, with its signature", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const handler = await siteHandler(fakeSite({ SUPABASE_URL }));
    const body = `{ "type": "email.sent",  "é": "\\u00e9" }`;
    const signature = {
      "svix-id": "msg_1",
      "svix-timestamp": "1",
      "svix-signature": "v1,ab v1,cd",
    };
    const answer = await handler(
      new Request(`${ORIGIN}/api/webhooks/resend`, {
        method: "POST",
        body,
        headers: { ...signature, "content-type": "application/json", "cookie": "session=secret" },
      }),
    );
    const got = await answer.json();
    assert.equal(got.path, "/functions/v1/resend-webhook");
    assert.equal(got.body, body);
    for (const [name, value] of Object.entries(signature)) assert.equal(got.headers[name], value);
    assert.equal(got.headers["cookie"], undefined);
    assert.equal(got.headers["authorization"], undefined);
  });
});

Deno.test("the session cookie becomes a bearer where a function acts for a person", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const site = fakeSite({ SUPABASE_URL });
    const tokens = await site.person({ email: "arta@demo.test" });
    const visitor = new Visitor(await siteHandler(site)).holds(tokens);
    const path = "/api/documents/7c9e6679-7425-40de-944b-e07fc1f90ae7/download";
    const got = await (await visitor.get(`${path}?disposition=inline`)).json();
    assert.equal(got.headers["authorization"], `Bearer ${tokens.accessToken}`);
    assert.equal(got.headers["cookie"], undefined);
    assert.match(got.path, /^\/functions\/v1\/documents\/7c9e.*\/download\?disposition=inline$/);

    const health = await (await visitor.get("/api/health")).json();
    assert.equal(health.headers["authorization"], undefined);
  });
});

Deno.test("a shared document is asked for by its link alone, never by a session", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const site = fakeSite({ SUPABASE_URL });
    const tokens = await site.person({ email: "arta@demo.test" });
    const visitor = new Visitor(await siteHandler(site)).holds(tokens);
    const path = `/api/documents/share/${"k".repeat(43)}/2`;
    const answer = await visitor.get(path);
    const got = await answer.json();
    assert.equal(got.path, `/functions/v1/documents/share/${"k".repeat(43)}/2`);
    assert.equal(got.headers["authorization"], undefined);
    assert.equal(got.headers["cookie"], undefined);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
    for (const other of [`${path}/x`, `/api/documents/share/${"k".repeat(42)}/2`, `${path}00`]) {
      assert.equal((await visitor.get(other)).status, 404, other);
    }
  });
});

Deno.test("everything about a person is asked for in their name; who is refused comes back to the page", async () => {
  let status = 200;
  const answer = async (request: Request) =>
    new Response(await (await echo(request)).text(), { status });
  await withFunctions(answer, async (SUPABASE_URL) => {
    const site = fakeSite({ SUPABASE_URL });
    const tokens = await site.person({ email: "arta@demo.test" });
    const visitor = new Visitor(await siteHandler(site)).holds(tokens);
    const path = "/api/privacy/export";
    const browser = { accept: "text/html,*/*", referer: `${ORIGIN}/sr/account/privacy` };
    const got = await (await visitor.get(path, browser)).json();
    assert.equal(got.path, "/functions/v1/documents/export");
    assert.equal(got.headers["authorization"], `Bearer ${tokens.accessToken}`);
    assert.equal(got.headers["cookie"], undefined);
    assert.equal((await visitor.post(path, {})).status, 405);

    status = 409;
    const refused = await visitor.get(path, browser);
    assert.equal(refused.status, 303);
    assert.equal(refused.headers.get("location"), "/sr/account/privacy?refused=over");
    assert.equal((await visitor.get(path)).status, 409);

    site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 42 }]);
    const often = await visitor.get(path, browser);
    assert.equal(often.headers.get("location"), "/sr/account/privacy?refused=often");
    const limit = site.statements.filter(({ text }) => text.includes("take_rate_limit")).at(-1);
    assert.deepEqual(limit?.values, ["data export through the site", "localhost", 60, 3600]);
  });
});

Deno.test("an uploaded file stays locked up on its way through the site", async () => {
  const file = () =>
    new Response("<script>alert(1)</script>", {
      headers: { "content-type": "text/html", "content-disposition": "inline; filename=x" },
    });
  await withFunctions(file, async (SUPABASE_URL) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SUPABASE_URL })));
    const answer = await visitor.get("/api/documents/1/download?disposition=inline");
    await answer.body?.cancel();
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^sandbox; default-src 'none';/);
    assert.doesNotMatch(policy, /script-src|allow-scripts/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  });
});

Deno.test("every job may be called, and no other", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SUPABASE_URL })));
    const jobs = [
      "dunning",
      "engagement",
      "nps",
      "mails",
      "webhooks",
      "documents",
      "reconcile",
      "retention",
    ];
    for (const job of jobs) {
      const got = await (await visitor.get(`/api/cron/${job}`)).json();
      assert.equal(got.path, `/functions/v1/cron/${job}`);
    }
    assert.equal((await visitor.get("/api/cron/mailsx")).status, 404);
  });
});

Deno.test("a cron call keeps its own bearer", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SUPABASE_URL })));
    const answer = await visitor.get("/api/cron/dunning", { authorization: "Bearer cron" });
    const got = await answer.json();
    assert.equal(got.path, "/functions/v1/cron/dunning");
    assert.equal(got.headers["authorization"], "Bearer cron");
  });
});

Deno.test("answers stream: the first bytes arrive while the function still writes", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const slowly = () =>
    new Response(
      new ReadableStream({
        async start(controller) {
          controller.enqueue(new TextEncoder().encode("first "));
          await gate;
          controller.enqueue(new TextEncoder().encode("last"));
          controller.close();
        },
      }),
    );
  await withFunctions(slowly, async (SUPABASE_URL) => {
    const handler = await siteHandler(fakeSite({ SUPABASE_URL }));
    const answer = await handler(new Request(`${ORIGIN}/api/health`));
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    assert.equal(new TextDecoder().decode(first?.value), "first ");
    open();
    const last = await reader?.read();
    assert.equal(new TextDecoder().decode(last?.value), "last");
    await reader?.cancel();
  });
});

Deno.test("a redirect of a function is handed on, not followed", async () => {
  const redirect = () =>
    new Response(null, {
      status: 302,
      headers: { location: `${ORIGIN}/sq/reset-password?token=t` },
    });
  await withFunctions(redirect, async (SUPABASE_URL) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SUPABASE_URL })));
    const answer = await visitor.get("/api/auth/reset-password/abc");
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), `${ORIGIN}/sq/reset-password?token=t`);
  });
});

Deno.test("what is not in the contract is not passed on", async () => {
  await withFunctions(echo, async (SUPABASE_URL) => {
    const visitor = new Visitor(await siteHandler(fakeSite({ SUPABASE_URL })));
    const paths = [
      "/api",
      "/api/claims/1",
      "/api/cron/everything",
      "/api/documents/..%2f..%2frest",
      "/api/documents/a/b",
      "/api/health/more",
      "/api/webhooks/paddle/ks",
    ];
    for (const path of paths) {
      const answer = await visitor.get(path);
      assert.equal(answer.status, 404, path);
      if (path !== "/api") assert.equal((await answer.json()).error.code, "not_found", path);
    }
    const answer = await visitor.get("/api/webhooks/paddle");
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get("allow"), "POST");
  });
});

Deno.test("a function that does not answer is a 503 in the contract's shape", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite()));
  const answer = await visitor.get("/api/health");
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).error.code, "function_unavailable");
  assert.ok(answer.headers.has("retry-after"));
});

Deno.test("visits to what everyone may ask for are counted by the visitor's own address", async () => {
  let reached = 0;
  const count = (request: Request) => {
    reached++;
    return echo(request);
  };
  await withFunctions(count, async (SUPABASE_URL) => {
    const site = fakeSite({ SUPABASE_URL });
    const handler = await siteHandler(site);
    const ask = (path: string, method: string) =>
      handler(
        new Request(`${ORIGIN}${path}`, { method, headers: { "x-forwarded-for": "6.6.6.6" } }),
      );
    const counted = () => site.statements.filter(({ text }) => text.includes("take_rate_limit"));
    for (const method of ["GET", "POST", "HEAD"]) {
      assert.equal((await ask("/api/public/nps?token=k", method)).status, 200);
    }
    assert.equal(reached, 3);
    assert.deepEqual(
      counted().map(({ values }) => values),
      Array(3).fill(["nps through the site", "localhost", 60, 60]),
    );
    const shared = `/api/documents/share/${"k".repeat(43)}/1`;
    assert.equal((await ask(shared, "POST")).status, 200);
    const bucket = "shared documents through the site";
    assert.deepEqual(counted().at(-1)?.values, [bucket, "localhost", 60, 60]);
    assert.equal(reached, 4);

    site.tables.set("take_rate_limit", [{ allowed: false, remaining: 0, retryAfterSeconds: 42 }]);
    for (const path of ["/api/public/nps?token=k", shared]) {
      const refused = await ask(path, "POST");
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get("retry-after"), "42");
      assert.equal(refused.headers.get("cache-control"), "no-store");
      assert.deepEqual(await refused.json(), {
        error: { code: "too_many_requests", message: "Too many tries. Please wait a moment." },
      });
    }
    assert.equal(reached, 4);
    // What has a secret of its own, or answers to providers, is not for the site to count.
    for (const path of ["/api/health", "/api/cron/nps"]) {
      assert.equal((await ask(path, "GET")).status, 200);
    }
    assert.equal((await ask("/api/webhooks/paddle", "POST")).status, 200);
    assert.equal(counted().length, 6);

    site.databaseIsUp = false;
    const away = await ask("/api/public/nps?token=k", "GET");
    assert.equal(away.status, 503);
    assert.equal((await away.json()).error.code, "database_unavailable");
  });
});
