/** The database that a backup is restored into: named, made if need be, and empty. */
import postgres from "postgres";
import { listTables } from "./database_state.ts";
import { type Manifest, Refused, type Role } from "./manifest.ts";

/** Where to restore to. */
export interface Target {
  readonly url: string;
  readonly name: string;
  /** Whether it was made for this, and goes again if the restore comes to nothing. */
  readonly isNew: boolean;
}

/**
 * Finds the target, or makes it.
 *
 * @param server The database server, by the address of any database on it, as the owner.
 * @param wanted A name, or a connection string of a database that is there.
 * @throws {Refused} If it holds anything.
 */
export async function prepareTarget(server: string, wanted: string): Promise<Target> {
  const isUrl = /^postgres(?:ql)?:\/\//.test(wanted);
  if (!isUrl && !/^[a-z_][a-z0-9_]{0,62}$/.test(wanted)) {
    throw new Refused(`"${wanted}" is no name for a database: small letters, digits, _.`);
  }
  const url = isUrl ? wanted : databaseUrl(server, wanted);
  const isNew = !isUrl && await makeDatabase(server, wanted);
  const target = { url, name: new URL(url).pathname.slice(1), isNew };
  if (!isNew) await requireEmpty(target);
  return target;
}

/** Takes the database away again that was made for a restore. */
export async function dropTarget(server: string, target: Target): Promise<void> {
  if (!target.isNew) return;
  await withDatabase(server, async (sql) => {
    await sql.unsafe(`drop database if exists ${quoted(target.name)} with (force)`);
  });
}

/** The same server's database of another name. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs `work` on a connection of its own. */
export async function withDatabase<T>(
  url: string,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { "statement_timeout": 0 } });
  try {
    return await work(sql);
  } catch (error) {
    // Its message may name the user, never the password.
    if (error instanceof Error && "code" in error && /^(ECONN|28|3D000)/.test(String(error.code))) {
      throw new Refused(`The database does not let us in: ${error.message || error.code}`);
    }
    throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Roles are the server's, not the database's: what the backup's database needs is made. */
export async function makeRoles(sql: postgres.ISql, roles: readonly Role[]): Promise<string[]> {
  const present = new Set(
    (await sql<{ name: string }[]>`select rolname as name from pg_catalog.pg_roles`)
      .map(({ name }) => name),
  );
  const missing = roles.filter(({ name }) => !present.has(name));
  for (const statement of roleStatements(missing)) await sql.unsafe(statement);
  return missing.map(({ name }) => name);
}

/** The statements that make roles as they were, without passwords. */
export function roleStatements(roles: readonly Role[]): string[] {
  const is = (yes: boolean, word: string) => yes ? word : `no${word}`;
  return [
    ...roles.map(({ name, login, inherit, bypassRls }) =>
      `create role ${quoted(name)} ${is(login, "login")} ${is(inherit, "inherit")} ${
        is(bypassRls, "bypassrls")
      }`
    ),
    ...roles.flatMap(({ name, memberOf }) =>
      memberOf.map((above) => `grant ${quoted(above)} to ${quoted(name)}`)
    ),
    ...roles.flatMap(({ name, settings }) =>
      settings.map((setting) => {
        const at = setting.indexOf("=");
        const value = setting.slice(at + 1).replaceAll("'", "''");
        return `alter role ${quoted(name)} set ${quoted(setting.slice(0, at))} = '${value}'`;
      })
    ),
  ];
}

/**
 * Refuses a backup that this version cannot answer for.
 *
 * @param manifest The backup's.
 * @param known Migrations of this checkout, in their order.
 * @param major Major version of the server that it is restored to.
 */
export function requireSameVersion(
  manifest: Manifest,
  known: readonly string[],
  major: number,
): void {
  if (manifest.postgres > major) {
    throw new Refused(
      `The backup is of PostgreSQL ${manifest.postgres}, this server is ${major}: restore it there.`,
    );
  }
  const backup = manifest.migrations;
  if (backup.length === known.length && backup.every((one, at) => one === known[at])) return;
  throw new Refused(
    `The backup is at migration ${backup.at(-1) ?? "none"}, this checkout at ${
      known.at(-1)
    }: check out version ${manifest.appVersion} and restore with that.`,
  );
}

async function makeDatabase(server: string, name: string): Promise<boolean> {
  return await withDatabase(server, async (sql) => {
    const [present] = await sql`select from pg_catalog.pg_database where datname = ${name}`;
    if (present !== undefined) return false;
    await sql.unsafe(`create database ${quoted(name)} template template0 encoding 'UTF8'`);
    return true;
  });
}

async function requireEmpty({ url, name }: Target): Promise<void> {
  const tables = await withDatabase(url, listTables);
  if (tables.length === 0) return;
  throw new Refused(
    `The database ${name} is not empty (${tables.length} tables): name another one, which is made.`,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
