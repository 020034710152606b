/**
 * `deno task restore FILE [--database=NAME|URL] [--files=FOLDER] [--sha256=HASH]`: restores a backup
 * into an empty database, which is made if there is none of that name, and its files into a folder.
 * Reports success only after everything was verified. Environment: `SUPABASE_DB_URL`, which tells the
 * server; locally `$STATE_DIR/env` is read.
 */
import { join, resolve } from "node:path";
import { Refused } from "./backup/manifest.ts";
import { restoreBackup } from "./backup/restore.ts";
import { knownMigrations } from "./migrations.ts";
import { ROOT } from "./settings.ts";
import { callersFolder, readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

function optionsOf(args: readonly string[]) {
  const given = new Map<string, string>();
  const files: string[] = [];
  for (const arg of args) {
    const [, name, value] = /^--(database|files|sha256)=(.+)$/.exec(arg) ?? [];
    if (name !== undefined && value !== undefined) given.set(name, value);
    else if (!arg.startsWith("--")) files.push(arg);
    else return null;
  }
  const [file, ...more] = files;
  return file === undefined || more.length > 0 ? null : { file, given };
}

async function main(): Promise<number> {
  const options = optionsOf(Deno.args);
  if (options === null) {
    complain("deno task restore FILE [--database=NAME|URL] [--files=FOLDER] [--sha256=HASH]");
    return 2;
  }
  const { file, given } = options;
  const source = await readTaskEnv();
  const server = source["SUPABASE_DB_URL"];
  if (server === undefined) {
    throw new Refused("SUPABASE_DB_URL is missing: a database on the server, as its owner");
  }
  const database = given.get("database") ??
    `restored_${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
  const name = /^[a-z]+:/.test(database) ? new URL(database).pathname.slice(1) : database;
  const state = resolve(ROOT, source["STATE_DIR"] ?? ".local");
  const folder = given.get("files");
  const filesFolder = folder !== undefined ? resolve(callersFolder(), folder) : join(
    (await Deno.stat(state).catch(() => null)) === null ? callersFolder() : state,
    `files-${name}`,
  );
  const { manifest, target } = await restoreBackup({
    file: resolve(callersFolder(), file),
    sha256: given.get("sha256"),
    server,
    database,
    filesFolder,
    migrations: await knownMigrations(),
    say,
  });
  for (const missing of manifest.missingFiles) {
    say(`Was missing when the backup was made: ${missing.bucket}/${missing.path}`);
  }
  say(
    `${manifest.jobs.length} scheduled jobs and the secrets in Vault were left out: a copy must not ` +
      "begin to send. docs/RELIABILITY.md says how to take it into use.",
  );
  say(`Restored and verified: database ${target.name}, files in ${filesFolder}`);
  return 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  complain(error.message);
  Deno.exitCode = 1;
}
