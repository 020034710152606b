/** The migrations of this checkout against those of a database. */
import { join } from "node:path";
import type postgres from "postgres";
import { ROOT } from "./settings.ts";

/** One migration. */
export interface MigrationState {
  readonly version: string;
  readonly name: string;
  /**
   * `changed`: what was applied is not what the file says now. `unknown`: applied, and there is no such
   * file.
   */
  readonly state: "applied" | "pending" | "changed" | "unknown";
}

interface MigrationFile {
  readonly version: string;
  readonly name: string;
  readonly text: string;
}

/** Versions of the migrations in `supabase/migrations`, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return (await readMigrations()).map(({ version }) => version);
}

/**
 * How each migration stands.
 *
 * @param sql The database as its owner.
 * @returns All that are in the checkout or in the database, in their order.
 */
export async function migrationStates(sql: postgres.ISql): Promise<MigrationState[]> {
  const [there] = await sql<{ there: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as there`;
  const applied = there?.there !== true ? [] : await sql<
    { version: string; name: string | null; statements: string[] | null }[]
  >`select version, name, statements from supabase_migrations.schema_migrations`;
  return compareMigrations(await readMigrations(), applied);
}

/** See {@linkcode migrationStates}. */
export function compareMigrations(
  files: readonly MigrationFile[],
  applied: readonly {
    readonly version: string;
    readonly name: string | null;
    readonly statements: readonly string[] | null;
  }[],
): MigrationState[] {
  const states = files.map(({ version, name, text }): MigrationState => {
    const done = applied.find((one) => one.version === version);
    if (done === undefined) return { version, name, state: "pending" };
    // An installation may have been told only that it is there (`migration repair`).
    const same = done.statements === null || isMadeOf(text, done.statements);
    return { version, name, state: same ? "applied" : "changed" };
  });
  const known = new Set(files.map(({ version }) => version));
  const unknown = applied.filter(({ version }) => !known.has(version)).map((one) => ({
    version: one.version,
    name: one.name ?? "",
    state: "unknown" as const,
  }));
  return [...states, ...unknown].sort((a, b) => a.version < b.version ? -1 : 1);
}

/** Whether a text is these statements in this order, with nothing but comments between them. */
export function isMadeOf(text: string, statements: readonly string[]): boolean {
  let rest = text;
  for (const statement of statements) {
    const at = rest.indexOf(statement.trim());
    if (at < 0 || !isNothing(rest.slice(0, at))) return false;
    rest = rest.slice(at + statement.trim().length);
  }
  return isNothing(rest);
}

function isNothing(text: string): boolean {
  return text.replaceAll(/--[^\n]*/g, "").replaceAll(/[\s;]/g, "") === "";
}

async function readMigrations(): Promise<MigrationFile[]> {
  const folder = join(ROOT, "supabase", "migrations");
  const files: MigrationFile[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const [, version, name] = /^(\d{14})_(.+)\.sql$/.exec(entry.name) ?? [];
    if (version === undefined || name === undefined) continue;
    files.push({ version, name, text: await Deno.readTextFile(join(folder, entry.name)) });
  }
  return files.sort((a, b) => a.version < b.version ? -1 : 1);
}
