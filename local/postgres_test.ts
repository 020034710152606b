import assert from "node:assert/strict";
import { join } from "node:path";
import postgres from "postgres";
import { freePorts } from "./ports.ts";
import { removeCluster, startPostgres } from "./postgres.ts";
import { ROOT } from "./settings.ts";
import { isRunning } from "./system.ts";

/** A cluster of its own for one test, gone afterwards. */
async function withFolder(work: (stateDir: string, port: number) => Promise<void>): Promise<void> {
  const stateDir = await Deno.makeTempDir({ dir: ROOT, prefix: ".local-scratch-" });
  await Deno.chmod(stateDir, 0o711);
  try {
    await work(stateDir, freePorts().postgres);
  } finally {
    await removeCluster(stateDir);
    await Deno.remove(stateDir, { recursive: true });
  }
}

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(text)];
  } finally {
    await sql.end();
  }
}

Deno.test("startPostgres() takes up its data after kill -9, an orphaned server and a stale lock", () =>
  withFolder(async (stateDir, port) => {
    const options = { stateDir, port, say: () => {} };
    const first = await startPostgres(options);
    await query(first.url, "create table kept (id int); insert into kept values (1)");
    const lock = join(first.dataDir, "postmaster.pid");

    // The start died and left the server running: the next start takes over.
    const orphan = Number((await Deno.readTextFile(lock)).split("\n")[0]);
    const second = await startPostgres(options);
    assert.equal(await isRunning(orphan, "postgres", first.dataDir), false);
    assert.deepEqual(await query(second.url, "select id from kept"), [{ id: 1 }]);

    // The server was killed with everything else: its lock names a process that is gone.
    const server = Number((await Deno.readTextFile(lock)).split("\n")[0]);
    Deno.kill(server, "SIGKILL");
    while (await isRunning(server, "postgres", first.dataDir)) {
      await new Promise((done) => setTimeout(done, 10));
    }
    const third = await startPostgres(options);
    assert.deepEqual(await query(third.url, "select id from kept"), [{ id: 1 }]);

    // The lock's number now belongs to a process that is no server of ours.
    await third.stop();
    await Deno.writeTextFile(lock, `${Deno.pid}\n${first.dataDir}\n`);
    const fourth = await startPostgres(options);
    assert.deepEqual(await query(fourth.url, "select id from kept"), [{ id: 1 }]);
    await fourth.stop();
  }));

Deno.test("startPostgres() listens on loopback only and keeps writes durable", () =>
  withFolder(async (stateDir, port) => {
    const server = await startPostgres({ stateDir, port, say: () => {} });
    const [row] = await query(
      server.url,
      `select current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync,
         current_setting('unix_socket_directories') as sockets`,
    );
    assert.deepEqual(row, { addresses: "127.0.0.1", fsync: "on", sockets: "" });
    await server.stop();
  }));

Deno.test({
  name:
    "startPostgres() in a folder that its user cannot reach starts anew after the folder is gone",
  ignore: Deno.uid() !== 0,
  async fn() {
    const stateDir = await Deno.makeTempDir({ prefix: "private-" });
    const options = { stateDir, port: freePorts().postgres, say: () => {} };
    try {
      const first = await startPostgres(options);
      assert.match(first.dataDir, /^\/var\/lib\/interdomestik\//);
      await query(first.url, "create table kept (id int)");
      // The checkout is deleted without `reset`, its server still running.
      await Deno.remove(stateDir, { recursive: true });
      await Deno.mkdir(stateDir, { mode: 0o700 });
      const second = await startPostgres(options);
      assert.equal(second.dataDir, first.dataDir);
      assert.deepEqual(await query(second.url, "select to_regclass('kept') as kept"), [{
        kept: null,
      }]);
      await second.stop();
    } finally {
      await removeCluster(stateDir);
      await Deno.remove(stateDir, { recursive: true });
    }
  },
});
