/**
 * `deno task migrate:status`: which migrations are applied, which are pending, and which were changed
 * after they were applied. Exit status 1 unless all are applied as they are. Environment:
 * `SUPABASE_DB_URL`; locally `$STATE_DIR/env` is read.
 */
import { withDatabase } from "./backup/target.ts";
import { Refused } from "./backup/manifest.ts";
import { migrationStates } from "./migrations.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function main(): Promise<number> {
  const url = (await readTaskEnv())["SUPABASE_DB_URL"];
  if (url === undefined) throw new Refused("SUPABASE_DB_URL is missing: the database as its owner");
  const states = await withDatabase(url, migrationStates);
  for (const { version, name, state } of states) say(`${state.padEnd(8)} ${version} ${name}`);
  const count = (wanted: string) => states.filter(({ state }) => state === wanted).length;
  say(
    `${count("applied")} applied, ${count("pending")} pending, ` +
      `${count("changed")} changed after they were applied, ${
        count("unknown")
      } not in this checkout.`,
  );
  return count("applied") === states.length ? 0 : 1;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
  Deno.exitCode = 1;
}
