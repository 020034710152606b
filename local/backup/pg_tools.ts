/** PostgreSQL's own programs, spoken to without the password in any command line. */
import { join } from "node:path";
import { CommandError, must, run } from "../system.ts";
import { Refused } from "./manifest.ts";

/**
 * Finds `pg_dump` or `pg_restore`: Debian's newest, else what is on the path.
 *
 * @param name Which of them.
 * @throws {Refused} If it is not installed.
 */
export async function findTool(name: "pg_dump" | "pg_restore"): Promise<string> {
  const folder = "/usr/lib/postgresql";
  const majors: number[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) majors.push(Number(entry.name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const major of majors.sort((a, b) => b - a)) {
    const path = join(folder, String(major), "bin", name);
    if ((await run(["test", "-x", path])).code === 0) return path;
  }
  try {
    await must([name, "--version"]);
    return name;
  } catch {
    throw new Refused(`${name} is not installed: apt-get install postgresql-client`);
  }
}

/**
 * Runs one of them against a database.
 *
 * @param command Program and arguments, without the database.
 * @param url The database.
 * @throws {Refused} With the first thing that it said was wrong.
 */
export async function runTool(command: readonly string[], url: string): Promise<string> {
  const { bare, env } = withoutPassword(url);
  try {
    return await must([...command, `--dbname=${bare}`], { env });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const said = error.outcome.stderr.split("\n").find((line) => /error/i.test(line)) ??
      error.outcome.stderr.trim();
    throw new Refused(`${command[0]?.split("/").at(-1)}: ${said.replace(/^\S+: /, "")}`);
  }
}

/** A connection string for a command line, which everybody on the machine may read. */
export function withoutPassword(url: string): {
  readonly bare: string;
  readonly env: Record<string, string>;
} {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password);
  parsed.password = "";
  return { bare: parsed.href, env: password === "" ? {} : { PGPASSWORD: password } };
}
