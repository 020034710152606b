/**
 * From an empty cluster to the project's database: bootstrap, system schemas, migrations, seed.
 */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { ROOT, type Secrets } from "./settings.ts";
import { supabase } from "./supabase_cli.ts";

/**
 * Opens a connection as the database's owner, for the stack's own work only.
 *
 * @param url The owner's URL.
 * @returns The connection pool.
 */
export function ownerConnection(url: string): Sql {
  return postgres(url, { max: 4, onnotice: () => {} });
}

/**
 * Makes a bare PostgreSQL look like a Supabase project before its migrations.
 *
 * @param sql The owner's connection.
 */
export async function bootstrap(sql: Sql): Promise<void> {
  await sql.unsafe(await Deno.readTextFile(join(ROOT, "local", "bootstrap.sql")));
}

/**
 * Applies the migrations that are not applied yet, by the Supabase CLI.
 *
 * @param url The owner's URL.
 * @returns What the CLI said.
 */
export function migrate(url: string): Promise<string> {
  return supabase(["migration", "up", `--remote=${url}`, "--yes"], "y\n");
}

/**
 * Loads `supabase/seed.sql`, which may be loaded any number of times, and gives the two logins
 * their generated passwords.
 *
 * @param sql The owner's connection.
 * @param secrets The stack's values.
 */
export async function seed(sql: Sql, secrets: Secrets): Promise<void> {
  await sql.unsafe(await Deno.readTextFile(join(ROOT, "supabase", "seed.sql")));
  await setPassword(sql, "app_site", secrets.sitePassword);
  await setPassword(sql, "app_functions", secrets.functionsPassword);
}

async function setPassword(sql: Sql, role: string, password: string): Promise<void> {
  // A utility statement takes no parameters; let the server do the quoting.
  const [row] = await sql<{ statement: string }[]>`
    select format('alter role %I password %L', ${role}::text, ${password}::text) as statement`;
  if (row) await sql.unsafe(row.statement);
}
