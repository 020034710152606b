/**
 * RUNBOOK.md is true of this system: its commands and queries run, what it names exists, and it tells
 * everything that it was promised to tell.
 */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import postgres, { type Sql } from "postgres";
import { SECTIONS } from "@core/operations/checks/check.ts";
import { FLAG_KEYS } from "@core/platform/flags.ts";
import { ROOT } from "../../local/settings.ts";
import { readRules } from "../../ops/sentry/rules.ts";
import { destination } from "../../site/passing_on.ts";
import { stackValue } from "../support/stack_env.ts";
import { type Fence, fences, inCode, page, sections } from "./fences.ts";
import { PROMISES } from "./promises.ts";

const read = (path: string) => Deno.readTextFile(join(ROOT, path));
const exists = (path: string) => Deno.stat(join(ROOT, path)).then(() => true, () => false);
const { tasks } = JSON.parse(await read("deno.json")) as { tasks: Record<string, unknown> };
const first = (text: string) => text.split("\n")[0] ?? "";
/** Sections that the checks of the operations centre link to. */
const LINKED =
  "webhooks documents cron-jobs mail database storage audit slos environment incident-response rollback pilot password-reset triage triage-checklist mitigation-switches"
    .split(" ");

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

class Undo extends Error {}

async function runQuery({ text, manner }: Fence): Promise<void> {
  await withDatabase(async (sql) => {
    const outcome = await sql.begin(async (tx) => {
      if (manner === "run") await tx`set transaction read only`;
      await tx.unsafe(text);
      throw new Undo();
    }).catch((error: unknown) => error);
    if (manner === "refused") {
      assert.match(String((outcome as { code?: string }).code), /^(23|42)/, "it is refused");
    } else if (!(outcome instanceof Undo)) throw outcome;
  });
}

/** Each line that is a command of its own; a backslash joins two. */
function commands(text: string): string[] {
  return text.replace(/\\\n\s*/g, "").split("\n").filter((line) => line.trim() !== "");
}

