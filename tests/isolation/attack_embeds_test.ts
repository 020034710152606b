/**
 * Whatever is asked for by way of another table: the Data API shows no row that it does not show
 * when asked for it directly, and no column that nobody may read.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { newMember, sentClaim } from "../support/claims.ts";
import { stackValue } from "../support/stack_env.ts";
import { ask, type Attacker, attacker } from "./attackers.ts";
import { loadDeclaration } from "./matrix/declaration.ts";

const ATTACKERS = ["visitor", "member.ks", "agent.ks", "manager.ks", "staff.ks", "admin.mk"];

interface Key {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
}

const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });

// Claims of others in both tenants, so that there is something to see.
for (const tenant of ["ks", "mk"]) {
  await sentClaim(sql, await newMember(sql, { tenant }));
}
const keys = await sql<Key[]>`
  select k.conname as name, c.relname as child, p.relname as parent
  from pg_constraint as k
  join pg_class as c on c.oid = k.conrelid
  join pg_class as p on p.oid = k.confrelid
  where k.contype = 'f' and c.relnamespace = 'public'::regnamespace
    and p.relnamespace = 'public'::regnamespace
  order by k.conname`;
const primary = new Map(
  (await sql<{ table: string; columns: string[] }[]>`
    select c.relname as "table",
      (
        select array_agg(a.attname::text order by a.attnum) from pg_attribute as a
        where a.attrelid = c.oid and a.attnum = any (i.indkey::smallint[])
      ) as columns
    from pg_index as i
    join pg_class as c on c.oid = i.indrelid
    where i.indisprimary and c.relnamespace = 'public'::regnamespace`)
    .map((row) => [row.table, row.columns] as const),
);
await sql.end();
const declaration = await loadDeclaration();

const pk = (table: string) => primary.get(table) ?? ["id"];
const keyOf = (table: string, row: Record<string, unknown>) =>
  pk(table).map((column) => String(row[column])).join(" ");

/** What somebody sees of each table when they ask for it; null where they are refused. */
async function directly(who: Attacker): Promise<Map<string, Set<string> | null>> {
  const seen = await Promise.all([...primary.keys()].map(async (table) => {
    const { status, body } = await ask(who.token, `${table}?select=${pk(table)}`);
    if (status === 200) {
      const rows = body as Record<string, unknown>[];
      return [table, new Set(rows.map((row) => keyOf(table, row)))] as const;
    }
    assert.equal(body.code, "42501", `${who.name}, ${table}: ${JSON.stringify(body)}`);
    return [table, null] as const;
  }));
  return new Map(seen);
}

/** Whether a row that was not there a moment ago is: jobs go on while this asks. */
async function sees(who: Attacker, table: string, row: Record<string, unknown>): Promise<boolean> {
  const filter = pk(table).map((column) =>
    `${column}=eq.${encodeURIComponent(String(row[column]))}`
  );
  const { body } = await ask(who.token, `${table}?select=${pk(table)}&${filter.join("&")}`);
  return body.length === 1;
}

interface Embed {
  readonly alias: string;
  readonly other: string;
  readonly key: string;
}

/** The rows of a table with others beside them. */
async function withEmbeds(
  who: Attacker,
  table: string,
  embeds: readonly Embed[],
): Promise<Record<string, unknown>[]> {
  const select = embeds.map(({ alias, other, key }) => `${alias}:${other}!${key}(${pk(other)})`);
  const { status, body } = await ask(who.token, `${table}?select=${[...pk(table), ...select]}`);
  if (status === 200) return body;
  // The local Data API takes a partial unique index for a promise that there is one row.
  assert.equal(body.code, "21000", `${who.name}, ${table}: ${JSON.stringify(body)}`);
  if (embeds.length < 2) return [];
  const parts = await Promise.all(embeds.map((embed) => withEmbeds(who, table, [embed])));
  return parts.flat();
}

