/**
 * `deno task flag [KEY on|off] [--tenant=ks] [--note="why"]`: turns a switch on or off, for one country or
 * for all; without a key, lists those that are on. In force within five seconds, on the audit log at
 * once. Needs `SUPABASE_DB_URL`; locally `$STATE_DIR/env` is read.
 */
import { parseArgs } from "node:util";
import postgres, { type Sql } from "postgres";
import { FLAG_KEYS, isFlagKey, isPerTenant } from "@core/platform/flags.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

const USAGE = `deno task flag KEY on|off [--tenant=ks] [--note="why"]
KEY: ${FLAG_KEYS.join(", ")}`;

async function list(sql: Sql): Promise<void> {
  const rows = await sql<
    { key: string; tenant: string | null; since: string; note: string | null }[]
  >`
    select key, tenant_id as tenant, note,
           to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as since
    from public.feature_flags where enabled order by key, tenant_id`;
  if (rows.length === 0) say("No switch is on.");
  for (const { key, tenant, since, note } of rows) {
    say(`${key} for ${tenant ?? "all"} since ${since}${note === null ? "" : `: ${note}`}`);
  }
}

async function turn(sql: Sql, key: string, to: string, tenant: string | null, note: string | null) {
  const wrong = !isFlagKey(key)
    ? `There is no switch ${key}.`
    : to !== "on" && to !== "off"
    ? "Say on or off."
    : tenant !== null && !isPerTenant(key)
    ? `${key} is for all countries.`
    : null;
  if (wrong !== null) {
    complain(`${wrong}\n${USAGE}`);
    return 2;
  }
  if (
    tenant !== null && (await sql`select from public.tenants where id = ${tenant}`).length === 0
  ) {
    complain(`There is no tenant ${tenant}.`);
    return 2;
  }
  await sql`select private.set_flag(${key}, ${tenant}, ${to === "on"}, ${note})`;
  say(`${key} is ${to} for ${tenant ?? "all"}; in force within five seconds.`);
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { tenant: { type: "string" }, note: { type: "string" } },
  });
  const url = (await readTaskEnv())["SUPABASE_DB_URL"];
  if (url === undefined) {
    complain("SUPABASE_DB_URL is missing: the database as its owner");
    return 1;
  }
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [key, to] = positionals;
    if (key !== undefined) {
      return await turn(sql, key, to ?? "", values.tenant ?? null, values.note ?? null);
    }
    await list(sql);
    return 0;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

try {
  Deno.exitCode = await main();
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  Deno.exitCode = 1;
}
