/** What the doctor looks at besides the database: this source, this machine, the site's own answer. */
import { join, resolve } from "node:path";
import { z } from "zod";
import type { HealthSeen } from "@core/operations/run_checks.ts";
import { ROOT, type StackEnv } from "./settings.ts";
import { run } from "./system.ts";

const Health = z.object({
  status: z.string(),
  time: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

/**
 * Asks the site how it is.
 *
 * @param env Says where it is.
 */
export async function askHealth(env: StackEnv): Promise<HealthSeen> {
  const response = await fetch(`${env["SITE_URL"]}/api/health`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { status, time, checks } = Health.parse(await response.json());
  const unwell = Object.entries(checks).filter(([, { ok }]) => !ok)
    .map(([name, { detail }]) => detail === undefined ? name : `${name} ${detail}`);
  return { status, time, unwell };
}

/** Versions of the migrations in this source. */
export async function readVersions(): Promise<string[]> {
  const versions: string[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, "supabase", "migrations"))) {
    const version = /^(\d{14})_.*\.sql$/.exec(name)?.[1];
    if (version !== undefined) versions.push(version);
  }
  return versions.sort();
}

/**
 * Share of the disk that the database's files are on, if they are on this machine.
 *
 * @param env Says where the local stack keeps them.
 * @returns 0 to 1; null for a database elsewhere, whose host has a page of its own for that.
 */
export async function diskUsed(env: StackEnv): Promise<number | null> {
  const host = URL.parse(env["FUNCTIONS_DATABASE_URL"] ?? "")?.hostname;
  if (host !== "127.0.0.1" && host !== "localhost") return null;
  const { code, stdout } = await run(["df", "-P", resolve(ROOT, env["STATE_DIR"] ?? ".")], {});
  const percent = /\s(\d{1,3})%\s/.exec(stdout)?.[1];
  return code !== 0 || percent === undefined ? null : Number(percent) / 100;
}