/** Every foreign key of a table, in either direction, under a name of its own. */
function embedsOf(table: string): Embed[] {
  return keys.flatMap((key) => [
    ...(key.child === table ? [{ alias: `up_${key.name}`, other: key.parent, key: key.name }] : []),
    ...(key.parent === table
      ? [{ alias: `down_${key.name}`, other: key.child, key: key.name }]
      : []),
  ]);
}

Deno.test("no row is seen through another that is not seen by itself", async () => {
  let embedded = 0;
  for (const name of ATTACKERS) {
    const who = await attacker(name);
    const seen = await directly(who);
    for (const table of primary.keys()) {
      if (!seen.get(table)) continue;
      const embeds = embedsOf(table);
      const open = embeds.filter(({ other }) => seen.get(other));
      for (const row of await withEmbeds(who, table, open)) {
        for (const { alias, other } of open) {
          for (const inner of [row[alias] ?? []].flat() as Record<string, unknown>[]) {
            embedded++;
            assert.ok(
              seen.get(other)?.has(keyOf(other, inner)) || await sees(who, other, inner),
              `${name} sees ${other} ${keyOf(other, inner)} through ${table} by ${alias}`,
            );
          }
        }
      }
      for (const { other, key } of embeds.filter(({ other }) => !seen.get(other))) {
        const refused = await ask(who.token, `${table}?select=*,${other}!${key}(${pk(other)})`);
        assert.equal(refused.body.code, "42501", `${name}, ${other} through ${table}`);
      }
    }
  }
  assert.ok(embedded > 100, `only ${embedded} rows were embedded`);
});

Deno.test("an inner join by a row of somebody else filters and finds nothing", async () => {
  const victim = await attacker("member2.ks");
  const member = await attacker("member.ks");
  for (
    const path of [
      `claims?select=id,profiles!claims_member_id_tenant_id_fkey!inner(id)` +
      `&profiles.id=eq.${victim.id}`,
      `tenants?select=id,profiles!inner(email)&profiles.email=eq.member2.ks@demo.test`,
      `membership_plans?select=id,subscriptions!inner(user_id)&subscriptions.user_id=eq.${victim.id}`,
      `tenants?select=id,claims!claims_tenant_id_fkey!inner(id)&claims.member_id=eq.${victim.id}`,
      `profiles?select=id&or=(id.eq.${victim.id},and(role.eq.member,id.not.eq.${member.id}))`,
      `profiles?select=id&email=ilike.*member2*`,
      `profiles?select=id&not.id=eq.${member.id}`,
    ]
  ) {
    const { status, body } = await ask(member.token, path);
    assert.ok(
      (status === 200 && body.length === 0) || (status >= 400 && status < 500),
      `${path}: ${status} ${JSON.stringify(body)}`,
    );
  }
});

Deno.test("a column that nobody may read is read by no select, filter, order or embedding", async () => {
  const hidden = declaration.tables.flatMap((table) =>
    table.groups.filter((group) => !group.rights.get("people")?.has("read"))
      .flatMap((group) => group.columns).map((column) => ({ table: table.name, column }))
  );
  assert.ok(hidden.some(({ column }) => column === "token_hash"));
  for (const name of ["visitor", "member.ks", "staff.ks", "admin.ks", "super"]) {
    const who = await attacker(name);
    for (const { table, column } of hidden) {
      const bare = column.replaceAll('"', "");
      const through = keys.find((key) => key.child === table);
      for (
        const path of [
          `${table}?select=${bare}`,
          `${table}?select=x:${bare}::text`,
          `${table}?select=*`,
          `${table}?select=${pk(table)[0]}&${bare}=not.is.null`,
          `${table}?select=${pk(table)[0]}&or=(${bare}.is.null,${bare}.not.is.null)`,
          `${table}?select=${pk(table)[0]}&order=${bare}`,
          ...(through ? [`${through.parent}?select=*,${table}!${through.name}(${bare})`] : []),
        ]
      ) {
        const { status, body } = await ask(who.token, path);
        assert.ok(status >= 400 && status < 500, `${name}: ${path}: ${status}`);
        assert.equal(body.code, "42501", `${name}: ${path}: ${JSON.stringify(body)}`);
      }
    }
  }
});
