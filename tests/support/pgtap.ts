/**
 * Runs `supabase/tests/*.sql` and reads what pgTAP says.
 */
import { join } from "node:path";
import { ROOT } from "../../local/settings.ts";
import type { Stack } from "../../local/stack.ts";
import { run } from "../../local/system.ts";

/**
 * Runs every story in the order of its name, each in a transaction that it rolls back.
 *
 * @param stack The stack whose database is used.
 * @param say Told each story's result, and what failed.
 * @returns How many assertions passed, failed and were skipped.
 */
export async function runPgTap(
  stack: Stack,
  say: (line: string) => void,
): Promise<{ passed: number; failed: number; skipped: number }> {
  const folder = join(ROOT, "supabase", "tests");
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".sql")) names.push(entry.name);
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names.sort()) {
    const outcome = await run([
      join(stack.postgres.bin, "psql"),
      "--no-psqlrc",
      "--quiet",
      "--tuples-only",
      "--no-align",
      "--set=ON_ERROR_STOP=1",
      `--file=${join(folder, name)}`,
      stack.postgres.url,
    ]);
    const lines = outcome.stdout.split("\n");
    const skipped = lines.filter((line) => /^ok \d+.*# skip/i.test(line)).length;
    const passed = lines.filter((line) => /^ok \d+/.test(line)).length - skipped;
    let failed = lines.filter((line) => /^not ok \d+/.test(line)).length;
    const planned = lines.flatMap((line) => line.match(/^1\.\.(\d+)/)?.[1] ?? []).map(Number)[0];
    const ran = passed + skipped + failed;
    if (outcome.code !== 0 || (planned !== undefined && planned !== ran)) failed += 1;
    say(`${failed === 0 ? "ok    " : "FAILED"} ${name}: ${ran} assertions`);
    if (failed > 0) {
      say(lines.filter((line) => !/^ok /.test(line)).join("\n") + outcome.stderr);
    }
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
