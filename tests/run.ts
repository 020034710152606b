/**
 * `deno task test`: every test, on a stack of its own; the last line counts them.
 */
import { plantDemo } from "../local/demo.ts";
import { installExtras } from "../local/extras.ts";
import { withScratchStack } from "../local/scratch.ts";
import { ROOT } from "../local/settings.ts";
import type { Stack } from "../local/stack.ts";
import { must } from "../local/system.ts";
import { runPgTap } from "./support/pgtap.ts";

/** How many tests ended how. */
interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Tests that need no stack, and those that cross parts, run in one go; then those that take long. */
const GROUPS: readonly { name: string; paths: string[] }[] = [
  // First, for it looks at demo data as nobody has touched them.
  { name: "runbook and saved queries", paths: ["ops", "tests/runbook"] },
  {
    name: "unit and functions",
    paths: [
      "components",
      "fresh",
      "local",
      "routes",
      "site",
      "supabase/functions",
      "tests/functions",
      "tests/house",
      "tests/isolation",
      "tests/site",
    ],
  },
  { name: "storm", paths: ["tests/storm"] },
  { name: "outreach", paths: ["tests/outreach"] },
  { name: "fault drills", paths: ["tests/faults"] },
  { name: "backup and restore, incidents", paths: ["tests/restore", "tests/incident"] },
  { name: "starting and stopping", paths: ["tests/stack"] },
  { name: "browser", paths: ["tests/browser"] },
  // Last, for it leaves strange things behind.
  { name: "odd input and headers", paths: ["tests/hostile"] },
];

/** Tests of the database are left out where they are told of none; here that must not happen. */
function valueOf(stack: Stack, name: string): string {
  const value = stack.env[name];
  if (!value) throw new Error(`the stack has no ${name}`);
  return value;
}

async function denoTest(name: string, paths: readonly string[], stack: Stack): Promise<Count> {
  say(`\n# ${name}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--quiet", ...paths],
    cwd: ROOT,
    env: {
      ...stack.env,
      NO_COLOR: "1",
      TEST_DATABASE_URL: stack.postgres.url,
      TEST_SITE_DATABASE_URL: valueOf(stack, "SITE_DATABASE_URL"),
      TEST_FUNCTIONS_DATABASE_URL: valueOf(stack, "FUNCTIONS_DATABASE_URL"),
      TEST_INBOX_URL: valueOf(stack, "RESEND_BASE_URL"),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  const { code } = await child.status;
  const match = text.match(
    /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/g,
  )
    ?.at(-1)?.match(/(\d+) passed.*?(\d+) failed(?:.*?(\d+) ignored)?/);
  const count = {
    passed: Number(match?.[1] ?? 0),
    failed: Number(match?.[2] ?? 0),
    skipped: Number(match?.[3] ?? 0),
  };
  // A module that does not load, or a leak found after the last test, fails without a count.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

async function runAll(stack: Stack): Promise<Count[]> {
  await stack.sql`create extension if not exists pgtap with schema extensions`;
  say("\n# database");
  const counts = [await runPgTap(stack, say)];
  // The stories tell of an empty house; everything else wants the demo's people in it.
  await plantDemo({ sql: stack.sql, env: stack.env, say });
  for (const group of GROUPS) counts.push(await denoTest(group.name, group.paths, stack));
  return counts;
}

await installExtras(["postgresql-pgtap", "chromium"], say);
// The build's own process; a broken build is the first thing to hear of.
await must([Deno.execPath(), "cache", "--quiet", "main.ts"], { cwd: ROOT });
const counts = await withScratchStack({ demo: false, site: "production", say }, runAll);
const sum = (pick: (count: Count) => number) =>
  counts.reduce((total, count) => total + pick(count), 0);
const failed = sum((count) => count.failed);
const skipped = sum((count) => count.skipped);
say(
  `\n${sum((count) => count.passed)} passed, ${failed} failed${
    skipped > 0 ? `, ${skipped} skipped` : ""
  }`,
);
Deno.exit(failed === 0 ? 0 : 1);
