import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App } from "../app.ts";
import { Builder } from "./builder.ts";

const root = join(import.meta.dirname ?? "", "../tests/fixture_site");

type Fetch = (request: Request) => Promise<Response>;

/** Build the fixture to disk and hand over its directory. */
async function withBuild(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await new Builder({ root, outDir: directory }).build();
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function importServer(directory: string): Promise<Fetch> {
  const { default: server } = await import(pathToFileURL(join(directory, "server.js")).href);
  return (request) => server.fetch(request);
}

function get(fetch: Fetch, path: string, init?: RequestInit): Promise<Response> {
  return fetch(new Request(`http://localhost${path}`, init));
}

/** URL paths of the scripts that a page names. */
function scriptsOf(response: Response): string[] {
  const link = response.headers.get("link") ?? "";
  return Array.from(link.matchAll(/<([^>]+)>/g), ([, path]) => path ?? "");
}

Deno.test("Builder.build() writes a server that answers pages and files", async () => {
  await withBuild(async (directory) => {
    const fetch = await importServer(directory);
    const home = await get(fetch, "/");
    assert.equal(home.status, 200);
    const html = await home.text();
    assert.match(html, /<title>Start<\/title>/);
    const stylesheet = /href="(\/styles\.css\?__frsh_c=\w+)"/.exec(html)?.[1] ?? "";
    const css = await get(fetch, stylesheet);
    assert.match(await css.text(), /body/);
    assert.match(css.headers.get("cache-control") ?? "", /immutable/);

    const missing = await get(fetch, "/en/nothing/here");
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /<main><h1>Error 404<\/h1><\/main>/);
  });
});

Deno.test("Builder.build() leaves hidden files and what is outside of static/ alone", async () => {
  await withBuild(async (directory) => {
    const fetch = await importServer(directory);
    const paths = [
      "/.secret",
      "/..%2fmain.ts",
      "/%2e%2e/main.ts",
      "/static/styles.css",
      "/main.ts",
    ];
    for (const path of paths) {
      const text = await (await get(fetch, path)).text();
      assert.match(text, /^<!DOCTYPE html>/, path);
      assert.doesNotMatch(text, /hidden|staticFiles/, path);
    }
    assert.equal(await (await get(fetch, "/.well-known/security.txt")).text(), "Contact: none\n");
  });
});

Deno.test("Builder.build() makes scripts that load each other and have Preact once", async () => {
  await withBuild(async (directory) => {
    const fetch = await importServer(directory);
    const page = await get(fetch, "/islands");
    const paths = scriptsOf(page);
    assert.ok(paths.length >= 5, paths.join());
    const known = new Set(paths);
    let withPreact = 0;
    for (const path of paths) {
      const script = await get(fetch, path);
      assert.equal(script.status, 200, path);
      assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
      assert.match(script.headers.get("cache-control") ?? "", /immutable/);
      const text = await script.text();
      assert.doesNotMatch(text, /__FRESH_BUILD_ID__/);
      for (const [, name] of text.matchAll(/from\s*"\.\/([^"]+)"/g)) {
        assert.ok(known.has(path.replace(/[^/]+$/, name ?? "")), `${name} is not preloaded`);
      }
      // Text of Preact's own that its minified form keeps.
      if (text.includes("dangerouslySetInnerHTML")) withPreact++;
    }
    assert.equal(withPreact, 1);
  });
});

Deno.test("Builder.build() leaves out of a page what it does not need", async () => {
  await withBuild(async (directory) => {
    const fetch = await importServer(directory);
    const kinds = scriptsOf(await get(fetch, "/kinds"));
    assert.ok(!kinds.some((path) => path.includes("fresh-signals")));
    assert.deepEqual(scriptsOf(await get(fetch, "/")), []);
  });
});

Deno.test("Builder.build() gives the same sources the same build", async () => {
  const read = (directory: string) => Deno.readTextFile(join(directory, "manifest.json"));
  let first = "";
  await withBuild(async (directory) => {
    first = await read(directory);
  });
  await withBuild(async (directory) => assert.equal(await read(directory), first));
});

Deno.test("Builder.build() replaces its own files and nothing else", async () => {
  await withBuild(async (directory) => {
    await Deno.writeTextFile(join(directory, "static", "old.txt"), "");
    await Deno.writeTextFile(join(directory, "notes.txt"), "");
    await new Builder({ root, outDir: directory }).build();
    const names = Array.fromAsync(Deno.readDir(directory), (entry) => entry.name);
    assert.deepEqual((await names).sort(), ["manifest.json", "notes.txt", "server.js", "static"]);
    await assert.rejects(Deno.stat(join(directory, "static", "old.txt")), Deno.errors.NotFound);
  });
});

Deno.test("Builder.build() into memory lets a test's application use the routes", async () => {
  const apply = await new Builder({ root }).build({ snapshot: "memory" });
  const app = new App<{ trail: string[] }>().fsRoutes();
  apply(app);
  const fetch = app.handler();
  assert.match(await (await get(fetch, "/en")).text(), /<h1>en<\/h1>/);
});

Deno.test("Builder.build() says what cannot be bundled", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(directory, "islands"));
    await Deno.writeTextFile(
      join(directory, "islands", "Bad.ts"),
      `import { join } from "node:path"; export default () => join("a");`,
    );
    const build = new Builder({ root: directory }).build();
    await assert.rejects(build, /Cannot bundle "node:path" for the browser/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
