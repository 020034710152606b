/**
 * `deno task security:guard [--json]`: secrets in the tree and its history, advisories, licences, banned
 * patterns, the rules of the schema, the header policy, and tenants apart in the database where one
 * answers. Exit status 1, with reasons, if anything is found. `--write` writes
 * `local/guard/licences.json` from Deno's cache after dependencies have changed.
 */
import { join } from "node:path";
import { runGuard } from "./guard/guard.ts";
import { Licences, lockedPackages, readLicences } from "./guard/packages.ts";
import { ROOT } from "./settings.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function writeLicences(): Promise<void> {
  const file = join(ROOT, "local", "guard", "licences.json");
  const known = Licences.parse(JSON.parse(await Deno.readTextFile(file)));
  const packages = lockedPackages(await Deno.readTextFile(join(ROOT, "deno.lock")));
  // Twice, so that what was read is known to those of other machines.
  const licences = await readLicences(packages, await readLicences(packages, known));
  await Deno.writeTextFile(file, `${JSON.stringify(licences, null, 2)}\n`);
  say(`Wrote ${Object.keys(licences).length} licences of ${packages.length} packages.`);
}

async function main(): Promise<number> {
  if (Deno.args.includes("--write")) await writeLicences();
  const sections = await runGuard({ databaseUrl: (await readTaskEnv())["SUPABASE_DB_URL"] });
  const count = sections.reduce((sum, { findings }) => sum + findings.length, 0);
  if (Deno.args.includes("--json")) {
    say(JSON.stringify({ ok: count === 0, sections }, null, 2));
    return count === 0 ? 0 : 1;
  }
  for (const { name, looked, findings } of sections) {
    const state = findings.length > 0 ? "FAILED" : looked.startsWith("NOT") ? "-     " : "ok    ";
    say(`${state} ${name} (${looked})`);
    for (const { rule, where, what } of findings) say(`       ${rule} ${where}: ${what}`);
  }
  say(count === 0 ? "Nothing was found." : `${count} findings.`);
  return count === 0 ? 0 : 1;
}

Deno.exitCode = await main();
