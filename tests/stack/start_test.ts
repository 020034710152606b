/**
 * `deno task start` as a person at a terminal meets it, on ports and in a folder of its own.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import postgres from "postgres";
import { requireFreePorts } from "../../local/ports.ts";
import { readSettings, ROOT, shiftPorts } from "../../local/settings.ts";
import { run } from "../../local/system.ts";

interface Terminal {
  readonly settings: Record<string, string>;
  readonly stateDir: string;
}

/** A state folder and ports that nobody else uses, gone afterwards. */
async function withTerminal(work: (terminal: Terminal) => Promise<void>): Promise<void> {
  const stateDir = await Deno.makeTempDir({ dir: ROOT, prefix: ".local-scratch-" });
  await Deno.chmod(stateDir, 0o711);
  const settings = { PORT_OFFSET: String(freeOffset()), STATE_DIR: stateDir, DEMO: "0" };
  try {
    await work({ settings, stateDir });
  } finally {
    await task("local/reset.ts", settings);
    await Deno.remove(stateDir, { recursive: true }).catch(() => {});
  }
}

function freeOffset(): number {
  for (let attempt = 0; attempt < 50; attempt++) {
    const offset = 1_000 + Math.floor(Math.random() * 9_000);
    try {
      requireFreePorts(shiftPorts(offset));
      return offset;
    } catch {
      // In use; another one then.
    }
  }
  throw new Error("no free ports");
}

/** What a terminal has set; the variables of the stack that the tests run on are none of it. */
function terminalEnv(settings: Record<string, string>): Record<string, string> {
  const kept = ["PATH", "HOME", "DENO_DIR", "LANG"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...settings };
}

function task(file: string, settings: Record<string, string>) {
  return run([Deno.execPath(), "run", "-A", file], {
    cwd: ROOT,
    env: terminalEnv(settings),
    clearEnv: true,
  });
}

interface Started {
  readonly process: Deno.ChildProcess;
  readonly printed: string;
  /** Ends the process by a signal and waits for it. */
  end(signal: Deno.Signal): Promise<void>;
}

async function start(settings: Record<string, string>): Promise<Started> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "local/start.ts"],
    cwd: ROOT,
    env: terminalEnv(settings),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!/^Ready: /m.test(printed)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`start ended before it was ready:\n${printed}`);
    printed += value;
  }
  return {
    process,
    printed,
    async end(signal) {
      process.kill(signal);
      // What it still prints has to go somewhere.
      while (!(await reader.read()).done);
      await process.status;
    },
  };
}

Deno.test("start prints where everything is, keeps data over a stop and over kill -9 of all", () =>
  withTerminal(async ({ settings, stateDir }) => {
    const { ports } = readSettings(settings);
    const first = await start(settings);
    assert.match(first.printed, new RegExp(`^Ready: http://localhost:${ports.site}$`, "m"));
    for (const port of Object.values(ports)) assert.ok(first.printed.includes(String(port)));
    assert.doesNotMatch(first.printed, /demo\.test/);
    const health = await fetch(`http://127.0.0.1:${ports.site}/api/health`);
    assert.equal(health.status, 200);
    assert.equal((await health.json()).status, "ok");
    // The site is built where no other stack's build gets in its way.
    assert.ok((await Deno.stat(join(stateDir, "_fresh", "server.js"))).isFile);
    const env = await Deno.stat(join(stateDir, "env"));
    assert.equal((env.mode ?? 0) & 0o777, 0o600);

    const second = await task("local/start.ts", settings);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /already running/);

    const doctor = await task("local/doctor.ts", settings);
    assert.equal(doctor.code, 0, doctor.stdout);

    await remember(ports.postgres);
    // Ctrl-C reaches it from the terminal and once more from `deno task`.
    first.process.kill("SIGINT");
    await first.end("SIGINT");
    assert.equal((await first.process.status).code, 0);
    requireFreePorts(ports);

    // Only the start dies; the server and the site are orphans.
    const third = await start(settings);
    await third.end("SIGKILL");
    const fourth = await start(settings);
    assert.equal(await remembered(ports.postgres), true);

    // Everything dies at once.
    const cluster = (await Deno.readTextFile(join(stateDir, "cluster"))).trim();
    const server = (await Deno.readTextFile(join(cluster, "postmaster.pid"))).split("\n")[0];
    const site = await Deno.readTextFile(join(stateDir, "site.pid"));
    Deno.kill(Number(server), "SIGKILL");
    Deno.kill(Number(site), "SIGKILL");
    await fourth.end("SIGKILL");
    const fifth = await start(settings);
    assert.equal(await remembered(ports.postgres), true);
    // The terminal is closed.
    await fifth.end("SIGHUP");
    requireFreePorts(ports);
    await assert.rejects(Deno.stat(join(stateDir, "site.pid")), Deno.errors.NotFound);
  }));

Deno.test("start names a port in use together with PORT_OFFSET, and ends with status 1", () =>
  withTerminal(async ({ settings }) => {
    const { ports } = readSettings(settings);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: ports.inbox });
    try {
      const outcome = await task("local/start.ts", settings);
      assert.equal(outcome.code, 1);
      assert.match(
        outcome.stderr,
        new RegExp(`^Port ${ports.inbox} \\(the inbox\\) is in use.*PORT_OFFSET`, "m"),
      );
    } finally {
      listener.close();
    }
  }));

Deno.test("reset leaves nothing of a stack behind", () =>
  withTerminal(async ({ settings, stateDir }) => {
    const started = await start(settings);
    const cluster = (await Deno.readTextFile(join(stateDir, "cluster"))).trim();
    const outcome = await task("local/reset.ts", settings);
    assert.equal(outcome.code, 0, outcome.stderr);
    await started.end("SIGTERM").catch(() => {});
    for (const folder of [stateDir, cluster]) {
      await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
    }
    requireFreePorts(readSettings(settings).ports);
  }));

async function withOwner<T>(port: number, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`, {
    max: 1,
    onnotice: () => {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

function remember(port: number): Promise<unknown> {
  return withOwner(
    port,
    (sql) => sql`update public.tenants set support_phone = '+383 38 123 456' where id = 'ks'`,
  );
}

function remembered(port: number): Promise<boolean> {
  return withOwner(port, async (sql) => {
    const [row] = await sql`select support_phone from public.tenants where id = 'ks'`;
    return row?.["support_phone"] === "+383 38 123 456";
  });
}
