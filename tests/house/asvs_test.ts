/**
 * docs/asvs.md names every requirement once, and only files and tests that there are. Some of what it
 * says is about the source as a whole and is looked at here.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../local/settings.ts";
import { fakeSite } from "../site/fakes.ts";
import { siteHandler } from "../site/browser.ts";

const LEVEL_1 = 70;
const LEVEL_2 = 183;

const read = (path: string) => Deno.readTextFile(join(ROOT, path));
/** What is written on several lines, or is joined of several texts, on one. */
const oneLine = (text: string) => text.replace(/"\s*\+\s*"/g, "").replace(/\s+/g, " ");

/** A file of ours, as opposed to a name in code or a path of the site. */
const PATH =
  /^(?:[\w.()[\]-]+\/)*[\w.()[\]-]*\.(?:ts|tsx|md|json|sql|toml|lock|txt|example|gitignore)$/;

const page = await read("docs/asvs.md");

/** Paths that the document names, and the titles of tests that stand right behind one. */
function named(): { readonly path: string; readonly titles: readonly string[] }[] {
  return [...oneLine(page).matchAll(/`([^`]+)`((?: "[^"]+")*)/g)]
    .filter(([, path = ""]) => PATH.test(path))
    .map(([, path = "", titles = ""]) => ({
      path,
      titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title),
    }));
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) yield path;
  }
}

/** Files of what is deployed in which something is found. */
async function filesWith(pattern: RegExp): Promise<string[]> {
  const found = [];
  for (const top of ["routes", "islands", "components", "site", "supabase/functions"]) {
    for await (const path of sourceFiles(top)) {
      if (pattern.test(await read(path))) found.push(path);
    }
  }
  return found.sort();
}

Deno.test("docs/asvs.md names only files that there are", async () => {
  const paths = [...new Set(named().map(({ path }) => path))];
  assert.ok(paths.length > 100, `only ${paths.length} paths`);
  const missing = [];
  for (const path of paths) {
    // A file that was named with its folder before.
    if (!path.includes("/") && paths.some((other) => other.endsWith(`/${path}`))) continue;
    if (!await Deno.stat(join(ROOT, path)).then(() => true, () => false)) missing.push(path);
  }
  assert.deepEqual(missing, []);
});

Deno.test("docs/asvs.md names only tests that there are", async () => {
  const missing = [];
  let titles = 0;
  for (const { path, titles: wanted } of named()) {
    const text = wanted.length === 0 ? "" : oneLine(await read(path).catch(() => ""));
    for (const title of wanted) {
      titles++;
      if (!text.includes(title)) missing.push(`${path}: ${title}`);
    }
  }
  assert.ok(titles > 150, `only ${titles} titles`);
  assert.deepEqual(missing, []);
  // A quotation that follows no path would not be looked at.
  const loose = [...oneLine(page).matchAll(/[^`"] "([a-z/][^"]{25,})"/g)].map(([, text]) => text);
  assert.deepEqual(loose, []);
});

Deno.test("docs/asvs.md has every requirement of level 1 and 2, each once", () => {
  const entries = [...page.matchAll(/^- \*\*(\d+\.\d+\.\d+) /gm)].map(({ index, 1: id = "" }) => ({
    id,
    level: page.slice(0, index).lastIndexOf("### Level 1") >
        page.slice(0, index).lastIndexOf("### Level 2")
      ? 1
      : 2,
  }));
  const [, others = ""] = page.split("## Level 2 that does not bind here");
  const unbound = [...others.matchAll(/^\| ((?:\d+\.\d+\.\d+(?:, )?)+)/gm)]
    .flatMap(([, list = ""]) => list.split(", "));
  const ids = [...entries.map(({ id }) => id), ...unbound];
  assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], "named twice");
  assert.equal(entries.filter(({ level }) => level === 1).length, LEVEL_1);
  assert.equal(entries.filter(({ level }) => level === 2).length + unbound.length, LEVEL_2);
  const verdict =
    /\.\*\*(?: \(2\))?\s(?:Met|Partly|Not\smet|Not\sapplicable|Depends\son\sthe\shost)\b/;
  const silent = page.split(/^- (?=\*\*\d)/m).slice(1).filter((text) => !verdict.test(text));
  assert.deepEqual(silent, []);
});

