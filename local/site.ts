/**
 * The site as a process of its own: built, then served as in production; or in dev mode.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { ROOT, type StackEnv } from "./settings.ts";
import { isRunning, must } from "./system.ts";

/** The running site. */
export interface Site {
  /** Its process id. */
  readonly pid: number;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Options of {@linkcode startSite}. */
export interface SiteOptions {
  readonly port: number;
  readonly env: StackEnv;
  readonly stateDir: string;
  /** Serve from source and reload the browser on change. */
  readonly dev: boolean;
}

const SOURCES = [
  "routes",
  "islands",
  "components",
  "site",
  "locales",
  "static",
  "fresh",
  "supabase/functions/_shared",
  "deno.json",
  "dev.ts",
  "fresh.config.ts",
  "main.ts",
  "utils.ts",
];

/** Where the site of a stack is built: each has a build of its own, which no other takes away. */
function buildDir(stateDir: string): string {
  return join(stateDir, "_fresh");
}

/**
 * Makes the production build of a stack, unless the one there was made from the same sources.
 *
 * @param stateDir The stack's state folder.
 */
export async function buildSite(stateDir: string): Promise<void> {
  const folder = buildDir(stateDir);
  const stamp = join(folder, ".built-from");
  const wanted = await fingerprint();
  const built = await Deno.readTextFile(stamp).catch(() => "");
  if (built === wanted) return;
  await must([Deno.execPath(), "run", "-A", "dev.ts", "build"], {
    cwd: ROOT,
    env: { BUILD_DIR: folder },
  });
  await Deno.writeTextFile(stamp, wanted);
}

/**
 * Starts the site and waits until it answers.
 *
 * @param options Port, environment and mode.
 * @returns The running site.
 * @throws {Error} If it ends or stays silent; the message names its log.
 */
export async function startSite(options: SiteOptions): Promise<Site> {
  await endLeftover(options.stateDir);
  const log = join(options.stateDir, "site.log");
  const args = options.dev
    ? ["run", "-A", "--watch=routes/,islands/,static/", join(ROOT, "dev.ts")]
    : [
      "serve",
      "-A",
      // The build may lie outside of the checkout.
      `--config=${join(ROOT, "deno.json")}`,
      "--host=127.0.0.1",
      `--port=${options.port}`,
      join(buildDir(options.stateDir), "server.js"),
    ];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { ...options.env, PORT: String(options.port), NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await Deno.writeTextFile(join(options.stateDir, "site.pid"), String(child.pid));
  const file = await Deno.open(log, { create: true, write: true, truncate: true });
  const logged = drainTo(file, [child.stdout, child.stderr]);

  let ended = false;
  const end = child.status.then(async () => {
    ended = true;
    await logged;
  });
  const address = `http://127.0.0.1:${options.port}/api/health`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(address))) {
    if (ended) throw new Error(`The site ended while starting:\n${await lastLines(log)}`);
    if (Date.now() > deadline) {
      throw new Error(`The site does not answer:\n${await lastLines(log)}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    pid: child.pid,
    async stop() {
      if (!ended) child.kill("SIGTERM");
      // It finishes what it is answering; connections that a browser keeps open are not waited for.
      const timer = setTimeout(() => ended || child.kill("SIGKILL"), 1_000);
      await end;
      clearTimeout(timer);
      await Deno.remove(join(options.stateDir, "site.pid")).catch(() => {});
    },
  };
}

/**
 * Ends the site that a killed start left behind.
 *
 * @param stateDir The state folder that names it.
 */
export async function endLeftover(stateDir: string): Promise<void> {
  const text = await Deno.readTextFile(join(stateDir, "site.pid")).catch(() => "");
  const pid = Number(text);
  if (pid > 0 && await isRunning(pid, "deno", ROOT)) {
    Deno.kill(pid, "SIGKILL");
    for (let i = 0; i < 100 && await isRunning(pid, "deno"); i++) {
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/** Any answer counts: a degraded site is a started one. */
async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function lastLines(log: string): Promise<string> {
  return (await Deno.readTextFile(log)).trimEnd().split("\n").slice(-20).join("\n");
}

async function drainTo(
  file: Deno.FsFile,
  streams: readonly ReadableStream<Uint8Array>[],
): Promise<void> {
  await Promise.all(streams.map(async (stream) => {
    for await (const chunk of stream) {
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
    }
  }));
  file.close();
}

/** A digest of every source file's path, size and time of change. */
async function fingerprint(): Promise<string> {
  const digest = createHash("sha256");
  for (const source of SOURCES) await add(digest, source);
  return digest.digest("hex");
}

async function add(digest: ReturnType<typeof createHash>, path: string): Promise<void> {
  const full = join(ROOT, path);
  const facts = await Deno.stat(full);
  if (!facts.isDirectory) {
    digest.update(`${path}\0${facts.size}\0${facts.mtime?.getTime()}\0`);
    return;
  }
  const names: string[] = [];
  for await (const entry of Deno.readDir(full)) names.push(entry.name);
  for (const name of names.sort()) await add(digest, `${path}/${name}`);
}
