/** Whether tenants are apart in a database: looked at through the policies, as people of each see it. */
import type postgres from "postgres";

/** Tables that the Data API may reach and whose policies do not hold for everybody. */
export async function unforcedTables(sql: postgres.ISql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select class.oid::regclass::text as name
    from pg_catalog.pg_class as class
    where class.relkind in ('r', 'p')
      and (
        class.relnamespace = 'public'::regnamespace
        or (
          class.relnamespace = 'private'::regnamespace
          and (
            has_any_column_privilege('anon', class.oid, 'select')
            or has_any_column_privilege('authenticated', class.oid, 'select')
          )
        )
      )
      and not (class.relrowsecurity and class.relforcerowsecurity)
    order by 1`;
  return rows.map(({ name }) => name);
}

interface Viewer {
  readonly id: string;
  readonly tenant: string;
  readonly role: string;
}

/**
 * Has one person of each role in each tenant, and somebody whom nobody knows, look for rows of other
 * tenants in every table that has tenants.
 *
 * @param sql The database as its owner.
 * @returns How often was looked, and what was seen that must not be.
 */
export async function strangersSee(
  sql: postgres.Sql,
): Promise<{ readonly looked: number; readonly leaks: readonly string[] }> {
  const viewers: readonly Viewer[] = [
    ...await sql<Viewer[]>`
      select distinct on (tenant_id, role) id, tenant_id as tenant, role
      from public.profiles
      where is_active and role <> 'super_admin'
      order by tenant_id, role, created_at, id`,
    { id: "00000000-0000-4000-8000-000000000000", tenant: "", role: "nobody" },
  ];
  const tables = await tenantTables(sql);
  const leaks: string[] = [];
  for (const viewer of viewers) {
    const seen = await sql.begin("read only", async (tx) => {
      await tx`
        select set_config('role', 'authenticated', true),
          set_config('request.jwt.claim.sub', ${viewer.id}, true),
          set_config('request.jwt.claims', ${JSON.stringify({ sub: viewer.id })}, true)`;
      const asked = tables.map((table) =>
        `select '${table}' as name
         where exists (select from ${table} where tenant_id <> '${
          viewer.tenant.replaceAll("'", "''")
        }')`
      );
      const found: readonly { name: string }[] = await tx.unsafe(
        ["select null as name where false", ...asked].join(" union all "),
      );
      return found;
    });
    leaks.push(
      ...seen.map(({ name }) =>
        `${viewer.role} of ${viewer.tenant || "no tenant"} sees rows of others in ${name}`
      ),
    );
  }
  return { looked: viewers.length * tables.length, leaks };
}

/** Tables with a tenant that signed-in people may ask for, but for the price list. */
async function tenantTables(sql: postgres.ISql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select column_of.attrelid::regclass::text as name
    from pg_catalog.pg_attribute as column_of
    join pg_catalog.pg_class as class on class.oid = column_of.attrelid
    where class.relkind in ('r', 'p') and class.relnamespace = 'public'::regnamespace
      and column_of.attname = 'tenant_id' and not column_of.attisdropped
      and has_column_privilege('authenticated', class.oid, column_of.attnum, 'select')
      and class.relname <> 'membership_plans'
    order by 1`;
  return rows.map(({ name }) => name);
}
