/**
 * Who may import whom: the house's walls (CONTRIBUTING.md, "Where things live").
 */
import assert from "node:assert/strict";
import { dirname, join, posix, relative } from "node:path";
import { ROOT } from "../../local/settings.ts";

const CORE = "supabase/functions/_shared";
const TOPS = [
  "routes",
  "islands",
  "components",
  "site",
  "supabase/functions",
  "fresh",
  "local",
  "ops",
  "tests",
];
const FILES = ["main.ts", "dev.ts", "utils.ts", "fresh.config.ts"];

interface Import {
  readonly from: string;
  readonly to: string;
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function targets(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"\n]+)"/g)].map((m) =>
    m[1] ?? ""
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith("@core/")) return [posix.join(CORE, specifier.slice("@core/".length))];
    if (specifier.startsWith(".")) {
      return [relative(ROOT, join(ROOT, dirname(file), specifier)).replaceAll("\\", "/")];
    }
    return [`npm:${specifier}`];
  });
}

async function allImports(): Promise<Import[]> {
  const found: Import[] = [];
  const files = [...FILES];
  for (const top of TOPS) for await (const file of sourceFiles(top)) files.push(file);
  for (const file of files) {
    const text = await Deno.readTextFile(join(ROOT, file));
    for (const to of targets(file, text)) found.push({ from: file, to });
  }
  return found;
}

const imports = await allImports();

function forbid(rule: string, broken: (edge: Import) => boolean): void {
  Deno.test(rule, () => {
    const found = imports.filter(broken).map(({ from, to }) => `${from} imports ${to}`);
    assert.deepEqual(found, []);
  });
}

const isTest = (file: string) => /_test\.tsx?$/.test(file) || file.startsWith("tests/");
const within = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const context = (file: string) => within(CORE)(file) ? file.split("/")[3] : undefined;

Deno.test("the walls are checked over all of the source", () => {
  assert.ok(imports.length > 100, `only ${imports.length} imports found`);
});

forbid(
  "nothing imports local/ but its own files and the tests",
  ({ from, to }) =>
    within("local")(to) && !within("local")(from) && !within("ops")(from) && !isTest(from),
);

forbid(
  "platform imports no context",
  ({ from, to }) =>
    context(from) === "platform" && !isTest(from) &&
    context(to) !== undefined && context(to) !== "platform",
);

forbid(
  "contexts do not import each other's stores",
  ({ from, to }) =>
    context(to) !== undefined && context(from) !== undefined && context(from) !== context(to) &&
    !isTest(from) &&
    /\/[a-z_]*store\.ts$/.test(to),
);

forbid(
  "supabase/ knows nothing of the site",
  ({ from, to }) =>
    within("supabase")(from) && !isTest(from) &&
    ["routes", "islands", "components", "site", "tests"].some((folder) => within(folder)(to)),
);

forbid(
  "islands import components, pure rules and the browser's libraries only",
  ({ from, to }) =>
    within("islands")(from) && !isTest(from) &&
    (within("routes")(to) || within("site")(to) || to === "utils.ts" || to === "main.ts" ||
      /^npm:(node:|postgres|@supabase|@paddle|resend|hono|jose)/.test(to) ||
      /\/(database|env|logger|[a-z_]*store)\.ts$/.test(to)),
);

forbid(
  "components render, they do not query",
  ({ from, to }) =>
    within("components")(from) && !isTest(from) &&
    (within("routes")(to) || /^npm:(postgres|@supabase|@paddle|resend|hono|jose)/.test(to) ||
      /\/(database|[a-z_]*store)\.ts$/.test(to)),
);

forbid(
  "the runtime in fresh/ knows nothing of the application",
  ({ from, to }) =>
    within("fresh")(from) && !to.startsWith("npm:") && !within("fresh")(to) && !isTest(from),
);

Deno.test("each function's own pins are the root's", async () => {
  const root = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
    imports: Record<string, string>;
  };
  for await (const entry of Deno.readDir(join(ROOT, "supabase/functions"))) {
    if (!entry.isDirectory || entry.name.startsWith("_")) continue;
    const file = join(ROOT, "supabase/functions", entry.name, "deno.json");
    const own = JSON.parse(await Deno.readTextFile(file)) as { imports: Record<string, string> };
    for (const [name, target] of Object.entries(own.imports)) {
      if (name === "@core/") continue;
      assert.equal(target, root.imports[name], `${entry.name}: ${name}`);
    }
  }
});

Deno.test("nothing is printed past the logger", async () => {
  const found: string[] = [];
  for (const top of TOPS) {
    for await (const file of sourceFiles(top)) {
      const text = await Deno.readTextFile(join(ROOT, file));
      if (!isTest(file) && /\bconsole\.(log|info|debug)\(/.test(text)) found.push(file);
    }
  }
  assert.deepEqual(found, []);
});

/** Past Storage's policies there is one door, with three operations (ADR 0022, 0025). */
Deno.test("the project's secret key is read in one place, and used in one", async () => {
  const found: string[] = [];
  for (const top of ["routes", "islands", "components", "site", "supabase/functions"]) {
    for await (const file of sourceFiles(top)) {
      const text = await Deno.readTextFile(join(ROOT, file));
      if (
        !isTest(file) &&
        /supabaseSecretKey|SUPABASE_SECRET_KEY|service_role|SERVICE_ROLE/.test(text)
      ) {
        found.push(file);
      }
    }
  }
  assert.deepEqual(found.sort(), [
    `${CORE}/documents/storage_keeper.ts`,
    `${CORE}/platform/env.ts`,
  ]);
});

forbid(
  "only the documents function, its sweep, the audit chain, the probe and the backup reach past Storage's policies",
  ({ from, to }) =>
    to === `${CORE}/documents/storage_keeper.ts` && !isTest(from) &&
    ![
      `${CORE}/audit/heads.ts`,
      `${CORE}/documents/sweep.ts`,
      `${CORE}/operations/probes.ts`,
      "local/backup/create.ts",
      "supabase/functions/documents/confirm.ts",
      "supabase/functions/documents/share.ts",
    ].includes(from),
);
