/**
 * A PostgreSQL cluster of our own under the state folder.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import {
  CommandError,
  installPackages,
  isRoot,
  isRunning,
  MissingPackages,
  must,
  run,
  type RunOptions,
} from "./system.ts";

/** Oldest major version that the migrations run on. */
export const OLDEST_MAJOR = 15;

/** A running cluster. */
export interface Postgres {
  /** `postgresql://postgres:postgres@127.0.0.1:<port>/postgres` */
  readonly url: string;
  /** Folder of the server's programs. */
  readonly bin: string;
  readonly major: number;
  /** Where the cluster's files are. */
  readonly dataDir: string;
  /** Stops the server; every committed transaction is kept. */
  stop(): Promise<void>;
  /** Stops it at once, as a power cut would, and starts it again. For tests. */
  crashAndRestart(): Promise<void>;
}

/** Options of {@linkcode startPostgres}. */
export interface PostgresOptions {
  readonly stateDir: string;
  readonly port: number;
  readonly say: (line: string) => void;
}

/** For clusters of checkouts that the `postgres` user cannot reach. */
const SHARED_PLACE = "/var/lib/interdomestik";

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  // TCP only: a socket file would need a folder that both root and postgres can write.
  "unix_socket_directories = ''",
  "max_connections = 150",
  "shared_preload_libraries = 'pg_cron'",
  "cron.database_name = 'postgres'",
  // Jobs run inside the server: no password file is needed for pg_cron to log in.
  "cron.use_background_workers = on",
  "max_worker_processes = 24",
  "fsync = on",
  "synchronous_commit = on",
  // Policies make cheap plans look dear, and compiling them costs more than running them.
  "jit = off",
  "timezone = 'UTC'",
  "log_timezone = 'UTC'",
  "log_min_duration_statement = 1000",
  "log_line_prefix = '%m [%p] %u '",
];

/**
 * Starts the cluster of a state folder; makes it first if there is none.
 *
 * A server that an earlier, killed start left behind is stopped, and a lock file without its
 * server is removed, so a start after `kill -9` takes up where the last one was.
 *
 * @param options State folder, port and where to report.
 * @returns The running cluster.
 * @throws {MissingPackages} If PostgreSQL is not installed and cannot be.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { bin, major } = await findServer(options.say);
  const dataDir = await placeCluster(options.stateDir);
  const owner = ownerOptions();
  await putRight(options.stateDir, dataDir);
  if (!(await exists(join(dataDir, "PG_VERSION")))) await initialise(bin, dataDir, owner);
  const logFile = join(dataDir, "server.log");
  const start = () =>
    startServer([
      join(bin, "pg_ctl"),
      "start",
      "--wait",
      "--silent",
      "--timeout=60",
      `--pgdata=${dataDir}`,
      `--log=${logFile}`,
      `--options=-p ${options.port}`,
    ], owner);
  const stop = (mode: "fast" | "immediate") =>
    run(
      [join(bin, "pg_ctl"), "stop", "--wait", "--silent", `--mode=${mode}`, "-D", dataDir],
      owner,
    );
  await start();
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${options.port}/postgres`,
    bin,
    major,
    dataDir,
    async stop() {
      await stop("fast");
    },
    async crashAndRestart() {
      await stop("immediate");
      await start();
    },
  };
}

/** The children of a killed server need a moment to notice; until then a new one refuses. */
async function startServer(command: readonly string[], owner: RunOptions): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const outcome = await run(command, owner);
    if (outcome.code === 0) return;
    if (attempt === 10) throw new CommandError(command, outcome);
    await pause(300);
  }
}

/**
 * Stops whatever server runs on a state folder's cluster and deletes the cluster's files.
 *
 * @param stateDir The state folder.
 */
export async function removeCluster(stateDir: string): Promise<void> {
  const dataDir = await clusterPath(stateDir);
  if (dataDir === undefined) return;
  await discard(dataDir);
  if (dirname(dataDir) === SHARED_PLACE) await Deno.remove(SHARED_PLACE).catch(ignoreNotEmpty);
}

async function discard(dataDir: string): Promise<void> {
  const pid = await serverPid(dataDir);
  if (pid !== undefined) {
    Deno.kill(pid, "SIGQUIT");
    for (let i = 0; i < 100 && await isRunning(pid, "postgres"); i++) await pause(50);
  }
  await Deno.remove(dataDir, { recursive: true }).catch(ignoreMissing);
}

/**
 * Stops the server that a killed start left running on a state folder's cluster.
 *
 * @param stateDir The state folder.
 */
export async function endLeftoverServer(stateDir: string): Promise<void> {
  const dataDir = await clusterPath(stateDir);
  if (dataDir === undefined) return;
  const pid = await serverPid(dataDir);
  if (pid === undefined) return;
  // "Fast" shutdown: sessions end, nothing committed is lost.
  Deno.kill(pid, "SIGINT");
  for (let i = 0; i < 200 && await isRunning(pid, "postgres", dataDir); i++) await pause(50);
}

