/**
 * `deno task backup FILE`: database, stored files and a manifest in one file, which only its owner may
 * read. Environment: that of the functions and `SUPABASE_DB_URL`; locally `$STATE_DIR/env` is read.
 */
import { resolve } from "node:path";
import { EnvError, readFunctionsEnv } from "@core/platform/env.ts";
import { AppError } from "@core/platform/errors.ts";
import { createBackup } from "./backup/create.ts";
import { Refused } from "./backup/manifest.ts";
import { callersFolder, readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

async function main(): Promise<number> {
  const [file, ...more] = Deno.args;
  if (file === undefined || more.length > 0 || file.startsWith("--")) {
    complain("Say into which file: deno task backup FILE");
    return 2;
  }
  const source = await readTaskEnv();
  const url = source["SUPABASE_DB_URL"];
  if (url === undefined) {
    throw new EnvError("SUPABASE_DB_URL is missing: the database as its owner");
  }
  const env = readFunctionsEnv(source);
  const { manifest, bytes, sha256 } = await createBackup({
    url,
    storage: env,
    appVersion: env.appVersion,
    file: resolve(callersFolder(), file),
  });
  const tables = Object.values(manifest.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  say(`${tables.length} tables with ${rows} rows, at migration ${manifest.migrations.at(-1)}.`);
  say(`${manifest.files.length} stored files.`);
  for (const { bucket, path } of manifest.missingFiles) {
    say(`MISSING in Storage, though the database lists it: ${bucket}/${path}`);
  }
  const { auditHead } = manifest;
  if (auditHead !== null) {
    say(`The audit chain stands at ${auditHead.position}:${auditHead.chainHash}`);
  }
  say(`Wrote ${file}, ${bytes} bytes. Keep its SHA-256 apart from it: ${sha256}`);
  return 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused || error instanceof EnvError || error instanceof AppError)) {
    throw error;
  }
  complain(error.message);
  Deno.exitCode = 1;
}
