/**
 * The real Supabase CLI, against any PostgreSQL by its URL.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "./settings.ts";
import { must, type Outcome, run } from "./system.ts";

/** The version that is pinned in `deno.json`. */
const VERSION = "3.1.0";

const QUIET = {
  SUPABASE_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  // Everything it talks to is on loopback.
  PGSSLMODE: "disable",
};

/** The program: shipped inside an npm package for Linux on x64, by `npx` elsewhere. */
async function program(): Promise<string[]> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return ["npx", "-y", `supabase@${VERSION}`];
  }
  // Importing something of the package is what makes Deno fetch it.
  await import("@supabase/cli-linux-x64/package.json", { with: { type: "json" } });
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("@supabase/cli-linux-x64/package.json");
  return [join(dirname(manifest), "bin", "supabase")];
}

/**
 * Runs the CLI in the project's root.
 *
 * @param args Its arguments.
 * @param stdin Text for its standard input.
 * @returns Its output.
 * @throws {CommandError} If it ends with another status than 0.
 */
export async function supabase(args: readonly string[], stdin?: string): Promise<string> {
  return await must([...await program(), ...args], {
    cwd: ROOT,
    env: QUIET,
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/**
 * Runs the CLI in the project's root, whatever its status.
 *
 * @param args Its arguments.
 * @returns Status and output.
 */
export async function trySupabase(args: readonly string[]): Promise<Outcome> {
  return await run([...await program(), ...args], { cwd: ROOT, env: QUIET });
}
