/**
 * Every right of every role, as `matrix/access.txt` declares it, tried for real.
 */
import assert from "node:assert/strict";
import postgres, { type TransactionSql } from "postgres";
import { stackValue } from "../support/stack_env.ts";
import { type Catalogue, gapsOf, readCatalogue } from "./matrix/catalogue.ts";
import { type Declaration, loadDeclaration } from "./matrix/declaration.ts";
import { blindProbes, columnProbes, movingProbes, type Probe, rowProbes } from "./matrix/probes.ts";
import { ACCESS_PAGE, renderAccess } from "./matrix/render.ts";
import { makeWorld, runProbes, type World } from "./matrix/trial.ts";

/** Does something with the owner's rights that is undone afterwards. */
async function undone(work: (tx: TransactionSql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  const enough = new Error("undone");
  try {
    await sql.begin(async (tx) => {
      await work(tx);
      throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  } finally {
    await sql.end();
  }
}

const shown = (lines: readonly string[]) => `\n${lines.slice(0, 40).join("\n")}\n`;

function probesOf(
  declaration: Declaration,
  world: World,
  catalogue: Catalogue,
  tables?: readonly string[],
): Probe[] {
  return declaration.tables
    .filter((table) => tables?.includes(table.name) ?? true)
    .flatMap((table) => [
      ...rowProbes(table, world),
      ...columnProbes(table, world, catalogue),
      ...blindProbes(table, world, catalogue),
      ...movingProbes(table, world, catalogue),
    ]);
}

/** What the matrix says once somebody has done `mistake`. */
async function found(mistake: string, tables: readonly string[]): Promise<string> {
  let told = "";
  await undone(async (tx) => {
    const declaration = await loadDeclaration();
    const world = await makeWorld(tx);
    await tx.unsafe(mistake);
    const catalogue = await readCatalogue(tx);
    const probes = probesOf(declaration, world, catalogue, tables)
      .filter((probe) => !probe.what.startsWith("call"));
    const { wrong } = await runProbes(tx, probes);
    told = [...gapsOf(declaration, catalogue, world), ...wrong].join("\n");
  });
  return told;
}

Deno.test("every cell of the matrix ends as declared, for every role and row", async () => {
  await undone(async (tx) => {
    const declaration = await loadDeclaration();
    const world = await makeWorld(tx);
    const catalogue = await readCatalogue(tx);
    const gaps = gapsOf(declaration, catalogue, world);
    assert.equal(gaps.length, 0, shown(gaps));
    const { tried, wrong, endings } = await runProbes(
      tx,
      probesOf(declaration, world, catalogue),
    );
    assert.equal(wrong.length, 0, shown(wrong));
    assert.ok(tried > 15_000, `only ${tried} statements were tried`);
    for (const ending of ["yes", "no right", "hidden", "policy", "rule", "absent", "frozen"]) {
      assert.ok((endings.get(ending) ?? 0) > 5, `hardly anything ended with "${ending}"`);
    }
  });
});

Deno.test("the matrix asks for what nobody declared: a table, a column, a function", async () => {
  const told = await found(
    `create table public.made_later (id integer primary key);
     alter table public.branches add column safe_code text;
     create function public.open_safe() returns text language sql set search_path = ''
       as 'select null::text';
     grant execute on function public.open_safe() to anon;`,
    [],
  );
  assert.match(told, /^made_later has no cells: add "table made_later"/m);
  assert.match(told, /^branches\.safe_code has no rights declared: put it into a group/m);
  assert.match(told, /^open_safe\(\) may be run by somebody: add a line "call open_safe"/m);
});

Deno.test("the matrix notices rights that nobody declared", async () => {
  const told = await found(
    `grant select (token_hash) on public.invitations to authenticated;
     grant update (tenant_id) on public.claims to authenticated;
     create policy leak on public.invitations for select to authenticated using (true);
     create policy blind on public.notifications for update to authenticated using (true);
     drop policy "Members see their own claims" on public.claims;
     alter table public.profiles disable trigger a_guard_profile;`,
    ["invitations", "claims", "notifications", "profiles"],
  );
  for (
    const line of [
      /^invitations: column token_hash, people may not read: .* declared no right, got hidden/m,
      /^claims: re-point tenant_id, \w+: .* declared no right/m,
      /^invitations: select of staff, super, member none: .* declared hidden, got yes/m,
      /^notifications: update read, all rows at once by \w+: .* declared as before/m,
      /^claims: select of sent, member own: .* declared yes, got hidden/m,
      /^profiles: update contact, phone, mails of member, admin tenant!rule: .* got yes/m,
    ]
  ) {
    assert.match(told, line);
  }
});

Deno.test("docs/ACCESS.md tells what the matrix declares", async () => {
  assert.equal(
    await Deno.readTextFile(ACCESS_PAGE),
    renderAccess(await loadDeclaration()),
    "run: deno task db:types",
  );
});
