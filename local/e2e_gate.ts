/**
 * `deno task e2e:gate`: the critical loops (sign in per role, buy, file a claim with evidence, staff moves
 * it, the member sees it, the other tenant does not) in ks/sq and mk/mk, on a stack of its own. Stops at
 * the first failure; writes `$STATE_DIR/gate/summary.json`. Exit status 1 if a step failed.
 */
import { dirname, resolve } from "node:path";
import { installExtras } from "./extras.ts";
import { runGate } from "./gate/gate.ts";
import { withScratchStack } from "./scratch.ts";
import { readSettings, ROOT } from "./settings.ts";
import { must } from "./system.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function version(): Promise<string> {
  const given = Deno.env.get("APP_VERSION");
  if (given !== undefined && given !== "local") return given;
  return (await must(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]).catch(() => "unknown"))
    .trim();
}

await installExtras(["chromium"], say);
const file = resolve(readSettings(Deno.env.toObject()).stateDir, "gate", "summary.json");
const summary = await withScratchStack(
  { demo: true, site: "production", say },
  async (stack) => runGate({ env: { ...stack.env, APP_VERSION: await version() }, say }),
);
await Deno.mkdir(dirname(file), { recursive: true });
await Deno.writeTextFile(file, `${JSON.stringify(summary, null, 2)}\n`);
const seconds = (Date.parse(summary.finishedAt) - Date.parse(summary.startedAt)) / 1000;
say(
  `${summary.steps.length} steps well, ${summary.failures.length} failed, ` +
    `${seconds.toFixed(0)} s. Summary: ${file}`,
);
Deno.exit(summary.ok ? 0 : 1);
