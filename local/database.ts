/**
 * From an empty cluster to the project's database: bootstrap, system schemas, migrations, seed.
 */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import type { SupabaseConfig } from "./config_toml.ts";
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

/**
 * Puts into Vault what the scheduled jobs need to call the functions, as an operator does once for
 * a hosted project. Without it the jobs run and call nothing.
 *
 * @param sql The owner's connection.
 * @param secrets The stack's values.
 * @param functionsUrl Where the edge functions answer.
 */
export async function seedSchedule(
  sql: Sql,
  secrets: Secrets,
  functionsUrl: string,
): Promise<void> {
  await setVaultSecret(sql, "functions_url", functionsUrl);
  await setVaultSecret(sql, "cron_secret", secrets.cronSecret);
}

/**
 * Expects nothing of the scheduled jobs, where nobody is to call them.
 *
 * @param sql The owner's connection.
 */
export async function unwatchJobs(sql: Sql): Promise<void> {
  await sql`update public.cron_jobs set is_watched = false`;
}

/**
 * Has every scheduled job done once, as pg_cron would have it done.
 *
 * @param sql The owner's connection.
 */
export async function nudgeJobs(sql: Sql): Promise<void> {
  // This one the database does itself.
  await sql`select private.run_mark_sla()`;
  await sql`select private.call_cron(job) from public.cron_jobs where job <> 'claims-sla'`;
}

/**
 * Makes the buckets of `supabase/config.toml`, or brings them up to date, as `supabase seed
 * buckets` does for a hosted project.
 *
 * @param sql The owner's connection.
 * @param buckets Buckets by name.
 */
export async function seedBuckets(
  sql: Sql,
  buckets: SupabaseConfig["storage"]["buckets"],
): Promise<void> {
  for (const [id, bucket] of Object.entries(buckets)) {
    await sql`
      insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
      values (${id}, ${id}, ${bucket.public}, ${bytes(bucket.file_size_limit)},
        ${bucket.allowed_mime_types})
      on conflict (id) do update set public = excluded.public,
        file_size_limit = excluded.file_size_limit,
        allowed_mime_types = excluded.allowed_mime_types`;
  }
}

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** `15MiB` in bytes. */
function bytes(size: string): number {
  const match = size.match(/^(\d+)(KiB|MiB|GiB)$/);
  if (match === null) throw new RangeError(`Not a size: ${size}`);
  return Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}

async function setPassword(sql: Sql, role: string, password: string): Promise<void> {
  // A utility statement takes no parameters; let the server do the quoting.
  const [row] = await sql<{ statement: string }[]>`
    select format('alter role %I password %L', ${role}::text, ${password}::text) as statement`;
  if (row) await sql.unsafe(row.statement);
}

async function setVaultSecret(sql: Sql, name: string, value: string): Promise<void> {
  const [present] = await sql<{ id: string }[]>`
    select id from vault.secrets where name = ${name}`;
  if (present) await sql`select vault.update_secret(${present.id}, ${value})`;
  else await sql`select vault.create_secret(${value}, ${name})`;
}
