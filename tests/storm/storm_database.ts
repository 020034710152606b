/** A database of a storm's own, which may be crashed: the project's, without the rest of the stack. */
import { join } from "node:path";
import type { Sql } from "postgres";
import { readSupabaseConfig } from "../../local/config_toml.ts";
import { bootstrap, migrate, ownerConnection, seed } from "../../local/database.ts";
import { freePorts } from "../../local/ports.ts";
import { type Postgres, removeCluster, startPostgres } from "../../local/postgres.ts";
import { loadSecrets, ROOT, type Settings, type StackEnv, stackEnv } from "../../local/settings.ts";
import { openSupabase } from "../../local/supabase_lite.ts";

/** A database that is gone after the storm. */
export interface StormDatabase {
  readonly postgres: Postgres;
  /** The owner's connections. */
  readonly sql: Sql;
  /** What a function's process needs to be told. */
  readonly env: StackEnv;
  /** Has something done before the database goes, also when interrupted. */
  beforeEnd(undo: () => Promise<void>): void;
}

/**
 * Makes a database with all migrations, hands it to `work`, and removes it, also when interrupted.
 *
 * @param work What to do with it.
 * @returns What `work` returned.
 */
export async function withStormDatabase<T>(
  work: (database: StormDatabase) => Promise<T>,
): Promise<T> {
  const stateDir = await Deno.makeTempDir({ dir: ROOT, prefix: ".local-storm-" });
  // The database server's user has to get through.
  await Deno.chmod(stateDir, 0o711);
  const undos: (() => Promise<void>)[] = [];
  let cleaning: Promise<void> | undefined;
  const cleanUp = () =>
    cleaning ??= (async () => {
      for (const undo of undos.splice(0).reverse()) await undo();
      await removeCluster(stateDir);
      await Deno.remove(stateDir, { recursive: true });
    })();
  const onSignal = () => void cleanUp().finally(() => Deno.exit(130));
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  let sql: Sql | undefined;
  try {
    const settings: Settings = { ports: freePorts(), stateDir, demo: false, appEnv: "test" };
    const secrets = await loadSecrets(stateDir);
    const env = stackEnv(settings, secrets);
    const postgres = await startPostgres({
      stateDir,
      port: settings.ports.postgres,
      say: () => {},
    });
    sql = ownerConnection(postgres.url);
    await bootstrap(sql);
    const supabase = openSupabase({
      databaseUrl: postgres.url,
      secrets,
      siteUrl: env["SITE_URL"] ?? "",
      config: await readSupabaseConfig(),
      filesDir: join(stateDir, "storage"),
      sendMail: () => Promise.resolve(),
    });
    await supabase.ensureSchemas();
    await supabase.close();
    await migrate(postgres.url);
    await seed(sql, secrets);
    return await work({ postgres, sql, env, beforeEnd: (undo) => undos.push(undo) });
  } finally {
    await sql?.end({ timeout: 1 });
    await cleanUp();
    Deno.removeSignalListener("SIGINT", onSignal);
    Deno.removeSignalListener("SIGTERM", onSignal);
  }
}