Deno.test("nothing that is deployed starts a program or runs text as code", async () => {
  assert.deepEqual(
    await filesWith(/\beval\(|new Function\(|Deno\.Command|child_process|node:vm/),
    [],
  );
});

Deno.test("pages and islands put no HTML of their own into a page", async () => {
  assert.deepEqual(
    await filesWith(
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
    ),
    [],
  );
});

Deno.test("the browser's storage holds one setting and nothing of people", async () => {
  assert.deepEqual(
    await filesWith(/localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open/),
    ["islands/QueueKeys.tsx"],
  );
});

Deno.test("no weak hash is used, and nothing secret is drawn from Math.random", async () => {
  assert.deepEqual(await filesWith(/createHash\("(?:md5|sha1)"|SHA-1\b|\bmd5\(/i), []);
  // A pause of another length each time.
  assert.deepEqual(
    (await filesWith(/Math\.random/)).filter((path) => !path.startsWith("islands/")),
    [],
  );
  for await (const { name } of Deno.readDir(join(ROOT, "supabase/migrations"))) {
    const text = await read(`supabase/migrations/${name}`);
    assert.doesNotMatch(text, /\bmd5\(|\brandom\(\)|digest\([^)]*'(?:md5|sha1)'/i, name);
  }
});

Deno.test("no account is made by what is deployed", async () => {
  const files = ["supabase/seed.sql"];
  for await (const { name } of Deno.readDir(join(ROOT, "supabase/migrations"))) {
    files.push(`supabase/migrations/${name}`);
  }
  for (const file of files) {
    assert.doesNotMatch(await read(file), /insert\s+into\s+auth\.users/i, file);
  }
  assert.deepEqual(await filesWith(/admin\.createUser|auth\/v1\/admin/), []);
});

Deno.test("passwords are typed into fields for passwords, which may be filled and pasted into", async () => {
  let fields = 0;
  for (const top of ["routes", "components"]) {
    for await (const path of sourceFiles(top)) {
      const text = await read(path);
      assert.doesNotMatch(text, /onpaste/i, path);
      for (const [field] of text.matchAll(/<\w+[^<>]*\bname="(?:password|present)"[^<]*?\/>/g)) {
        fields++;
        assert.match(field, /type="password"/, path);
        assert.match(field, /autocomplete="(?:current|new)-password"/, path);
      }
    }
  }
  assert.ok(fields >= 5, `only ${fields} fields`);
});

Deno.test("only what stands below static/ is served as a file", async () => {
  const handler = await siteHandler(fakeSite());
  for (
    const path of [
      "/.git/config",
      "/.git/HEAD",
      "/.env",
      "/deno.json",
      "/main.ts",
      "/static/",
      "/styles/",
      "/fonts/",
      "/supabase/config.toml",
      "/%2e%2e/deno.json",
      "/styles/..%2f..%2fdeno.json",
    ]
  ) {
    const { status } = await handler(new Request(`http://localhost:8000${path}`));
    assert.ok([302, 400, 404].includes(status), `${path}: ${status}`);
  }
});

Deno.test("TRACE is answered nowhere", async () => {
  const handler = await siteHandler(fakeSite());
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    for (const path of ["/en", "/api/health", "/styles/base.css"]) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
      await connection.write(new TextEncoder().encode(
        `TRACE ${path} HTTP/1.1\r\nhost: localhost\r\nx-mine: secret\r\nconnection: close\r\n\r\n`,
      ));
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1\.1 (?:400|404|405) /, path);
      assert.doesNotMatch(answer, /x-mine/, path);
    }
  } finally {
    await server.shutdown();
  }
});
