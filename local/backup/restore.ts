/** Restores a backup and reports success only after everything was looked at. */
import { join, resolve } from "node:path";
import { storageFiles } from "../storage_files.ts";
import { serverMajor } from "./database_state.ts";
import { type Manifest, Refused } from "./manifest.ts";
import { findTool, runTool } from "./pg_tools.ts";
import {
  dropTarget,
  makeRoles,
  prepareTarget,
  requireSameVersion,
  type Target,
  withDatabase,
} from "./target.ts";
import { unpack, type Unpacked, workFolder } from "./unpack.ts";
import { verifyRestored } from "./verify.ts";

/** Options of {@linkcode restoreBackup}. */
export interface RestoreOptions {
  readonly file: string;
  /** The file's SHA-256, if it was kept apart. */
  readonly sha256?: string | undefined;
  /** The server, by the address of a database on it, as the owner. */
  readonly server: string;
  /** A name, or a connection string. */
  readonly database: string;
  /** Folder for the stored files; must not be there, or be empty. */
  readonly filesFolder: string;
  /** Versions of this checkout's migrations. */
  readonly migrations: readonly string[];
  readonly say: (line: string) => void;
}

/** What was restored. */
export interface Restored {
  readonly manifest: Manifest;
  readonly target: Target;
}

/**
 * Restores into an empty database, which is made if there is none of that name. If anything is wrong,
 * what was made is taken away again.
 *
 * @param options What to restore, and where to.
 * @throws {Refused} With one line that says why.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { say, server } = options;
  const files = resolve(options.filesFolder);
  await requireEmptyFolder(files);
  const work = await workFolder(files);
  try {
    const unpacked = await unpack(options.file, work, options.sha256);
    const { manifest } = unpacked;
    say(`The backup of ${manifest.madeAt} is whole.`);
    requireSameVersion(manifest, options.migrations, await withDatabase(server, serverMajor));
    const target = await prepareTarget(server, options.database);
    try {
      await load(unpacked, target, work);
      await storeFiles(unpacked, files);
      for (const line of await verifyRestored(target.url, manifest)) say(line);
    } catch (error) {
      await dropTarget(server, target);
      await Deno.remove(files, { recursive: true }).catch(ignoreMissing);
      throw error;
    }
    return { manifest, target };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function load({ manifest, pathOf }: Unpacked, target: Target, work: string): Promise<void> {
  await withDatabase(target.url, (sql) => makeRoles(sql, manifest.roles));
  const tool = await findTool("pg_restore");
  const dump = pathOf("database.dump");
  const list = join(work, "contents");
  const contents = await runList(tool, dump);
  await Deno.writeTextFile(list, contents.filter((line) => !isOfCron(line)).join("\n"));
  await runTool([
    tool,
    "--exit-on-error",
    // What was there before stays as it was if this fails; what is new is dropped.
    ...(target.isNew ? ["--jobs=2"] : ["--single-transaction"]),
    `--use-list=${list}`,
    dump,
  ], target.url);
  await withDatabase(target.url, (sql) => sql.unsafe("analyze"));
}

async function runList(tool: string, dump: string): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(tool, { args: ["--list", dump] })
    .output();
  if (code !== 0) throw new Refused(`pg_restore: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).split("\n");
}

/**
 * Lines of pg_restore's list that are pg_cron's. It lives in one database of a server, and a copy of
 * the database must not begin to send mails.
 */
export function isOfCron(line: string): boolean {
  return /^\d+; \d+ \d+ .*(?:EXTENSION (?:- )?"?pg_cron|\bSCHEMA cron\b| cron [a-z_]+)/.test(line);
}

/** As the local stack's Storage keeps them, so that a stack can serve the folder. */
async function storeFiles({ manifest, pathOf }: Unpacked, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const adapter = storageFiles(folder);
  for (const { bucket, path, entry, type } of manifest.files) {
    const file = await Deno.open(pathOf(entry));
    await adapter.uploadObject(bucket, path, undefined, file.readable, type, "no-cache");
  }
}

async function requireEmptyFolder(folder: string): Promise<void> {
  try {
    for await (const _ of Deno.readDir(folder)) {
      throw new Refused(`The folder ${folder} for the stored files is not empty.`);
    }
  } catch (error) {
    ignoreMissing(error);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