/** Finds an installed server with pg_cron, the newest one, or installs Debian's. */
async function findServer(say: (line: string) => void): Promise<{ bin: string; major: number }> {
  const found = await newestServer();
  if (found !== undefined) return found;
  await installPackages(await wantedPackages(), say);
  const installed = await newestServer();
  if (installed === undefined) throw new MissingPackages(await wantedPackages());
  return installed;
}

async function newestServer(): Promise<{ bin: string; major: number } | undefined> {
  for (const major of await installedMajors()) {
    const bin = `/usr/lib/postgresql/${major}/bin`;
    const cron = `/usr/share/postgresql/${major}/extension/pg_cron.control`;
    if (await exists(join(bin, "postgres")) && await exists(cron)) return { bin, major };
  }
  return undefined;
}

/** Usable majors that are installed, newest first. */
async function installedMajors(): Promise<number[]> {
  const majors: number[] = [];
  try {
    for await (const entry of Deno.readDir("/usr/lib/postgresql")) majors.push(Number(entry.name));
  } catch (error) {
    ignoreMissing(error);
  }
  return majors.filter((major) => major >= OLDEST_MAJOR).sort((a, b) => b - a);
}

/**
 * The major version whose packages this machine uses: the newest that is installed, else the one
 * that its Debian release brings (15 on Debian 12).
 *
 * @returns A major version from {@linkcode OLDEST_MAJOR} up.
 */
export async function packageMajor(): Promise<number> {
  const [installed] = await installedMajors();
  if (installed !== undefined) return installed;
  const { stdout } = await run(["apt-cache", "search", "--names-only", "^postgresql-[0-9]+-cron$"]);
  const offered = [...stdout.matchAll(/^postgresql-(\d+)-cron/gm)].map((match) => Number(match[1]));
  return Math.max(OLDEST_MAJOR, ...offered);
}

async function wantedPackages(): Promise<string[]> {
  const major = await packageMajor();
  return [`postgresql-${major}`, `postgresql-${major}-cron`];
}

/** PostgreSQL refuses to run as root; as root it runs as Debian's `postgres` user. */
function ownerOptions(): RunOptions {
  return isRoot() ? { asUser: "postgres", cwd: "/" } : {};
}

/** Where the cluster is, if it was ever made. */
async function clusterPath(stateDir: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(join(stateDir, "cluster"))).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Decides where the cluster's files go and notes it in `$STATE_DIR/cluster`: under the state
 * folder, or, where the `postgres` user cannot get there (a clone under a private home
 * directory), under `/var/lib/interdomestik`.
 */
async function placeCluster(stateDir: string): Promise<string> {
  await Deno.mkdir(stateDir, { recursive: true });
  const known = await clusterPath(stateDir);
  const dataDir = known ?? await choosePlace(stateDir);
  // A checkout that was deleted without `reset` leaves its cluster there; a new one starts anew.
  if (known === undefined && dirname(dataDir) === SHARED_PLACE) await discard(dataDir);
  await Deno.mkdir(dirname(dataDir), { recursive: true });
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (isRoot()) await must(["chown", "postgres:postgres", dataDir]);
  if (known === undefined) await Deno.writeTextFile(join(stateDir, "cluster"), `${dataDir}\n`);
  return dataDir;
}

async function choosePlace(stateDir: string): Promise<string> {
  if (!isRoot()) return join(stateDir, "postgres");
  const reached = await run(["test", "-x", stateDir], { asUser: "postgres", cwd: "/" });
  if (reached.code === 0) return join(stateDir, "postgres");
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 12);
  return join(SHARED_PLACE, name);
}

/** Recognises what a killed start left behind: an orphaned server, or a lock without one. */
async function putRight(stateDir: string, dataDir: string): Promise<void> {
  await endLeftoverServer(stateDir);
  if (await serverPid(dataDir) === undefined) {
    await Deno.remove(join(dataDir, "postmaster.pid")).catch(ignoreMissing);
  }
}

/** The process id of the server that holds a cluster, if it lives. */
async function serverPid(dataDir: string): Promise<number | undefined> {
  try {
    const lines = (await Deno.readTextFile(join(dataDir, "postmaster.pid"))).split("\n");
    const pid = Number(lines[0]);
    return await isRunning(pid, "postgres", dataDir) ? pid : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function initialise(bin: string, dataDir: string, owner: RunOptions): Promise<void> {
  // A start that died inside initdb leaves files that no server could use.
  for await (const entry of Deno.readDir(dataDir)) {
    await Deno.remove(join(dataDir, entry.name), { recursive: true });
  }
  const passwordFile = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(passwordFile, "postgres\n");
    // The contract's own local password, and the server's user has to read it: no secret.
    await Deno.chmod(passwordFile, 0o644);
    await must([
      join(bin, "initdb"),
      `--pgdata=${dataDir}`,
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C.UTF-8",
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
    ], owner);
  } finally {
    await Deno.remove(passwordFile);
  }
  const file = join(dataDir, "postgresql.conf");
  await Deno.writeTextFile(file, `\n${SETTINGS.join("\n")}\n`, { append: true });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Other checkouts' clusters may still be there. */
function ignoreNotEmpty(error: unknown): void {
  const notEmpty = error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
  if (!notEmpty) ignoreMissing(error);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
