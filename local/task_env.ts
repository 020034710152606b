/** The environment of a task that works on a running system, this machine's or a hosted one. */
import { resolve } from "node:path";
import { ROOT, type StackEnv } from "./settings.ts";

/** What is set wins over what a local start has written. */
export async function readTaskEnv(): Promise<StackEnv> {
  const given = Deno.env.toObject();
  const file = resolve(ROOT, given["STATE_DIR"] ?? ".local", "env");
  const text = await Deno.readTextFile(file).catch(() => "");
  const written = Object.fromEntries(
    text.split("\n").filter((line) => line.includes("=")).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  return { ...written, ...given };
}

/** Where the caller stands: `deno task` itself moves to the project's folder. */
export function callersFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}
