/**
 * The machine underneath: running programs, who we are, and Debian's packages.
 */

/** What a finished program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode run}. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Whether `env` is all there is, instead of an addition to ours. */
  readonly clearEnv?: boolean;
  /** Run as this user; only root can. */
  readonly asUser?: string;
  /** Text given on standard input. */
  readonly stdin?: string;
}

/** A program that ended with another status than 0; carries what it printed. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(readonly command: readonly string[], readonly outcome: Outcome) {
    const said = (outcome.stderr || outcome.stdout).trim();
    super(`${command.join(" ")} ended with status ${outcome.code}: ${said}`);
  }
}

/**
 * Runs a program to its end.
 *
 * @param command Program and arguments.
 * @param options Folder, environment, user and input.
 * @returns Status and output, whatever the status.
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = "", ...args] = options.asUser === undefined ? command : [
    "setpriv",
    "--reuid",
    options.asUser,
    "--regid",
    options.asUser,
    "--init-groups",
    ...command,
  ];
  const child = new Deno.Command(program, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    clearEnv: options.clearEnv ?? false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Runs a program that has to succeed.
 *
 * @param command Program and arguments.
 * @param options Folder, environment, user and input.
 * @returns Its standard output.
 * @throws {CommandError} If it ends with another status than 0.
 */
export async function must(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(command, options);
  if (outcome.code !== 0) throw new CommandError(command, outcome);
  return outcome.stdout;
}

/** Whether this process may install packages and become other users. */
export function isRoot(): boolean {
  return Deno.uid() === 0;
}

/**
 * Whether a process with this id runs, and its command line contains every given part.
 *
 * @param pid Process id.
 * @param parts Texts that its command line must contain, so that a reused id is not mistaken.
 * @returns True if it is that process.
 */
export async function isRunning(pid: number, ...parts: string[]): Promise<boolean> {
  try {
    const line = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    const words = line.replaceAll("\0", " ");
    return words.trim() !== "" && parts.every((part) => words.includes(part));
  } catch {
    // No such process, or one that is not ours to look at: either way not the one asked for.
    return false;
  }
}

/** Something this machine lacks; its message says which command would mend it. */
export class MissingPackages extends Error {
  override readonly name = "MissingPackages";
  constructor(readonly packages: readonly string[]) {
    super(
      `Missing Debian packages: ${packages.join(", ")}. Install them with:\n` +
        `  sudo apt-get update && sudo apt-get install -y ${packages.join(" ")}`,
    );
  }
}

/**
 * Installs Debian packages as root, or says which command would.
 *
 * @param packages Package names.
 * @param say Told what is about to happen.
 * @throws {MissingPackages} If this process is not root or apt fails.
 */
export async function installPackages(
  packages: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  if (packages.length === 0) return;
  if (!isRoot()) throw new MissingPackages(packages);
  say(`Installing ${packages.join(" ")} (apt) …`);
  await keepDebianFromStartingItsOwnCluster();
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  let outcome = await run(install, { env });
  if (outcome.code !== 0) {
    // A fresh machine has no package lists yet.
    await run(["apt-get", "update"], { env });
    outcome = await run(install, { env });
  }
  if (outcome.code !== 0) {
    say(outcome.stderr.trim());
    throw new MissingPackages(packages);
  }
}

/** Debian's packages would create and start a cluster "main" that nobody here asked for. */
async function keepDebianFromStartingItsOwnCluster(): Promise<void> {
  const folder = "/etc/postgresql-common/createcluster.d";
  try {
    await Deno.stat("/etc/postgresql-common/createcluster.conf");
    return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/interdomestik.conf`, "create_main_cluster = false\n");
}

/**
 * The names among `packages` that dpkg does not have installed.
 *
 * @param packages Package names.
 * @returns The missing ones, in order.
 */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of packages) {
    const outcome = await run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]);
    if (outcome.stdout !== "installed") missing.push(name);
  }
  return missing;
}
