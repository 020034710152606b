/** Gathers an incident's bundle into one folder. */
import { join } from "node:path";
import type postgres from "postgres";
import type { StackEnv } from "../settings.ts";
import { scrubbed } from "./clean.ts";
import { askDoctor, askGuard, askHealth, type Evidence, readGate } from "./evidence.ts";
import { readExtracts } from "./extracts.ts";
import { indexPage } from "./index_page.ts";

/** Options of {@linkcode writeBundle}. */
export interface BundleOptions {
  readonly sql: postgres.ISql;
  readonly env: StackEnv;
  readonly severity: 1 | 2 | 3;
  readonly tenant: string | null;
  readonly since: Date;
  readonly folder: string;
}

/**
 * Writes the bundle.
 *
 * @param options Which incident, and where to.
 * @returns The files that were written.
 */
export async function writeBundle(options: BundleOptions): Promise<string[]> {
  const { sql, env, severity, tenant, since, folder } = options;
  const opened = new Date();
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const extracts = await readExtracts(sql, { since, until: opened, tenant });
  const [health, doctor, guard, gate] = await Promise.all([
    askHealth(env),
    askDoctor(env),
    askGuard(env["SUPABASE_DB_URL"] ?? ""),
    readGate(env),
  ]);
  const evidence: Record<string, Evidence> = { health, doctor, guard, gate };
  const { webhooks, jobs, mails, audit, auditActions, switches } = extracts;
  const files: Record<string, unknown> = {
    ...Object.fromEntries(
      Object.entries(evidence).map(([name, { value }]) => [name, scrubbed(value)]),
    ),
    webhooks,
    jobs,
    mails,
    audit,
    "audit_actions": auditActions,
    switches,
    routes: extracts.failingRoutes,
  };
  const written: string[] = [];
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
    written.push(name);
  };
  for (const [name, value] of Object.entries(files)) {
    await write(`${name}.json`, `${JSON.stringify(value, null, 2)}\n`);
  }
  await write(
    "INDEX.md",
    indexPage({
      severity,
      opened,
      since,
      tenant,
      version: env["APP_VERSION"] ?? "unknown",
      environment: env["APP_ENV"] ?? "production",
      siteUrl: env["SITE_URL"] ?? "",
      sentry: sentryLink(env, since, opened),
      evidence,
      extracts,
    }),
  );
  return written;
}

function sentryLink(env: StackEnv, since: Date, until: Date): string | null {
  const organization = env["SENTRY_ORG"]?.trim();
  if (!organization) return null;
  const query = new URLSearchParams({
    query: `environment:${env["APP_ENV"] ?? "production"}`,
    start: since.toISOString().slice(0, 19),
    end: until.toISOString().slice(0, 19),
  });
  return `https://${organization}.sentry.io/issues/?${query}`;
}
