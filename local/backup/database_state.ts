/** What can be said of a database without telling what is in it: tables, sums, migrations, roles. */
import type postgres from "postgres";
import type { Manifest, Role, TableFacts } from "./manifest.ts";

/** Schemas whose tables are not carried over: secrets, and what waits to be sent. */
export const LEFT_OUT = ["vault", "net", "cron"];

/** Has rows read the same wherever they are read. Holds for the transaction. */
export async function steadyText(sql: postgres.ISql): Promise<void> {
  await sql`
    select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
           set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
           set_config('extra_float_digits', '1', true), set_config('row_security', 'off', true)`;
}

/**
 * Names of the tables that hold something of ours, schema first, as they are written in SQL.
 *
 * @param sql The database as its owner.
 */
export async function listTables(sql: postgres.ISql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('%I.%I', space.nspname, class.relname) as name
    from pg_catalog.pg_class as class
    join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
    where class.relkind = 'r' and class.relpersistence = 'p'
      and space.nspname !~ '^pg_' and space.nspname <> 'information_schema'
      and space.nspname <> all (${LEFT_OUT})
      and not exists (
        select from pg_catalog.pg_depend as owned
        where owned.objid = class.oid and owned.deptype = 'e'
      )
    order by 1`;
  return rows.map(({ name }) => name);
}

/**
 * How many rows each table has and what they add up to.
 *
 * @param sql A transaction in which {@linkcode steadyText} was called.
 * @param tables Names from {@linkcode listTables}.
 */
export async function sumTables(
  sql: postgres.ISql,
  tables: readonly string[],
): Promise<Record<string, TableFacts>> {
  const facts: Record<string, TableFacts> = {};
  for (const table of tables) {
    const [row] = await sql.unsafe<{ rows: number; checksum: string }[]>(
      `select count(*)::float8 as rows,
         coalesce(sum(('x' || left(md5(one::text), 15))::bit(60)::bigint), 0)::text as checksum
       from ${table} as one`,
    );
    if (row !== undefined) facts[table] = { rows: row.rows, checksum: row.checksum };
  }
  return facts;
}

/** Applied migrations in their order; none where there is no such table. */
export async function appliedMigrations(sql: postgres.ISql): Promise<string[]> {
  const [there] = await sql<{ there: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as there`;
  if (there?.there !== true) return [];
  const rows = await sql<{ version: string }[]>`
    select version from supabase_migrations.schema_migrations order by version`;
  return rows.map(({ version }) => version);
}

/** Where the audit chain stands. */
export async function auditHead(sql: postgres.ISql): Promise<Manifest["auditHead"]> {
  const [row] = await sql<{ position: number; chainHash: string }[]>`
    select position::float8 as position, encode(chain_hash, 'hex') as "chainHash"
    from private.audit_sealing where position > 0`;
  return row === undefined ? null : { position: row.position, chainHash: row.chainHash };
}

/** Roles of the server but for those that every server has. */
export async function listRoles(sql: postgres.ISql): Promise<Role[]> {
  return await sql<Role[]>`
    select role.rolname as name, role.rolcanlogin as login, role.rolinherit as inherit,
      role.rolbypassrls as "bypassRls", coalesce(setting.setconfig, '{}') as settings,
      array(
        select above.rolname::text
        from pg_catalog.pg_auth_members as membership
        join pg_catalog.pg_roles as above on above.oid = membership.roleid
        where membership.member = role.oid and above.rolname !~ '^pg_'
        order by 1
      ) as "memberOf"
    from pg_catalog.pg_roles as role
    left join pg_catalog.pg_db_role_setting as setting
      on setting.setrole = role.oid and setting.setdatabase = 0
    where role.rolname !~ '^pg_' and not role.rolsuper
    order by role.rolname`;
}

/** What pg_cron has to do; nothing where it is not. */
export async function listJobs(sql: postgres.ISql): Promise<Manifest["jobs"]> {
  const [there] = await sql<{ there: boolean }[]>`
    select to_regclass('cron.job') is not null as there`;
  if (there?.there !== true) return [];
  const rows = await sql<Manifest["jobs"]>`
    select coalesce(jobname, '') as name, schedule, command from cron.job where active order by 1`;
  return rows.map(({ name, schedule, command }) => ({ name, schedule, command }));
}

/** A file that the database tells of. */
export interface KnownFile {
  readonly bucket: string;
  readonly path: string;
  readonly type: string;
}

/** Every file that Storage's own table lists. */
export async function listFiles(sql: postgres.ISql): Promise<KnownFile[]> {
  return await sql<KnownFile[]>`
    select bucket_id as bucket, name as path,
      coalesce(metadata ->> 'mimetype', 'application/octet-stream') as type
    from storage.objects order by bucket_id, name`;
}

/** Major version of the server. */
export async function serverMajor(sql: postgres.ISql): Promise<number> {
  const [row] = await sql<{ major: number }[]>`
    select current_setting('server_version_num')::int / 10000 as major`;
  return row?.major ?? 0;
}
