/**
 * `deno task doctor [--json]`: is the running system well, and if not, what to do. The checks are those
 * of the page Operations, and some that need this machine. Exit status 1 if one fails.
 *
 * Reads the environment of the process, or the one that the running local stack wrote.
 */
import type { CheckResult } from "@core/operations/checks/check.ts";
import { inWords } from "@core/operations/check_words.ts";
import { runChecks } from "@core/operations/run_checks.ts";
import { systemClock } from "@core/platform/clock.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { EnvError, type FunctionsEnv, readFunctionsEnv } from "@core/platform/env.ts";
import { i18nFor } from "@core/platform/i18n.ts";
import { askHealth, diskUsed, readVersions } from "./doctor_parts.ts";
import { type StackEnv } from "./settings.ts";
import { readTaskEnv } from "./task_env.ts";

const MARKS: Readonly<Record<CheckResult["state"], string>> = {
  ok: "ok     ",
  warn: "LOOK   ",
  fail: "FAILED ",
  unknown: "?      ",
};

function functionsEnv(source: StackEnv): FunctionsEnv | null {
  try {
    return readFunctionsEnv(source);
  } catch (error) {
    // The check of the environment says what is wrong with it.
    if (error instanceof EnvError) return null;
    throw error;
  }
}

async function examine(source: StackEnv): Promise<CheckResult[]> {
  const env = functionsEnv(source);
  const url = env?.databaseUrl ?? source["FUNCTIONS_DATABASE_URL"] ?? source["SUPABASE_DB_URL"];
  const db = url === undefined ? null : connectDatabase(url, {
    poolSize: 2,
    connectTimeout: 5_000,
    applicationName: "interdomestik doctor",
  });
  try {
    return await runChecks({
      db,
      env,
      observer: "doctor",
      source,
      clock: systemClock,
      expectedMigrations: await readVersions(),
      diskUsed: () => diskUsed(source),
      askHealth: () => askHealth(source),
    });
  } finally {
    await db?.end();
  }
}

const i18n = i18nFor("en");
const checks = await examine(await readTaskEnv());
const ok = checks.every(({ state }) => state !== "fail");
const told = checks.map((check) => ({ ...check, ...inWords(i18n, check) }));
const out = Deno.args.includes("--json")
  ? JSON.stringify(
    {
      ok,
      at: new Date().toISOString(),
      checks: told.map(({ figures: _, ...check }) => check),
    },
    null,
    2,
  )
  : told.map(({ state, id, section, figures, since, todo }) => {
    const seen = since === null ? figures : `${figures}${figures && ", "}since ${since}`;
    const advice = todo === null ? "" : `\n        → ${todo} RUNBOOK.md#${section}`;
    return `${MARKS[state]} ${id.padEnd(22)} ${seen}${advice}`;
  }).join("\n");
Deno.stdout.writeSync(new TextEncoder().encode(`${out}\n`));
Deno.exit(ok ? 0 : 1);
