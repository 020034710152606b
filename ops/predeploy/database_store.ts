/** What the database of a deployment lacks, asked as its owner. */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { advice, type Finding, missing, ok } from "./finding.ts";
import type { Source } from "./environment.ts";

const quick = { max: 1, connect_timeout: 10, idle_timeout: 5, prepare: false, onnotice: () => {} };

/**
 * Looks at the database.
 *
 * @param env Names the three connections, the project and the cron secret.
 * @param root The checkout's root folder, whose migrations and buckets are expected.
 * @param buckets Names of the buckets that are expected.
 */
export async function examineDatabase(
  env: Source,
  root: string,
  buckets: readonly string[],
): Promise<Finding[]> {
  const address = env["SUPABASE_DB_URL"];
  if (!address) return [];
  const sql = postgres(address, quick);
  try {
    await sql`select 1`;
  } catch (error) {
    await sql.end({ timeout: 1 });
    const code = (error as { code?: string }).code ?? "no answer";
    return [missing("database", `cannot be reached at SUPABASE_DB_URL (${code}).`)];
  }
  try {
    return (await Promise.all([
      migrations(sql, root),
      protection(sql),
      login(env, "SITE_DATABASE_URL", "app_site", ["anon", "authenticated"]),
      login(env, "FUNCTIONS_DATABASE_URL", "app_functions", ["service_webhooks", "service_cron"]),
      schedule(sql, env),
      storage(sql, buckets),
      catalogue(sql, env),
      people(sql, env),
    ])).flat();
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function migrations(sql: Sql, root: string): Promise<Finding[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "supabase", "migrations"))) {
    if (/^\d{14}_.*\.sql$/.test(name)) files.push(name.slice(0, 14));
  }
  const [table] = await sql<{ found: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as found`;
  const rows = table?.found
    ? await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`
    : [];
  const applied = new Set(rows.map(({ version }) => version));
  const pending = files.filter((version) => !applied.has(version)).sort();
  const unknown = [...applied].filter((version) => !files.includes(version)).sort();
  return [
    pending.length === 0
      ? ok("migrations")
      : missing("migrations", `not applied: ${pending.join(", ")}. Run supabase db push.`),
    ...unknown.length === 0 ? [] : [missing(
      "migrations",
      `applied and not in this checkout: ${unknown.join(", ")}. Deploy the commit that has them.`,
    )],
  ];
}

async function protection(sql: Sql): Promise<Finding[]> {
  const open = await sql<{ name: string }[]>`
    select relname as name from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and not (relrowsecurity and relforcerowsecurity)`;
  return [
    open.length === 0
      ? ok("row level security")
      : missing("row level security", `not forced on ${open.map(({ name }) => name).join(", ")}.`),
  ];
}

