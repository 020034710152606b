/** Databases and folders that live for one test of backups, beside the stack's own. */
import { join } from "node:path";
import postgres from "postgres";
import { readFunctionsEnv } from "@core/platform/env.ts";
import { type Backup, createBackup } from "../../local/backup/create.ts";
import { restoreBackup } from "../../local/backup/restore.ts";
import { databaseUrl } from "../../local/backup/target.ts";
import { knownMigrations } from "../../local/migrations.ts";
import { stackValue } from "../support/stack_env.ts";

/** Where one test backs up from and restores to. */
export interface Room {
  readonly folder: string;
  /** What was said, of all restores so far. */
  readonly said: readonly string[];
  /** A name that no other database has; gone with the room. */
  name(what: string): string;
  urlOf(name: string): string;
  /** Backs up a database of the server; its files are the stack's. */
  backup(name: string, file: string): Promise<Backup>;
  /** Restores into a database of that name. */
  restore(file: string, name: string, migrations?: readonly string[]): Promise<void>;
  /** Names of databases of this room that are there. */
  present(): Promise<readonly string[]>;
  /** A connection to a database as its owner. */
  open<T>(name: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T>;
}

/** Runs `work` in a room of its own and clears it away. */
export async function inRoom(work: (room: Room) => Promise<void>): Promise<void> {
  const server = stackValue("TEST_DATABASE_URL");
  const mark = `t${crypto.randomUUID().slice(0, 8)}`;
  const folder = await Deno.makeTempDir({ prefix: "backup-test-" });
  const said: string[] = [];
  const open = async <T>(name: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
    const sql = postgres(databaseUrl(server, name), { max: 1, onnotice: () => {} });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  const present = () =>
    open("postgres", async (sql) =>
      (await sql<{ name: string }[]>`
        select datname as name from pg_database where datname like ${`${mark}_%`} order by 1`)
        .map(({ name }) => name));
  try {
    await work({
      folder,
      said,
      name: (what) => `${mark}_${what}`,
      urlOf: (name) => databaseUrl(server, name),
      backup: (name, file) =>
        createBackup({
          url: databaseUrl(server, name),
          storage: readFunctionsEnv(Deno.env.toObject()),
          appVersion: "1.2.3",
          file: join(folder, file),
        }),
      async restore(file, name, migrations) {
        await restoreBackup({
          file: join(folder, file),
          server,
          database: name,
          filesFolder: join(folder, `files-${name}`),
          migrations: migrations ?? await knownMigrations(),
          say: (line) => said.push(line),
        });
      },
      present,
      open,
    });
  } finally {
    for (const name of await present()) {
      await open("postgres", (sql) => sql.unsafe(`drop database "${name}" with (force)`));
    }
    await Deno.remove(folder, { recursive: true });
  }
}
