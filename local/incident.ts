/**
 * `deno task incident --severity 1 [--tenant=ks] [--since=2026-03-01T10:00:00Z] [--out=FOLDER]`: one
 * folder with what is known of an incident, without personal data; INDEX.md is read first. Looks back
 * over 24 hours unless told otherwise. Environment: `SUPABASE_DB_URL` and that of the functions; locally
 * `$STATE_DIR/env` is read.
 */
import { join, resolve } from "node:path";
import { Refused } from "./backup/manifest.ts";
import { withDatabase } from "./backup/target.ts";
import { writeBundle } from "./incident/bundle.ts";
import { ROOT } from "./settings.ts";
import { callersFolder, readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

const USAGE = "deno task incident --severity 1|2|3 [--tenant=ks] [--since=TIME] [--out=FOLDER]";

/** Options as `--name=value` or `--name value`. */
function optionsOf(args: readonly string[]): Map<string, string> | null {
  const options = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = "", given] = /^--(severity|tenant|since|out)(?:=(.+))?$/.exec(arg) ?? [];
    const value = given ?? rest.shift();
    if (name === "" || value === undefined) return null;
    options.set(name, value);
  }
  return options;
}

async function main(): Promise<number> {
  const options = optionsOf(Deno.args);
  const severity = Number(options?.get("severity"));
  const since = new Date(options?.get("since") ?? Date.now() - 86_400_000);
  const isKnown = severity === 1 || severity === 2 || severity === 3;
  if (options === null || !isKnown || Number.isNaN(since.getTime())) {
    complain(USAGE);
    return 2;
  }
  const env = await readTaskEnv();
  const url = env["SUPABASE_DB_URL"];
  if (url === undefined) throw new Refused("SUPABASE_DB_URL is missing: the database as its owner");
  const tenant = options.get("tenant") ?? null;
  const out = options.get("out");
  const stamp = new Date().toISOString().replaceAll(/[-:]|\..*/g, "");
  const folder = out === undefined
    ? resolve(ROOT, env["STATE_DIR"] ?? ".local", "incidents", `${stamp}-sev${severity}`)
    : resolve(callersFolder(), out);
  const files = await withDatabase(url, async (sql) => {
    if (tenant !== null) {
      const [known] = await sql`select from public.tenants where id = ${tenant}`;
      if (known === undefined) throw new Refused(`There is no tenant ${tenant}.`);
    }
    return await writeBundle({ sql, env, severity, tenant, since, folder });
  });
  say(`${files.length} files. Read first: ${join(folder, "INDEX.md")}`);
  return 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  complain(error.message);
  Deno.exitCode = 1;
}