async function runCommands({ text, manner }: Fence): Promise<void> {
  const child = new Deno.Command("bash", {
    args: ["-c", `set -eu\n${text}`],
    cwd: ROOT,
    // The stack's own; what a person has exported is not to be met here.
    env: { PORT_OFFSET: "", NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(code === 0 || (manner === "tells" && code === 1), `status ${code}: ${said}`);
  assert.doesNotMatch(said, /not found|unbound variable/i);
  if (text.includes("curl")) assert.doesNotMatch(said, /"code":"not_found"/);
}

/** What is run by another test, as it needs a stack of its own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "deno task e2e:gate": "tests/stack/gate_test.ts",
};

/** Takes away what the commands of a fence that changes something leave behind. */
async function takeAway(): Promise<void> {
  await Deno.remove(join(ROOT, "before-rollback.backup")).catch(() => {});
  const files = resolve(ROOT, Deno.env.get("STATE_DIR") ?? ".local", "files-restored_check");
  await Deno.remove(files, { recursive: true }).catch(() => {});
  await withDatabase(async (sql) => {
    await sql.unsafe("drop database if exists restored_check");
    await sql`delete from feature_flags where key = 'read_only' and tenant_id = 'ks'`;
  });
}

/** Programs that a deployment's operator has; they need the outside. */
const OUTSIDE = ["supabase", "git", "deno"];

function checkCommands({ text, line }: Fence): void {
  for (const command of commands(text)) {
    const [program = "", verb, name = ""] = command.trim().split(/\s+/);
    assert.ok(OUTSIDE.includes(program), `RUNBOOK.md:${line}: ${command}`);
    if (program === "deno" && verb === "task") assert.ok(name in tasks, `deno task ${name}`);
  }
}

for (const fence of fences()) {
  const { language, manner, text, line } = fence;
  const elsewhere = ELSEWHERE[text.trim()];
  const isRun = manner !== "outside" && elsewhere === undefined;
  Deno.test(`RUNBOOK.md:${line} ${isRun ? "works" : "is there"}: ${first(text)}`, async () => {
    if (language === "sql") await runQuery(fence);
    else if (isRun) await runCommands(fence);
    else checkCommands(fence);
    if (elsewhere !== undefined) {
      assert.ok((await read(elsewhere)).includes(text.trim()), `${elsewhere} runs it`);
    }
  });
}

Deno.test("RUNBOOK.md: what its commands left behind is taken away", takeAway);

for (const { in: anchor, promise, shown } of PROMISES) {
  Deno.test(`RUNBOOK.md#${anchor} tells ${promise}`, () => {
    const text = sections().get(anchor)?.text.replace(/\s+/g, " ");
    assert.ok(text !== undefined, `there is a section #${anchor}`);
    for (const words of shown) {
      if (typeof words === "string") assert.ok(text.includes(words), words);
      else assert.match(text, words);
    }
  });
}

Deno.test("RUNBOOK.md has the sections that the operations centre links to", () => {
  const anchors = sections();
  assert.deepEqual(LINKED.filter((anchor) => !anchors.has(anchor)), []);
});

Deno.test("RUNBOOK.md: every task that is named exists", () => {
  const named = [...page.matchAll(/deno task ([a-z0-9:]+)/g)].map(([, name = ""]) => name);
  assert.ok(named.length > 20);
  assert.deepEqual([...new Set(named)].filter((name) => !(name in tasks)), []);
});

Deno.test("RUNBOOK.md: every link leads somewhere", async () => {
  const anchors = sections();
  const broken: string[] = [];
  for (const [, target = ""] of page.matchAll(/\]\(([^)]+)\)/g)) {
    const isThere = target.startsWith("#")
      ? anchors.has(target.slice(1))
      : await exists(target.replace(/#.*/, ""));
    if (!isThere) broken.push(target);
  }
  assert.deepEqual(broken, []);
});

Deno.test("RUNBOOK.md: every saved query that is named exists, and every check is named", async () => {
  const named = new Set(inCode().filter((word) => /^[a-z_]+\.sql$/.test(word)));
  const missing: string[] = [];
  for (const name of named) if (!(await exists(`supabase/snippets/${name}`))) missing.push(name);
  assert.deepEqual(missing, []);
});

Deno.test("RUNBOOK.md: every variable that is named is in .env.example", async () => {
  const example = await read(".env.example");
  const variables = new Set(
    [...page.matchAll(/`\$?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)/g)].map(([, name = ""]) => name),
  );
  assert.ok(variables.size > 10);
  assert.deepEqual([...variables].filter((name) => !new RegExp(`\\b${name}\\b`).test(example)), []);
});

async function* pages(folder: string, path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const part = name.replace(/\.tsx?$/, "").replace(/\[\.*(\w+)\]/, ":$1");
    if (isDirectory) yield* pages(`${folder}/${name}`, /^\(/.test(name) ? path : `${path}/${part}`);
    else if (!name.startsWith("_")) yield part === "index" ? path : `${path}/${part}`;
  }
}

Deno.test("RUNBOOK.md: every page that is named exists", async () => {
  const there = new Set<string>();
  for await (const path of pages("routes/(site)/[locale]", "")) there.add(path);
  const named = inCode()
    .map((word) =>
      word.replace(/^GET /, "").replace(/^\/(?:sq|:locale)(?=\/)/, "").replace(/\?.*/, "")
    )
    .filter((word) => /^\/[a-z]/.test(word) && !word.startsWith("/api/"));
  assert.ok(named.length > 10);
  const shape = (path: string) => path.replace(/:\w+/g, ":");
  const shapes = new Set([...there].map(shape));
  // Settings are below each portal.
  const known = (path: string) => shapes.has(shape(path)) || shapes.has(`/member${path}`);
  assert.deepEqual([...new Set(named)].filter((path) => !known(path)), []);
});

Deno.test("RUNBOOK.md: every endpoint that is named answers", () => {
  const named = inCode().flatMap((word) => {
    const match = /^(?:(GET|POST) )?\/api\/([^\s?…]+)/.exec(word);
    return match === null ? [] : [{ method: match[1] ?? "GET", path: match[2] ?? "" }];
  });
  assert.ok(named.length > 8);
  const missing = named.filter(({ method, path }) => {
    const to = destination(method, path.replace(/:token/, "A".repeat(43)).replace(/:\w+/g, "1"));
    return !to.found && path !== "claims";
  });
  assert.deepEqual(missing, []);
});

Deno.test("RUNBOOK.md: every table, column and audit action that is named exists", () =>
  withDatabase(async (sql) => {
    const columns = await sql<{ table: string; name: string }[]>`
      select table_name as table, column_name as name from information_schema.columns
      where table_schema in ('public', 'storage')`;
    const known = new Set(columns.flatMap(({ table, name }) => [`${table}.${name}`, table]));
    const actions = new Set(
      [...(await read("supabase/functions/_shared/audit/actions.ts")).matchAll(/"([\w.]+)"/g)]
        .map(([, name = ""]) => name),
    );
    const named = inCode().map((word) => word.replace(/ =.*/, ""))
      .filter((word) => /^[a-z_]+\.[a-z_]+$/.test(word) && !/\.(sql|env)$/.test(word));
    assert.ok(named.length > 20);
    const odd = ["checks.database"];
    assert.deepEqual(
      [...new Set(named)].filter((word) =>
        !known.has(word) && !actions.has(word) && !odd.includes(word)
      ),
      [],
    );
    for (const table of ["webhook_events", "audit_log", "engagement_email_sends"]) {
      assert.ok(known.has(table));
    }
  }));

Deno.test("RUNBOOK.md: every mitigation switch is told of, and no other", () => {
  const text = sections().get("mitigation-switches")?.text ?? "";
  const told = [...text.matchAll(/^\| `([a-z_]+)` /gm)].map(([, key = ""]) => key);
  assert.deepEqual(told.sort(), [...FLAG_KEYS].sort());
});

Deno.test("every section is there that a check or an alert of Sentry's points to", async () => {
  const there = sections();
  const alerts = (await readRules()).map(({ runbook }) => runbook.replace("RUNBOOK.md#", ""));
  assert.deepEqual([...SECTIONS, ...alerts].filter((section) => !there.has(section)), []);
});
