/**
 * The saved queries of `supabase/snippets/`: on demo data the checks find nothing, and of faults that
 * are planted each finds exactly those that are its business.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import postgres, { type TransactionSql } from "postgres";
import { ROOT } from "../../local/settings.ts";
import { stackValue } from "../support/stack_env.ts";
import { FAULTS, MEMBER_NUMBER } from "./snippet_faults.ts";

type Row = Record<string, unknown>;

const FOLDER = join(ROOT, "supabase", "snippets");
/** Those that show something and judge nothing. */
const LOOKS = ["changed_by_hand", "what_happened_to_a_member"];

const snippets = new Map<string, string>();
for await (const { name } of Deno.readDir(FOLDER)) {
  snippets.set(name.replace(/\.sql$/, ""), await Deno.readTextFile(join(FOLDER, name)));
}
const checks = [...snippets.keys()].filter((name) => !LOOKS.includes(name)).sort();

class Undo extends Error {}

/** Does something in a transaction that leaves nothing behind. */
async function undone(work: (tx: TransactionSql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await work(tx);
      throw new Undo();
    }).catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function run(tx: TransactionSql, snippet: string): Promise<Row[]> {
  const text = snippets.get(snippet);
  assert.ok(text, `there is a snippet ${snippet}`);
  return [...await tx.unsafe<Row[]>(text)];
}

async function plant(tx: TransactionSql, statements: string): Promise<void> {
  await tx.unsafe("set local session_replication_role = replica");
  await tx.unsafe(statements);
  await tx.unsafe("set local session_replication_role = origin");
}

const key = (row: Row) => JSON.stringify(row);

for (const name of snippets.keys()) {
  Deno.test(`snippets/${name}.sql says in words what it is for and what to do`, () => {
    const text = snippets.get(name) ?? "";
    const comment = text.split("\n").filter((line) => line.startsWith("--")).join("\n");
    assert.match(text, /^-- [A-Z][^\n]{4,60}\n--\n-- /, "a title first");
    assert.ok(comment.length > 150, "and some words");
    if (!LOOKS.includes(name)) {
      assert.match(comment, /What to do|A row here|A few are|look before/);
    }
    assert.match(text, /;\s*$/, "one statement");
    assert.doesNotMatch(text, /^\s*(insert|update|delete|alter|drop|truncate|grant)\b/im);
  });
}

/** A test's stack has nobody who calls the jobs; without this one grace ends in silence. */
async function runDunning(): Promise<void> {
  const secret = stackValue("CRON_SECRET").split(",")[0] ?? "";
  const response = await fetch(`${stackValue("SUPABASE_URL")}/functions/v1/cron/dunning`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  assert.equal(response.status, 200, await response.text());
}

Deno.test("on demo data the checks find nothing", async () => {
  await runDunning();
  await undone(async (tx) => {
    const found: Record<string, Row[]> = {};
    for (const name of checks) {
      const rows = await run(tx, name);
      if (rows.length > 0) found[name] = rows;
    }
    assert.deepEqual(found, {});
  });
});

Deno.test("every check has a fault that it has to find", () => {
  const tried = FAULTS.filter(({ finds }) => finds.length > 0).map(({ snippet }) => snippet);
  assert.deepEqual(checks.filter((name) => !tried.includes(name)), []);
});

for (const { snippet, what, plant: statements, finds } of FAULTS) {
  Deno.test(`snippets/${snippet}.sql: ${what}`, () =>
    undone(async (tx) => {
      const people = await tx<{ email: string; number: string }[]>`
        select split_part(email, '@', 1) as email, member_number as number from public.profiles`;
      const before = new Set((await run(tx, snippet)).map(key));
      await plant(tx, statements);
      const found = (await run(tx, snippet)).filter((row) => !before.has(key(row)));
      const wanted = finds.map((find) =>
        Object.fromEntries(
          Object.entries(find).map(([column, value]) => {
            const email = MEMBER_NUMBER.exec(String(value))?.[1];
            const of = people.find((one) => one.email === email);
            return [column, of === undefined ? value : of.number];
          }),
        )
      );
      const seen = found.map((row, place) =>
        Object.fromEntries(Object.keys(wanted[place] ?? row).map((column) => [column, row[column]]))
      );
      assert.deepEqual(seen, wanted);
    }));
}

Deno.test("snippets/changed_by_hand.sql shows a change of this minute and who made it", () =>
  undone(async (tx) => {
    await tx`update public.branches set name = 'Renamed by hand' where code = 'KS-A'`;
    const [row] = await run(tx, "changed_by_hand");
    assert.equal(row?.["in_table"], "branches");
    assert.deepEqual(row?.["columns"], ["name"]);
    assert.equal(row?.["login"], "postgres");
  }));

Deno.test("snippets/what_happened_to_a_member.sql tells events, payments, claims and acts", () =>
  undone(async (tx) => {
    const [member] = await tx<{ number: string }[]>`
      select member_number as number from public.profiles where email = 'member.ks@demo.test'`;
    const text = snippets.get("what_happened_to_a_member") ?? "";
    const rows = await tx.unsafe<Row[]>(text.replace("MEM-2026-000001", member?.number ?? ""));
    const kinds = new Set(rows.map((row) => row["kind"]));
    for (const kind of ["Paddle", "audit", "claim", "payment"]) assert.ok(kinds.has(kind), kind);
  }));
