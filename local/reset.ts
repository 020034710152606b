/**
 * `deno task reset`: stops the local stack and deletes its data.
 */
import { join } from "node:path";
import { removeCluster } from "./postgres.ts";
import { readSettings } from "./settings.ts";
import { endLeftover } from "./site.ts";
import { isRunning } from "./system.ts";

const { stateDir } = readSettings(Deno.env.toObject());
if (!(await Deno.stat(join(stateDir, "secrets.json")).catch(() => null))) {
  // Whatever this folder is, no stack of ours lives in it.
  Deno.stdout.writeSync(new TextEncoder().encode(`Nothing to remove in ${stateDir}\n`));
  Deno.exit(0);
}
const pid = Number(await Deno.readTextFile(join(stateDir, "start.pid")).catch(() => ""));
if (pid > 0 && await isRunning(pid, "deno", "local/start.ts")) {
  Deno.kill(pid, "SIGTERM");
  for (let i = 0; i < 200 && await isRunning(pid, "deno", "local/start.ts"); i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
}
await endLeftover(stateDir);
await removeCluster(stateDir);
await Deno.remove(stateDir, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
Deno.stdout.writeSync(new TextEncoder().encode(`Removed ${stateDir}\n`));
