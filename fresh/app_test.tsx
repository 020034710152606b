import assert from "node:assert/strict";
import { App, applySnapshot } from "./app.ts";
import { HttpError } from "./errors.ts";
import { EMPTY_SNAPSHOT } from "./snapshot.ts";
import type { Context } from "./context.ts";
import { page, type PageProps } from "./types.ts";

interface State {
  trail: string[];
}

type Files = Record<string, Record<string, unknown>>;

/** The answering function of an application with these files below `routes/`. */
function serve(files: Files, app = new App<State>().fsRoutes()) {
  const routes = Object.entries(files).map(([id, module]) => ({ id, module }));
  applySnapshot(app, { ...EMPTY_SNAPSHOT, routes });
  const handler = app.handler();
  return (path: string, init?: RequestInit) => {
    return handler(new Request(`http://localhost${path}`, init));
  };
}

async function textOf(response: Response | Promise<Response>): Promise<string> {
  return await (await response).text();
}

/** Runs `work` with `console.error` collecting. */
async function withErrors(work: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  // deno-lint-ignore no-console -- To see what is reported there.
  const original = console.error;
  console.error = (...args) => errors.push(...args);
  try {
    await work();
  } finally {
    console.error = original;
  }
  return errors;
}

/** A middleware that leaves its name on the way in and out. */
function passing(name: string) {
  return async (ctx: Context<State>) => {
    ctx.state.trail = [...ctx.state.trail ?? [], name];
    const response = await ctx.next();
    response.headers.append("x-out", name);
    return response;
  };
}

const html = {
  default: ({ Component }: PageProps) => (
    <html>
      <body>
        <Component />
      </body>
    </html>
  ),
};
const trail = { handler: (ctx: Context<State>) => ctx.text(ctx.state.trail.join()) };
const showError = {
  default: ({ error }: PageProps) => <p>{error instanceof HttpError ? error.status : "oops"}</p>,
};
const fail = (status: number) => ({
  handler: () => {
    throw new HttpError(status);
  },
});

Deno.test("App.use() applies to routes that are added after it", async () => {
  const app = new App<State>()
    .use(passing("first"))
    .get("/early", trail.handler)
    .use(passing("second"))
    .get("/late", trail.handler);
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/early")), "first");
  const late = await fetch("/late");
  assert.equal(await late.text(), "first,second");
  assert.equal(late.headers.get("x-out"), "second, first");
});

Deno.test("App.use() with a path applies at and below it", async () => {
  const app = new App<State>()
    .use(passing("all"))
    .use("/admin", passing("admin"))
    .get("/", trail.handler)
    .get("/admin", trail.handler)
    .get("/admin/users/:id", trail.handler);
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/")), "all");
  assert.equal(await textOf(fetch("/admin")), "all,admin");
  assert.equal(await textOf(fetch("/admin/users/1")), "all,admin");
});

