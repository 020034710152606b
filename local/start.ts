/**
 * `deno task start` and `deno task dev`: the whole stack until Ctrl-C.
 */
import { join } from "node:path";
import { nudgeJobs } from "./database.ts";
import { DEMO_ACCOUNTS } from "./demo.ts";
import { readSettings, type Settings, SettingsError } from "./settings.ts";
import { type Stack, startStack } from "./stack.ts";
import { isRunning, MissingPackages } from "./system.ts";

const say = (line: string) => print(Deno.stdout, line);
const complain = (line: string) => print(Deno.stderr, line);

function print(to: typeof Deno.stdout | typeof Deno.stderr, line: string): void {
  try {
    to.writeSync(new TextEncoder().encode(`${line}\n`));
  } catch {
    // The terminal was closed; what is running is stopped in order all the same.
  }
}

/** Whether this was started to go on when the terminal is closed, as `nohup` does. */
async function outlivesTerminal(): Promise<boolean> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  // The last of the hexadecimal digits holds signals 1 to 4; SIGHUP is the first.
  const digit = /^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? "0";
  return (parseInt(digit, 16) & 1) === 1;
}

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
  let askedAt = Infinity;
  const stop = () => {
    askedAt = Math.min(askedAt, performance.now());
    stopped.resolve();
  };
  const onSignal = () => {
    // One Ctrl-C arrives twice, from the terminal and passed on by `deno task`. A later one is
    // impatience: it does not wait, and the next start puts things right.
    if (performance.now() - askedAt > 1_500) Deno.exit(130);
    stop();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  // Closing a terminal may be told twice, by the shell and by the kernel.
  if (!await outlivesTerminal()) Deno.addSignalListener("SIGHUP", stop);

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
    // What became due while the machine was off is done now, not at the next quarter of an hour.
    await nudgeJobs(stack.sql).catch((error) => complain(`The jobs were not called: ${error}`));
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
