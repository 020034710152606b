/** Makes a backup: the database as of one moment, the files that it tells of, and a manifest. */
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import postgres from "postgres";
import { type KeeperEnv, openSharedFile } from "@core/documents/storage_keeper.ts";
import {
  appliedMigrations,
  auditHead,
  type KnownFile,
  LEFT_OUT,
  listFiles,
  listJobs,
  listRoles,
  listTables,
  serverMajor,
  steadyText,
  sumTables,
} from "./database_state.ts";
import { DUMP, FORMAT, MANIFEST, type Manifest, Refused, type StoredFile } from "./manifest.ts";
import { findTool, runTool } from "./pg_tools.ts";
import { appendEntry, endTar } from "./tar.ts";

/** Options of {@linkcode createBackup}. */
export interface BackupOptions {
  /** The database as its owner. */
  readonly url: string;
  /** Where its files are. */
  readonly storage: KeeperEnv;
  readonly appVersion: string;
  /** The file to make; must not be there, or be empty. */
  readonly file: string;
}

/** What was made. */
export interface Backup {
  readonly manifest: Manifest;
  readonly bytes: number;
  /** SHA-256 of the whole file, to be kept apart from it. */
  readonly sha256: string;
}

/**
 * Makes a backup in one file, which is there whole or not at all and only its owner may read.
 *
 * @param options What to back up, and into which file.
 * @throws {Refused} If it cannot be made.
 */
export async function createBackup(options: BackupOptions): Promise<Backup> {
  const file = resolve(options.file);
  const present = await Deno.stat(file).catch(() => null);
  if (present !== null && present.size > 0) {
    throw new Refused(`${file} is there already: a backup replaces nothing.`);
  }
  const folder = await Deno.stat(dirname(file)).catch(() => null);
  if (folder?.isDirectory !== true) throw new Refused(`There is no folder ${dirname(file)}.`);
  const work = await Deno.makeTempDir({ dir: dirname(file), prefix: ".backup-" });
  try {
    const draft = join(work, "backup.tar");
    const manifest = await fill(draft, join(work, DUMP), options);
    const { sha256, bytes } = await digest(draft);
    await Deno.rename(draft, file);
    return { manifest, bytes, sha256 };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function fill(draft: string, dump: string, options: BackupOptions): Promise<Manifest> {
  const out = await Deno.open(draft, { write: true, createNew: true, mode: 0o600 });
  try {
    const { known, ...facts } = await dumpDatabase(options.url, dump);
    const database = await digest(dump);
    await appendEntry(out, DUMP, database.bytes, (await Deno.open(dump)).readable);
    const { files, missingFiles } = await appendFiles(out, options.storage, known);
    const manifest: Manifest = {
      format: FORMAT,
      madeAt: new Date().toISOString(),
      appVersion: options.appVersion,
      ...facts,
      database,
      files,
      missingFiles,
    };
    const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
    await appendEntry(out, MANIFEST, text.byteLength, once(text));
    await endTar(out);
    await out.sync();
    return manifest;
  } finally {
    out.close();
  }
}

/** Dump, sums and list of files, all as of the same moment. */
async function dumpDatabase(url: string, dump: string) {
  const tool = await findTool("pg_dump");
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { "statement_timeout": 0 } });
  try {
    return await sql.begin("isolation level repeatable read read only", async (tx) => {
      const [shared] = await tx<{ snapshot: string }[]>`select pg_export_snapshot() as snapshot`;
      const dumping = runTool([
        tool,
        "--format=custom",
        "--compress=3",
        `--snapshot=${shared?.snapshot}`,
        "--no-unlogged-table-data",
        ...LEFT_OUT.map((schema) => `--exclude-table-data=${schema}.*`),
        `--file=${dump}`,
      ], url);
      // Its failure is met where it is awaited.
      dumping.catch(() => {});
      await steadyText(tx);
      const facts = {
        postgres: await serverMajor(tx),
        migrations: await appliedMigrations(tx),
        tables: await sumTables(tx, await listTables(tx)),
        auditHead: await auditHead(tx),
        roles: await listRoles(tx),
        jobs: await listJobs(tx),
        known: await listFiles(tx),
      };
      await dumping;
      return facts;
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function appendFiles(out: Deno.FsFile, storage: KeeperEnv, known: readonly KnownFile[]) {
  const files: StoredFile[] = [];
  const missingFiles: { bucket: string; path: string }[] = [];
  for (const { bucket, path, type } of known) {
    const opened = await openSharedFile(storage, { bucket, filePath: path });
    if (opened === null) {
      missingFiles.push({ bucket, path });
      continue;
    }
    const bytes = Number(opened.headers.get("content-length"));
    const entry = `files/${String(files.length).padStart(7, "0")}`;
    const hash = createHash("sha256");
    await appendEntry(out, entry, bytes, tee(opened.body, (chunk) => hash.update(chunk)));
    files.push({ bucket, path, entry, bytes, sha256: hash.digest("hex"), type });
  }
  return { files, missingFiles };
}

/** Shows every chunk to `look` on its way. */
export async function* tee(
  source: AsyncIterable<Uint8Array>,
  look: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    look(chunk);
    yield chunk;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Size and SHA-256 of a file. */
export async function digest(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await Deno.open(path);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest("hex") };
}