Deno.test("App answers by method: 405 for another one, OPTIONS with what there is", async () => {
  const app = new App<State>().get("/", (ctx) => ctx.text("got")).post(
    "/",
    (ctx) => ctx.text("put"),
  );
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/", { method: "POST" })), "put");
  assert.equal((await fetch("/", { method: "DELETE" })).status, 405);
  const options = await fetch("/", { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, POST"]);
});

Deno.test("App runs GET for HEAD and drops the body, of errors too", async () => {
  const app = new App<State>().get("/", (ctx) => ctx.text("body", { headers: { "x-a": "b" } }));
  const fetch = serve({}, app);
  const response = await fetch("/", { method: "HEAD" });
  assert.deepEqual([response.status, response.body, response.headers.get("x-a")], [200, null, "b"]);
  const missing = await fetch("/missing", { method: "HEAD" });
  assert.deepEqual([missing.status, missing.body], [404, null]);
});

Deno.test("App lives below its base path", async () => {
  const app = new App<State>({ basePath: "/shop" }).get("/", (ctx) => ctx.text("home"))
    .get("/cart", (ctx) => ctx.text(ctx.route ?? ""));
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/shop")), "home");
  assert.equal(await textOf(fetch("/shop/cart")), "/shop/cart");
  assert.equal((await fetch("/cart")).status, 404);
});

Deno.test("App.notFound() and App.onError() answer with their status in hand", async () => {
  const app = new App<State>()
    .onError("*", (ctx) => ctx.text(`error ${(ctx.error as Error).message}`, { status: 500 }))
    .notFound((ctx) => ctx.text(`nothing at ${ctx.url.pathname}`, { status: 404 }))
    .get("/throws", () => {
      throw new Error("inside");
    });
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/throws")), "error inside");
  assert.equal(await textOf(fetch("/missing")), "nothing at /missing");
});

Deno.test("App answers an error nobody took with its status, and reports what is unknown", async () => {
  const app = new App<State>()
    .get("/known", () => {
      throw new HttpError(418, "short and stout");
    })
    .get("/unknown", () => {
      throw new Error("a secret");
    });
  const fetch = serve({}, app);
  const errors = await withErrors(async () => {
    assert.equal(await textOf(fetch("/known")), "short and stout");
    const unknown = await fetch("/unknown");
    assert.deepEqual([unknown.status, await unknown.text()], [500, "Internal server error"]);
  });
  assert.match(String(errors[0]), /a secret/);
  assert.equal(errors.length, 1);
});

Deno.test("App decodes parameters, and answers 400 to a malformed one", async () => {
  const app = new App<State>().use(passing("all"))
    .get("/:name", (ctx) => ctx.text(ctx.params.name ?? ""));
  const fetch = serve({}, app);
  assert.equal(await textOf(fetch("/z%C3%BCrich%20a")), "zürich a");
  assert.equal(await textOf(fetch("/a%2Fb")), "a%2Fb");
  assert.equal((await fetch("/%zz")).status, 400);
});

Deno.test("App collapses slashes before it looks for a route", async () => {
  const app = new App<State>().get("/a/b", (ctx) => ctx.text(ctx.url.pathname));
  assert.equal(await textOf(serve({}, app)("//a///b")), "/a/b");
});

Deno.test("ctx.next() can be called once", async () => {
  const app = new App<State>()
    .use(async (ctx) => {
      await ctx.next();
      return await ctx.next();
    })
    .get("/", (ctx) => ctx.text("fine"));
  const fetch = serve({}, app);
  const errors = await withErrors(async () => {
    assert.equal((await fetch("/")).status, 500);
  });
  assert.match(String(errors[0]), /only be called once/);
});

Deno.test("ctx.next() does not get past a middleware that has answered", async () => {
  let reached = false;
  const app = new App<State>()
    .use(async (ctx) => {
      await ctx.next();
      return await ctx.next();
    })
    .use((ctx) => ctx.text("stop"))
    .get("/", (ctx) => {
      reached = true;
      return ctx.text("secret");
    });
  const fetch = serve({}, app);
  await withErrors(async () => {
    await fetch("/");
  });
  assert.equal(reached, false);
});

Deno.test("ctx.redirect() stays on this host for every local path", async () => {
  const app = new App<State>().get("/", (ctx) => {
    return ctx.redirect(ctx.req.headers.get("x-to") ?? "", 303);
  });
  const fetch = serve({}, app);
  const expected = {
    "/a?next=//b": "/a?next=//b",
    "//evil.example/a": "/evil.example/a",
    "/\\evil.example": "/evil.example",
    "/\t/evil.example": "/evil.example",
    "https://other.example/a//b": "https://other.example/a//b",
  };
  for (const [to, location] of Object.entries(expected)) {
    const response = await fetch("/", { headers: { "x-to": to } });
    assert.deepEqual([response.status, response.headers.get("location")], [303, location]);
  }
});

Deno.test("ctx.json(), html() and stream() set what they promise", async () => {
  const app = new App<State>()
    .get("/json", (ctx) => ctx.json({ a: 1 }, { status: 201 }))
    .get("/html", (ctx) => ctx.html("<p>a</p>"))
    .get("/stream", (ctx) =>
      ctx.stream(async function* () {
        yield "a";
        await Promise.resolve();
        yield new TextEncoder().encode("b");
      }));
  const fetch = serve({}, app);
  const json = await fetch("/json");
  assert.deepEqual([json.status, await json.json()], [201, { a: 1 }]);
  assert.equal((await fetch("/html")).headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(await textOf(fetch("/stream")), "ab");
});

Deno.test("fsRoutes() runs middlewares of folders from outside in, groups included", async () => {
  const fetch = serve({
    "/_middleware": { handler: passing("root") },
    "/(site)/_middleware": { handler: [passing("site"), passing("site2")] },
    "/(site)/[locale]/_middleware": { default: passing("locale") },
    "/(site)/[locale]/index": trail,
    "/(site)/[locale]/deep/page": trail,
    "/api/health": trail,
  });
  assert.equal(await textOf(fetch("/en")), "root,site,site2,locale");
  assert.equal(await textOf(fetch("/en/deep/page")), "root,site,site2,locale");
  assert.equal(await textOf(fetch("/api/health")), "root");
});

Deno.test("fsRoutes() nests layouts, and leaves out what config says", async () => {
  const layout = (name: string, config = {}) => ({
    config,
    default: ({ Component }: PageProps) => (
      <div class={name}>
        <Component />
      </div>
    ),
  });
  const content = { default: () => <p>page</p> };
  const fetch = serve({
    "/_app": html,
    "/_layout": layout("outer"),
    "/a/_layout": layout("inner"),
    "/a/index": content,
    "/b/_layout": layout("alone", { skipInheritedLayouts: true }),
    "/b/index": content,
    "/c": { ...content, config: { skipAppWrapper: true, skipInheritedLayouts: true } },
  });
  assert.match(
    await textOf(fetch("/a")),
    /<body><div class="outer"><div class="inner"><p>page<\/p><\/div><\/div><\/body>/,
  );
  assert.match(await textOf(fetch("/b")), /<body><div class="alone"><p>page<\/p><\/div><\/body>/);
  assert.equal(
    await textOf(fetch("/c")),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>page</p></body></html>',
  );
});

Deno.test("fsRoutes() awaits async pages, layouts and _app; each may answer itself", async () => {
  const fetch = serve({
    "/_app": {
      default: async ({ Component }: PageProps) => {
        await Promise.resolve();
        return (
          <html>
            <body>
              <Component />
            </body>
          </html>
        );
      },
    },
    "/_layout": {
      default: async ({ Component }: PageProps) => {
        await Promise.resolve();
        return (
          <main>
            <Component />
          </main>
        );
      },
    },
    "/index": {
      default: async ({ url }: PageProps) => await Promise.resolve(<p>{url.pathname}</p>),
    },
    "/away": { default: async () => await Promise.resolve(Response.json("mine")) },
  });
  assert.match(await textOf(fetch("/")), /<body><main><p>\/<\/p><\/main><\/body>/);
  assert.equal(await textOf(fetch("/away")), '"mine"');
});

Deno.test("a page without handlers renders for every method", async () => {
  const fetch = serve({ "/index": { default: () => <p>page</p> } });
  for (const method of ["GET", "POST", "DELETE"]) {
    assert.match(await textOf(fetch("/", { method })), /<p>page<\/p>/);
  }
});

Deno.test("a handler object answers its methods, GET by the page, others with 404", async () => {
  const fetch = serve({
    "/index": {
      handler: { POST: () => page({ name: "posted" }, { status: 422 }) },
      default: ({ data }: PageProps<{ name?: string }>) => <p>{data.name ?? "empty"}</p>,
    },
    "/only": { handlers: { POST: () => new Response("posted") } },
  });
  assert.match(await textOf(fetch("/")), /<p>empty<\/p>/);
  const posted = await fetch("/", { method: "POST" });
  assert.equal(posted.status, 422);
  assert.match(await posted.text(), /<p>posted<\/p>/);
  assert.equal((await fetch("/", { method: "PUT" })).status, 404);
  assert.equal((await fetch("/only")).status, 404);
});

Deno.test("page() sets headers, ctx.render() keeps all of them", async () => {
  const cookies: [string, string][] = [["set-cookie", "a=1"], ["set-cookie", "b=2"]];
  const fetch = serve({
    "/page": { handler: () => page({}, { headers: cookies }), default: () => <p /> },
    "/render": { handler: (ctx: Context<State>) => ctx.render(<p />, { headers: cookies }) },
  });
  assert.deepEqual((await fetch("/page")).headers.getSetCookie(), ["b=2"]);
  assert.deepEqual((await fetch("/render")).headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("ctx.render() in a middleware is wrapped by what is outside of it", async () => {
  const fetch = serve({
    "/_app": html,
    "/_layout": {
      default: ({ Component }: PageProps) => (
        <div class="outer">
          <Component />
        </div>
      ),
    },
    "/in/_layout": {
      default: ({ Component }: PageProps) => (
        <div class="in">
          <Component />
        </div>
      ),
    },
    "/in/deep/_layout": {
      default: ({ Component }: PageProps) => (
        <b>
          <Component />
        </b>
      ),
    },
    "/in/_middleware": {
      handler: async (ctx: Context<State>) => {
        await ctx.next();
        return ctx.render(<p>instead</p>);
      },
    },
    "/in/deep/index": { default: () => <p>page</p> },
  });
  assert.match(
    await textOf(fetch("/in/deep")),
    /<body><div class="outer"><div class="in"><p>instead<\/p><\/div><\/div><\/body>/,
  );
});

Deno.test("_error of the nearest folder shows the error in that folder's layouts", async () => {
  const fetch = serve({
    "/_error": { default: () => <p>outer</p> },
    "/a/_error": showError,
    "/a/_layout": {
      default: ({ Component }: PageProps) => (
        <div class="a">
          <Component />
        </div>
      ),
    },
    "/a/b/_layout": {
      default: ({ Component }: PageProps) => (
        <div class="b">
          <Component />
        </div>
      ),
    },
    "/a/b/index": fail(403),
    "/a/c": {
      handler: () => {
        throw new Error("unknown");
      },
    },
    "/d": fail(400),
  });
  const known = await fetch("/a/b");
  assert.equal(known.status, 403);
  assert.match(await known.text(), /<body><div class="a"><p>403<\/p><\/div><\/body>/);
  const unknown = await fetch("/a/c");
  assert.equal(unknown.status, 500);
  assert.match(await unknown.text(), /<p>oops<\/p>/);
  assert.match(await textOf(fetch("/d")), /<p>outer<\/p>/);
});

Deno.test("_error takes errors of its own folder's middlewares and passes over what they do", async () => {
  const fetch = serve({
    "/_middleware": { handler: passing("root") },
    "/(site)/_error": showError,
    "/(site)/_middleware": { handler: passing("site") },
    "/(site)/gone": fail(410),
    "/(site)/guarded/_middleware": fail(401),
    "/(site)/guarded/index": trail,
    "/(site)/[...path]": fail(404),
  });
  for (const [path, status] of [["/gone", 410], ["/guarded", 401], ["/missing", 404]] as const) {
    const response = await fetch(path);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("x-out"), "root");
    assert.match(await response.text(), new RegExp(`<p>${status}</p>`));
  }
});

Deno.test("an _error page that throws hands on to the next one outside", async () => {
  const fetch = serve({
    "/_error": showError,
    "/a/_error": fail(503),
    "/a/index": fail(404),
  });
  const response = await fetch("/a");
  assert.equal(response.status, 503);
  assert.match(await response.text(), /<p>503<\/p>/);
});

Deno.test("a request leaves nothing behind for the next", async () => {
  const app = new App<State>().use(passing("x")).get("/:a", trail.handler);
  const fetch = serve({}, app);
  const answers = await Promise.all(["/1", "/2", "/3"].map((path) => textOf(fetch(path))));
  assert.deepEqual(answers, ["x", "x", "x"]);
});
