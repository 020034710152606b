/**
 * `deno task start` and `deno task dev`: the whole stack until Ctrl-C.
 */
import { join } from "node:path";
import { DEMO_ACCOUNTS } from "./demo.ts";
import { readSettings, type Settings, SettingsError } from "./settings.ts";
import { type Stack, startStack } from "./stack.ts";
import { isRunning, MissingPackages } from "./system.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

/** One start at a time owns a state folder; a killed one does not keep it. */
async function claimStateDir(settings: Settings): Promise<void> {
  const file = join(settings.stateDir, "start.pid");
  await Deno.mkdir(settings.stateDir, { recursive: true });
  const holder = Number(await Deno.readTextFile(file).catch(() => ""));
  if (holder > 0 && holder !== Deno.pid && await isRunning(holder, "deno", "local/start.ts")) {
    throw new SettingsError(
      `The stack of ${settings.stateDir} is already running (process ${holder}). ` +
        `Stop it, or start another one: PORT_OFFSET=100 STATE_DIR=.local-100`,
    );
  }
  await Deno.writeTextFile(file, String(Deno.pid));
}

function addressTable(stack: Stack): string {
  const { ports, stateDir } = stack.settings;
  const rows = [
    ["Site", `http://localhost:${ports.site}`],
    ["  Kosovo", `http://ks.localhost:${ports.site}`],
    ["  North Macedonia", `http://mk.localhost:${ports.site}`],
    ["Supabase", `http://127.0.0.1:${ports.gateway}`],
    ["PostgreSQL", stack.postgres.url],
    ["Inbox", `http://localhost:${ports.inbox}`],
    ["Paddle simulator", `http://localhost:${ports.paddle}`],
    ["Keys and secrets", join(stateDir, "env")],
  ];
  return rows.map(([name, address]) => `  ${(name ?? "").padEnd(18)} ${address}`).join("\n");
}

function accountTable(): string {
  const rows = DEMO_ACCOUNTS.map(({ email, what }) => `  ${email.padEnd(24)} ${what}`);
  return [`  Password of all of them: Demo-Password-1`, ...rows].join("\n");
}

async function main(): Promise<number> {
  const settings = readSettings(Deno.env.toObject());
  await claimStateDir(settings);
  const stopped = Promise.withResolvers<void>();
  let stopping = false;
  const onSignal = () => {
    // A second Ctrl-C does not wait; the next start puts things right.
    if (stopping) Deno.exit(130);
    stopping = true;
    stopped.resolve();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  // The terminal was closed.
  Deno.addSignalListener("SIGHUP", onSignal);

  const starting = startStack({
    settings,
    say,
    report: (error) => complain(error instanceof Error ? error.stack ?? error.message : `${error}`),
    site: Deno.args.includes("--dev") ? "dev" : "production",
  });
  try {
    const stack = await starting;
    say(`\nAddresses\n${addressTable(stack)}`);
    if (settings.demo) say(`\nDemo accounts\n${accountTable()}`);
    say(`\nReady: http://localhost:${settings.ports.site}`);
    await stopped.promise;
    say("Stopping …");
    await stack.stop();
    return 0;
  } finally {
    await Deno.remove(join(settings.stateDir, "start.pid")).catch(() => {});
  }
}

try {
  Deno.exit(await main());
} catch (error) {
  if (error instanceof SettingsError || error instanceof MissingPackages) complain(error.message);
  else complain(error instanceof Error ? error.stack ?? error.message : String(error));
  Deno.exit(1);
}