/** Whether a login gets in, may become what it has to be, and is nothing more. */
async function login(
  env: Source,
  variable: string,
  name: string,
  roles: readonly string[],
): Promise<Finding[]> {
  const address = env[variable];
  if (!address) return [];
  const sql = postgres(address, quick);
  try {
    const [row] = await sql<{ name: string; over: boolean }[]>`
      select session_user::text as name, rolsuper or rolbypassrls or rolinherit as over
      from pg_catalog.pg_roles where rolname = session_user`;
    if (row?.name !== name) {
      return [missing(variable, `signs in as ${row?.name}; it has to be ${name}.`)];
    }
    if (row.over) {
      return [missing(variable, `${name} has more rights than the migrations gave it.`)];
    }
    for (const role of roles) {
      await sql.begin((tx) => tx.unsafe(`set local role ${role}`));
    }
    return [ok(`login ${name}`)];
  } catch (error) {
    const code = (error as { code?: string }).code ?? "no answer";
    return [missing(
      variable,
      `does not get in (${code}). Give it a password: alter role ${name} password '…'.`,
    )];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function schedule(sql: Sql, env: Source): Promise<Finding[]> {
  const [cron] = await sql<{ found: boolean }[]>`
    select exists (select from pg_catalog.pg_extension where extname = 'pg_cron') as found`;
  if (!cron?.found) {
    return [missing("pg_cron", "is not installed: Supabase → Integrations → Cron; apply again.")];
  }
  const idle = await sql<{ job: string }[]>`
    select job.job from public.cron_jobs as job
    where not exists (
      select from cron.job as scheduled
      where scheduled.active
        and (scheduled.command like '%(''' || job.job || ''')%'
          or replace(scheduled.jobname, '-', '') = replace(job.job, '-', ''))
    )`;
  const vault = await sql<{ name: string; value: string }[]>`
    select name, decrypted_secret as value from vault.decrypted_secrets
    where name in ('functions_url', 'cron_secret')`;
  const held = new Map(vault.map(({ name, value }) => [name, value]));
  const findings = [
    idle.length === 0
      ? ok("scheduled jobs")
      : missing("scheduled jobs", `not in cron.job: ${idle.map(({ job }) => job).join(", ")}.`),
  ];
  const secrets = (env["CRON_SECRET"] ?? "").split(",").map((text) => text.trim());
  const url = `${(env["SUPABASE_URL"] ?? "").replace(/\/+$/, "")}/functions/v1`;
  const expect = (name: string, right: boolean, value: string) =>
    findings.push(
      right ? ok(`Vault: ${name}`) : missing(
        `Vault: ${name}`,
        `${held.has(name) ? "is another one" : "is not there"}: ` +
          `select vault.create_secret('${value}', '${name}').`,
      ),
    );
  expect("cron_secret", secrets.includes(held.get("cron_secret") ?? ""), "<CRON_SECRET>");
  expect("functions_url", held.get("functions_url")?.replace(/\/+$/, "") === url, url);
  return findings;
}

async function storage(sql: Sql, buckets: readonly string[]): Promise<Finding[]> {
  const rows = await sql<{ id: string; public: boolean }[]>`select id, public from storage.buckets`;
  const found = new Map(rows.map((row) => [row.id, row.public]));
  return buckets.map((bucket) => {
    if (!found.has(bucket)) {
      return missing(`bucket ${bucket}`, "is not there: supabase seed buckets --linked.");
    }
    return found.get(bucket)
      ? missing(`bucket ${bucket}`, "is public. Make it private.")
      : ok(`bucket ${bucket}`);
  });
}

async function catalogue(sql: Sql, env: Source): Promise<Finding[]> {
  const tenants = await sql<{ id: string; hosts: number; plans: number; placeholders: number }[]>`
    select tenant.id, coalesce(cardinality(tenant.hosts), 0) as hosts,
      count(plan.id)::int as plans,
      -- The ids of supabase/seed.sql.
      (count(plan.id) filter (where plan.paddle_price_id ~ '^pri_01(ks|mk)00'))::int as placeholders
    from public.tenants as tenant
    left join public.membership_plans as plan on plan.tenant_id = tenant.id and plan.is_active
    where tenant.is_active
    group by tenant.id order by tenant.id`;
  if (tenants.length === 0) {
    return [missing("tenants", "there is none: load supabase/seed.sql with your own rows.")];
  }
  const findings: Finding[] = [];
  for (const { id, plans, placeholders } of tenants) {
    if (plans === 0) findings.push(missing(`plans of ${id}`, "there is none that is active."));
    else if (placeholders > 0 && env["FRESH_PUBLIC_PADDLE_ENV"] !== "local") {
      findings.push(missing(
        `plans of ${id}`,
        `${placeholders} still have the example's Paddle ids: enter your catalogue's.`,
      ));
    } else findings.push(ok(`plans of ${id}`));
  }
  const hostless = tenants.filter(({ hosts }) => hosts === 0).map(({ id }) => id);
  if (hostless.length > 0) {
    findings.push(advice("tenants", `without a host of their own: ${hostless.join(", ")}.`));
  }
  return findings;
}

async function people(sql: Sql, env: Source): Promise<Finding[]> {
  const rows = await sql<{ id: string }[]>`
    select id from public.tenants as tenant
    where is_active and not exists (
      select from public.profiles
      where tenant_id = tenant.id and role in ('tenant_admin', 'super_admin') and is_active
    ) and not exists (select from public.profiles where role = 'super_admin' and is_active)`;
  const [demo] = await sql<{ count: number }[]>`
    select count(*)::int as count from auth.users where email like '%@demo.test'`;
  return [
    rows.length === 0 ? ok("administrators") : missing(
      "administrators",
      `nobody administers ${rows.map(({ id }) => id).join(", ")} (docs/DEPLOY.md, step 8).`,
    ),
    ...demo !== undefined && demo.count > 0 && env["APP_ENV"] === "production"
      ? [missing("demo accounts", `${demo.count} are there, and their password is in the README.`)]
      : [],
  ];
}
